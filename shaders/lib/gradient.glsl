// Where a point lies along a gradient. CSS Images 3, sections 3.1 and 3.2.
// Twin: tests/reference/gradient.py.

// `direction` is a unit vector, y down; 0 and 1 are the ends of the CSS gradient line.
float linear_position(vec2 point, vec2 size, vec2 direction) {
    float line_length = abs(size.x * direction.x) + abs(size.y * direction.y);
    return dot(point - 0.5 * size, direction) / line_length + 0.5;
}

// 1 is the circle about the centre through the farthest corner.
float radial_position(vec2 point, vec2 size) {
    return length(point - 0.5 * size) / (0.5 * length(size));
}

// 0..1 between two stops; a step at `near` where they coincide.
float stop_fraction(float position, float near, float far) {
    return far > near ? clamp((position - near) / (far - near), 0.0, 1.0) : step(near, position);
}
