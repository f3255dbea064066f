"""The vocabulary between timeline, media and compositors: scenes, frames, sound, damage."""
