// Straight and premultiplied colour. Twin: tests/reference/alpha.py.

vec4 premultiply(vec4 straight) {
    return vec4(straight.rgb * straight.a, straight.a);
}

vec4 unpremultiply(vec4 premultiplied) {
    return premultiplied.a > 0.0
        ? vec4(premultiplied.rgb / premultiplied.a, premultiplied.a)
        : vec4(0.0);
}
