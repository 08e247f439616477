"""A mood for music that is to be composed: the rule that reads valence and arousal, the other way round.

`hexachord.theory.emotion` places music by mode, speed, density, register and loudness (Eerola, Friberg, Bresin, 2013), all with one weight.
Whoever wishes for a place gets cues that lead there: a major or minor key and a tempo where nobody said one, denser or sparser parts,
higher or lower ones, louder or softer notes. The language model is told the wish as well; the cues do most of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from hexachord.composition.clips import Clip
from hexachord.composition.controls import Controls, PartControls
from hexachord.composition.usual import usual_part
from hexachord.composition.vocabulary import CHORD, Vocabulary
from hexachord.errors import InputError
from hexachord.theory.emotion import USUAL
from hexachord.theory.keys import KEY_NAMES

_USUAL_BPM, _SLOWEST, _FASTEST = 88.0, 48.0, 176.0
_BY_TEMPO = 0.6  # of what speed is to change, the tempo's share; density has the rest
_FARTHEST = 1.8  # spreads that a cue goes from the usual
_HIGHEST_SHIFT = 7  # semitones


@dataclass(frozen=True, kw_only=True)
class Mood:
    """Where music is to lie: -1 to 1 each, None for wherever it falls.

    Examples
    --------
    >>> Mood(valence=0.6, arousal=0.5).speed > 0 > Mood(valence=-0.5, arousal=-0.5).speed
    True
    """

    valence: float | None = None
    arousal: float | None = None

    def __post_init__(self) -> None:
        for name in ("valence", "arousal"):
            value = getattr(self, name)
            if value is not None and not -1 <= value <= 1:
                raise InputError(f"{name} {value:g}", found="beyond the plane", expected="-1 to 1")

    def __bool__(self) -> bool:
        return self.valence is not None or self.arousal is not None

    @property
    def speed(self) -> float:
        """How fast, in spreads from the usual: as excited as is wished, or a little of how happy."""
        return _spreads(self.arousal) if self.arousal is not None else 0.4 * _spreads(self.valence)

    @property
    def register(self) -> float:
        """How high, in spreads from the usual: what mode and speed leave of the valence that is wished."""
        if self.valence is None:
            return 0.0
        mode = 1.0 if self.valence >= 0 else -1.0
        return float(np.clip(3.0 * _spreads(self.valence) - self.speed - mode, -_FARTHEST, _FARTHEST))

    def key(self, seed: int) -> str:
        """A key whose mode says how happy; its tonic is drawn. None is needed where valence falls where it falls: then nothing."""
        if self.valence is None:
            return ""
        return KEY_NAMES[int(np.random.default_rng([5, seed]).integers(12)) + 12 * (self.valence < 0)]

    def quarter_bpm(self) -> float:
        """A tempo."""
        octaves = _BY_TEMPO * USUAL["speed"][1] * self.speed
        return float(np.round(np.clip(_USUAL_BPM * 2.0**octaves, _SLOWEST, _FASTEST)))

    def controls(self, controls: Controls, roles: Sequence[int], *, style: str, vocabulary: Vocabulary) -> Controls:
        """Say the wish, and densities that go with it, for parts of which nothing is said."""
        parts = dict(controls.parts)
        factor = 2.0 ** ((1.0 - _BY_TEMPO) * USUAL["speed"][1] * self.speed)
        for role in roles:
            usual = usual_part(style, vocabulary.roles[role])
            if role != CHORD and role not in parts and usual is not None:
                parts[role] = PartControls(density=usual.density * factor, polyphony=usual.polyphony)
        return replace(controls, valence=self.valence, arousal=self.arousal, parts=tuple(sorted(parts.items())))

    def ranges(self, roles: Sequence[int], *, style: str, vocabulary: Vocabulary) -> dict[str, tuple[int, int]]:
        """The usual ranges, moved up or down; drums have none."""
        shift = int(np.clip(np.rint(USUAL["register"][1] * self.register), -_HIGHEST_SHIFT, _HIGHEST_SHIFT))
        names = [vocabulary.roles[role] for role in roles if role not in (CHORD, vocabulary.drums)]
        found = {name: usual for name in names if (usual := usual_part(style, name)) is not None}
        return {name: (max(0, usual.lowest + shift), min(127, usual.highest + shift)) for name, usual in found.items()} if shift else {}

    def loudness(self, clip: Clip) -> Clip:
        """Louder or softer by as much as the arousal that is wished."""
        shift = int(np.rint(USUAL["loudness"][1] * _spreads(self.arousal)))
        if not shift or not np.any(clip.notes["velocity"]):
            return clip
        notes = clip.notes.copy()
        notes["velocity"] = np.where(notes["velocity"] > 0, np.clip(notes["velocity"] + shift, 1, 127), 0)
        return replace(clip, notes=notes)


def _spreads(value: float | None) -> float:
    """Spreads from the usual that all cues together must be for a place in the plane."""
    return 0.0 if value is None else float(np.clip(np.arctanh(np.clip(value, -0.95, 0.95)), -_FARTHEST, _FARTHEST))
