"""How exactly the player plays: when a click sounds, and at what pitch a sine.

Both are measured in the sound itself, with estimators that are themselves exact to a hundredth of what is asked for: the place of a click
from its band-limited maximum, the pitch of a sine from how its phase advances.
"""

import math
import tempfile
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from hexachord.arrays import Float32Array, Float64Array
from hexachord.bench.harness import BenchItem, Progress, report
from hexachord.bench.render_fonts import (
    CLICK_FRAME,
    CLICK_RATES_HZ,
    CLICK_ROOT,
    ENVELOPE_FALLS,
    FALL_CENTS,
    FALL_S,
    FALL_SUSTAIN,
    MOVING,
    SINE_ROOT,
    TUNINGS,
    VIBRATO,
    VIBRATO_CENTS,
    VIBRATO_DELAY_S,
    VIBRATO_HZ,
    WHEEL,
    write_click_font,
    write_tuned_font,
)
from hexachord.synthesis.model import BEND, BEND_RANGE, MODULATION, Curve, Stroke, Track
from hexachord.synthesis.player import render_tracks
from hexachord.synthesis.soundfont import SoundFontBank, load_soundfont

RATE_HZ = 44_100
KEYS = range(21, 109)
_NOTE_S = 0.6
_WINDOW_S = 0.3
_A4_HZ = 440.0


def measure_accuracy(*, keys: Sequence[int] = KEYS, progress: Progress | None = None) -> tuple[BenchItem, ...]:
    """Measure onsets and pitches on fonts made for it; one item for each rate, each tuning, and each thing that moves.

    Items hold ``onset_samples`` or ``pitch_cents``, the largest error, and ``..._mean``, the mean one.
    """
    with tempfile.TemporaryDirectory(prefix="hexachord-render-") as name:
        clicks = load_soundfont(write_click_font(Path(name) / "clicks.sf2"))
        sines = load_soundfont(write_tuned_font(Path(name) / "sines.sf2"))
        steps: list[Callable[[], BenchItem]] = [
            *(partial(_onsets, clicks, number, keys) for number in range(len(CLICK_RATES_HZ))),
            *(partial(_tuning, sines, number, keys) for number in range(len(TUNINGS))),
            partial(_bends, sines),
            partial(_moving, sines),
        ]
        items: list[BenchItem] = []
        for done, step in enumerate(steps):
            report(progress, "render: accuracy", done, len(steps))
            items.append(step())
        report(progress, "render: accuracy", len(steps), len(steps))
    return tuple(items)


def played(
    bank: SoundFontBank, program: int, strokes: Sequence[Stroke], *, controls: Mapping[int, Curve] | None = None
) -> tuple[Float32Array, int]:
    """One track played by one preset: its left side, and the rate."""
    track = Track(program=program, strokes=tuple(strokes), controls=controls or {})
    blocks = [block.dry[0, 0] for block in render_tracks([track], [bank.instrument(program=program)], rate_hz=RATE_HZ)]
    return (np.concatenate(blocks) if blocks else np.zeros(0, dtype=np.float32)), RATE_HZ


def click_frame(sound: Float32Array, *, about: float, within: int) -> float:
    """Where a click sounds, in frames: halfway between the places where the band-limited signal is half as high as its maximum.

    Examples
    --------
    >>> tone = np.sinc(0.3 * (np.arange(400) - 200.25)).astype(np.float32)
    >>> round(click_frame(tone, about=190, within=100), 2)
    200.25
    """
    first = max(round(about) - within, 0)
    near = np.abs(sound[first : round(about) + within])
    peak = first + int(np.argmax(near))
    half = 0.5 * float(np.max(np.abs(_between(sound, peak + np.linspace(-1.0, 1.0, 41)))))
    edges = []
    for step in (-1, 1):
        frame = peak + step
        while 0 <= frame < len(sound) and abs(frame - peak) < 4 * within and abs(float(sound[frame])) >= half:
            frame += step
        fine = frame - step * np.linspace(0.0, 1.0, 65)
        edges.append(float(np.interp(half, np.abs(_between(sound, fine)), fine)))
    return 0.5 * (edges[0] + edges[1])


