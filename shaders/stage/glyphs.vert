#version 330 core
// One glyph of an instanced draw: the part of its tile that draws anything, wherever it lies.

uniform sampler2D rows_map; // a row of four texels for every glyph, as render/glyphs.py says
uniform vec2 origin;        // of the picture on the target, pixels
uniform vec2 target_size;
flat out vec4 to_tile;      // picture pixels to tile pixels, row by row
flat out vec2 shift;
flat out vec4 tile;         // corner in the atlas, size
flat out vec4 drawing;      // grow, samples, strength, scale

void main() {
    to_tile = texelFetch(rows_map, ivec2(0, gl_InstanceID), 0);
    vec4 place = texelFetch(rows_map, ivec2(1, gl_InstanceID), 0);
    vec4 extent = texelFetch(rows_map, ivec2(2, gl_InstanceID), 0);
    vec4 look = texelFetch(rows_map, ivec2(3, gl_InstanceID), 0);
    shift = place.xy;
    tile = vec4(place.zw, extent.xy);
    drawing = vec4(extent.w, look.xyz);

    vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1);
    vec2 at = mix(vec2(extent.z), extent.xy - extent.z, corner);
    mat2 matrix = mat2(to_tile.xz, to_tile.yw);
    vec2 point = inverse(matrix) * (at - shift) + origin;
    gl_Position = vec4(point / target_size * 2.0 - 1.0, 0.0, 1.0);
}
