"""Sentences about harmony: key, tuning, chords, the progression that repeats, and chords that are not of the key."""

import math
from collections.abc import Iterator, Sequence

import numpy as np

from hexachord.journeys.facts import chord_name, clock_time, find_loop, merged_labels
from hexachord.journeys.wording import finite_mean, hedge, listed
from hexachord.knowledge.model import Harmony, Knowledge, Segments, Sentence
from hexachord.knowledge.report import drifts

_LOOP_LENGTHS = range(2, 9)  # chords; a longer repeat is a section, not a loop
_LEAST_FOREIGN_S = 1.0
_LEAST_SURE = 0.5  # of a chord, to build on its not being in the key


def tell_key(knowledge: Knowledge) -> Iterator[Sentence]:
    """Tell the key, and the longest stretch in another one."""
    key = knowledge.key
    if key is not None and not key.is_found:
        yield Sentence(text="No key was found: there is no tonal content.", facts=("key.confidence",), confidence=math.nan)
    elif key is not None and key.tonic:
        text, facts = f"The key {hedge(key.confidence)} {key.name}", ["key.tonic", "key.mode"]
        if key.alternatives and not key.confidence >= 0.8:
            name, chance = key.alternatives[0]
            if math.isnan(key.confidence) or chance >= 0.4 * key.confidence:
                text += f"; the next best guess is {name}"
                facts.append("key.alternatives.0.0")
        yield Sentence(text=text + ".", facts=tuple(facts), confidence=key.confidence)
    local = knowledge.local_keys
    if local is None or len(set(local.label)) < 2:
        return
    spans = merged_labels(local)
    longest = max(spans, key=lambda span: span[2] - span[1])
    others = [span for span in spans if span[0] != longest[0] and span[2] - span[1] >= 8.0]
    if others:
        label, start, end = max(others, key=lambda span: span[2] - span[1])
        yield Sentence(
            text=f"From {clock_time(start)} to {clock_time(end)} it seems to be in {_key_words(label)}.",
            facts=(*_span_facts(local, "local_keys", start, end), f"local_keys.times.{label}"),
            confidence=_mean_confidence(local, label),
            start_s=start,
            end_s=end,
        )


def _key_words(label: str) -> str:
    tonic, colon, mode = label.partition(":")
    return f"{tonic} {({'maj': 'major', 'min': 'minor'}).get(mode, mode)}" if colon else label


def tell_tuning(knowledge: Knowledge) -> Iterator[Sentence]:
    """Tell the tuning, and where it goes."""
    tuning = knowledge.tuning
    if tuning is None or not math.isfinite(tuning.cents):
        return
    if not tuning.is_found:
        yield Sentence(text="No tuning was found.", facts=("tuning.confidence",), confidence=math.nan)
        return
    if round(abs(tuning.cents)) < 5:
        text = f"It is tuned to concert pitch, its A at {tuning.a4_hz:.1f} Hz."
    else:
        side = "above" if tuning.cents > 0 else "below"
        text = f"It is tuned {abs(tuning.cents):.0f} cents {side} concert pitch, its A at {tuning.a4_hz:.1f} Hz."
    yield Sentence(text=text, facts=("tuning.cents", "tuning.a4_hz"), confidence=tuning.confidence)
    if drifts(tuning):
        way = "rises" if tuning.drift_cents_per_minute > 0 else "sinks"
        text = f"Its pitch {way} by {abs(tuning.drift_cents_per_minute):.0f} cents a minute."
        yield Sentence(text=text, facts=("tuning.drift_cents_per_minute",), confidence=tuning.confidence)


def tell_chords(knowledge: Knowledge) -> Iterator[Sentence]:
    """Tell the chords heard most."""
    chords = knowledge.chords
    if chords is None:
        return
    seconds: dict[str, float] = {}
    for label, start, end in merged_labels(chords):
        if label not in ("N", "X"):
            seconds[label] = seconds.get(label, 0.0) + end - start
    if not seconds:
        yield Sentence(text="No chords were recognised.", facts=("chords.label.count",), confidence=math.nan)
        return
    total = float(np.sum(chords.end_s - chords.start_s))
    top = sorted(seconds, key=lambda label: -seconds[label])[:4]
    top = [label for label in top if seconds[label] >= 0.03 * total] or top[:1]
    percent = [f"{100 * seconds[label] / total:.0f} %" for label in top]
    first = f"{chord_name(top[0])}, for {percent[0]} of the time"
    rest = [f"{chord_name(label)} ({part})" for label, part in zip(top[1:], percent[1:], strict=True)]
    text = f"The chord heard most is {first}" + (f"; then {'comes' if len(rest) == 1 else 'come'} {listed(rest)}" if rest else "")
    facts = tuple(f"chords.share.{label}" for label in top)
    yield Sentence(text=text + ".", facts=facts, confidence=_mean_confidence(chords, *top))


