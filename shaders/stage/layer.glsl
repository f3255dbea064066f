// What every layer stage shares: how much of a pixel the box covers, times opacity. Without a define
// the box covers every pixel it touches; EDGED has edges inside pixels, ROUNDED corner radii too,
// MASKED (with either) a mask.

#include "lib/coverage.glsl"
#include "lib/sample.glsl"

uniform float opacity;
#if defined EDGED || defined ROUNDED
uniform vec3 edges[4]; // left, right, top, bottom: unit normal inwards and offset, target pixels
#endif

#ifdef ROUNDED
uniform mat3 to_box;     // canvas pixels to box pixels about the box's centre, homogeneous
uniform vec2 half_size;  // box pixels
uniform float radius;

// The corner arcs alone; straight edges have their exact area already.
float corner_coverage(vec3 point) {
    vec3 image = to_box * point;
    vec2 at = image.xy / image.z;
    vec2 per_x = (to_box[0].xy - at * to_box[0].z) / image.z;
    vec2 per_y = (to_box[1].xy - at * to_box[1].z) / image.z;
    vec2 beyond = abs(at) - half_size + radius;
    if (min(beyond.x, beyond.y) <= 0.0) {
        return 1.0;
    }
    vec2 normal = sign(at) * normalize(beyond);
    float box_per_canvas = length(vec2(dot(normal, per_x), dot(normal, per_y)));
    return clamp(0.5 - rounded_box(at, half_size, radius) / box_per_canvas, 0.0, 1.0);
}
#endif

#ifdef MASKED
uniform sampler2D mask_map; // strength in red
uniform mat3 to_mask;       // canvas pixels to the mask's, homogeneous
uniform vec2 mask_sense;    // factor and summand: (1, 0), or (-1, 1) where the mask is inverted

// Texels per axis that one pixel may average; only a perspective's far end ever needs more.
const float WIDEST_MASK = 16.0;

float mask_texel(ivec2 at) {
    return texelFetch(mask_map, clamp(at, ivec2(0), textureSize(mask_map, 0) - 1), 0).r;
}

float mask_between(vec2 at) {
    ivec2 first = ivec2(floor(at));
    vec2 part = at - vec2(first);
    float above = mix(mask_texel(first), mask_texel(first + ivec2(1, 0)), part.x);
    float below = mix(mask_texel(first + ivec2(0, 1)), mask_texel(first + 1), part.x);
    return mix(above, below, part.y);
}

float mask_mean(vec2 low, vec2 high) {
    float total = 0.0;
    for (int y = int(floor(low.y)); float(y) < high.y; ++y) {
        for (int x = int(floor(low.x)); float(x) < high.x; ++x) {
            float part = box_overlap(float(x), low.x, high.x) * box_overlap(float(y), low.y, high.y);
            total += part * mask_texel(ivec2(x, y));
        }
    }
    return total / ((high.x - low.x) * (high.y - low.y));
}

// Bilinear, or the mean of what the pixel covers where the mask shrinks.
float mask_strength(vec3 point) {
    vec3 image = to_mask * point;
    float w = max(image.z, 1e-9);
    vec2 at = image.xy / w;
    vec2 per_x = (to_mask[0].xy - at * to_mask[0].z) / w;
    vec2 per_y = (to_mask[1].xy - at * to_mask[1].z) / w;
    vec2 extent = vec2(length(vec2(per_x.x, per_y.x)), length(vec2(per_x.y, per_y.y)));
    vec2 reach = 0.5 * clamp(extent, vec2(1.0), vec2(WIDEST_MASK));
    bool shrinks = max(extent.x, extent.y) > 1.0001;
    float seen = shrinks ? mask_mean(at - reach, at + reach) : mask_between(at - 0.5);
    return mask_sense.x * seen + mask_sense.y;
}
#endif

float layer_strength() {
    float strength = opacity;
#if defined EDGED || defined ROUNDED
    vec3 point = vec3(gl_FragCoord.xy, 1.0);
    strength *= edge_coverage(dot(edges[0], point), dot(edges[1], point));
    strength *= edge_coverage(dot(edges[2], point), dot(edges[3], point));
#endif
#ifdef ROUNDED
    strength = min(strength, opacity * corner_coverage(point));
#endif
#ifdef MASKED
    strength *= mask_strength(point);
#endif
    return strength;
}
