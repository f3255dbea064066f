// Noise from whole numbers alone, the same bits everywhere. Twin: tests/reference/noise.py.

// Of a cell, a channel and a seed, all whole and not negative: -1..1.
float grain(vec2 cell, float channel, float seed) {
    uint bits = uint(cell.x) * 0x9E3779B1u + uint(cell.y) * 0x85EBCA77u;
    bits += uint(channel) * 0xC2B2AE3Du + uint(seed) * 0x27D4EB2Fu;
    bits ^= bits >> 16;
    bits *= 0x7FEB352Du;
    bits ^= bits >> 15;
    bits *= 0x846CA68Bu;
    bits ^= bits >> 16;
    return float(bits >> 8) / 8388607.5 - 1.0;
}
