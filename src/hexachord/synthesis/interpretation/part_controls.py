"""A part's MIDI controllers and bends as curves over time, in the player's terms.

The MIDI 1.0 Detailed Specification's conventions: registered parameters (0: bend range, 1 and 2: tuning) are chosen by controllers 101
and 100 and set by 6 and 38; 121 resets controllers but not volume, pan and bank (RP-015); 120 and 123 end sounds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from hexachord.arrays import Float64Array
from hexachord.score.model import Bend, Control, Part
from hexachord.score.timing import TempoMap
from hexachord.synthesis.model import (
    BEND,
    BEND_RANGE,
    DEFAULT_CONTROLS,
    EXPRESSION,
    MODULATION,
    PAN,
    PRESSURE,
    SOFT,
    SOSTENUTO,
    SUSTAIN,
    VOLUME,
    Curve,
)

_BANK_COARSE, _BANK_FINE, _DATA_COARSE, _DATA_FINE = 0, 32, 6, 38
_NON_REGISTERED = (98, 99)
_REGISTERED_FINE, _REGISTERED_COARSE = 100, 101
_SOUND_OFF, _RESET, _NOTES_OFF = 120, 121, 123
_RESETS = (MODULATION, EXPRESSION, SUSTAIN, SOSTENUTO, SOFT, BEND, PRESSURE)
_TUNING = 1000  # the curve of registered parameters 1 and 2, in cents; never handed out


@dataclass(frozen=True, kw_only=True, eq=False)
class PartControls:
    """What a part's controllers say.

    Attributes
    ----------
    curves : by number, as `Track.controls` has them
    tuning_cents : coarse and fine tuning together, or None
    notes_off_s, sound_off_s : when all keys go up, and when all sound ends
    bank : controllers 0 and 32 when the first note sounds
    later_banks : how often another one is chosen after that
    """

    curves: Mapping[int, Curve] = field(default_factory=dict)
    tuning_cents: Curve | None = None
    notes_off_s: Float64Array = field(default_factory=lambda: np.zeros(0))
    sound_off_s: Float64Array = field(default_factory=lambda: np.zeros(0))
    bank: tuple[int, int] = (0, 0)
    later_banks: int = 0


def part_controls(part: Part, clock: TempoMap) -> PartControls:
    """Turn a part's controllers, bends, volume and pan into curves.

    `Part.volume` and `Part.pan` set where controllers 7 and 10 start, unless the part's own controllers do by the first note.
    """
    reader = _Reader()
    first_note = part.notes[0].onset if part.notes else 0
    events: list[Control | Bend] = sorted((*part.controls, *part.bends), key=lambda event: event.tick)
    for event in events:
        reader.read(event, is_early=event.tick <= first_note)
    for number, value in ((VOLUME, _scaled(part.volume, 0.0, 127.0)), (PAN, _scaled(part.pan, 64.0, 63.0))):
        given = reader.points.get(number)
        if value is not None and (not given or given[0][0] > first_note):
            reader.points.setdefault(number, []).insert(0, (0, value))
    curves = {number: _curve(points, clock) for number, points in sorted(reader.points.items())}
    return PartControls(
        tuning_cents=curves.pop(_TUNING, None),
        curves=curves,
        notes_off_s=clock.seconds(np.array(reader.notes_off, dtype=np.int64)),
        sound_off_s=clock.seconds(np.array(reader.sound_off, dtype=np.int64)),
        bank=reader.bank,
        later_banks=reader.later_banks,
    )


def _scaled(value: float | None, centre: float, span: float) -> float | None:
    return None if value is None else min(127.0, max(0.0, centre + span * value))


def _curve(points: list[tuple[int, float]], clock: TempoMap) -> Curve:
    """Points as a curve; of several at one tick the last counts."""
    latest = dict(points)
    return Curve(clock.seconds(np.array(list(latest), dtype=np.int64)), np.array(list(latest.values()), dtype=np.float64))


class _Reader:
    """Follows the controllers in order."""

    def __init__(self) -> None:
        self.points: dict[int, list[tuple[int, float]]] = {}
        self.notes_off: list[int] = []
        self.sound_off: list[int] = []
        self.bank = (0, 0)
        self.later_banks = 0
        self._parameter: dict[int, int] = {}  # controllers 100 and 101, while they choose a registered parameter
        self._data: dict[int, dict[int, int]] = {}  # parameter → controllers 6 and 38

    def read(self, event: Control | Bend, *, is_early: bool) -> None:
        if isinstance(event, Bend):
            self._add(event.tick, BEND, (event.value + 8192) / 128)
            return
        tick, number, value = event
        if number in (_BANK_COARSE, _BANK_FINE):
            bank = (value, self.bank[1]) if number == _BANK_COARSE else (self.bank[0], value)
            if is_early:
                self.bank = bank
            else:
                self.later_banks += bank != self.bank
        elif number in (_REGISTERED_FINE, _REGISTERED_COARSE):
            self._parameter[number] = value
        elif number in _NON_REGISTERED:
            self._parameter.clear()
        elif number in (_DATA_COARSE, _DATA_FINE):
            self._set_parameter(tick, number, value)
        elif number == _RESET:
            for reset in _RESETS:
                if reset in self.points:
                    self._add(tick, reset, DEFAULT_CONTROLS.get(reset, 0.0))
        elif number == _SOUND_OFF:
            self.sound_off.append(tick)
        elif number >= _NOTES_OFF:  # 124–127 change modes, which ends all notes as well
            self.notes_off.append(tick)
        elif number < _SOUND_OFF:
            self._add(tick, number, float(value))

    def _set_parameter(self, tick: int, number: int, value: int) -> None:
        parameter = self._parameter.get(_REGISTERED_COARSE, 127) * 128 + self._parameter.get(_REGISTERED_FINE, 127)
        data = self._data.setdefault(parameter, {_DATA_COARSE: 64 if parameter in (1, 2) else 0, _DATA_FINE: 0})
        data[number] = value
        if parameter == 0:
            self._add(tick, BEND_RANGE, data[_DATA_COARSE] + data[_DATA_FINE] / 100)
        elif parameter in (1, 2):
            fine = self._data.get(1, {_DATA_COARSE: 64, _DATA_FINE: 0})
            coarse = self._data.get(2, {_DATA_COARSE: 64})
            cents = (fine[_DATA_COARSE] * 128 + fine[_DATA_FINE] - 8192) / 81.92 + (coarse[_DATA_COARSE] - 64) * 100
            self._add(tick, _TUNING, cents)

    def _add(self, tick: int, number: int, value: float) -> None:
        self.points.setdefault(number, []).append((tick, value))
