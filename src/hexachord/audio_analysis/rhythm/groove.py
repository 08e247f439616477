"""Groove: how the beat goes. Swing, and how early or late each place of the bar is played.

Every onset is folded into its beat. What the folded onsets show is explained by a small mixture: a bell on the beat, one where the
off-beat eighth falls, two for the sixteenths beside it, and strays anywhere. Moving the off-beat from the middle of the beat to three
quarters of it (the sixteenths bend along) and asking each time how likely the onsets are gives the swing; straight playing must lose
clearly before swing is said. Where onsets fall on thirds of the beat rather than on quarters, places are counted in thirds.

Deviations are measured from the smoothed beats (`tempo_curve`), not from the tracked ones: a tracker that sits on the onsets would see
none. What all beats have in common, a constant lead or lag, is taken out. Friberg & Sundström, "Swing ratios and ensemble timing in
jazz performance", Music Perception 2002; Dittmar, Pfleiderer, Balke & Müller, "A swingogram representation for tracking micro-rhythmic
variation in jazz performances", JNMR 2018; Fraisse 1982 for what divides a beat.
"""

from dataclasses import dataclass

import numpy as np

from hexachord.arrays import Float64Array, FloatArray, IntArray
from hexachord.audio_analysis.rhythm.tempo_curve import TempoCurve, beat_steps, tempo_curve
from hexachord.knowledge import Beats, Events, Groove

ENGINE = "groove/folded-onsets"
LEAST_BEATS = 8
_LEAST_OFF_BEATS = 6
_LEAST_AT_PLACE = 6  # onsets, for a deviation to be said
_TIMING_S = 0.014  # how far one player's onsets scatter
_NARROWEST, _WIDEST = 0.018, 0.06  # of a bell, in beats
_BINS = 240  # of the folded beat
_STRAIGHT, _SWUNG = 0.53, 0.565  # off-beats before the first are straight, after the second swung
_WIDE = 0.7  # swing beyond this is rare
_OFF_BEATS = np.linspace(0.5, 0.75, 26)
_ROUNDS = 15
_LEAST_CONFIDENCE = 0.25
_FAINT = 0.5  # of the median strength: softer onsets say little about time
_EVIDENCE_NATS = 6.0  # on which confidence is measured: so much log likelihood over the next best story is 0.63
_FAR_FROM_BEAT_S = 0.04  # where smoothing moves a beat this much the time is free and the beat itself counts
_TERNARY = 0.5  # the second third is played this often, compared with the last: the beat has three parts, and nothing swings
_SLOW_BEAT_S, _FAST_BEAT_S = 0.8, 0.3  # a slower beat may be a half note, a faster one an eighth


@dataclass(frozen=True, kw_only=True)
class Swing:
    """How eighths are played.

    Attributes
    ----------
    ratio : long to short; 1 is straight, 2 a triplet; NaN when it cannot be told, or when the beat has three equal parts
    confidence : in [0, 1]
    pair_beats : the beats that a long and a short note fill together: 1, or 2 where the tracked beat is the eighth, 0.5 where it is
        the half note
    off_beats : onsets that speak for it
    is_ternary : the beat is divided in three
    """

    ratio: float
    confidence: float
    pair_beats: float = 1.0
    off_beats: int = 0
    is_ternary: bool = False


NO_SWING_KNOWN = Swing(ratio=float("nan"), confidence=0.0)


