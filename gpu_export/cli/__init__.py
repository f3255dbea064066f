"""The command line: argv in, exit code out. Knows no rendering and imports nothing heavy itself."""
