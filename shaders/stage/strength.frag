#version 330 core
// How much a mask's canvas lets through, ALPHA or LUMA, averaged over cells. Around it there is
// nothing, or with REPEATED its outermost pixels.

uniform sampler2D content_map; // premultiplied
uniform ivec2 margin;          // cells before the canvas
uniform int cell;              // canvas pixels across a cell
out vec4 result;

const vec3 BT709 = vec3(0.2126, 0.7152, 0.0722); // ITU-R BT.709-6, 3.2

float strength_of(vec4 color) {
#ifdef LUMA
    return dot(color.rgb, BT709);
#else
    return color.a;
#endif
}

void main() {
    ivec2 first = (ivec2(gl_FragCoord.xy) - margin) * cell;
    ivec2 size = textureSize(content_map, 0);
#ifdef REPEATED
    ivec2 low = first;
    ivec2 high = first + cell;
#else
    ivec2 low = clamp(first, ivec2(0), size);
    ivec2 high = clamp(first + cell, ivec2(0), size);
#endif
    float total = 0.0;
    for (int y = low.y; y < high.y; ++y) {
        for (int x = low.x; x < high.x; ++x) {
            ivec2 at = clamp(ivec2(x, y), ivec2(0), size - 1);
            total += strength_of(texelFetch(content_map, at, 0));
        }
    }
    result = vec4(total / float(cell * cell));
}
