"""Amplifiers and their loudspeakers, for guitars and basses: two stages of tubes, a tone stack, and a made cabinet.

A cabinet's response is minimum-phase, from a curve as measurements of guitar loudspeakers show it: a bump where box and cone resonate, a
dip, a rise of presence, a steep fall, and unevenness between that differs from one box to the next.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np

from hexachord.arrays import Float64Array
from hexachord.dsp.fir import Fir, minimum_phase
from hexachord.processing.effects.dynamics import gate
from hexachord.processing.effects.effect import Pointwise, Processor, Series, effect, within
from hexachord.processing.effects.equalizer import Band, high_pass, parametric_eq
from hexachord.processing.effects.saturation import saturate

CabinetKind = Literal["open_1x12", "open_2x12", "closed_4x12", "bass_1x15", "bass_8x10"]


@dataclass(frozen=True, kw_only=True)
class _Box:
    low_hz: float  # below it the box is silent
    bump_hz: float
    bump_db: float
    dip_hz: float
    dip_db: float
    presence_hz: float
    presence_db: float
    high_hz: float  # above it the cone no longer follows
    uneven_db: float


_BOXES: dict[str, _Box] = {
    "open_1x12": _Box(
        low_hz=95, bump_hz=130, bump_db=2, dip_hz=420, dip_db=-2, presence_hz=2600, presence_db=6, high_hz=5200, uneven_db=2.0
    ),
    "open_2x12": _Box(
        low_hz=85, bump_hz=120, bump_db=3, dip_hz=480, dip_db=-2.5, presence_hz=2900, presence_db=5, high_hz=5600, uneven_db=1.8
    ),
    "closed_4x12": _Box(
        low_hz=75, bump_hz=115, bump_db=5, dip_hz=520, dip_db=-4, presence_hz=3200, presence_db=5, high_hz=4900, uneven_db=1.8
    ),
    "bass_1x15": _Box(
        low_hz=42, bump_hz=75, bump_db=4, dip_hz=500, dip_db=-3, presence_hz=1800, presence_db=3, high_hz=3200, uneven_db=1.5
    ),
    "bass_8x10": _Box(
        low_hz=50, bump_hz=90, bump_db=3, dip_hz=450, dip_db=-2, presence_hz=2500, presence_db=4, high_hz=4800, uneven_db=1.5
    ),
}


@effect
def cabinet(rate_hz: int, channels: int, *, kind: CabinetKind = "closed_4x12", off_axis: float = 0.2, seed: int = 0) -> Processor:
    """Play through a loudspeaker in a box, before a microphone.

    Parameters
    ----------
    kind : how many loudspeakers of how many inches, and whether the box is open at the back
    off_axis : 0 before the middle of the cone (bright) to 1 at its edge (dull)
    seed : of the unevenness that makes one box unlike another
    """
    if kind not in _BOXES:
        raise ValueError(f"no cabinet is called {kind!r}")
    return Pointwise(Fir(cabinet_response(kind, rate_hz, within(off_axis, 0.0, 1.0), seed), channels=channels), channels)


@lru_cache(maxsize=64)
def cabinet_response(kind: str, rate_hz: int, off_axis: float = 0.2, seed: int = 0) -> Float64Array:
    """Compute the response of a cabinet: 46 ms, loudest in the middle of its band at 0 dB."""
    box = _BOXES[kind]
    size = 1 << int(np.ceil(np.log2(0.09 * rate_hz)))
    hz = np.maximum(np.linspace(0.0, rate_hz / 2, size + 1), 1.0)
    octave = np.log2(hz)

    def bell(centre_hz: float, height_db: float, octaves: float) -> Float64Array:
        return np.asarray(height_db * np.exp(-0.5 * np.square((octave - np.log2(centre_hz)) / octaves)))

    random = np.random.default_rng([seed, 17])
    level_db = bell(box.bump_hz, box.bump_db, 0.45) + bell(box.dip_hz, box.dip_db, 0.6)
    level_db += bell(box.presence_hz, box.presence_db * (1.2 - 0.8 * off_axis), 0.6)
    for _ in range(14):
        spread = random.uniform(0.05, 0.25)
        level_db += bell(2.0 ** random.uniform(8.0, 12.5), random.normal(0.0, box.uneven_db) * (0.3 + spread * 4) / 1.3, spread)
    fall_hz = box.high_hz * (1.1 - 0.45 * off_axis)
    level_db -= 10 * np.log10(1 + (hz / fall_hz) ** 8) + 10 * np.log10(1 + (box.low_hz / hz) ** 4)
    middle = (hz > 200) & (hz < 2000)
    level_db -= 10 * np.log10(np.average(10 ** (level_db[middle] / 10), weights=1 / hz[middle]))
    return minimum_phase(10 ** (np.maximum(level_db, -80.0) / 20), taps=max(16, round(0.046 * rate_hz)))


@effect
def amplifier(
    rate_hz: int,
    channels: int,
    *,
    drive_db: float = 20.0,
    bass_db: float = 0.0,
    middle_db: float = 0.0,
    treble_db: float = 0.0,
    presence_db: float = 0.0,
    tight_hz: float = 80.0,
    power_drive_db: float = 3.0,
    gate_db: float = -200.0,
    output_db: float = 0.0,
) -> Processor:
    """Drive the tubes of an amplifier: two stages, the tone stack, the power stage; a loudspeaker comes after it (`cabinet`).

    Parameters
    ----------
    drive_db : of both stages together: 0 to 10 clean, 15 to 25 crunch, 35 to 50 high gain
    bass_db, middle_db, treble_db, presence_db : of the tone stack, at 120 Hz, 650 Hz, 2.5 kHz and 4 kHz, after the distortion
    tight_hz : the bass below it is not driven, so that chords stay clear
    power_drive_db : of the last stage
    gate_db : what is softer does not get in, since drive would make hiss of it
    """
    first_db = within(drive_db, 0.0, 80.0) * 0.45
    stages: list[Processor] = []
    if gate_db > -150.0:
        stages.append(gate.processor(rate_hz, channels, threshold_db=gate_db, range_db=60.0, release_s=0.12))
    stages += [
        high_pass.processor(rate_hz, channels, cutoff_hz=tight_hz, order=1),
        parametric_eq.processor(rate_hz, channels, bands=(Band(frequency_hz=900.0, gain_db=4.0, q=0.5),)),
        saturate.processor(rate_hz, channels, shape="tube", drive_db=first_db, oversampling=4 if first_db < 15 else 8),
        high_pass.processor(rate_hz, channels, cutoff_hz=60.0, order=1),
        saturate.processor(rate_hz, channels, shape="tube", drive_db=drive_db - first_db, bias=-0.15),
        parametric_eq.processor(
            rate_hz,
            channels,
            bands=(
                Band(kind="low_shelf", frequency_hz=120.0, gain_db=bass_db),
                Band(frequency_hz=650.0, gain_db=middle_db, q=0.6),
                Band(kind="high_shelf", frequency_hz=2500.0, gain_db=treble_db),
                Band(frequency_hz=4000.0, gain_db=presence_db, q=0.8),
            ),
        ),
        saturate.processor(rate_hz, channels, shape="soft", drive_db=power_drive_db, output_db=output_db, oversampling=4),
    ]
    return Series(stages, channels)
