#version 330 core
// A canvas of premultiplied light, gamma-coded again. With BASE it is what has to be laid over that
// base by source-over of codes to show the same; nothing where nothing was drawn.

uniform sampler2D canvas_map;
#ifdef BASE
uniform sampler2D base_map;  // opaque, gamma-coded
uniform sampler2D light_map; // the same as light
#endif
out vec4 result;

#include "lib/alpha.glsl"
#include "lib/transfer.glsl"

void main() {
    ivec2 place = ivec2(gl_FragCoord.xy);
    vec4 canvas = texelFetch(canvas_map, place, 0);
#ifdef BASE
    float kept = 1.0 - canvas.a;
    vec3 color = light_to_code(canvas.rgb + kept * texelFetch(light_map, place, 0).rgb);
    vec3 base = texelFetch(base_map, place, 0).rgb;
    result = canvas.a > 0.0 ? vec4(color - kept * base, canvas.a) : vec4(0.0);
#else
    vec4 straight = unpremultiply(canvas);
    result = premultiply(vec4(light_to_code(straight.rgb), straight.a));
#endif
}
