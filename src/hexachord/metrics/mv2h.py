"""Notation: MV2H, which asks of a page its pitches, voices, metre, note values and harmony, and takes the mean.

A. McLeod, M. Steedman, "Evaluating automatic polyphonic music transcription", ISMIR 2018, with the links between chords of the authors'
later definition for voices that hold chords. Both pages are on one clock, in seconds: that of the recording. Each mistake should cost
once, so that voices are judged among the notes that were found, and values among notes whose voice goes on rightly. Harmony is the key
alone.
"""

from dataclasses import dataclass, field

import numpy as np

from hexachord.arrays import BoolArray, Float64Array, FloatArray, IntArray
from hexachord.metrics import key as key_metric
from hexachord.metrics.matching import (
    MAX_TIME_S,
    Hits,
    f_measure,
    hits,
    match_events,
    match_pairs,
    pairs_within,
    validate_intervals,
    validate_labelled,
)

WINDOW_S = 0.05
VALUE_SLACK_S = 0.1  # of the authors: a value this close is right, whatever its share


@dataclass(frozen=True, kw_only=True, eq=False)
class NotatedMusic:
    """A page on the clock of a recording.

    Attributes
    ----------
    onset_s, offset_s : (n,) where each note begins, and where its written value ends (not where the key was released)
    pitch : (n,) MIDI numbers
    voice : (n,) any numbers; notes of one voice follow each other, together or one by one
    hand : (n,) 1 right, 2 left, 0 not known; may be empty
    groupings_s : (g, 2) start and end of every bar, beat and sub-beat
    key_intervals_s, key_labels : (k, 2) and as many keys like ``C# minor``
    """

    onset_s: Float64Array
    offset_s: Float64Array
    pitch: IntArray
    voice: IntArray
    groupings_s: Float64Array
    hand: IntArray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    key_intervals_s: Float64Array = field(default_factory=lambda: np.zeros((0, 2)))
    key_labels: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class NotationScore:
    """What `evaluate` says; `hands` is no part of the mean, and NaN where a side does not know its hands."""

    multi_pitch: Hits
    voice: Hits
    metre: Hits
    value: float
    key: float
    hands: float
    matched: int
    compared: int  # notes whose values were compared

    @property
    def mv2h(self) -> float:
        """The mean of the five."""
        return (self.multi_pitch.f + self.voice.f + self.metre.f + self.value + self.key) / 5

    def flat(self) -> dict[str, float]:
        """``mv2h multi_pitch voice metre value key``, and ``hands`` where it is known."""
        parts = {
            "mv2h": self.mv2h,
            "multi_pitch": self.multi_pitch.f,
            "voice": self.voice.f,
            "metre": self.metre.f,
            "value": self.value,
            "key": self.key,
        }
        return parts | ({"hands": self.hands} if np.isfinite(self.hands) else {})


def validate(reference: NotatedMusic, estimated: NotatedMusic) -> None:
    """Check two pages.

    Raises
    ------
    ValueError : naming the side and what is wrong with it.
    """
    for side, page in (("reference", reference), ("estimated", estimated)):
        shapes = {name: np.shape(getattr(page, name)) for name in ("onset_s", "offset_s", "pitch", "voice")}
        if len(set(shapes.values())) != 1 or len(shapes["onset_s"]) != 1:
            raise ValueError(f"the {side} page: expected one onset, offset, pitch and voice per note, found shapes {shapes}")
        if len(page.hand) not in (0, len(page.onset_s)):
            raise ValueError(f"the {side} page: {len(page.onset_s)} notes but {len(page.hand)} hands; expected one per note, or none")
        for name in ("onset_s", "offset_s"):
            times = getattr(page, name)
            if not np.isfinite(times).all():
                raise ValueError(f"the {side} page: {name} holds NaN or infinity")
            if times.size and times.max() > MAX_TIME_S:
                raise ValueError(f"the {side} page: {name} reaches {times.max():.0f} s: are the times in seconds?")
        if (page.offset_s < page.onset_s).any():
            raise ValueError(f"the {side} page holds a note that ends before it starts")
        validate_intervals(page.groupings_s, name=f"{side} groupings")
        validate_labelled(page.key_intervals_s, page.key_labels, name=f"{side} keys")


