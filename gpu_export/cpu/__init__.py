"""The CPU compositor: fast, damage-limited, in the encoder's own channels.

The only way in is `compositor.CpuCompositor`.
"""