def _between(sound: Float32Array, frame: Float64Array) -> Float64Array:
    """A sound read between its frames, by a windowed sinc."""
    taps = np.round(frame)[:, None] + np.arange(-64, 65)
    offset = frame[:, None] - taps
    weights = np.sinc(offset) * np.cos(np.pi / 2 * np.clip(offset / 65, -1.0, 1.0)) ** 2
    inside = (taps >= 0) & (taps < len(sound))
    values = np.where(inside, sound[np.clip(taps, 0, len(sound) - 1).astype(np.int64)], 0.0)
    return np.asarray(np.sum(values * weights, axis=1))


def frequency_hz(sound: Float32Array, *, rate_hz: float) -> float:
    """The frequency of a sine: from the spectrum's maximum, then from the phase between its two ends, again and again.

    Examples
    --------
    >>> tone = np.sin(2 * np.pi * 27.5 / 44100 * np.arange(13230)).astype(np.float32)
    >>> round(frequency_hz(tone, rate_hz=44100), 4)
    27.5
    """
    n = len(sound)
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(n), 4 * n))
    found = float(np.argmax(spectrum)) * rate_hz / (4 * n)
    half = 2 * n // 3
    window = np.blackman(half)
    gap_s = (n - half) / rate_hz
    time_s = np.arange(n) / rate_hz
    for _ in range(3):
        turned = sound * np.exp(-2j * np.pi * found * time_s)
        advance = np.angle(np.vdot(np.sum(turned[:half] * window), np.sum(turned[n - half :] * window)))
        found += float(advance) / (2 * np.pi * gap_s)
    return found


def cents_between(found_hz: float, expected_hz: float) -> float:
    """How many cents one frequency lies above another; as good as infinite where nothing sounds."""
    return 1_200.0 * math.log2(found_hz / expected_hz) if found_hz > 0 else 1e4


def _onsets(bank: SoundFontBank, number: int, keys: Sequence[int]) -> BenchItem:
    """Clicks of one recording rate at all keys; strokes fall between the frames."""
    strokes, expected_s, longest_s, at_s = list[Stroke](), list[float](), list[float](), 0.1
    for index, key in enumerate(keys):
        frame_s = 1.0 / (CLICK_RATES_HZ[number] * 2.0 ** ((key - CLICK_ROOT) / 12))
        lasts_s = (CLICK_FRAME + 300) * frame_s
        onset_s = at_s + 0.37 * index / RATE_HZ
        strokes.append(Stroke(onset_s, onset_s + lasts_s, key, 127))
        expected_s.append(onset_s + CLICK_FRAME * frame_s)
        longest_s.append(max(100 * frame_s, 20 / RATE_HZ))
        at_s = onset_s + lasts_s + 0.02
    sound, rate_hz = played(bank, number, strokes)
    errors = [
        click_frame(sound, about=at * rate_hz, within=round(within * rate_hz)) - at * rate_hz
        for at, within in zip(expected_s, longest_s, strict=True)
    ]
    return _item(f"onset: {CLICK_RATES_HZ[number]} Hz", "onset_samples", errors)


def _tuning(bank: SoundFontBank, number: int, keys: Sequence[int]) -> BenchItem:
    tuning = TUNINGS[number]
    expected_hz = [_A4_HZ * 2.0 ** ((tuning.cents + tuning.cents_per_key * (key - SINE_ROOT)) / 1_200) for key in keys]
    strokes = [Stroke(_NOTE_S * index, _NOTE_S * index + _NOTE_S - 0.1, key, 100) for index, key in enumerate(keys)]
    sound, rate_hz = played(bank, number, strokes)
    errors = [
        cents_between(_frequency_at(sound, rate_hz, stroke.onset_s + 0.1 + _WINDOW_S / 2), hz)
        for stroke, hz in zip(strokes, expected_hz, strict=True)
    ]
    return _item(f"pitch: {tuning.name}", "pitch_cents", errors)


