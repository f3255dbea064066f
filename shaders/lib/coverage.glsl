// Anti-aliased coverage from signed distances in pixels. Twin: tests/reference/coverage.py.

// Distances to two opposite edges, positive inside: exact area where edges are axis-aligned, also
// for boxes thinner than a pixel.
float edge_coverage(float d_near, float d_far) {
    float near = clamp(d_near + 0.5, 0.0, 1.0);
    float far = clamp(d_far + 0.5, 0.0, 1.0);
    return clamp(near + far - 1.0, 0.0, 1.0);
}

// Signed distance (positive outside) to a rounded box about the origin.
float rounded_box(vec2 point, vec2 half_size, float radius) {
    vec2 beyond = abs(point) - half_size + radius;
    return length(max(beyond, 0.0)) + min(max(beyond.x, beyond.y), 0.0) - radius;
}
