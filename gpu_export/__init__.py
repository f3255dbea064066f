"""Programmatic video export: one JSON project in, one finished video out."""

__version__ = "0.1.0"
