"""Tuning, key and chords of a recording, from its chroma.

A network hears chords in chroma (`chord_hearing`); the chord engine decodes them from it, and the engines of keys listen to it too.
``key/profiles`` is Krumhansl's classic, ``chords/templates-hmm`` the textbook's recogniser: neither is trained. Chroma is that of notes,
`FrontEnd.note_chroma`, or published NNLS chroma, which is of the same kind; plain chroma is so full of overtones and drums that
a chord model takes loud rock for noise. It is normalised before anything looks at it. FMP §5.
"""

from typing import TYPE_CHECKING

import numpy as np

from hexachord.arrays import FloatArray
from hexachord.audio_analysis.engines import ENGINES
from hexachord.audio_analysis.harmony.chroma_frames import MODEL_HOP_S
from hexachord.knowledge import Beats, Key, Segments, Tuning
from hexachord.models.engine import pick_engine

if TYPE_CHECKING:
    from hexachord.dsp.frontend import FrontEnd

_LEAST_POINTS = 4  # of a line that says where a tuning goes: with their overlap some 20 s


def estimate_tuning(frontend: "FrontEnd") -> Tuning:
    """Estimate how far a recording lies from A4 = 440 Hz, and where its tuning goes, by the circular mean of its spectral peaks.

    Returns
    -------
    Tuning with a value every five seconds where anything has a pitch; a drift only where there are `_LEAST_POINTS` of them
    """
    found = frontend.tuning_curve
    heard = np.flatnonzero(found.confidence > 0)
    curve = tuple((round(float(found.times_s[row]), 3), round(float(found.cents[row]), 2)) for row in heard)
    return Tuning(
        cents=found.overall.cents,
        confidence=found.overall.confidence,
        drift_cents_per_minute=found.drift_cents_per_minute if len(curve) >= _LEAST_POINTS else float("nan"),
        curve=curve,
        engine="tuning/circular-mean",
    )


def estimate_key(chroma: FloatArray, *, bass: FloatArray | None = None, hop_s: float = MODEL_HOP_S, engine: str | None = None) -> Key:
    """Estimate the key of a piece.

    Parameters
    ----------
    chroma : (frames, 12) non-negative treble (or full-range) chroma, column 0 = C
    bass : (frames, 12) bass chroma; without it `chroma` stands in, at some loss
    hop_s : seconds from one frame to the next
    engine : "chord-context" (default) or "profiles"

    Returns
    -------
    Key with up to four alternatives; the confidences of all 24 keys sum to the share of the piece that sounds like harmony at all. Silence
    and less than a quarter of a second give C major with confidence 0.

    Raises
    ------
    InputError : if there is no such engine.
    ValueError : if the shapes do not fit or values are not finite.
    """
    _check(chroma, bass)
    run = pick_engine(ENGINES, task="key", name=engine).load()
    key: Key = run(chroma, bass=bass, hop_s=hop_s)
    return key


def estimate_local_keys(
    treble_chroma: FloatArray,
    bass_chroma: FloatArray,
    *,
    hop_s: float,
    start_s: float = 0.0,
    key: Key | None = None,
    engine: str | None = None,
) -> Segments:
    """Follow the key through a piece: where it modulates, and for how long.

    The key model of `estimate_key` is asked about eight seconds at a time, and a hidden Markov model over the 24 keys follows what it says.
    It does not move lightly: a new key at the end of a piece is noticed after some twenty seconds, one that the piece leaves again after
    some forty; what is shorter is taken for colour.

    Parameters
    ----------
    treble_chroma, bass_chroma : (frames, 12), column 0 = C
    hop_s : seconds from one frame to the next
    start_s : time of the first frame
    key : the key of the whole, if known: it is favoured at the beginning; estimated from the same chroma if not given
    engine : "chord-hmm" (default)

    Returns
    -------
    Segments labelled "G major", "E minor"; empty for silence.
    """
    _check(treble_chroma, bass_chroma)
    run = pick_engine(ENGINES, task="local-keys", name=engine).load()
    keys: Segments = run(treble_chroma, bass_chroma, hop_s=hop_s, start_s=start_s, key=key)
    return keys


def estimate_chords(
    treble_chroma: FloatArray,
    bass_chroma: FloatArray,
    *,
    hop_s: float,
    start_s: float = 0.0,
    beats: Beats | None = None,
    key: Key | None = None,
    engine: str | None = None,
) -> Segments:
    """Estimate the chords of a recording.

    Parameters
    ----------
    treble_chroma, bass_chroma : (frames, 12) non-negative, column 0 = C
    hop_s : seconds from one frame to the next
    start_s : time of the first frame
    beats : if given, chords change on beats only, and preferably on downbeats
    key : decides between C# and Db; estimated from the same chroma if not given
    engine : "network" (default), "templates-hmm"

    Returns
    -------
    Segments that follow one another without gaps, labelled in Harte syntax (maj, min, 7, maj7, min7, dim, hdim7, sus4, aug, maj6; N where
    there is none); confidence is the mean probability of the label over its frames. Empty for less than a quarter of a second.

    Raises
    ------
    InputError : if there is no such engine.
    ValueError : if the shapes do not fit or values are not finite.
    """
    _check(treble_chroma, bass_chroma)
    run = pick_engine(ENGINES, task="chords", name=engine).load()
    chords: Segments = run(treble_chroma, bass_chroma, hop_s=hop_s, start_s=start_s, beats=beats, key=key)
    return chords


def _check(chroma: FloatArray, bass: FloatArray | None) -> None:
    for name, part in (("chroma", chroma), ("bass chroma", bass)):
        if part is None:
            continue
        if part.ndim != 2 or part.shape[1] != 12 or len(part) != len(chroma):
            raise ValueError(f"{name} has shape {part.shape}; expected (frames, 12), as many frames for treble and bass")
        if not np.isfinite(part).all():
            raise ValueError(f"{name} holds values that are not finite")
