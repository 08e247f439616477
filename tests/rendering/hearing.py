"""Measures of a sound against what is said about it, for tests of labels: each is one number that a wrong label makes worse."""

import numpy as np

from hexachord.arrays import FloatArray
from hexachord.dsp.chroma import chroma_stft
from hexachord.dsp.yin import YinFrame, yin
from hexachord.knowledge.model import F0, Segments
from hexachord.synthesis.model import Track
from hexachord.theory.chord_labels import parse_chord

WINDOW_S = 0.03
BANDS_HZ = {"kick": (35.0, 150.0), "snare": (150.0, 6000.0), "hihat_closed": (5000.0, 10500.0), "hihat_open": (5000.0, 10500.0)}
"""Where most of a drum's attack is that its neighbours in the kit have little of."""


def mono(sound: FloatArray) -> FloatArray:
    """Both channels as one that cannot cancel: the louder one."""
    return np.asarray(sound[np.argmax((sound**2).sum(axis=1))])


def energies(sound: FloatArray, time_s: FloatArray, *, rate_hz: int, window_s: float = WINDOW_S) -> tuple[FloatArray, FloatArray]:
    """Mean power in the window after each time and in the one before it."""
    total = np.concatenate([[0.0], np.cumsum(np.asarray(sound, dtype=np.float64) ** 2)])
    width = round(window_s * rate_hz)
    at = np.round(time_s * rate_hz).astype(int)

    def between(first: FloatArray, last: FloatArray) -> FloatArray:
        first, last = np.clip(first, 0, len(sound)), np.clip(last, 0, len(sound))
        return (total[last] - total[first]) / np.maximum(last - first, 1)

    return between(at, at + width), between(at - width, at)


def fresh(track: Track, *, quiet_s: float = 1.0, before_s: float = 0.1, to_s: float = np.inf) -> tuple[FloatArray, FloatArray]:
    """Onsets and keys of notes that share no partials with what this track struck within the second before, and that stand free."""
    onset = np.array([stroke.onset_s for stroke in track.strokes])
    key = np.array([stroke.key for stroke in track.strokes])
    kept = []
    for index in range(len(onset)):
        earlier = (onset < onset[index] - 0.005) & (onset > onset[index] - quiet_s)
        related = np.isin(np.abs(key[earlier] - key[index]), (0, 12, 19, 24, 28, 31, 36))
        crowded = (onset[earlier] > onset[index] - before_s).any() or ((onset > onset[index] + 0.03) & (onset < onset[index] + 0.08)).any()
        kept.append(not related.any() and not crowded and 0.1 <= onset[index] < to_s)
    return onset[kept], key[kept]


def rising(sound: FloatArray, time_s: FloatArray, *, rate_hz: int, by_db: float = 1.0) -> FloatArray:
    """Whether it is louder after each time than before."""
    after, before = energies(sound, time_s, rate_hz=rate_hz)
    return after > before * 10 ** (by_db / 10) + 1e-14


def appearing(
    sound: FloatArray, time_s: FloatArray, key: FloatArray, *, rate_hz: int, cents: float = 0.0, by_db: float = 3.0
) -> FloatArray:
    """Whether each note's own partials are stronger after its onset than before: also where other notes go on."""
    width = round(0.07 * rate_hz)
    window, axis = np.hanning(width), np.arange(width) / rate_hz
    padded = np.concatenate([np.zeros(width), sound, np.zeros(2 * width)])
    found = []
    for at, pitch in zip(np.round(time_s * rate_hz).astype(int) + width, key, strict=True):
        f0_hz = 440.0 * 2 ** ((pitch - 69 + cents / 100) / 12)
        partials_hz = f0_hz * np.arange(1, 7)
        waves = np.exp(-2j * np.pi * partials_hz[partials_hz < 0.45 * rate_hz, None] * axis) * window
        before, after = (float((np.abs(waves @ padded[first : first + width]) ** 2).sum()) for first in (at - width, at))
        found.append(after > before * 10 ** (by_db / 10) + 1e-12)
    return np.array(found, dtype=bool)


def lonely(time_s: FloatArray, others_s: FloatArray, *, from_s: float = 0.1, to_s: float = np.inf) -> FloatArray:
    """Those of several moments that nothing else happens close to."""
    gaps = others_s[None, :] - time_s[:, None]
    near = ((gaps > -0.12) & (gaps < -0.004)) | ((gaps > 0.004) & (gaps < 0.06))
    return time_s[~near.any(axis=1) & (time_s >= from_s) & (time_s < to_s)]


