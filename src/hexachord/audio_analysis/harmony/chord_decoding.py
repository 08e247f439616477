"""Chords from chord probabilities: what follows what, and when chords change.

A hidden Markov model with the transitions of the training songs, on the frame grid or, where beats are known, on beats, with a new
chord likelier on a downbeat. FMP §5.3.
"""

import numpy as np

from hexachord.arrays import Float64Array, FloatArray
from hexachord.audio_analysis.change_points import likeliest_path, runs, span_means
from hexachord.audio_analysis.harmony.chord_model import QUALITIES, STATES, chord_log_probabilities, label_states, to_model_hop
from hexachord.audio_analysis.harmony.key_decoding import chord_root_names, key_from_chord_context
from hexachord.knowledge import Beats, Key, Segments
from hexachord.models.tables import load_table

MINIMUM_S = 0.25  # less sound than this has no chord
EVIDENCE_PER_S = 10.8  # nats a second per nat of mean log probability: neighbouring frames tell the same thing. Chosen on train/
NO_CHORD_COST = 0.5  # nats: N must be clearly likelier than the best chord. Chosen on train/: precision of N .64 to .70, majmin the same
PRIOR_POWER = 0.1  # how much of the training songs' taste for plain major chords is taken out. Chosen on train/

# How likely a new chord is on a beat, counted in POP909 (0.8 on downbeats, 0.26 on the third of four, 0.02 elsewhere) and softened,
# because estimated barlines are wrong at times.
_CHANGE_ON_DOWNBEAT, _CHANGE_ON_HALF_BAR, _CHANGE_ELSEWHERE, _CHANGE_UNKNOWN = 0.65, 0.25, 0.06, 0.25


def chords_from_network(
    treble_chroma: FloatArray, bass_chroma: FloatArray, *, hop_s: float, start_s: float, beats: Beats | None, key: Key | None
) -> Segments:
    """Decode the chord model's probabilities with learnt transitions, on the frame grid or on beats."""
    name = "chords/equivariant-net"
    if len(treble_chroma) * hop_s < MINIMUM_S:
        return Segments(start_s=np.zeros(0), end_s=np.zeros(0), label=(), engine=name)
    end_s = start_s + len(treble_chroma) * hop_s
    treble, step_s, shift_s = to_model_hop(treble_chroma, hop_s=hop_s)
    bass, _, _ = to_model_hop(bass_chroma, hop_s=hop_s)
    log_probability = chord_log_probabilities(bass, treble, hop_s=step_s)
    first_edge_s = start_s + shift_s - 0.5 * step_s
    if beats is None or len(beats) < 2:
        bounds = np.arange(len(treble) + 1)
        edges_s = first_edge_s + bounds * step_s
        change = np.full(len(treble), -np.expm1(-float(load_table("chords")["changes_per_s"]) * step_s))
        evidence: FloatArray = log_probability
    else:
        edges_s, change = beat_grid(beats, start_s=start_s, end_s=end_s)
        bounds = np.clip(np.rint((edges_s - first_edge_s) / step_s), 0, len(treble)).astype(np.int64)
        evidence = span_means(log_probability, bounds)
    weight = EVIDENCE_PER_S * np.diff(edges_s)
    evidence = evidence - PRIOR_POWER * _log_prior()
    evidence[:, -1] -= NO_CHORD_COST
    path = likeliest_path(evidence * weight[:, None], _destinations(), change)
    starts, stops = runs(path)
    edges_s = edges_s.copy()
    edges_s[0], edges_s[-1] = start_s, end_s
    probability = np.exp(log_probability.astype(np.float64))
    confidence = [
        float(probability[bounds[a] : max(int(bounds[b]), int(bounds[a]) + 1), path[a]].mean()) if bounds[a] < len(probability) else 0.0
        for a, b in zip(starts, stops, strict=True)
    ]
    if key is None:
        key = key_from_chord_context(treble_chroma, bass=bass_chroma, hop_s=hop_s)
    names = label_states(chord_root_names(key))
    return Segments(
        start_s=edges_s[starts],
        end_s=edges_s[stops],
        label=tuple(names[int(path[a])] for a in starts),
        confidence=np.array(confidence),
        engine=name,
    )


def beat_grid(beats: Beats, *, start_s: float, end_s: float) -> tuple[Float64Array, Float64Array]:
    """Edges (spans + 1,) from start to end on the beats, the grid going on at the usual distance where no beats were found, and the
    chance of a new chord at the start of each span."""
    inside = (beats.time_s > start_s + 0.05) & (beats.time_s < end_s - 0.05)
    time_s, position = np.asarray(beats.time_s, dtype=np.float64)[inside], np.asarray(beats.position)[inside]
    metre = int(position.max()) if len(position) else 0
    change = np.full(len(position), _CHANGE_ELSEWHERE)
    change[position == 1] = _CHANGE_ON_DOWNBEAT
    if metre % 2 == 0:
        change[position == metre // 2 + 1] = _CHANGE_ON_HALF_BAR
    change[position == 0] = _CHANGE_UNKNOWN
    beat_s = float(np.median(np.diff(time_s))) if len(time_s) > 1 else 0.5
    first, last = (time_s[0], time_s[-1]) if len(time_s) else (end_s, start_s)
    before = np.arange(first - beat_s, start_s + 0.05, -beat_s)[::-1]
    after = np.arange(last + beat_s, end_s - 0.05, beat_s)
    if not len(time_s):
        before, after = np.arange(start_s + beat_s, end_s - 0.05, beat_s), np.zeros(0)
    edges = np.concatenate([[start_s], before, time_s, after, [end_s]])
    unknown = [np.full(len(part), _CHANGE_UNKNOWN) for part in (before, after)]
    return edges, np.concatenate([[_CHANGE_UNKNOWN], unknown[0], change, unknown[1]])


def _log_prior() -> Float64Array:
    prior = load_table("chords")["prior"].astype(np.float64)
    logs: Float64Array = np.log(np.concatenate([np.tile(prior[:-1] / 12, 12), prior[-1:]]))
    return logs


def _destinations() -> Float64Array:
    """(STATES, STATES) log probability of the next chord, given that the chord changes: the learnt table, seen from every root."""
    table, kinds = load_table("chords"), len(QUALITIES)
    going = np.zeros((STATES, STATES))
    for root in range(12):
        rows = slice(root * kinds, (root + 1) * kinds)
        going[rows, :-1] = np.roll(table["change"][:, :-1], root * kinds, axis=1)
        going[rows, -1] = table["change"][:, -1]
    going[-1, :-1] = np.tile(table["from_n"] / 12, 12)
    np.fill_diagonal(going, 0.0)
    going /= going.sum(axis=1, keepdims=True)
    logs: Float64Array = np.log(going + 1e-9)
    return logs
