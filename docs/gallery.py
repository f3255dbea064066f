"""Draws the gallery: every transition, blend mode and effect on the demo's media, by the engine.

Each sheet is one project: a grid of nested compositions with a label under each. Run it with
`make gallery`; it writes `docs/images/gallery-*.jpg` and `docs/gallery.md`.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any

from PIL import Image

import gpu_export
from gpu_export.render.scene import BlendMode
from gpu_export.resources import asset_dir

FOLDER = Path(__file__).resolve().parent
MEDIA = asset_dir() / "demo" / "media"
TABLE = "gallery.cube"

COLUMNS, CELL, LABEL, GAP = 5, (256, 144), 24, 10
# Every sheet is a still at this time of its project, in seconds.
MOMENT = 1.0

Plain = dict[str, Any]


@dataclass(frozen=True)
class Cell:
    """One picture of a sheet: what it is called and the tracks of its composition."""

    name: str
    tracks: list[Plain]


def video(name: str, **keys: Any) -> Plain:
    """Two seconds of one of the demo's films, held still at 1.5 s."""
    return {
        "type": "video",
        "src": str(MEDIA / name),
        "freeze": 1.5,
        "duration": 2,
        "fit": "cover",
        **keys,
    }


def photo(name: str, **keys: Any) -> Plain:
    """One of the demo's pictures for two seconds."""
    return {"type": "image", "src": str(MEDIA / name), "duration": 2, "fit": "cover", **keys}


def transitions() -> list[Cell]:
    """Half way from one picture to the other."""
    wanted: dict[str, Plain] = {
        "crossfade": {},
        "fade": {},
        "wipe": {"params": {"softness": 0.2}},
        "slide": {},
        "push": {},
        "zoom": {},
        "circle": {"params": {"softness": 0.05}},
        "blinds": {"params": {"count": 8}},
        "dissolve": {},
        "blur": {},
        "pixelate": {},
        "rotate": {"params": {"turns": 0.1, "scale": 0.6}},
        "luma": {"src": str(MEDIA / "chelsea.png"), "params": {"softness": 0.3}},
    }
    cells = []
    for name, keys in wanted.items():
        entry = {"in": {"type": name, "duration": 0.6, **keys}}
        before = video("bikes.mp4", duration=1.3)
        after = video("bigbuckbunny.mp4", start=0.7, duration=1.3, transition=entry)
        cells.append(Cell(name, [{"clips": [before, after]}]))
    return cells


def blends() -> list[Cell]:
    """A photograph over a film, in each mode."""
    modes = [mode.value for mode in BlendMode]
    rainbow = {
        "type": "gradient",
        "duration": 2,
        "gradient": {
            "angle": 90,
            "stops": [
                {"at": 0, "color": "#e53935"},
                {"at": 0.33, "color": "#fdd835"},
                {"at": 0.66, "color": "#1e88e5"},
                {"at": 1, "color": "#8e24aa00"},
            ],
        },
    }
    return [
        Cell(
            mode,
            [{"clips": [video("bikes.mp4")]}, {"clips": [{**rainbow, "blend": mode}]}],
        )
        for mode in modes
    ]


def effects() -> list[Cell]:
    """One effect on one picture each."""
    wanted: dict[str, list[Plain]] = {
        "original": [],
        "brightness": [{"type": "brightness", "amount": 1.4}],
        "contrast": [{"type": "contrast", "amount": 1.6}],
        "saturation": [{"type": "saturation", "amount": 2}],
        "hue": [{"type": "hue", "angle": 120}],
        "gamma": [{"type": "gamma", "amount": 1.8}],
        "exposure": [{"type": "exposure", "stops": 1}],
        "temperature": [{"type": "temperature", "amount": 0.5}],
        "grayscale": [{"type": "grayscale"}],
        "sepia": [{"type": "sepia"}],
        "invert": [{"type": "invert"}],
        "blur": [{"type": "blur", "radius": 5}],
        "directionalBlur": [{"type": "directionalBlur", "angle": 90, "length": 40}],
        "sharpen": [{"type": "sharpen", "amount": 3}],
        "vignette": [{"type": "vignette"}],
        "grain": [{"type": "grain"}],
        "pixelate": [{"type": "pixelate", "size": 10}],
        "chromaKey": [{"type": "chromaKey", "color": "#8fb4e8", "tolerance": 0.15}],
        "lumaKey": [{"type": "lumaKey"}],
        "colorMap": [{"type": "colorMap", "src": TABLE}],
        "curves": [{"type": "curves", "red": [[0, 0.2], [1, 1]], "blue": [[0, 0], [1, 0.8]]}],
        "levels": [{"type": "levels", "inBlack": 0.2, "inWhite": 0.8}],
        "glow": [{"type": "glow"}],
        "edge": [{"type": "edge"}],
        "distort": [{"type": "distort", "kind": "twirl", "angle": 120}],
    }
    ground = {"type": "gradient", "duration": 2, "gradient": CHECKS}
    return [
        Cell(name, [{"clips": [ground]}, {"clips": [video("bigbuckbunny.mp4", effects=steps)]}])
        for name, steps in wanted.items()
    ]


