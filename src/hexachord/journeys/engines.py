"""Where the arrows list their engines, and choosing one per task."""

from collections.abc import Mapping

from hexachord.audio_analysis import engines as audio_analysis
from hexachord.composition import engines as composition
from hexachord.errors import InputError
from hexachord.learning.embedding import engines as embedding
from hexachord.models.engine import Engine, pick_engine
from hexachord.processing import engines as processing
from hexachord.score_analysis import engines as score_analysis
from hexachord.synthesis import engines as synthesis
from hexachord.transcription import engines as transcription


def all_engines() -> tuple[Engine, ...]:
    """List the engines of every arrow; the first of each task is its default."""
    return (
        *audio_analysis.ENGINES,
        *transcription.ENGINES,
        *score_analysis.ENGINES,
        *composition.ENGINES,
        *processing.ENGINES,
        *synthesis.ENGINES,
        *embedding.ENGINES,
    )


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
