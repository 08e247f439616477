"""Music between sound, score and knowledge.

`analyse` makes a song into a folder that knows itself. The arrows by themselves: `listen` (audio → knowledge), `transcribe` (audio →
score), `read` (score → knowledge), `compose`, `generate`, `continue_score` (score → score), `perform` (score → audio), `split` (audio →
stems). They meet in four types: `Audio`, `Score`, `Knowledge`, `Song`. Everything is imported when it is first asked for, so ``import
hexachord`` costs next to nothing.

>>> import hexachord
>>> hexachord.listen("song.flac").key.name  # doctest: +SKIP
'D minor'
"""

import importlib
from typing import TYPE_CHECKING, Any

from hexachord._version import __version__

if TYPE_CHECKING:
    from hexachord.audio import Audio, AudioFile, load_audio, save_audio
    from hexachord.composition.composing import compose
    from hexachord.composition.tools import continue_score, generate
    from hexachord.errors import HexachordError, InputError
    from hexachord.journeys.analyse import analyse
    from hexachord.journeys.perform import perform
    from hexachord.journeys.verbs import listen, read, split, transcribe
    from hexachord.knowledge import Knowledge
    from hexachord.score.builtin import builtin_score
    from hexachord.score.engraving import engrave
    from hexachord.score.formats import load_score, save_score
    from hexachord.score.model import Score
    from hexachord.score.notes import note_array
    from hexachord.song import Song

_HOME = {
    "Audio": "audio",
    "AudioFile": "audio",
    "HexachordError": "errors",
    "InputError": "errors",
    "Knowledge": "knowledge",
    "Score": "score.model",
    "Song": "song",
    "analyse": "journeys.analyse",
    "builtin_score": "score.builtin",
    "compose": "composition.composing",
    "continue_score": "composition.tools",
    "engrave": "score.engraving",
    "generate": "composition.tools",
    "listen": "journeys.verbs",
    "load_audio": "audio",
    "load_score": "score.formats",
    "note_array": "score.notes",
    "perform": "journeys.perform",
    "read": "journeys.verbs",
    "save_audio": "audio",
    "save_score": "score.formats",
    "split": "journeys.verbs",
    "transcribe": "journeys.verbs",
}

__all__ = [
    "Audio",
    "AudioFile",
    "HexachordError",
    "InputError",
    "Knowledge",
    "Score",
    "Song",
    "__version__",
    "analyse",
    "builtin_score",
    "compose",
    "continue_score",
    "engrave",
    "generate",
    "listen",
    "load_audio",
    "load_score",
    "note_array",
    "perform",
    "read",
    "save_audio",
    "save_score",
    "split",
    "transcribe",
]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(importlib.import_module(f"hexachord.{_HOME[name]}"), name)
    raise AttributeError(f"module 'hexachord' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