def tell_loop(knowledge: Knowledge) -> Iterator[Sentence]:
    """Tell the progression that comes again and again, and what its chords are in their key."""
    chords = knowledge.chords
    if chords is None:
        return
    spans = merged_labels(chords)
    loop = chord_loop([span[0] for span in spans])
    if not loop:
        return
    found = find_loop([span[0] for span in spans], loop)
    first, last = spans[found[0]], spans[found[0] + len(loop) - 1]
    numerals, numeral_facts = _numerals_of(knowledge, [start for _, start, _ in spans[found[0] : found[0] + len(loop)]])
    said = f" ({' – '.join(numerals)})" if numerals else ""
    yield Sentence(
        text=f"The progression {' – '.join(map(chord_name, loop))}{said} comes {len(found)} times, first at {clock_time(first[1])}.",
        facts=(f"chords.loop.{'>'.join(loop)}", *_span_facts(chords, "chords", first[1]), *numeral_facts),
        confidence=_mean_confidence(chords, *loop),
        start_s=first[1],
        end_s=last[2],
    )


def chord_loop(labels: Sequence[str]) -> tuple[str, ...]:
    """Find the progression that covers most of a chord sequence by repeating.

    A loop has 2 to 8 chords, at least two of them different, comes at least three times, and covers a quarter of the sequence or more.
    Of two that cover equally much the shorter wins; a loop that merely repeats a shorter one is not counted.

    Returns
    -------
    The labels, empty when nothing repeats enough.

    Examples
    --------
    >>> chord_loop("C G A:min F C G A:min F C G A:min F".split())
    ('C', 'G', 'A:min', 'F')
    """
    best: tuple[str, ...] = ()
    best_cover = 0.25 * len(labels)
    for length in _LOOP_LENGTHS:
        seen: dict[tuple[str, ...], None] = {}
        for at in range(len(labels) - length + 1):
            seen.setdefault(tuple(labels[at : at + length]))
        for loop in seen:
            if "N" in loop or "X" in loop or len(set(loop)) < 2 or _is_periodic(loop):
                continue
            times = len(find_loop(labels, loop))
            cover = times * length
            if times >= 3 and cover > best_cover * (1.1 if best else 1.0):
                best, best_cover = loop, float(cover)
    return best


def _is_periodic(loop: tuple[str, ...]) -> bool:
    return any(len(loop) % period == 0 and loop == loop[:period] * (len(loop) // period) for period in range(1, len(loop)))


def tell_functions(knowledge: Knowledge) -> Iterator[Sentence]:
    """Tell the chord from outside the key that sounds longest, and what it does there; silent where key or chord are guesses."""
    harmony, chords = knowledge.harmony, knowledge.chords
    if harmony is None or chords is None or len(harmony) != len(chords):
        return
    sure = np.nan_to_num(np.asarray(chords.confidence, dtype=np.float64), nan=1.0)
    length_s = np.asarray(harmony.end_s - harmony.start_s)
    rows = [
        row
        for row, role in enumerate(harmony.role)
        if role in ("secondary", "borrowed", "neapolitan", "augmented sixth", "substitute")
        and sure[row] >= _LEAST_SURE
        and length_s[row] >= _LEAST_FOREIGN_S
        and _steady(harmony, row)
    ]
    if not rows:
        return
    row = max(rows, key=lambda row: float(length_s[row]))
    start, role = float(harmony.start_s[row]), harmony.role[row]
    facts = [f"harmony.{column}.{row}" for column in ("start_s", "label", "numeral", "key")]
    if role == "secondary":
        what = f"the {harmony.function[row]} of {harmony.of[row]}"
        facts += [f"harmony.function.{row}", f"harmony.of.{row}"]
    else:
        what = {
            "borrowed": "borrowed from the parallel key",
            "neapolitan": "the Neapolitan",
            "substitute": "a substitute for the dominant",
        }.get(role, "an augmented sixth")
        facts.append(f"harmony.role.{row}")
    name, numeral = chord_name(harmony.label[row]), harmony.numeral[row]
    yield Sentence(
        text=f"{name} at {clock_time(start)} is not of {harmony.key[row]}: it is {numeral}, {what}.",
        facts=tuple(facts),
        confidence=float(sure[row]),
        start_s=start,
        end_s=float(harmony.end_s[row]),
    )


def _steady(harmony: Harmony, row: int) -> bool:
    """Whether the key holds on both sides: a foreign chord where the key changes is none."""
    around = harmony.key[max(0, row - 2) : row + 3]
    return len(set(around)) == 1


def _numerals_of(knowledge: Knowledge, starts_s: Sequence[float]) -> tuple[list[str], list[str]]:
    """Look up the numerals of chords by their starts, with the facts; nothing where one is missing or the key changes."""
    harmony = knowledge.harmony
    if harmony is None or len(harmony) == 0:
        return [], []
    rows = np.searchsorted(harmony.start_s, np.asarray(starts_s) - 1e-6)
    if rows.max(initial=0) >= len(harmony) or len({harmony.key[row] for row in rows}) != 1 or not all(harmony.numeral[row] for row in rows):
        return [], []
    return [harmony.numeral[row] for row in rows], [f"harmony.numeral.{row}" for row in rows]


def _span_facts(segments: Segments, name: str, start_s: float, end_s: float | None = None) -> tuple[str, ...]:
    facts = (f"{name}.start_s.{int(np.flatnonzero(segments.start_s == start_s)[0])}",)
    return facts if end_s is None else (*facts, f"{name}.end_s.{int(np.flatnonzero(segments.end_s == end_s)[-1])}")


def _mean_confidence(segments: Segments, *labels: str) -> float:
    chosen = np.array([label in labels for label in segments.label], dtype=bool)
    return finite_mean(np.asarray(segments.confidence)[chosen])
