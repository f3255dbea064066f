// What every layer stage shares: how much of a pixel the box covers, times opacity. Without a define
// the box covers every pixel it touches; EDGED has edges inside pixels, ROUNDED corner radii too.

#include "lib/coverage.glsl"

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
    return strength;
}