def find_groove(beats: Beats, onsets: Events, *, beats_per_bar: int = 4) -> Groove | None:
    """Measure tempo curve, steadiness, swing and microtiming.

    Parameters
    ----------
    beats : of a recording; places in the bar are told apart where positions are known, else only within the beat
    onsets : all its onsets, with their strength as `confidence` where it is known
    beats_per_bar : places in bars of that length are measured

    Returns
    -------
    Groove, or None with fewer than eight beats

    Examples
    --------
    >>> beats = Beats(time_s=0.5 * np.arange(33), position=np.arange(33) % 4 + 1)
    >>> swung = np.concatenate([beats.time_s, beats.time_s[:-1] + 0.5 * 2 / 3])
    >>> groove = find_groove(beats, Events(time_s=np.sort(swung)))
    >>> round(groove.swing_ratio, 2), groove.tempo_bpm[:3].round(), groove.position_beats[:3].round(2)
    (2.0, array([120., 120., 120.]), array([0.  , 0.33, 0.67]))
    """
    if len(beats) < LEAST_BEATS or not (np.diff(beats.time_s) > 0).all():
        return None
    curve = tempo_curve(beats.time_s)
    strength = np.where(np.isfinite(onsets.confidence), onsets.confidence, 1.0)
    swing = find_swing(beats.time_s, onsets.time_s, strength=strength, curve=curve)
    place, deviation_s, spread_s = microtiming(beats, onsets.time_s, strength=strength, beats_per_bar=beats_per_bar, curve=curve)
    return Groove(
        tempo_time_s=curve.time_s,
        tempo_bpm=curve.bpm,
        stability=steadiness(curve, onsets.time_s, strength=strength),
        swing_ratio=swing.ratio,
        position_beats=place,
        deviation_s=deviation_s,
        spread_s=spread_s,
        engine=ENGINE,
    )


def find_swing(beat_s: FloatArray, onset_s: FloatArray, *, strength: FloatArray | None = None, curve: TempoCurve | None = None) -> Swing:
    """Measure the swing of eighths.

    Parameters
    ----------
    beat_s : (beats,) ascending
    onset_s : (onsets,) of all that is played
    strength : (onsets,) how much each counts
    curve : of the beats, if it is there already

    Returns
    -------
    Swing. Where the beat is slow the eighths may be quarters of it, where it is fast the beats themselves; the reading with most
    evidence for swing counts.
    """
    curve = tempo_curve(beat_s) if curve is None else curve
    weight = np.ones(len(onset_s)) if strength is None else np.asarray(strength, dtype=np.float64)
    period_s = float(60.0 / np.median(curve.bpm))
    at = beat_places(beat_s, onset_s, curve=curve)
    readings = [_swing_in(at, weight, pair_beats=1.0, period_s=period_s)]
    if period_s > _SLOW_BEAT_S:
        readings.append(_swing_in(at, weight, pair_beats=0.5, period_s=period_s))
    if period_s < _FAST_BEAT_S:
        smooth = np.interp(onset_s, curve.smooth_s, np.arange(len(curve.smooth_s)), left=np.nan, right=np.nan)
        for parity in (0.0, 1.0):
            readings.append(_swing_in(smooth + parity, weight, pair_beats=2.0, period_s=period_s))
    known = [reading for reading in readings if np.isfinite(reading.ratio)]
    swung = [reading for reading in known if reading.ratio > _SWUNG / (1 - _SWUNG)]
    if swung:
        return max(swung, key=lambda reading: reading.confidence * reading.off_beats**0.5)
    return readings[0]


def steadiness(curve: TempoCurve, onset_s: FloatArray, *, strength: FloatArray) -> float:
    """Measure how evenly beats are played: the spread of their intervals around the smoothed tempo, relative.

    A tracker's beats scatter by some milliseconds of their own, so each beat is taken to be the strongest onset near it, where there are
    enough of those; the smaller of both spreads counts, for errors only ever add to it.
    """
    time_s = np.asarray(onset_s, dtype=np.float64)
    late_s = np.full(len(curve.smooth_s), np.nan)
    first = np.searchsorted(time_s, curve.smooth_s - _FAR_FROM_BEAT_S)
    last = np.searchsorted(time_s, curve.smooth_s + _FAR_FROM_BEAT_S)
    for beat in np.flatnonzero(last > first).tolist():
        near = slice(first[beat], last[beat])
        late_s[beat] = time_s[near][np.argmax(strength[near])] - curve.smooth_s[beat]
    uneven = np.diff(late_s) * curve.bpm / 60.0
    uneven = uneven[np.isfinite(uneven)]
    if len(uneven) < LEAST_BEATS:
        return curve.stability
    spread = 1.4826 * float(np.median(np.abs(uneven - np.median(uneven))))  # robust: the strongest onset may be another player's
    return min(spread, curve.stability) if np.isfinite(curve.stability) else spread


