"""A job as GStreamer Editing Services say it: `ges_jobs.py JOB.json OUTPUT`.

Runs in the system's Python and imports nothing of ours. The timeline has one layer a picture, the
topmost first; what moves has control sources on its place and size.
"""

from __future__ import annotations

import json
import sys
from math import ceil, cos, radians, sin
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gi

for _name in ("Gst", "GstPbutils", "GstController", "GES"):
    gi.require_version(_name, "1.0")
from gi.repository import GES, GObject, Gst, GstController, GstPbutils  # noqa: E402 - after their versions

# Timelines count in nanoseconds.
_SECOND = 1_000_000_000
# The element knows presets by number, and constant quality as pass 5.
_PRESETS = ("none", "ultrafast", "superfast", "veryfast", "faster", "fast", "medium")
# Sizes of letters are meant for pictures of this width and grow with wider ones.
_TITLE_BASIS = 640
Keys = list[tuple[float, float]]


def overlay(job: Any, stage: Stage) -> None:
    """A film, an inset, a logo, an outlined title."""
    inset, logo = job.inset, job.logo_at
    stage.show(job.film, job.seconds).place(0, 0, job.width, job.height)
    stage.above().show(job.second, job.seconds).place(inset.x, inset.y, inset.width, inset.height)
    stage.above().show(job.logo, job.seconds).place(logo.x, logo.y, logo.width, logo.height)
    stage.above().title(job.title, job.seconds)


def heavy(job: Any, stage: Stage) -> None:
    """Two films crossfading, a growing photograph, a travelling inset, a fading title."""
    stage.show(job.film, job.shot).place(0, 0, job.width, job.height)
    second = stage.show(job.second, job.shot, at=job.shot - job.fade)
    second.place(0, 0, job.width, job.height)
    photo = stage.above().show(job.photo, job.seconds)
    photo.grow(job.photo_at, job.photo_size, job.zoom, job.seconds)
    _inset(job, stage.above().show(job.second, job.seconds))
    fading = [(0.0, 0.0), (job.title_fade, 1.0)]
    fading += [(job.seconds - job.title_fade, 1.0), (job.seconds, 0.0)]
    stage.above().title(job.title, job.seconds).animate("alpha", fading)


