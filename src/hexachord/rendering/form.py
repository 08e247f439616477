"""The form of an arrangement: stretches of bars, what they are called and who plays in them."""

from dataclasses import dataclass

import numpy as np

from hexachord.rendering.music import BarLine, Span


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """Some bars of an arrangement and who plays in them; `energy` scales loudness.

    `silent` may hold ``drums kick bass chords second pad tune sequence``; a stretch that `builds` ends in a roll that grows.
    """

    first: int
    count: int
    label: str
    silent: frozenset[str] = frozenset()
    half_time: bool = False
    energy: float = 1.0
    builds: bool = False


_QUIET = {"intro": 0.85, "verse": 0.9, "break": 0.8, "bridge": 0.92, "pre-chorus": 0.95, "outro": 0.88, "interlude": 0.92}


def drawn_plan(bars: tuple[BarLine, ...], random: np.random.Generator, *, sections: tuple[Span, ...] | None = None) -> tuple[Stretch, ...]:
    """Divide bars into stretches, those of `sections` or of four, eight or sixteen: an intro now and then, breaks, half-time.

    Half-time is a feel of the drums against music that goes on; a whole take of it would simply be slower, so it never comes first.
    """
    size = int(random.choice([4, 8, 8, 16]))
    pickup = 1 if len(bars) > 1 and bars[0].length < bars[0].full - 1e-6 else 0
    borders = [0, *range(size + pickup, len(bars), size)]
    names: list[str] = []
    if sections:
        starts = [bar.start for bar in bars]
        borders = sorted({int(np.clip(np.searchsorted(starts, span.start - 1e-6), 0, len(bars) - 1)) for span in sections} | {0})
        names = [next((span.label for span in reversed(sections) if span.start <= bars[first].start + 1e-6), "verse") for first in borders]
    plan: list[Stretch] = []
    loud = bool(random.random() < 0.5)
    for index, first in enumerate(borders):
        count = (borders[index + 1] if index + 1 < len(borders) else len(bars)) - first
        silent: set[str] = set()
        label, half_time = names[index] if names else "chorus" if loud else "verse", False
        opens = label == "intro" if names else index == 0 and random.random() < 0.35
        if opens and index == 0 and len(borders) > 1:
            label = "intro"
            silent |= {name for name, chance in (("drums", 0.7), ("tune", 0.6), ("bass", 0.5), ("pad", 0.5)) if random.random() < chance}
        elif index and not plan[-1].half_time and random.random() < 0.2:
            label = label if names else "break"
            silent |= {name for name, chance in (("drums", 0.8), ("bass", 0.5), ("chords", 0.3)) if random.random() < chance}
        elif index and count <= 8 and not plan[-1].half_time and random.random() < 0.1:
            half_time = True
        if label == "verse":
            silent |= {name for name, chance in (("pad", 0.6), ("second", 0.6)) if random.random() < chance}
        energy = _QUIET.get(label, 1.0) if len(borders) > 1 else 1.0
        plan.append(Stretch(first=first, count=count, label=label, silent=frozenset(silent), half_time=half_time, energy=energy))
        loud = not loud if random.random() < 0.6 else loud
    return tuple(plan)


_PARTS: dict[str, tuple[str, ...]] = {  # what is silent, and the chance that it really is
    "intro": ("tune", "chords", "pad", "second"),
    "verse": ("second",),
    "break": ("drums", "bass", "second"),
    "build": ("kick", "bass"),
    "drop": (),
    "outro": ("tune", "chords", "second"),
}
_FOLLOWING: dict[str, tuple[str, ...]] = {
    "intro": ("verse", "build", "drop"),
    "verse": ("build", "break", "drop"),
    "break": ("build", "build", "verse"),
    "build": ("drop",),
    "drop": ("break", "verse", "drop", "outro"),
    "outro": ("intro", "outro"),
}


def dance_plan(bars: tuple[BarLine, ...], random: np.random.Generator) -> tuple[Stretch, ...]:
    """Divide bars as clubs do: intro, build, drop, break; a take may begin anywhere in it."""
    size = int(random.choice([2, 4, 4, 8]))
    label = str(random.choice(["intro", "verse", "break", "build", "drop", "drop"]))
    plan: list[Stretch] = []
    for first in range(0, len(bars), size):
        count = min(size, len(bars) - first)
        silent = frozenset(part for part in _PARTS[label] if random.random() < 0.8)
        energy = {"drop": 1.0, "break": 0.85}.get(label, 0.93)
        plan.append(Stretch(first=first, count=count, label=label, silent=silent, energy=energy, builds=label == "build"))
        label = str(random.choice(_FOLLOWING[label]))
    return tuple(plan)
