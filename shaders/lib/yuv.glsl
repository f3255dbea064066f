// Y'CbCr code values and R'G'B'. ITU-T H.273 8.3. Twin: tests/reference/yuv.py.

vec3 yuv_to_rgb(vec3 code, mat3 matrix, vec3 offset) {
    return matrix * (code - offset);
}

// Code values of a premultiplied colour, themselves premultiplied.
vec3 rgb_to_yuv(vec3 rgb, float alpha, mat3 matrix, vec3 offset) {
    return matrix * rgb + offset * alpha;
}

// A luma position in chroma texels; `offset` is that of a chroma sample from its block's centre.
vec2 chroma_position(vec2 luma, vec2 step, vec2 offset) {
    return (luma - offset) / step;
}
