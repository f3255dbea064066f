"""The GL compositor; the only room that imports moderngl."""
