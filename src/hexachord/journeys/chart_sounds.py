"""What there is to strike along with: the sounds of a recording or a score, as `hexachord.composition.charts.charting` takes them.

Of a recording: its onsets, and the strokes of its drums; how bright an onset is says don or kat where no drum does. Of a score: the moments
at which notes begin; the tune counts more than what lies below it, and its high notes are kats.
"""

import numpy as np

from hexachord.arrays import Float32Array, Float64Array
from hexachord.composition.charts.charting import Sounds
from hexachord.composition.drums.groove_network import DRUMS, drum_column
from hexachord.knowledge.model import Drums, Events
from hexachord.score.model import Score
from hexachord.score.notes import note_array

_TOGETHER_S = 0.03
_AROUND_S = 4.0  # bright and loud are so beside what is near
_ATTACK_S = 0.046
_WEIGHT = {"kick": 0.8, "snare": 1.0, "hihat_closed": 0.3, "hihat_open": 0.4, "tom": 0.8, "ride": 0.3, "crash": 0.9}
_BRIGHT = {"kick": 0.0, "snare": 1.0, "tom": 0.2, "crash": 1.0}  # cymbals that keep time say nothing
_SURE = 0.35
_LOWEST_HZ, _HIGHEST_HZ = 60.0, 11000.0
_TUNE, _BELOW = 0.8, 0.45


def sounds_of_recording(samples: Float32Array, rate_hz: int, *, onsets: Events | None, drums: Drums | None) -> Sounds:
    """Gather the onsets and strokes of a recording.

    Parameters
    ----------
    samples : (n,) mono
    onsets, drums : as `listen` hears them
    """
    rows: list[tuple[float, float, float, float]] = []  # time, weight, bright (nan: ask the sound), accent
    if onsets is not None:
        rows += [(time, 0.6 * float(sure), np.nan, 0.0) for time, sure in zip(onsets.time_s.tolist(), onsets.confidence, strict=True)]
    if drums is not None:
        for time, label, velocity, sure in zip(drums.time_s.tolist(), drums.label, drums.velocity, drums.confidence, strict=True):
            if not sure < _SURE:
                force = 0.6 + 0.4 * float(velocity) / 127.0
                rows.append((time, _WEIGHT.get(label, 0.3) * force, _BRIGHT.get(label, np.nan), 1.0 if label == "crash" else 0.0))
    rows.sort()
    groups = _grouped(np.array([row[0] for row in rows]))
    table = np.array(rows, dtype=np.float64).reshape(-1, 4)
    time_s, weight, bright, accent = (np.zeros(len(groups)) for _ in range(4))
    for index, members in enumerate(groups):
        strongest = members[table[members, 1].argmax()]
        told = members[~np.isnan(table[members, 2])]
        time_s[index] = table[strongest, 0]
        weight[index] = min(1.0, table[strongest, 1] + 0.15 * (len(members) - 1))
        bright[index] = table[told[table[told, 1].argmax()], 2] if len(told) else np.nan
        accent[index] = table[members, 3].max()
    loud, centre = _attacks(samples, rate_hz, time_s)
    heard = (centre > _local_median(time_s, centre)).astype(np.float64)
    accent = np.maximum(accent, 0.9 * _local_rank(time_s, loud))
    return Sounds(
        time_s=time_s, weight=weight, bright=np.where(np.isnan(bright), heard, bright), accent=accent, held_s=np.zeros(len(groups))
    )


def _attacks(samples: Float32Array, rate_hz: int, time_s: Float64Array) -> tuple[Float64Array, Float64Array]:
    """How loud (dB) and how bright (octaves) the first moment of each sound is."""
    size = max(64, round(_ATTACK_S * rate_hz))
    frequency = np.fft.rfftfreq(size, 1.0 / rate_hz)
    seen = (frequency >= _LOWEST_HZ) & (frequency <= _HIGHEST_HZ)
    octave, window = np.log2(frequency[seen]), np.hanning(size)
    loud, centre = np.zeros(len(time_s)), np.zeros(len(time_s))
    for index, start in enumerate(np.rint(time_s * rate_hz).astype(np.int64).tolist()):
        piece = np.zeros(size)
        part = samples[max(0, start) : max(0, start) + size]
        piece[: len(part)] = part
        power = np.abs(np.fft.rfft(piece * window)[seen]) ** 2 + 1e-12
        loud[index] = 10.0 * np.log10(power.sum())
        centre[index] = (np.sqrt(power) * octave).sum() / np.sqrt(power).sum()
    return loud, centre


