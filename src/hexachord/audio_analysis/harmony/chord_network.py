"""The engine ``chords/network``: a network says what sounds in every frame, a decoder says where chords begin and end.

`chord_hearing` asks the network. A hidden Markov model joins root and quality to 180 chords and "none", with the transitions of the
Billboard songs; where it may change is where chords begin, as the network hears it, on beats if these are known. Bass and upper voices
are read off each chord once its ends are known. FMP §5.3; McFee & Bello, ISMIR 2017.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from hexachord.arrays import Float64Array, FloatArray, IntArray
from hexachord.audio_analysis.change_points import likeliest_path, runs, span_means
from hexachord.audio_analysis.harmony.chord_grid import beat_grid
from hexachord.audio_analysis.harmony.chord_hearing import STATES, ChordChances, chord_chances
from hexachord.audio_analysis.harmony.chroma_frames import MINIMUM_S, to_model_hop
from hexachord.audio_analysis.harmony.key_decoding import chord_root_names, key_from_chord_context
from hexachord.audio_analysis.harmony.vocabulary import NONE, QUALITIES, extended, fits_bass, label_of
from hexachord.knowledge import Beats, Key, Segments
from hexachord.models.networks import Network
from hexachord.models.tables import load_table
from hexachord.theory.chord_labels import NO_CHORD

STATISTICS = "chord_statistics"
LEAST_SECOND = 0.01  # mean chance: what is less likely does not come in question beside a chord


@dataclass(frozen=True, kw_only=True)
class ChordDecoding:
    """What weighs how much between the network and the decoder; chosen on the valid side of Billboard.

    Attributes
    ----------
    evidence_per_s : nats a second for each nat of mean log chance: neighbouring frames say the same
    begins : share of the network's opinion on where chords begin, against the beats'
    none_cost : nats a second by which "none" must be clearer than a chord
    bass_cost : nats by which a bass other than the root must be clearer, and again for one that is no chord tone
    taste : how much of the training songs' taste for common qualities is taken out; less than 0 puts it back, since rare
        ones counted more in training
    extension : least mean chance of a ninth and what lies above
    """

    evidence_per_s: float = 8.0
    begins: float = 1.0
    none_cost: float = 0.5
    bass_cost: float = 2.5
    taste: float = -0.3
    extension: float = 0.5


def chords_from_network(
    treble_chroma: FloatArray,
    bass_chroma: FloatArray,
    *,
    hop_s: float,
    start_s: float,
    beats: Beats | None,
    key: Key | None,
    decoding: ChordDecoding = ChordDecoding(),
    network: Network | None = None,
) -> Segments:
    """Name the chords of a recording; see `hexachord.audio_analysis.harmony.estimate_chords`."""
    name = "chords/network"
    if len(treble_chroma) * hop_s < MINIMUM_S:
        return Segments(start_s=np.zeros(0), end_s=np.zeros(0), label=(), engine=name)
    end_s = start_s + len(treble_chroma) * hop_s
    treble, step_s, shift_s = to_model_hop(treble_chroma, hop_s=hop_s)
    bass, _, _ = to_model_hop(bass_chroma, hop_s=hop_s)
    said = chord_chances(treble, bass, network=network)
    first_edge_s = start_s + shift_s - 0.5 * step_s
    if key is None:
        key = key_from_chord_context(treble, bass=bass, hop_s=step_s, said=said)
    edges_s, bounds, change = _grid(said, beats, step_s=step_s, first_edge_s=first_edge_s, start_s=start_s, end_s=end_s, decoding=decoding)
    path = decode(said, bounds, change, np.diff(edges_s), decoding=decoding)
    starts, stops = runs(path)
    labels, sure, second, nearly = _named(said, path, bounds, starts, stops, chord_root_names(key), decoding)
    edges_s = edges_s.copy()
    edges_s[0], edges_s[-1] = start_s, end_s
    return Segments(
        start_s=edges_s[starts], end_s=edges_s[stops], label=labels, confidence=sure, engine=name, second=second, second_confidence=nearly
    )


def _grid(
    said: ChordChances, beats: Beats | None, *, step_s: float, first_edge_s: float, start_s: float, end_s: float, decoding: ChordDecoding
) -> tuple[Float64Array, IntArray, Float64Array]:
    """Where chords may change: edges in seconds and in frames, and the chance of a change at the beginning of each span."""
    frames = len(said.begins)
    usual = -np.expm1(-float(load_table(STATISTICS)["changes_per_s"]) * step_s)
    if beats is None or len(beats) < 2:
        bounds: IntArray = np.arange(frames + 1)
        heard = usual * (1.0 - decoding.begins) + decoding.begins * said.begins
        return np.asarray(first_edge_s + bounds * step_s), bounds, np.asarray(np.clip(heard, 1e-4, 0.95), dtype=np.float64)
    edges_s, change = beat_grid(beats, start_s=start_s, end_s=end_s)
    bounds = np.clip(np.rint((edges_s - first_edge_s) / step_s), 0, frames).astype(np.int64)
    at = np.minimum(bounds[:-1], frames - 1)
    near = np.maximum.reduce([said.begins[np.clip(at + step, 0, frames - 1)] for step in (-1, 0, 1)])
    return edges_s, bounds, np.asarray(np.clip((1.0 - decoding.begins) * change + decoding.begins * near, 1e-3, 0.95))


def decode(
    said: ChordChances, bounds: IntArray, change: FloatArray, length_s: FloatArray, *, decoding: ChordDecoding = ChordDecoding()
) -> IntArray:
    """Find the likeliest state of each span between bounds."""
    evidence = span_means(said.state, bounds) - decoding.taste * _log_taste()
    evidence[:, -1] -= decoding.none_cost
    return likeliest_path(evidence * (decoding.evidence_per_s * np.asarray(length_s))[:, None], destinations(), change)


def _named(
    said: ChordChances, path: IntArray, bounds: IntArray, starts: IntArray, stops: IntArray, names: tuple[str, ...], decoding: ChordDecoding
) -> tuple[tuple[str, ...], Float64Array, tuple[str, ...], Float64Array]:
    """Name each chord and the likeliest other one, each with how sure it would be: the mean chance of its root and quality."""
    labels, sure, second, nearly = [], [], [], []
    last = len(said.begins)
    for start, stop in zip(starts.tolist(), stops.tolist(), strict=True):
        first = min(int(bounds[start]), last - 1)
        span = slice(first, max(int(bounds[stop]), first + 1))
        state = int(path[start])
        chance = np.exp(said.state[span], dtype=np.float64).mean(axis=0)
        labels.append(_name(said, span, state, names, decoding))
        sure.append(min(float(chance[state]), 1.0))
        chance[state] = 0.0
        other = int(chance.argmax())
        comes_in_question = chance[other] >= LEAST_SECOND
        second.append(_name(said, span, other, names, decoding) if comes_in_question else "")
        nearly.append(min(float(chance[other]), 1.0) if comes_in_question else np.nan)
    return tuple(labels), np.array(sure), tuple(second), np.array(nearly)


def _name(said: ChordChances, span: slice, state: int, names: tuple[str, ...], decoding: ChordDecoding) -> str:
    """Name what a state is over some frames, with its bass and upper voices."""
    if state == STATES - 1:
        return NO_CHORD
    root, quality = divmod(state, len(QUALITIES))
    below = np.roll(said.bass[span, :NONE].mean(axis=0), -root) * (decoding.evidence_per_s * 0.5)
    below = below + decoding.bass_cost * fits_bass(quality)
    below[1:] -= decoding.bass_cost
    tones = np.roll(said.tones[span].mean(axis=0), -root).astype(np.float64)
    upper = extended(quality, tones, least=decoding.extension)
    return label_of(names[root], quality, bass_semitones=int(below.argmax()), name=upper)


def _log_taste() -> Float64Array:
    prior = load_table(STATISTICS)["prior"].astype(np.float64)
    return np.asarray(np.log(np.concatenate([np.tile(prior[:-1] / 12, 12), prior[-1:]])))


@lru_cache(maxsize=1)
def destinations() -> Float64Array:
    """(STATES, STATES) log chance of the next chord, given that the chord changes: the counted table, seen from every root."""
    table, kinds = load_table(STATISTICS), len(QUALITIES)
    going = np.zeros((STATES, STATES))
    for root in range(12):
        rows = slice(root * kinds, (root + 1) * kinds)
        going[rows, :-1] = np.roll(table["change"][:, :-1], root * kinds, axis=1)
        going[rows, -1] = table["change"][:, -1]
    going[-1, :-1] = np.tile(table["from_n"] / 12, 12)
    np.fill_diagonal(going, 0.0)
    going /= going.sum(axis=1, keepdims=True)
    return np.asarray(np.log(going + 1e-9))
