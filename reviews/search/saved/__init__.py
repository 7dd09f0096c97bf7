"""Searches kept under a name, which `ss:name` runs as whoever asks."""
