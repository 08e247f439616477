"""Keys from notes: how well each of the 24 keys explains which pitch classes sound, over a whole piece or bar by bar.

A key profile says how much weight each scale degree carries in music of a known key; the key whose rotated profile correlates best with
the observed pitch-class weights wins. C. L. Krumhansl, *Cognitive Foundations of Musical Pitch*, Oxford 1990; D. Temperley, *Music and
Probability*, MIT Press 2007; B. Aarden, PhD thesis, Ohio State 2003; J. Albrecht and D. Shanahan, Music Perception 31(1), 2013.
"""

import numpy as np

from hexachord.arrays import Float64Array, FloatArray, IntArray
from hexachord.knowledge import Key, Segments
from hexachord.theory.chord_labels import parse_pitch_class
from hexachord.theory.key_paths import CHANGE_COST, follow_keys

ENGINE = "key/profiles"
LOCAL_ENGINE = "local-keys/note-hmm"

PROFILES: dict[str, tuple[tuple[float, ...], tuple[float, ...]]] = {
    "krumhansl-kessler": (
        (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88),
        (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17),
    ),
    "temperley": (
        (0.748, 0.060, 0.488, 0.082, 0.670, 0.460, 0.096, 0.715, 0.104, 0.366, 0.057, 0.400),
        (0.712, 0.084, 0.474, 0.618, 0.049, 0.460, 0.105, 0.747, 0.404, 0.067, 0.133, 0.330),
    ),
    "aarden-essen": (
        (17.7661, 0.145624, 14.9265, 0.160186, 19.8049, 11.3587, 0.291248, 22.062, 0.145624, 8.15494, 0.232998, 4.95122),
        (18.2648, 0.737619, 14.0499, 16.8599, 0.702494, 14.4362, 0.702494, 18.6161, 4.56621, 1.93186, 7.37619, 1.75623),
    ),
    "albrecht-shanahan": (
        (0.238, 0.006, 0.111, 0.006, 0.137, 0.094, 0.016, 0.214, 0.009, 0.080, 0.008, 0.081),
        (0.220, 0.006, 0.104, 0.123, 0.019, 0.103, 0.012, 0.214, 0.062, 0.022, 0.061, 0.052),
    ),
}
"""Weight of each semitone above the tonic, in major and in minor."""

LIEDER_SHARES = (
    (0.197, 0.012, 0.108, 0.021, 0.136, 0.088, 0.022, 0.210, 0.021, 0.087, 0.021, 0.077),
    (0.197, 0.015, 0.096, 0.130, 0.022, 0.099, 0.019, 0.220, 0.078, 0.018, 0.058, 0.047),
)
"""The part of the sounding time that each degree has in a bar, in major and in minor: counted in 203 songs and piano pieces of the
training side under their key signatures, where the mode is the one that explains the notes better (``training/key_notes.py``)."""

MAJOR_TONICS = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
MINOR_TONICS = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "G#", "A", "Bb", "B")
KEY_NAMES = tuple(f"{tonic} major" for tonic in MAJOR_TONICS) + tuple(f"{tonic} minor" for tonic in MINOR_TONICS)
"""The 24 keys in the order of every score vector here: majors from C upwards, then minors, each by its usual name."""

_FIFTHS = {"F": -1, "C": 0, "G": 1, "D": 2, "A": 3, "E": 4, "B": 5}


_LOG_SHARES = np.log(np.array([np.roll(np.array(mode) + 1e-3, tonic) for mode in LIEDER_SHARES for tonic in range(12)]))


def key_fifths(tonic: str, mode: str) -> int:
    """The key signature of a key: sharps, or flats as a negative number.

    Examples
    --------
    >>> key_fifths("Eb", "major"), key_fifths("F#", "minor")
    (-3, 3)
    """
    fifths = _FIFTHS[tonic[0]] + 7 * (tonic.count("#") - tonic[1:].count("b"))
    return fifths - 3 if mode == "minor" else fifths


def parse_key(name: str) -> tuple[int, str]:
    """Read ``Eb major`` (or ``Eb:maj``) as the pitch class of its tonic and its mode.

    Raises
    ------
    ValueError : if it is not a note name and a mode.

    Examples
    --------
    >>> parse_key("Eb major"), parse_key("F#:min")
    ((3, 'major'), (6, 'minor'))
    """
    tonic, _, mode = name.replace(":", " ").partition(" ")
    mode = {"maj": "major", "min": "minor"}.get(mode, mode)
    if mode not in ("major", "minor"):
        raise ValueError(f"{name!r} is not a key: expected a note name and 'major' or 'minor'")
    return parse_pitch_class(tonic), mode


def key_number(name: str) -> int:
    """Say where a key stands in `KEY_NAMES`, however it is spelt.

    Examples
    --------
    >>> key_number("C major"), key_number("D# minor")
    (0, 15)
    """
    tonic, mode = parse_key(name)
    return tonic + 12 * (mode == "minor")


def usual_key_name(name: str, semitones: int = 0) -> str:
    """Name a key, moved by some semitones, as it is usually named.

    Examples
    --------
    >>> usual_key_name("D# minor"), usual_key_name("E major", 1)
    ('Eb minor', 'F major')
    """
    tonic, mode = parse_key(name)
    return KEY_NAMES[(tonic + semitones) % 12 + 12 * (mode == "minor")]


def pitch_class_weights(pitch: IntArray | FloatArray, weight: FloatArray) -> Float64Array:
    """Add up a weight (a duration, usually) per pitch class.

    Parameters
    ----------
    pitch : (n,) MIDI numbers; fractions are rounded
    weight : (n,) non-negative

    Returns
    -------
    (12,) float64, C first
    """
    classes = np.round(np.asarray(pitch)).astype(np.int64) % 12
    weights: Float64Array = np.bincount(classes, weights=np.asarray(weight, dtype=np.float64), minlength=12).astype(np.float64)
    return weights


