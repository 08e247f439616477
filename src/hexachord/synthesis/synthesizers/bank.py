"""Banks of our synthesizers: all of them as General MIDI, or one of them whatever is asked for."""

import numpy as np

from hexachord.errors import InputError
from hexachord.synthesis.model import Instrument
from hexachord.synthesis.synthesizers.instruments import DrumKit, Tone
from hexachord.synthesis.synthesizers.patch import Patch
from hexachord.synthesis.synthesizers.patches import SYNTHESIZERS
from hexachord.synthesis.voices.cache import SoundCache

EVERYTHING = "synth"
_KEPT_BYTES = 64 * 1024 * 1024


def synthesizer_bank(name: str = EVERYTHING, *, seed: int = 0, variation: float = 0.0, kept: SoundCache | None = None) -> "SynthesizerBank":
    """Build a bank of instruments that are computed when they are first heard.

    Parameters
    ----------
    name : ``synth`` for General MIDI, or the name of one of `SYNTHESIZERS`, which then answers for every program (or every kit)
    seed : of what is left to chance: noise, phases, and with `variation` the instruments themselves
    variation : from 0 (each as designed) to 1 (any that passes for its kind); above 0 `seed` also decides which kit plays, and which of
        several synthesizers stands for a program
    kept : where what was computed is kept, when it is shared with other banks

    Raises
    ------
    InputError : if there is no synthesizer of that name.
    ValueError : if the variation is not within 0 .. 1.

    Examples
    --------
    >>> synthesizer_bank().instrument(program=73).name
    'Flute'
    >>> synthesizer_bank("Trumpet", seed=7, variation=0.5).instrument(program=0).name
    'Trumpet'
    """
    if not 0.0 <= variation <= 1.0:
        raise ValueError(f"variation must lie within 0 .. 1, not {variation}")
    patches = SYNTHESIZERS if name == EVERYTHING else tuple(patch for patch in SYNTHESIZERS if patch.name.lower() == name.lower())
    if not patches:
        names = ", ".join(patch.name for patch in SYNTHESIZERS)
        raise InputError(
            name, found="no synthesizer of that name", expected=f"'{EVERYTHING}' or a synthesizer", next_step=f"there are: {names}"
        )
    return SynthesizerBank(name, patches, seed=seed, variation=variation, kept=kept)


class SynthesizerBank:
    """A bank of `patches`, see `synthesizer_bank`. What was computed is kept, so that a bank that plays again does not compute again."""

    licence = "MIT"

    def __init__(self, name: str, patches: tuple[Patch, ...], *, seed: int, variation: float, kept: SoundCache | None = None) -> None:
        self.name = name
        self.patches, self.seed, self.variation = patches, seed, variation
        self._kept = kept or SoundCache(max_bytes=_KEPT_BYTES)
        self._instruments: dict[str, Tone | DrumKit] = {}
        self._warnings: list[str] = []

    def instrument(self, *, program: int, bank: int = 0, is_percussion: bool = False) -> Instrument:
        """Return the synthesizer that stands for a General MIDI program, or a kit; program n chooses kit n where drums are wanted."""
        fitting = [patch for patch in self.patches if (patch.kit is not None) == is_percussion]
        if not fitting:
            self._warn(f"{self.name} has no {'drums' if is_percussion else 'notes'}: the General MIDI set plays them")
            fitting = [patch for patch in SYNTHESIZERS if (patch.kit is not None) == is_percussion]
        able = [patch for patch in fitting if program in patch.programs] or fitting
        if self.variation > 0:
            return self._made(able[int(np.random.default_rng([self.seed, program, is_percussion]).integers(len(able)))])
        return self._made(able[_kit_of(program) % len(able) if is_percussion else 0])

    @property
    def warnings(self) -> tuple[str, ...]:
        """What was replaced so far, in words."""
        return tuple(self._warnings)

    def _made(self, patch: Patch) -> Instrument:
        if patch.name not in self._instruments:
            if patch.kit is not None:
                self._instruments[patch.name] = DrumKit(patch, patch.kit, seed=self.seed, variation=self.variation, kept=self._kept)
            elif patch.recipe is not None:
                self._instruments[patch.name] = Tone(patch, patch.recipe, seed=self.seed, variation=self.variation, kept=self._kept)
            else:
                raise ValueError(f"{patch.name} has neither a recipe nor a kit")
        return self._instruments[patch.name]

    def _warn(self, words: str) -> None:
        if words not in self._warnings:
            self._warnings.append(words)


def _kit_of(program: int) -> int:
    """The kits of General MIDI 2: 24 electronic, 25 analogue, 32 jazz, 40 brushes."""
    return {24: 2, 25: 1, 32: 3, 40: 3}.get(program, 0)
