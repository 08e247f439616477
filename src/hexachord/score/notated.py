"""Make a score complete on paper: everything a page needs that a player does not.

Notes are cut at bar lines and into writable values, joined by ties; values, spellings, drum places, clefs and tuplet brackets are
filled in where they are missing. What is there stays as it is: a complete score passes through unchanged, and the sounding notes are
the same before and after (`hexachord.score.notes.merge_ties`). Writers start here.
"""

from bisect import bisect_right
from collections import Counter
from dataclasses import replace

from hexachord.score.drums import drum_place
from hexachord.score.edit import default_clef, sorted_notes, spelled_in_key, with_bars, with_metre
from hexachord.score.grid import beats_of_bar, pieces_between, skipped_before
from hexachord.score.lines import AFTER
from hexachord.score.model import Bar, ChordSymbol, KeyMark, MetreMark, Note, NoteValue, Part, Score, SectionMark, TempoMark
from hexachord.score.musicxml_marks import mark_rank, ordered_marks
from hexachord.score.timing import metre_at
from hexachord.score.tuplets import with_tuplet_marks
from hexachord.score.values import nearest_value, plain_value, tuplet_value


def notated(score: Score, *, warnings: Counter[str] | None = None) -> Score:
    """Fill in what a page needs.

    Parameters
    ----------
    warnings : counts, per kind, what had to be bent to fit on paper

    Returns
    -------
    a score with bars, marks in order, a clef on every staff, every note inside one bar with a spelling, and a `value` wherever the
    duration alone does not say it.
    """
    found = Counter[str]() if warnings is None else warnings
    complete = with_bars(with_metre(score))
    bars = complete.bars
    if not score.bars and bars:
        bars = (*bars[:-1], bars[-1]._replace(barline="light-heavy"))
    complete = replace(
        complete,
        bars=bars,
        tempos=tuple(sorted(score.tempos, key=_by_tick)),
        metres=tuple(sorted(complete.metres, key=_by_tick)),
        keys=tuple(sorted(score.keys, key=_by_tick)),
        chords=tuple(sorted(score.chords, key=_by_tick)),
        sections=tuple(sorted(score.sections, key=_by_tick)),
    )
    return replace(complete, parts=tuple(_notated_part(part, complete, found) for part in complete.parts))


def _notated_part(part: Part, score: Score, found: Counter[str]) -> Part:
    cutter = _Cutter(score, found)
    staves = max([part.staves, *(note.staff for note in part.notes), *(clef.staff for clef in part.clefs)])
    notes: list[Note] = []
    for note in part.notes:
        notes += cutter.cut(_spelled(note, part, score.keys))
    ordered = sorted_notes(notes)
    marked = with_tuplet_marks(ordered, bar_ticks=cutter.starts, ticks_per_quarter=score.ticks_per_quarter)
    ready = tuple(note if len(note.marks) < 2 else note._replace(marks=ordered_marks(note.marks)) for note in marked)
    whole = replace(part, notes=ready, staves=staves)
    missing = [staff for staff in range(1, staves + 1) if not any(clef.staff == staff and clef.tick == 0 for clef in part.clefs)]
    clefs = sorted((*part.clefs, *(default_clef(whole, staff) for staff in missing)), key=lambda clef: clef[:2])
    directions = sorted(part.directions, key=lambda sign: (sign.tick, sign.staff))
    return replace(whole, clefs=tuple(clefs), directions=tuple(directions))


def _by_tick(mark: TempoMark | MetreMark | KeyMark | ChordSymbol | SectionMark) -> int:
    return mark.tick


def _spelled(note: Note, part: Part, keys: tuple[KeyMark, ...]) -> Note:
    if note.spelling is not None:
        return note
    if part.is_percussion:
        place = drum_place(note.pitch)
        has_head = any(mark.startswith("notehead-") for mark in note.marks)
        marks = (*note.marks, f"notehead-{place.notehead}") if place.notehead and not has_head else note.marks
        return note._replace(spelling=place.spelling, marks=marks)
    index = bisect_right(keys, note.onset, key=lambda key: key.tick) - 1
    return note._replace(spelling=spelled_in_key(note.pitch, keys[index] if index >= 0 else None))


