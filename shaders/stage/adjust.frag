#version 330 core
// A canvas, changed as far as an adjustment is strong. With LINEAR the canvas is light.

uniform sampler2D changed_map;  // what the canvas shows after effects: premultiplied, gamma-coded
uniform sampler2D backdrop_map; // the canvas as it was
uniform sampler2D strength_map; // in alpha
uniform ivec2 origin;           // where its first pixel lies on the canvas
uniform float least_alpha;      // 1 where the canvas stands for an opaque picture, else 0
out vec4 result;

#include "lib/alpha.glsl"
#include "lib/transfer.glsl"

void main() {
    ivec2 place = ivec2(gl_FragCoord.xy);
    vec4 changed = texelFetch(changed_map, place, 0);
#ifdef LINEAR
    vec4 straight = unpremultiply(changed);
    changed = premultiply(vec4(code_to_light(straight.rgb), straight.a));
#endif
    changed.a = max(changed.a, least_alpha);
    float strength = texelFetch(strength_map, place - origin, 0).a;
    result = mix(texelFetch(backdrop_map, place, 0), changed, strength);
}
