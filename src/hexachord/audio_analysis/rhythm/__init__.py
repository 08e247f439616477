"""Rhythm of a recording: tempo, beats, bars, drums, and how steadily they go. FMP chapter 6."""

from hexachord.audio_analysis.rhythm.analysis import Rhythm, analyse_rhythm
from hexachord.audio_analysis.rhythm.hints import RhythmHints

__all__ = ["Rhythm", "RhythmHints", "analyse_rhythm"]
