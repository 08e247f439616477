"""The engine ``chords/network``: a network says what sounds in every frame, a decoder says where chords begin and end.

The network (`hexachord.learning.deep.harmony`, trained by ``training/chords.py``) hears every key alike and answers in parts: root, bass,
the twelve chord tones, the quality on each root, and whether a chord begins. A hidden Markov model joins root and quality to 180 chords and
"none", with the transitions of the Billboard songs; where it may change is where chords begin, as the network hears it, on beats if these
are known. Bass and upper voices are read off each chord once its ends are known. FMP §5.3; McFee & Bello, ISMIR 2017.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from hexachord.arrays import Float32Array, Float64Array, FloatArray, IntArray
from hexachord.audio_analysis.change_points import likeliest_path, runs, span_means
from hexachord.audio_analysis.harmony.chord_decoding import MINIMUM_S, beat_grid
from hexachord.audio_analysis.harmony.chord_model import SILENT, normalise_chroma, to_model_hop
from hexachord.audio_analysis.harmony.key_decoding import chord_root_names, key_from_chord_context
from hexachord.audio_analysis.harmony.vocabulary import NONE, QUALITIES, extended, fits_bass, label_of
from hexachord.knowledge import Beats, Key, Segments
from hexachord.models.networks import Network, open_network
from hexachord.models.tables import load_table
from hexachord.theory.chord_labels import NO_CHORD

SHIPPED, STATISTICS = "harmony", "chord_statistics"
STATES = 12 * len(QUALITIES) + 1
"""Root times quality, and none last."""

POOL = 8  # the network takes a multiple of so many frames
BLOCK_FRAMES = 4096  # six minutes: what it may recall of a longer piece
_CONTEXT_FRAMES = 512


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


@dataclass(frozen=True, eq=False)
class ChordChances:
    """What the network says frame by frame: log chances of states (frames, STATES) and of basses (frames, 13), chances of tones (frames,
    12) and that a chord begins (frames,)."""

    state: Float32Array
    bass: Float32Array
    tones: Float32Array
    begins: Float32Array


def chord_chances(treble_chroma: FloatArray, bass_chroma: FloatArray, *, network: Network | None = None) -> ChordChances:
    """Ask the network.

    Parameters
    ----------
    treble_chroma, bass_chroma : (frames, 12) from C, about `chord_model.MODEL_HOP_S` apart
    network : another one than the shipped

    Raises
    ------
    InputError : if this installation lacks the network.
    """
    opened = open_network(SHIPPED) if network is None else network
    chroma = np.hstack([bass_chroma, treble_chroma])
    logits = _run(opened, shown(chroma))
    kinds = len(QUALITIES)
    root = log_softmax(logits[:, :13])
    quality = log_softmax(logits[:, 38 : 38 + 12 * kinds].reshape(-1, 12, kinds))
    state = np.concatenate([(root[:, :12, None] + quality).reshape(len(logits), -1), root[:, 12:]], axis=1)
    level = np.asarray(chroma, dtype=np.float64).sum(axis=1)
    silent = level <= (SILENT * np.percentile(level, 90) if len(level) else 0.0)
    state[silent] = np.log(1e-4 / (STATES - 1))
    state[silent, -1] = np.log(1 - 1e-4)
    return ChordChances(state, log_softmax(logits[:, 13:26]), _sigmoid(logits[:, 26:38]), _sigmoid(logits[:, -1]))


def shown(chroma: FloatArray) -> Float32Array:
    """Make of chroma, (frames, 24) bass and treble, what the network is given: (frames, 48), each frame beside the mean of all."""
    level = normalise_chroma(chroma)
    mean = level.mean(axis=0) if len(level) else np.zeros(24)
    return np.hstack([level, np.broadcast_to(mean, level.shape)]).astype(np.float32)


def log_softmax(logits: FloatArray) -> Float32Array:
    """Turn logits into log chances along the last axis."""
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True)), dtype=np.float32)


def _sigmoid(logits: FloatArray) -> Float32Array:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(logits, -30.0, 30.0))), dtype=np.float32)


def _run(network: Network, chroma: Float32Array) -> Float32Array:
    """Run the network over a piece; a long one in blocks, each with what is around it."""
    frames = len(chroma)
    found = np.zeros((frames, 38 + 12 * len(QUALITIES) + 1), dtype=np.float32)
    for first in range(0, frames, BLOCK_FRAMES):
        last = min(first + BLOCK_FRAMES, frames)
        begin, end = max(0, first - _CONTEXT_FRAMES), min(frames, last + _CONTEXT_FRAMES)
        block = np.pad(chroma[begin:end], ((0, -(end - begin) % POOL), (0, 0)))
        logits = network.session.run(None, {network.input: block[None]})[0][0]
        found[first:last] = logits[first - begin : last - begin]
    return found


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
        key = key_from_chord_context(treble_chroma, bass=bass_chroma, hop_s=hop_s)
    edges_s, bounds, change = _grid(said, beats, step_s=step_s, first_edge_s=first_edge_s, start_s=start_s, end_s=end_s, decoding=decoding)
    path = decode(said, bounds, change, np.diff(edges_s), decoding=decoding)
    starts, stops = runs(path)
    labels, sure = _named(said, path, bounds, starts, stops, chord_root_names(key), decoding)
    edges_s = edges_s.copy()
    edges_s[0], edges_s[-1] = start_s, end_s
    return Segments(start_s=edges_s[starts], end_s=edges_s[stops], label=labels, confidence=sure, engine=name)


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
) -> tuple[tuple[str, ...], Float64Array]:
    """Name each chord, with its bass and upper voices, and say how sure it is: the mean chance of its root and quality."""
    labels, sure = [], []
    last = len(said.begins)
    for start, stop in zip(starts.tolist(), stops.tolist(), strict=True):
        first = min(int(bounds[start]), last - 1)
        span = slice(first, max(int(bounds[stop]), first + 1))
        state = int(path[start])
        sure.append(float(np.exp(said.state[span, state]).mean()))
        if state == STATES - 1:
            labels.append(NO_CHORD)
            continue
        root, quality = divmod(state, len(QUALITIES))
        below = np.roll(said.bass[span, :NONE].mean(axis=0), -root) * (decoding.evidence_per_s * 0.5)
        below = below + decoding.bass_cost * fits_bass(quality)
        below[1:] -= decoding.bass_cost
        tones = np.roll(said.tones[span].mean(axis=0), -root).astype(np.float64)
        upper = extended(quality, tones, least=decoding.extension)
        labels.append(label_of(names[root], quality, bass_semitones=int(below.argmax()), name=upper))
    return tuple(labels), np.array(sure)


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
