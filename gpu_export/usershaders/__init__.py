"""Reads shaders that users bring: gl-transitions and ISF. Values in, values out; no GL."""
