"""Knowledge as a page of plain text, for people."""

import math
import textwrap
from collections.abc import Iterator, Sequence

import numpy as np

from hexachord.knowledge.model import Drums, Groove, Harmony, Knowledge, Notes, RhythmReading, Segments, Tuning
from hexachord.knowledge.tables import pitch_name

_WIDTH = 100
FREE_FROM = 0.08  # beats that stray so far from the smoothed tempo have no steady pulse
STRAIGHT_BELOW = 1.15  # long eighth to short: less is what straight players do
KIND_WORDS = {
    "first": "",
    "half": "half the tempo",
    "double": "double the tempo",
    "third": "a third of the tempo",
    "triple": "three times the tempo",
    "two-thirds": "two thirds of the tempo",
    "three-halves": "one and a half times the tempo",
    "metre": "other bars",
    "phase": "begun elsewhere",
}
DRIFTS_FROM_CENTS = 10.0  # less in all is within what a melody's own notes do to the estimate
DRIFT_CONFIDENCE = 0.3  # of the whole tuning: where partials do not agree at all, a slope means nothing
_LONG_LIST = 400  # lines of chords or sections beyond this are summed up; the tables hold them all


def report_text(knowledge: Knowledge, *, title: str = "") -> str:
    """Write a readable report: the sentences, the facts with how sure they are, sections, chords and what they are in
    their keys, what was skipped.

    Examples
    --------
    >>> print(report_text(Knowledge(duration_s=75.0), title="Rock"))
    Rock
    ====
    Length        1:15.0
    <BLANKLINE>
    """
    name = title or knowledge.provenance.source or "Untitled"
    blocks = [[name, "=" * len(name)], _sentences(knowledge), _facts(knowledge)]
    blocks += [
        _sections(knowledge),
        _chords(knowledge),
        _close_calls(knowledge),
        _harmony(knowledge),
        _descriptors(knowledge),
        _skipped(knowledge),
        _engines(knowledge),
    ]
    first = "\n".join(blocks[0] + [""] * bool(blocks[1]) + blocks[1] + [""] * bool(blocks[1]) + blocks[2])
    return "\n\n".join([first, *("\n".join(block) for block in blocks[3:] if block)]) + "\n"


def clock(seconds: float) -> str:
    """Write a time as minutes and seconds, or hours when there are any.

    Examples
    --------
    >>> clock(75.04), clock(3723), clock(59.96)
    ('1:15.0', '1:02:03.0', '1:00.0')
    """
    tenths = round(max(0.0, seconds) * 10)
    minutes, rest = divmod(tenths, 600)
    hours, minutes = divmod(minutes, 60)
    tail = f"{rest / 10:04.1f}"
    return f"{hours}:{minutes:02d}:{tail}" if hours else f"{minutes}:{tail}"


def fact_lines(knowledge: Knowledge) -> list[tuple[str, str]]:
    """Return the single facts as (name, words) pairs, as the report and the command line show them."""
    facts: list[tuple[str, str]] = [("Length", clock(knowledge.duration_s))]
    if (tempo := knowledge.tempo) is not None and tempo.hypotheses:
        others = ", ".join(f"{h.bpm:.1f}" for h in tempo.hypotheses[1:3])
        facts.append(("Tempo", f"{tempo.bpm:.1f} beats a minute{_sure(tempo.confidence)}" + (f"; or {others}" if others else "")))
    elif tempo is not None:
        facts.append(("Tempo", "no steady pulse"))
    if (metre := knowledge.metre) is not None:
        felt = f", felt in {metre.beats_per_bar}" if metre.is_compound else ""
        found = f"{metre.signature}{felt}{_sure(metre.signature_confidence)}"
        facts.append(("Metre", "none found" if metre.confidence <= 0 else found))
    if (beats := knowledge.beats) is not None:
        facts.append(("Beats", f"{len(beats)}, {len(beats.downbeats_s)} of them downbeats" if len(beats) else "none found"))
    if len(knowledge.rhythm_readings) > 1:
        facts.append(("Or heard as", "; ".join(reading_words(reading) for reading in knowledge.rhythm_readings[1:4])))
    if (groove := knowledge.groove) is not None and (words := groove_words(groove)):
        facts.append(("Groove", words))
    if (drums := knowledge.drums) is not None:
        facts.append(("Drums", _strokes(drums)))
    if (key := knowledge.key) is not None:
        second = f"; or {key.alternatives[0][0]}" if key.alternatives else ""
        facts.append(("Key", "none: no tonal content" if not key.is_found else f"{key.name}{_sure(key.confidence)}{second}"))
    if (chords := knowledge.chords) is not None:
        facts.append(("Chords", _most_heard(chords)))
    if (sections := knowledge.sections) is not None and len(sections):
        facts.append(("Form", " ".join(sections.label)))
    if (tuning := knowledge.tuning) is not None and math.isfinite(tuning.cents):
        facts.append(("Tuning", tuning_words(tuning)))
    if (loudness := knowledge.loudness) is not None:
        loud = "silence" if loudness.integrated_lufs == -math.inf else f"{loudness.integrated_lufs:.1f} LUFS"
        measured = f"{loud}, range {loudness.range_lu:.1f} LU, true peak {loudness.true_peak_dbtp:.1f} dBTP"
        facts.append(("Loudness", "silence" if loudness.true_peak_dbtp == -math.inf else measured))
    for name, notes in (("Melody", knowledge.melody_notes), ("Notes", knowledge.notes)):
        if notes is not None:
            facts.append((name, _notes(notes)))
    if knowledge.tags:
        facts.append(("Tags", ", ".join(tag.name for tag in knowledge.tags)))
    return facts


