"""Harmony of a recording: tuning, key, modulations and chords. FMP chapter 5."""

from hexachord.audio_analysis.harmony.analysis import estimate_chords, estimate_key, estimate_local_keys, estimate_tuning

__all__ = ["estimate_chords", "estimate_key", "estimate_local_keys", "estimate_tuning"]