def _bends(bank: SoundFontBank) -> BenchItem:
    """The wheel at rest in many places, and moved while a note sounds; ranges of 2, 12 and 24 semitones."""
    errors: list[float] = []
    for semitones in (2.0, 12.0, 24.0):
        places = [0.0, 16.0, 50.5, 64.0, 80.25, 96.0, 127.9921875]  # the last is all that 14 bits reach
        times = 0.5 * np.arange(len(places), dtype=np.float64)
        wheel = Curve(times, np.array(places))
        controls = {BEND: wheel, BEND_RANGE: Curve(np.zeros(1), np.array([semitones]))}
        held, struck = [Stroke(0.0, times[-1] + 0.5, 60, 100)], [Stroke(at, at + 0.45, 60, 100) for at in times]
        for strokes in (held, struck):
            sound, rate_hz = played(bank, 0, strokes, controls=controls)
            for at, place in zip(times, places, strict=True):
                expected_hz = _A4_HZ * 2.0 ** ((60 - SINE_ROOT) / 12 + (place - 64.0) / 64.0 * semitones / 12)
                errors.append(cents_between(_frequency_at(sound, rate_hz, at + 0.25), expected_hz))
    return _item("pitch: bends", "pitch_cents", errors)


def _moving(bank: SoundFontBank) -> BenchItem:
    """Pitch at known moments of an envelope's fall, of an oscillation, and of the one that the wheel brings in."""
    programs = {tuning.name: len(TUNINGS) + number for number, tuning in enumerate(MOVING)}
    strokes, errors = [Stroke(0.0, 4.0, SINE_ROOT, 100)], list[float]()
    for name, points in (
        (ENVELOPE_FALLS, [(at, FALL_CENTS * max(1.0 - at / FALL_S, FALL_SUSTAIN)) for at in (0.2, 0.4, 0.5, 1.0, 3.0)]),
        (VIBRATO, [(at, VIBRATO_CENTS * _triangle(at)) for at in (0.15, 0.75, 1.0, 1.8, 2.25, 2.6, 3.7)]),
        (WHEEL, [(at, 50.0 * 64 / 128 * _triangle(at)) for at in (0.15, 0.75, 1.0, 1.8, 2.25, 2.6, 3.7)]),
    ):
        controls = {MODULATION: Curve(np.zeros(1), np.array([64.0]))} if name == WHEEL else {}
        sound, rate_hz = played(bank, programs[name], strokes, controls=controls)
        errors += [cents_between(_frequency_at(sound, rate_hz, at, 0.12), _A4_HZ * 2.0 ** (cents / 1_200)) for at, cents in points]
    return _item("pitch: envelope, oscillation, wheel", "pitch_cents", errors)


def _triangle(time_s: float) -> float:
    """The oscillation of the moving tunings at a time (§8.1.2, generators 21 and 22): from 0 upwards, straight lines."""
    phase = max(time_s - VIBRATO_DELAY_S, 0.0) * VIBRATO_HZ % 1.0
    return 4 * phase if phase < 0.25 else 2 - 4 * phase if phase < 0.75 else 4 * phase - 4


def _frequency_at(sound: Float32Array, rate_hz: int, centre_s: float, window_s: float = _WINDOW_S) -> float:
    first = round((centre_s - window_s / 2) * rate_hz)
    part = sound[first : first + round(window_s * rate_hz)]
    return frequency_hz(part, rate_hz=rate_hz) if np.any(part) else 0.0


def _item(name: str, metric: str, errors: Sequence[float]) -> BenchItem:
    size: Float64Array = np.abs(np.asarray(errors, dtype=np.float64))
    return BenchItem(id=name, metrics={metric: float(size.max()), f"{metric}_mean": float(size.mean())})
