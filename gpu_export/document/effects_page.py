"""The page about effects, written from the model's own words."""

from __future__ import annotations

from gpu_export.document.model import EFFECT_TYPES
from gpu_export.document.reference import summary, table

_INTRODUCTION = """\
# Effects

Every visible clip may have `effects`, a list that is worked off in order. This page is generated
from the same source as the JSON Schema.

```json
{
  "type": "video",
  "src": "interview.mp4",
  "effects": [
    { "type": "chromaKey", "color": "#1fb254" },
    { "type": "saturation", "amount": 1.2 },
    { "type": "colorMap", "src": "looks/teal-orange.cube", "amount": 0.6 }
  ],
  "keyframes": { "effects.1.amount": [{ "time": 0, "value": 0 }, { "time": 2, "value": 1.2 }] }
}
```

- Effects come after cropping and fitting, and before corner radius, mask, transform and opacity.
- Lengths are canvas pixels at scale 1: a layer that is drawn larger has its effects drawn larger.
- Colours are gamma-coded, as in a browser. Every change of colour ends between black and white,
  so what one effect has clipped the next one cannot bring back.
- Transparency counts: colours are changed as they are, not as they look over black.
- Pictures repeat their edge pixels outwards, so a blurred video keeps its edges. Around text and
  subtitles there is nothing, so blur and glow spread beyond the letters.
- Numbers can be keyframed by their place in the list, as above.

`.cube` tables are read as the Cube LUT Specification writes them: 1D and 3D, `DOMAIN_MIN`,
`DOMAIN_MAX` and the `LUT_3D_INPUT_RANGE` of Resolve; 3D tables are interpolated over tetrahedra.
"""


def effects_page() -> str:
    """The page as Markdown."""
    parts = []
    for name, model in EFFECT_TYPES.items():
        parts.append(f"## {name}\n\n{summary(model)}\n\n{table(model, [])}")
    return "\n".join([_INTRODUCTION, *parts])
