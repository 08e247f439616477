"""What the data engine hands from hand to hand: music as it is played, with the truth about it on the clock of the performance.

A `Take` is drawn from scores, needs no sound yet, and knows everything exactly: the strokes are the notes. Instruments and production
then make sound of it without changing any time in it.
"""

from dataclasses import dataclass, field

import numpy as np

from hexachord.arrays import FloatArray, IntArray
from hexachord.knowledge.model import Events, Knowledge, Segments
from hexachord.synthesis.model import Track
from hexachord.synthesis.synthesizers.patch import Role

__all__ = ["LocalTempo", "Presence", "Role", "Take"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Presence:
    """Who plays when: a row for each stretch that a track plays without a long rest, in order of `start_s`; tracks overlap.

    Attributes
    ----------
    start_s, end_s : from the first stroke of the stretch until the last one is let go
    track : index into `Take.tracks`
    role, family : what it does, and what kind of instrument does it (see `hexachord.rendering.presence.FAMILIES`)
    program, origin : the General MIDI program that is played, and of which set of instruments (``font/fluid_r3``)
    """

    start_s: FloatArray
    end_s: FloatArray
    track: IntArray
    role: tuple[str, ...]
    family: tuple[str, ...]
    program: IntArray
    origin: tuple[str, ...]

    def __post_init__(self) -> None:
        lengths = {len(column) for column in (self.start_s, self.end_s, self.track, self.role, self.family, self.program, self.origin)}
        if len(lengths) > 1:
            raise ValueError(f"Presence: columns differ in length: {sorted(lengths)}")

    def __len__(self) -> int:
        return len(self.start_s)


@dataclass(frozen=True, kw_only=True, eq=False)
class LocalTempo:
    """The tempo over time: `bpm` holds from its `time_s` until the next."""

    time_s: FloatArray
    bpm: FloatArray

    def __post_init__(self) -> None:
        if len(self.time_s) != len(self.bpm):
            raise ValueError(f"LocalTempo: {len(self.time_s)} times but {len(self.bpm)} tempi")

    def at(self, time_s: FloatArray) -> FloatArray:
        """Return the tempo at times; before the first beat it is that of the first."""
        index = np.clip(np.searchsorted(self.time_s, time_s, side="right") - 1, 0, None)
        return np.asarray(self.bpm[index])


@dataclass(frozen=True, kw_only=True, eq=False)
class Take:
    """One performance, ready to be given instruments.

    `tracks` and `roles` belong together, row by row. `truth` holds beats with positions, tempo, metre (the first), key, local keys, chords,
    sections, all notes, the melody's notes and its f0 as it is bent, vibrato and all; what is not known of a source is None, never guessed.
    `metres` has the metre over time as ``"3/4"``; `drums` every stroke of a drum by class (``kick snare hihat_closed hihat_open tom ride
    crash clap other``); `pedal` spans where the sustain pedal is down. `origins` names the works it was made of, as ``corpus/id``, for the
    split.

    What depends on the sound is None until the take is rendered (see `hexachord.rendering.labels`): `presence` has who plays when,
    `local_tempo` the tempo over time, `heard` the spans in which anything can be heard where a production fades or cuts it.
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
    presence: Presence | None = None
    local_tempo: LocalTempo | None = None
    heard: Segments | None = None
    origins: tuple[str, ...] = ()
    genre: str = ""
    notes: dict[str, str] = field(default_factory=dict)  # how it was made, in words, for the catalogue

    def __post_init__(self) -> None:
        if len(self.tracks) != len(self.roles):
            raise ValueError(f"{len(self.tracks)} tracks but {len(self.roles)} roles")

    @property
    def kind(self) -> str:
        """What was drawn: ``band``, ``piano`` ... (see `hexachord.rendering.take.KINDS`)."""
        return self.notes.get("kind", "")
