"""Chords for tunes, other chords for songs, progressions: by what was counted in songs, each with a reason."""
