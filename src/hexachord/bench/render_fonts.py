"""The fonts that the render bench makes for itself: a click, a tuned sine, and sixteen stereo parts with filters."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from hexachord.arrays import Float32Array
from hexachord.synthesis.soundfont import FontInstrument, FontPreset, FontSample, FontZone, Generator, write_soundfont

G = Generator

CLICK_RATES_HZ = (8_000, 11_025, 16_000, 22_050, 32_000, 44_100, 48_000, 88_200, 96_000)
CLICK_FRAME = 1_500
CLICK_ROOT = 64

SINE_RATE_HZ = 44_000
SINE_FRAMES = 100  # of one period: 440 Hz to the last digit
SINE_ROOT = 69

_LOOPED = {G.SAMPLE_MODES: 1}


@dataclass(frozen=True, kw_only=True)
class Tuning:
    """One way to tune the sine, and the pitch that the specification gives it (§8.1.2, generators 5 to 7, 51, 52, 56, 58; §7.10).

    `cents` is where the root key then sounds above 440 Hz and `cents_per_key` how far the next key is; both are worked out by hand here, so
    that the reader of fonts is not measured with its own rule.
    """

    name: str
    cents: float = 0.0
    cents_per_key: float = 100.0
    generators: Mapping[Generator, int] = field(default_factory=dict)
    preset: Mapping[Generator, int] = field(default_factory=dict)
    correction_cents: int = 0


def timecents(seconds: float) -> int:
    """Seconds as fonts write them."""
    return round(1_200 * math.log2(seconds))


def rate_cents(rate_hz: float) -> int:
    """The rate of an oscillation as fonts write it."""
    return round(6_900 + 1_200 * math.log2(rate_hz / 440.0))


TUNINGS: tuple[Tuning, ...] = (
    Tuning(name="plain"),
    Tuning(name="root override", cents=1_200.0, generators={G.ROOT_KEY: SINE_ROOT - 12}),
    Tuning(name="coarse up", cents=700.0, generators={G.COARSE_TUNE: 7}),
    Tuning(name="coarse down", cents=-500.0, generators={G.COARSE_TUNE: -5}),
    Tuning(name="fine up", cents=37.0, generators={G.FINE_TUNE: 37}),
    Tuning(name="fine down", cents=-99.0, generators={G.FINE_TUNE: -99}),
    Tuning(name="scale 0", cents_per_key=0.0, generators={G.SCALE_TUNING: 0}),
    Tuning(name="scale 50", cents_per_key=50.0, generators={G.SCALE_TUNING: 50}),
    Tuning(name="correction up", cents=41.0, correction_cents=41),
    Tuning(name="correction down", cents=-23.0, correction_cents=-23),
    Tuning(name="preset adds", cents=312.0, generators={G.COARSE_TUNE: 1, G.FINE_TUNE: 30}, preset={G.COARSE_TUNE: 2, G.FINE_TUNE: -18}),
    Tuning(
        name="all together",
        cents=-87.0,
        cents_per_key=75.0,
        # the root an octave lower, at 75 cents for each key, puts the sample's own root 900 cents up
        generators={G.ROOT_KEY: SINE_ROOT - 12, G.COARSE_TUNE: -10, G.FINE_TUNE: 9, G.SCALE_TUNING: 50},
        preset={G.SCALE_TUNING: 25},
        correction_cents=4,
    ),
    Tuning(name="envelope", cents=400.0, generators={G.MODULATION_ENVELOPE_TO_PITCH: 400}),
)
"""What is measured over all keys: each is a preset of the tuned font, its program the place in this list."""

ENVELOPE_FALLS = "envelope falls"
VIBRATO = "slow oscillation"
WHEEL = "modulation wheel"
FALL_CENTS, FALL_S, FALL_SUSTAIN = 1_000.0, 1.0, 0.3
VIBRATO_CENTS, VIBRATO_HZ, VIBRATO_DELAY_S = 100.0, 0.25, 0.25

MOVING: tuple[Tuning, ...] = (
    Tuning(
        name=ENVELOPE_FALLS,
        generators={
            G.MODULATION_ENVELOPE_TO_PITCH: round(FALL_CENTS),
            G.MODULATION_ENVELOPE_DECAY: timecents(FALL_S),
            G.MODULATION_ENVELOPE_SUSTAIN: round(1_000 * (1 - FALL_SUSTAIN)),
        },
    ),
    Tuning(
        name=VIBRATO,
        generators={
            G.MODULATION_LFO_TO_PITCH: round(VIBRATO_CENTS),
            G.MODULATION_LFO_RATE: rate_cents(VIBRATO_HZ),
            G.MODULATION_LFO_DELAY: timecents(VIBRATO_DELAY_S),
        },
    ),
    Tuning(name=WHEEL, generators={G.VIBRATO_LFO_RATE: rate_cents(VIBRATO_HZ), G.VIBRATO_LFO_DELAY: timecents(VIBRATO_DELAY_S)}),
)
"""What is measured at points in time."""


def write_click_font(path: Path) -> Path:
    """One preset for each rate: silence, one frame at full level, silence."""
    click = np.zeros(CLICK_FRAME + 300, dtype=np.float32)
    click[CLICK_FRAME] = 0.9
    names = [f"click {rate_hz}" for rate_hz in CLICK_RATES_HZ]
    return write_soundfont(
        path,
        samples=[
            FontSample(name=name, signal=click, rate_hz=rate_hz, root_key=CLICK_ROOT)
            for name, rate_hz in zip(names, CLICK_RATES_HZ, strict=True)
        ],
        instruments=[FontInstrument(name=name, zones=[FontZone(plays=name)]) for name in names],
        presets=[FontPreset(name=name, program=number, zones=[FontZone(plays=name)]) for number, name in enumerate(names)],
        name="Clicks",
    )


def write_tuned_font(path: Path) -> Path:
    """One preset for each of `TUNINGS` and `MOVING`: a sine of 440 Hz whose loop is exact."""
    wave = 0.5 * np.sin(2 * np.pi * np.arange(20 * SINE_FRAMES) / SINE_FRAMES).astype(np.float32)
    loop = (10 * SINE_FRAMES, 20 * SINE_FRAMES)
    tunings = TUNINGS + MOVING
    return write_soundfont(
        path,
        samples=[
            FontSample(
                name=tuning.name, signal=wave, rate_hz=SINE_RATE_HZ, root_key=SINE_ROOT, correction_cents=tuning.correction_cents, loop=loop
            )
            for tuning in tunings
        ],
        instruments=[
            FontInstrument(name=tuning.name, zones=[FontZone(plays=tuning.name, generators={**_LOOPED, **tuning.generators})])
            for tuning in tunings
        ],
        presets=[
            FontPreset(name=tuning.name, program=number, zones=[FontZone(plays=tuning.name, generators=tuning.preset)])
            for number, tuning in enumerate(tunings)
        ],
        name="Tuned sines",
    )


def write_parts_font(path: Path) -> Path:
    """Eight stereo instruments, recorded at every octave, each through a resonant low-pass; and a stereo kit.

    The sounds are decaying harmonics, two seconds long and then looped, as sampled instruments are.
    """
    samples: list[FontSample] = []
    instruments: list[FontInstrument] = []
    for number in range(8):
        zones = []
        for root in range(24, 108, 12):
            for side, pan in (("left", -500), ("right", 500)):
                name = f"{number}-{root}-{side}"
                partner = f"{number}-{root}-{'right' if side == 'left' else 'left'}"
                signal = _harmonics(root, brightness=0.5 + 0.05 * number, seed=number * 1_000 + root + (pan > 0))
                loop = (len(signal) - 4_410, len(signal))
                samples.append(
                    FontSample(
                        name=name,
                        signal=signal,
                        rate_hz=44_100,
                        root_key=root,
                        loop=loop,
                        side="left" if pan < 0 else "right",
                        partner=partner,
                    )
                )
                keys = (0 if root == 24 else root - 5, 127 if root == 96 else root + 6)
                zones.append(FontZone(plays=name, keys=keys, generators={G.PAN: pan}))
        shared = {
            G.SAMPLE_MODES: 1,
            G.FILTER_CUTOFF: 9_000 + 300 * number,
            G.FILTER_RESONANCE: 30,
            G.VOLUME_ENVELOPE_DECAY: timecents(8.0),
            G.VOLUME_ENVELOPE_SUSTAIN: 960,
            G.VOLUME_ENVELOPE_RELEASE: timecents(0.8),
        }
        instruments.append(FontInstrument(name=f"part {number}", zones=[FontZone(generators=shared), *zones]))
    return write_soundfont(
        path,
        samples=samples,
        instruments=instruments,
        presets=[
            *(FontPreset(name=f"part {number}", program=number, zones=[FontZone(plays=f"part {number}")]) for number in range(8)),
            FontPreset(name="kit", bank=128, zones=[FontZone(plays="part 7")]),
        ],
        name="Sixteen parts",
    )


def _harmonics(key: int, *, brightness: float, seed: int) -> Float32Array:
    """Two seconds of a decaying harmonic sound whose last tenth repeats without a seam: every partial has whole periods in it."""
    rng = np.random.default_rng(seed)
    tenths = round(44.0 * 2 ** ((key - 69) / 12))  # whole periods in a tenth of a second
    partials = np.arange(1, min(1_600 // tenths, 24) + 1)
    spectrum = np.zeros(2_206, dtype=np.complex128)
    spectrum[partials * tenths] = brightness**partials * np.exp(2j * np.pi * rng.random(len(partials)))
    wave = np.tile(np.fft.irfft(spectrum, 4_410), 20)
    time_s = np.arange(len(wave)) / 44_100
    level = np.maximum(np.exp(-2.0 * time_s), np.exp(-2.0 * 1.9))
    wave *= level
    return np.asarray(0.5 * wave / np.abs(wave).max(), dtype=np.float32)
