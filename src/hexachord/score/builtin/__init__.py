"""Scores that come with the library, encoded by hand in the text format of `notation`: something to play, test and show at once."""

from functools import lru_cache
from importlib import resources

from hexachord.errors import InputError
from hexachord.score.builtin.notation import parse_notation
from hexachord.score.model import Score

BUILTIN_NAMES = ("bach-invention-4", "bumblebee", "scale", "six-small-notes")
"""Bach's Invention No. 4 in D minor, the opening of the Flight of the Bumblebee, a C major scale exercise, and a pop song of our own."""


@lru_cache(maxsize=8)
def builtin_score(name: str) -> Score:
    """Load a built-in score by name.

    Raises
    ------
    InputError : if there is none of that name; the message lists them.

    Examples
    --------
    >>> builtin_score("scale").title
    'C major scale in two octaves'
    """
    if name not in BUILTIN_NAMES:
        raise InputError(name, found="no built-in score of that name", expected=f"one of {', '.join(BUILTIN_NAMES)}")
    text = resources.files(__package__).joinpath(f"{name}.txt").read_text(encoding="utf-8")
    return parse_notation(text, source=f"{name}.txt")


__all__ = ["BUILTIN_NAMES", "builtin_score", "parse_notation"]
