"""`python -m gpu_export` is `gpu-export`."""

from gpu_export.cli.main import run

run()
