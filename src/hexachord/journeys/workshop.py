"""A song folder that is gone afterwards: where the verbs that leave nothing behind run their stages."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from hexachord.errors import InputError
from hexachord.journeys.analyse import check_source, is_score, run
from hexachord.journeys.pipeline import Listener, Outcome, Stage
from hexachord.song import Song


@contextmanager
def workshop(source: Path) -> Iterator[Song]:
    """Make a song folder for a recording, held by the caller, and remove it in the end.

    Raises
    ------
    InputError : if the source is no sound.
    """
    check_source(source)
    if is_score(source):
        raise InputError(source, found="a score", expected="a recording", next_step="hexachord read says what a score holds")
    with tempfile.TemporaryDirectory(prefix="hexachord-") as folder:
        song = Song.create(Path(folder) / "song", source=source)
        with song.locked():
            yield song


def run_all(song: Song, stages: Sequence[Stage], *, listener: Listener | None) -> Outcome:
    """Run stages; a bug in one of them is raised, since nobody would miss its result otherwise."""
    outcome = run(song, stages, listener=listener)
    if outcome.errors:
        raise outcome.errors[0]
    return outcome


def with_needs(wanted: Sequence[Stage], stages: Sequence[Stage]) -> list[Stage]:
    """Add the stages that others build on, in their order."""
    names = {stage.name for stage in wanted}
    for stage in reversed(stages):
        if stage.name in names:
            names |= {*stage.needs, *stage.uses}
    return [stage for stage in stages if stage.name in names]
