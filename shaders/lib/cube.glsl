// Interpolation in a colour table. Twin: tests/reference/cube.py.

// The corners of the tetrahedron that holds `part` (0..1 in a cell) on the way from black to white:
// the axis of the largest part, then those of the two largest.
vec3 largest_axis(vec3 part) {
    if (part.r >= part.g && part.r >= part.b) {
        return vec3(1.0, 0.0, 0.0);
    }
    return part.g >= part.b ? vec3(0.0, 1.0, 0.0) : vec3(0.0, 0.0, 1.0);
}

vec3 two_largest_axes(vec3 part) {
    if (part.b < part.r && part.b < part.g) {
        return vec3(1.0, 1.0, 0.0);
    }
    return part.g < part.r ? vec3(1.0, 0.0, 1.0) : vec3(0.0, 1.0, 1.0);
}

// Weights of black, of those two corners, of white.
vec4 tetrahedral_weights(vec3 part) {
    float most = max(part.r, max(part.g, part.b));
    float least = min(part.r, min(part.g, part.b));
    float middle = part.r + part.g + part.b - most - least;
    return vec4(1.0 - most, most - middle, middle - least, least);
}
