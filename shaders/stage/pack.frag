#version 330 core
// Blends a composed patch over the base and writes four of the target's samples per texel: LUMA,
// CHROMA (Cb, Cr, Cb, Cr) or STRAIGHT (one pixel of RGBA). The base is one colour, or with BASE_MAP
// a texture that lies exactly as the packed target does. Chroma is the mean of its block's columns
// with PAIRED_X; with COSITED_X it lies on the block's first column and also takes from the one
// before (1 2 1); without either there is nothing to reduce. Likewise rows.

uniform sampler2D patch_map; // premultiplied, the patch after a margin
uniform ivec2 margin;        // columns and rows of the canvas before the patch
uniform ivec2 origin;        // of this block in the packed target
#ifdef BASE_MAP
uniform sampler2D base_map;
#else
uniform vec4 base;           // four code values, or straight RGBA in 0..1
#endif
#ifndef STRAIGHT
uniform mat3 to_yuv;
uniform vec3 code_offset;
uniform float code_scale;    // code values per texture value
uniform float peak;          // the largest code value
#endif
out vec4 result;

#include "lib/alpha.glsl"
#include "lib/blend.glsl"
#include "lib/yuv.glsl"

// The map ends where the canvas ends, whose last pixels are repeated.
vec4 patch_texel(ivec2 at) {
    return texelFetch(patch_map, clamp(at + margin, ivec2(0), textureSize(patch_map, 0) - 1), 0);
}

#ifdef CHROMA
#if defined PAIRED_X || defined COSITED_X
const int STEP_X = 2;
#else
const int STEP_X = 1;
#endif
#if defined PAIRED_Y || defined COSITED_Y
const int STEP_Y = 2;
#else
const int STEP_Y = 1;
#endif

vec4 row_mean(ivec2 at) {
#if defined COSITED_X
    vec4 sides = patch_texel(at - ivec2(1, 0)) + patch_texel(at + ivec2(1, 0));
    return 0.25 * sides + 0.5 * patch_texel(at);
#elif defined PAIRED_X
    return 0.5 * (patch_texel(at) + patch_texel(at + ivec2(1, 0)));
#else
    return patch_texel(at);
#endif
}

vec4 block_mean(ivec2 block) {
    ivec2 at = block * ivec2(STEP_X, STEP_Y);
#if defined COSITED_Y
    vec4 sides = row_mean(at - ivec2(0, 1)) + row_mean(at + ivec2(0, 1));
    return 0.25 * sides + 0.5 * row_mean(at);
#elif defined PAIRED_Y
    return 0.5 * (row_mean(at) + row_mean(at + ivec2(0, 1)));
#else
    return row_mean(at);
#endif
}
#endif

#ifdef STRAIGHT
vec4 blended(ivec2 texel, vec4 below) {
    return unpremultiply(over(premultiply(below), patch_texel(texel)));
}
#else
float stored(float code) {
    return clamp(floor(code + 0.5), 0.0, peak) / code_scale;
}

vec4 stored_over(vec4 below, vec4 code, vec4 alpha) {
    return vec4(
        stored(over_code(below.x, code.x, alpha.x)),
        stored(over_code(below.y, code.y, alpha.y)),
        stored(over_code(below.z, code.z, alpha.z)),
        stored(over_code(below.w, code.w, alpha.w))
    );
}
#endif

#ifdef LUMA
vec4 blended(ivec2 texel, vec4 below) {
    vec4 code;
    vec4 alpha;
    for (int index = 0; index < 4; ++index) {
        vec4 color = patch_texel(ivec2(4 * texel.x + index, texel.y));
        code[index] = rgb_to_yuv(color.rgb, color.a, to_yuv, code_offset).x;
        alpha[index] = color.a;
    }
    return stored_over(below, code, alpha);
}
#endif

#ifdef CHROMA
vec4 blended(ivec2 texel, vec4 below) {
    ivec2 block = ivec2(2 * texel.x, texel.y);
    vec4 left = block_mean(block);
    vec4 right = block_mean(block + ivec2(1, 0));
    vec2 left_code = rgb_to_yuv(left.rgb, left.a, to_yuv, code_offset).yz;
    vec2 right_code = rgb_to_yuv(right.rgb, right.a, to_yuv, code_offset).yz;
    return stored_over(below, vec4(left_code, right_code), vec4(left.aa, right.aa));
}
#endif

void main() {
    ivec2 place = ivec2(gl_FragCoord.xy);
#if defined BASE_MAP && defined STRAIGHT
    vec4 below = texelFetch(base_map, place, 0);
#elif defined BASE_MAP
    vec4 below = texelFetch(base_map, place, 0) * code_scale;
#else
    vec4 below = base;
#endif
    result = blended(place - origin, below);
}
