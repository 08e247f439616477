"""Which parts of a score share a stem, and what its file is called."""

import re
import unicodedata
from collections.abc import Sequence

from hexachord.score.model import Part

_LONGEST = 60
_FAMILIES = (  # first program of each run: GM's sixteen groups as eight hands on a desk
    (0, "keys"),
    (24, "guitars"),
    (32, "bass"),
    (40, "strings"),
    (52, "voices"),
    (55, "synths"),
    (56, "winds"),
    (80, "synths"),
    (104, "guitars"),
    (108, "keys"),
    (109, "winds"),
    (110, "strings"),
    (111, "winds"),
    (112, "drums"),
    (120, "synths"),
)


def stem_groups(parts: Sequence[Part], *, most: int | None = None) -> dict[str, tuple[int, ...]]:
    """Share out parts over stems; parts without notes have none.

    Parameters
    ----------
    parts : of a score, in order
    most : with more sounding parts than this, families of instruments share a stem (keys, guitars, bass, strings, voices, winds, synths,
        drums: eight at most)

    Returns
    -------
    Stem name → indices of its parts. Names are fit for files on any system, differ in more than case, and begin with a number that keeps
    the score's order.

    Examples
    --------
    >>> from hexachord.score.model import Note
    >>> note = (Note(0, 1, 60),)
    >>> stem_groups([Part(notes=note, name="Violin"), Part(), Part(notes=note, name="violin"), Part(notes=note, name="AC/DC")])
    {'1-Violin': (0,), '2-violin': (2,), '3-AC DC': (3,)}
    """
    sounding = [index for index, part in enumerate(parts) if part.notes]
    if most is not None and len(sounding) > most:
        families: dict[str, list[int]] = {}
        for index in sounding:
            families.setdefault(_family(parts[index]), []).append(index)
        named = [(name, tuple(indices)) for name, indices in families.items()]
    else:
        named = [(parts[index].name, (index,)) for index in sounding]
    width = len(str(len(named)))
    return {f"{number:0{width}d}-{file_safe(name) or 'part'}": indices for number, (name, indices) in enumerate(named, start=1)}


def file_safe(name: str) -> str:
    """Make a name that every file system takes: letters and digits of any script, spaces, and ``. - _ + &`` inside.

    Examples
    --------
    >>> file_safe(' ../Bb Clarinet: "solo"\\n'), file_safe("Flöte 2")
    ('Bb Clarinet solo', 'Flöte 2')
    """
    text = unicodedata.normalize("NFC", name).replace("♭", "b").replace("♯", "#")
    text = "".join(letter if letter.isalnum() or unicodedata.category(letter) == "Mn" or letter in "-_.+&#" else " " for letter in text)
    text = re.sub(r"\s+", " ", text).strip(" .-_")
    while len(text.encode()) > _LONGEST:
        text = text[:-1].rstrip(" .-_")
    return text


def _family(part: Part) -> str:
    if part.is_percussion:
        return "drums"
    return next(name for first, name in reversed(_FAMILIES) if part.program >= first)
