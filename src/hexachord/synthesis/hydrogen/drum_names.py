"""Which General MIDI key an instrument of a drum kit answers, told from what its maker called it."""

import re
from collections.abc import Sequence
from typing import NamedTuple

_HAT = r"\b(hi ?hats?|hats?|hh|[cop]hh|charles?ton|charley)\b"
_KINDS: tuple[tuple[str, str], ...] = (
    ("hat open", rf"{_HAT}.*\b(open(ed)?|op|o|free|swish|semi|semiopen|half|loose)\b|\bohh\b|\b(open(ed)?|semi ?open).*{_HAT}"),
    ("hat pedal", rf"{_HAT}.*\b(pedal|ped|pd|foot)\b|\bphh\b|\b(pedal|foot).*{_HAT}"),
    ("hat", _HAT),
    ("cowbell", r"\bcow ?bell"),
    ("tambourine", r"\btamb"),
    ("agogo", r"\bagogo"),
    ("conga", r"\bcongas?\b|\btumba"),
    ("bongo", r"\bbongos?\b"),
    ("timbale", r"\btimbales?\b"),
    ("cabasa", r"\bcabasa\b|\bafuche"),
    ("maraca", r"\bmaracas?\b|\bshakers?\b"),
    ("clave", r"\bclaves?\b"),
    ("wood block", r"\bwood ?blocks?\b"),
    ("triangle", r"\btriangle\b"),
    ("whistle", r"\bwhistle\b"),
    ("vibraslap", r"\bvibra ?slap\b"),
    ("guiro", r"\bguiro\b"),
    ("clap", r"\bclaps?\b|\bpalmas\b"),
    ("rim", r"\b(side|cross|x) ?sticks?\b|\brim ?clicks?\b|\bsticks?\b|\brim\b(?! ?shot)"),
    ("snare", r"\bsnares?\b|\bsn\b|\bsd\b|\bcajon slap\b|\brim ?shot\b|\bcaja\b|\bredo\w*"),
    ("tom", r"\btom(s|hi|lo|mid|low|high)?\b|\bfloor\b"),
    ("kick", r"\bkicks?\b|\bbass ?drums?\b|\bbd\b|\bbombo\b|\bthump\b"),
    ("splash", r"\bsplash"),
    ("china", r"\bchin(a|ese)\b"),
    ("bell", r"^(?!crash).*\bride\b.*\b(bell|cup)\b|^bell\b|\bpaiste bell\b"),
    ("crash", r"^(?!ride).*\bcrash"),
    ("ride", r"\bride\b"),
    ("cymbal", r"\bcymbals?\b"),
    ("snap", r"\bsnaps?\b"),
)
_OTHERWISE_PLAYED = {
    "roll": 8.0, "choke": 5.0, "opaco": 4.0, "rimshot": 3.0, "semi": 3.0, "semiopen": 3.0, "swish": 3.0, "half": 3.0, "free": 2.0,
    "ride": 2.0, "bell": 2.0, "flink": 1.0, "bs": 1.0, "ring": 1.0, "dirty": 0.5, "dist": 0.5, "side": 0.5, "pedal": 0.5,
}  # fmt: skip
_KEYS: dict[str, tuple[int, ...]] = {
    "kick": (36, 35), "snare": (38, 40), "rim": (37,), "clap": (39,), "hat": (42,), "hat pedal": (44,), "hat open": (46,),
    "crash": (49, 57), "ride": (51, 59), "bell": (53,), "china": (52,), "splash": (55,), "cowbell": (56,), "tambourine": (54,),
    "bongo": (60, 61), "conga": (63, 64, 62), "timbale": (65, 66), "agogo": (67, 68), "cabasa": (69,), "maraca": (70,), "whistle": (71, 72),
    "guiro": (73, 74), "clave": (75,), "wood block": (76, 77), "triangle": (81, 80), "vibraslap": (58,),
}  # fmt: skip
_HIGH_FIRST = ("bongo", "conga", "timbale", "agogo", "wood block")
_TOMS = (41, 43, 45, 47, 48, 50)
_LENT: dict[int, tuple[tuple[int, float], ...]] = {
    35: ((36, 0.0),), 36: ((35, 0.0),), 38: ((40, 0.0),), 40: ((38, 0.0),), 37: ((38, -6.0),), 39: ((38, -3.0),),
    42: ((44, 0.0),), 44: ((42, -4.0),), 46: ((42, 0.0),), 49: ((57, 0.0), (55, 2.0), (52, 0.0), (51, 2.0)),
    57: ((49, 0.0), (55, 2.0), (51, 2.0)), 52: ((49, 0.0), (57, 0.0)), 55: ((49, -3.0), (57, -3.0)),
    51: ((59, 0.0), (49, -8.0), (57, -8.0), (46, -6.0)), 59: ((51, 0.0), (49, -8.0), (46, -6.0)), 53: ((51, 2.0), (59, 2.0), (49, -6.0)),
}  # fmt: skip
"""Who plays for a drum that a kit has not got, and how much louder."""

_ALIKE = ({35, 36}, {38, 40}, {42, 44}, {49, 52, 55, 57}, {51, 53, 59})
"""Keys of one kind of drum: one of them in place of another is still true."""

