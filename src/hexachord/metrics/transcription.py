"""Note transcription: notes that start (and end) in the right place with the right pitch.

A note is right when its onset is within 50 ms, its pitch within 50 cents and, if offsets count, its end within 50 ms or a fifth of its
length. Pitches are MIDI numbers and may be fractional. M. Bay, A. Ehmann, J. S. Downie, ISMIR 2009; C. Raffel et al., ISMIR 2014.
"""

import numpy as np

from hexachord.arrays import BoolArray, Float64Array, FloatArray, IntArray
from hexachord.metrics.matching import Hits, hits, match_pairs, pairs_within, validate_intervals

ONSET_TOLERANCE_S = 0.05
PITCH_TOLERANCE_CENTS = 50.0
OFFSET_RATIO = 0.2
OFFSET_TOLERANCE_S = 0.05
_DECIMALS = 4  # of a second: a distance of exactly 50 ms is a hit, whatever floating point makes of it


def validate(intervals_s: FloatArray, pitch: FloatArray, *, name: str) -> None:
    """Check notes.

    Raises
    ------
    ValueError : if intervals are not (n, 2) seconds of positive length, or pitches do not fit them or are not MIDI numbers.
    """
    validate_intervals(intervals_s, name=f"{name} notes")
    if pitch.shape != (len(intervals_s),):
        raise ValueError(f"{name}: {len(intervals_s)} notes but pitches of shape {pitch.shape}")
    if pitch.size and (not np.isfinite(pitch).all() or pitch.min() < 0 or pitch.max() > 192):
        raise ValueError(f"{name}: pitches from {pitch.min():.1f} to {pitch.max():.1f}; expected MIDI numbers, not Hz")


def match_notes(
    reference_s: FloatArray,
    reference_pitch: FloatArray,
    estimated_s: FloatArray,
    estimated_pitch: FloatArray,
    *,
    offsets: bool = False,
    onset_tolerance_s: float = ONSET_TOLERANCE_S,
    pitch_tolerance_cents: float = PITCH_TOLERANCE_CENTS,
    offset_ratio: float = OFFSET_RATIO,
    offset_tolerance_s: float = OFFSET_TOLERANCE_S,
) -> IntArray:
    """Pair as many notes as possible, each at most once.

    Parameters
    ----------
    reference_s, estimated_s : (n, 2), (m, 2) onsets and offsets
    reference_pitch, estimated_pitch : (n,), (m,) MIDI numbers
    offsets : whether the ends must agree too

    Returns
    -------
    (k, 2) indices into reference and estimate
    """
    validate(reference_s, reference_pitch, name="reference")
    validate(estimated_s, estimated_pitch, name="estimate")
    i, j = pairs_within(reference_s[:, 0], estimated_s[:, 0], window_s=onset_tolerance_s + 10.0**-_DECIMALS)
    near = _rounded(reference_s[i, 0] - estimated_s[j, 0]) <= onset_tolerance_s
    # A hair over 50 cents: a quarter tone written in Hz and read back must not fall on either side by chance.
    near &= 100.0 * np.abs(reference_pitch[i] - estimated_pitch[j]) <= pitch_tolerance_cents + 1e-9
    if offsets:
        near &= _ends_agree(reference_s[i], estimated_s[j], offset_ratio=offset_ratio, tolerance_s=offset_tolerance_s)
    return match_pairs(i[near], j[near], reference=len(reference_s), estimated=len(estimated_s))


def note_f(
    reference_s: FloatArray,
    reference_pitch: FloatArray,
    estimated_s: FloatArray,
    estimated_pitch: FloatArray,
    *,
    offsets: bool = False,
    onset_tolerance_s: float = ONSET_TOLERANCE_S,
    pitch_tolerance_cents: float = PITCH_TOLERANCE_CENTS,
) -> Hits:
    """Precision, recall and F of notes by onset and pitch, and by offset too if asked.

    Examples
    --------
    >>> reference = np.array([[0.0, 1.0], [1.0, 2.0]])
    >>> estimated = np.array([[0.02, 0.4], [1.2, 2.0]])
    >>> note_f(reference, np.array([60, 62]), estimated, np.array([60, 62])).f
    0.5
    """
    pairs = match_notes(
        reference_s,
        reference_pitch,
        estimated_s,
        estimated_pitch,
        offsets=offsets,
        onset_tolerance_s=onset_tolerance_s,
        pitch_tolerance_cents=pitch_tolerance_cents,
    )
    return hits(matched=len(pairs), reference=len(reference_s), estimated=len(estimated_s))


def onset_f(reference_s: FloatArray, estimated_s: FloatArray, *, tolerance_s: float = ONSET_TOLERANCE_S) -> Hits:
    """Precision, recall and F by onset alone, whatever the pitch."""
    same = np.zeros(len(reference_s)), np.zeros(len(estimated_s))
    return note_f(reference_s, same[0], estimated_s, same[1], onset_tolerance_s=tolerance_s)


