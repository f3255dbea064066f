#version 330 core
// A rectangle of the target. The only place that leaves pixel space; y is not flipped, so row 0
// of the target is the top row.

uniform vec4 region; // left, top, right, bottom in target pixels
uniform vec2 target_size;

void main() {
    vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1);
    vec2 point = mix(region.xy, region.zw, corner);
    gl_Position = vec4(point / target_size * 2.0 - 1.0, 0.0, 1.0);
}
