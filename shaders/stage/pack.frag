#version 330 core
// Blends a composed patch over the base and writes the target's samples: LUMA, PLANAR_CHROMA
// (Cb beside Cr), INTERLEAVED_CHROMA (Cb, Cr, Cb, …) or STRAIGHT (RGBA). The base is one colour, or
// with BASE_MAP a texture that lies exactly as the packed target does. Chroma is the mean of its
// block's columns with PAIRED_X; with COSITED_X it lies on the block's first column and also takes
// from the one before (1 2 1); without either there is nothing to reduce. Likewise rows.

uniform sampler2D patch_map;  // premultiplied, the patch after a margin
uniform ivec2 margin;         // columns and rows of the canvas before the patch
uniform ivec2 origin;         // of this block in the packed target
#ifdef BASE_MAP
uniform sampler2D base_map;
#else
uniform vec4 base;            // code values (Y, Cb, Cr, 1) or straight RGBA in 0..1
#endif
#ifndef STRAIGHT
uniform mat3 to_yuv;
uniform vec3 code_offset;
uniform float code_scale;     // code values per texture value
uniform float peak;           // the largest code value
#endif
#ifdef PLANAR_CHROMA
uniform int chroma_width;
#endif
out vec4 result;

#include "lib/alpha.glsl"
#include "lib/blend.glsl"
#include "lib/yuv.glsl"

#ifndef STRAIGHT
float base_code(int component) {
#ifdef BASE_MAP
    return texelFetch(base_map, ivec2(gl_FragCoord.xy), 0).r * code_scale;
#else
    return base[component];
#endif
}

vec4 over_base(float code, float below, float alpha) {
    float blended = floor(over_code(below, code, alpha) + 0.5);
    return vec4(clamp(blended, 0.0, peak) / code_scale);
}
#endif

#if defined PLANAR_CHROMA || defined INTERLEAVED_CHROMA
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

// The map ends where the canvas ends, whose last pixels are repeated.
vec4 patch_texel(ivec2 at) {
    return texelFetch(patch_map, clamp(at, ivec2(0), textureSize(patch_map, 0) - 1), 0);
}

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
    ivec2 at = block * ivec2(STEP_X, STEP_Y) + margin;
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

void main() {
    ivec2 at = ivec2(gl_FragCoord.xy) - origin;
#ifdef STRAIGHT
#ifdef BASE_MAP
    vec4 below = texelFetch(base_map, ivec2(gl_FragCoord.xy), 0);
#else
    vec4 below = base;
#endif
    result = unpremultiply(over(premultiply(below), texelFetch(patch_map, at + margin, 0)));
#endif
#ifdef LUMA
    vec4 texel = texelFetch(patch_map, at + margin, 0);
    vec3 code = rgb_to_yuv(texel.rgb, texel.a, to_yuv, code_offset);
    result = over_base(code.x, base_code(0), texel.a);
#endif
#if defined PLANAR_CHROMA || defined INTERLEAVED_CHROMA
#ifdef PLANAR_CHROMA
    bool is_cr = at.x >= chroma_width;
    ivec2 block = is_cr ? at - ivec2(chroma_width, 0) : at;
#else
    bool is_cr = (at.x & 1) == 1;
    ivec2 block = ivec2(at.x >> 1, at.y);
#endif
    vec4 texel = block_mean(block);
    vec3 code = rgb_to_yuv(texel.rgb, texel.a, to_yuv, code_offset);
    result = over_base(is_cr ? code.z : code.y, is_cr ? base_code(2) : base_code(1), texel.a);
#endif
}
