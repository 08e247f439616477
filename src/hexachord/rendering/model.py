"""What the data engine hands from hand to hand: music as it is played, with the truth about it on the clock of the performance.

A `Take` is drawn from scores, needs no sound yet, and knows everything exactly: the strokes are the notes. Instruments and production
then make sound of it without changing any time in it.
"""

from dataclasses import dataclass, field

from hexachord.knowledge.model import Events, Knowledge, Segments
from hexachord.synthesis.model import Track
from hexachord.synthesis.synthesizers.patch import Role

__all__ = ["Role", "Take"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Take:
    """One performance, ready to be given instruments.

    `tracks` and `roles` belong together, row by row. `truth` holds beats with positions, tempo, metre (the first), key, local keys, chords,
    sections, all notes, the melody's notes and its f0 as it is bent, vibrato and all; what is not known of a source is None, never guessed. `metres` has
    the metre over time as ``"3/4"``; `drums` every stroke of a drum by class (``kick snare hihat_closed hihat_open tom ride crash clap
    other``); `pedal` spans where the sustain pedal is down. `origins` names the works it was made of, as ``corpus/id``, for the split.
    """

    id: str
    seed: int
    tracks: tuple[Track, ...]
    roles: tuple[Role, ...]
    truth: Knowledge
    metres: Segments | None = None
    drums: Events | None = None
    pedal: Segments | None = None
    swing: float = 0.5  # where the off-beat eighth falls in its beat: 0.5 straight, 0.667 a triplet
    origins: tuple[str, ...] = ()
    genre: str = ""
    notes: dict[str, str] = field(default_factory=dict)  # how it was made, in words, for the catalogue

    def __post_init__(self) -> None:
        if len(self.tracks) != len(self.roles):
            raise ValueError(f"{len(self.tracks)} tracks but {len(self.roles)} roles")