class _Cutter:
    """Cuts notes at bar lines and into writable values."""

    def __init__(self, score: Score, found: Counter[str]) -> None:
        self.score, self.found = score, found
        self.tpq = score.ticks_per_quarter
        self.bars = score.bars
        self.starts = [bar.tick for bar in score.bars]

    def cut(self, note: Note) -> list[Note]:
        if note.grace:
            # At the very end of the piece there is no bar that a grace note could lead into.
            is_last = bool(self.bars) and note.onset == self.bars[-1].end and AFTER not in note.marks
            marks = (*note.marks, AFTER) if is_last else note.marks
            return [note._replace(value=note.value or NoteValue("eighth"), duration=0, marks=marks)]
        if note.duration <= 0:
            self.found["notes without a duration, written one tick long"] += 1
            note = note._replace(duration=1)
        if not self.bars:
            return [note]
        bar_index = max(0, bisect_right(self.starts, note.onset) - 1)
        bar = self.bars[bar_index]
        if note.onset + note.duration <= bar.end:
            return self._inside(note, bar, bar_index)
        spans: list[tuple[int, int, int]] = []
        at = note.onset
        while at < note.end:
            until = min(note.end, self.bars[bar_index].end) if bar_index < len(self.bars) else note.end
            spans.append((at, until, min(bar_index, len(self.bars) - 1)))
            at, bar_index = until, bar_index + 1
        pieces = [note._replace(onset=start, duration=end - start, value=None) for start, end, _ in spans]
        return [
            part
            for piece, (_, _, index) in zip(tied_pieces(note, pieces), spans, strict=True)
            for part in self._inside(piece, self.bars[index], index)
        ]

    def _inside(self, note: Note, bar: Bar, index: int) -> list[Note]:
        """A note within one bar: as it is, with its tuplet value, or in tied pieces."""
        value = note.value
        plain = plain_value(note.duration, self.tpq)
        if value is not None:
            return [note._replace(value=None)] if value == plain else [note]
        if plain is not None:
            return [note]
        metre = metre_at(self.score, bar.tick)
        skipped = skipped_before(self.bars, index, metre, ticks_per_quarter=self.tpq)
        beats = beats_of_bar(metre, duration=bar.duration, skipped=skipped, ticks_per_quarter=self.tpq)
        tuplet = tuplet_value(note.duration, self.tpq)
        if tuplet is not None and note.duration < max(beat.end - beat.start for beat in beats):
            return [note._replace(value=tuplet)]
        start = note.onset - bar.tick
        pieces = list(pieces_between(start, start + note.duration, beats, ticks_per_quarter=self.tpq, dotted=True))
        if len(pieces) > 1 and all(piece.value is not None for piece in pieces):
            cut = [
                note._replace(onset=bar.tick + piece.start, duration=piece.duration, value=_unless_plain(piece.value)) for piece in pieces
            ]
            return tied_pieces(note, cut)
        if tuplet is not None:
            return [note._replace(value=tuplet)]
        self.found["durations that no note value fits, drawn as the nearest (quantise first)"] += 1
        return [note._replace(value=nearest_value(note.duration, self.tpq))]


def _unless_plain(value: NoteValue | None) -> NoteValue | None:
    return None if value is None or value.actual == value.normal else value


_LAST_RANKS = frozenset({mark_rank("fermata")})


def tied_pieces(note: Note, pieces: list[Note]) -> list[Note]:
    """Join the pieces of one note: what begins belongs to the first, what ends to the last."""
    if len(pieces) == 1:
        return [pieces[0]._replace(marks=note.marks, lyrics=note.lyrics)]
    everywhere = tuple(mark for mark in note.marks if mark.startswith("notehead-") or mark in ("cue", "hidden"))
    at_end = tuple(
        mark for mark in note.marks if mark not in everywhere and ("-stop" in mark or mark == "let-ring" or mark_rank(mark) in _LAST_RANKS)
    )
    at_start = tuple(mark for mark in note.marks if mark not in everywhere and mark not in at_end)
    last = len(pieces) - 1
    return [
        piece._replace(
            tied_to_previous=note.tied_to_previous if index == 0 else True,
            tied_to_next=note.tied_to_next if index == last else True,
            marks=(*(at_start if index == 0 else ()), *everywhere, *(at_end if index == last else ())),
            lyrics=note.lyrics if index == 0 else (),
        )
        for index, piece in enumerate(pieces)
    ]
