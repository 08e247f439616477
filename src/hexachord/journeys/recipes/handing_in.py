"""What is handed in: the likeliest classes of tracks without labels, as the course asks for them, and as a table."""

import csv
import io
import json
import re
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

import numpy as np

from hexachord.arrays import Float64Array
from hexachord.errors import InputError
from hexachord.files import write_text

_SAFE = re.compile(r"[^\w.@+-]+")


def guesses(ids: Sequence[str], scores: Float64Array, classes: Sequence[str], *, top: int = 3) -> dict[str, list[str]]:
    """Name the likeliest classes of each track, likeliest first; tracks are called by their file's name without its suffix.

    Raises
    ------
    InputError : if two tracks have one name.

    Examples
    --------
    >>> guesses(["test/001.mp3"], np.array([[0.1, 0.7, 0.2]]), ["abba", "queen", "u2"], top=2)
    {'001': ['queen', 'u2']}
    """
    found: dict[str, list[str]] = {}
    for name, row in zip(ids, np.asarray(scores), strict=True):
        key = PurePosixPath(name).stem
        if key in found:
            raise InputError(name, found=f"two tracks called {key}", expected="a name of its own for each", next_step="rename one of them")
        found[key] = [classes[index] for index in np.argsort(-row, kind="stable")[:top]]
    return dict(sorted(found.items()))


def hand_in(
    folder: Path, name: str, ids: Sequence[str], scores: Float64Array, classes: Sequence[str], *, multi_label: bool = False
) -> tuple[str, ...]:
    """Write ``NAME.json`` (``{"001": [first, second, third], ...}``, not for several labels a track) and ``NAME.csv`` with every class's
    chance.

    Returns
    -------
    Paths below the folder
    """
    stem = _SAFE.sub("_", name).strip("._") or "predictions"
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["id", *classes])
    writer.writerows([track, *(f"{value:.6f}" for value in row)] for track, row in zip(ids, scores, strict=True))
    write_text(folder / f"{stem}.csv", text.getvalue())
    if multi_label:
        return (f"{stem}.csv",)
    write_text(folder / f"{stem}.json", json.dumps(guesses(ids, scores, classes), indent=1, ensure_ascii=False) + "\n")
    return f"{stem}.json", f"{stem}.csv"


def read_answers(path: Path) -> list[str]:
    """Read the truth of a test side: a JSON list of classes, that of track 001 first.

    Raises
    ------
    InputError : if it is something else.
    """
    from hexachord.files import read_text

    try:
        found = json.loads(read_text(path, what="answers in JSON"))
    except json.JSONDecodeError as error:
        raise InputError(path, found=f"no JSON in line {error.lineno}", expected="a list of classes, that of 001 first") from error
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise InputError(path, found=type(found).__name__, expected="a list of classes, that of 001 first")
    return found


def score_hand_in(handed: dict[str, list[str]], answers: Sequence[str]) -> dict[str, float]:
    """Score guesses as the course does: ``top1 top3`` over all answers, so that a missing track counts as wrong.

    Examples
    --------
    >>> score_hand_in({"001": ["a", "b", "c"], "002": ["b", "a", "c"]}, ["a", "a", "a"])
    {'top1': 0.3333333333333333, 'top3': 0.6666666666666666}
    """
    first = third = 0
    for key, named in handed.items():
        number = int(key) - 1
        if 0 <= number < len(answers):
            first += named[:1] == [answers[number]]
            third += answers[number] in named[:3]
    return {"top1": first / max(len(answers), 1), "top3": third / max(len(answers), 1)}