def velocity_f(
    reference_s: FloatArray,
    reference_pitch: FloatArray,
    reference_velocity: FloatArray,
    estimated_s: FloatArray,
    estimated_pitch: FloatArray,
    estimated_velocity: FloatArray,
    *,
    offsets: bool = False,
    tolerance: float = 0.1,
) -> Hits:
    """Precision, recall and F of notes whose velocity is right too, after the line that fits the estimate to the reference best.

    The reference is scaled to [0, 1]; a velocity within 0.1 of it is right. C. Hawthorne et al., "Onsets and frames", ISMIR 2018.
    """
    pairs = match_notes(reference_s, reference_pitch, estimated_s, estimated_pitch, offsets=offsets)
    if len(pairs) == 0:
        return hits(matched=0, reference=len(reference_s), estimated=len(estimated_s))
    low, high = float(reference_velocity.min()), float(reference_velocity.max())
    wanted = (reference_velocity[pairs[:, 0]] - low) / max(1.0, high - low)
    given = estimated_velocity[pairs[:, 1]].astype(np.float64)
    line = np.linalg.lstsq(np.stack([given, np.ones(len(given))], axis=1), wanted, rcond=None)[0]
    right = np.abs(line[0] * given + line[1] - wanted) < tolerance
    return hits(matched=int(right.sum()), reference=len(reference_s), estimated=len(estimated_s))


def velocity_r(
    reference_s: FloatArray,
    reference_pitch: FloatArray,
    reference_velocity: FloatArray,
    estimated_s: FloatArray,
    estimated_pitch: FloatArray,
    estimated_velocity: FloatArray,
) -> float:
    """Return the correlation of velocities over the notes matched by onset and pitch; NaN where one side does not vary."""
    pairs = match_notes(reference_s, reference_pitch, estimated_s, estimated_pitch)
    wanted, given = reference_velocity[pairs[:, 0]].astype(np.float64), estimated_velocity[pairs[:, 1]].astype(np.float64)
    if len(pairs) < 2 or np.ptp(wanted) == 0 or np.ptp(given) == 0:
        return float("nan")
    return float(np.corrcoef(wanted, given)[0, 1])


def constant_delay_s(
    reference_s: FloatArray, reference_pitch: FloatArray, estimated_s: FloatArray, estimated_pitch: FloatArray, *, search_s: float = 0.1
) -> float:
    """Measure by how much the estimate lags the labels throughout: the median over each note's nearest label of its pitch.

    Some recordings have labels that are early by a constant (up to 36 ms in MAPS); a correct transcriber then loses notes at the 50 ms
    window. Scores after `shift` by minus this are the ``_aligned`` variants; they use the labels and are only given beside the plain ones.

    Parameters
    ----------
    search_s : how far a nearest label may be

    Returns
    -------
    Seconds that the estimate is late; 0 if nothing matches.
    """
    validate(reference_s, reference_pitch, name="reference")
    validate(estimated_s, estimated_pitch, name="estimate")
    i, j = pairs_within(reference_s[:, 0], estimated_s[:, 0], window_s=search_s)
    same = 100.0 * np.abs(reference_pitch[i] - estimated_pitch[j]) <= PITCH_TOLERANCE_CENTS
    lag = estimated_s[j[same], 0] - reference_s[i[same], 0]
    if len(lag) == 0:
        return 0.0
    order = np.lexsort((np.abs(lag), j[same]))
    nearest = np.unique(j[same][order], return_index=True)[1]
    return float(np.median(lag[order][nearest]))


def shift(intervals_s: FloatArray, *, by_s: float) -> Float64Array:
    """Move notes in time; what would begin before 0 begins at 0 and keeps a length of at least 1 ms."""
    moved = intervals_s.astype(np.float64) + by_s
    onset_s = np.maximum(moved[:, 0], 0.0)
    return np.stack([onset_s, np.maximum(moved[:, 1], onset_s + 0.001)], axis=1)


def evaluate(
    reference_s: FloatArray,
    reference_pitch: FloatArray,
    estimated_s: FloatArray,
    estimated_pitch: FloatArray,
    *,
    reference_velocity: FloatArray | None = None,
    estimated_velocity: FloatArray | None = None,
) -> dict[str, float]:
    """Compute all note metrics, plain and with the constant delay taken out.

    Returns
    -------
    ``onset_f onset_precision onset_recall onset_offset_f delay_s onset_f_aligned onset_offset_f_aligned``, where "onset" means onset and
    pitch, and ``velocity_r velocity_f`` when both velocities are given.
    """
    by_onset = note_f(reference_s, reference_pitch, estimated_s, estimated_pitch)
    delay_s = constant_delay_s(reference_s, reference_pitch, estimated_s, estimated_pitch)
    moved_s = shift(estimated_s, by_s=-delay_s)
    scores = {
        "onset_f": by_onset.f,
        "onset_precision": by_onset.precision,
        "onset_recall": by_onset.recall,
        "onset_offset_f": note_f(reference_s, reference_pitch, estimated_s, estimated_pitch, offsets=True).f,
        "delay_s": delay_s,
        "onset_f_aligned": note_f(reference_s, reference_pitch, moved_s, estimated_pitch).f,
        "onset_offset_f_aligned": note_f(reference_s, reference_pitch, moved_s, estimated_pitch, offsets=True).f,
    }
    if reference_velocity is not None and estimated_velocity is not None:
        notes = (reference_s, reference_pitch, reference_velocity, moved_s, estimated_pitch, estimated_velocity)
        scores["velocity_r"] = velocity_r(*notes)
        scores["velocity_f"] = velocity_f(*notes).f
    return scores


def _rounded(distance_s: FloatArray) -> Float64Array:
    rounded: Float64Array = np.abs(distance_s).astype(np.float64).round(_DECIMALS)
    return rounded


def _ends_agree(reference_s: FloatArray, estimated_s: FloatArray, *, offset_ratio: float, tolerance_s: float) -> BoolArray:
    allowed_s = np.maximum(offset_ratio * (reference_s[:, 1] - reference_s[:, 0]), tolerance_s)
    agree: BoolArray = _rounded(reference_s[:, 1] - estimated_s[:, 1]) <= allowed_s
    return agree
