#version 330 core
// What can be seen of an opaque base and of what was drawn over it, in the light of both.

uniform sampler2D canvas_map; // premultiplied
uniform sampler2D base_map;
out vec4 result;

#include "lib/blend.glsl"

void main() {
    ivec2 place = ivec2(gl_FragCoord.xy);
    result = over(texelFetch(base_map, place, 0), texelFetch(canvas_map, place, 0));
}
