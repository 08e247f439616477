"""Paths into Knowledge: how a sentence points at the facts it rests on, and how anyone can check it.

A path names fields, mapping keys and row numbers with dots between (``tempo.hypotheses.0.bpm``, ``chords.label.3``). It may end in a
summary of a column, so that a sentence about many rows rests on something definite as well:

| end of path | value |
|---|---|
| ``count``, ``min``, ``max``, ``median`` | of a column (numbers that are finite) |
| ``low``, ``high`` | its 5th and 95th percentile, by nearest rank: a value that occurs |
| ``share.LABEL`` | of `Segments`: the part of all labelled time that LABEL holds, 0 to 1 |
| ``times.LABEL`` | of `Segments`: in how many spans LABEL comes |
| ``loop.A>B>C`` | of `Segments`: how often these labels follow one another, without overlap, equal neighbours taken as one |
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from hexachord.knowledge.model import Knowledge, Segments, Sentence
from hexachord.knowledge.tables import pitch_name

_SUMMARIES = ("count", "min", "max", "median", "low", "high")
_NOTE_NAME = re.compile(r"\b[A-G][#b]?-?\d+\b")
_CLOCK = re.compile(r"\b(?:(\d+):)?(\d+):(\d\d)\b")
_RATIO = re.compile(r"\b(\d+(?:\.\d+)?) : 1\b")
_NUMBER = re.compile(r"[-−]?\d+(?:\.\d+)?(?: ?%)?")
Fact = str | int | float | bool | None


def resolve_fact(knowledge: Knowledge, path: str) -> Fact:
    """Return the single value that a path points at.

    Raises
    ------
    ValueError : if the path leads nowhere, or to something that is not a single value.

    Examples
    --------
    >>> resolve_fact(Knowledge(duration_s=61.5), "duration_s")
    61.5
    """
    here: Any = knowledge
    rest = path
    while rest:
        part, _, tail = rest.partition(".")
        if isinstance(here, Segments) and part in ("share", "times", "loop"):
            return _segment_summary(here, part, tail)
        if part in _SUMMARIES and isinstance(here, (np.ndarray, tuple)):
            here = _column_summary(here, part)
        elif isinstance(here, Mapping):
            if part not in here:
                raise ValueError(f"fact {path!r}: there is no {part!r} among {', '.join(here)}")
            here = here[part]
        elif isinstance(here, (np.ndarray, tuple)):
            if not part.isdigit() or int(part) >= len(here):
                raise ValueError(f"fact {path!r}: no row {part!r} in a column of {len(here)}")
            here = here[int(part)]
        elif here is None or part.startswith("_") or not hasattr(here, part):
            raise ValueError(f"fact {path!r}: {part!r} is not known")
        else:
            here = getattr(here, part)
        rest = tail
    if isinstance(here, np.generic):
        here = here.item()
    if here is not None and not isinstance(here, (str, int, float)):
        raise ValueError(f"fact {path!r} is a {type(here).__name__}, not a single value")
    return here


def merged_labels(segments: Segments) -> list[tuple[str, float, float]]:
    """Join neighbouring spans of equal label into (label, start_s, end_s)."""
    spans: list[tuple[str, float, float]] = []
    for label, start, end in zip(segments.label, segments.start_s, segments.end_s, strict=True):
        if spans and spans[-1][0] == label:
            spans[-1] = (label, spans[-1][1], float(end))
        else:
            spans.append((label, float(start), float(end)))
    return spans


def find_loop(labels: Sequence[str], loop: Sequence[str]) -> list[int]:
    """List where a sequence of labels begins inside another, from left to right without overlap.

    Examples
    --------
    >>> find_loop("C G C G C C".split(), ["C", "G"])
    [0, 2]
    """
    found, at = [], 0
    while at + len(loop) <= len(labels):
        if list(labels[at : at + len(loop)]) == list(loop):
            found.append(at)
            at += len(loop)
        else:
            at += 1
    return found


def check_sentence(sentence: Sentence, knowledge: Knowledge) -> tuple[str, ...]:
    """Check that a sentence says only what its facts hold.

    Every path must lead to a value; every number, clock time and note name in the text must be one of those values, rounded to the
    digits shown (a percentage: a value times 100; a clock time: a value in seconds; ``1.8 : 1``: a ratio). Labels that the facts hold
    may contain digits.

    Returns
    -------
    What is wrong, in words; empty for a true sentence.

    Examples
    --------
    >>> known = Knowledge(duration_s=61.5)
    >>> check_sentence(Sentence(text="It lasts 1:02.", facts=("duration_s",)), known)
    ()
    >>> check_sentence(Sentence(text="It lasts 1:30.", facts=("duration_s",)), known)
    ('1:30 is in none of its facts',)
    """
    problems: list[str] = []
    numbers: list[float] = []
    words: list[str] = []
    for path in sentence.facts:
        try:
            value = resolve_fact(knowledge, path)
        except ValueError as error:
            problems.append(str(error))
            continue
        if isinstance(value, str):
            words.append(value)
        elif value is not None:
            numbers.append(float(value))
        for summary in (".share.", ".times.", ".loop."):
            words += path.partition(summary)[2].split(">")
    if not sentence.facts:
        problems.append("it rests on no fact")
    text = sentence.text
    forms = {form for word in words if word for form in (word, chord_name(word))}
    for word in sorted(forms, key=len, reverse=True):
        text = re.sub(rf"(?<![A-Za-z0-9]){re.escape(word)}(?![A-Za-z0-9#])", " ", text)
    text = _strike(_NOTE_NAME, text, problems, lambda m: any(0 <= n < 200 and pitch_name(n) == m.group() for n in numbers))
    text = _strike(_CLOCK, text, problems, lambda m: any(n >= 0 and clock_time(n) == m.group() for n in numbers))
    text = _strike(_RATIO, text, problems, lambda m: _is_rounded(m[1], numbers))
    _strike(_NUMBER, text, problems, lambda m: _is_rounded(m.group(), numbers))
    return tuple(problems)


def clock_time(seconds: float) -> str:
    """Write a time to the nearest second: ``1:02``, with hours when there are any."""
    whole = round(seconds)
    minutes, second = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{second:02d}" if hours else f"{minutes}:{second:02d}"


def chord_name(label: str) -> str:
    """Write a Harte label the way a lead sheet does.

    Examples
    --------
    >>> [chord_name(label) for label in ("C:maj", "F#:min", "G:7", "Bb:maj7", "A:hdim7", "N")]
    ['C', 'F#m', 'G7', 'Bbmaj7', 'Am7b5', 'no chord']
    """
    if label == "N":
        return "no chord"
    root, _, quality = label.partition(":")
    quality, slash, bass = quality.partition("/") if ":" in label else ("", *root.partition("/")[1:])
    root = root.partition("/")[0]
    short = {"maj": "", "min": "m", "min7": "m7", "min6": "m6", "maj6": "6", "hdim7": "m7b5", "minmaj7": "mM7"}.get(quality, quality)
    return f"{root}{short}{slash}{bass}"


def _strike(pattern: re.Pattern[str], text: str, problems: list[str], holds: Callable[[re.Match[str]], bool]) -> str:
    for match in pattern.finditer(text):
        if not holds(match):
            problems.append(f"{match.group()} is in none of its facts")
    return pattern.sub(" ", text)


def _is_rounded(token: str, values: list[float]) -> bool:
    percent = token.endswith("%")
    digits = token.rstrip("% ").replace("−", "-")
    decimals = len(digits.partition(".")[2])
    scale = 100.0 if percent else 1.0
    # half a unit of the last digit: round() of either kind is fine at the border
    return any(abs(abs(value) * scale - abs(float(digits))) <= 0.5 * 10.0**-decimals + 1e-9 for value in values)


def _column_summary(column: Any, summary: str) -> float | int:
    if summary == "count":
        return len(column)
    values = np.asarray(column, dtype=np.float64)
    values = values[np.isfinite(values)]
    if len(values) == 0:
        raise ValueError(f"no finite values to take the {summary} of")
    if summary in ("low", "high"):
        return float(np.quantile(values, 0.05 if summary == "low" else 0.95, method="nearest"))
    if summary == "median":
        return float(np.median(values))
    return float(values.min() if summary == "min" else values.max())


def _segment_summary(segments: Segments, summary: str, label: str) -> float | int:
    if summary == "loop":
        return len(find_loop([span[0] for span in merged_labels(segments)], label.split(">")))
    spans = [span for span in merged_labels(segments) if span[0] == label]
    if summary == "times":
        return len(spans)
    total = float(np.sum(segments.end_s - segments.start_s))
    return sum(end - start for _, start, end in spans) / total if total > 0 else 0.0
