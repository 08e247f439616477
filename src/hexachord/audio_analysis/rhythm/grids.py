"""Which pulse is the beat: candidate grids of beats, and a score for each from what happens on and between its beats.

A tempogram offers a few tempi and their simple ratios; the metrical decoder lays the best grid of beats at each; each grid is also tried
shifted by fractions of a beat, because a strong off-beat pulls a decoder over. What tells the right one is the pattern: where in the
beat the bass drum, the snare, the hi-hat and the chord changes fall, and how one beat differs from the next. A small network
scores that pattern, trained on drummers' grooves and piano arrangements. Folding onsets into the beat: Peeters & Papadopoulos,
"Simultaneous beat and downbeat-tracking using a probabilistic framework", IEEE TASLP 2011; Krebs, Böck & Widmer, "Rhythmic
pattern modeling for beat and downbeat tracking in musical audio", ISMIR 2013.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from hexachord.arrays import Float64Array, FloatArray
from hexachord.audio_analysis.rhythm.curves import PARTS, RhythmCurves, beat_pattern
from hexachord.dsp.metrical import MetricalOptions, decode_beats
from hexachord.dsp.tempogram import rank_tempi, tempo_salience
from hexachord.models.tables import load_table

SLOWEST_BPM, FASTEST_BPM = 30.0, 300.0
SHIFTS = (0.0, 1 / 4, 1 / 3, 1 / 2, 2 / 3, 3 / 4)
RATIOS = (1.0, 2.0, 1 / 2, 3.0, 1 / 3, 3 / 2, 2 / 3, 4 / 3, 3 / 4)
MOST_TEMPI = 12
TEMPO_RANGE = 1.12  # a grid may speed up or slow down by this much around its tempo

_LOG_BPM = np.geomspace(SLOWEST_BPM, FASTEST_BPM, 240)


@dataclass(frozen=True, eq=False)
class Grid:
    """Beats at `time_s` on the curves' own clock, about `bpm`, moved by `shift` of a beat; `score` once scored."""

    time_s: FloatArray
    bpm: float
    shift: float
    score: float = 0.0


def candidate_tempi(curves: RhythmCurves) -> list[float]:
    """List tempi worth trying, in beats a minute: the strongest pulses and their simple ratios."""
    novelty = curves.bands[:, :3].sum(axis=1)
    salience = tempo_salience(novelty, hop_s=curves.hop_s, bpm=_LOG_BPM)
    strongest, _ = rank_tempi(salience, bpm=_LOG_BPM, count=4)
    tempi: list[float] = []
    for ratio in RATIOS:
        for pulse in strongest:
            bpm = float(pulse * ratio)
            if SLOWEST_BPM <= bpm <= FASTEST_BPM and all(abs(bpm / other - 1) > 0.05 for other in tempi):
                tempi.append(bpm)
    return sorted(tempi[:MOST_TEMPI])


def lay_grid(curves: RhythmCurves, bpm: float) -> FloatArray:
    """Find the best grid of beats near a tempo; empty if nothing starts anywhere."""
    slowest, fastest = max(SLOWEST_BPM / 1.2, bpm / TEMPO_RANGE), min(FASTEST_BPM * 1.2, bpm * TEMPO_RANGE)
    found = decode_beats(curves.activation, hop_s=curves.hop_s, options=MetricalOptions(slowest_bpm=slowest, fastest_bpm=fastest))
    return np.zeros(0) if found is None else np.asarray(found.beat_s, dtype=np.float64)


def shifted(time_s: FloatArray, shift: float) -> FloatArray:
    """Move each beat later by a part of the distance to the next; the last moves by the distance before it."""
    if len(time_s) < 2 or shift == 0.0:
        return time_s
    gap = np.diff(time_s)
    moved: FloatArray = time_s + shift * np.append(gap, gap[-1])
    return moved


def grid_features(curves: RhythmCurves, grid: Grid) -> Float64Array:
    """Describe what happens on a grid of beats.

    Parameters
    ----------
    curves : see `rhythm_curves`
    grid : at least four beats

    Returns
    -------
    (76,) the mean pattern of a beat in four bands against the curve's mean, how even and odd beats differ, how alike successive beats
    are, and the tempo on a log scale
    """
    pattern = beat_pattern(curves, grid.time_s)
    mean = curves.bands.mean(axis=0) + 1e-3
    folded = np.log(pattern.mean(axis=0) / mean + 0.1)
    even, odd = pattern[0::2].mean(axis=0), pattern[1::2].mean(axis=0)
    if (even - odd)[[0, 1, PARTS - 1], 0].sum() < 0:
        even, odd = odd, even  # "even" has the bass
    quarters = [0, PARTS // 4, PARTS // 2, 3 * PARTS // 4]
    alternate = ((even - odd) / mean)[quarters]
    flat = pattern[:, :, :3].reshape(len(pattern), -1)
    flat = flat - flat.mean(axis=0)
    power = float((flat**2).sum()) + 1e-9
    alike = [float((flat[lag:] * flat[:-lag]).sum()) / power if len(flat) > lag else 0.0 for lag in (1, 2, 3, 4)]
    octave = float(np.log2(grid.bpm / 110.0))
    beats = np.rint(grid.time_s / curves.hop_s).astype(np.int64).clip(0, len(curves) - 1)
    between = np.rint((grid.time_s[:-1] + 0.5 * np.diff(grid.time_s)) / curves.hop_s).astype(np.int64).clip(0, len(curves) - 1)
    hit = [float(curves.activation[beats].mean()), float(curves.activation[between].mean())]
    spread = [float(np.abs(np.diff(grid.time_s, n=2)).mean() * grid.bpm / 60.0) if len(grid.time_s) > 2 else 0.0]
    shape = [octave, octave**2, abs(octave) ** 3, *alike, *hit, *spread, float(grid.shift == 0.0), 1.0]
    return np.concatenate([folded.ravel(), np.tanh(alternate / 3).ravel(), shape])


def score_features(features: FloatArray, weights: Mapping[str, FloatArray] | None = None) -> Float64Array:
    """Run the scoring network: (hypotheses, features) → (hypotheses,) scores; a softmax over them is the chance of each being right."""
    table = load_table("rhythm") if weights is None else weights
    inputs = (np.asarray(features, dtype=np.float64) - table["grid_mean"]) / table["grid_scale"]
    hidden = np.tanh(inputs @ table["grid_w1"] + table["grid_b1"])
    scores: Float64Array = hidden @ table["grid_w2"] + inputs @ table["grid_direct"]
    return scores


def propose_grids(curves: RhythmCurves, *, tempi: list[float] | None = None) -> list[Grid]:
    """List unscored grids: each candidate tempo, each shift."""
    grids: list[Grid] = []
    for bpm in candidate_tempi(curves) if tempi is None else tempi:
        time_s = lay_grid(curves, bpm)
        if len(time_s) < 4:
            continue
        actual = 60.0 / float(np.median(np.diff(time_s)))
        grids.extend(Grid(shifted(time_s, shift), actual, shift) for shift in SHIFTS)
    return grids


def score_grids(curves: RhythmCurves, grids: list[Grid]) -> list[Grid]:
    """Score grids, best first."""
    if not grids:
        return []
    scores = score_features(np.stack([grid_features(curves, grid) for grid in grids]))
    scored = [Grid(grid.time_s, grid.bpm, grid.shift, float(score)) for grid, score in zip(grids, scores, strict=True)]
    return sorted(scored, key=lambda grid: -grid.score)
