"""Project and media facts in, scenes and sound plans out. Pure; opens no file."""
