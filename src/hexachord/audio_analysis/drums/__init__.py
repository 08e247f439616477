"""Drums of a recording: which piece of the kit is struck when, and how hard. FMP §8.3 for the engine that needs no training."""

from hexachord.audio_analysis.drums.analysis import analyse_drums
from hexachord.audio_analysis.drums.kit import KIT

__all__ = ["KIT", "analyse_drums"]
