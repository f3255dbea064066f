"""What subtitles draw: each cue a text of its own, or a song."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gpu_export.timeline.captions import CuePlacing
from gpu_export.timeline.karaoke import KaraokeVisual, Sweep
from gpu_export.timeline.text_visuals import ShownText, animated_or_still
from gpu_export.timeline.visuals import CuesVisual

if TYPE_CHECKING:
    from gpu_export.document.model import SubtitlesClip
    from gpu_export.text.style import StyledText
    from gpu_export.timeline.karaoke import Song
    from gpu_export.timeline.site import Site
    from gpu_export.timeline.visuals import CueVisual


def subtitles_visual(clip: SubtitlesClip, site: Site) -> CuesVisual:
    """What a clip of subtitles draws.

    Raises:
        AssetError: a font is unknown or damaged.
        ValueError: the perspective corners do not span an area.
    """
    scheduled = site.scheduled
    placing = CuePlacing(clip, site.canvas, site.block)
    visuals: list[CueVisual | None] = []
    for cue in placing.placed(scheduled.cues, scheduled.start, site.frames, site.fps):
        shown = ShownText(site.keys(cue.keys), cue.frames, site)
        if cue.song is None:
            visuals.append(animated_or_still(cue.text, shown))
        else:
            visuals.append(_song(cue.song, cue.text, shown))
    return CuesVisual(site.frames, tuple(visual for visual in visuals if visual is not None))


def _song(
    song: Song, text: StyledText, shown: ShownText[SubtitlesClip]
) -> KaraokeVisual[SubtitlesClip] | None:
    block = shown.site.block(text)
    seen = shown.seen(block, text.decoration)
    if seen is None:
        return None
    window, figure = seen
    before, after = (shown.reader(one, window) for one in (song.before, text))
    sweep = Sweep(block, song, window)
    return KaraokeVisual(shown.frames, (before, after), sweep, window, figure)
