"""Text: fonts, shaping, layout, and glyphs as distance fields. Knows no GL and no media library."""
