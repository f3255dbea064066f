// Filter weights and positions along one axis. Twin: tests/reference/sample.py.

// Weights of the taps -1, 0, 1, 2 at `t` between tap 0 and 1. Keys 1981 with a = -1/2.
vec4 catmull_rom(float t) {
    return 0.5 * vec4(
        t * (-1.0 + t * (2.0 - t)),
        2.0 + t * t * (-5.0 + 3.0 * t),
        t * (1.0 + t * (4.0 - 3.0 * t)),
        t * t * (t - 1.0)
    );
}

// Length of [index, index + 1] inside [near, far].
float box_overlap(float index, float near, float far) {
    return max(min(index + 1.0, far) - max(index, near), 0.0);
}

// Clamped to [near + 1/2, far - 1/2]; the middle where that is empty.
float clamp_position(float position, float near, float far) {
    float reach = min(0.5, 0.5 * (far - near));
    return clamp(position, near + reach, far - reach);
}
