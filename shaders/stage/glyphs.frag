#version 330 core
// Glyphs from distance fields: FILL or STROKE. A pixel is the mean of a grid of points.

uniform sampler2D field_map;
uniform vec2 origin;       // of the picture on the target, pixels
uniform vec2 picture_size;
uniform float range_px;    // tile pixels from 0 to 1
uniform vec4 color;        // premultiplied
flat in vec4 to_tile;
flat in vec2 shift;
flat in vec4 tile;
flat in vec4 drawing;
out vec4 result;

#include "lib/field.glsl"

// Filtered by the texture unit: neighbours in a field differ by no more than a pixel of distance,
// so even 8 bits of weight are exact to half a code, and software GL takes a third of the time.
vec4 field_at(vec2 at) {
    vec2 within = clamp(at, vec2(0.5), tile.zw - 0.5) + tile.xy;
    return textureLod(field_map, within / vec2(textureSize(field_map, 0)), 0.0);
}

float value_at(vec2 at) {
#ifdef FILL
    return median(field_at(at).rgb);
#else
    return field_at(at).a;
#endif
}
void main() {
    vec2 pixel = gl_FragCoord.xy - origin;
    float samples = drawing.y;
    float sharpness = drawing.w * samples;
    float total = 0.0;
    for (float y = 0.5; y < samples; y += 1.0) {
        for (float x = 0.5; x < samples; x += 1.0) {
            vec2 point = pixel + vec2(x, y) / samples - 0.5;
            vec2 at = vec2(dot(to_tile.xy, point), dot(to_tile.zw, point)) + shift;
            total += field_coverage(value_at(at), range_px, drawing.x, sharpness);
        }
    }
    vec2 outside = step(picture_size, pixel) + step(pixel, vec2(0.0));
    float visible = 1.0 - min(outside.x + outside.y, 1.0);
    result = color * (total / (samples * samples) * drawing.z * visible);
}
