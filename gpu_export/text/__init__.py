"""Text: fonts, shaping, layout and drawing. Knows neither projects nor GL nor codecs."""
