// Distance fields of glyphs. Twin: tests/reference/field.py.

// The middle one, which keeps corners sharp. V. Chlumsky, "Shape Decomposition for Multi-channel
// Distance Fields" (2015), 2.4.
float median(vec3 channels) {
    float low = min(channels.r, channels.g);
    float high = max(channels.r, channels.g);
    return max(low, min(high, channels.b));
}

// Of a point where a field says `value`, 0.5 on the outline. `range` is field pixels from 0 to 1,
// `grow` field pixels beyond the outline, `sharpness` points in a field pixel; the field's range
// is never taken for less than one point, so that its ends stay empty and full.
float field_coverage(float value, float range, float grow, float sharpness) {
    float away = (value - 0.5) * range + grow;
    return clamp(away * max(sharpness, 1.0 / range) + 0.5, 0.0, 1.0);
}
