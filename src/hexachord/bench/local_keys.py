"""Keys along the way: piano performances whose score changes its key signature, from their notes alone.

ASAP (Foscarin et al., ISMIR 2020) writes down the key signature of the page at every change. A signature has no mode: G major and E minor
are both right under one sharp, and what is found is right for as long as its own signature is the one on the page, however it is
spelt. Music that modulates without a new signature is counted as wrong while it is away, so that 1 is out of reach.
"""

from dataclasses import dataclass
from pathlib import Path

from hexachord.bench.asap import FOLDER, read_index, read_marks
from hexachord.bench.datasets import Loaded, bench_folder
from hexachord.bench.harness import Progress
from hexachord.bench.loop import Measured, measure
from hexachord.knowledge import Segments
from hexachord.theory.keys import key_fifths


@dataclass(frozen=True, kw_only=True, eq=False)
class SignatureItem:
    """A performance and the signatures of its page: rows of (start_s, end_s, sharps)."""

    id: str
    path: Path
    signatures: tuple[tuple[float, float, int], ...]


def load_signatures(data: Path) -> Loaded[SignatureItem]:
    """Load one performance of each piece of ASAP: the first that is there.

    Raises
    ------
    InputError : if an annotation cannot be read.
    """
    folder, items = bench_folder(data) / FOLDER, dict[str, SignatureItem]()
    rows = read_index(folder)
    if rows is None:
        return Loaded((), (f"{FOLDER}/metadata.csv: no such file",))
    for row in rows:
        path, annotations = folder / row["midi_performance"], folder / row["performance_annotations"]
        if row["folder"] in items or not (path.is_file() and annotations.is_file()):
            continue
        signatures = read_signatures(annotations)
        if signatures:
            items[row["folder"]] = SignatureItem(id=row["folder"], path=path, signatures=signatures)
    return Loaded(tuple(items.values()), ())


def read_signatures(path: Path) -> tuple[tuple[float, float, int], ...]:
    """Read the signatures of ASAP's beat annotations, ``TIME TIME db,4/4,-3``; each holds until the next, the last to the last beat.

    Raises
    ------
    InputError : if a line is no beat.
    """
    lines = read_marks(path)
    marks = [(mark.time_s, mark.fifths) for mark in lines if mark.fifths is not None]
    ends = [*(start for start, _ in marks[1:]), lines[-1].time_s if lines else 0.0]
    return tuple((start, end, fifths) for (start, fifths), end in zip(marks, ends, strict=True) if end > start)


def measure_local_keys(items: tuple[SignatureItem, ...], *, progress: Progress | None = None) -> Measured:
    """Measure ``local``, the share of the time in which the key that is found has the signature of the page."""
    return measure(
        items,
        what="local keys",
        name=lambda item: item.id,
        estimate=estimate_from_notes,
        score=lambda item, keys: {"local": share_of_time(item, keys)},
        progress=progress,
    )


def estimate_from_notes(item: SignatureItem) -> Segments:
    """Find the keys of a performance."""
    from hexachord.score.midi import load_midi
    from hexachord.score.notes import note_array
    from hexachord.theory.keys import local_keys

    notes = note_array(load_midi(item.path), percussion=False)
    return local_keys(notes["onset_s"], notes["onset_s"] + notes["duration_s"], notes["pitch"])


def share_of_time(item: SignatureItem, keys: Segments) -> float:
    """Return for how much of the annotated time the signature is right.

    Examples
    --------
    >>> import numpy as np
    >>> page = SignatureItem(id="", path=Path(), signatures=((0.0, 8.0, 1), (8.0, 10.0, -2)))
    >>> found = Segments(start_s=np.array([0.0, 6.0]), end_s=np.array([6.0, 10.0]), label=("E minor", "Bb major"))
    >>> share_of_time(page, found)
    0.8
    """
    right = total = 0.0
    for start, end, fifths in item.signatures:
        total += end - start
        for from_s, to_s, label in zip(keys.start_s, keys.end_s, keys.label, strict=True):
            tonic, _, mode = label.partition(" ")
            if (key_fifths(tonic, mode) - fifths) % 12 == 0:
                right += max(0.0, min(end, float(to_s)) - max(start, float(from_s)))
    return right / total if total > 0 else 0.0
