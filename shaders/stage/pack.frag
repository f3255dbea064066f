#version 330 core
// Blends a composed patch over the base and writes the target's samples: LUMA, PLANAR_CHROMA
// (Cb beside Cr), INTERLEAVED_CHROMA (Cb, Cr, Cb, …) or STRAIGHT (RGBA). The base is one colour, or
// with BASE_MAP a texture that lies exactly as the packed target does.

uniform sampler2D patch_map;  // premultiplied, patch pixels
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
#if defined PLANAR_CHROMA || defined INTERLEAVED_CHROMA
uniform ivec2 chroma_step;
uniform vec3 taps_x;          // weights of the pixels before, on and after a block's first
uniform vec3 taps_y;
uniform ivec4 canvas;         // first column and row, last column and row, in patch pixels
#endif
#ifdef PLANAR_CHROMA
uniform int chroma_width;
#endif
out vec4 result;

#include "lib/alpha.glsl"
#include "lib/blend.glsl"
#include "lib/yuv.glsl"

#ifndef STRAIGHT
vec4 sample_over_base(float code, float alpha, int component) {
#ifdef BASE_MAP
    float below = texelFetch(base_map, ivec2(gl_FragCoord.xy), 0).r * code_scale;
#else
    float below = base[component];
#endif
    float blended = floor(over_code(below, code, alpha) + 0.5);
    return vec4(clamp(blended, 0.0, peak) / code_scale);
}
#endif

#if defined PLANAR_CHROMA || defined INTERLEAVED_CHROMA
// Beyond the canvas its last pixels are repeated; beyond the patch nothing was drawn.
vec4 patch_texel(ivec2 at) {
    at = clamp(at, canvas.xy, canvas.zw);
    ivec2 size = textureSize(patch_map, 0);
    bool drawn = all(greaterThanEqual(at, ivec2(0))) && all(lessThan(at, size));
    return drawn ? texelFetch(patch_map, at, 0) : vec4(0.0);
}

vec4 chroma_texel(ivec2 block) {
    vec4 total = vec4(0.0);
    for (int y = taps_y.x > 0.0 ? 0 : 1; y < 3; ++y) {
        for (int x = taps_x.x > 0.0 ? 0 : 1; x < 3; ++x) {
            float weight = taps_x[x] * taps_y[y];
            if (weight > 0.0) {
                total += weight * patch_texel(block * chroma_step + ivec2(x - 1, y - 1));
            }
        }
    }
    return total;
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
    result = unpremultiply(over(premultiply(below), texelFetch(patch_map, at, 0)));
#endif
#ifdef LUMA
    vec4 texel = texelFetch(patch_map, at, 0);
    vec3 code = rgb_to_yuv(texel.rgb, texel.a, to_yuv, code_offset);
    result = sample_over_base(code.x, texel.a, 0);
#endif
#if defined PLANAR_CHROMA || defined INTERLEAVED_CHROMA
#ifdef PLANAR_CHROMA
    int component = at.x < chroma_width ? 1 : 2;
    ivec2 block = ivec2(at.x % chroma_width, at.y);
#else
    int component = 1 + at.x % 2;
    ivec2 block = ivec2(at.x / 2, at.y);
#endif
    vec4 texel = chroma_texel(block);
    vec3 code = rgb_to_yuv(texel.rgb, texel.a, to_yuv, code_offset);
    result = sample_over_base(code[component], texel.a, component);
#endif
}
