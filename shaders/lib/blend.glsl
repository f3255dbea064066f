// How a layer meets what lies below; alpha is premultiplied where there is one. Colours of the blend
// modes are straight and in 0..1: `cb` of the backdrop, `cs` of the source.
// W3C compositing-1, 9 and 10. Twin: tests/reference/blend.py.

// Porter-Duff source-over. 9.1.4.
vec4 over(vec4 dst, vec4 src) {
    return src + dst * (1.0 - src.a);
}

// Source-over for one sample; `code` is premultiplied.
float over_code(float base, float code, float alpha) {
    return base * (1.0 - alpha) + code;
}

// What is laid over `dst` instead of `src`, where blending their straight colours gave `mixed`. 10.
vec4 blended_source(vec4 dst, vec4 src, vec3 mixed) {
    return vec4((1.0 - dst.a) * src.rgb + dst.a * src.a * mixed, src.a);
}

// 10.1.2
vec3 multiply(vec3 cb, vec3 cs) {
    return cb * cs;
}

// 10.1.3
vec3 screen(vec3 cb, vec3 cs) {
    return cb + cs - cb * cs;
}

// 10.1.9; both branches are `cb` at one half.
vec3 hard_light(vec3 cb, vec3 cs) {
    return mix(multiply(cb, 2.0 * cs), screen(cb, 2.0 * cs - 1.0), step(0.5, cs));
}

// 10.1.4
vec3 overlay(vec3 cb, vec3 cs) {
    return hard_light(cs, cb);
}

// 10.1.5
vec3 darken(vec3 cb, vec3 cs) {
    return min(cb, cs);
}

// 10.1.6
vec3 lighten(vec3 cb, vec3 cs) {
    return max(cb, cs);
}

// 10.1.7; black stays black under white too.
vec3 color_dodge(vec3 cb, vec3 cs) {
    return min(cb / max(1.0 - cs, 1e-6), 1.0);
}

// 10.1.8; white stays white under black too.
vec3 color_burn(vec3 cb, vec3 cs) {
    return 1.0 - min((1.0 - cb) / max(cs, 1e-6), 1.0);
}

// 10.1.10
vec3 soft_light(vec3 cb, vec3 cs) {
    vec3 curve = mix(((16.0 * cb - 12.0) * cb + 4.0) * cb, sqrt(cb), step(0.25, cb));
    vec3 darker = cb - (1.0 - 2.0 * cs) * cb * (1.0 - cb);
    vec3 lighter = cb + (2.0 * cs - 1.0) * (curve - cb);
    return mix(darker, lighter, step(0.5, cs));
}

// 10.1.11
vec3 difference(vec3 cb, vec3 cs) {
    return abs(cb - cs);
}

// 10.1.12
vec3 exclusion(vec3 cb, vec3 cs) {
    return cb + cs - 2.0 * cb * cs;
}

// Not of W3C's: plain addition.
vec3 add(vec3 cb, vec3 cs) {
    return min(cb + cs, 1.0);
}

// The helpers of the non-separable modes. 10.2.
float lum(vec3 color) {
    return dot(color, vec3(0.3, 0.59, 0.11));
}

float sat(vec3 color) {
    return max(max(color.r, color.g), color.b) - min(min(color.r, color.g), color.b);
}

// Brought into 0..1 towards its own luminosity, which is in 0..1 but for rounding.
vec3 clip_color(vec3 color) {
    float light = lum(color);
    float least = min(min(color.r, color.g), color.b);
    float most = max(max(color.r, color.g), color.b);
    if (least < 0.0) {
        color = light + (color - light) * light / max(light - least, 1e-6);
    }
    if (most > 1.0) {
        color = light + (color - light) * (1.0 - light) / max(most - light, 1e-6);
    }
    return color;
}

vec3 set_lum(vec3 color, float light) {
    return clip_color(color + (light - lum(color)));
}

vec3 set_sat(vec3 color, float amount) {
    float least = min(min(color.r, color.g), color.b);
    float reach = sat(color);
    return reach > 0.0 ? (color - least) * amount / reach : vec3(0.0);
}

// 10.2.1
vec3 hue(vec3 cb, vec3 cs) {
    return set_lum(set_sat(cs, sat(cb)), lum(cb));
}

// 10.2.2
vec3 saturation(vec3 cb, vec3 cs) {
    return set_lum(set_sat(cb, sat(cs)), lum(cb));
}

// 10.2.3
vec3 color(vec3 cb, vec3 cs) {
    return set_lum(cs, lum(cb));
}

// 10.2.4
vec3 luminosity(vec3 cb, vec3 cs) {
    return set_lum(cb, lum(cs));
}