def key_scores(weights: FloatArray, *, profile: str = "albrecht-shanahan") -> Float64Array:
    """Correlate pitch-class weights with the profile of each key.

    Parameters
    ----------
    weights : (..., 12) non-negative, C first
    profile : a name in `PROFILES`

    Returns
    -------
    (..., 24) correlations in [-1, 1], ordered as `KEY_NAMES`; 0 where nothing sounds
    """
    if profile not in PROFILES:
        raise ValueError(f"unknown key profile {profile!r}: expected one of {', '.join(PROFILES)}")
    rotated = np.array([np.roll(mode, tonic) for mode in PROFILES[profile] for tonic in range(12)])
    centred = np.asarray(weights, dtype=np.float64) - np.mean(weights, axis=-1, keepdims=True)
    rotated = rotated - rotated.mean(axis=1, keepdims=True)
    norms = np.linalg.norm(centred, axis=-1, keepdims=True) * np.linalg.norm(rotated, axis=1)
    scores: Float64Array = np.divide(centred @ rotated.T, norms, out=np.zeros_like(norms), where=norms > 1e-12)
    return scores


def key_of(pitch: IntArray | FloatArray, duration: FloatArray, *, profile: str = "albrecht-shanahan") -> Key:
    """Find the key of a piece from its notes.

    Parameters
    ----------
    pitch : (n,) MIDI numbers of pitched notes
    duration : (n,) in any unit

    Returns
    -------
    Key with its confidence (a softmax over the 24 correlations) and the four next best; an empty piece is C major with confidence 0

    Examples
    --------
    >>> scale = np.array([57, 59, 60, 62, 64, 65, 68, 69, 64, 57])
    >>> key_of(scale, np.ones(10)).name
    'A minor'
    """
    weights = pitch_class_weights(pitch, duration)
    scores = key_scores(weights, profile=profile)
    if not weights.any():
        return Key(tonic="C", mode="major", confidence=0.0, engine=ENGINE)
    likelihood = np.exp((scores - scores.max()) * 12.0)  # 12: a lead of 0.1 in correlation makes a key about three times as likely
    likelihood /= likelihood.sum()
    order = np.argsort(-likelihood, kind="stable")
    tonic, mode = KEY_NAMES[order[0]].split()
    rest = tuple((KEY_NAMES[index], float(likelihood[index])) for index in order[1:5])
    return Key(tonic=tonic, mode=mode, confidence=float(likelihood[order[0]]), alternatives=rest, engine=ENGINE)


def local_keys(
    onset_s: FloatArray,
    offset_s: FloatArray,
    pitch: IntArray | FloatArray,
    *,
    step_s: FloatArray | None = None,
    change_cost: float = CHANGE_COST,
) -> Segments:
    """Follow the key through a piece: how likely its pitch classes are in each key, bar by bar, and keys that last.

    Parameters
    ----------
    onset_s, offset_s, pitch : (n,) notes
    step_s : (m,) ascending borders between which the key is constant, best the downbeats; every 2 s when not given
    change_cost : what a change of key must gain, in nats; see `follow_keys`

    Returns
    -------
    Segments labelled ``G major`` with the mean probability of the key as confidence
    """
    if len(onset_s) == 0:
        return Segments(start_s=np.empty(0), end_s=np.empty(0), label=(), engine=LOCAL_ENGINE)
    end = float(np.max(offset_s))
    if step_s is None or len(step_s) == 0:
        step_s = np.arange(0.0, max(end, 2.0), 2.0)
    first = min(float(step_s[0]), float(np.min(onset_s)))
    borders = np.concatenate([[first], np.asarray(step_s)[1:], [max(end, float(step_s[-1]) + 1e-3)]])
    classes = np.round(np.asarray(pitch)).astype(np.int64) % 12
    sounding = sounding_between(np.asarray(onset_s), np.asarray(offset_s), classes, borders)
    held = sounding.sum(axis=1, keepdims=True)
    share = np.divide(sounding, held, out=np.zeros_like(sounding), where=held > 1e-9)  # every bar has one say, however full it is
    found = follow_keys(share @ _LOG_SHARES.T, change_cost=change_cost)
    starts = np.concatenate([[0], np.flatnonzero(np.diff(found.path)) + 1])
    ends = np.concatenate([starts[1:], [len(found.path)]])
    return Segments(
        start_s=borders[starts],
        end_s=borders[ends],
        label=tuple(KEY_NAMES[found.path[start]] for start in starts),
        confidence=np.array([found.probability[a:b, found.path[a]].mean() for a, b in zip(starts, ends, strict=True)]),
        engine=LOCAL_ENGINE,
    )


def sounding_between(onset_s: FloatArray, offset_s: FloatArray, classes: IntArray, borders: FloatArray) -> Float64Array:
    """Sounding time per pitch class between borders, (m - 1, 12): cumulative sums of starts and ends, so its cost is that of sorting."""
    heard = np.zeros((len(borders), 12))  # sounding time before each border
    for pitch_class in np.unique(classes):
        for times, sign in ((onset_s[classes == pitch_class], 1.0), (offset_s[classes == pitch_class], -1.0)):
            ordered = np.sort(times)
            sums = np.concatenate([[0.0], np.cumsum(ordered)])
            before = np.searchsorted(ordered, borders)
            heard[:, pitch_class] += sign * (before * borders - sums[before])
    return np.asarray(np.clip(np.diff(heard, axis=0), 0.0, None))
