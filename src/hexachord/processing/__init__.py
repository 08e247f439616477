"""Audio → audio: stems, and what else turns sound into sound."""

from hexachord.processing.stems import ENGINES, STEMS, split_file, split_stems, split_stems_blocks

__all__ = ["ENGINES", "STEMS", "split_file", "split_stems", "split_stems_blocks"]
