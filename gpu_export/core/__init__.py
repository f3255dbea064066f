"""Pure maths: time, colour, geometry, and plain facts about media. Imports nothing above it."""
