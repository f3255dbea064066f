"""The files of the shared corpus by what is expected of them, and the truth about their frames.

Counters, pts and tones come from the corpus itself; nothing here asks the code under test.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import av

from gpu_export.errors import CorruptMedia, UnsupportedMedia
from tests.shared_media import SHARED, truth

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Counted:
    """A film with a frame counter, and the part of it that a test shows.

    Attributes:
        name: below `gen/`.
        start: where the part begins, in seconds after the first frame shown.
        frames: how many output frames it gets.
        fps: of the project.
        clip_ids: what the counter may say; the number in the file's name by default.
    """

    name: str
    start: Fraction = Fraction(0)
    frames: int = 25
    fps: Fraction = Fraction(25)
    clip_ids: tuple[int, ...] = ()

    @property
    def path(self) -> Path:
        """The file."""
        return SHARED / "gen" / self.name

    @property
    def label(self) -> str:
        """For test ids: the number of the clip and what sets it apart."""
        return self.name.partition(".")[0]

    def ids(self) -> set[int]:
        """The clip ids that its pictures may carry."""
        return set(self.clip_ids) or {self.truth["clip_id"]}

    @property
    def truth(self) -> dict[str, Any]:
        """What the corpus says of it."""
        return truth()[f"gen/{self.name}"]

    def shown(self) -> list[int]:
        """The counter of every output frame: greatest pts at or before its time, with tolerances.

        Of an interlaced frame the field that comes first in time counts.
        """
        times, indices = self._times(), self._indices()
        slack = 1 / (1000 * self.fps) + _tick(self.path) / 2
        found = []
        for number in range(self.frames):
            time = self.start + number / self.fps + slack
            found.append(max(k for k, begin in enumerate(times) if begin <= time))
        return [indices[k] for k in found]

    def _indices(self) -> list[int]:
        told = self.truth["index"]
        if isinstance(told, str):
            first, last = told.split("..")
            return list(range(int(first), int(last) + 1))
        return [min(index) if isinstance(index, list) else index for index in told]

    def _times(self) -> list[Fraction]:
        """Seconds since the first frame, with the jumps of a broken clock closed."""
        told = self.truth["pts"]
        rate = Fraction(self.truth["r_frame_rate"])
        if "..." in told or any(after < before for before, after in pairwise(told)):
            return [k / rate for k in range(len(self._indices()))]
        return [Fraction(str(round(pts - told[0], 6))) for pts in told]


def _tick(path: Path) -> Fraction:
    """Seconds per tick; the animation formats count milliseconds here."""
    if path.suffix in (".gif", ".png", ".webp"):
        return Fraction(1, 1000)
    with av.open(str(path)) as container:
        return container.streams.video[0].time_base or Fraction(0)


COUNTED = (
    Counted("c01_base_25fps_aac48k.mp4"),
    Counted("c02_23976fps_aac44k_mono.mp4", frames=60),
    Counted("c03_2997fps_noaudio.mp4", frames=60),
    Counted("c04_5994fps.mp4", frames=60),
    Counted("c05_vfr.mp4", frames=60),
    Counted("c05_vfr.mp4", start=Fraction(2), frames=100, fps=Fraction(60)),
    Counted("c06_longgop_one_keyframe.mp4", start=Fraction(9)),
    Counted("c07_bframes_editlist_cut_at_1.3s.mp4", frames=67),
    Counted("c07_video_starts_at_0.7s.mp4", start=Fraction(2), frames=11),
    Counted("c08_c09_ts_timestamps_restart.ts", start=Fraction(7, 2), clip_ids=(8, 9)),
    Counted("c08_ts_33bit_wrap.ts", start=Fraction(1)),
    Counted("c11_c10_ts_size_changes_640_to_320.ts", start=Fraction(1), clip_ids=(10, 11)),
    Counted("c12_audio_longer_3.5s.mp4", start=Fraction(3, 2), frames=12),
    Counted("c13_audio_shorter_1.2s.mp4", start=Fraction(1)),
    Counted("c14_fragmented_no_duration.mp4", frames=60),
    Counted("c15_open_gop.mp4", start=Fraction(79, 100)),
    Counted("c16_1fps.mp4", frames=100),
    Counted("c17_120fps.mp4", frames=60, fps=Fraction(60)),
    Counted("c18_single_frame.mp4", frames=1),
    Counted("c19_av_sync_flash_beep_50fps.mp4"),
    Counted("c20_rotate90_shows_360x640.mp4", frames=5),
    Counted("c21_rotate180.mov", frames=5),
    Counted("c22_rotate270_shows_360x640.mp4", frames=5),
    Counted("c23_anamorphic_720x576_sar64-45.mp4", frames=5),
    Counted("c24_odd_853x479_444.mp4", frames=5),
    Counted("c25_odd_853x479_vp9.webm", frames=40),
    Counted("c26_8k_two_frames.mp4", frames=2),
    Counted("c28_bt601_tagged.mp4", frames=5),
    Counted("c29_bt601_sd_untagged.mp4", frames=5),
    Counted("c30_bt709_hd_untagged.mp4", frames=5),
    Counted("c31_bt709_sd_tagged.mp4", frames=5),
    Counted("c32_full_range_yuvj420p.mp4", frames=5),
    Counted("c33_422_10bit.mp4", frames=5),
    Counted("c34_h264_rgb.mp4", frames=5),
    Counted("c37_interlaced_tff_h264.mp4"),
    Counted("c38_interlaced_bff_mpeg2_ntsc_wide.ts"),
    Counted("c40_vp9_alpha.webm"),
    Counted("c41_prores4444_alpha.mov", frames=12),
    Counted("c42_gif_transparent_10fps.gif", frames=30),
    Counted("c43_apng_alpha_12fps.png", frames=20),
    Counted("c44_webp_animated_alpha.webp", frames=24),
    Counted(
        "c45_c46_two_video_two_audio_second_is_default.mkv",
        start=Fraction(1, 2),
        clip_ids=(46,),
    ),
    Counted("c47_5.1_one_tone_per_channel.mp4"),
)
"""Standard dynamic range films with a counter that can be read."""

HDR = (
    Counted("c35_pq_bt2020_hevc10.mp4", frames=5),
    Counted("c36_hlg_bt2020_hevc10.mp4", frames=5),
)
"""Those in HDR, whose colours become those of SDR."""

NO_MEDIA = "is not recognised as media"
NOT_OPENED = "another format that is not opened as media"

REFUSED = {
    "real/video/sample_ac4.mp4": (UnsupportedMedia, r"no decoder for stream 0 \(audio\)"),
    "real/image/broken_data_stream.png": (CorruptMedia, "unrecognized data stream"),
    "real/image/truncated_jpeg.jpg": (CorruptMedia, "image file is truncated"),
    "real/image/decompression_bomb.gif": (UnsupportedMedia, "exceeds limit of"),
    "gen/i10_plain.svg": (UnsupportedMedia, NOT_OPENED),
    "gen/l01_teal_orange_17.cube": (UnsupportedMedia, NO_MEDIA),
    "gen/l02_swap_red_blue_2.cube": (UnsupportedMedia, NO_MEDIA),
    "real/lut/eotf_sRGB_3D.cube": (UnsupportedMedia, NO_MEDIA),
    "real/lut/Colour_Correct.cube": (UnsupportedMedia, NO_MEDIA),
    "real/lut/ACES_Proxy_10_to_ACES.cube": (UnsupportedMedia, NO_MEDIA),
    "real/subs/typical.ass": (UnsupportedMedia, NOT_OPENED),
    "real/subs/typical.srt": (UnsupportedMedia, NOT_OPENED),
}
"""What no clip can play, with the error and what it says."""

_STILL = (".png", ".jpg", ".gif", ".webp", ".avif", ".svg")


def media_files() -> list[str]:
    """Every file of `real/` and `gen/`, by its path below the corpus."""
    found = [path for part in ("real", "gen") for path in (SHARED / part).rglob("*")]
    return sorted(str(path.relative_to(SHARED)) for path in found if path.is_file())


def clip_type(name: str) -> str:
    """What kind of clip plays a file."""
    if name.startswith(("real/audio/", "gen/a")) or name.endswith("sample_ac4.mp4"):
        return "audio"
    return "image" if name.endswith(_STILL) else "video"


TINY = "gen/c27_tiny_16x16.mp4"
"""Too small for its counter to be read."""
