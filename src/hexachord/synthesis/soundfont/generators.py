"""The numbers a SoundFont zone may set: their names, ranges and defaults, and how zones add up (SoundFont 2.04 §8.1, §8.5, §9.4)."""

from collections.abc import Mapping
from enum import IntEnum

import numpy as np

from hexachord.arrays import Float64Array


class Generator(IntEnum):
    """Generator numbers of SoundFont 2.04 §8.1.2, by what they do."""

    START_OFFSET = 0
    END_OFFSET = 1
    LOOP_START_OFFSET = 2
    LOOP_END_OFFSET = 3
    START_COARSE_OFFSET = 4
    MODULATION_LFO_TO_PITCH = 5
    VIBRATO_LFO_TO_PITCH = 6
    MODULATION_ENVELOPE_TO_PITCH = 7
    FILTER_CUTOFF = 8
    FILTER_RESONANCE = 9
    MODULATION_LFO_TO_CUTOFF = 10
    MODULATION_ENVELOPE_TO_CUTOFF = 11
    END_COARSE_OFFSET = 12
    MODULATION_LFO_TO_VOLUME = 13
    CHORUS_SEND = 15
    REVERB_SEND = 16
    PAN = 17
    MODULATION_LFO_DELAY = 21
    MODULATION_LFO_RATE = 22
    VIBRATO_LFO_DELAY = 23
    VIBRATO_LFO_RATE = 24
    MODULATION_ENVELOPE_DELAY = 25
    MODULATION_ENVELOPE_ATTACK = 26
    MODULATION_ENVELOPE_HOLD = 27
    MODULATION_ENVELOPE_DECAY = 28
    MODULATION_ENVELOPE_SUSTAIN = 29
    MODULATION_ENVELOPE_RELEASE = 30
    KEY_TO_MODULATION_HOLD = 31
    KEY_TO_MODULATION_DECAY = 32
    VOLUME_ENVELOPE_DELAY = 33
    VOLUME_ENVELOPE_ATTACK = 34
    VOLUME_ENVELOPE_HOLD = 35
    VOLUME_ENVELOPE_DECAY = 36
    VOLUME_ENVELOPE_SUSTAIN = 37
    VOLUME_ENVELOPE_RELEASE = 38
    KEY_TO_VOLUME_HOLD = 39
    KEY_TO_VOLUME_DECAY = 40
    INSTRUMENT = 41
    KEY_RANGE = 43
    VELOCITY_RANGE = 44
    LOOP_START_COARSE_OFFSET = 45
    KEY = 46
    VELOCITY = 47
    ATTENUATION = 48
    LOOP_END_COARSE_OFFSET = 50
    COARSE_TUNE = 51
    FINE_TUNE = 52
    SAMPLE = 53
    SAMPLE_MODES = 54
    SCALE_TUNING = 56
    EXCLUSIVE_CLASS = 57
    ROOT_KEY = 58
    PITCH = 59  # §9.5.2 calls it "initial pitch": what the wheel bends; only modulators reach it


COUNT = 60
"""Length of a zone's row of values, one for each generator number."""

_TIME = (-12_000.0, 8_000.0, -12_000.0)
_SHORT_TIME = (-12_000.0, 5_000.0, -12_000.0)
_CENTS = (-12_000.0, 12_000.0, 0.0)
_LFO_RATE = (-16_000.0, 4_500.0, 0.0)
_PER_KEY = (-1_200.0, 1_200.0, 0.0)
_SEND = (0.0, 1_000.0, 0.0)

