"""How an export goes on after a failure, and when it does not.

Owns what was forgiven so far; knows neither segments nor files.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gpu_export.engine.choose import fallback_compositor
from gpu_export.errors import DeviceError, EncodeError, ExportError, WorkerDied
from gpu_export.media.codecs import encoder_of

if TYPE_CHECKING:
    from gpu_export.backends import ChosenCompositor
    from gpu_export.engine.options import ExportOptions
    from gpu_export.media.output_spec import VideoSpec
    from gpu_export.usershaders.shelf import Shelf

# A worker that dies once may have been killed from outside; one that dies again has a reason.
_DEATHS_FORGIVEN = 2


class Recovery:
    """What was forgiven in the course of one export.

    Args:
        options: of the export.
        shaders: the project's own, which not every compositor runs.
        warnings: takes what had to be done again, and why.
    """

    def __init__(self, options: ExportOptions, shaders: Shelf, warnings: list[str]) -> None:
        self._options = options
        self._shaders = shaders
        self._warnings = warnings
        self._deaths = 0
        self._retried = False

    def after(
        self, failure: ExportError, chosen: ChosenCompositor, video: VideoSpec
    ) -> ChosenCompositor:
        """The compositor that goes on; it may be the same. One that does not is closed.

        Raises:
            ExportError: the failure, if nothing else can be tried.
        """
        if self._may_be_passing(failure, video):
            self._retried = True
            self._warnings.append(f"{failure}; its segment was rendered again")
            return chosen
        if isinstance(failure, WorkerDied) and self._deaths < _DEATHS_FORGIVEN:
            self._deaths += 1
            self._warnings.append(f"{failure.message}; its segments were rendered again")
            return chosen
        following = None
        if isinstance(failure, DeviceError):
            following = fallback_compositor(self._options, chosen, failure, self._shaders)
        if following is None:
            raise failure
        chosen.close()
        self._warnings.append(
            f"{chosen.name} failed ({failure.message}); what was left was drawn by {following.name}"
        )
        return following

    def _may_be_passing(self, failure: ExportError, video: VideoSpec) -> bool:
        """Whether a device gets a second chance: sessions and memory come free again."""
        if self._retried or not isinstance(failure, EncodeError):
            return False
        return failure.codec == video.encoder and encoder_of(video).is_hardware
