"""Keys from chroma: the key of the whole, by two engines, and where it changes.

The evidence is described in `key_model`; this module turns it into ranked keys and key segments.
"""

import numpy as np

from hexachord.arrays import Float64Array, FloatArray
from hexachord.audio_analysis.change_points import likeliest_path, runs, span_means
from hexachord.audio_analysis.harmony.chord_hearing import ChordChances, chord_chances
from hexachord.audio_analysis.harmony.chroma_frames import MINIMUM_S, to_model_hop
from hexachord.audio_analysis.harmony.key_model import chord_changes, chord_kinds, key_frames, key_scores, key_views, profile_scores
from hexachord.knowledge import Key, Segments
from hexachord.models.tables import load_table
from hexachord.theory.chord_labels import FLAT_NAMES, SHARP_NAMES, parse_chord
from hexachord.theory.keys import key_fifths

_LEAST_HARMONY = 0.1  # of the time: drums alone have no key
_ONE_CHORD, _CHANGES_TO_TELL = 0.3, 3.0  # how much a piece of one chord can say, and how many changes say most of it
_MUCH_HARMONY = 0.5  # a piece that is half of it rests or drums may still have a clear one

_LOCAL_CHANGES_PER_S = 1 / 120.0
_LOCAL_EVIDENCE_PER_S = 0.3  # chords last seconds: this much of each second is new

_MAJOR_NAMES = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
_MINOR_NAMES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "G#", "A", "Bb", "B")


def key_from_chord_context(chroma: FloatArray, *, bass: FloatArray | None, hop_s: float, said: ChordChances | None = None) -> Key:
    """Score each key by chroma, by the chords, by those at both ends, and by which follows which."""
    name = "key/chord-context"
    if not _audible(chroma, hop_s):
        return _no_key(name)
    frames = key_frames(chroma if bass is None else bass, chroma, hop_s=hop_s, said=said)
    harmony = float(1.0 - frames.chords[:, -1].mean())
    if harmony < _LEAST_HARMONY:
        return _no_key(name)
    scores = key_scores(key_views(frames))
    probability = np.exp(scores - scores.max())
    told = _ONE_CHORD + (1.0 - _ONE_CHORD) * -np.expm1(-chord_changes(frames) / _CHANGES_TO_TELL)
    return _rank_keys(probability / probability.sum() * min(1.0, harmony / _MUCH_HARMONY) * told, engine=name)


def key_from_profiles(chroma: FloatArray, *, bass: FloatArray | None, hop_s: float) -> Key:
    """Correlate the mean chroma with Krumhansl's probe-tone profiles."""
    if not _audible(chroma, hop_s):
        return _no_key("key/profiles")
    mean = np.mean(chroma if bass is None else np.asarray(chroma) + np.asarray(bass), axis=0)
    scores = profile_scores(mean)
    if not scores.any():
        return _no_key("key/profiles")
    weights = np.exp(12.0 * (scores - scores.max()))  # a correlation 0.1 lower is about a third as likely
    return _rank_keys(weights / weights.sum() * max(0.0, float(scores.max())), engine="key/profiles")


def local_keys_from_chords(
    treble_chroma: FloatArray, bass_chroma: FloatArray, *, hop_s: float, start_s: float, key: Key | None
) -> Segments:
    """Let a hidden Markov model over the 24 keys listen to the chords."""
    name = "local-keys/chord-hmm"
    if not _audible(treble_chroma, hop_s):
        return Segments(start_s=np.zeros(0), end_s=np.zeros(0), label=(), engine=name)
    treble, step_s, shift_s = to_model_hop(treble_chroma, hop_s=hop_s)
    bass, _, _ = to_model_hop(bass_chroma, hop_s=hop_s)
    kinds = chord_kinds(chord_chances(treble, bass).state)
    group = max(1, round(0.5 / step_s))
    bounds = np.append(np.arange(0, len(kinds), group), len(kinds))
    chords = span_means(kinds.reshape(len(kinds), 36), bounds)
    expected = np.log(load_table("key")["degrees"].astype(np.float64))  # (2 modes, 12 degrees, 3 kinds)
    keys = np.stack([np.roll(expected[mode], tonic, axis=0).ravel() for mode in (0, 1) for tonic in range(12)])
    evidence = chords @ (keys - keys.mean(axis=0)).T * (_LOCAL_EVIDENCE_PER_S * group * step_s)
    if key is not None:
        evidence[0, _key_number(key)] += 2.0
    change = np.full(len(evidence), 1 - np.exp(-_LOCAL_CHANGES_PER_S * group * step_s))
    path = likeliest_path(evidence, np.full((24, 24), -np.log(23.0)), change)
    starts, stops = runs(path)
    edges = start_s + shift_s + bounds * step_s
    edges[0], edges[-1] = start_s, start_s + len(treble_chroma) * hop_s
    share = np.exp(evidence - evidence.max(axis=1, keepdims=True))
    total = np.array([evidence[a:b].sum(axis=0) for a, b in zip(starts, stops, strict=True)])
    share = np.exp(total - total.max(axis=1, keepdims=True))
    share /= share.sum(axis=1, keepdims=True)
    return Segments(
        start_s=edges[starts],
        end_s=edges[stops],
        label=tuple(_key_name(int(path[a])) for a in starts),
        confidence=share[np.arange(len(starts)), path[starts]],
        engine=name,
    )


def _rank_keys(probability: Float64Array, *, engine: str) -> Key:
    order = np.argsort(-probability, kind="stable")
    best = int(order[0])
    tonic, mode = _key_name(best).split()
    alternatives = tuple((_key_name(int(k)), float(probability[k])) for k in order[1:5] if probability[k] > 0.01)
    return Key(tonic=tonic, mode=mode, confidence=float(probability[best]), alternatives=alternatives, engine=engine)


def _key_name(number: int) -> str:
    mode, tonic = divmod(number, 12)
    return f"{_MINOR_NAMES[tonic]} minor" if mode else f"{_MAJOR_NAMES[tonic]} major"


def _key_number(key: Key) -> int:
    return _tonic_pitch_class(key) + (12 if key.mode == "minor" else 0)


def _tonic_pitch_class(key: Key) -> int:
    return parse_chord(key.tonic).root


def chord_root_names(key: Key) -> tuple[str, ...]:
    """Names of the twelve pitch classes as chord roots in a key: black keys as whichever of sharp and flat is nearer on the line of fifths.

    In major the borrowed roots lie a little to the flat side (bVII, bIII, bVI, bII, but #IV); in minor they lie about the tonic
    (bII and bV, but the raised sixth and seventh).

    Examples
    --------
    >>> chord_root_names(Key(tonic="C", mode="major"))[1::5], chord_root_names(Key(tonic="A", mode="minor"))[8]
    (('Db', 'F#', 'B'), 'G#')
    """
    centre = key_fifths(key.tonic, "major") + (-0.5 if key.mode == "minor" else 0.5)
    return tuple(
        min((sharp, flat), key=lambda name: abs(key_fifths(name, "major") - centre))
        for sharp, flat in zip(SHARP_NAMES, FLAT_NAMES, strict=True)
    )


def _no_key(engine: str) -> Key:
    return Key(tonic="C", mode="major", confidence=0.0, engine=engine)


def _audible(chroma: FloatArray, hop_s: float) -> bool:
    return len(chroma) * hop_s >= MINIMUM_S and float(np.max(chroma, initial=0.0)) > 0
