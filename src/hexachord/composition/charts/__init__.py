"""Beatmaps for Taiko: what is struck when, at four levels."""
