#version 330 core
// How near pixels are to those whose alpha reaches a level, for several levels at once. DOWN: the
// distance along the column, or FAR. ACROSS: what an outline of a width covers, the mean of all.

#ifdef DOWN
uniform sampler2D content_map; // premultiplied
uniform vec4 levels;
#else
uniform sampler2D low_map;     // distances of four levels each
uniform sampler2D high_map;
uniform float width;
#endif
uniform int reach;             // farther than this nothing counts
out vec4 result;

const float FAR = 2000.0;

#ifdef DOWN
void main() {
    ivec2 here = ivec2(gl_FragCoord.xy);
    int last = textureSize(content_map, 0).y - 1;
    vec4 nearest = vec4(FAR);
    for (int y = max(here.y - reach, 0); y <= min(here.y + reach, last); ++y) {
        float alpha = texelFetch(content_map, ivec2(here.x, y), 0).a;
        vec4 away = vec4(abs(float(y - here.y)));
        nearest = mix(nearest, min(nearest, away), step(levels, vec4(alpha)));
    }
    result = nearest;
}
#else
void main() {
    ivec2 here = ivec2(gl_FragCoord.xy);
    int last = textureSize(low_map, 0).x - 1;
    vec4 low = vec4(FAR * FAR);
    vec4 high = low;
    for (int x = max(here.x - reach, 0); x <= min(here.x + reach, last); ++x) {
        float across = float((x - here.x) * (x - here.x));
        vec4 down = texelFetch(low_map, ivec2(x, here.y), 0);
        low = min(low, down * down + across);
        down = texelFetch(high_map, ivec2(x, here.y), 0);
        high = min(high, down * down + across);
    }
    vec4 covered = clamp(width + 1.0 - sqrt(low), 0.0, 1.0);
    covered += clamp(width + 1.0 - sqrt(high), 0.0, 1.0);
    result = vec4(dot(covered, vec4(0.125)));
}
#endif