def sounds_of_score(score: Score) -> Sounds:
    """Gather the moments at which something begins in a score; repeats are not unfolded."""
    notes = note_array(score)
    groups = _grouped(notes["onset_s"])
    time_s, weight, bright, accent, top, held = (np.zeros(len(groups)) for _ in range(6))
    loud = np.zeros(len(groups))
    for index, members in enumerate(groups):
        rows = notes[members]
        drums, pitched = rows[rows["is_percussion"]], rows[~rows["is_percussion"]]
        kinds = [_kind(int(key)) for key in drums["pitch"]]
        time_s[index] = rows["onset_s"].min()
        top[index] = pitched["pitch"].max() if len(pitched) else np.nan
        held[index] = pitched["duration_s"].max() if len(pitched) else 0.0
        said = [_BRIGHT[kind] for kind in kinds if kind in _BRIGHT]
        bright[index] = max(said) if said else np.nan
        weight[index] = max((_WEIGHT[kind] * (0.5 + 0.5 * float(hit) / 127) for kind, hit in zip(kinds, drums["velocity"], strict=True)
                             if kind in _WEIGHT), default=0.0)  # fmt: skip
        accent[index] = 1.0 if "crash" in kinds else 0.0
        loud[index] = np.log(rows["velocity"].astype(np.float64).sum())
    around = _local_median(time_s, top)
    tune = np.where(np.isnan(top), 0.0, np.where(top >= around - 7, _TUNE, _BELOW)) * (0.7 + 0.3 * np.minimum(held, 1.0))
    return Sounds(
        time_s=time_s,
        weight=np.maximum(weight, tune),
        bright=np.where(np.isnan(bright), (np.nan_to_num(top, nan=-1.0) > around).astype(np.float64), bright),
        accent=np.maximum(accent, 0.9 * _local_rank(time_s, loud)),
        held_s=held,
    )


def _kind(key: int) -> str:
    """The kind of drum of a General MIDI key; nothing for other percussion."""
    column = drum_column(key)
    return "" if column is None else DRUMS[column].partition("_")[0] if DRUMS[column].startswith("tom") else DRUMS[column]


def _grouped(time_s: Float64Array) -> list[np.ndarray]:
    """Rows that sound together: each within 30 ms of the first of them."""
    groups: list[np.ndarray] = []
    start = 0
    for row in range(1, len(time_s) + 1):
        if row == len(time_s) or time_s[row] - time_s[start] > _TOGETHER_S:
            groups.append(np.arange(start, row))
            start = row
    return groups if len(time_s) else []


def _near(time_s: Float64Array) -> list[tuple[int, int]]:
    """From which row to which everything is near each."""
    firsts, lasts = np.searchsorted(time_s, time_s - _AROUND_S), np.searchsorted(time_s, time_s + _AROUND_S, side="right")
    return list(zip(firsts.tolist(), lasts.tolist(), strict=True))


def _local_median(time_s: Float64Array, values: Float64Array) -> Float64Array:
    """The median of what is near, (n,)."""
    out = np.zeros(len(values))
    for index, (first, last) in enumerate(_near(time_s)):
        near = values[first:last][~np.isnan(values[first:last])]
        out[index] = np.median(near) if len(near) else 0.0
    return out


def _local_rank(time_s: Float64Array, values: Float64Array) -> Float64Array:
    """The share of what is near that is less, (n,)."""
    return np.array([(values[first:last] < values[index]).mean() for index, (first, last) in enumerate(_near(time_s))])
