"""How modules are loaded quickly; loads none itself.

Some 800 modules make half a million objects, and all of them stay. Looking through them for
garbage again and again while they are made takes a tenth of a second and finds none.
"""

from __future__ import annotations

import gc
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def loading() -> Iterator[None]:
    """Around imports of much: nothing is collected meanwhile, and what is there then stays.

    What stays is not looked through later either, until `gc.unfreeze`.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_on:
            gc.enable()


def without_plugins() -> None:
    """Keeps pydantic from looking for plugins in everything that is installed.

    Every installed package's list of entry points would be read, to find none; and what a
    plugin did to a project's values would not be ours to answer for.
    """
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
