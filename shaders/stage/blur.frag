#version 330 core
// One axis of a Gaussian blur; beyond the edge the last pixel is repeated.

uniform sampler2D content_map;
uniform ivec2 direction; // (1, 0) or (0, 1)
uniform int reach;       // taps on each side
uniform float sigma;     // pixels
out vec4 result;

#include "lib/gaussian.glsl"

void main() {
    ivec2 here = ivec2(gl_FragCoord.xy);
    ivec2 last = textureSize(content_map, 0) - 1;
    vec4 total = vec4(0.0);
    float weights = 0.0;
    for (int tap = -reach; tap <= reach; ++tap) {
        float weight = gaussian(float(tap), sigma);
        total += weight * texelFetch(content_map, clamp(here + tap * direction, ivec2(0), last), 0);
        weights += weight;
    }
    result = total / weights;
}
