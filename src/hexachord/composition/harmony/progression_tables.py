"""What progressions are made of: named loops, chords by what they do in styles, and where moods lie.

Loops are the common property of their styles: schemata of the sixteenth century, the blues, turnarounds. Moods are places in the plane of
valence and arousal (J. A. Russell, "A circumplex model of affect", J. Personality and Social Psychology 39(6), 1980).
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Loop:
    """A named progression: Roman numerals, one for each place, `places` of them to a bar, in a mode."""

    numerals: tuple[str, ...]
    mode: str = "major"
    places: int = 1
    flavour: str = "pop"


def _loop(text: str, *, mode: str = "major", places: int = 1, flavour: str = "pop") -> Loop:
    return Loop(numerals=tuple(text.split()), mode=mode, places=places, flavour=flavour)


LOOPS: Mapping[str, Loop] = {
    "axis": _loop("I V vi IV"),
    "doo-wop": _loop("I vi IV V"),
    "canon": _loop("I V vi iii IV I IV V"),
    "three chords": _loop("I IV I V I IV V I"),
    "mixolydian": _loop("I bVII IV I"),
    "epic": _loop("i VI III VII", mode="minor"),
    "andalusian": _loop("i VII VI V", mode="minor", flavour="chorale"),
    "royal road": _loop("IVM7 V7 iii7 vi7", flavour="jazz"),
    "blues": _loop("I7 IV7 I7 I7 IV7 IV7 I7 I7 V7 IV7 I7 V7", flavour="jazz"),
    "jazz blues": _loop(
        "I7 I7 IV7 IV7 I7 I7 v7 I7 IV7 IV7 #ivo7 #ivo7 I7 I7 V7/ii V7/ii ii7 ii7 V7 V7 I7 V7/ii ii7 V7", places=2, flavour="jazz"
    ),
    "minor blues": _loop("i7 iv7 i7 i7 iv7 iv7 i7 i7 VI7 V7 i7 V7", mode="minor", flavour="jazz"),
    "turnaround": _loop("IM7 vi7 ii7 V7", places=2, flavour="jazz"),
    "rhythm changes": _loop("I vi7 ii7 V7 I vi7 ii7 V7 I V7/IV IV iv I V7 I I", places=2, flavour="jazz"),
    "two-five-one": _loop("ii7 V7 IM7 IM7", flavour="jazz"),
    "minor two-five-one": _loop("iiø7 V7 i i", mode="minor", flavour="jazz"),
    "circle": _loop("i7 iv7 VII7 IIIM7 VIM7 iiø7 V7 i", mode="minor", flavour="jazz"),
    "bossa": _loop("IM7 IM7 V7/V V7/V ii7 bII7 IM7 bII7", flavour="jazz"),
    "folia": _loop("i V i VII III VII i V i V i VII III VII V i", mode="minor", flavour="chorale"),
    "romanesca": _loop("III VII i V III VII V i", mode="minor", flavour="chorale"),
    "passamezzo": _loop("i VII i V III VII V i", mode="minor", flavour="chorale"),
    "lament": _loop("i v6 iv6 V", mode="minor", flavour="chorale"),
}  # fmt: skip

MOODS: Mapping[str, tuple[float, float]] = {
    "happy": (0.8, 0.5), "sad": (-0.7, -0.5), "calm": (0.4, -0.7), "tense": (-0.5, 0.6), "angry": (-0.8, 0.8), "romantic": (0.4, -0.2),
    "epic": (-0.1, 0.8), "dreamy": (0.3, -0.5), "nostalgic": (-0.1, -0.3), "dark": (-0.8, 0.1), "hopeful": (0.5, 0.2),
    "mysterious": (-0.4, -0.2), "playful": (0.7, 0.4), "solemn": (-0.2, -0.6), "bright": (0.8, 0.0), "excited": (0.3, 0.9),
}  # fmt: skip
"""Valence and arousal, -1 to 1."""

CADENCES: Mapping[str, tuple[str, ...]] = {
    "authentic": ("S", "D", "T!"), "half": ("S", "D!"), "plagal": ("S!", "T!"), "deceptive": ("S", "D", "6!"), "open": (),
}  # fmt: skip
"""What the last places do; an exclamation mark asks for the plainest chord that does it."""


@dataclass(frozen=True, kw_only=True)
class ProgressionStyle:
    """A manner of harmony.

    Attributes
    ----------
    flavour : whose statistics say what follows what
    chords : mode → function (T, S, D) → numerals, the plainest first
    applied : how often a chord gets a dominant of its own before it
    two_five : how often a dominant gets its predominant
    places : chords a bar where nothing is said
    """

    flavour: str
    chords: Mapping[str, Mapping[str, tuple[str, ...]]]
    applied: float = 0.1
    two_five: float = 0.0
    places: int = 1


def _style(major: tuple[str, str, str], minor: tuple[str, str, str]) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    named = {"major": major, "minor": minor}
    return {mode: {function: tuple(text.split()) for function, text in zip("TSD", texts, strict=True)} for mode, texts in named.items()}


STYLES: Mapping[str, ProgressionStyle] = {
    "pop": ProgressionStyle(
        flavour="pop", applied=0.06,
        chords=_style(("I vi iii I6", "IV ii ii7 bVII iv", "V Vsus4 V7"), ("i III VI", "iv VI iiø7 iv7", "VII v V"))
    ),
    "rock": ProgressionStyle(
        flavour="pop", applied=0.04,
        chords=_style(("I vi", "IV bVII ii bIII", "V bVII"), ("i III VI", "iv VI IV", "VII v V")),
    ),
    "jazz": ProgressionStyle(
        flavour="jazz", applied=0.3, two_five=0.6,
        chords=_style(("IM7 vi7 iii7 I", "ii7 IVM7 iiø7 iv7", "V7 bII7"), ("i7 i IIIM7 VIM7", "iiø7 iv7 VIM7", "V7 bII7 VII7")),
    ),
    "bossa": ProgressionStyle(
        flavour="jazz", applied=0.35, two_five=0.4,
        chords=_style(("IM7 vi7 iii7", "ii7 iv7 IVM7 bVII7", "V7 bII7"), ("i7 VIM7 IIIM7", "iiø7 iv7", "V7 bII7")),
    ),
    "blues": ProgressionStyle(flavour="jazz", applied=0.12, chords=_style(("I7", "IV7 ii7 #ivo7", "V7"), ("i7 i", "iv7 VI7", "V7"))),
    "classical": ProgressionStyle(
        flavour="chorale", applied=0.12,
        chords=_style(("I vi I6", "ii6 IV ii ii65", "V7 V V65 viio6"), ("i VI III i6", "iv iiø65 N6 VI", "V V7 V65 viio7")),
    ),
    "folk": ProgressionStyle(flavour="pop", applied=0.03, chords=_style(("I vi", "IV ii", "V V7"), ("i III", "iv VI", "V VII"))),
}  # fmt: skip
