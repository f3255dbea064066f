#version 330 core
// The canvas over an opaque base before anything is drawn: the base's colours, with LINEAR as light,
// under an alpha that will count what is drawn.

uniform sampler2D base_map; // opaque, gamma-coded
out vec4 result;

#include "lib/transfer.glsl"

void main() {
    vec3 color = texelFetch(base_map, ivec2(gl_FragCoord.xy), 0).rgb;
#ifdef LINEAR
    color = code_to_light(color);
#endif
    result = vec4(color, 0.0);
}
