"""The arrows as verbs on files: `listen`, `transcribe`, `read`, `split`; each runs the stages it needs and leaves no folder behind."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from hexachord.errors import InputError
from hexachord.journeys.analyse import check_source, is_score, run, with_sentences
from hexachord.journeys.audio_stages import audio_stages
from hexachord.journeys.pipeline import Listener, Outcome, Stage
from hexachord.knowledge.model import Knowledge
from hexachord.song import Song


def listen(
    source: str | Path,
    *,
    tasks: Sequence[str] = (),
    engines: Mapping[str, str] | None = None,
    salvage: bool = False,
    listener: Listener | None = None,
) -> Knowledge:
    """Say what a recording is.

    Parameters
    ----------
    source : a sound file
    tasks : only these fields of `Knowledge` (``tempo``, ``chords`` ...) or stages, and what they need; by default all but stems and scores
    engines, salvage, listener : as in `hexachord.journeys.analyse.analyse`

    Raises
    ------
    InputError : if the file is no sound or a task is unknown.
    """
    source = Path(source)
    with _workshop(source) as song:
        stages = audio_stages(engines=engines or {}, stems=False, pdf=False, salvage=salvage)
        wanted = [stage for stage in stages if stage.provides and (not tasks or _does(stage, tasks))]
        unknown = [task for task in tasks if not any(_does(stage, [task]) for stage in stages if stage.provides)]
        if unknown:
            names = ", ".join(name for stage in stages for name in stage.provides)
            raise InputError(f"--task {unknown[0]}", found="no such task", expected=f"one of {names}")
        outcome = _run(song, with_needs(wanted, stages), listener=listener)
    return outcome.knowledge if tasks else with_sentences(outcome.knowledge)


def with_needs(wanted: Sequence[Stage], stages: Sequence[Stage]) -> list[Stage]:
    """Add the stages that others build on, in their order."""
    names = {stage.name for stage in wanted}
    for stage in reversed(stages):
        if stage.name in names:
            names |= {*stage.needs, *stage.uses}
    return [stage for stage in stages if stage.name in names]


def _does(stage: Stage, tasks: Sequence[str]) -> bool:
    return any(task.replace("-", "_") in stage.provides or task == stage.name for task in tasks)


@contextmanager
def _workshop(source: Path) -> Iterator[Song]:
    """Make a song folder that is gone afterwards."""
    check_source(source)
    if is_score(source):
        raise InputError(source, found="a score", expected="a recording", next_step="hexachord read says what a score holds")
    with tempfile.TemporaryDirectory(prefix="hexachord-") as folder:
        song = Song.create(Path(folder) / "song", source=source)
        with song.locked():
            yield song


def _run(song: Song, stages: list[Stage], *, listener: Listener | None) -> Outcome:
    outcome = run(song, stages, listener=listener)
    if outcome.errors:
        raise outcome.errors[0]
    return outcome