def band(sound: FloatArray, low_hz: float, high_hz: float, *, rate_hz: int) -> FloatArray:
    """A band of a sound, without delay to speak of."""
    from scipy.signal import butter, sosfilt

    return np.asarray(sosfilt(butter(2, [low_hz, min(high_hz, 0.48 * rate_hz)], "bandpass", fs=rate_hz, output="sos"), sound))


def cents_off(sound: FloatArray, melody: F0, *, rate_hz: int) -> FloatArray:
    """How far a line sounds from its label where both are voiced and steady, in cents (frames,)."""
    hop = round(0.01 * rate_hz)
    frame = YinFrame(lowest_hz=50.0, highest_hz=2500.0, frame_length=round(0.0465 * rate_hz), hop=hop)
    f0_hz, aperiodicity = yin(np.asarray(sound, dtype=np.float32), rate_hz=rate_hz, frame=frame, threshold=0.15)
    frames = min(len(f0_hz), len(melody.f0_hz))
    label = melody.f0_hz[:frames]
    held = np.ones(frames, dtype=bool)
    for shift in range(1, 4):  # a frame of the measurement is 46 ms wide: all of it must be voiced
        held[shift:] &= label[:-shift] > 0
        held[:-shift] &= label[shift:] > 0
    heard = held & (label > 0) & (aperiodicity[:frames] < 0.1)
    return np.asarray(1200.0 * np.log2(f0_hz[:frames][heard] / label[heard]))


def chord_wins(sound: FloatArray, chords: Segments, *, rate_hz: int, tuning_cents: float, seed: int = 0) -> tuple[int, int]:
    """How often a labelled chord has more of the chroma than the same chord elsewhere: (wins, spans)."""
    random = np.random.default_rng(seed)
    hop = 1024
    chroma = chroma_stft(np.asarray(sound, dtype=np.float32), rate_hz=rate_hz, hop=hop, tuning_cents=tuning_cents, norm="none")
    wins = spans = 0
    for start, end, label in zip(chords.start_s, chords.end_s, chords.label, strict=True):
        chord = parse_chord(label)
        rows = chroma[round(start * rate_hz / hop) + 1 : round(end * rate_hz / hop)]
        if not chord.is_chord or len(rows) < 6 or not rows.any():
            continue
        template = np.zeros(12)
        template[list(chord.pitch_classes())] = 1.0
        mean = rows.mean(axis=0)
        other = np.roll(template, int(random.integers(1, 12)))
        if not np.array_equal(template, other):
            spans += 1
            wins += bool(mean @ template > mean @ other)
    return wins, spans


def lag_s(later: FloatArray, earlier: FloatArray, *, rate_hz: int, most_s: float = 0.1) -> float:
    """By how much one sound trails another: the peak of their whitened cross-correlation (Knapp and Carter, 1976), either way up."""
    size = 2 * max(len(later), len(earlier))
    cross = np.fft.rfft(later, size) * np.conj(np.fft.rfft(earlier, size))
    weight = np.abs(cross)
    match = np.abs(np.fft.irfft(cross / (weight + 1e-3 * weight.max()), size))
    most = round(most_s * rate_hz)
    near = np.concatenate([match[-most:], match[: most + 1]])
    return float(np.argmax(near) - most) / rate_hz


def flux(sound: FloatArray, *, rate_hz: int, hop_s: float = 0.005) -> FloatArray:
    """How much a sound grows anywhere in its spectrum, every 5 ms."""
    size = 512
    hop = round(hop_s * rate_hz)
    padded = np.concatenate([np.zeros(size // 2), sound, np.zeros(size)])
    frames = np.lib.stride_tricks.sliding_window_view(padded, size)[::hop][: len(sound) // hop]
    level = np.log1p(100.0 * np.abs(np.fft.rfft(frames * np.hanning(size), axis=1)))
    return np.asarray(np.maximum(np.diff(level, axis=0, prepend=level[:1]), 0.0).sum(axis=1))


def at_times(curve: FloatArray, time_s: FloatArray, *, hop_s: float = 0.005, within_s: float = 0.015) -> float:
    """The mean of a curve's highest values near some times."""
    reach = round(within_s / hop_s)
    index = np.round(time_s / hop_s).astype(int)
    index = index[(index >= reach) & (index < len(curve) - reach)]
    return float(np.max([curve[index + step] for step in range(-reach, reach + 1)], axis=0).mean()) if len(index) else np.nan