def _inset(job: Any, inset: Shown) -> None:
    """Turned inside a clear frame that is just large enough for it."""
    (width, height), turn = job.inset_size, radians(job.turn)
    around = (
        ceil(width * cos(turn) + height * sin(turn)),
        ceil(width * sin(turn) + height * cos(turn)),
    )
    around = (around[0] // 2 * 2, around[1] // 2 * 2)
    side, top = (around[0] - width) // 2, (around[1] - height) // 2
    inset.affect(
        f"videoscale ! video/x-raw,width={width},height={height},pixel-aspect-ratio=1/1 ! "
        f"videoconvert ! video/x-raw,format=ARGB ! videobox border-alpha=0 left={-side} "
        f"right={-side} top={-top} bottom={-top} ! rotate angle={-turn} off-edge-pixels=ignore ! "
        "videoconvert"
    )
    inset.animate("alpha", [(0.0, job.opacity), (job.seconds, job.opacity)])
    (x0, y0), (x1, y1) = job.path
    half = around[0] / 2, around[1] / 2
    inset.place(x0 - half[0], y0 - half[1], *around)
    inset.animate("posx", [(0.0, x0 - half[0]), (job.seconds, x1 - half[0])])
    inset.animate("posy", [(0.0, y0 - half[1]), (job.seconds, y1 - half[1])])


def trim(job: Any, stage: Stage) -> None:
    """Pieces one after the other."""
    at = 0.0
    for start, end in job.pieces:
        stage.show(job.film, end - start, at=at, begin=start)
        at += end - start


def slideshow(job: Any, stage: Stage) -> None:
    """Growing photographs that crossfade, with music."""
    middle, size = (job.width / 2, job.height / 2), (job.width, job.width * 3 / 4)
    for number, path in enumerate(job.photos):
        photo = stage.show(path, job.shot, at=number * (job.shot - job.fade))
        photo.grow(middle, size, job.zoom, job.shot)
    stage.above().sound(job.music, job.seconds)


class Stage:
    """A timeline that is filled from the bottom layer upwards."""

    def __init__(self, job: Any) -> None:
        self._width, self._height = job.width, job.height
        self.timeline = GES.Timeline.new()
        video = GES.VideoTrack.new()
        caps = f"video/x-raw,width={job.width},height={job.height},framerate={job.rate}/1"
        video.set_restriction_caps(Gst.Caps.from_string(f"{caps},pixel-aspect-ratio=1/1"))
        self.timeline.add_track(video)
        if job.name == "slideshow":
            self.timeline.add_track(GES.AudioTrack.new())
        self._layers: list[Any] = []
        self.above()

    def above(self) -> Stage:
        """A new layer on top of the others."""
        layer = GES.Layer.new()
        self._layers.insert(0, layer)
        self.timeline.add_layer(layer)
        for priority, one in enumerate(self._layers):
            self.timeline.move_layer(one, priority)
        layer.set_auto_transition(True)
        return self

    def show(self, path: str, seconds: float, at: float = 0, begin: float = 0) -> Shown:
        """A film or a photograph without its sound."""
        asset = GES.UriClipAsset.request_sync(Path(path).as_uri())
        times = (round(moment * _SECOND) for moment in (at, begin, seconds))
        clip = self._layers[0].add_asset(asset, *times, GES.TrackType.VIDEO)
        return Shown(clip)

    def sound(self, path: str, seconds: float) -> None:
        """Music from its start."""
        asset = GES.UriClipAsset.request_sync(Path(path).as_uri())
        length = round(seconds * _SECOND)
        self._layers[0].add_asset(asset, 0, 0, length, GES.TrackType.AUDIO)

    def title(self, title: Any, seconds: float) -> Shown:
        """Letters in the middle; the width of their outline is the service's own."""
        clip = GES.TitleClip.new()
        clip.set_start(0)
        clip.set_duration(round(seconds * _SECOND))
        self._layers[0].add_clip(clip)
        shown = Shown(clip)
        line = title.line * title.size
        outline = _argb(0xFF000000 if title.outline else 0)
        # In the middle across, at a place of its own down.
        for name, value in (
            ("text", title.text),
            ("font-desc", f"{title.family} {title.size * _TITLE_BASIS / self._width:g}px"),
            ("color", _argb(0xFFFFFFFF)),
            ("outline-color", outline),
            ("draw-shadow", False),
            ("foreground-color", _argb(0)),
            ("halignment", 1),
            ("valignment", 5),
            ("y-absolute", (title.middle_y - line / 2) / (self._height - line)),
        ):
            shown.set(name, value)
        return shown


def _argb(value: int) -> Any:
    """Colours are unsigned; a plain number would be taken for a signed one."""
    return GObject.Value(GObject.TYPE_UINT, value)


class Shown:
    """A clip's picture: where it is, and how that changes."""

    def __init__(self, clip: Any) -> None:
        self._clip = clip
        parts = clip.get_children(recursive=False)
        self._source = next(part for part in parts if isinstance(part, GES.VideoSource))

    def set(self, name: str, value: object) -> None:
        """One property of the picture."""
        if not self._source.set_child_property(name, value):
            raise ValueError(f"no property {name!r}")

    def place(self, x: float, y: float, width: float, height: float) -> None:
        """By its top left corner."""
        names = ("posx", "posy", "width", "height")
        for name, value in zip(names, (x, y, width, height), strict=True):
            self.set(name, round(value))

    def grow(self, middle: Any, size: Any, zoom: float, seconds: float) -> None:
        """About its middle, evenly."""
        ends = ((0.0, 1.0), (seconds, zoom))
        self.animate("posx", [(time, middle[0] - size[0] / 2 * grown) for time, grown in ends])
        self.animate("posy", [(time, middle[1] - size[1] / 2 * grown) for time, grown in ends])
        self.animate("width", [(time, size[0] * grown) for time, grown in ends])
        self.animate("height", [(time, size[1] * grown) for time, grown in ends])

    def animate(self, name: str, keys: Keys) -> None:
        """Straight lines between keys: seconds since the clip's start, and values."""
        source = GstController.InterpolationControlSource.new()
        source.set_property("mode", GstController.InterpolationMode.LINEAR)
        for time, value in keys:
            source.set(round(time * _SECOND), float(value))
        if not self._source.set_control_source(source, name, "direct-absolute"):
            raise ValueError(f"{name!r} cannot be animated")

    def affect(self, description: str) -> None:
        """An effect, in the language of gst-launch."""
        self._clip.add(GES.Effect.new(description))


def profile(job: Any) -> Any:
    """MP4 with the job's own x264 settings, and AAC where there is sound."""
    encoding = job.encoding
    container = GstPbutils.EncodingContainerProfile.new(
        "mp4", None, Gst.Caps.from_string("video/quicktime,variant=iso"), None
    )
    caps = f"video/x-raw,format=I420,width={job.width},height={job.height},framerate={job.rate}/1"
    video = GstPbutils.EncodingVideoProfile.new(
        Gst.Caps.from_string("video/x-h264"), None, Gst.Caps.from_string(caps), 0
    )
    options = f"stitchable=1:scenecut=0:keyint={encoding.gop}:keyint-min={encoding.gop}"
    words = (
        "element-properties-map, map = (structure){ [x264enc, "
        f"speed-preset={_PRESETS.index(encoding.preset)}, pass=5, quantizer={encoding.crf}, "
        "vbv-buf-capacity=0, "
        f'key-int-max={encoding.gop}, option-string=(string)"{options}"] }}'
    )
    video.set_element_properties(Gst.Structure.new_from_string(words))
    container.add_profile(video)
    if job.name == "slideshow":
        aac = Gst.Caps.from_string("audio/mpeg,mpegversion=4")
        container.add_profile(GstPbutils.EncodingAudioProfile.new(aac, None, None, 0))
    return container


def render(timeline: Any, output: str, encoding: Any) -> None:
    """Runs the timeline into a file.

    Raises:
        RuntimeError: an element failed.
    """
    pipeline = GES.Pipeline.new()
    pipeline.set_timeline(timeline)
    pipeline.set_render_settings(Path(output).absolute().as_uri(), encoding)
    pipeline.set_mode(GES.PipelineFlags.RENDER)
    pipeline.set_state(Gst.State.PLAYING)
    ends = Gst.MessageType.EOS | Gst.MessageType.ERROR
    message = pipeline.get_bus().timed_pop_filtered(Gst.CLOCK_TIME_NONE, ends)
    pipeline.set_state(Gst.State.NULL)
    if message.type == Gst.MessageType.ERROR:
        raise RuntimeError(": ".join(map(str, message.parse_error())))


def main(path: str, output: str) -> None:
    """Does the job."""
    text = Path(path).read_text(encoding="utf-8")
    job = json.loads(text, object_hook=lambda pairs: SimpleNamespace(**pairs))
    Gst.init(None)
    GES.init()
    stage = Stage(job)
    {"overlay": overlay, "heavy": heavy, "trim": trim, "slideshow": slideshow}[job.name](job, stage)
    stage.timeline.commit_sync()
    render(stage.timeline, output, profile(job))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
