"""A paragraph of true sentences about a piece, each tied to the facts it rests on.

Nothing is said that was not measured. How sure the engine was chooses the verb (`hedge`), what could not be measured is named as
unknown, and `hexachord.journeys.facts.check_sentence` holds every number against the fact it cites.
"""

import math
from collections.abc import Iterator, Sequence

import numpy as np

from hexachord.journeys.facts import chord_name, clock_time, find_loop, merged_labels
from hexachord.journeys.rhythm_sentences import tell_drums, tell_groove, tell_metre, tell_tempo
from hexachord.journeys.wording import count_of, finite_mean, hedge, listed
from hexachord.knowledge.model import Knowledge, Segments, Sentence
from hexachord.knowledge.tables import pitch_name

_LOOP_LENGTHS = range(2, 9)  # chords; a longer repeat is a section, not a loop
_ASKED = {
    "tempo": "the tempo",
    "metre": "the metre",
    "key": "the key",
    "chords": "the chords",
    "sections": "the form",
    "melody": "the melody",
    "notes": "the notes",
    "loudness": "the loudness",
}


def write_sentences(knowledge: Knowledge) -> tuple[Sentence, ...]:
    """Write what is known as sentences, in the order a listener would tell it.

    Parameters
    ----------
    knowledge : any amount of it; only `duration_s` must be there

    Returns
    -------
    Sentences whose `facts` are paths that `hexachord.journeys.facts.resolve_fact` follows; joined with spaces they are a paragraph.

    Examples
    --------
    >>> from hexachord.knowledge import Key
    >>> for sentence in write_sentences(Knowledge(duration_s=75.0, key=Key(tonic="A", mode="minor", confidence=0.6))):
    ...     print(sentence.text)
    It lasts 1:15.
    The key is probably A minor.
    Not known: the tempo, the metre, the chords, the form, the melody, the notes and the loudness.
    """
    writers = (
        _length,
        tell_tempo,
        tell_metre,
        tell_groove,
        tell_drums,
        _key,
        _tuning,
        _chords,
        _loop,
        _form,
        _melody,
        _notes,
        _loudness,
        _character,
        _unknown,
    )
    return tuple(sentence for write in writers for sentence in write(knowledge))


def _length(knowledge: Knowledge) -> Iterator[Sentence]:
    if knowledge.duration_s < 10:
        yield Sentence(text=f"It lasts {knowledge.duration_s:.1f} seconds.", facts=("duration_s",), confidence=1.0)
    else:
        yield Sentence(text=f"It lasts {clock_time(knowledge.duration_s)}.", facts=("duration_s",), confidence=1.0)


def _key(knowledge: Knowledge) -> Iterator[Sentence]:
    key = knowledge.key
    if key is not None and key.confidence <= 0:
        yield Sentence(text="No key was found.", facts=("key.confidence",), confidence=math.nan)
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


def _tuning(knowledge: Knowledge) -> Iterator[Sentence]:
    tuning = knowledge.tuning
    if tuning is None or not math.isfinite(tuning.cents):
        return
    if tuning.confidence <= 0:
        yield Sentence(text="No tuning was found.", facts=("tuning.confidence",), confidence=math.nan)
        return
    if round(abs(tuning.cents)) < 5:
        text = f"It is tuned to concert pitch, its A at {tuning.a4_hz:.1f} Hz."
    else:
        side = "above" if tuning.cents > 0 else "below"
        text = f"It is tuned {abs(tuning.cents):.0f} cents {side} concert pitch, its A at {tuning.a4_hz:.1f} Hz."
    yield Sentence(text=text, facts=("tuning.cents", "tuning.a4_hz"), confidence=tuning.confidence)


def _chords(knowledge: Knowledge) -> Iterator[Sentence]:
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


