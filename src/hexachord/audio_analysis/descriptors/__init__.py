"""Descriptors: numbers for how a recording sounds.

The menu: `describe` gives a dozen or two for people to read; `describe_frames` gives them all, frame by frame and for the whole, under
the names of `CATALOGUE`; `ALIASES` and `as_tool` speak the names of librosa, Essentia, MIRtoolbox and pyACA.
"""

from hexachord.audio_analysis.descriptors.aliases import ALIASES, as_tool, nested
from hexachord.audio_analysis.descriptors.catalogue import CATALOGUE, FAMILIES, OPTIONAL_FAMILIES, catalogue_json
from hexachord.audio_analysis.descriptors.frames import FrameDescriptors, describe_frames
from hexachord.audio_analysis.descriptors.summary import describe, stereo_width

__all__ = [
    "ALIASES",
    "CATALOGUE",
    "FAMILIES",
    "OPTIONAL_FAMILIES",
    "FrameDescriptors",
    "as_tool",
    "catalogue_json",
    "describe",
    "describe_frames",
    "nested",
    "stereo_width",
]
