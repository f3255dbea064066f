#version 330 core
// Two drawings of one canvas, mixed by a look: CROSSFADE, FADE (through a colour), WIPE, CIRCLE,
// BLINDS, DISSOLVE, LUMA.

uniform sampler2D before_map;
uniform sampler2D after_map;
uniform float progress;
#ifdef FADE
uniform vec4 color;       // premultiplied
#elif !defined CROSSFADE
uniform vec2 origin;      // of the target on the canvas
uniform vec2 canvas_size;
uniform float softness;
#endif
#if defined WIPE || defined BLINDS
uniform vec2 direction;   // unit vector, y down
#endif
#ifdef BLINDS
uniform float count;
#endif
#ifdef CIRCLE
uniform vec2 centre;
#endif
#ifdef DISSOLVE
uniform float cell;       // canvas pixels
uniform float seed;
#endif
#ifdef LUMA
uniform sampler2D field_map;
uniform vec4 weights;     // of R'G'B' and what is added
#endif
out vec4 result;

#include "lib/crossing.glsl"
#include "lib/gradient.glsl"

float strength() {
#if defined WIPE
    vec2 point = origin + gl_FragCoord.xy;
    return ramp_strength(linear_position(point, canvas_size, direction), progress, softness);
#elif defined CIRCLE
    vec2 point = origin + gl_FragCoord.xy;
    return ramp_strength(disc_position(point, centre, canvas_size), progress, softness);
#elif defined BLINDS
    vec2 point = origin + gl_FragCoord.xy;
    float position = linear_position(point, canvas_size, direction) * count;
    return slats_strength(position, progress, softness);
#elif defined DISSOLVE
    vec2 square = floor((origin + gl_FragCoord.xy) / cell);
    return ramp_strength(cell_noise(square, seed), progress, softness);
#elif defined LUMA
    vec3 field = texelFetch(field_map, ivec2(gl_FragCoord.xy), 0).rgb;
    return ramp_strength(dot(field, weights.rgb) + weights.a, progress, softness);
#else
    return progress;
#endif
}

void main() {
    ivec2 here = ivec2(gl_FragCoord.xy);
    vec4 before = texelFetch(before_map, here, 0);
    vec4 after = texelFetch(after_map, here, 0);
#ifdef FADE
    result = fade_through(before, after, color, progress);
#else
    result = mix(before, after, strength());
#endif
}
