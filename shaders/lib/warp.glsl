// Where the colour of a place comes from. Twin: tests/reference/warp.py.

const float WARP_TURN = 6.283185307179586;

// `along` is the unit vector that the waves run in.
vec2 wave(vec2 at, vec2 along, float amplitude, float wavelength, float phase) {
    float shift = amplitude * sin(WARP_TURN * dot(at, along) / wavelength + phase);
    return at + shift * vec2(-along.y, along.x);
}

vec2 ripple(vec2 at, vec2 center, float amplitude, float wavelength, float phase) {
    float distance = length(at - center);
    float shift = amplitude * sin(WARP_TURN * distance / wavelength + phase);
    return at + shift * (at - center) / max(distance, 1e-3);
}

vec2 bulge(vec2 at, vec2 center, float radius, float amount) {
    vec2 offset = at - center;
    float inside = max(0.0, 1.0 - dot(offset, offset) / (radius * radius));
    return center + offset * (1.0 - amount * inside * inside);
}

// `angle` in radians, clockwise.
vec2 twirl(vec2 at, vec2 center, float radius, float angle) {
    vec2 offset = at - center;
    float inside = max(0.0, 1.0 - length(offset) / radius);
    float turn = -angle * inside * inside;
    float across = cos(turn) * offset.x - sin(turn) * offset.y;
    float down = sin(turn) * offset.x + cos(turn) * offset.y;
    return center + vec2(across, down);
}

vec2 lens(vec2 at, vec2 size, float amount) {
    vec2 offset = at - 0.5 * size;
    float distance2 = 4.0 * dot(offset, offset) / dot(size, size);
    return 0.5 * size + offset * (1.0 + amount * distance2) / (1.0 + amount);
}