def match_notes(reference: NotatedMusic, estimated: NotatedMusic, *, window_s: float = WINDOW_S) -> IntArray:
    """Pair notes of one pitch whose onsets are at most `window_s` apart, each once; (k, 2) indices into both pages."""
    pairs = [np.zeros((0, 2), dtype=np.int64)]
    for pitch in np.intersect1d(reference.pitch, estimated.pitch):
        ours, theirs = (_by_onset(page, pitch) for page in (reference, estimated))
        found = match_events(reference.onset_s[ours], estimated.onset_s[theirs], window_s=window_s)
        pairs.append(np.stack([ours[found[:, 0]], theirs[found[:, 1]]], axis=1))
    return np.concatenate(pairs)


def multi_pitch(reference: NotatedMusic, estimated: NotatedMusic, *, window_s: float = WINDOW_S) -> Hits:
    """Precision, recall and F of notes by pitch and onset; how long they last does not matter.

    Examples
    --------
    >>> page = NotatedMusic(onset_s=np.array([0.0, 1.0]), offset_s=np.array([1.0, 2.0]), pitch=np.array([60, 62]),
    ...                     voice=np.array([1, 1]), groupings_s=np.array([[0.0, 2.0]]))
    >>> multi_pitch(page, page).f
    1.0
    """
    pairs = match_notes(reference, estimated, window_s=window_s)
    return hits(matched=len(pairs), reference=len(reference.onset_s), estimated=len(estimated.onset_s))


def voice(reference: NotatedMusic, estimated: NotatedMusic, *, window_s: float = WINDOW_S) -> Hits:
    """Precision, recall and F of links from notes to what comes next in their voice, among matched notes only.

    What comes next are all notes of the voice that begin where the value ends or, after a rest, first thereafter. Every chord weighs
    the same, however many notes it has and leads to.
    """
    pairs = match_notes(reference, estimated, window_s=window_s)
    return _voice(_links(reference, pairs[:, 0]), _links(estimated, pairs[:, 1]))


def metre(reference: NotatedMusic, estimated: NotatedMusic, *, window_s: float = WINDOW_S) -> Hits:
    """Precision, recall and F of groupings: right if one of the other page, of any level, starts and ends at most `window_s` apart.

    Examples
    --------
    >>> empty = {name: np.zeros(0) for name in ("onset_s", "offset_s", "pitch", "voice")}
    >>> two = NotatedMusic(**empty, groupings_s=np.array([[0.0, 2.0], [0.0, 1.0], [1.0, 2.0]]))
    >>> one = NotatedMusic(**empty, groupings_s=np.array([[0.02, 1.98]]))
    >>> metre(two, one)
    Hits(precision=1.0, recall=0.3333333333333333, f=0.5)
    """
    ours, theirs = reference.groupings_s, estimated.groupings_s
    first, second = pairs_within(ours[:, 0], theirs[:, 0], window_s=window_s)
    ends_too = np.abs(ours[first, 1] - theirs[second, 1]) <= window_s
    pairs = match_pairs(first[ends_too], second[ends_too], reference=len(ours), estimated=len(theirs))
    return hits(matched=len(pairs), reference=len(ours), estimated=len(theirs))


def value(reference: NotatedMusic, estimated: NotatedMusic, *, window_s: float = WINDOW_S, slack_s: float = VALUE_SLACK_S) -> float:
    """Mean of how right the written values are: 1 within `slack_s`, else 1 less the share that they are off, at least 0.

    Only matched notes count that lead to a note they should lead to, or end their voice on both pages; 0 where there are none.
    """
    pairs = match_notes(reference, estimated, window_s=window_s)
    compared = _goes_on_rightly(reference, estimated, pairs)
    return _value(reference, estimated, pairs[compared], slack_s)


