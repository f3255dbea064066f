"""The version, at the bottom of everything, so that any room may name it."""

VERSION = "0.1.0"
