"""A score as a row of numbers: what its notes say of mode, speed, register, loudness, articulation, consonance, line and texture.

The cues that listeners are known to go by when they say how music feels (T. Eerola, A. Friberg, R. Bresin, "Emotional expression in music:
contribution, linearity, and additivity of primary musical cues", Frontiers in Psychology 4:487, 2013; A. Gabrielsson, E. Lindström, "The
role of structure in the musical expression of emotions", 2010), and the usual statistics of symbolic corpora (C. McKay, *jSymbolic*, 2010).
Everything is measured in seconds and semitones from the notes, so a page and a performance, whose clock knows no beats, give the same.
"""

import numpy as np

from hexachord.arrays import BoolArray, Float64Array, FloatArray, IntArray
from hexachord.learning.features.table import FeatureTable
from hexachord.score.model import Score
from hexachord.score.notes import note_array
from hexachord.theory.keys import key_scores, pitch_class_weights
from hexachord.theory.musdr import entropy_bits

_CHORD_S = 0.03  # onsets nearer than this are one chord
_WINDOW_S = 8.0  # a phrase or two: in what mode it is
_LEAST_S = 0.5
_LONG_S = 2.0  # a rest longer than this is silence, not rhythm

CONSONANCE = (0.0, -1.428, -0.582, 0.594, 0.386, 1.240, -0.453)
"""How consonant interval classes 0 to 6 sound: mean of three listening studies, standardised (D. Huron, "Interval-class content in equally
tempered pitch-class sets", Music Perception 11(3), 1994, table 2); a unison counts as neither."""


def describe_score(score: Score) -> dict[str, float]:
    """Describe the notes of a score in numbers.

    Returns
    -------
    Numbers by name, ``family/descriptor``, in a fixed order; NaN where one cannot be measured. Empty for a score without pitched notes

    Examples
    --------
    >>> from hexachord.score.builtin import builtin_score
    >>> found = describe_score(builtin_score("bach-invention-4"))
    >>> found["mode/major_over_minor"] < 0 < found["rhythm/onsets_octaves"]
    True
    """
    notes = note_array(score)
    notes = notes[~notes["is_percussion"]]
    if not len(notes):
        return {}
    return describe_notes(notes["onset_s"], notes["duration_s"], notes["pitch"], notes["velocity"])


def score_table(ids: tuple[str, ...], rows: list[dict[str, float]]) -> FeatureTable:
    """Put descriptions of scores under one another; a score without notes is a row of NaN."""
    names = tuple(dict.fromkeys(name for row in rows for name in row))
    values = np.array([[row.get(name, np.nan) for name in names] for row in rows], dtype=np.float64).reshape(len(rows), len(names))
    return FeatureTable(ids=ids, names=names, values=values)


def describe_notes(onset_s: FloatArray, duration_s: FloatArray, pitch: IntArray, velocity: IntArray) -> dict[str, float]:
    """Describe pitched notes, (n,) each: the row of `describe_score`."""
    order = np.lexsort((pitch, onset_s))
    onset, length = (np.asarray(column, dtype=np.float64)[order] for column in (onset_s, duration_s))
    key, force = np.asarray(pitch, dtype=np.int64)[order], np.asarray(velocity, dtype=np.float64)[order]
    onset = onset - onset[0]
    span_s = max(float((onset + length).max()), _LEAST_S)
    first = np.flatnonzero(np.diff(onset, prepend=-1.0) > _CHORD_S)  # where each chord begins
    top = np.maximum.reduceat(key, first)
    bass = np.minimum.reduceat(key, first)
    gap = np.diff(onset[first])
    moving = (gap > 0) & (gap < _LONG_S)
    return {
        **_mode(onset, length, key, span_s),
        **_register(key, top, bass),
        **_rhythm(onset, length, first, gap, moving, span_s),
        **_loudness(force, first),
        **_consonance(onset, length, key, first),
        **_line(top, moving),
        **_texture(length, first, top, bass, len(onset), span_s),
    }


def _mode(onset: Float64Array, length: Float64Array, key: IntArray, span_s: float) -> dict[str, float]:
    weight = length if length.any() else np.ones(len(length))
    whole = pitch_class_weights(key, weight)
    scores = key_scores(whole)
    tonic = int(np.argmax(np.maximum(scores[:12], scores[12:])))
    around = np.roll(whole, -tonic)
    scale = [0, 2, 4, 5, 7, 9, 11] if scores[tonic] >= scores[12 + tonic] else [0, 2, 3, 5, 7, 8, 10]
    found = []
    for start in np.arange(0.0, max(span_s - _WINDOW_S / 2, _LEAST_S), _WINDOW_S / 2):
        inside = (onset >= start) & (onset < start + _WINDOW_S)
        if inside.sum() >= 4:
            local = key_scores(pitch_class_weights(key[inside], weight[inside]))
            found.append((local[:12].max() - local[12:].max(), np.sort(local)[-1]))
    local_mode, clarity = np.array(found).T if found else (np.array([np.nan]), np.array([np.nan]))
    return {
        "mode/major_over_minor": float(scores[:12].max() - scores[12:].max()),
        "mode/major_over_minor_local": float(local_mode.mean()),
        "mode/major_share": float((local_mode > 0).mean()) if found else float("nan"),
        "mode/thirds": _more(around[4], around[3]),
        "mode/sixths": _more(around[9], around[8]),
        "mode/sevenths": _more(around[11], around[10]),
        "mode/key_clarity": float(scores.max()),
        "mode/key_clarity_local": float(clarity.mean()),
        "mode/outside_scale": float(1.0 - around[scale].sum() / around.sum()),
        "mode/pitch_class_entropy": float(entropy_bits(whole[None, :])[0]),
    }


