"""The switch that ends an export, where callers of the engine look for it."""

from __future__ import annotations

from gpu_export.core.cancel import Cancellation

__all__ = ["Cancellation"]