def microtiming(
    beats: Beats, onset_s: FloatArray, *, strength: FloatArray | None = None, beats_per_bar: int = 4, curve: TempoCurve | None = None
) -> tuple[Float64Array, Float64Array, Float64Array]:
    """Measure how early or late every place of the bar is played.

    Returns
    -------
    position_beats : (places,) quarters or thirds of each beat of the bar, as evidence has it; of one beat where positions are unknown
    deviation_s : (places,) median deviation, positive is late, against the median of all onsets on beats; NaN where few are played
    spread_s : (places,) median absolute deviation around it
    """
    curve = tempo_curve(beats.time_s) if curve is None else curve
    weight = np.ones(len(onset_s)) if strength is None else np.asarray(strength, dtype=np.float64)
    at = beat_places(beats.time_s, onset_s, curve=curve)
    period_s = float(60.0 / np.median(curve.bpm))
    parts = beat_division(at, weight, period_s=period_s)
    known = np.isfinite(at) & (weight >= _FAINT * float(np.median(weight)) if len(weight) else np.zeros(0, dtype=np.bool_))
    slot = np.rint(at[known] * parts).astype(np.int64)
    beat, part = slot // parts, slot % parts
    gap = 60.0 / curve.bpm
    off_s = (at[known] - slot / parts) * gap[beat.clip(0, len(gap) - 1)]
    off_s = off_s - (float(np.median(off_s[part == 0])) if (part == 0).any() else 0.0)
    position = beats.position[beat.clip(0, len(beats) - 1)]
    if (beats.position < 1).all():
        beats_per_bar, position = 1, np.ones(len(beat), dtype=np.int64)
    place = (position - 1) * parts + part
    count = beats_per_bar * parts
    deviation_s, spread_s = np.full(count, np.nan), np.full(count, np.nan)
    for index in range(count):
        mine = off_s[(place == index) & (position >= 1)]
        if len(mine) >= _LEAST_AT_PLACE:
            deviation_s[index] = np.median(mine)
            spread_s[index] = np.median(np.abs(mine - deviation_s[index]))
    return np.arange(count) / parts, deviation_s, spread_s


def beat_places(beat_s: FloatArray, onset_s: FloatArray, *, curve: TempoCurve) -> Float64Array:
    """Place onsets among beats: 2.5 is half-way from the third beat to the fourth.

    NaN outside the beats (but for half a beat at either end), and where the tracker has missed a beat or found one too many.
    """
    raw = np.asarray(beat_s, dtype=np.float64)
    grid = np.where(np.abs(curve.smooth_s - raw) < _FAR_FROM_BEAT_S, curve.smooth_s, raw)
    grid = np.maximum.accumulate(grid) + 1e-9 * np.arange(len(grid))
    gap = 60.0 / curve.bpm
    longer = np.concatenate([[grid[0] - gap[0]], grid, [grid[-1] + gap[-1]]])
    at = np.interp(onset_s, longer, np.arange(-1, len(grid) + 1), left=np.nan, right=np.nan)
    at = np.where((at < -0.5) | (at > len(grid) - 0.5), np.nan, at)
    step = beat_steps(raw)
    odd = np.flatnonzero(step != 1.0)
    if 0 < len(odd) <= 0.1 * len(step):
        inside = np.isin(np.floor(np.nan_to_num(at, nan=-9.0)).astype(np.int64), odd)
        at = np.where(inside, np.nan, at)
    return np.asarray(at, dtype=np.float64)


def beat_division(at: FloatArray, weight: FloatArray, *, period_s: float) -> int:
    """Tell whether onsets fall on quarters (4) or on thirds (3) of the beat."""
    phases, share = _folded(at, weight)
    if share.sum() <= 0:
        return 4
    width = _bell_width(period_s, 1.0)
    quarters, thirds, beats = (float(_explain(share, np.arange(parts)[None] / parts, width)[0][0]) for parts in (4, 3, 1))
    # the fourth bell must earn its keep (half a log of the count a parameter: Schwarz 1978)
    return 3 if thirds + 0.5 * np.log(max(len(phases), 2)) > quarters and thirds > beats + 2.0 else 4


