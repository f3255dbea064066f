#version 330 core
// A picture with one colour beneath it, where a coverage in red says so.

uniform sampler2D content_map; // premultiplied
uniform sampler2D shade_map;
uniform vec4 tint;             // premultiplied
uniform vec2 shift;            // pixels of the picture
uniform float cell;            // pixels across a texel of the coverage
uniform float margin;          // texels before the picture's first
uniform float gain;            // of the coverage, up to 1
out vec4 result;

#include "lib/blend.glsl"

float shade_texel(ivec2 at) {
    return texelFetch(shade_map, clamp(at, ivec2(0), textureSize(shade_map, 0) - 1), 0).r;
}

float shade_at(vec2 point) {
    vec2 at = (point - shift) / cell + margin - 0.5;
    ivec2 first = ivec2(floor(at));
    vec2 part = at - vec2(first);
    float above = mix(shade_texel(first), shade_texel(first + ivec2(1, 0)), part.x);
    float below = mix(shade_texel(first + ivec2(0, 1)), shade_texel(first + 1), part.x);
    return mix(above, below, part.y);
}

void main() {
    vec4 picture = texelFetch(content_map, ivec2(gl_FragCoord.xy), 0);
    result = over(tint * min(gain * shade_at(gl_FragCoord.xy), 1.0), picture);
}