CHECKS = {
    "angle": 135,
    "stops": [{"at": 0, "color": "#00695c"}, {"at": 1, "color": "#ffcc80"}],
}


def sheet(cells: list[Cell]) -> Plain:
    """The project of a sheet."""
    rows = ceil(len(cells) / COLUMNS)
    across, down = CELL[0] + GAP, CELL[1] + LABEL + GAP
    tracks = []
    for index, cell in enumerate(cells):
        x, y = GAP + index % COLUMNS * across, GAP + index // COLUMNS * down
        placed = {"anchor": [0, 0], "x": x}
        picture = {
            "type": "composition",
            "width": CELL[0],
            "height": CELL[1],
            "tracks": cell.tracks,
            "fit": "none",
            "y": y,
            **placed,
        }
        label = {
            "type": "text",
            "text": cell.name,
            "fontSize": 16,
            "color": "#e0e0e0",
            "duration": 2,
            "y": y + CELL[1] + 4,
            **placed,
        }
        tracks += [{"clips": [picture]}, {"clips": [label]}]
    return {
        "version": 1,
        "width": GAP + COLUMNS * across,
        "height": GAP + rows * down,
        "fps": 10,
        "duration": 2,
        "background": "#1c1c20",
        "tracks": tracks,
    }


def write_table(path: Path) -> None:
    """A small 3D table: shadows to teal, lights to orange."""
    side = 5
    rows = [f"LUT_3D_SIZE {side}"]
    for blue in range(side):
        for green in range(side):
            for red in range(side):
                r, g, b = (channel / (side - 1) for channel in (red, green, blue))
                light = 0.2126 * r + 0.7152 * g + 0.0722 * b
                shift = 0.25 * (light - 0.5)
                toned = (min(1, max(0, value)) for value in (r + shift, g, b - shift))
                rows.append(" ".join(f"{value:.4f}" for value in toned))
    path.write_text("\n".join(rows) + "\n")


PAGES = {
    "transitions": ("Transitions", transitions),
    "blends": ("Blend modes", blends),
    "effects": ("Effects", effects),
}


def demo_strip() -> Image.Image:
    """Frames of the demo project, side by side, for the first page."""
    width, height = 304, 171
    strip = Image.new("RGB", (4 * (width + 8) - 8, 2 * (height + 8) - 8), "#1c1c20")
    for index, moment in enumerate((0.95, 1.7, 4.75, 6.6, 8.35, 9.6, 10.6, 13.4)):
        drawn = gpu_export.render_frame(MEDIA.parent / "project.json", moment)
        small = Image.fromarray(drawn[..., :3]).resize((width, height), Image.Resampling.LANCZOS)
        strip.paste(small, (index % 4 * (width + 8), index // 4 * (height + 8)))
    return strip


def main() -> None:
    """Writes all sheets, the page that shows them, and the picture of the first page."""
    demo_strip().save(FOLDER / "images" / "demo.jpg", quality=85, optimize=True)
    lines = [
        "# Gallery",
        "",
        "Made by the engine itself from the demo's media: `make gallery`. More about each in",
        "[transitions](transitions.md), [effects](effects.md) and [the format](project-format.md).",
    ]
    write_table(FOLDER / TABLE)
    try:
        for name, (title, cells) in PAGES.items():
            drawn = gpu_export.render_frame(_beside(sheet(cells())), MOMENT)
            place = FOLDER / "images" / f"gallery-{name}.jpg"
            Image.fromarray(drawn[..., :3]).save(place, quality=82, optimize=True)
            lines += ["", f"## {title}", "", f"![{title}](images/{place.name})"]
    finally:
        (FOLDER / TABLE).unlink()
    (FOLDER / "gallery.md").write_text("\n".join(lines) + "\n")


def _beside(project: Plain) -> Plain:
    """The table is named by its full path, as plain data counts from the current folder."""
    for track in project["tracks"]:
        for clip in track["clips"]:
            for inner in clip.get("tracks", ()):
                for step in (s for c in inner["clips"] for s in c.get("effects", ())):
                    if step.get("src") == TABLE:
                        step["src"] = str(FOLDER / TABLE)
    return project


if __name__ == "__main__":
    main()
