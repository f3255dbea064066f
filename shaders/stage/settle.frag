#version 330 core
// What a canvas shows: premultiplied and gamma-coded again where it was light (LINEAR). With BASE it
// is what has to be laid over that base by source-over to show the same; nothing where nothing was
// drawn.

uniform sampler2D canvas_map;
#ifdef BASE
uniform sampler2D base_map;
#else
uniform float least_alpha; // 1 where the canvas stands for an opaque picture, else 0
#endif
out vec4 result;

#include "lib/alpha.glsl"
#include "lib/transfer.glsl"

vec4 coded(vec4 color) {
#ifdef LINEAR
    vec4 straight = unpremultiply(color);
    color = premultiply(vec4(light_to_code(straight.rgb), straight.a));
#endif
    return color;
}

void main() {
    ivec2 place = ivec2(gl_FragCoord.xy);
    vec4 canvas = texelFetch(canvas_map, place, 0);
#ifdef BASE
    float drawn = canvas.a;
    vec3 color = coded(vec4(canvas.rgb, 1.0)).rgb;
    vec3 base = texelFetch(base_map, place, 0).rgb;
    result = drawn > 0.0 ? vec4(color - (1.0 - drawn) * base, drawn) : vec4(0.0);
#else
    result = coded(vec4(canvas.rgb, max(canvas.a, least_alpha)));
#endif
}
