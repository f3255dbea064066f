"""Owns the GL context and the count of everything made in it.

Knows no scenes and no shaders. Invariant: every GL object is made and released here, so that
`live_objects == 0` proves that nothing leaked; a foreign exception leaves this module only as a
DeviceError (or, for a program, as the driver's log).
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any, TypeVar

import moderngl

from gpu_export.errors import DeviceError

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self

GlObject = (
    moderngl.Texture
    | moderngl.Framebuffer
    | moderngl.Buffer
    | moderngl.Program
    | moderngl.Sampler
    | moderngl.VertexArray
)
_Made = TypeVar("_Made", bound=GlObject)

_REQUIRED_VERSION = 330
_SOFTWARE = ("llvmpipe", "softpipe", "swrast", "software")
# Where ldconfig or a compiler is missing, libraries are found by their runtime names only.
_LIBRARIES: tuple[dict[str, str], ...] = (
    {},
    {"libgl": "libGL.so.1", "libegl": "libEGL.so.1"},
    {"libgl": "libOpenGL.so.0", "libegl": "libEGL.so.1"},
)
_REMEDY = (
    "Install libegl1 and libgl1-mesa-dri (Debian names) for software rendering. For a GPU in a "
    "container start it with NVIDIA_DRIVER_CAPABILITIES=graphics,video,utility or with --device "
    "/dev/dri and a user who may open it. The CPU compositor needs none of this."
)


class PixelFormat(Enum):
    """Texture formats in use: components, moderngl's dtype, bytes per pixel."""

    R8 = (1, "f1", 1)
    RG8 = (2, "f1", 2)
    RGBA8 = (4, "f1", 4)
    R16 = (1, "nu2", 2)
    RG16 = (2, "nu2", 4)
    RGBA16 = (4, "nu2", 8)
    R16F = (1, "f2", 2)
    RGBA16F = (4, "f2", 8)
    RGBA32F = (4, "f4", 16)

    def __init__(self, components: int, dtype: str, pixel_bytes: int) -> None:
        self.components = components
        self.dtype = dtype
        self.pixel_bytes = pixel_bytes


class Device:
    """A headless GL context; belongs to the thread that opened it.

    Attributes:
        context: for the objects made here and nothing else.
        vendor, renderer, version: as the driver calls itself.
        max_texture_size: the longest side a texture may have, pixels.
    """

    def __init__(self, context: moderngl.Context) -> None:
        info = context.info
        self.context = context
        self.vendor: str = info["GL_VENDOR"]
        self.renderer: str = info["GL_RENDERER"]
        self.version: str = info["GL_VERSION"]
        self.max_texture_size: int = info["GL_MAX_TEXTURE_SIZE"]
        self._live: set[GlObject] = set()
        self._no_target = context.detect_framebuffer(0)
        self._closed = False

    @classmethod
    def open(cls, device_index: int = 0) -> Self:
        """Opens an EGL context without a display on the given EGL device.

        Raises:
            DeviceError: there is none; `reasons` says what was tried.
        """
        reasons: list[str] = []
        for libraries in _LIBRARIES:
            settings: dict[str, Any] = {"backend": "egl", "device_index": device_index, **libraries}
            try:
                context = moderngl.create_context(_REQUIRED_VERSION, standalone=True, **settings)
            except Exception as error:  # noqa: BLE001 - glcontext raises bare Exception
                names = " and ".join(libraries.values()) or "the system's GL libraries"
                reasons.append(f"{names}: {error}")
            else:
                return cls(context)
        raise DeviceError("no OpenGL 3.3 context", reasons=reasons, remedy=_REMEDY)

    @property
    def is_software(self) -> bool:
        """Whether the CPU does the rasterising."""
        name = self.renderer.lower()
        return any(word in name for word in _SOFTWARE)

    @property
    def live_objects(self) -> int:
        """GL objects made here and not released yet."""
        return len(self._live)

    def make_current(self) -> None:
        """Makes this context the thread's own again; cheap where it already is.

        Raises:
            RuntimeError: after `close`.
        """
        if self._closed:
            raise RuntimeError("the GL device is closed")
        self.context.__enter__()  # type: ignore[no-untyped-call]  # so in moderngl's stubs

    def texture(self, size: tuple[int, int], pixel_format: PixelFormat) -> moderngl.Texture:
        """An uninitialised texture. Shaders fetch its texels; it has no sampling state.

        Raises:
            DeviceError: larger than the driver allows, or out of memory.
        """
        if max(size) > self.max_texture_size:
            raise self.too_large(size)
        return self._keep(
            "a texture",
            lambda: self.context.texture(
                size, pixel_format.components, dtype=pixel_format.dtype, alignment=1
            ),
        )

    def framebuffer(self, texture: moderngl.Texture) -> moderngl.Framebuffer:
        """A render target for a texture, which stays the caller's."""
        return self._keep("a framebuffer", lambda: self.context.framebuffer([texture]))

    def buffer(self, size: int) -> moderngl.Buffer:
        """An uninitialised buffer of `size` bytes."""
        return self._keep("a buffer", lambda: self.context.buffer(reserve=size, dynamic=True))

    def program(self, vertex: str, fragment: str) -> moderngl.Program:
        """A linked program.

        Raises:
            moderngl.Error: the driver's log, for `shaders.py` to translate.
        """
        program = self.context.program(vertex_shader=vertex, fragment_shader=fragment)
        self._live.add(program)
        return program

    def sampler(self) -> moderngl.Sampler:
        """Linear filtering, edges repeated: for users' shaders, which expect both."""
        both = (moderngl.LINEAR, moderngl.LINEAR)
        return self._keep(
            "a sampler",
            lambda: self.context.sampler(repeat_x=False, repeat_y=False, filter=both),
        )

    def vertex_array(self, program: moderngl.Program) -> moderngl.VertexArray:
        """A vertex array without attributes; vertices are numbered only."""
        return self._keep("a vertex array", lambda: self.context.vertex_array(program, []))

    def release(self, made: GlObject) -> None:
        """Frees an object made here; a second time does nothing."""
        if made not in self._live:
            return
        if made is self.context.fbo:
            # moderngl binds the last target again after making another; it must still exist.
            self._no_target.use()
        self._live.remove(made)
        made.release()

    def check(self, pass_name: str) -> None:
        """Raises what GL has noted since the last check.

        Raises:
            DeviceError: an error is pending, out of memory for example.
        """
        error = self.context.error
        if error != "GL_NO_ERROR":
            raise DeviceError(f"{self.renderer} reports {error} in {pass_name}")

    def finish(self) -> None:
        """Waits until the driver has done everything it was asked for."""
        self.context.finish()

    def too_large(self, size: tuple[int, int]) -> DeviceError:
        """The error for a picture beyond `max_texture_size`."""
        width, height = size
        return DeviceError(
            f"{width}×{height} pixels exceed the {self.max_texture_size} px a side that "
            f"{self.renderer} can hold",
            remedy="Use a smaller canvas or source, or the CPU compositor.",
        )

    def close(self) -> None:
        """Frees the context and what is left in it; idempotent."""
        if self._closed:
            return
        self.make_current()
        for made in tuple(self._live):
            self.release(made)
        self._closed = True
        self.context.release()

    def _keep(self, what: str, make: Callable[[], _Made]) -> _Made:
        try:
            made = make()
        except moderngl.Error as error:
            raise DeviceError(f"{self.renderer} could not make {what}: {error}") from error
        self._live.add(made)
        return made
