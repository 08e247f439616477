"""A drummer and a percussionist at one track: what a kit has not got, another bank lends."""

from dataclasses import replace

from hexachord.synthesis.hydrogen import HydrogenKit
from hexachord.synthesis.model import Instrument, Strike, Voice

_OTHER_GROUPS = 1000


class WithPercussionist:
    """A kit whose missing drums (cymbals of a machine, congas, shakers) come from a lender; its own drums stay its own.

    Groups of the lender are kept apart, so that a triangle does not silence a hi-hat.
    """

    def __init__(self, *, kit: Instrument, lender: Instrument) -> None:
        self.name = kit.name
        self._kit, self._lender = kit, lender
        self._known: dict[Voice, Voice] = {}  # the same voice again is the same object again: players keep its sound

    def attack(self, strike: Strike) -> tuple[Voice, ...]:
        """Answer a stroke from whoever has the drum."""
        if self._has(strike.key):
            return self._kit.attack(strike)
        return tuple(self._known.get(voice) or self._apart(voice) for voice in self._lender.attack(strike))

    def release(self, strike: Strike, *, held_s: float) -> tuple[Voice, ...]:
        """Nothing sounds when a stick goes up."""
        return ()

    def _has(self, key: int) -> bool:
        return not isinstance(self._kit, HydrogenKit) or key in self._kit.own_keys

    def _apart(self, voice: Voice) -> Voice:
        apart = voice
        if voice.group or voice.cuts:
            group = voice.group + _OTHER_GROUPS if voice.group else 0
            apart = replace(voice, group=group, cuts=voice.cuts + _OTHER_GROUPS if voice.cuts else 0)
        self._known[voice] = apart
        return apart