FIRST_KEY = 36
"""The key of the first instrument of a kit whose names tell nothing: what Hydrogen itself answers."""


class Heard(NamedTuple):
    """What is played for a key: the number of an instrument of the kit, how much louder, and whether it is the drum that is meant."""

    number: int
    gain_db: float = 0.0
    is_own: bool = True


def plain_words(name: str) -> str:
    """A name in small letters, its words apart, without brands in brackets and keys in front.

    Examples
    --------
    >>> plain_words("c#3 - Hi-Hat closed"), plain_words("BassDrum2 (Tama 22)")
    ('hi hat closed', 'bass drum 2')
    """
    name = re.sub(r"\(.*?\)", " ", name)
    name = re.sub(r"^\s*[A-Ga-g]#?\d\s*-", " ", name)
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()
    name = re.sub(r"[^a-z0-9]+", " ", name)
    return re.sub(r"(?<=[a-z])(?=\d)|(?<=\d)(?=[a-z])", " ", name).strip()


def kind_of(name: str) -> str:
    """What a drum is, in a word; "" when its name does not tell.

    Examples
    --------
    >>> [kind_of(name) for name in ("Kick 1", "Tom Floor", "Closed HH", "Hat 1 Pd", "Open HH", "ride-cup", "17")]
    ['kick', 'tom', 'hat', 'hat pedal', 'hat open', 'bell', '']
    """
    words = plain_words(name)
    return next((kind for kind, pattern in _KINDS if re.search(pattern, words)), "")


def keys_of_kit(names: Sequence[str], *, choice: int = 0) -> dict[int, Heard]:
    """Give the instruments of a kit to General MIDI's drum keys.

    Parameters
    ----------
    names : of the instruments, in the order of the kit
    choice : which of several kicks, snares, hats ... of a kit; 0 is the plainest of each

    Returns
    -------
    What sounds for each key; keys that even the nearest drum does not suit are missing.

    Examples
    --------
    >>> {key: heard.number for key, heard in keys_of_kit(["Kick", "Snare", "Closed HH"]).items() if heard.is_own}
    {35: 0, 36: 0, 38: 1, 40: 1, 42: 2, 44: 2}
    """
    of_kind: dict[str, list[int]] = {}
    for index, name in enumerate(names):
        of_kind.setdefault(kind_of(name), []).append(index)
    for kind, indices in of_kind.items():
        indices.sort(key=lambda index: (_oddness(names[index], kind), -_height(names[index]) if kind in _HIGH_FIRST else 0.0, index))
    if not of_kind.get("kick") and not of_kind.get("snare"):
        return {FIRST_KEY + index: Heard(index) for index in range(min(len(names), 128 - FIRST_KEY))}
    cymbals = of_kind.pop("cymbal", [])
    for kind in ("ride", "crash"):
        if cymbals and kind not in of_kind:
            of_kind[kind] = [cymbals.pop(0)]
    of_kind.setdefault("crash", []).extend(cymbals)
    keys: dict[int, Heard] = {}
    for kind, wanted in _KEYS.items():
        have = of_kind.get(kind, [])
        plain = [index for index in have if _oddness(names[index], kind) < 2.0] or have[:1]
        turn = choice % len(plain) if plain else 0
        for key, index in zip(wanted, plain[turn:] + plain[:turn], strict=False):
            keys[key] = Heard(index)
    keys |= _toms(names, of_kind.get("tom", []))
    own = frozenset(keys)
    for key, others in _LENT.items():
        lender = next(((other, gain_db) for other, gain_db in others if other in own), None)
        if key not in keys and lender is not None:
            is_own = any({key, lender[0]} <= alike for alike in _ALIKE)
            keys[key] = Heard(keys[lender[0]].number, lender[1], is_own)
    return dict(sorted(keys.items()))


def _oddness(name: str, kind: str) -> float:
    """How far an instrument is from the plain stroke on the drum."""
    words = [word for word in plain_words(name).replace("rim shot", "rimshot").split() if word not in kind.split()]
    return sum(_OTHERWISE_PLAYED.get(word, 0.0) for word in words)


def _toms(names: Sequence[str], indices: Sequence[int]) -> dict[int, Heard]:
    """Spread the toms there are over the six keys, the lowest first; every key is then as true as the kit can be."""
    if not indices:
        return {}
    low_first = sorted(indices, key=lambda index: (_height(names[index]), index))
    distinct = [
        index for place, index in enumerate(low_first) if not place or _height(names[index]) != _height(names[low_first[place - 1]])
    ]
    return {key: Heard(distinct[place * len(distinct) // len(_TOMS)]) for place, key in enumerate(_TOMS)}


def _height(name: str) -> float:
    words = plain_words(name).split()
    if "floor" in words:
        return 0.0
    if {"low", "lo", "tomlo", "tomlow"} & set(words):
        return 1.0
    if {"hi", "high", "tomhi", "tomhigh"} & set(words):
        return 4.0
    if {"mid", "middle", "med", "tommid"} & set(words):
        return 2.0
    number = next((float(word) for word in words if word.isdigit()), 0.0)
    return 3.0 - 0.1 * number  # drummers count them from the highest
