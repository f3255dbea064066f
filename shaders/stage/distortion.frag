#version 330 core
// Shows each pixel from another place, bilinearly, edges repeated: WAVE, RIPPLE, BULGE, TWIRL or LENS.

uniform sampler2D content_map; // premultiplied
#ifdef WAVE
uniform vec2 along;
#endif
#if defined WAVE || defined RIPPLE
uniform float amplitude;
uniform float wavelength;
uniform float phase;
#endif
#if defined RIPPLE || defined BULGE || defined TWIRL
uniform vec2 center;
#endif
#if defined BULGE || defined TWIRL
uniform float radius;
#endif
#if defined BULGE || defined LENS
uniform float amount;
#endif
#ifdef TWIRL
uniform float angle;
#endif
#ifdef LENS
uniform vec2 box_size;
#endif
out vec4 result;

#include "lib/warp.glsl"

#ifdef WAVE
vec2 source(vec2 at) {
    return wave(at, along, amplitude, wavelength, phase);
}
#endif

#ifdef RIPPLE
vec2 source(vec2 at) {
    return ripple(at, center, amplitude, wavelength, phase);
}
#endif

#ifdef BULGE
vec2 source(vec2 at) {
    return bulge(at, center, radius, amount);
}
#endif

#ifdef TWIRL
vec2 source(vec2 at) {
    return twirl(at, center, radius, angle);
}
#endif

#ifdef LENS
vec2 source(vec2 at) {
    return lens(at, box_size, amount);
}
#endif

void main() {
    ivec2 size = textureSize(content_map, 0);
    vec2 at = clamp(source(gl_FragCoord.xy) - 0.5, vec2(0.0), vec2(size - 1));
    ivec2 first = ivec2(at);
    ivec2 second = min(first + 1, size - 1);
    vec2 part = at - vec2(first);
    vec4 above = mix(
        texelFetch(content_map, first, 0),
        texelFetch(content_map, ivec2(second.x, first.y), 0),
        part.x
    );
    vec4 below = mix(
        texelFetch(content_map, ivec2(first.x, second.y), 0),
        texelFetch(content_map, second, 0),
        part.x
    );
    result = mix(above, below, part.y);
}
