// The bell curve. Twin: tests/reference/gaussian.py.

// Not normalised: 1 at distance 0.
float gaussian(float distance, float sigma) {
    return exp(-0.5 * distance * distance / (sigma * sigma));
}
