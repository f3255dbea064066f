// How a layer meets what lies below; premultiplied. Twin: tests/reference/blend.py.

// Porter-Duff source-over. W3C compositing-1, 9.1.4.
vec4 over(vec4 dst, vec4 src) {
    return src + dst * (1.0 - src.a);
}

// Source-over for one sample; `code` is premultiplied.
float over_code(float base, float code, float alpha) {
    return base * (1.0 - alpha) + code;
}
