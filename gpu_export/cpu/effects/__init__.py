"""Effects on a layer's box, in float R'G'B'.

`chain` applies them, `pixels` is what they work on; the rest is a module for each kind. Knows no
layers and no targets.
"""
