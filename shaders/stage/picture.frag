#version 330 core
// A picture seen through a window: RGBA (premultiplied), or Y'CbCr with YUV. Sampling: EXACT (one texel per pixel), BILINEAR, CUBIC, AREA (the mean of what a pixel
// covers, bilinear along an axis that does not shrink). Y'CbCr is only read EXACT.

uniform mat3 to_content; // canvas pixels to content pixels, homogeneous
uniform vec4 window;     // left, top, right, bottom in content pixels
#ifdef YUV
uniform sampler2D luma_map;
uniform sampler2D chroma_map; // Cb, Cr
uniform float code_scale;    // code values per texture value
uniform mat3 to_rgb;
uniform vec3 code_offset;
uniform vec2 chroma_step;
uniform vec2 chroma_offset;
uniform vec2 chroma_size;    // visible chroma samples
#else
uniform sampler2D content_map;
#endif
#ifdef AREA
uniform vec2 narrowest;  // content pixels that are averaged at the window's edge at least; not 0
#endif
out vec4 result;

#include "lib/yuv.glsl"
#include "lib/sample.glsl"
#include "stage/layer.glsl"

// Points with a smaller w lie behind the viewer, outside the box's edges.
const float HORIZON = 1e-9;
// Texels per axis that one pixel may average; only a perspective's far end ever needs more.
const float WIDEST = 32.0;

ivec2 inside_window(ivec2 texel) {
    ivec2 first = ivec2(floor(window.xy));
    return clamp(texel, first, max(first, ivec2(ceil(window.zw)) - 1));
}

#ifdef YUV
vec2 chroma_texel(ivec2 at) {
    return texelFetch(chroma_map, at, 0).rg;
}

// By hand, because some drivers filter 16-bit textures with 8 bits.
vec2 chroma_at(vec2 luma) {
    vec2 at = chroma_position(luma, chroma_step, chroma_offset) - 0.5;
    at = clamp(at, vec2(0.0), chroma_size - 1.0);
    ivec2 first = ivec2(at);
    ivec2 second = min(first + 1, ivec2(chroma_size) - 1);
    vec2 part = at - vec2(first);
    vec2 above = mix(chroma_texel(first), chroma_texel(ivec2(second.x, first.y)), part.x);
    vec2 below = mix(chroma_texel(ivec2(first.x, second.y)), chroma_texel(second), part.x);
    return mix(above, below, part.y);
}

vec4 texel_at(ivec2 at) {
    vec3 code = vec3(texelFetch(luma_map, at, 0).r, chroma_at(vec2(at) + 0.5)) * code_scale;
    return vec4(yuv_to_rgb(code, to_rgb, code_offset), 1.0);
}
#else
vec4 texel_at(ivec2 at) {
    return texelFetch(content_map, at, 0);
}
#endif

#if defined BILINEAR || defined CUBIC
vec2 clamped(vec2 at) {
    return vec2(
        clamp_position(at.x, window.x, window.z), clamp_position(at.y, window.y, window.w)
    );
}
#endif

#ifdef EXACT
vec4 sampled(vec3 image) {
    return texel_at(inside_window(ivec2(image.xy)));
}
#endif

#ifdef BILINEAR
vec4 sampled(vec3 image) {
    vec2 at = clamped(image.xy / max(image.z, HORIZON)) - 0.5;
    vec2 base = floor(at);
    vec2 part = at - base;
    ivec2 first = inside_window(ivec2(base));
    ivec2 second = inside_window(ivec2(base) + 1);
    vec4 above = mix(texel_at(first), texel_at(ivec2(second.x, first.y)), part.x);
    vec4 below = mix(texel_at(ivec2(first.x, second.y)), texel_at(second), part.x);
    return mix(above, below, part.y);
}
#endif

#ifdef CUBIC
vec4 sampled(vec3 image) {
    vec2 at = clamped(image.xy / max(image.z, HORIZON)) - 0.5;
    vec2 base = floor(at);
    vec4 across = catmull_rom(at.x - base.x);
    vec4 down = catmull_rom(at.y - base.y);
    vec4 total = vec4(0.0);
    for (int y = 0; y < 4; ++y) {
        for (int x = 0; x < 4; ++x) {
            vec4 texel = texel_at(inside_window(ivec2(base) + ivec2(x - 1, y - 1)));
            total += across[x] * down[y] * texel;
        }
    }
    total.a = clamp(total.a, 0.0, 1.0);
    return vec4(clamp(total.rgb, 0.0, total.a), total.a);
}
#endif

#ifdef AREA
// Content pixels per target pixel along each content axis, at least 1.
vec2 footprint(vec2 at, float w) {
    vec2 per_x = (to_content[0].xy - at * to_content[0].z) / w;
    vec2 per_y = (to_content[1].xy - at * to_content[1].z) / w;
    vec2 extent = vec2(length(vec2(per_x.x, per_y.x)), length(vec2(per_x.y, per_y.y)));
    return clamp(extent, vec2(1.0), vec2(WIDEST));
}

vec4 sampled(vec3 image) {
    float w = max(image.z, HORIZON);
    vec2 at = image.xy / w;
    vec2 reach = 0.5 * footprint(at, w);
    vec2 low = clamp(at - reach, window.xy, window.zw - narrowest);
    vec2 high = clamp(at + reach, low + narrowest, window.zw);
    ivec2 first = ivec2(floor(low));
    ivec2 last = ivec2(ceil(high)) - 1;
    vec4 total = vec4(0.0);
    for (int y = first.y; y <= last.y; ++y) {
        vec4 row = vec4(0.0);
        for (int x = first.x; x <= last.x; ++x) {
            row += box_overlap(float(x), low.x, high.x) * texel_at(ivec2(x, y));
        }
        total += box_overlap(float(y), low.y, high.y) * row;
    }
    return total / ((high.x - low.x) * (high.y - low.y));
}
#endif

void main() {
    vec3 image = to_content * vec3(gl_FragCoord.xy, 1.0);
    result = sampled(image) * layer_strength();
}
