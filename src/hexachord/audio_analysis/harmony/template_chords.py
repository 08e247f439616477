"""Major and minor chords without any training: templates and a hidden Markov model, the textbook's recogniser as an engine.

Bass and treble chroma of notes are added; each frame, or each beat, is compared with 24 triads and a flat "no chord"; the likeliest path
changes chords seldom. Müller, *Fundamentals of Music Processing*, §5.2 and §5.3; the steps are those of `templates`.
"""

import numpy as np

from hexachord.arrays import BoolArray, Float64Array, FloatArray
from hexachord.audio_analysis.change_points import likeliest_path, runs, span_means
from hexachord.audio_analysis.harmony.key_decoding import chord_root_names, key_from_profiles
from hexachord.audio_analysis.harmony.templates import TRIADS, chord_templates, template_labels, template_similarity
from hexachord.knowledge import Beats, Key, Segments

MINIMUM_S = 0.25  # less sound than this has no chord
EVIDENCE_PER_S = 60.0  # nats a second per unit of cosine. Chosen on train/billboard, like the next two
CHANGES_PER_S = 0.3
NO_CHORD_COST = 0.2  # of cosine: a flat template fits everything a little
SILENT = 0.01  # frames with less than this share of the loud ones are no chord
_CHANGE_ON_BEAT = 0.25


def chords_from_templates(
    treble_chroma: FloatArray, bass_chroma: FloatArray, *, hop_s: float, start_s: float, beats: Beats | None, key: Key | None
) -> Segments:
    """Decode triads from chroma: the engine ``chords/templates-hmm``.

    Parameters and result are those of `estimate_chords`; the confidence is the mean cosine of chroma and template. The second choice has
    none: the runner-up's cosine is never far below, so it would look like a close call every time.
    """
    name = "chords/templates-hmm"
    frames = len(treble_chroma)
    if frames * hop_s < MINIMUM_S:
        return Segments(start_s=np.zeros(0), end_s=np.zeros(0), label=(), engine=name)
    end_s = start_s + frames * hop_s
    edges_s, change = _spans(beats, start_s=start_s, end_s=end_s, hop_s=hop_s)
    bounds = np.clip(np.rint((edges_s - start_s) / hop_s), 0, frames).astype(np.int64)
    chroma = span_means(np.asarray(treble_chroma, dtype=np.float64) + bass_chroma, bounds)
    similarity = template_similarity(chroma, chord_templates(TRIADS, no_chord=True))
    fit = similarity.copy()
    fit[:, -1] -= NO_CHORD_COST
    silent = _silent(chroma)
    fit[silent], similarity[silent] = 0.0, 0.0
    fit[silent, -1] = similarity[silent, -1] = 1.0
    states = fit.shape[1]
    path = likeliest_path(fit * EVIDENCE_PER_S * np.diff(edges_s)[:, None], np.full((states, states), -np.log(states - 1.0)), change)
    starts, stops = runs(path)
    if key is None:
        key = key_from_profiles(treble_chroma, bass=bass_chroma, hop_s=hop_s)
    names = template_labels(TRIADS, no_chord=True, roots=chord_root_names(key))
    confidence = [float(similarity[a:b, path[a]].mean()) for a, b in zip(starts, stops, strict=True)]
    second = [_runner_up(fit[a:b].mean(axis=0), int(path[a])) for a, b in zip(starts, stops, strict=True)]
    return Segments(
        start_s=edges_s[starts],
        end_s=edges_s[stops],
        label=tuple(names[int(path[a])] for a in starts),
        confidence=np.clip(confidence, 0.0, 1.0),
        engine=name,
        second=tuple(names[other] if other >= 0 else "" for other in second),
    )


def _runner_up(fit: Float64Array, best: int) -> int:
    """The template that fits best after the best; -1 where none fits at all, as in silence."""
    others = fit.copy()
    others[best] = 0.0
    return int(others.argmax()) if others.max() > 0 else -1


def _spans(beats: Beats | None, *, start_s: float, end_s: float, hop_s: float) -> tuple[Float64Array, Float64Array]:
    """Edges of frames or of beats (spans + 1,), from start to end, and the chance of another chord at the start of each span."""
    inside = np.zeros(0) if beats is None else np.asarray(beats.time_s, dtype=np.float64)
    inside = inside[(inside > start_s + 0.05) & (inside < end_s - 0.05)]
    if len(inside) < 2:
        edges: Float64Array = np.asarray(start_s + hop_s * np.arange(round((end_s - start_s) / hop_s) + 1), dtype=np.float64)
        edges[-1] = end_s
        return edges, np.full(len(edges) - 1, -np.expm1(-CHANGES_PER_S * hop_s))
    edges = np.concatenate([[start_s], inside, [end_s]])
    return edges, np.full(len(edges) - 1, _CHANGE_ON_BEAT)


def _silent(chroma: FloatArray) -> BoolArray:
    level = chroma.sum(axis=1)
    return np.asarray(level <= SILENT * float(np.percentile(level, 90)))
