"""How much sound a page can hold: bit rates by length, so that a page stays small enough to open.

A song of four minutes gets everything in good quality; longer ones get less, and it is said what was left out.
"""

from dataclasses import dataclass

_BUDGET_BYTES = 28 << 20  # of all sound together, in base64; beside it stand a few MB of pictures, notes and scores
_LAST_BUDGET_BYTES = 52 << 20  # for the mix of a very long recording alone
_BASE64 = 4 / 3


@dataclass(frozen=True, kw_only=True)
class Rate:
    """One way to compress: MP3 at a constant rate. 44.1 kHz from 56 kbit/s up and 32 kHz from 40 up leave the encoder room for its gapless
    tag, by which players drop the silence that it put in front; below them, sound would come late."""

    kbps: int
    rate_hz: int
    mono: bool

    def page_bytes(self, duration_s: float) -> float:
        """What it takes in a page."""
        return self.kbps * 125.0 * duration_s * _BASE64


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The rates for a song's mix and stems; None for what is left out, and `why`."""

    mix: Rate | None
    stems: Rate | None
    why: str = ""


_GOOD = Rate(kbps=160, rate_hz=44100, mono=False)
_FAIR = Rate(kbps=128, rate_hz=44100, mono=False)
_LOW = Rate(kbps=96, rate_hz=44100, mono=False)
_MONO = Rate(kbps=64, rate_hz=44100, mono=True)
_SMALL = Rate(kbps=40, rate_hz=32000, mono=True)
_WITH_STEMS = ((_GOOD, _LOW), (_FAIR, _MONO), (_LOW, _SMALL))  # (mix, each stem)
_MIX_ALONE = (_GOOD, _FAIR, _LOW, _MONO, _SMALL)


def plan_sound(duration_s: float, *, stems: int) -> Plan:
    """Choose the best rates that fit into a page.

    Examples
    --------
    >>> plan_sound(240.0, stems=4).stems.kbps, plan_sound(480.0, stems=4).stems.kbps
    (96, 40)
    >>> plan_sound(7200.0, stems=4)
    Plan(mix=Rate(kbps=40, rate_hz=32000, mono=True), stems=None, why='a page cannot hold 4 stems of 120 minutes; they lie beside it')
    """
    minutes = duration_s / 60
    for mix, stem in _WITH_STEMS if stems else ():
        if mix.page_bytes(duration_s) + stems * stem.page_bytes(duration_s) <= _BUDGET_BYTES:
            return Plan(mix=mix, stems=stem)
    why = f"a page cannot hold {stems} stems of {minutes:.0f} minutes; they lie beside it" if stems else ""
    for mix in _MIX_ALONE:
        budget = _LAST_BUDGET_BYTES if mix is _SMALL else _BUDGET_BYTES
        if mix.page_bytes(duration_s) <= budget:
            return Plan(mix=mix, stems=None, why=why)
    return Plan(mix=None, stems=None, why=f"a page cannot hold a recording of {minutes:.0f} minutes")
