"""What was heard beside what is written: two `Knowledge` objects compared, task by task, in numbers and in words.

For music whose truth is known (a score that was performed, labelled data) the comparison says of each fact whether it is right, and of
each task how much of it is. The numbers are those of `hexachord.metrics`, so they mean what they mean in the benches.
"""

import json
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from hexachord.arrays import Float64Array
from hexachord.errors import InputError
from hexachord.files import read_text
from hexachord.knowledge.json_format import from_plain, to_plain
from hexachord.knowledge.model import Beats, Knowledge, Notes, Segments, Tempo
from hexachord.metrics import beat, chord, key, melody, segment, tempo, transcription

FORMAT, VERSION = "hexachord-comparison", 1
_FRAME_S = 0.01
_SHORTEST_S = 1e-3


@dataclass(frozen=True, kw_only=True)
class ComparedFact:
    """A single fact on both sides; `right` is None where that cannot be said."""

    id: str
    label: str
    heard: str
    written: str
    right: bool | None


@dataclass(frozen=True, kw_only=True)
class ComparedScore:
    """How much of a task is right: a number in [0, 1] with its plain meaning, and how much there was on either side ("128 beats")."""

    task: str
    name: str
    value: float
    meaning: str
    heard: str = ""
    written: str = ""


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Heard beside written: `title` says what the truth is, `skipped` by task why it could not be compared."""

    title: str
    facts: tuple[ComparedFact, ...] = ()
    scores: tuple[ComparedScore, ...] = ()
    skipped: Mapping[str, str] = field(default_factory=dict)

    def score(self, task: str, name: str) -> float:
        """Return one number; NaN when it is not there.

        Examples
        --------
        >>> Comparison(title="nothing").score("beats", "F")
        nan
        """
        return next((score.value for score in self.scores if (score.task, score.name) == (task, name)), math.nan)


def compare(heard: Knowledge, written: Knowledge, *, title: str = "the score that was played") -> Comparison:
    """Compare what was heard with what is written.

    Parameters
    ----------
    heard : what an analysis found
    written : the truth, on the same clock; what it does not say is not compared
    title : what the truth is

    Returns
    -------
    Comparison with the facts tempo, metre and key, and these scores in [0, 1]: beats (``F``, ``downbeats F``), key (``weighted``),
    chords (``major/minor``, ``sevenths``, ``changes``), sections (``boundaries 3 s``, ``boundaries 0.5 s``, ``names``), melody
    (``pitch``, ``overall``, ``notes F``), notes (``onset F``, ``onset and end F``)

    Examples
    --------
    >>> from hexachord.score.builtin import builtin_score
    >>> from hexachord.score_analysis.facts import read_score
    >>> written = read_score(builtin_score("six-small-notes"))
    >>> same = compare(written, written)
    >>> [fact.written for fact in same.facts], same.score("chords", "major/minor")
    (['104.0 beats a minute', '4/4', 'G major'], 1.0)
    """
    facts: list[ComparedFact] = []
    scores: list[ComparedScore] = []
    skipped: dict[str, str] = {}
    for task, find in _TASKS.items():
        try:
            for found in find(heard, written):
                if isinstance(found, ComparedFact):
                    facts.append(found)
                else:
                    scores.append(found)
        except _CannotCompare as reason:
            if str(reason) != skipped.get(task.split()[0]):  # "melody notes" after "melody": said once is enough
                skipped[task] = str(reason)
    return Comparison(title=title, facts=tuple(facts), scores=tuple(scores), skipped=skipped)


def comparison_document(comparison: Comparison) -> dict[str, Any]:
    """Return a comparison as plain data for JSON."""
    return {"format": FORMAT, "version": VERSION, **to_plain(comparison)}


def load_comparison(path: str | Path) -> Comparison:
    """Read the comparison of a song's folder (``comparison.json``) back.

    Raises
    ------
    InputError : if the file is missing, no comparison, or of a newer version.
    """
    what = "a comparison in JSON (written by hexachord)"
    try:
        document = dict(json.loads(read_text(path, what=what)))
    except (ValueError, TypeError) as error:
        raise InputError(path, found=f"no valid JSON ({error})", expected=what) from error
    if (document.pop("format", None), document.pop("version", None)) != (FORMAT, VERSION):
        raise InputError(path, found="another format or version", expected=f"{FORMAT} {VERSION}", next_step="run the tour again")
    comparison: Comparison = from_plain(Comparison, document, source=str(path))
    return comparison


class _CannotCompare(Exception):
    """A task is not to be compared; the text is the reason."""


_Found = Iterator[ComparedFact | ComparedScore]
_Heard = TypeVar("_Heard")
_Written = TypeVar("_Written")


def _both(heard: _Heard | None, written: _Written | None, why_not_heard: str | None) -> tuple[_Heard, _Written]:
    """Return both sides; raises _CannotCompare where one has nothing."""
    if written is None or _is_empty(written):
        raise _CannotCompare("the truth does not say")
    if heard is None or _is_empty(heard):
        raise _CannotCompare(why_not_heard or "nothing was heard")
    return heard, written


def _is_empty(side: object) -> bool:
    if isinstance(side, Tempo):
        return not side.hypotheses
    return isinstance(side, (Beats, Segments, Notes)) and len(side) == 0


def _tempo(heard: Knowledge, written: Knowledge) -> _Found:
    found, truth = _both(heard.tempo, written.tempo, heard.skipped.get("tempo"))
    right = tempo.accuracy_1(truth.bpm, found.bpm)
    yield ComparedFact(id="tempo", label="Tempo", heard=_bpm(found.bpm), written=_bpm(truth.bpm), right=right)


def _bpm(bpm: float) -> str:
    return f"{bpm:.1f} beats a minute"


def _metre(heard: Knowledge, written: Knowledge) -> _Found:
    found, truth = _both(heard.metre, written.metre, heard.skipped.get("metre"))
    # What a beat is written as cannot be heard: 3/4 and 3/8 sound alike.
    right = found.beats_per_bar == truth.beats_per_bar and found.is_compound == truth.is_compound
    yield ComparedFact(id="metre", label="Metre", heard=found.signature, written=truth.signature, right=right)


def _key(heard: Knowledge, written: Knowledge) -> _Found:
    found, truth = _both(heard.key, written.key, heard.skipped.get("key"))
    value = key.weighted_score(truth.name, found.name)
    yield ComparedFact(id="key", label="Key", heard=found.name, written=truth.name, right=value == 1.0)
    meaning = "1 for the right key, 0.5 a fifth too high, 0.3 for its relative, 0.2 for the other mode"
    yield ComparedScore(task="key", name="weighted", value=value, meaning=meaning, heard=found.name, written=truth.name)


def _beats(heard: Knowledge, written: Knowledge) -> _Found:
    found, truth = _both(heard.beats, written.beats, heard.skipped.get("beats"))
    within = f"that meet within {1000 * beat.WINDOW_S:.0f} ms, of all heard and all written (F)"
    for name, what, times in (
        ("F", "beats", (found.time_s, truth.time_s)),
        ("downbeats F", "first beats of bars", (found.downbeats_s, truth.downbeats_s)),
    ):
        value = beat.f_measure(np.asarray(times[1]), np.asarray(times[0])).f
        counts = [f"{len(side)} {what}" for side in times]
        yield ComparedScore(task="beats", name=name, value=value, meaning=f"{what} {within}", heard=counts[0], written=counts[1])


def _chords(heard: Knowledge, written: Knowledge) -> _Found:
    found, truth = _both(heard.chords, written.chords, heard.skipped.get("chords"))
    spans, labels = _spans(found)
    true_spans, true_labels = _spans(truth)
    if not true_labels:
        raise _CannotCompare("the truth does not say")
    values = chord.evaluate(true_spans, true_labels, spans, labels)
    counts = {"heard": f"{len(labels)} chords", "written": f"{len(true_labels)} chords"}
    for name, metric, meaning in (
        ("major/minor", "majmin", "share of the time in which the root and major or minor are right"),
        ("sevenths", "sevenths", "the same, and the seventh must be right too"),
        ("changes", "seg", "how well chords change where the written ones do (1: no change missed, none too many)"),
    ):
        yield ComparedScore(task="chords", name=name, value=values[metric], meaning=meaning, **counts)


def _sections(heard: Knowledge, written: Knowledge) -> _Found:
    found, truth = _both(heard.sections, written.sections, heard.skipped.get("sections"))
    spans, labels = _spans(found)
    true_spans, true_labels = _spans(truth)
    if not true_labels or true_spans[-1, 1] < segment.FRAME_S:
        raise _CannotCompare("the truth does not say")
    values = segment.evaluate(true_spans, true_labels, spans, labels)
    counts = {"heard": " ".join(labels), "written": " ".join(true_labels)}
    for name, metric, meaning in (
        ("boundaries 3 s", "hit_3", "boundaries of sections that meet within 3 s, of all heard and all written (F)"),
        ("boundaries 0.5 s", "hit_05", "the same within half a second"),
        ("names", "pairwise_f", "whether moments of one section are heard as one, and of different ones as different (F)"),
    ):
        yield ComparedScore(task="sections", name=name, value=values[metric], meaning=meaning, **counts)


def _melody(heard: Knowledge, written: Knowledge) -> _Found:
    _, truth = _both(heard.melody, written.melody_notes, heard.skipped.get("melody"))
    found = heard.melody
    if found is None or not (found.f0_hz > 0).any():
        raise _CannotCompare("no melody was heard")
    times_s = np.arange(math.ceil(written.duration_s / _FRAME_S), dtype=np.float64) * _FRAME_S
    values = melody.evaluate(times_s, _f0_of(truth, times_s), found.time_s, found.f0_hz)
    sung = f"{float((found.f0_hz > 0).mean()):.0%} of the time"
    for name, metric, meaning in (
        ("pitch", "rpa", "share of the melody's time in which its pitch is right, within half a semitone"),
        ("overall", "oa", "share of all the time that is right: the pitch where the melody sounds, none where it rests"),
    ):
        yield ComparedScore(task="melody", name=name, value=values[metric], meaning=meaning, heard=sung, written=f"{len(truth)} notes")


def _melody_notes(heard: Knowledge, written: Knowledge) -> _Found:
    found, truth = _both(heard.melody_notes, written.melody_notes, heard.skipped.get("melody_notes"))
    value = transcription.note_f(*_intervals(truth), *_intervals(found)).f
    meaning = "notes of the melody of the right pitch that begin within 50 ms of each other, of all heard and all written (F)"
    counts = {"heard": f"{len(found)} notes", "written": f"{len(truth)} notes"}
    yield ComparedScore(task="melody", name="notes F", value=value, meaning=meaning, **counts)


def _notes(heard: Knowledge, written: Knowledge) -> _Found:
    found, truth = _both(heard.notes, written.notes, heard.skipped.get("notes"))
    counts = {"heard": f"{len(found)} notes", "written": f"{len(truth)} notes"}
    begin = "notes of the right pitch that begin within 50 ms of each other, of all heard and all written (F)"
    for name, offsets, meaning in (
        ("onset F", False, begin),
        ("onset and end F", True, "the same, and they must end together too, within 50 ms or a fifth of their length"),
    ):
        value = transcription.note_f(*_intervals(truth), *_intervals(found), offsets=offsets).f
        yield ComparedScore(task="notes", name=name, value=value, meaning=meaning, **counts)


_TASKS: Mapping[str, Callable[[Knowledge, Knowledge], _Found]] = {
    "tempo": _tempo,
    "metre": _metre,
    "key": _key,
    "beats": _beats,
    "chords": _chords,
    "sections": _sections,
    "melody": _melody,
    "melody notes": _melody_notes,
    "notes": _notes,
}


def _spans(segments: Segments) -> tuple[Float64Array, list[str]]:
    """The spans that last, as the metrics take them."""
    spans = np.stack([segments.start_s, segments.end_s], axis=1).astype(np.float64)
    lasts = spans[:, 1] > spans[:, 0]
    return spans[lasts], [label for label, keep in zip(segments.label, lasts, strict=True) if keep]


def _intervals(notes: Notes) -> tuple[Float64Array, Float64Array]:
    """Onsets and ends, and pitches; a note lasts at least a millisecond."""
    onset_s = np.maximum(notes.onset_s, 0.0)
    return np.stack([onset_s, np.maximum(notes.offset_s, onset_s + _SHORTEST_S)], axis=1), np.asarray(notes.pitch, dtype=np.float64)


def _f0_of(notes: Notes, times_s: Float64Array) -> Float64Array:
    """The frequency that one line of notes has at given times, 0 where it rests; a note ends where the next begins."""
    order = np.argsort(notes.onset_s, kind="stable")
    onset_s, offset_s, pitch = notes.onset_s[order], notes.offset_s[order], notes.pitch[order]
    index = np.searchsorted(onset_s, times_s, side="right") - 1
    sounds = (index >= 0) & (times_s < offset_s[np.maximum(index, 0)])
    return np.where(sounds, 440.0 * 2.0 ** ((pitch[np.maximum(index, 0)] - 69.0) / 12.0), 0.0)
