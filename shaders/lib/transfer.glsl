// Between gamma-coded values and light, both nominally 0..1. IEC 61966-2-1 (sRGB), continued beyond
// 1 and mirrored below 0. Twin: tests/reference/transfer.py.

vec3 code_to_light(vec3 code) {
    vec3 size = abs(code);
    vec3 curve = pow((size + 0.055) / 1.055, vec3(2.4));
    return sign(code) * mix(size / 12.92, curve, step(0.04045, size));
}

vec3 light_to_code(vec3 light) {
    vec3 size = abs(light);
    vec3 curve = 1.055 * pow(size, vec3(1.0 / 2.4)) - 0.055;
    return sign(light) * mix(12.92 * size, curve, step(0.0031308, size));
}
