"""Layer 0: typed, time-stamped observations and their formats."""

from hexachord.knowledge.model import (
    F0,
    Beats,
    Descriptor,
    Events,
    Key,
    Knowledge,
    Loudness,
    Metre,
    Notes,
    Segments,
    Sentence,
    Tag,
    Tempo,
    TempoHypothesis,
    Tuning,
)

__all__ = [
    "F0",
    "Beats",
    "Descriptor",
    "Events",
    "Key",
    "Knowledge",
    "Loudness",
    "Metre",
    "Notes",
    "Segments",
    "Sentence",
    "Tag",
    "Tempo",
    "TempoHypothesis",
    "Tuning",
]
