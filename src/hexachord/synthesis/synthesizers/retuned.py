"""Any bank, tuned otherwise: higher or lower, stretched like a piano, each instrument a little off."""

from dataclasses import replace
from math import log2

from hexachord.synthesis.model import Instrument, SoundBank, Strike, Voice


class Retuned:
    """A bank whose instruments play at another pitch; drums stay as they are.

    Parameters
    ----------
    bank : the bank to be tuned
    a4_hz : where its A stands
    stretch_cents_per_octave : how much wider than 2:1 octaves are, around A
    detune_cents : what it is off by itself

    Examples
    --------
    >>> from hexachord.synthesis.plain import PlainBank
    >>> violin = Retuned(PlainBank(), a4_hz=452.89).instrument(program=40)
    >>> voice, = violin.attack(Strike(69, 100, {}, {}))
    >>> plain, = PlainBank().instrument(program=40).attack(Strike(69, 100, {}, {}))
    >>> round(voice.pitch_cents - plain.pitch_cents, 1)
    50.0
    """

    def __init__(self, bank: SoundBank, *, a4_hz: float = 440.0, stretch_cents_per_octave: float = 0.0, detune_cents: float = 0.0) -> None:
        if not a4_hz > 0:
            raise ValueError(f"a4_hz must be positive, not {a4_hz}")
        self._bank = bank
        self._cents = 1200.0 * log2(a4_hz / 440.0) + detune_cents
        self._stretch = stretch_cents_per_octave
        self.name, self.licence = bank.name, bank.licence

    def instrument(self, *, program: int, bank: int = 0, is_percussion: bool = False) -> Instrument:
        """Return the bank's instrument, tuned otherwise unless it is a kit."""
        found = self._bank.instrument(program=program, bank=bank, is_percussion=is_percussion)
        return found if is_percussion else _RetunedInstrument(found, self._cents, self._stretch)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the bank warns of."""
        return self._bank.warnings


class _RetunedInstrument:
    def __init__(self, instrument: Instrument, cents: float, stretch: float) -> None:
        self.name = instrument.name
        self._instrument, self._cents, self._stretch = instrument, cents, stretch
        self._known: dict[tuple[Voice, int], Voice] = {}  # the same voice again is the same object again: players keep its sound

    def attack(self, strike: Strike) -> tuple[Voice, ...]:
        """Answer a key going down."""
        return self._tuned(self._instrument.attack(strike), strike.key)

    def release(self, strike: Strike, *, held_s: float) -> tuple[Voice, ...]:
        """Answer a key going up."""
        return self._tuned(self._instrument.release(strike, held_s=held_s), strike.key)

    def _tuned(self, voices: tuple[Voice, ...], key: int) -> tuple[Voice, ...]:
        return tuple(self._known.get((voice, key)) or self._tune(voice, key) for voice in voices)

    def _tune(self, voice: Voice, key: int) -> Voice:
        cents = self._cents + self._stretch * (key - 69) / 12.0
        tuned = self._known[voice, key] = replace(voice, pitch_cents=voice.pitch_cents + cents)
        return tuned
