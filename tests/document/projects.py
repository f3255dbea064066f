"""Project data for tests: the smallest that is valid, and arbitrary valid ones."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

Data = dict[str, Any]


def a_solid(**keys: Any) -> Data:
    """A red clip of one second, with further keys in the file's spelling."""
    return {"type": "solid", "color": "red", "duration": 1, **keys}


def a_video(**keys: Any) -> Data:
    """A video clip."""
    return {"type": "video", "src": "a.mp4", **keys}


def a_project(*clips: Data, **keys: Any) -> Data:
    """A project with one track that holds the clips, or one solid."""
    return {"version": 1, "tracks": [{"clips": list(clips) or [a_solid()]}], **keys}


def _some(keys: dict[str, st.SearchStrategy[Any]], **always: st.SearchStrategy[Any]) -> Any:
    return st.fixed_dictionaries(always, optional=keys)


decimals = st.builds(
    lambda digits, places: round(digits / 10**places, places),
    st.integers(0, 10**6),
    st.integers(0, 6),
)
signed = st.builds(lambda number, sign: number * sign, decimals, st.sampled_from([-1, 1]))
positive = decimals.filter(lambda number: number > 0)
fractions = st.sampled_from([0, 0.1, 0.25, 0.333, 1])
timecodes = st.builds(
    lambda h, m, s, f: f"{h:02d}:{m:02d}:{s:02d}:{f:02d}",
    st.integers(0, 99),
    st.integers(0, 59),
    st.integers(0, 59),
    st.integers(1, 24),
)
times = decimals | st.builds("{}f".format, st.integers(0, 10**6)) | timecodes
lengths_of_time = positive | st.builds("{}f".format, st.integers(1, 10**6)) | timecodes
colors = (
    st.builds("#{:06x}".format, st.integers(0, 0xFFFFFF))
    | st.builds("#{:08x}".format, st.integers(0, 0xFFFFFFFF))
    | st.builds(
        "rgba({}, {}%, {}, {})".format,
        st.floats(0, 255),
        st.floats(0, 100),
        st.floats(0, 255),
        st.floats(0, 1),
    ).filter(lambda text: "e" not in text)
    | st.sampled_from(["red", "RebeccaPurple", "transparent"])
)
lengths = signed | st.builds("{}%".format, st.integers(-200, 200)) | st.just("12.5%")
sides = positive | st.builds("{}%".format, st.integers(1, 200))
gains = decimals.filter(lambda gain: gain <= 1000) | st.sampled_from(["-6dB", "+3.5dB", "0 dB"])
names = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=8
).map(lambda text: text.replace("{{", "\\{{"))
pairs = st.lists(signed, min_size=2, max_size=2)
flags = st.booleans()

_COMMON = {
    "name": names,
    "start": times | st.just("auto"),
    "hidden": flags,
}
_PLACES = st.one_of(
    _some(
        {
            "x": lengths,
            "y": lengths,
            "anchor": pairs,
            "scale": signed | pairs,
            "rotation": signed,
            "skew": st.lists(st.integers(-89, 89), min_size=2, max_size=2),
        }
    ),
    st.fixed_dictionaries({"corners": st.lists(pairs, min_size=4, max_size=4)}),
    _some({"margin": sides}, position=st.sampled_from(["top", "bottom-left", "center"])),
)
_LOOK = {
    "flipH": flags,
    "crop": _some({"left": fractions.map(lambda part: part / 3), "top": st.just(0.5)}),
    "scaling": st.sampled_from(["bilinear", "high"]),
    "radius": decimals,
    "opacity": fractions,
    "fit": st.sampled_from(["contain", "cover", "fill", "none"]),
    "backdrop": st.just("blur") | colors,
}
_BOX = {"width": sides, "height": sides}
_SOUND = {"volume": gains, "mute": flags, "fadeIn": times, "fadeOut": times, "preservePitch": flags}
_TIME = st.one_of(
    _some({"in": decimals, "speed": st.sampled_from([-2, 0.3, 1, 1.0000001, 4]), "loop": flags}),
    st.fixed_dictionaries({"freeze": times}),
)
_LENGTH = {"duration": lengths_of_time | st.just("end")}


def _clip(kind: str, *groups: st.SearchStrategy[Data], **always: Any) -> st.SearchStrategy[Data]:
    def merge(parts: tuple[Data, ...]) -> Data:
        return {"type": kind, **{key: part[key] for part in parts for key in part}}

    return st.tuples(st.fixed_dictionaries(always), *groups).map(merge)


_FLAT = st.one_of(
    _clip("solid", _PLACES, _some(_COMMON | _LOOK | _BOX), color=colors, **_LENGTH),
    _clip("image", _PLACES, _some(_COMMON | _LOOK | _BOX | _LENGTH), src=names),
    _clip("audio", _TIME, _some(_COMMON | _SOUND | _LENGTH), src=names),
    _clip("video", _TIME, _PLACES, _some(_COMMON | _LOOK | _BOX | _SOUND | _LENGTH), src=names),
    _clip(
        "gradient",
        _some(_COMMON | _BOX),
        gradient=_some(
            {"angle": signed, "kind": st.sampled_from(["linear", "radial"])},
            stops=st.tuples(colors, colors).map(
                lambda two: [{"at": 0, "color": two[0]}, {"at": 1, "color": two[1]}]
            ),
        ),
        **_LENGTH,
    ),
)


def _tracks(clips: st.SearchStrategy[Data]) -> st.SearchStrategy[list[Data]]:
    track = _some(
        {"name": names, "mute": flags, "hidden": flags, "volume": gains},
        clips=st.lists(clips, min_size=1, max_size=3),
    )
    return st.lists(track, min_size=1, max_size=2)


_NESTED = _clip(
    "composition",
    _TIME,
    _some(_COMMON | _SOUND | {"width": st.integers(1, 4096), "fps": st.just(25)}),
    tracks=_tracks(_FLAT),
)

projects: st.SearchStrategy[Data] = _some(
    {
        "width": st.integers(1, 4096),
        "height": st.integers(1, 4096),
        "fps": st.sampled_from([24, 29.97, 12.5, "30000/1001", 60]),
        "duration": st.integers(1, 86400) | st.just("auto"),
        "background": colors,
        "variables": st.dictionaries(names, names | decimals | st.lists(decimals), max_size=2),
        "audio": _some({"volume": gains, "loudness": st.integers(-70, 0), "channels": st.just(1)}),
        "output": _some(
            {
                "path": names,
                "codec": st.sampled_from(["h264", "png", "none"]),
                "quality": st.integers(0, 100) | st.sampled_from(["draft", "best"]),
                "bitrate": st.sampled_from([1000, "8M", "2.5k"]),
                "range": _some({"start": times, "duration": lengths_of_time}),
                "metadata": st.dictionaries(names, names, max_size=2),
            }
        ),
    },
    version=st.just(1),
    tracks=_tracks(_FLAT | _NESTED),
)
"""Valid projects that use every supported kind of clip."""

json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)
"""Anything that a JSON decoder can give."""
