#version 330 core
// A whole picture on its way into a user's shader (STRAIGHT) or out of it (PREMULTIPLIED). Users'
// shaders see y up and straight alpha; row 0 is on top and alpha premultiplied everywhere else.

uniform sampler2D content_map;
uniform int height; // pixels
out vec4 result;

#include "lib/alpha.glsl"

void main() {
    ivec2 here = ivec2(gl_FragCoord.xy);
    vec4 color = texelFetch(content_map, ivec2(here.x, height - 1 - here.y), 0);
#ifdef STRAIGHT
    result = unpremultiply(color);
#else
    // Whatever a user's shader has made: no number is no colour.
    bool is_color = !any(isnan(color)) && !any(isinf(color));
    result = premultiply(is_color ? clamp(color, 0.0, 1.0) : vec4(0.0));
#endif
}
