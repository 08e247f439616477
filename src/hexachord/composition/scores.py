"""From a score to a clip and back: bars as they are, roles by who plays, keys bar by bar."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from hexachord.arrays import IntArray, StructuredArray
from hexachord.composition.clips import Clip, ClipPart
from hexachord.composition.laying import laid, laid_chords, lay_bars, per_bar
from hexachord.composition.roles import PartRole, roles_of
from hexachord.composition.vocabulary import CHORD, GRID, Vocabulary
from hexachord.score.edit import sorted_notes
from hexachord.score.grid import skipped_before
from hexachord.score.model import TICKS_PER_QUARTER, Bar, ChordSymbol, KeyMark, MetreMark, Note, Part, Score, SectionMark, TempoMark
from hexachord.score.notes import merge_ties
from hexachord.score.timing import bars_of, metre_at
from hexachord.theory.chord_labels import format_chord
from hexachord.theory.keys import KEY_NAMES, key_fifths, key_scores, local_keys, pitch_class_weights

_TICKS_PER_PLACE = TICKS_PER_QUARTER // GRID


def clip_of(
    score: Score, *, vocabulary: Vocabulary, roles: Sequence[PartRole] | None = None, style: str = "", find_keys: bool = True
) -> Clip:
    """Lay a score on the grid: bars, notes with roles, chords, key and tempo of every bar.

    Parameters
    ----------
    score : as it is to be heard: repeats are not written out here (see `hexachord.score.unfold.unfold`)
    roles : of each part; guessed by name, instrument and staves when left out (see `roles_of`)
    find_keys : where the score has no signatures, follow the key through its notes (costs as much as all the rest)

    Returns
    -------
    A clip of moments rounded to the grid; `hexachord.composition.clips.on_vocabulary` makes it sayable. Grace notes are left out.
    """
    roles = roles_of(score, vocabulary=vocabulary) if roles is None else roles
    ticks = score.ticks_per_quarter
    written = bars_of(score)
    lines = _places([bar.tick for bar in written] + [bar.end for bar in written[-1:]], ticks)
    table = []
    for index, (bar, start, end) in enumerate(zip(written, lines, lines[1:], strict=False)):
        metre = metre_at(score, bar.tick)
        skipped = skipped_before(written, index, metre, ticks_per_quarter=ticks)
        table.append((int(end - start), metre.beats, metre.beat_type, round(skipped * GRID / ticks)))
    bars, _ = lay_bars(table, max_quarters=vocabulary.max_quarters)
    notes = _columns(score, roles, origin=int(lines[0]) if len(lines) else 0)
    spans = _chord_spans(score.chords, ticks)
    chords = laid_chords(bars, spans, vocabulary=vocabulary)
    tempos = sorted({mark.tick: mark.quarter_bpm for mark in score.tempos}.items())
    bars["bpm"] = per_bar(bars, [tick * GRID // ticks for tick, _ in tempos], [bpm for _, bpm in tempos], default=0.0)
    parts = [
        ClipPart(role=role, name=part.name, program=part.program, part=index, staff=staff)
        for index, (part, found) in enumerate(zip(score.parts, roles, strict=True))
        for staff, role in found.items()
    ]
    clip = laid(bars, notes, chords, parts=parts, style=style)
    if score.keys or find_keys:
        bars["key"] = _keys(score, clip, vocabulary=vocabulary)
    return clip


def _chord_spans(chords: Sequence[ChordSymbol], ticks_per_quarter: int) -> list[tuple[int, int, str]]:
    """Begin, end and label of chords, in places; each ends with the next at the latest."""
    moments = _places([chord.tick for chord in chords], ticks_per_quarter).tolist()
    nexts = [*moments[1:], 1 << 30]
    ends = [
        after if chord.end is None else min(after, round(chord.end * GRID / ticks_per_quarter))
        for chord, after in zip(chords, nexts, strict=False)
    ]
    return [(at, end, chord.label) for at, end, chord in zip(moments, ends, chords, strict=True)]


def _places(ticks: Sequence[int], ticks_per_quarter: int) -> IntArray:
    return np.asarray(np.rint(np.array(ticks, dtype=np.float64) * GRID / ticks_per_quarter).astype(np.int64))


def _columns(score: Score, roles: Sequence[PartRole], *, origin: int) -> tuple[IntArray, IntArray, IntArray, IntArray, IntArray]:
    """Every sounding note: onset and duration in places, pitch, velocity (0: unmarked), role."""
    found: list[tuple[IntArray, ...]] = []
    scale = GRID / score.ticks_per_quarter
    for part, by_staff in zip(score.parts, roles, strict=True):
        if not part.notes:
            continue
        notes: Sequence[Note] = part.notes
        columns = tuple(zip(*notes, strict=True))
        if any(columns[7]) or any(columns[9]):  # ties, grace notes
            notes = [note for note in merge_ties(part.notes) if not note.grace]
            if not notes:
                continue
            columns = tuple(zip(*notes, strict=True))
        onset_tick, length, pitch = (np.array(columns[place], dtype=np.int64) for place in range(3))
        velocity = np.array([value or 0 for value in columns[3]], dtype=np.int64)
        onset = np.rint(onset_tick * scale).astype(np.int64)
        end = np.rint((onset_tick + length) * scale).astype(np.int64)
        if len(by_staff) > 1:
            staff = np.array(columns[5], dtype=np.int64)
            usual = by_staff[max(by_staff)]
            role = np.select([staff == at for at in by_staff], list(by_staff.values()), default=usual)
        else:
            role = np.full(len(onset), next(iter(by_staff.values())))
        found.append((onset - origin, np.maximum(end - onset, 1), pitch, velocity, role))
    if not found:
        empty = np.empty(0, dtype=np.int64)
        return empty, empty, empty, empty, empty
    onset, duration, pitch, velocity, role = (np.concatenate(column) for column in zip(*found, strict=True))
    return onset, duration, pitch, velocity, role


def _keys(score: Score, clip: Clip, *, vocabulary: Vocabulary) -> IntArray:
    """The key of every bar: the page's; where it does not say the mode, the one of the two that its notes explain; where there is no
    signature, followed through the notes."""
    pitched = clip.notes[clip.notes["role"] != vocabulary.drums]
    if not score.keys:
        return followed_keys(clip, vocabulary=vocabulary)
    marks = sorted({mark.tick: mark for mark in score.keys}.values())
    moments = _places([mark.tick for mark in marks], score.ticks_per_quarter).tolist()
    at = per_bar(clip.bars, moments, list(range(len(marks))), default=0).astype(np.int64)
    keys = np.full(len(clip.bars), -1)
    for index, mark in enumerate(marks):
        here = at == index
        major, minor = mark.fifths * 7 % 12, (mark.fifths * 7 + 9) % 12
        if mark.mode in ("major", "minor"):
            keys[here] = major if mark.mode == "major" else 12 + minor
            continue
        sounding = pitched[here[pitched["bar"]]]
        scores = key_scores(pitch_class_weights(sounding["pitch"], sounding["duration"].astype(np.float64)))
        keys[here] = major if scores[major] >= scores[12 + minor] else 12 + minor
    return keys


def followed_keys(clip: Clip, *, vocabulary: Vocabulary) -> IntArray:
    """(bars,) the key of every bar as the notes tell it; -1 where there are none."""
    pitched = clip.notes["role"] != vocabulary.drums
    if not pitched.any():
        return np.full(len(clip.bars), -1)
    starts = clip.starts
    onset = clip.onsets()[pitched].astype(np.float64)
    found = local_keys(onset, onset + clip.notes["duration"][pitched], clip.notes["pitch"][pitched], step_s=starts[:-1].astype(np.float64))
    numbers = [KEY_NAMES.index(label) for label in found.label]
    at = np.clip(np.searchsorted(found.start_s, starts[:-1] + 0.5, side="right") - 1, 0, None)
    return np.asarray(np.array(numbers)[at])


def score_of(clip: Clip, *, vocabulary: Vocabulary, title: str = "") -> Score:
    """Write a clip as a score: its bars, metres, tempi, keys, chords, and one part for each player."""
    written = (clip.bars["last"] - clip.bars["first"]).astype(np.int64)
    begins = np.concatenate([[0], np.cumsum(written)]) * _TICKS_PER_PLACE
    changes = {name: _changes(clip.bars, name) for name in ("metre", "bpm", "key", "section")}
    sections = tuple(
        SectionMark(int(begins[bar]), chr(ord("A") + int(clip.bars["section"][bar]) - 1))
        for bar in changes["section"]
        if clip.bars["section"][bar] > 0
    )
    return Score(
        title=title,
        parts=_parts(clip, vocabulary=vocabulary),
        tempos=tuple(TempoMark(int(begins[bar]), float(clip.bars["bpm"][bar])) for bar in changes["bpm"] if clip.bars["bpm"][bar] > 0),
        metres=tuple(
            MetreMark(int(begins[bar]), int(clip.bars["beats"][bar]), int(clip.bars["beat_type"][bar])) for bar in changes["metre"]
        ),
        keys=tuple(_key_mark(int(begins[bar]), int(clip.bars["key"][bar])) for bar in changes["key"] if clip.bars["key"][bar] >= 0),
        chords=_symbols(clip, begins, vocabulary=vocabulary),
        sections=sections,
        bars=_bars(clip, begins),
    )


def _bars(clip: Clip, begins: IntArray) -> tuple[Bar, ...]:
    """The bars; a double bar line before one that begins with a pick-up in the middle of the piece says where its missing part lies."""
    pickup = clip.bars["first"] > 0
    number = 0 if len(pickup) and pickup[0] else 1
    return tuple(
        Bar(
            int(begin),
            int(end - begin),
            str(index + number),
            barline="light-light" if index + 1 < len(pickup) and pickup[index + 1] else "",
        )
        for index, (begin, end) in enumerate(pairwise(begins))
    )


def _changes(bars: StructuredArray, name: str) -> list[int]:
    """Bars at which something becomes other than it was."""
    if not len(bars):
        return []
    value = bars["beats"].astype(np.int64) * 64 + bars["beat_type"] if name == "metre" else bars[name]
    return [0, *(np.flatnonzero(value[1:] != value[:-1]) + 1).tolist()]


def _key_mark(tick: int, key: int) -> KeyMark:
    tonic, mode = KEY_NAMES[key].split()
    return KeyMark(tick, key_fifths(tonic, mode), mode)


def _symbols(clip: Clip, begins: IntArray, *, vocabulary: Vocabulary) -> tuple[ChordSymbol, ...]:
    """Chords without what the bar lines repeat."""
    rows = clip.chords
    marks = []
    for index, row in enumerate(rows):
        bar, place = int(row["bar"]), max(int(row["place"]), int(clip.bars["first"][row["bar"]]))
        if index and tuple(rows[index - 1])[2:] == tuple(row)[2:]:
            continue
        tick = int(begins[bar]) + (place - int(clip.bars["first"][bar])) * _TICKS_PER_PLACE
        flats = clip.bars["key"][bar] >= 0 and _key_mark(0, int(clip.bars["key"][bar])).fifths < 0
        quality, _, degrees = vocabulary.qualities[int(row["quality"])].partition("(")
        label = format_chord(int(row["root"]), quality, bass=int(row["bass"]), flats=bool(flats))
        if degrees and row["root"] >= 0:
            label, slash, bass = label.partition("/")
            label += f"({degrees}{slash}{bass}"
        marks.append(ChordSymbol(tick, label))
    return tuple(marks)


def written_roles(clip: Clip, *, vocabulary: Vocabulary) -> tuple[PartRole, ...]:
    """Say which part and staff of the score that `score_of` writes plays which role: what `clip_of` needs to read it back exactly."""
    found: list[PartRole] = []
    for staves in _players(clip, vocabulary=vocabulary):
        found.append({0: staves[0].role} if len(staves) == 1 else {staff: part.role for staff, part in enumerate(staves, start=1)})
    return tuple(found)


def _players(clip: Clip, *, vocabulary: Vocabulary) -> list[list[ClipPart]]:
    """Who plays, each with the staves they have; the two hands of a piano are one player."""
    known = {part.role: part for part in clip.parts}
    for role in np.unique(clip.notes["role"]).tolist():
        known.setdefault(role, ClipPart(role=role, name=vocabulary.roles[role]))
    players: dict[int, list[ClipPart]] = {}
    for part in known.values():
        if part.role != CHORD:
            players.setdefault(part.part if part.part >= 0 else 1000 + _player(part.role, vocabulary), []).append(part)
    return [sorted(staves, key=lambda part: (part.staff, part.role)) for _, staves in sorted(players.items())]


def _parts(clip: Clip, *, vocabulary: Vocabulary) -> tuple[Part, ...]:
    onset = (clip.onsets() * _TICKS_PER_PLACE).astype(np.int64)
    made = []
    for index, staves in enumerate(_players(clip, vocabulary=vocabulary)):
        notes: list[Note] = []
        for staff, part in enumerate(staves, start=1):
            at = np.flatnonzero(clip.notes["role"] == part.role)
            here = clip.notes[at]
            columns = (onset[at], here["duration"].astype(np.int64) * _TICKS_PER_PLACE, here["pitch"], here["velocity"])
            notes += [
                Note(begin, length, pitch, velocity or None, 4 * (staff - 1) + 1, staff)
                for begin, length, pitch, velocity in zip(*(column.tolist() for column in columns), strict=True)
            ]
        made.append(
            Part(
                notes=sorted_notes(notes),
                id=f"P{index + 1}",
                name=staves[0].name,
                program=staves[0].program,
                is_percussion=staves[0].role == vocabulary.drums,
                staves=len(staves),
            )
        )
    return tuple(made)


def _player(role: int, vocabulary: Vocabulary) -> int:
    """Both hands are one player."""
    names = vocabulary.roles
    return names.index("right") if names[role] == "left" and "right" in names else role


def with_parts(clip: Clip, programs: Mapping[int, tuple[str, int]]) -> Clip:
    """Name players and their instruments: role → name and General MIDI program."""
    rest = tuple(part for part in clip.parts if part.role not in programs)
    named = tuple(ClipPart(role=role, name=name, program=program) for role, (name, program) in programs.items())
    return replace(clip, parts=(*rest, *named))
