#version 330 core
// A CSS gradient: LINEAR or RADIAL.

uniform mat3 to_content;     // canvas pixels to the gradient's own, homogeneous
uniform vec4 window;         // left, top, right, bottom: points beyond show what is there
uniform vec2 content_size;
uniform int stop_count;
uniform sampler2D stops_map; // row 0: premultiplied colours, row 1: positions in red
#ifdef LINEAR
uniform vec2 direction;
#endif
out vec4 result;

// Points with a smaller w lie behind the viewer, outside the box's edges.
const float HORIZON = 1e-9;

#include "lib/gradient.glsl"
#include "stage/layer.glsl"

float gradient_position(vec2 point) {
#ifdef LINEAR
    return linear_position(point, content_size, direction);
#else
    return radial_position(point, content_size);
#endif
}

float stop_position(int index) {
    return texelFetch(stops_map, ivec2(index, 1), 0).r;
}

void main() {
    vec3 image = to_content * vec3(gl_FragCoord.xy, 1.0);
    vec2 point = clamp(image.xy / max(image.z, HORIZON), window.xy, window.zw);
    float position = gradient_position(point);
    vec4 color = texelFetch(stops_map, ivec2(0), 0);
    for (int index = 1; index < stop_count; ++index) {
        float fraction = stop_fraction(position, stop_position(index - 1), stop_position(index));
        color = mix(color, texelFetch(stops_map, ivec2(index, 0), 0), fraction);
    }
    result = color * layer_strength();
}