def key(reference: NotatedMusic, estimated: NotatedMusic) -> float:
    """Mean over the time of the reference's keys: 1 for the key, 0.5 a fifth above, 0.3 the relative, 0.2 the parallel, else 0.

    Examples
    --------
    >>> empty = {name: np.zeros(0) for name in ("onset_s", "offset_s", "pitch", "voice")} | {"groupings_s": np.zeros((0, 2))}
    >>> page = NotatedMusic(**empty, key_intervals_s=np.array([[0.0, 4.0]]), key_labels=("C major",))
    >>> found = NotatedMusic(**empty, key_intervals_s=np.array([[0.0, 3.0], [3.0, 4.0]]), key_labels=("C major", "A minor"))
    >>> round(key(page, found), 3)
    0.825
    """
    right = total = 0.0
    for (start, end), true in zip(reference.key_intervals_s.tolist(), reference.key_labels, strict=True):
        total += end - start
        for (from_s, to_s), found in zip(estimated.key_intervals_s.tolist(), estimated.key_labels, strict=True):
            shared = min(end, to_s) - max(start, from_s)
            if shared > 0:
                right += shared * key_metric.weighted_score(true, found)
    return right / total if total else 0.0


def hands(reference: NotatedMusic, estimated: NotatedMusic, *, window_s: float = WINDOW_S) -> float:
    """Share of matched notes that are in the right hand or the left as they should be; NaN where no hand is known."""
    return _hands(reference, estimated, match_notes(reference, estimated, window_s=window_s))


def evaluate(reference: NotatedMusic, estimated: NotatedMusic, *, window_s: float = WINDOW_S) -> NotationScore:
    """Compare a page with the true one in all parts.

    Raises
    ------
    ValueError : if a page is malformed (see `validate`).
    """
    validate(reference, estimated)
    pairs = match_notes(reference, estimated, window_s=window_s)
    compared = pairs[_goes_on_rightly(reference, estimated, pairs)]
    return NotationScore(
        multi_pitch=hits(matched=len(pairs), reference=len(reference.onset_s), estimated=len(estimated.onset_s)),
        voice=_voice(_links(reference, pairs[:, 0]), _links(estimated, pairs[:, 1])),
        metre=metre(reference, estimated, window_s=window_s),
        value=_value(reference, estimated, compared, VALUE_SLACK_S),
        key=key(reference, estimated),
        hands=_hands(reference, estimated, pairs),
        matched=len(pairs),
        compared=len(compared),
    )


@dataclass(frozen=True, eq=False)
class _Links:
    """Moments of a page's voices: which each note is part of, which it leads to (-1: none), and how many share its onset and end."""

    moment: IntArray
    following: IntArray
    chord: IntArray

    def sizes(self) -> IntArray:
        """How many notes each note leads to."""
        count = np.append(np.bincount(self.moment), 0)  # the last stands for -1
        return np.asarray(count[self.following])


def _links(page: NotatedMusic, notes: IntArray) -> _Links:
    """Link some notes of a page, as if there were no others; times are told apart by milliseconds."""
    onset, offset = (np.round(times[notes] * 1000).astype(np.int64) for times in (page.onset_s, page.offset_s))
    offset = np.maximum(offset, onset + 1)
    line = np.asarray(page.voice)[notes]
    starts, moment = np.unique(np.stack([line, onset], axis=1), axis=0, return_inverse=True)
    _, chord, size = np.unique(np.stack([moment.ravel(), offset], axis=1), axis=0, return_inverse=True, return_counts=True)
    following = np.full(len(notes), -1, dtype=np.int64)
    for number in np.unique(line):
        members, own = line == number, np.flatnonzero(starts[:, 0] == number)
        place = np.searchsorted(starts[own, 1], offset[members])
        following[members] = np.append(own, -1)[place]
    return _Links(moment.ravel(), following, size[chord.ravel()] if len(notes) else chord.ravel())


