"""The CPU compositor: fast, 8 bit, damage-limited. Knows scenes, never projects."""
