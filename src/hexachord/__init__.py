"""Music between sound, score and knowledge.

Six verbs: `listen` (audio → knowledge), `transcribe` (audio → score), `read` (score → knowledge), `transform` (audio → audio), and, to
come, `compose` and `perform`. Four types they meet in: `Audio`, `Score`, `Knowledge`, `Song`. Everything is imported when it is first
asked for, so ``import hexachord`` costs next to nothing.

>>> import hexachord
>>> song = hexachord.Song.analyse("song.flac")  # doctest: +SKIP
"""

import importlib
from typing import TYPE_CHECKING, Any

from hexachord._version import __version__

if TYPE_CHECKING:
    from hexachord.audio import Audio, AudioFile, load_audio, save_audio
    from hexachord.errors import HexachordError, InputError
    from hexachord.knowledge import Knowledge
    from hexachord.score.model import Score

_FACE = {
    "Audio": "hexachord.audio",
    "AudioFile": "hexachord.audio",
    "load_audio": "hexachord.audio",
    "save_audio": "hexachord.audio",
    "Score": "hexachord.score.model",
    "Knowledge": "hexachord.knowledge",
    "HexachordError": "hexachord.errors",
    "InputError": "hexachord.errors",
}

__all__ = ["Audio", "AudioFile", "HexachordError", "InputError", "Knowledge", "Score", "__version__", "load_audio", "save_audio"]


def __getattr__(name: str) -> Any:
    if name in _FACE:
        return getattr(importlib.import_module(_FACE[name]), name)
    raise AttributeError(f"module 'hexachord' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