def reading_words(reading: RhythmReading) -> str:
    """Say one way to hear a rhythm in a few words.

    Examples
    --------
    >>> from hexachord.knowledge.model import Beats
    >>> none = Beats(time_s=np.empty(0), position=np.empty(0, dtype=np.int64))
    >>> reading_words(RhythmReading(bpm=60.2, beats_per_bar=4, beats=none, confidence=0.2, kind="half"))
    '60.2 in 4/4, half the tempo (20% sure)'
    """
    how = f", {KIND_WORDS[reading.kind]}" if KIND_WORDS[reading.kind] else ""
    return f"{reading.bpm:.1f} in {reading.signature}{how}{_sure(reading.confidence)}"


def tuning_words(tuning: Tuning) -> str:
    """Say how something is tuned, and where the tuning goes if it goes anywhere.

    Examples
    --------
    >>> from hexachord.knowledge.model import Tuning
    >>> tuning_words(Tuning(cents=-12.0, confidence=0.8, drift_cents_per_minute=-9.0, curve=((0.0, 0.0), (180.0, -27.0))))
    'A4 = 437.0 Hz (-12 cents), sinking by 9 cents a minute'
    """
    if not tuning.is_found:
        return "none found"
    words = f"A4 = {tuning.a4_hz:.1f} Hz ({tuning.cents:+.0f} cents)"
    if drifts(tuning):
        drift = tuning.drift_cents_per_minute
        words += f", {'rising' if drift > 0 else 'sinking'} by {abs(drift):.0f} cents a minute"
    return words


def drifts(tuning: Tuning) -> bool:
    """Whether a tuning goes somewhere: at least `DRIFTS_FROM_CENTS` in all, in sound that has a tuning."""
    drift, minutes = tuning.drift_cents_per_minute, (tuning.curve[-1][0] - tuning.curve[0][0]) / 60.0 if tuning.curve else 0.0
    return math.isfinite(drift) and tuning.confidence >= DRIFT_CONFIDENCE and abs(drift) * minutes >= DRIFTS_FROM_CENTS


def groove_words(groove: Groove) -> str:
    """Say how steady the beat is and how it swings: ``steady to 0.6 %, swings 1.8 : 1``; empty where neither is known."""
    if groove.stability >= FREE_FROM:
        return "no steady pulse"
    words = [f"steady to {groove.stability:.1%}".replace("%", " %")] if math.isfinite(groove.stability) else []
    if len(groove.tempo_bpm) and (slow := float(groove.tempo_bpm.min())) * 1.03 < (fast := float(groove.tempo_bpm.max())):
        words.append(f"from {slow:.0f} to {fast:.0f} beats a minute")
    if math.isfinite(groove.swing_ratio):
        words.append("straight" if groove.swing_ratio < STRAIGHT_BELOW else f"swings {groove.swing_ratio:.1f} : 1")
    return ", ".join(words)


def _strokes(drums: Drums) -> str:
    counts = {label: drums.label.count(label) for label in dict.fromkeys(sorted(drums.label))}
    most = sorted(counts, key=lambda label: -counts[label])
    return ", ".join(f"{counts[label]} × {label.replace('_', ' ')}" for label in most) if most else "none found"


def _sure(confidence: float) -> str:
    return f" ({confidence:.0%} sure)" if math.isfinite(confidence) else ""


def _most_heard(chords: Segments, count: int = 4) -> str:
    seconds: dict[str, float] = {}
    for label, start, end in zip(chords.label, chords.start_s, chords.end_s, strict=True):
        if label not in ("N", "X"):
            seconds[label] = seconds.get(label, 0.0) + float(end - start)
    most = sorted(seconds, key=lambda label: -seconds[label])[:count]
    return f"mostly {', '.join(most)} ({len(seconds)} different)" if most else "none found"


