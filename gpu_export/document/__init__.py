"""The project file: its model, parsing and problems. Knows no media and no pixels."""
