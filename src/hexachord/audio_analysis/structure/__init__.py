"""The form of a recording: where sections begin, and which of them are alike. FMP chapter 4."""

from hexachord.audio_analysis.structure.analysis import find_sections, sections_from_features

__all__ = ["find_sections", "sections_from_features"]
