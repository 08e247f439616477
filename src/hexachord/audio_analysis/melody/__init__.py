"""The melody of a recording: its fundamental frequency over time, and the notes in it. FMP §8.2."""

from hexachord.audio_analysis.melody.notes import NoteOptions, segment_notes
from hexachord.audio_analysis.melody.tracking import MelodyOptions, is_monophonic, is_solo, track_melody

__all__ = ["MelodyOptions", "NoteOptions", "is_monophonic", "is_solo", "segment_notes", "track_melody"]
