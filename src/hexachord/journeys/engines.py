"""Where the arrows list their engines, and choosing one per task."""

import importlib
import importlib.util
from collections.abc import Mapping

from hexachord.errors import InputError
from hexachord.models.engine import Engine, pick_engine

_LISTS = (
    "hexachord.audio_analysis.engines",
    "hexachord.audio_analysis.melody",
    "hexachord.transcription.engines",
    "hexachord.transcription.notes",
    "hexachord.score_analysis.engines",
    "hexachord.composition.engines",
    "hexachord.synthesis.engines",
    "hexachord.processing.engines",
    "hexachord.processing.stems",
)


def all_engines() -> tuple[Engine, ...]:
    """List the engines of every arrow that is there; the first of each task is its default."""
    found: list[Engine] = []
    for name in _LISTS:
        try:
            is_there = importlib.util.find_spec(name) is not None
        except ModuleNotFoundError:  # the whole arrow is still to come
            continue
        if is_there:
            found += [engine for engine in getattr(importlib.import_module(name), "ENGINES", ()) if engine not in found]
    return tuple(found)


class EngineChoice:
    """The engines of a run: those that were asked for, else the defaults.

    Parameters
    ----------
    wanted : task → engine name
    """

    def __init__(self, wanted: Mapping[str, str]) -> None:
        self._listed = all_engines()
        self._wanted = wanted
        self._used: set[str] = set()

    def pick(self, task: str) -> Engine:
        """Return the engine for a task.

        Raises
        ------
        InputError : if the wanted one does not exist.
        """
        self._used.add(task)
        return pick_engine(self._listed, task=task, name=self._wanted.get(task))

    def check_all_used(self) -> None:
        """Refuse choices for tasks that no stage has: a misspelt task must not pass in silence.

        Raises
        ------
        InputError : naming the tasks there are.
        """
        for task, name in self._wanted.items():
            if task not in self._used:
                known = ", ".join(sorted(self._used))
                raise InputError(f"--engine {task}={name}", found="no such task", expected=f"one of {known}")