def _register(key: IntArray, top: IntArray, bass: IntArray) -> dict[str, float]:
    return {
        "register/mean": float(key.mean()),
        "register/std": float(key.std()),
        "register/top": float(np.median(top)),
        "register/bass": float(np.median(bass)),
        "register/range": float(np.ptp(np.quantile(key, (0.02, 0.98)))),
    }


def _rhythm(
    onset: Float64Array, length: Float64Array, first: IntArray, gap: Float64Array, moving: BoolArray, span_s: float
) -> dict[str, float]:
    used = gap[moving]
    beat = float(np.median(used)) if len(used) else float("nan")
    ratio = (length[first[:-1]] / np.maximum(gap, _CHORD_S))[moving] if len(gap) else np.zeros(0)
    following = np.abs(np.diff(used)) / np.maximum((used[1:] + used[:-1]) / 2, _CHORD_S) if len(used) > 1 else np.zeros(0)
    steps = np.round(np.log2(np.maximum(used, _CHORD_S)) * 3)  # thirds of an octave of duration
    counts = np.unique(steps, return_counts=True)[1].astype(np.float64)
    return {
        "rhythm/onsets_octaves": float(np.log2(len(first) / span_s)),
        "rhythm/notes_octaves": float(np.log2(len(onset) / span_s)),
        "rhythm/gap_octaves": float(np.log2(beat)) if beat > 0 else float("nan"),
        "rhythm/short_gaps": float((used < 0.2).mean()) if len(used) else float("nan"),
        "rhythm/long_gaps": float((used > 0.6).mean()) if len(used) else float("nan"),
        "rhythm/gap_entropy": float(entropy_bits(counts[None, :])[0]) if len(counts) else float("nan"),
        "rhythm/npvi": float(100 * following.mean()) if len(following) else float("nan"),
        "rhythm/articulation": float(np.median(np.minimum(ratio, 4.0))) if len(ratio) else float("nan"),
        "rhythm/duration_octaves": float(np.log2(max(np.median(length), _CHORD_S))),
        "rhythm/staccato": float((length < 0.15).mean()),
    }


def _loudness(force: Float64Array, first: IntArray) -> dict[str, float]:
    loud = np.maximum.reduceat(force, first)
    return {
        "loudness/mean": float(force.mean()),
        "loudness/std": float(force.std()),
        "loudness/high": float(np.quantile(loud, 0.9)),
        "loudness/change": float(np.abs(np.diff(loud)).mean()) if len(loud) > 1 else 0.0,
    }


def _consonance(onset: Float64Array, length: Float64Array, key: IntArray, first: IntArray) -> dict[str, float]:
    """Of what sounds at each onset: consonance of its interval classes, and which triads it holds."""
    table = np.array(CONSONANCE)
    total, minor, major, diminished, clusters = [], 0, 0, 0, 0
    for start in onset[first]:
        held = np.unique(key[(onset <= start + _CHORD_S) & (onset + length > start + _CHORD_S)])
        if len(held) < 2:
            continue
        apart = np.abs(held[:, None] - held[None, :])[np.triu_indices(len(held), 1)]
        classes = np.minimum(apart % 12, 12 - apart % 12)
        total.append(table[classes].mean())
        present = np.zeros(12, dtype=np.bool_)
        present[held % 12] = True
        third, minor_third, fifth, tritone = (np.roll(present, -step) for step in (4, 3, 7, 6))
        major += bool((present & third & fifth).any())
        minor += bool((present & minor_third & fifth).any())
        diminished += bool((present & minor_third & tritone & ~fifth).any())
        clusters += bool((apart <= 1).any())
    count = max(len(total), 1)
    return {
        "consonance/mean": float(np.mean(total)) if total else float("nan"),
        "consonance/low": float(np.quantile(total, 0.1)) if total else float("nan"),
        "consonance/major_triads": major / count,
        "consonance/minor_triads": minor / count,
        "consonance/major_less_minor": (major - minor) / count,
        "consonance/diminished": diminished / count,
        "consonance/seconds": clusters / count,
    }


def _line(top: IntArray, moving: BoolArray) -> dict[str, float]:
    step = np.diff(top)[moving]
    size = np.abs(step)
    if not len(step):
        return dict.fromkeys(("line/interval", "line/steps", "line/leaps", "line/repeats", "line/rising", "line/semitones"), float("nan"))
    return {
        "line/interval": float(size.mean()),
        "line/steps": float(((size == 1) | (size == 2)).mean()),
        "line/leaps": float((size > 7).mean()),
        "line/repeats": float((size == 0).mean()),
        "line/rising": float((step > 0).mean() - (step < 0).mean()),
        "line/semitones": float((size == 1).mean()),
    }


def _texture(length: Float64Array, first: IntArray, top: IntArray, bass: IntArray, notes: int, span_s: float) -> dict[str, float]:
    return {
        "texture/polyphony": float(length.sum() / span_s),
        "texture/notes_per_onset": notes / len(first),
        "texture/spread": float(np.median(top - bass)),
        "texture/bass_moves": float((np.diff(bass) != 0).mean()) if len(bass) > 1 else 0.0,
    }


def _more(one: float, other: float) -> float:
    """How much more of one than of the other: 1 only the one, -1 only the other, 0 alike or neither."""
    return float((one - other) / (one + other)) if one + other > 0 else 0.0
