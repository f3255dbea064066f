"""The GL compositor. The only room that imports moderngl; knows scenes, never projects."""
