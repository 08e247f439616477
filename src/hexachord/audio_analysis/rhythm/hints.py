"""What a user knows about the rhythm before it is analysed."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class RhythmHints:
    """What the user knows.

    Attributes
    ----------
    tempo_bpm : (slowest, fastest) the beat may be
    beats_per_bar : the metre
    tapped_s : times at which the user tapped beats; they need not be many, nor exact to more than 0.1 s
    downbeat_s : a time at which a bar starts ("it starts here")
    """

    tempo_bpm: tuple[float, float] | None = None
    beats_per_bar: int | None = None
    tapped_s: tuple[float, ...] = ()
    downbeat_s: float | None = None

    def __bool__(self) -> bool:
        return self != RhythmHints()
