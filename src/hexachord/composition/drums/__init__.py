"""Drums that follow a rhythm, and how drummers strike."""
