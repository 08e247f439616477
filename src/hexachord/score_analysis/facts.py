"""What a score says of itself: key, metre, tempo, beats, chords, sections, parts, counts.

What the page leaves open (the mode of a signature, the keys along the way) is found from the notes; of a performance, whose notes sit
where they were played (see `hexachord.score_analysis.performed`), also beats, bars, metre and tempo.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from hexachord.arrays import StructuredArray
from hexachord.knowledge import Beats, Descriptor, Key, Knowledge, Metre, Notes, Segments, Tag, Tempo, TempoHypothesis
from hexachord.score.model import Bar, ChordSymbol, Score, SectionMark
from hexachord.score.notes import note_array
from hexachord.score.timing import TempoMap, bar_duration, bars_of, beat_duration, felt_metre, metre_at, tempo_map_of
from hexachord.score_analysis.beats import rhythm_of_note_array
from hexachord.score_analysis.pedalling import pedal_of
from hexachord.score_analysis.performed import is_performance
from hexachord.theory.functions import describe_harmony
from hexachord.theory.keys import MAJOR_TONICS, MINOR_TONICS, key_fifths, key_number, local_keys
from hexachord.theory.page_key import find_page_key, key_chances

ENGINE = "read/facts"
_MAX_HYPOTHESES = 5
_UNTOLD = 0.01  # a chance of no sharps and flats below this: the file has no signature, only nothing to say


def read_score(score: Score) -> Knowledge:
    """Read the facts off a score.

    Times are those of the written score by its tempo map; repeats are not unfolded. Key, chords and sections that the page states come
    with confidence 1; a mode the signature leaves open, and the keys along the way, are found from the notes. A performance has no page:
    its tempo, beats and metre are found from how it is played, with `rhythm_readings`, and its bars are those.

    Returns
    -------
    Knowledge with tempo, beats, metre, (of a performance) rhythm readings, key, local keys, chords and what they are in their keys,
    sections, notes, tags (the parts) and descriptors (counts, ranges and densities: ``note_count notes_per_s bars parts lowest_pitch
    highest_pitch voices_at_once``, and ``lowest_pitch/NAME`` per part)

    Examples
    --------
    >>> from hexachord.score.builtin import builtin_score
    >>> known = read_score(builtin_score("bach-invention-4"))
    >>> known.key.name, known.metre.beats_per_bar, known.descriptors["bars"].value
    ('D minor', 3, 52.0)
    """
    clock = tempo_map_of(score)
    notes = note_array(score)
    pitched = notes[~notes["is_percussion"]]
    bars = bars_of(score)
    duration_s = float(clock.seconds(score.end_tick))
    performed = is_performance(score)
    played = rhythm_of_note_array(notes) if performed else None
    downbeats_s = played.beats.downbeats_s if played else clock.seconds(np.array([bar.tick for bar in bars]))
    end_s = pitched["onset_s"] + pitched["duration_s"]
    untold = performed and not any(mark.fifths for mark in score.keys)  # a recorder that nobody told writes C major
    key = _key(replace(score, keys=()) if untold else score, pitched)
    keys = local_keys(pitched["onset_s"], end_s, pitched["pitch"], step_s=downbeats_s) if len(pitched) else None
    chords = _segments(score.chords, score, clock)
    return Knowledge(
        duration_s=duration_s,
        tempo=played.tempo if played else _tempo(score, clock),
        beats=played.beats if played else _beats(score, bars, clock),
        metre=played.metre if played else _metre(score, bars),
        rhythm_readings=played.readings if played else (),
        key=key,
        local_keys=keys,
        chords=chords,
        harmony=describe_harmony(chords, local_keys=keys, key=key) if chords is not None else None,
        sections=_segments(score.sections, score, clock),
        notes=_notes(pitched) if len(pitched) else None,
        pedal=pedal_of(score),
        descriptors=_descriptors(score, notes, max(1, len(downbeats_s)), duration_s),
        tags=tuple(Tag(name=name, confidence=1.0) for name in dict.fromkeys(_part_names(score))),
    )


def _part_names(score: Score) -> list[str]:
    return [
        part.name.strip().lower() or ("percussion" if part.is_percussion else f"part {index}") for index, part in enumerate(score.parts, 1)
    ]


def _tempo(score: Score, clock: TempoMap) -> Tempo:
    """Tempi in felt beats, those that hold longest first; confidence is the share of time they hold."""
    ticks = sorted({0, *(mark.tick for mark in score.tempos), *(mark.tick for mark in score.metres)})
    ends_s = clock.seconds(np.array([*ticks[1:], max(score.end_tick, ticks[-1])]))
    held: dict[float, float] = {}
    for tick, start_s, end_s in zip(ticks, clock.seconds(np.array(ticks)), ends_s, strict=True):
        beat = beat_duration(metre_at(score, tick), ticks_per_quarter=score.ticks_per_quarter)
        bpm = round(60.0 / float(clock.seconds(tick + beat) - start_s), 2) if tick + beat <= score.end_tick else 0.0
        if bpm > 0 and end_s > start_s:
            held[bpm] = held.get(bpm, 0.0) + float(end_s - start_s)
    total = sum(held.values())
    ranked = sorted(held.items(), key=lambda item: -item[1])[:_MAX_HYPOTHESES]
    return Tempo(hypotheses=tuple(TempoHypothesis(bpm=bpm, confidence=length / total) for bpm, length in ranked), engine=ENGINE)


def _metre(score: Score, bars: Sequence[Bar]) -> Metre:
    """The time signature most bars are in; others as alternatives."""
    counts: dict[tuple[int, int], int] = {}
    for bar in bars:
        mark = metre_at(score, bar.tick)
        counts[mark.beats, mark.beat_type] = counts.get((mark.beats, mark.beat_type), 0) + 1
    ranked = sorted(counts.items(), key=lambda item: -item[1])
    total = sum(counts.values())
    (written, beat_type), count = ranked[0]
    beats, parts = felt_metre(written, beat_type)
    others = tuple((felt_metre(*other)[0], number / total) for other, number in ranked[1:])
    return Metre(
        beats_per_bar=beats,
        beat_type=beat_type,
        beat_division=parts,
        confidence=count / total,
        division_confidence=1.0,
        alternatives=others,
        engine=ENGINE,
    )


def _beats(score: Score, bars: Sequence[Bar], clock: TempoMap) -> Beats:
    """The felt beats; a pick-up's are the last of its bar, counted back from the bar line."""
    ticks: list[int] = []
    positions: list[int] = []
    for index, bar in enumerate(bars):
        mark = metre_at(score, bar.tick)
        unit = max(1, beat_duration(mark, ticks_per_quarter=score.ticks_per_quarter))
        full = bar_duration(mark, ticks_per_quarter=score.ticks_per_quarter)
        if index == 0 and bar.duration < full and len(bars) > 1:
            count, beats = bar.duration // unit, -(-full // unit)
            ticks += range(bar.end - count * unit, bar.end, unit)
            positions += range(beats - count + 1, beats + 1)
            continue
        count = max(1, -(-bar.duration // unit))
        ticks += range(bar.tick, bar.tick + count * unit, unit)
        positions += range(1, count + 1)
    order = np.unique(np.array(ticks), return_index=True)[1]
    times = clock.seconds(np.array(ticks)[order])
    return Beats(time_s=times, position=np.array(positions)[order], confidence=np.ones(len(times)), engine=ENGINE)


def _key(score: Score, pitched: StructuredArray) -> Key | None:
    """The key the page states for the longest time; the notes decide on the mode, or on everything where there is no signature."""
    if len(pitched) == 0:
        return None
    sounding = (pitched["onset_s"], pitched["onset_s"] + pitched["duration_s"], pitched["pitch"])
    found = find_page_key(*sounding)
    if not score.keys:
        return found
    ends = [*(mark.tick for mark in score.keys[1:]), score.end_tick]
    held: dict[tuple[int, str], int] = {}
    for mark, end in zip(score.keys, ends, strict=True):
        held[mark.fifths, mark.mode] = held.get((mark.fifths, mark.mode), 0) + end - mark.tick
    fifths, mode = max(held, key=lambda key: held[key])
    names = {key_fifths(tonic, kind): (tonic, kind) for tonic, kind in _ENHARMONIC if kind == mode} if mode in ("major", "minor") else {}
    if fifths in names:
        tonic, kind = names[fifths]
        return Key(tonic=tonic, mode=kind, confidence=1.0, alternatives=found.alternatives, engine=ENGINE)
    fitting = [f"{tonic} {kind}" for tonic, kind in _ENHARMONIC if key_fifths(tonic, kind) == fifths]
    if not fitting:
        return found
    chances = key_chances(*sounding)
    chance = {name: float(chances[key_number(name)]) for name in fitting}
    best, total = max(fitting, key=lambda name: chance[name]), sum(chance.values())
    if fifths == 0 and total < _UNTOLD:
        return found  # no accidentals in the signature, and nothing in the notes to support that: the file does not say
    tonic, _, kind = best.partition(" ")
    confidence = chance[best] / total if total > 0 else 0.5
    return Key(tonic=tonic, mode=kind, confidence=confidence, alternatives=found.alternatives, engine=ENGINE)


_ENHARMONIC = (
    *((tonic, "major") for tonic in (*MAJOR_TONICS, "Gb", "Cb", "C#")),
    *((tonic, "minor") for tonic in (*MINOR_TONICS, "D#", "Ab", "A#")),
)


def _segments(marks: Sequence[ChordSymbol | SectionMark], score: Score, clock: TempoMap) -> Segments | None:
    if not marks:
        return None
    ordered: list[ChordSymbol | SectionMark] = sorted(marks, key=lambda mark: mark.tick)
    following = [*(mark.tick for mark in ordered[1:]), score.end_tick]
    ends = [min(mark.end, end) if mark.end is not None else end for mark, end in zip(ordered, following, strict=True)]
    start_s = clock.seconds(np.array([mark.tick for mark in ordered]))
    return Segments(
        start_s=start_s,
        end_s=np.maximum(start_s, clock.seconds(np.array(ends))),
        label=tuple(mark.label for mark in ordered),
        confidence=np.ones(len(ordered)),
        engine=ENGINE,
    )


def _notes(pitched: StructuredArray) -> Notes:
    order = np.lexsort((pitched["pitch"], pitched["onset_s"]))
    rows = pitched[order]
    return Notes(
        onset_s=rows["onset_s"],
        offset_s=rows["onset_s"] + rows["duration_s"],
        pitch=rows["pitch"].astype(np.float64),
        velocity=rows["velocity"] / 127.0,
        confidence=np.ones(len(rows)),
        engine=ENGINE,
    )


def _descriptors(score: Score, notes: StructuredArray, bars: int, duration_s: float) -> dict[str, Descriptor]:
    values: dict[str, tuple[float, str]] = {
        "note_count": (len(notes), ""),
        "notes_per_s": (len(notes) / duration_s if duration_s else 0.0, "1/s"),
        "bars": (bars, ""),
        "parts": (len(score.parts), ""),
    }
    pitched = notes[~notes["is_percussion"]]
    if len(pitched):
        values["lowest_pitch"] = (float(pitched["pitch"].min()), "MIDI")
        values["highest_pitch"] = (float(pitched["pitch"].max()), "MIDI")
        starts = np.sort(pitched["onset_tick"])
        ends = np.sort(pitched["onset_tick"] + pitched["duration_tick"])
        sounding = np.searchsorted(starts, np.unique(starts), "right") - np.searchsorted(ends, np.unique(starts), "right")
        values["voices_at_once"] = (float(sounding.mean()), "")
    for index, name in enumerate(_part_names(score)):
        own = pitched[pitched["part"] == index]
        if len(own) and len(score.parts) > 1:
            values[f"lowest_pitch/{name}"] = (float(own["pitch"].min()), "MIDI")
            values[f"highest_pitch/{name}"] = (float(own["pitch"].max()), "MIDI")
    return {name: Descriptor(value=float(value), unit=unit, engine=ENGINE) for name, (value, unit) in values.items()}
