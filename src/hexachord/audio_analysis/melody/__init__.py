"""The melody of a recording: its fundamental frequency over time, and the notes in it. FMP §8.2.

`textbook` lists the techniques of that section; all of them can be imported from here.
"""

from hexachord.audio_analysis.melody.grid import MelodyOptions
from hexachord.audio_analysis.melody.notes import NoteOptions, segment_notes
from hexachord.audio_analysis.melody.query import HumQuery, hum_query
from hexachord.audio_analysis.melody.shapes import NoteShapes, ShapeOptions, describe_notes
from hexachord.audio_analysis.melody.steadiness import still_share
from hexachord.audio_analysis.melody.textbook import (
    MelodyParts,
    PitchAxis,
    Region,
    harmonic_mask,
    harmonic_salience,
    harmonic_summation,
    instantaneous_frequency,
    log_frequency_spectrogram,
    principal_argument,
    regions_of_notes,
    separate_melody,
    smooth_trajectory,
    sonify_pitch,
    strongest_pitches,
    trajectory_in_regions,
)
from hexachord.audio_analysis.melody.tracking import is_monophonic, track_melody

__all__ = [
    "HumQuery",
    "MelodyOptions",
    "MelodyParts",
    "NoteOptions",
    "NoteShapes",
    "PitchAxis",
    "Region",
    "ShapeOptions",
    "describe_notes",
    "harmonic_mask",
    "harmonic_salience",
    "harmonic_summation",
    "hum_query",
    "instantaneous_frequency",
    "is_monophonic",
    "log_frequency_spectrogram",
    "principal_argument",
    "regions_of_notes",
    "segment_notes",
    "separate_melody",
    "smooth_trajectory",
    "sonify_pitch",
    "still_share",
    "strongest_pitches",
    "track_melody",
    "trajectory_in_regions",
]
