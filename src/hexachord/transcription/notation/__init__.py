"""From performance to page: notes, beats, key and chords in seconds become a readable score."""

from hexachord.transcription.notation.drum_staff import drum_staff
from hexachord.transcription.notation.grid import BarGrid, bar_grid
from hexachord.transcription.notation.guitar import guitar_tablature
from hexachord.transcription.notation.lead_sheet import lead_sheet
from hexachord.transcription.notation.piano import piano_reduction
from hexachord.transcription.notation.quantise import QuantiseOptions, close_gaps, quantise

__all__ = [
    "BarGrid",
    "QuantiseOptions",
    "bar_grid",
    "close_gaps",
    "drum_staff",
    "guitar_tablature",
    "lead_sheet",
    "piano_reduction",
    "quantise",
]
