"""Parts as people call them: by name, id or number."""

from collections.abc import Sequence

from hexachord.errors import InputError
from hexachord.score.model import Score


def part_ids(score: Score, names: Sequence[str]) -> tuple[str, ...]:
    """Find parts of a score.

    Parameters
    ----------
    names : ids, numbers counted from 1, whole names, or what only one name begins with; small and capital letters are alike

    Returns
    -------
    their ids, in the order asked for

    Raises
    ------
    InputError : if there is no such part, or more than one.

    Examples
    --------
    >>> from hexachord.score.model import Part
    >>> band = Score(parts=(Part(id="P1", name="Voice"), Part(id="P2", name="Electric Bass")))
    >>> part_ids(band, ["voice", "2", "elec"])
    ('P1', 'P2', 'P2')
    """
    return tuple(_part_id(score, name) for name in names)


def _part_id(score: Score, asked: str) -> str:
    word = asked.strip().lower()
    same = [part.id for part in score.parts if word in (part.id.lower(), part.name.strip().lower())]
    if not same and word.isdigit() and 1 <= int(word) <= len(score.parts):
        return score.parts[int(word) - 1].id
    found = same or [part.id for part in score.parts if word and part.name.strip().lower().startswith(word)]
    if len(found) == 1:
        return found[0]
    there = ", ".join(f"{number} {part.name.strip() or part.id}" for number, part in enumerate(score.parts, start=1))
    raise InputError(f"part {asked!r}", found=f"{len(found)} such parts" if found else "no such part", expected=f"one of {there}")