RANGES: Mapping[Generator, tuple[float, float, float]] = {
    Generator.MODULATION_LFO_TO_PITCH: _CENTS,
    Generator.VIBRATO_LFO_TO_PITCH: _CENTS,
    Generator.MODULATION_ENVELOPE_TO_PITCH: _CENTS,
    Generator.FILTER_CUTOFF: (1_500.0, 13_500.0, 13_500.0),
    Generator.FILTER_RESONANCE: (0.0, 960.0, 0.0),
    Generator.MODULATION_LFO_TO_CUTOFF: _CENTS,
    Generator.MODULATION_ENVELOPE_TO_CUTOFF: _CENTS,
    Generator.MODULATION_LFO_TO_VOLUME: (-960.0, 960.0, 0.0),
    Generator.CHORUS_SEND: _SEND,
    Generator.REVERB_SEND: _SEND,
    Generator.PAN: (-500.0, 500.0, 0.0),
    Generator.MODULATION_LFO_DELAY: _SHORT_TIME,
    Generator.MODULATION_LFO_RATE: _LFO_RATE,
    Generator.VIBRATO_LFO_DELAY: _SHORT_TIME,
    Generator.VIBRATO_LFO_RATE: _LFO_RATE,
    Generator.MODULATION_ENVELOPE_DELAY: _SHORT_TIME,
    Generator.MODULATION_ENVELOPE_ATTACK: _TIME,
    Generator.MODULATION_ENVELOPE_HOLD: _SHORT_TIME,
    Generator.MODULATION_ENVELOPE_DECAY: _TIME,
    Generator.MODULATION_ENVELOPE_SUSTAIN: (0.0, 1_000.0, 0.0),
    Generator.MODULATION_ENVELOPE_RELEASE: _TIME,
    Generator.KEY_TO_MODULATION_HOLD: _PER_KEY,
    Generator.KEY_TO_MODULATION_DECAY: _PER_KEY,
    Generator.VOLUME_ENVELOPE_DELAY: _SHORT_TIME,
    Generator.VOLUME_ENVELOPE_ATTACK: _TIME,
    Generator.VOLUME_ENVELOPE_HOLD: _SHORT_TIME,
    Generator.VOLUME_ENVELOPE_DECAY: _TIME,
    Generator.VOLUME_ENVELOPE_SUSTAIN: (0.0, 1_440.0, 0.0),
    Generator.VOLUME_ENVELOPE_RELEASE: _TIME,
    Generator.KEY_TO_VOLUME_HOLD: _PER_KEY,
    Generator.KEY_TO_VOLUME_DECAY: _PER_KEY,
    Generator.KEY: (-1.0, 127.0, -1.0),
    Generator.VELOCITY: (-1.0, 127.0, -1.0),
    Generator.ATTENUATION: (0.0, 1_440.0, 0.0),
    Generator.COARSE_TUNE: (-120.0, 120.0, 0.0),
    Generator.FINE_TUNE: (-99.0, 99.0, 0.0),
    Generator.SAMPLE_MODES: (0.0, 3.0, 0.0),
    Generator.SCALE_TUNING: (0.0, 1_200.0, 100.0),
    Generator.EXCLUSIVE_CLASS: (0.0, 127.0, 0.0),
    Generator.ROOT_KEY: (-1.0, 127.0, -1.0),
}
"""Lowest, highest and default value of each generator of §8.1.3 that is a quantity."""

INSTRUMENT_ONLY = frozenset(
    {
        Generator.START_OFFSET,
        Generator.END_OFFSET,
        Generator.LOOP_START_OFFSET,
        Generator.LOOP_END_OFFSET,
        Generator.START_COARSE_OFFSET,
        Generator.END_COARSE_OFFSET,
        Generator.LOOP_START_COARSE_OFFSET,
        Generator.LOOP_END_COARSE_OFFSET,
        Generator.KEY,
        Generator.VELOCITY,
        Generator.SAMPLE_MODES,
        Generator.EXCLUSIVE_CLASS,
        Generator.ROOT_KEY,
    }
)
"""What a preset zone may not set (§8.5)."""

NOT_QUANTITIES = frozenset({Generator.INSTRUMENT, Generator.SAMPLE, Generator.KEY_RANGE, Generator.VELOCITY_RANGE})

LOWEST = np.full(COUNT, -np.inf)
HIGHEST = np.full(COUNT, np.inf)
DEFAULTS = np.zeros(COUNT)
for _generator, (_low, _high, _default) in RANGES.items():
    LOWEST[_generator], HIGHEST[_generator], DEFAULTS[_generator] = _low, _high, _default
for _row in (LOWEST, HIGHEST, DEFAULTS):
    _row.flags.writeable = False


def added(instrument: Mapping[int, int], preset: Mapping[int, int]) -> Float64Array:
    """Values of all generators: the instrument zone's in place of the defaults, the preset zone's on top (§9.4)."""
    values = DEFAULTS.copy()
    for number, amount in instrument.items():
        if number < COUNT and number not in NOT_QUANTITIES:
            values[number] = amount
    for number, amount in preset.items():
        if number < COUNT and number not in NOT_QUANTITIES and number not in INSTRUMENT_ONLY:
            values[number] += amount
    return values


def within_ranges(values: Float64Array) -> Float64Array:
    """Values brought into the ranges of §8.1.3."""
    return np.clip(values, LOWEST, HIGHEST)
