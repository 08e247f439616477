"""Performances of ASAP with the scores they were played from."""

from dataclasses import dataclass, replace
from pathlib import Path

from hexachord.bench.asap import FOLDER, read_index, read_marks
from hexachord.bench.datasets import Loaded, bench_folder
from hexachord.score.model import Score


@dataclass(frozen=True, kw_only=True)
class PageItem:
    """A performance, the page it was played from, and the beats that both have."""

    id: str
    composer: str
    path: Path
    marks: Path
    score: Path
    score_marks: Path


def load_pages(data: Path) -> Loaded[PageItem]:
    """Load one performance of each piece: the first that has a score, and as many beats as that.

    Raises
    ------
    InputError : if an annotation cannot be read.
    """
    folder, items = bench_folder(data) / FOLDER, dict[str, PageItem]()
    rows = read_index(folder)
    if rows is None:
        return Loaded((), (f"{FOLDER}/metadata.csv: no such file",))
    unpaired = set[str]()
    for row in rows:
        names = ("midi_performance", "performance_annotations", "midi_score", "midi_score_annotations")
        path, marks, score, score_marks = (folder / row[name] for name in names)
        if row["folder"] in items or not all(file.is_file() for file in (path, marks, score, score_marks)):
            continue
        if len(read_marks(marks)) != len(read_marks(score_marks)):
            unpaired.add(row["folder"])
            continue
        name = row["midi_performance"].removesuffix(".mid")
        items[row["folder"]] = PageItem(id=name, composer=row["composer"], path=path, marks=marks, score=score, score_marks=score_marks)
    lost = sorted(unpaired - items.keys())
    return Loaded(tuple(items.values()), tuple(f"{FOLDER}/{name}: no performance with the beats of its score" for name in lost))


def opening(score: Score, length_s: float) -> Score:
    """What of a performance begins before a moment."""
    from hexachord.score.timing import tempo_map_of

    tick = float(tempo_map_of(score).ticks(length_s))
    parts = (
        replace(
            part,
            notes=tuple(note for note in part.notes if note.onset < tick),
            controls=tuple(control for control in part.controls if control.tick < tick),
        )
        for part in score.parts
    )
    return replace(score, parts=tuple(parts))
