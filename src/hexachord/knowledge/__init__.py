"""Layer 0: typed, time-stamped observations and their formats."""

from hexachord.knowledge.jams import knowledge_to_jams, save_jams
from hexachord.knowledge.json_format import knowledge_from_json, knowledge_to_json, load_knowledge, save_knowledge
from hexachord.knowledge.model import (
    F0,
    Beats,
    Descriptor,
    Drums,
    Events,
    Groove,
    Harmony,
    Key,
    Knowledge,
    Loudness,
    Metre,
    Notes,
    RhythmReading,
    Segments,
    Sentence,
    Tag,
    Tempo,
    TempoHypothesis,
    Tuning,
)
from hexachord.knowledge.report import report_text
from hexachord.knowledge.tables import save_labels, save_tables

__all__ = [
    "F0",
    "Beats",
    "Descriptor",
    "Drums",
    "Events",
    "Groove",
    "Harmony",
    "Key",
    "Knowledge",
    "Loudness",
    "Metre",
    "Notes",
    "RhythmReading",
    "Segments",
    "Sentence",
    "Tag",
    "Tempo",
    "TempoHypothesis",
    "Tuning",
    "knowledge_from_json",
    "knowledge_to_jams",
    "knowledge_to_json",
    "load_knowledge",
    "report_text",
    "save_jams",
    "save_knowledge",
    "save_labels",
    "save_tables",
]
