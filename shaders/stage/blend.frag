#version 330 core
// A layer, drawn alone beforehand, as it is laid over a canvas by source-over: its colours blended with
// those of the canvas by the mode that is defined (none: as they are); with LINEAR the canvas is light.

uniform sampler2D source_map;   // premultiplied, gamma-coded
uniform ivec2 origin;           // where its first pixel lies on the canvas
#ifndef NORMAL
uniform sampler2D backdrop_map; // what can be seen below
#endif
out vec4 result;

#include "lib/alpha.glsl"
#include "lib/blend.glsl"
#include "lib/transfer.glsl"

#if defined MULTIPLY
#define MIXED multiply
#elif defined SCREEN
#define MIXED screen
#elif defined OVERLAY
#define MIXED overlay
#elif defined DARKEN
#define MIXED darken
#elif defined LIGHTEN
#define MIXED lighten
#elif defined COLOR_DODGE
#define MIXED color_dodge
#elif defined COLOR_BURN
#define MIXED color_burn
#elif defined HARD_LIGHT
#define MIXED hard_light
#elif defined SOFT_LIGHT
#define MIXED soft_light
#elif defined DIFFERENCE
#define MIXED difference
#elif defined EXCLUSION
#define MIXED exclusion
#elif defined HUE
#define MIXED hue
#elif defined SATURATION
#define MIXED saturation
#elif defined COLOR
#define MIXED color
#elif defined LUMINOSITY
#define MIXED luminosity
#elif defined ADD
#define MIXED add
#endif

vec4 source_at(ivec2 place) {
    vec4 source = texelFetch(source_map, place - origin, 0);
#ifdef LINEAR
    vec4 straight = unpremultiply(source);
    source = premultiply(vec4(code_to_light(straight.rgb), straight.a));
#endif
    return source;
}

void main() {
    ivec2 place = ivec2(gl_FragCoord.xy);
    vec4 source = source_at(place);
#ifndef NORMAL
    vec4 backdrop = texelFetch(backdrop_map, place, 0);
    vec3 cb = clamp(unpremultiply(backdrop).rgb, 0.0, 1.0);
    vec3 cs = clamp(unpremultiply(source).rgb, 0.0, 1.0);
    source = blended_source(backdrop, source, MIXED(cb, cs));
#endif
    result = source;
}
