#version 330 core
// An effect that looks around, or its last step. DIRECTIONAL, SHARPEN (with what is blurred), CELL_MEANS
// (along one axis), CELLS, GLOWING (what gives light), GLOW (adds it), EDGES. Edges are repeated.

uniform sampler2D content_map; // premultiplied
#ifdef DIRECTIONAL
uniform vec2 origin;   // of the target in the content
uniform vec2 step_px;  // from one place read to the next
uniform int taps;
#endif
#ifdef SHARPEN
uniform sampler2D blurred_map;
uniform float amount;
#endif
#ifdef CELL_MEANS
uniform ivec2 direction; // (1, 0) or (0, 1)
uniform float cell_size;
#endif
#ifdef CELLS
uniform float cell_size;
#endif
#ifdef GLOWING
uniform float threshold;
#endif
#ifdef GLOW
uniform sampler2D light_map;
uniform float intensity;
#endif
#ifdef EDGES
uniform float amount;
#endif
out vec4 result;

#include "lib/alpha.glsl"
#include "lib/tone.glsl"
#include "lib/key.glsl"

vec4 texel(ivec2 at) {
    return texelFetch(content_map, clamp(at, ivec2(0), textureSize(content_map, 0) - 1), 0);
}

vec4 within_alpha(vec3 color, float alpha) {
    return vec4(clamp(color, 0.0, alpha), alpha);
}

#ifdef DIRECTIONAL
vec4 seen(vec2 place) {
    vec2 at = place - 0.5;
    ivec2 first = ivec2(floor(at));
    vec2 part = at - floor(at);
    vec4 above = mix(texel(first), texel(first + ivec2(1, 0)), part.x);
    vec4 below = mix(texel(first + ivec2(0, 1)), texel(first + 1), part.x);
    return mix(above, below, part.y);
}

vec4 affected(ivec2 here) {
    vec4 total = vec4(0.0);
    for (int tap = 0; tap < taps; ++tap) {
        total += seen(gl_FragCoord.xy + origin + (float(tap) - 0.5 * float(taps - 1)) * step_px);
    }
    return total / float(taps);
}
#endif

#ifdef SHARPEN
vec4 affected(ivec2 here) {
    vec4 own = texel(here);
    vec3 lost = own.rgb - texelFetch(blurred_map, here, 0).rgb;
    return within_alpha(own.rgb + amount * lost, own.a);
}
#endif

#ifdef CELL_MEANS
vec4 affected(ivec2 here) {
    int cell = direction.x * here.x + direction.y * here.y;
    ivec2 size = textureSize(content_map, 0);
    int length = direction.x * size.x + direction.y * size.y;
    int first = int(ceil(float(cell) * cell_size - 0.5));
    int last = min(int(ceil(float(cell + 1) * cell_size - 0.5)), length) - 1;
    ivec2 line = here * (1 - direction);
    vec4 total = vec4(0.0);
    for (int index = first; index <= last; ++index) {
        total += texel(line + index * direction);
    }
    return total / float(max(last - first + 1, 1));
}
#endif

#ifdef CELLS
vec4 affected(ivec2 here) {
    return texel(ivec2(floor(gl_FragCoord.xy / cell_size)));
}
#endif

#ifdef GLOWING
vec4 affected(ivec2 here) {
    vec4 own = texel(here);
    vec3 color = clamp(unpremultiply(own).rgb, 0.0, 1.0);
    return own * glowing(key_luma(color), threshold);
}
#endif

#ifdef GLOW
vec4 affected(ivec2 here) {
    vec4 light = clamp(intensity * texelFetch(light_map, here, 0), 0.0, 1.0);
    return screened(texel(here), light);
}
#endif

#ifdef EDGES
vec4 affected(ivec2 here) {
    vec3 around[9];
    for (int index = 0; index < 9; ++index) {
        around[index] = texel(here + ivec2(index % 3 - 1, index / 3 - 1)).rgb;
    }
    vec3 right = around[2] + 2.0 * around[5] + around[8];
    vec3 left = around[0] + 2.0 * around[3] + around[6];
    vec3 below = around[6] + 2.0 * around[7] + around[8];
    vec3 above = around[0] + 2.0 * around[1] + around[2];
    vec3 across = right - left;
    vec3 down = below - above;
    return within_alpha(0.25 * amount * sqrt(across * across + down * down), texel(here).a);
}
#endif

void main() {
    result = affected(ivec2(gl_FragCoord.xy));
}
