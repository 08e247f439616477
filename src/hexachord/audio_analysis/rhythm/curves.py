"""What rhythm analysis listens to: rises of energy in three bands, and changes of harmony.

A bass drum, a snare and a hi-hat live in different bands and mean different things in a bar; a new chord means a downbeat more often
than a new note does. One curve each, all on the front end's frames. FMP §6.1; Klapuri, Eronen & Astola, "Analysis of the meter of
acoustic musical signals", IEEE TASLP 2006 (registral accents).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hexachord.arrays import Float32Array, Float64Array, FloatArray
from hexachord.dsp.mel import mel_frequencies_hz
from hexachord.dsp.onset import novelty_to_activation

if TYPE_CHECKING:
    from hexachord.dsp.frontend import FrontEnd

LOW_HZ, HIGH_HZ = 150.0, 2000.0
RANGE_DB = 60.0  # below the recording's loud bands; quieter is room and hiss
LEAD_S = 0.02  # flux peaks while the attack is still entering the frame: this much before the onset. Measured on renders of train/
HARMONY_REACH_S = 0.4
_BLOCK_FRAMES = 8192
BANDS = ("low", "mid", "high", "harmony")
PARTS = 12  # a beat is looked at in twelfths: halves, thirds, quarters and sixths fall on them


@dataclass(frozen=True, eq=False)
class RhythmCurves:
    """Curves on one frame grid.

    `bands` (frames, 4) float32 holds `BANDS`: spectral flux in three bands and harmonic change, each divided by its 99th percentile;
    `activation` (frames,) in [0, 1] says how likely something starts; frame `i` is at `i * hop_s + LEAD_S` seconds.
    """

    bands: Float32Array
    activation: Float32Array
    hop_s: float

    def __len__(self) -> int:
        return len(self.activation)

    def part(self, first: int, last: int) -> "RhythmCurves":
        """Cut out frames."""
        return RhythmCurves(self.bands[first:last], self.activation[first:last], self.hop_s)


def rhythm_curves(frontend: "FrontEnd") -> RhythmCurves:
    """Make the curves from a recording's mel spectrogram and chroma."""
    raw = frontend.raw_chroma
    return curves_from_spectra(frontend.log_mel_db, raw.bass, raw.treble, hop_s=frontend.hop_s, rate_hz=frontend.rate_hz)


def curves_from_spectra(
    log_mel_db: FloatArray, bass_chroma: FloatArray, treble_chroma: FloatArray, *, hop_s: float, rate_hz: float
) -> RhythmCurves:
    """Make the curves.

    Parameters
    ----------
    log_mel_db : (frames, bands) mel power in dB, up to half of `rate_hz`
    bass_chroma, treble_chroma : (frames, 12) linear, not normalised
    hop_s : seconds from one frame to the next
    rate_hz : of the signal
    """
    frames, mel_bands = log_mel_db.shape
    if frames == 0:
        return RhythmCurves(np.zeros((0, 4), dtype=np.float32), np.zeros(0, dtype=np.float32), hop_s)
    loud = float(np.percentile(log_mel_db[:: max(1, frames // 4000)], 99.5))
    hz = mel_frequencies_hz(bands=mel_bands, high_hz=rate_hz / 2)
    bands = np.zeros((frames, 4), dtype=np.float32)
    # Two frames apart in the bass: a low note takes longer to rise than a frame's distance.
    for column, (chosen, lag) in enumerate(((hz < LOW_HZ, 2), ((hz >= LOW_HZ) & (hz < HIGH_HZ), 1), (hz >= HIGH_HZ, 1))):
        for first in range(lag, frames if chosen.any() else 0, _BLOCK_FRAMES):
            last = min(first + _BLOCK_FRAMES, frames)
            level = np.maximum(log_mel_db[first - lag : last, chosen], loud - RANGE_DB)
            bands[first:last, column] = np.maximum(level[lag:] - level[:-lag], 0.0).mean(axis=1)
    bands[:, 3] = harmonic_change(np.hstack([bass_chroma, treble_chroma]), hop_s=hop_s)
    for column in range(4):
        top = float(np.percentile(bands[:, column], 99))
        bands[:, column] = np.minimum(bands[:, column] / top, 3.0) if top > 1e-6 else 0.0
    return RhythmCurves(bands, novelty_to_activation(bands[:, :3].sum(axis=1), hop_s=hop_s), hop_s)


def harmonic_change(chroma: FloatArray, *, hop_s: float, reach_s: float = HARMONY_REACH_S) -> Float32Array:
    """Compare the harmony just after each moment with that just before.

    Parameters
    ----------
    chroma : (frames, 24) bass and treble, linear
    hop_s : seconds from one frame to the next
    reach_s : how far to either side

    Returns
    -------
    (frames,) float32 in [0, 1]: one minus the cosine of the two averages; 0 where either side is silent
    """
    frames = len(chroma)
    size = np.sqrt((np.asarray(chroma, dtype=np.float64) ** 2).sum(axis=1, keepdims=True))
    floor = 0.05 * float(np.percentile(size, 90)) + 1e-12
    level = np.sqrt(chroma / (size + floor))
    total = np.concatenate([np.zeros((1, chroma.shape[1])), np.cumsum(level, axis=0)])
    reach = max(1, round(reach_s / hop_s))
    here = np.arange(frames)
    before = total[here] - total[np.maximum(here - reach, 0)]
    after = total[np.minimum(here + reach, frames)] - total[here]
    lengths = np.sqrt((before**2).sum(axis=1) * (after**2).sum(axis=1))
    cosine = (before * after).sum(axis=1) / np.maximum(lengths, 1e-12)
    change: Float32Array = np.where(lengths > 1e-6 * reach**2, 1.0 - cosine, 0.0).clip(0, 1).astype(np.float32)
    return change


def beat_pattern(curves: RhythmCurves, time_s: FloatArray) -> Float64Array:
    """Fold the curves into the beat.

    Parameters
    ----------
    curves : see `rhythm_curves`
    time_s : (beats,) at least 3, ascending, on the curves' own clock

    Returns
    -------
    (beats - 1, PARTS, 4) values of the curves at each twelfth of each beat, blurred by a frame to either side
    """
    gap = np.diff(time_s)
    places = (time_s[:-1, None] + gap[:, None] * (np.arange(PARTS) / PARTS)[None, :]) / curves.hop_s
    blurred = curves.bands.astype(np.float64)
    blurred[1:-1] = 0.25 * blurred[:-2] + 0.5 * blurred[1:-1] + 0.25 * blurred[2:]
    frames = np.arange(len(curves))
    return np.stack([np.interp(places, frames, blurred[:, band]) for band in range(4)], axis=2)
