"""Layer 4: a song as a folder that knows itself."""

from hexachord.song.folder import CACHE, Song
from hexachord.song.manifest import default_folder
from hexachord.song.steps import Scalar, Step, StepResult, merge_observations

__all__ = ["CACHE", "Scalar", "Song", "Step", "StepResult", "default_folder", "merge_observations"]
