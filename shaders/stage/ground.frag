#version 330 core
// An opaque picture as light, which layers that are composed in light are laid over.

uniform sampler2D base_map; // gamma-coded
out vec4 result;

#include "lib/transfer.glsl"

void main() {
    vec3 color = texelFetch(base_map, ivec2(gl_FragCoord.xy), 0).rgb;
    result = vec4(code_to_light(color), 1.0);
}