def _loop(knowledge: Knowledge) -> Iterator[Sentence]:
    chords = knowledge.chords
    if chords is None:
        return
    spans = merged_labels(chords)
    loop = chord_loop([span[0] for span in spans])
    if not loop:
        return
    found = find_loop([span[0] for span in spans], loop)
    first, last = spans[found[0]], spans[found[0] + len(loop) - 1]
    yield Sentence(
        text=f"The progression {' – '.join(map(chord_name, loop))} comes {len(found)} times, first at {clock_time(first[1])}.",
        facts=(f"chords.loop.{'>'.join(loop)}", *_span_facts(chords, "chords", first[1])),
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


def _form(knowledge: Knowledge) -> Iterator[Sentence]:
    sections = knowledge.sections
    if sections is None or len(sections) == 0:
        return
    count = len(sections)
    if count == 1:
        yield Sentence(text="No section boundary was found.", facts=("sections.label.count",), confidence=math.nan)
        return
    facts = ["sections.label.count"]
    text = f"It falls into {count} sections"
    if count <= 16:
        text += ": " + " – ".join(sections.label)
        facts += [f"sections.label.{row}" for row in range(count)]
    text += f"; the second begins at {clock_time(float(sections.start_s[1]))}."
    facts.append("sections.start_s.1")
    yield Sentence(text=text, facts=tuple(facts), confidence=finite_mean(sections.confidence))


def _melody(knowledge: Knowledge) -> Iterator[Sentence]:
    notes, f0 = knowledge.melody_notes, knowledge.melody
    if notes is not None and len(notes):
        low, high = (float(np.quantile(notes.pitch, q, method="nearest")) for q in (0.05, 0.95))
        text = f"The melody has {count_of(len(notes), 'note')} and moves mostly between {pitch_name(low)} and {pitch_name(high)}."
        facts = ("melody_notes.pitch.count", "melody_notes.pitch.low", "melody_notes.pitch.high")
        yield Sentence(text=text, facts=facts, confidence=finite_mean(notes.confidence))
        return
    if f0 is not None and len(f0) and not np.any(f0.f0_hz > 0):
        yield Sentence(text="No melody was found.", facts=("melody.f0_hz.max",), confidence=math.nan)
    elif f0 is None and notes is not None:
        yield Sentence(text="No melody was found.", facts=("melody_notes.pitch.count",), confidence=math.nan)


def _notes(knowledge: Knowledge) -> Iterator[Sentence]:
    notes = knowledge.notes
    if notes is None:
        return
    if len(notes) == 0:
        yield Sentence(text="No notes were found.", facts=("notes.pitch.count",), confidence=math.nan)
        return
    low, high = pitch_name(float(np.min(notes.pitch))), pitch_name(float(np.max(notes.pitch)))
    one = len(notes) == 1
    verb = ("is written" if one else "are written") if notes.engine.startswith("read/") else "was heard" if one else "were heard"
    text = f"{count_of(len(notes), 'note')} {verb} in all, from {low} to {high}."
    facts = ("notes.pitch.count", "notes.pitch.min", "notes.pitch.max")
    yield Sentence(text=text, facts=facts, confidence=finite_mean(notes.confidence))


def _loudness(knowledge: Knowledge) -> Iterator[Sentence]:
    loudness = knowledge.loudness
    if loudness is None:
        return
    if not math.isfinite(loudness.integrated_lufs):
        yield Sentence(text="It is silent, or nearly so.", facts=("loudness.integrated_lufs",), confidence=1.0)
        return
    text, facts = f"Its loudness is {_signed(loudness.integrated_lufs)} LUFS", ["loudness.integrated_lufs"]
    if math.isfinite(loudness.range_lu):
        width = "a narrow" if loudness.range_lu < 5 else "a wide" if loudness.range_lu > 12 else "a moderate"
        text += f" with {width} range of {loudness.range_lu:.1f} LU"
        facts.append("loudness.range_lu")
    if math.isfinite(loudness.true_peak_dbtp):
        beyond = loudness.true_peak_dbtp > 0
        text += f"; its true peak is {_signed(loudness.true_peak_dbtp)} dBTP" + (", beyond full scale" if beyond else "")
        facts.append("loudness.true_peak_dbtp")
    yield Sentence(text=text + ".", facts=tuple(facts), confidence=1.0)


def _character(knowledge: Knowledge) -> Iterator[Sentence]:
    found = knowledge.descriptors
    words: list[str] = []
    facts: list[str] = []

    def say(name: str, text: str) -> None:
        words.append(text)
        facts.append(f"descriptors.{name}.value")

    def value(name: str) -> float:
        return found[name].value if name in found else math.nan

    if math.isfinite(centroid := value("spectral_centroid")):
        tone = "dark" if centroid < 1200 else "bright" if centroid > 2800 else "neither dark nor bright"
        say("spectral_centroid", f"{tone} (spectral centroid {centroid:.0f} Hz)")
    if math.isfinite(percussive := value("percussiveness")):
        kind = "mostly percussive" if percussive > 0.5 else "partly percussive" if percussive > 0.2 else "hardly percussive"
        say("percussiveness", f"{kind} ({100 * percussive:.0f} % of the energy)")
    if math.isfinite(rate := value("onset_rate")):
        pace = "busy" if rate > 5 else "sparse" if rate < 1.5 else "moderately busy"
        say("onset_rate", f"{pace} ({rate:.1f} onsets a second)")
    if math.isfinite(width := value("stereo_width")):
        image = "mono or nearly so" if width < 0.03 else "narrow in stereo" if width < 0.2 else "wide in stereo"
        say("stereo_width", f"{image} (width {width:.2f})")
    if words:
        yield Sentence(text=f"The sound is {listed(words)}.", facts=tuple(facts), confidence=math.nan)


def _unknown(knowledge: Knowledge) -> Iterator[Sentence]:
    by_reason: dict[str, list[str]] = {}
    for name, reason in knowledge.skipped.items():
        by_reason.setdefault(reason, []).append(name)
    for reason, names in by_reason.items():
        what = listed([_ASKED.get(name, name.replace("_", " ").replace("-", " ")) for name in names])
        text = f"{what[0].upper()}{what[1:]} could not be looked for: {reason.rstrip('.')}."
        yield Sentence(text=text, facts=tuple(f"skipped.{name}" for name in names), confidence=1.0)
    missing = [name for name in _ASKED if getattr(knowledge, name) is None and name not in knowledge.skipped]
    if missing:
        yield Sentence(text=f"Not known: {listed([_ASKED[name] for name in missing])}.", facts=tuple(missing), confidence=1.0)


def _signed(value: float) -> str:
    return f"{value:.1f}".replace("-", "−")


def _span_facts(segments: Segments, name: str, start_s: float, end_s: float | None = None) -> tuple[str, ...]:
    facts = (f"{name}.start_s.{int(np.flatnonzero(segments.start_s == start_s)[0])}",)
    return facts if end_s is None else (*facts, f"{name}.end_s.{int(np.flatnonzero(segments.end_s == end_s)[-1])}")


def _mean_confidence(segments: Segments, *labels: str) -> float:
    chosen = np.array([label in labels for label in segments.label], dtype=bool)
    return finite_mean(np.asarray(segments.confidence)[chosen])
