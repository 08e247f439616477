"""What may be given up when piano music is made easier (`hexachord.composition.pages.simplify`), as dials that are turned step by step."""

from dataclasses import dataclass, fields


@dataclass(frozen=True, kw_only=True)
class Dials:
    """How much is given up; each counts from 0, nothing.

    Attributes
    ----------
    right, left : notes a hand strikes together: any number, 3, 2, 1
    span : semitones between a hand's outer notes: any, 12, 9, 7, 5
    tune : rhythm of the tune: any, sixteenths, eighths, beats
    below : rhythm of everything else: any, sixteenths, eighths, beats, every other beat
    leap : semitones from bass to bass beyond which octaves are changed: any, 12, 7
    tempo : as written, 0.9, 0.8, 0.7, 0.6 of it
    """

    right: int = 0
    left: int = 0
    span: int = 0
    tune: int = 0
    below: int = 0
    leap: int = 0
    tempo: int = 0


TOGETHER = (99, 3, 2, 1)
SPANS = (99, 12, 9, 7, 5)
LEAPS = (99, 12, 7)
TEMPI = (1.0, 0.9, 0.8, 0.7, 0.6)
STEPS = {"right": 4, "left": 4, "span": 5, "tune": 4, "below": 5, "leap": 3, "tempo": 5}


def dials_text(dials: Dials) -> str:
    """Say what was given up.

    Examples
    --------
    >>> dials_text(Dials(left=3, tune=2))
    'left hand 1 at once, tune in eighths'
    """
    words = []
    names = ("", "sixteenths", "eighths", "beats", "every other beat")
    for each in fields(dials):
        value = getattr(dials, each.name)
        if value:
            words.append(
                {
                    "right": f"right hand {TOGETHER[min(dials.right, 3)]} at once",
                    "left": f"left hand {TOGETHER[min(dials.left, 3)]} at once",
                    "span": f"spans up to {SPANS[dials.span]} semitones",
                    "tune": f"tune in {names[dials.tune]}",
                    "below": f"accompaniment in {names[dials.below]}",
                    "leap": f"bass leaps up to {LEAPS[dials.leap]} semitones",
                    "tempo": f"tempo at {TEMPI[dials.tempo]:.0%}",
                }[each.name]
            )
    return ", ".join(words)
