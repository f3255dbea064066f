#version 330 core
// One colour.

uniform vec4 color; // premultiplied
out vec4 result;

#include "stage/layer.glsl"

void main() {
    result = color * layer_strength();
}
