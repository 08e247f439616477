"""Where a note may begin, and what there is to see at that place.

A candidate is a pitch and a frame at which its activation rises to a local maximum of the rise. A handful of numbers describes what a
person would look at: the course of the activation, its rise, the attack's share, the same for pitches with which it shares partials,
the partials themselves, and the noise of the attack. All levels are logarithms relative to the loud part of the recording, so that the
recording level does not matter.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import scipy.fft

from hexachord.arrays import Float32Array, FloatArray, IntArray
from hexachord.dsp.frames import frame_blocks, frame_count
from hexachord.dsp.stft import window_samples
from hexachord.transcription.activations import HOP, LOWEST_PITCH, PITCHES, RATE_HZ, spectrum_frequencies_hz

GROUPS = ((0, 3), (1, 4), (2,), (5, 6, 7))  # of templates: attacks, early and late ringing, sustained instruments
_KIN = (-28, -24, -19, -16, -12, -7, -2, -1, 1, 2, 7, 12, 16, 19, 24, 28)  # intervals that share partials, and neighbours
_PARTIALS = (0.5, 1, 1.5, 2, 3, 4, 5, 6, 7, 8)
_LEAST_LEVEL = 0.01  # of the loud part: softer rises are not considered
_LEAST_RISE = 1.2
_FLOOR = 1e-4
_SPECTRUM_FLOOR = 1e-5
_SHORT_WINDOW = 1024  # for the noise of attacks
_AROUND = range(-5, 8)
_NOISE_AROUND = range(-4, 6)
_REACH = 8
_NEAR_FRAMES = 43  # a second to either side


@dataclass(frozen=True)
class Candidates:
    """Possible beginnings of notes.

    Parameters
    ----------
    frame, pitch_index : (count,) where; index 0 is `LOWEST_PITCH`
    features : (count, features) float32
    level : (count,) logarithm of the activation after the rise, relative to the loud part
    """

    frame: IntArray
    pitch_index: IntArray
    features: Float32Array
    level: Float32Array


def loud_part(values: FloatArray) -> float:
    """Return the 95th percentile over time of the strongest value of each frame."""
    return float(np.percentile(values.max(axis=1), 95)) if len(values) else 0.0


def find_candidates(spectrum: Float32Array, amounts: Float32Array, signal: FloatArray, *, loudness_ratio: float = 1.0) -> Candidates:
    """Find where notes may begin.

    Parameters
    ----------
    spectrum : (frames, bins) from `note_spectrum`
    amounts : (frames, PITCHES, templates) from `activate`
    signal : (n,) the same sound
    loudness_ratio : how many times louder the loud part of the recording is taken to be than that of this excerpt, so that the noise in
        a rest is not judged as if it were music
    """
    grouped = np.stack([amounts[:, :, list(group)].sum(axis=2) for group in GROUPS], axis=2)
    activation = grouped.sum(axis=2)
    reference = loudness_ratio * loud_part(activation) + 1e-9
    activation /= reference
    grouped /= reference
    after = _soon(activation)
    before = _shift(activation, 2)
    rise = after - before
    possible = (after > _LEAST_LEVEL) & (after > _LEAST_RISE * before) & (rise >= _shift(rise, 1)) & (rise > _shift(rise, -1))
    possible[:1] = False
    frame, pitch = np.nonzero(possible)
    loudness = np.log(after + _FLOOR)
    columns = [
        *_own_course(activation, grouped, loudness, frame, pitch),
        *_kin_and_all(activation, loudness, np.log(np.maximum(before, _shift(activation, 3)) + _FLOOR), frame, pitch),
        *_attack_noise(signal, frame, pitch, loudness_ratio=loudness_ratio),
        *_partials(spectrum, frame, pitch, loudness_ratio=loudness_ratio),
    ]
    features = np.stack(columns, axis=1).astype(np.float32) if len(frame) else np.zeros((0, len(columns)), np.float32)
    return Candidates(frame, pitch, features, loudness[frame, pitch])


def _own_course(
    activation: Float32Array, grouped: Float32Array, loudness: Float32Array, frame: IntArray, pitch: IntArray
) -> list[FloatArray]:
    course = np.pad(np.log(activation + _FLOOR), ((_REACH, _REACH), (0, 0)), constant_values=np.log(_FLOOR))
    columns = [course[frame + _REACH + step, pitch] for step in _AROUND]
    base = loudness[frame, pitch]
    columns.append(base - np.log(np.maximum(_shift(activation, 2), _shift(activation, 3)) + _FLOOR)[frame, pitch])
    levels = np.log(grouped + _FLOOR)
    for group in range(levels.shape[2]):
        one = levels[:, :, group]
        columns.append(_soon(one, fill=np.log(_FLOOR))[frame, pitch] - base)
        columns.append(_shift(one, 2, np.log(_FLOOR))[frame, pitch] - base)
    return columns


def _kin_and_all(
    activation: Float32Array, loudness: Float32Array, earlier: Float32Array, frame: IntArray, pitch: IntArray
) -> list[FloatArray]:
    widest = max(_KIN)
    levels = np.pad(loudness, ((0, 0), (widest, widest)), constant_values=np.log(_FLOOR))
    rises = np.pad(loudness - earlier, ((0, 0), (widest, widest)))
    base = loudness[frame, pitch]
    columns: list[FloatArray] = []
    for interval in _KIN:
        columns += [levels[frame, pitch + widest + interval] - base, rises[frame, pitch + widest + interval]]
    total = np.log(activation.sum(axis=1) + _FLOOR)
    strongest = loudness.max(axis=1)
    nearby = np.pad(strongest, (_NEAR_FRAMES, _NEAR_FRAMES), mode="edge")
    nearby = np.lib.stride_tricks.sliding_window_view(nearby, 2 * _NEAR_FRAMES + 1).max(axis=1)
    columns += [
        _soon(total, fill=-9.0)[frame] - _shift(total, 2, np.log(_FLOOR))[frame],
        strongest[frame] - base,
        nearby[frame] - base,
        total[frame],
        np.exp(loudness - strongest[:, None]).sum(axis=1)[frame],
        pitch / PITCHES,
        (pitch / PITCHES) ** 2,
    ]
    return columns


def _attack_noise(signal: FloatArray, frame: IntArray, pitch: IntArray, *, loudness_ratio: float) -> list[FloatArray]:
    """Rise of a short spectrum at the pitch's partials, and everywhere, in steps of half a hop."""
    hop = HOP // 2
    window = window_samples("hann", _SHORT_WINDOW).astype(np.float32)
    count = frame_count(signal.shape[0], frame_length=_SHORT_WINDOW, hop=hop)
    magnitude = np.empty((count, _SHORT_WINDOW // 2 + 1), dtype=np.float32)
    for first, block in frame_blocks(signal, frame_length=_SHORT_WINDOW, hop=hop):
        magnitude[first : first + len(block)] = np.abs(scipy.fft.rfft(block.astype(np.float32, copy=False) * window, axis=1))
    magnitude *= 4.0 / _SHORT_WINDOW
    compressed = np.log1p(magnitude * (1000.0 / (loudness_ratio * loud_part(magnitude) + 1e-9)))
    flux = np.zeros_like(compressed)
    np.maximum(compressed[2:] - compressed[:-2], 0.0, out=flux[1:-1])
    reach = max(-_NOISE_AROUND.start, _NOISE_AROUND.stop)
    at_partials = np.pad(flux @ _partial_weights(), ((reach, reach), (0, 0)))
    everywhere = np.pad(flux.mean(axis=1), (reach, reach))
    place = np.clip(2 * frame, 0, count - 1) + reach
    return [at_partials[place + step, pitch] for step in _NOISE_AROUND] + [everywhere[place + step] for step in _NOISE_AROUND]


def _partials(spectrum: Float32Array, frame: IntArray, pitch: IntArray, *, loudness_ratio: float) -> list[FloatArray]:
    """Level of each partial after the beginning, and its rise over one and two frames' worth of past."""
    place, exists = _partial_places()
    wide = np.maximum(spectrum, np.maximum(np.roll(spectrum, 1, axis=1), np.roll(spectrum, -1, axis=1)))
    levels = np.log(wide / (loudness_ratio * loud_part(spectrum) + 1e-9) + _SPECTRUM_FLOOR)
    floor = float(np.log(_SPECTRUM_FLOOR))
    at = (frame[:, None], place[pitch])
    seen = [np.where(exists[pitch], matrix[at], floor) for matrix in (_soon(levels), _shift(levels, 2, floor), _shift(levels, 4, floor))]
    return [*seen[0].T, *(seen[0] - seen[1]).T, *(seen[0] - seen[2]).T]


@lru_cache(maxsize=1)
def _pitch_hz() -> FloatArray:
    return np.asarray(440.0 * 2.0 ** ((np.arange(PITCHES) + LOWEST_PITCH - 69) / 12))


@lru_cache(maxsize=1)
def _partial_places() -> tuple[IntArray, np.ndarray]:
    hz = _pitch_hz()[:, None] * np.array(_PARTIALS)
    place = np.abs(hz[:, :, None] - spectrum_frequencies_hz()).argmin(axis=2)
    return place, (hz > 20) & (hz < 9000)


@lru_cache(maxsize=1)
def _partial_weights() -> Float32Array:
    weights = np.zeros((_SHORT_WINDOW // 2 + 1, PITCHES), dtype=np.float32)
    for index, hz in enumerate(_pitch_hz()):
        for partial in range(1, 9):
            position = hz * partial * _SHORT_WINDOW / RATE_HZ
            below = int(position)
            if 1 < position < _SHORT_WINDOW // 2 - 1:
                weights[below, index] += (1 - (position - below)) * 0.85**partial
                weights[below + 1, index] += (position - below) * 0.85**partial
    weights /= weights.sum(axis=0) + 1e-9
    return weights


def _shift(matrix: FloatArray, frames: int, fill: float = 0.0) -> FloatArray:
    """Move a matrix later in time by some frames (earlier if negative)."""
    moved = np.full_like(matrix, fill)
    if frames > 0:
        moved[frames:] = matrix[:-frames]
    else:
        moved[:frames] = matrix[-frames:]
    return moved


def _soon(matrix: FloatArray, fill: float = 0.0) -> FloatArray:
    """Return the strongest of this and the next two frames."""
    return np.maximum(matrix, np.maximum(_shift(matrix, -1, fill), _shift(matrix, -2, fill)))