def _swing_in(at: FloatArray, weight: FloatArray, *, pair_beats: float, period_s: float) -> Swing:
    """Swing of notes that fill `pair_beats` in pairs."""
    phases, share = _folded(at / pair_beats, weight)
    if len(phases) < 2 * _LEAST_OFF_BEATS:
        return NO_SWING_KNOWN
    width = _bell_width(period_s, pair_beats)
    on = np.abs(phases - np.rint(phases)) < 0.15
    if on.sum() >= _LEAST_OFF_BEATS:
        late = float(np.median((phases - np.rint(phases))[on]))
        phases, share = _folded(at / pair_beats - late, weight)
    bells = np.stack([np.zeros(len(_OFF_BEATS)), _OFF_BEATS, _OFF_BEATS / 2, (1 + _OFF_BEATS) / 2], axis=1)
    likely, all_shares = _explain(share, bells, width)
    # dotted rhythms are sixteenths before they are swing
    likely = likely - share.sum() * (0.02 * (_OFF_BEATS > _STRAIGHT) + 0.04 * (_OFF_BEATS > _WIDE))
    best = int(likely.argmax())
    shares = all_shares[best]
    middle = float(_OFF_BEATS[best])
    near = np.abs(phases - middle) < max(2.0 * width, 0.05)
    count = int(near.sum())
    if count < _LEAST_OFF_BEATS or shares[1] < 0.04:
        return NO_SWING_KNOWN
    middle = float(np.median(phases[near]))
    clearly_other = _OFF_BEATS <= _STRAIGHT if middle > _SWUNG else _OFF_BEATS - middle > max(_SWUNG - middle, 0.04)
    other = likely[clearly_other]
    lead = float(likely[best] - other.max())
    confidence = float(1.0 - np.exp(-max(lead, 0.0) / _EVIDENCE_NATS)) * (1.0 - float(shares[-1]))
    if middle > _SWUNG and confidence < _LEAST_CONFIDENCE:
        return NO_SWING_KNOWN
    if 0.62 < middle < 0.71 and shares[2] > _TERNARY * shares[1]:
        return Swing(ratio=float("nan"), confidence=confidence, pair_beats=pair_beats, off_beats=count, is_ternary=True)
    return Swing(ratio=middle / (1.0 - middle), confidence=confidence, pair_beats=pair_beats, off_beats=count)


def _folded(at: FloatArray, weight: FloatArray) -> tuple[Float64Array, Float64Array]:
    """Phases in [0, 1) of the onsets that have one, and their histogram, which adds up to how many there are."""
    known = np.isfinite(at)
    phases = np.asarray(at[known] % 1.0, dtype=np.float64)
    level = np.asarray(weight[known], dtype=np.float64)
    if len(phases) == 0 or level.sum() <= 0:
        return phases, np.zeros(_BINS)
    bins: IntArray = (phases * _BINS).astype(np.int64).clip(0, _BINS - 1)
    return phases, np.bincount(bins, weights=level * len(level) / level.sum(), minlength=_BINS).astype(np.float64)


def _bell_width(period_s: float, pair_beats: float) -> float:
    return float(np.clip(_TIMING_S / (period_s * pair_beats), _NARROWEST, _WIDEST))


def _explain(share: Float64Array, centres: Float64Array, width: float) -> tuple[Float64Array, Float64Array]:
    """Fit the shares of bells around `centres` (stories, bells) and of strays to a histogram, by expectation and maximisation.

    Returns the log likelihood of every story against nothing but strays, and the shares (stories, bells + 1), strays last.
    """
    phase = (np.arange(_BINS) + 0.5) / _BINS
    distance = phase - centres[:, :, None]
    distance -= np.rint(distance)
    bells = np.exp(-0.5 * (distance / width) ** 2) / (width * np.sqrt(2 * np.pi))
    likely = np.concatenate([bells, np.ones((len(centres), 1, _BINS))], axis=1)  # (stories, bells + 1, bins)
    part = np.full(likely.shape[:2], 1.0 / likely.shape[1])
    observed = share / max(float(share.sum()), 1e-12)
    for _ in range(_ROUNDS):
        whole = np.matmul(part[:, None, :], likely)[:, 0]
        part = np.maximum(part * np.matmul(likely, (observed / whole)[:, :, None])[:, :, 0], 1e-4)
        part /= part.sum(axis=1, keepdims=True)
    whole = np.matmul(part[:, None, :], likely)[:, 0]
    return np.asarray(np.log(whole) @ share), part
