"""argv to request to exit code; no rendering knowledge."""
