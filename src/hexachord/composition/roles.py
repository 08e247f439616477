"""Who plays which role in a score: by name, instrument, staves and texture."""

from collections.abc import Mapping

from hexachord.composition.vocabulary import Vocabulary
from hexachord.score.model import Part, Score

PartRole = Mapping[int, int]
"""Staff → role; staff 0 stands for all staves of a part."""

_VOICES = {"soprano": "soprano", "alto": "alto", "tenor": "tenor", "bass": "low voice", "bariton": "low voice"}
_INSTEAD = {
    "melody": ("bridge", "winds", "strings", "pad", "other"), "piano": ("pad", "guitar", "other"), "bass": ("left", "other"),
    "strings": ("bridge", "soprano", "alto", "tenor", "low voice", "pad", "other"), "winds": ("bridge", "strings", "pad", "other"),
    "guitar": ("pad", "other"), "pad": ("strings", "other"), "soprano": ("alto", "other"), "alto": ("tenor", "other"),
    "tenor": ("low voice", "other"), "low voice": ("bass", "other"),
}  # fmt: skip
"""What a part becomes whose role somebody else has."""


def roles_of(score: Score, *, vocabulary: Vocabulary) -> tuple[PartRole, ...]:
    """Give every part a role, and each role to one part while there are roles left.

    A piano on two staves has two, its hands. Further parts of a kind get a neighbouring role; when all are taken, several share ``other``.

    Examples
    --------
    >>> from hexachord.score.model import Part
    >>> words = Vocabulary()
    >>> found = roles_of(Score(parts=(Part(name="Voice", program=53), Part(name="Piano", staves=2))), vocabulary=words)
    >>> [{staff: words.roles[role] for staff, role in part.items()} for part in found]
    [{0: 'melody'}, {1: 'right', 2: 'left'}]
    """
    names = vocabulary.roles
    taken: set[str] = set()
    wishes = [_wish(part, score) for part in score.parts]
    if "melody" not in wishes:  # somebody has the tune: the first who is no drummer, if there is company
        lone = [index for index, wish in enumerate(wishes) if wish in ("other", "strings", "winds")]
        if lone and len(score.parts) > 1 and wishes.count(wishes[lone[0]]) == 1:
            wishes[lone[0]] = "melody"
        elif len(score.parts) == 1 and wishes == ["other"]:
            wishes = ["melody"]
    found: list[PartRole] = []
    for part, wish in zip(score.parts, wishes, strict=True):
        if wish == "piano" and part.staves >= 2 and not taken & {"right", "left"}:
            taken |= {"right", "left"}
            found.append({1: names.index("right"), 2: names.index("left")})
            continue
        free = next((name for name in (wish, *_INSTEAD.get(wish, ())) if name not in taken), None)
        if free is None:
            free = next((name for name in names[1:] if name not in taken and name != "drums"), "other")
        taken.add(free)
        found.append({0: names.index(free)})
    return tuple(found)


def _wish(part: Part, score: Score) -> str:
    name = part.name.lower()
    if part.is_percussion or "drum" in name:
        return "drums"
    if name in ("melody", "bridge"):  # POP909 names its tracks so
        return name
    keyboard = any(word in name for word in ("piano", "pf.", "klavier", "pianoforte", "keyboard", "harpsichord"))
    if keyboard or (part.program < 8 and (part.staves >= 2 or not name)):
        return "piano"
    if len(score.parts) >= 3:
        voice = next((role for word, role in _VOICES.items() if name.startswith(word) or name == word[0]), None)
        if voice is not None and not ("bass" in name and part.program in range(32, 40)):
            return voice
    if any(note.lyrics for note in part.notes[:64]) or any(word in name for word in ("voice", "vocal", "sing", "melod", "canto", "gesang")):
        return "melody"
    return _by_program(part.program)


def _by_program(program: int) -> str:
    families = (
        (8, "piano"), (16, "other"), (24, "pad"), (32, "guitar"), (40, "bass"), (52, "strings"), (55, "melody"), (56, "other"),
        (80, "winds"), (88, "melody"), (104, "pad"), (112, "guitar"), (128, "other"),
    )  # fmt: skip
    return next(role for end, role in families if program < end)
