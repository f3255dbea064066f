// Keying by BT.709 luma and chroma of straight colours. Twin: tests/reference/key.py.

float key_luma(vec3 color) {
    return dot(color, vec3(0.2126, 0.7152, 0.0722));
}

// Cb, Cr. BT.709-6, 3.3.
vec2 key_chroma(vec3 color) {
    return (color.br - key_luma(color)) / vec2(1.8556, 1.5748);
}

// How much of the key's chroma a colour holds: 1 the key's own, 0 grey and hues 63 degrees away.
float key_share(vec3 color, vec3 key) {
    vec2 axis = key_chroma(key);
    vec2 chroma = key_chroma(color);
    float reach = max(dot(axis, axis), 1e-6);
    float along = dot(chroma, axis) / reach;
    float across = abs(chroma.x * axis.y - chroma.y * axis.x) / reach;
    return max(along - 0.5 * across, 0.0);
}

// From 0 at `low` to 1, `width` further on.
float key_ramp(float value, float low, float width) {
    return clamp((value - low) / max(width, 1e-4), 0.0, 1.0);
}

// The colour without `amount` of its share of the key, its luma kept.
vec3 despilled(vec3 color, vec3 key, float amount) {
    float luma = key_luma(color);
    vec2 chroma = key_chroma(color) - amount * key_share(color, key) * key_chroma(key);
    float blue = luma + 1.8556 * chroma.x;
    float red = luma + 1.5748 * chroma.y;
    float green = (luma - 0.2126 * red - 0.0722 * blue) / 0.7152;
    return clamp(vec3(red, green, blue), 0.0, 1.0);
}
