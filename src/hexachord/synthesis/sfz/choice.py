"""Which regions answer a stroke: keys, velocities, controls, keyswitches, chance and round robins.

Everything is indexed by key when the file is loaded; a stroke then looks at the few regions of its key. What must be remembered between
strokes lives in `Strike.counts`: each region's round robin under its index, keyswitches and the key before under negative numbers.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from hexachord.synthesis.model import DEFAULT_CONTROLS, Strike
from hexachord.synthesis.sfz.asked import PER_STROKE, RANDOM
from hexachord.synthesis.sfz.regions import Bounds, Region

_KEYS = 128
_PREVIOUS_KEY = -1
_FIRST_SWITCH = -2
_OWN_GROUPS = 1 << 32  # beyond the numbers a file may give its groups

_RANDOM_OPCODES = ("offset_random", "delay_random", "amp_random", "pitch_random", "fil_random")


class Keyswitch(NamedTuple):
    """One set of keyswitches: the keys that regions name, and the one that holds before any is pressed."""

    keys: frozenset[int]
    initial: int


class Candidate(NamedTuple):
    """A region with its conditions as plain numbers.

    `switch` is the index of its keyswitches (-1 for none) and the keys among them that let it sound. `controls` are those its voices
    depend on; `is_fixed` says that nothing of it is left to chance, so its voices may be kept. `group` ends voices that the file ends by
    a polyphony of 1 (0 when it does not).
    """

    region: Region
    low_velocity: float
    high_velocity: float
    bounds: tuple[Bounds, ...]
    switch: int
    switch_low: int
    switch_high: int
    round_length: int
    round_position: int
    low_chance: float
    high_chance: float
    trigger: str
    down: int
    up: int
    previous: int
    controls: tuple[int, ...]
    is_fixed: bool
    group: int
    is_group_per_key: bool


@dataclass(frozen=True, kw_only=True, eq=False)
class Chooser:
    """The regions of an instrument by key, and its keyswitches."""

    pressed: tuple[tuple[Candidate, ...], ...]
    released: tuple[tuple[Candidate, ...], ...]
    switches: tuple[Keyswitch, ...]
    standing: dict[int, float]
    notes: tuple[str, ...] = ()

    def is_mapped(self, key: int) -> bool:
        """Whether a key sounds something or switches something."""
        return 0 <= key < _KEYS and bool(self.pressed[key] or self.released[key] or any(key in switch.keys for switch in self.switches))

    def on_press(self, strike: Strike) -> Iterator[Candidate]:
        """Regions that a key going down sounds; round robins and keyswitches move on."""
        if not 0 <= strike.key < _KEYS:
            return
        for at, switch in enumerate(self.switches):
            if strike.key in switch.keys:
                strike.counts[_FIRST_SWITCH - at] = strike.key + 1
        previous = strike.counts.get(_PREVIOUS_KEY, 0) - 1
        strike.counts[_PREVIOUS_KEY] = strike.key + 1
        for candidate in self.pressed[strike.key]:
            if (candidate.trigger == "first" and strike.held) or (candidate.trigger == "legato" and not strike.held):
                continue
            if candidate.previous >= 0 and candidate.previous != previous:
                continue
            if self._answers(candidate, strike):
                yield candidate

    def on_release(self, strike: Strike) -> Iterator[Candidate]:
        """Regions that a key going up sounds."""
        if 0 <= strike.key < _KEYS:
            for candidate in self.released[strike.key]:
                if self._answers(candidate, strike):
                    yield candidate

    def _answers(self, candidate: Candidate, strike: Strike) -> bool:
        if not candidate.low_velocity <= strike.velocity <= candidate.high_velocity:
            return False
        if candidate.switch >= 0:
            last = strike.counts.get(_FIRST_SWITCH - candidate.switch, self.switches[candidate.switch].initial + 1) - 1
            if not candidate.switch_low <= last <= candidate.switch_high:
                return False
        for control, low, high in candidate.bounds:
            if not low <= self._control(strike, control) <= high:
                return False
        if (candidate.down >= 0 and candidate.down not in strike.held) or (candidate.up >= 0 and candidate.up in strike.held):
            return False
        if not candidate.low_chance <= strike.chance < candidate.high_chance:
            return False
        if candidate.round_length > 1:
            turn = strike.counts.get(candidate.region.index, 0)
            strike.counts[candidate.region.index] = turn + 1
            return turn % candidate.round_length == candidate.round_position - 1
        return True

    def _control(self, strike: Strike, number: int) -> float:
        moved = strike.controls.get(number)
        return self.standing.get(number, DEFAULT_CONTROLS.get(number, 0.0)) if moved is None else moved


def choose_from(regions: Sequence[Region], *, standing: dict[int, float]) -> Chooser:
    """Index regions by key."""
    switches, places, notes = _switches(regions)
    ended = {int(region.number("off_by")) for region in regions} - {0}
    pressed: list[list[Candidate]] = [[] for _ in range(_KEYS)]
    released: list[list[Candidate]] = [[] for _ in range(_KEYS)]
    shared_polyphony = 0
    for region in regions:
        candidate = _candidate(region, switch=places.get(region.index, -1), ended=ended, standing=standing)
        limits = (region.number("polyphony"), region.number("note_polyphony"))
        shared_polyphony += not candidate.group and any(limits) and not region.is_release
        for key in region.keys:
            (released if region.is_release else pressed)[key].append(candidate)
    if shared_polyphony:
        notes.append(f"not played: a limit of polyphony in {shared_polyphony} regions (voices sound to their end)")
    return Chooser(
        pressed=tuple(map(tuple, pressed)), released=tuple(map(tuple, released)), switches=switches, standing=standing, notes=tuple(notes)
    )


def _candidate(region: Region, *, switch: int, ended: set[int], standing: dict[int, float]) -> Candidate:
    moving = {modulation.control for modulation in region.modulations}
    group, is_per_key = _own_group(region, ended)
    low_switch, high_switch = _awaited(region)
    high_chance = region.number("hirand")
    return Candidate(
        region=region,
        low_velocity=region.number("lovel"),
        high_velocity=region.number("hivel"),
        bounds=region.bounds,
        switch=switch,
        switch_low=low_switch,
        switch_high=high_switch,
        round_length=int(region.number("seq_length")),
        round_position=int(region.number("seq_position")),
        low_chance=region.number("lorand"),
        high_chance=2.0 if high_chance >= 1.0 else high_chance,
        trigger=region.word("trigger", "attack"),
        down=int(region.number("sw_down")),
        up=int(region.number("sw_up")),
        previous=int(region.number("sw_previous")),
        controls=tuple(sorted((moving - PER_STROKE) | {fade.control for fade in region.fades} | set(standing))),
        is_fixed=not (moving & RANDOM or any(region.number(base) for base in _RANDOM_OPCODES)),
        group=group,
        is_group_per_key=is_per_key,
    )


def _own_group(region: Region, ended: set[int]) -> tuple[int, bool]:
    """A group for regions that the file limits to one voice, where its own groups leave room for it."""
    group = int(region.number("group"))
    if region.is_release or region.number("off_by") or group in ended:
        return 0, False
    if region.number("note_polyphony") == 1:
        return _OWN_GROUPS + 128 * abs(group), True
    if region.number("polyphony") == 1 and group:
        return group, False
    return 0, False


def _awaited(region: Region) -> tuple[int, int]:
    """The keyswitches that let a region sound, first and last; (-1, -1) when it waits for none."""
    low = int(region.number("sw_lolast") if region.gives("sw_lolast") else region.number("sw_last"))
    high = int(region.number("sw_hilast") if region.gives("sw_hilast") else low)
    return low, max(low, high)


def _switches(regions: Iterable[Region]) -> tuple[tuple[Keyswitch, ...], dict[int, int], list[str]]:
    """The sets of keyswitches, which of them each region looks at, and what had to be assumed.

    Only keys that some region waits for switch: a file may give a range that is wider, or none at all.
    """
    named: dict[tuple[int, int], set[int]] = {}
    initial: dict[tuple[int, int], int] = {}
    where: dict[int, tuple[int, int]] = {}
    for region in regions:
        span = (int(region.number("sw_lokey")), int(region.number("sw_hikey")))
        if region.gives("sw_default"):
            initial.setdefault(span, int(region.number("sw_default")))
        low, high = _awaited(region)
        if low < 0:
            continue
        named.setdefault(span, set()).update(range(low, high + 1))
        where[region.index] = span
    notes = []
    for span, keys in named.items():
        if span not in initial:
            initial[span] = min(keys)
            notes.append(f"no sw_default: keyswitch {min(keys)} holds until another is pressed")
    spans = list(named)
    switches = tuple(Keyswitch(frozenset(named[span]), initial[span]) for span in spans)
    return switches, {index: spans.index(span) for index, span in where.items()}, notes
