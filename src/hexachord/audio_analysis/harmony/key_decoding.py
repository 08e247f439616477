"""Keys from chroma: the key of the whole, by two engines, and where it changes.

The evidence is described in `key_model`; this module turns it into ranked keys and key segments.
"""

import numpy as np

from hexachord.arrays import Float64Array, FloatArray, IntArray
from hexachord.audio_analysis.change_points import likeliest_path, runs
from hexachord.audio_analysis.harmony.chord_hearing import ChordChances
from hexachord.audio_analysis.harmony.chroma_frames import MINIMUM_S
from hexachord.audio_analysis.harmony.key_model import KeyFrames, chord_changes, key_frames, key_scores, key_views, profile_scores
from hexachord.knowledge import Key, Segments
from hexachord.theory.chord_labels import FLAT_NAMES, SHARP_NAMES
from hexachord.theory.keys import key_fifths, key_number

_LEAST_HARMONY = 0.1  # of the time: drums alone have no key
_ONE_CHORD, _CHANGES_TO_TELL = 0.3, 3.0  # how much a piece of one chord can say, and how many changes say most of it
_MUCH_HARMONY = 0.5  # a piece that is half of it rests or drums may still have a clear one

# Of keys along the way. Chosen by `training/key_along.py` on 62 songs that change their tonic and 33 of the valid side that do not
_LOCAL_WINDOW_S = 8.0  # what the key model is asked about at a time
LOCAL_STEP_FRAMES = 5  # of `KeyFrames`
_LOCAL_EVIDENCE_PER_S = 0.05  # windows overlap, and neighbours sing the same chords
_LOCAL_CHANGE_COST = 6.0  # nats
_LOCAL_WHOLE = 5.0  # weight of the key of the whole where the piece begins

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
    told = _ONE_CHORD + (1.0 - _ONE_CHORD) * -np.expm1(-chord_changes(frames) / _CHANGES_TO_TELL)
    return _rank_keys(np.exp(log_key_chances(frames)) * min(1.0, harmony / _MUCH_HARMONY) * told, engine=name)


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
    """Ask the key model about every few seconds, and let a hidden Markov model over the 24 keys follow what it says."""
    name = "local-keys/chord-hmm"
    nothing = Segments(start_s=np.zeros(0), end_s=np.zeros(0), label=(), engine=name)
    if not _audible(treble_chroma, hop_s):
        return nothing
    frames = key_frames(bass_chroma, treble_chroma, hop_s=hop_s)
    if 1.0 - frames.chords[:, -1].mean() < _LEAST_HARMONY:
        return nothing
    whole = log_key_chances(frames) if key is None else _log_chances(key)
    path, chances = local_key_path(frames, whole)
    starts, stops = runs(path)
    edges_s = start_s + np.append(starts, 0) * (LOCAL_STEP_FRAMES * frames.hop_s)
    edges_s[-1] = start_s + len(treble_chroma) * hop_s
    return Segments(
        start_s=edges_s[:-1],
        end_s=edges_s[1:],
        label=tuple(_key_name(int(path[first])) for first in starts),
        confidence=np.array([float(chances[first:last, path[first]].mean()) for first, last in zip(starts, stops, strict=True)]),
        engine=name,
    )


def local_key_path(frames: KeyFrames, whole: Float64Array) -> tuple[IntArray, Float64Array]:
    """Follow the key through a piece.

    Parameters
    ----------
    frames : of the piece
    whole : (24,) log chances of keys at the beginning; that of the whole piece is a good guess

    Returns
    -------
    keys : (steps,) numbers of keys, `LOCAL_STEP_FRAMES` frames apart
    chances : (steps, 24) what the key model says of the seconds around each step
    """
    count, width = len(frames.chords), max(1, round(_LOCAL_WINDOW_S / frames.hop_s))
    windows = []
    for centre in range(0, count, LOCAL_STEP_FRAMES):
        first = max(0, min(centre + LOCAL_STEP_FRAMES // 2 - width // 2, count - width))
        chords, chroma = frames.chords[first : first + width], frames.chroma[first : first + width]
        windows.append(log_key_chances(KeyFrames(chords, chroma, frames.hop_s)))
    log_chances = np.stack(windows)
    evidence = log_chances * (_LOCAL_EVIDENCE_PER_S * LOCAL_STEP_FRAMES * frames.hop_s)
    evidence[0] += _LOCAL_WHOLE * whole
    change = np.full(len(evidence), 1.0 / (1.0 + np.exp(_LOCAL_CHANGE_COST)))
    return likeliest_path(evidence, np.full((24, 24), -np.log(23.0)), change), np.exp(log_chances)


def log_key_chances(frames: KeyFrames) -> Float64Array:
    """Say how likely each key is, (24,) log chances."""
    scores = key_scores(key_views(frames))
    return np.asarray(scores - np.logaddexp.reduce(scores))


def _log_chances(key: Key) -> Float64Array:
    """Spread what a ranked key leaves over all keys."""
    chances = np.zeros(24)
    for name, chance in ((key.name, key.confidence), *key.alternatives):
        chances[key_number(name)] = chance
    chances += max(0.0, 1.0 - float(chances.sum())) / 24 + 1e-3
    return np.asarray(np.log(chances / chances.sum()))


def _rank_keys(probability: Float64Array, *, engine: str) -> Key:
    order = np.argsort(-probability, kind="stable")
    best = int(order[0])
    tonic, mode = _key_name(best).split()
    alternatives = tuple((_key_name(int(k)), float(probability[k])) for k in order[1:5] if probability[k] > 0.01)
    return Key(tonic=tonic, mode=mode, confidence=float(probability[best]), alternatives=alternatives, engine=engine)


def _key_name(number: int) -> str:
    mode, tonic = divmod(number, 12)
    return f"{_MINOR_NAMES[tonic]} minor" if mode else f"{_MAJOR_NAMES[tonic]} major"


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
