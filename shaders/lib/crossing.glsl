// How far each point of a transition has changed. Twin: tests/reference/crossing.py.

// Of a point that changes at `field` (0 first, 1 last), taking `softness` of the way for it.
float ramp_strength(float field, float progress, float softness) {
    return clamp((progress * (1.0 + softness) - field) / softness, 0.0, 1.0);
}

// Distance from the centre over that of the farthest corner.
float disc_position(vec2 point, vec2 centre, vec2 size) {
    return distance(point, centre) / length(max(centre, size - centre));
}

// How much is open from slat 0 on up to `position`, slats being open as far as `progress`.
float opened_slats(float position, float progress) {
    return floor(position) * progress + min(fract(position), progress);
}

// The mean of what is open over `width` slats about `position`. All slats are alike, so the first
// one is looked at, where floats are finest.
float slats_strength(float position, float progress, float width) {
    float far = opened_slats(fract(position) + 0.5 * width, progress);
    float near = opened_slats(fract(position) - 0.5 * width, progress);
    return clamp((far - near) / width, 0.0, 1.0);
}

// From one picture to a colour, which takes the shape of both, and on to the other picture.
vec4 fade_through(vec4 before, vec4 after, vec4 color, float progress) {
    vec4 middle = color * (1.0 - (1.0 - before.a) * (1.0 - after.a));
    return progress < 0.5
        ? mix(before, middle, 2.0 * progress)
        : mix(middle, after, 2.0 * progress - 1.0);
}

// Noise that is the same on every device: one of 65536 values between 0 and 1 for a whole `cell` and
// `seed`, neither negative. The mixing is C. Wellons' "lowbias32".
float cell_noise(vec2 cell, float seed) {
    uint h = uint(cell.x) * 0x9E3779B1u ^ uint(cell.y) * 0x85EBCA77u ^ uint(seed) * 0xC2B2AE3Du;
    h = (h ^ (h >> 16)) * 0x7FEB352Du;
    h = (h ^ (h >> 15)) * 0x846CA68Bu;
    h ^= h >> 16;
    return (float(h >> 16) + 0.5) / 65536.0;
}