def _notes(notes: Notes) -> str:
    if len(notes) == 0:
        return "none found"
    low, high = pitch_name(float(np.min(notes.pitch))), pitch_name(float(np.max(notes.pitch)))
    words = f"{len(notes)} notes, all {low}" if low == high else f"{len(notes)} notes from {low} to {high}"
    if len(notes) == 1:
        words = f"1 note, {low}"
    swings = np.asarray(notes.vibrato_hz)[np.asarray(notes.vibrato_hz) > 0]
    return words + (f", {len(swings)} with vibrato at {np.median(swings):.1f} Hz" if len(swings) > 1 else "")


def _sentences(knowledge: Knowledge) -> list[str]:
    return textwrap.wrap(" ".join(sentence.text for sentence in knowledge.sentences), _WIDTH)


def _facts(knowledge: Knowledge) -> list[str]:
    return [f"{name:<13} {words}" for name, words in fact_lines(knowledge)]


def _sections(knowledge: Knowledge) -> list[str]:
    sections = knowledge.sections
    if sections is None or len(sections) == 0:
        return []
    width = max(map(len, sections.label))
    served = [
        f"{function}{_sure(float(sure))}" if function else ""
        for function, sure in zip(sections.function, sections.function_confidence, strict=True)
    ] or [""] * len(sections)
    rows = zip(sections.start_s, sections.label, served, strict=True)
    lines = [f"  {clock(float(start)):>9}  {label:<{width}}  {words}".rstrip() for start, label, words in rows]
    return ["Sections", *_shortened(lines)]


def _chords(knowledge: Knowledge) -> list[str]:
    chords = knowledge.chords
    if chords is None or len(chords) == 0:
        return []
    return ["Chords", *_shortened(list(_chord_lines(chords)))]


def _chord_lines(chords: Segments, per_line: int = 8) -> Iterator[str]:
    """Write runs of chords, a time in front of each line."""
    for at in range(0, len(chords), per_line):
        yield f"  {clock(float(chords.start_s[at])):>9}  " + "  ".join(chords.label[at : at + per_line])


def _close_calls(knowledge: Knowledge) -> list[str]:
    """List the chords that could as well be another."""
    chords = knowledge.chords
    if chords is None or not chords.close.any():
        return []
    some = chords.taken(np.flatnonzero(chords.close).tolist())
    width = max(map(len, some.label))
    rows = zip(some.start_s, some.label, some.confidence, some.second, some.second_confidence, strict=True)
    lines = [
        f"  {clock(float(start)):>9}  {label:<{width}}{_sure(float(sure)):<11}  or {second}{_sure(float(nearly))}"
        for start, label, sure, second, nearly in rows
    ]
    return ["Chords that may be others", *_shortened(lines)]


def _harmony(knowledge: Knowledge) -> list[str]:
    harmony = knowledge.harmony
    if harmony is None or not any(harmony.numeral):
        return []
    return ["In the key", *_shortened(list(_numeral_lines(harmony)))]


def _numeral_lines(harmony: Harmony, per_line: int = 8) -> Iterator[str]:
    """Write runs of numerals, a time and the key in front of each line; a new key begins a line."""
    at, width = 0, max(len(key) for key in harmony.key)
    while at < len(harmony):
        key = harmony.key[at]
        end = at + 1
        while end < min(len(harmony), at + per_line) and harmony.key[end] == key:
            end += 1
        numerals = "  ".join(numeral or "–" for numeral in harmony.numeral[at:end])
        yield f"  {clock(float(harmony.start_s[at])):>9}  {key:<{width}}  {numerals}"
        at = end


def _descriptors(knowledge: Knowledge) -> list[str]:
    if not knowledge.descriptors:
        return []
    rows = []
    for name, item in knowledge.descriptors.items():
        spread = f" ± {item.std:.4g}" if math.isfinite(item.std) else ""
        rows.append(f"  {name.replace('_', ' '):<28} {item.value:.4g}{spread} {item.unit}".rstrip())
    return ["Sound", *rows]


def _skipped(knowledge: Knowledge) -> list[str]:
    return ["Not done", *(f"  {name}: {why}" for name, why in knowledge.skipped.items())] if knowledge.skipped else []


def _engines(knowledge: Knowledge) -> list[str]:
    """Name who said what: an honest report names its sources."""
    names = (
        "tempo",
        "beats",
        "metre",
        "groove",
        "drums",
        "tuning",
        "key",
        "chords",
        "harmony",
        "sections",
        "melody",
        "melody_notes",
        "notes",
        "loudness",
    )
    said = {name: observation.engine for name in names if (observation := getattr(knowledge, name)) is not None and observation.engine}
    if not said:
        return []
    return [f"By hexachord {knowledge.provenance.version}", *(f"  {name.replace('_', ' '):<13} {engine}" for name, engine in said.items())]


def _shortened(lines: Sequence[str]) -> list[str]:
    if len(lines) <= _LONG_LIST:
        return list(lines)
    return [*lines[:_LONG_LIST], f"  ... and {len(lines) - _LONG_LIST} more lines: the tables hold them all"]
