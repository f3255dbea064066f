"""How clips are called in errors and warnings."""
