#version 330 core
// An effect on each pixel's own colour: MATRICES (several in a row), CURVES, CUBE, VIGNETTE, GRAIN,
// CHROMA_KEY or LUMA_KEY.

uniform sampler2D content_map; // premultiplied
#ifdef MATRICES
uniform mat3 matrices[8];
uniform vec3 offsets[8];
uniform int matrix_count;
#endif
#ifdef CURVES
uniform sampler2D curves_map;  // a row each: red, green, blue
uniform int curve_length;
#endif
#ifdef CUBE
uniform sampler2D cube_map;    // all samples in rows, red fastest
uniform int cube_size;
uniform int cube_dimensions;   // 1 or 3
uniform vec3 cube_low;
uniform vec3 cube_high;
uniform float amount;
#endif
#ifdef VIGNETTE
uniform vec2 box_size;
uniform float radius;
uniform float softness;
uniform float amount;
uniform vec3 tint;
#endif
#ifdef GRAIN
uniform float cell_size;
uniform float seed;
uniform float amount;
uniform vec3 channels;
#endif
#ifdef CHROMA_KEY
uniform vec3 key;
uniform float tolerance;
uniform float softness;
uniform float spill;
#endif
#ifdef LUMA_KEY
uniform float low;
uniform float softness;
uniform float kept_dark; // 1 keeps what is dark, 0 what is bright
#endif
out vec4 result;

#include "lib/alpha.glsl"
#include "lib/tone.glsl"
#include "lib/key.glsl"
#include "lib/noise.glsl"
#include "lib/cube.glsl"

#ifdef MATRICES
vec4 affected(vec4 straight) {
    for (int index = 0; index < matrix_count; ++index) {
        straight.rgb = recolored(straight.rgb, matrices[index], offsets[index]);
    }
    return straight;
}
#endif

#ifdef CURVES
float on_curve(float value, int row) {
    float at = clamp(value, 0.0, 1.0) * float(curve_length - 1);
    int first = min(int(at), curve_length - 2);
    float near = texelFetch(curves_map, ivec2(first, row), 0).r;
    float far = texelFetch(curves_map, ivec2(first + 1, row), 0).r;
    return clamp(mix(near, far, at - float(first)), 0.0, 1.0);
}

vec4 affected(vec4 straight) {
    vec3 color = vec3(on_curve(straight.r, 0), on_curve(straight.g, 1), on_curve(straight.b, 2));
    return vec4(color, straight.a);
}
#endif

#ifdef CUBE
vec3 cube_sample(int index) {
    int width = textureSize(cube_map, 0).x;
    return texelFetch(cube_map, ivec2(index % width, index / width), 0).rgb;
}

vec3 cube_corner(vec3 corner) {
    float size = float(cube_size);
    return cube_sample(int(dot(corner, vec3(1.0, size, size * size))));
}

vec3 from_cube(vec3 at) {
    vec3 cell = min(floor(at), vec3(float(cube_size - 2)));
    vec3 part = at - cell;
    vec4 weights = tetrahedral_weights(part);
    return weights.x * cube_corner(cell) + weights.y * cube_corner(cell + largest_axis(part))
        + weights.z * cube_corner(cell + two_largest_axes(part))
        + weights.w * cube_corner(cell + 1.0);
}

vec3 from_line(vec3 at) {
    vec3 cell = min(floor(at), vec3(float(cube_size - 2)));
    ivec3 first = ivec3(cell);
    vec3 near =
        vec3(cube_sample(first.r).r, cube_sample(first.g).g, cube_sample(first.b).b);
    vec3 far =
        vec3(cube_sample(first.r + 1).r, cube_sample(first.g + 1).g, cube_sample(first.b + 1).b);
    return mix(near, far, at - cell);
}

vec4 affected(vec4 straight) {
    vec3 color = clamp(straight.rgb, 0.0, 1.0);
    vec3 inside = clamp((color - cube_low) / (cube_high - cube_low), 0.0, 1.0);
    vec3 at = inside * float(cube_size - 1);
    vec3 found = cube_dimensions == 3 ? from_cube(at) : from_line(at);
    return vec4(mix(color, found, amount), straight.a);
}
#endif

#ifdef VIGNETTE
vec4 affected(vec4 straight) {
    float strength = amount * vignette(gl_FragCoord.xy, box_size, radius, softness);
    return vec4(mix(clamp(straight.rgb, 0.0, 1.0), tint, strength), straight.a);
}
#endif

#ifdef GRAIN
vec4 affected(vec4 straight) {
    vec2 cell = floor(gl_FragCoord.xy / cell_size);
    vec3 noise = vec3(
        grain(cell, channels.r, seed), grain(cell, channels.g, seed), grain(cell, channels.b, seed)
    );
    return vec4(clamp(straight.rgb + amount * noise, 0.0, 1.0), straight.a);
}
#endif

#ifdef CHROMA_KEY
vec4 affected(vec4 straight) {
    vec3 color = clamp(straight.rgb, 0.0, 1.0);
    float kept = key_ramp(1.0 - key_share(color, key), tolerance, softness);
    return vec4(despilled(color, key, spill), straight.a * kept);
}
#endif

#ifdef LUMA_KEY
vec4 affected(vec4 straight) {
    vec3 color = clamp(straight.rgb, 0.0, 1.0);
    float kept = key_ramp(key_luma(color), low, softness);
    return vec4(color, straight.a * abs(kept_dark - kept));
}
#endif

void main() {
    vec4 here = texelFetch(content_map, ivec2(gl_FragCoord.xy), 0);
    result = premultiply(affected(unpremultiply(here)));
}
