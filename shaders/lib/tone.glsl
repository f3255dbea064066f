// Changes of straight colours. Twin: tests/reference/tone.py.

vec3 recolored(vec3 color, mat3 matrix, vec3 offset) {
    return clamp(matrix * color + offset, 0.0, 1.0);
}

// How much of a vignette a place shows, 0 in the middle; 1 is as far as the corners.
float vignette(vec2 at, vec2 size, float radius, float softness) {
    float distance = length(2.0 * at / size - 1.0) / sqrt(2.0);
    float way = clamp((distance - radius) / max(softness, 1e-4) + 0.5, 0.0, 1.0);
    return way * way * (3.0 - 2.0 * way);
}

// Which part of a colour of this luma glows.
float glowing(float luma, float threshold) {
    return clamp((luma - threshold) / max(1.0 - threshold, 1e-3), 0.0, 1.0);
}

// Premultiplied. W3C compositing-1, 10.1.
vec4 screened(vec4 below, vec4 light) {
    return below + light - below * light;
}