def _shared(moment: IntArray, other_moment: IntArray, following: IntArray, other_following: IntArray) -> IntArray:
    """For each note, how many notes it leads to on both pages: those that are part of one moment here and of the other there."""
    if not len(moment):
        return np.zeros(0, dtype=np.int64)
    width = int(max(other_moment.max(), other_following.max())) + 2
    part, count = np.unique(moment * width + other_moment, return_counts=True)
    wanted = np.where((following < 0) | (other_following < 0), -1, following * width + other_following)
    place = np.minimum(np.searchsorted(part, wanted), len(part) - 1)
    return np.where(part[place] == wanted, count[place], 0)


def _voice(reference: _Links, estimated: _Links) -> Hits:
    shared = _shared(reference.moment, estimated.moment, reference.following, estimated.following)
    true, found = reference.sizes(), estimated.sizes()
    weight = 4.0 / (np.maximum(true + found, 1) * (reference.chord + estimated.chord))
    right, precise, recalled = (float((weight * count).sum()) for count in (shared, found, true))
    precision, recall = right / precise if precise else 0.0, right / recalled if recalled else 0.0
    return Hits(precision, recall, f_measure(precision, recall))


def _goes_on_rightly(reference: NotatedMusic, estimated: NotatedMusic, pairs: IntArray) -> BoolArray:
    """Whether each matched note leads to at least one that it leads to on the whole reference page, or to none on either."""
    whole = _links(reference, np.arange(len(reference.onset_s)))
    moment, following = whole.moment[pairs[:, 0]], whole.following[pairs[:, 0]]
    found = _links(estimated, pairs[:, 1])
    both_end = (following < 0) & (found.following < 0)
    return np.asarray(both_end | (_shared(moment, found.moment, following, found.following) > 0))


def _value(reference: NotatedMusic, estimated: NotatedMusic, pairs: IntArray, slack_s: float) -> float:
    if not len(pairs):
        return 0.0
    true, found = ((page.offset_s - page.onset_s)[pairs[:, side]] for side, page in enumerate((reference, estimated)))
    off = np.abs(found - true)
    return float(np.where(off <= slack_s, 1.0, np.maximum(0.0, 1.0 - off / np.maximum(true, 1e-9))).mean())


def _hands(reference: NotatedMusic, estimated: NotatedMusic, pairs: IntArray) -> float:
    if not (len(reference.hand) and len(estimated.hand)):
        return float("nan")
    true, found = reference.hand[pairs[:, 0]], estimated.hand[pairs[:, 1]]
    known = (true > 0) & (found > 0)
    return float((true[known] == found[known]).mean()) if known.any() else float("nan")


def _by_onset(page: NotatedMusic, pitch: int) -> IntArray:
    """Indices of the notes of a pitch, by onset."""
    members = np.flatnonzero(np.asarray(page.pitch) == pitch)
    return np.asarray(members[np.argsort(page.onset_s[members], kind="stable")])


def nested_groupings(beats_s: FloatArray, position: IntArray, *, parts: int | IntArray) -> Float64Array:
    """List bars, beats and sub-beats of beats that are known by their place in the bar.

    Parameters
    ----------
    beats_s, position : (n,) ascending; 1 at a downbeat. What no later beat or downbeat ends is left out
    parts : into how many sub-beats a beat divides: one number, or one per beat

    Returns
    -------
    (g, 2) start and end

    Examples
    --------
    >>> nested_groupings(np.array([0.0, 1.0, 2.0]), np.array([1, 2, 1]), parts=2).tolist()
    [[0.0, 2.0], [0.0, 1.0], [1.0, 2.0], [0.0, 0.5], [0.5, 1.0], [1.0, 1.5], [1.5, 2.0]]
    """
    beats = np.asarray(beats_s, dtype=np.float64)
    bars = beats[np.asarray(position) == 1]
    found = [np.stack([times[:-1], times[1:]], axis=1) for times in (bars, beats)]
    number = np.broadcast_to(np.asarray(parts), beats.shape)[:-1]
    for count in np.unique(number[number > 1]):
        start, length = beats[:-1][number == count], np.diff(beats)[number == count]
        corners = start[:, None] + length[:, None] * np.arange(count + 1) / count
        found.append(np.stack([corners[:, :-1].ravel(), corners[:, 1:].ravel()], axis=1))
    return np.concatenate(found)
