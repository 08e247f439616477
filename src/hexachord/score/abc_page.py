"""ABC voices brought to one page: exact ticks, common bars, parts."""

from collections import Counter
from fractions import Fraction
from math import lcm

from hexachord.score.abc_events import AbcBar, AbcNote
from hexachord.score.abc_fields import Key, Meter
from hexachord.score.abc_music import AbcVoice
from hexachord.score.edit import sorted_notes
from hexachord.score.model import (
    TICKS_PER_QUARTER,
    Bar,
    ChordSymbol,
    Clef,
    Direction,
    KeyMark,
    MetreMark,
    Note,
    NoteValue,
    Part,
    Score,
    SectionMark,
    TempoMark,
)
from hexachord.score.musicxml_harmony import chord_label, chord_text
from hexachord.score.musicxml_marks import ordered_marks
from hexachord.score.tuplets import with_tuplet_marks
from hexachord.score.values import nearest_value, plain_value

_CLEFS = {"treble": ("G", 2), "bass": ("F", 4), "alto": ("C", 3), "tenor": ("C", 4), "perc": ("percussion", 0)}


def score_of_voices(voices: list[AbcVoice], *, title: str, composer: str, tempo: TempoMark | None, found: Counter[str]) -> Score:
    """Make a score of a tune's voices: one part each, the bars of the first."""
    for voice in voices:
        voice.finish()
    times = [time for voice in voices for note in voice.items for time in (note.onset, note.duration)]
    times += [sign.at for voice in voices for sign in voice.signs] + [bar.end for voice in voices for bar in voice.bars]
    tpq = lcm(TICKS_PER_QUARTER, *{time.denominator for time in times})
    page = _Page(tpq, found)
    bars = page.bars(max(voices, key=lambda voice: voice.at).bars if voices else [], voices[0].bars if voices else [])
    parts = tuple(page.part(voice, index, [bar.tick for bar in bars]) for index, voice in enumerate(voices))
    return Score(
        parts=parts,
        ticks_per_quarter=tpq,
        title=title,
        composer=composer,
        tempos=(*([tempo] if tempo else []), *page.tempos),
        metres=tuple(page.metres[tick] for tick in sorted(page.metres)),
        keys=tuple(page.keys[tick] for tick in sorted(page.keys)),
        chords=tuple(sorted(page.chords)),
        sections=tuple(sorted(page.sections)),
        bars=_numbered(bars, page.metres, tpq),
        warnings=tuple(f"{kind}: {count}" for kind, count in sorted(found.items()) if count),
    )


class _Page:
    """Collects what the voices share, in ticks."""

    def __init__(self, tpq: int, found: Counter[str]) -> None:
        self.tpq, self.found = tpq, found
        self.tempos: list[TempoMark] = []
        self.metres: dict[int, MetreMark] = {}
        self.keys: dict[int, KeyMark] = {}
        self.chords: list[ChordSymbol] = []
        self.sections: list[SectionMark] = []

    def ticks(self, quarters: Fraction) -> int:
        return int(quarters * self.tpq)

    def bars(self, longest: list[AbcBar], first: list[AbcBar]) -> list[Bar]:
        """The first voice's bars (it usually carries the repeats), continued by the longest voice's."""
        end = first[-1].end if first else Fraction(0)
        together = [*first, *(bar for bar in longest if bar.start >= end)]
        return [
            Bar(
                self.ticks(bar.start),
                self.ticks(bar.end) - self.ticks(bar.start),
                "",
                bar.repeat_start,
                bar.repeat_end,
                bar.endings,
                bar.barline,
            )
            for bar in together
        ]

    def part(self, voice: AbcVoice, index: int, bar_ticks: list[int]) -> Part:
        directions: list[Direction] = []
        for sign in voice.signs:
            tick, end = self.ticks(sign.at), None if sign.end is None else self.ticks(sign.end)
            value = sign.value
            if isinstance(value, Meter):
                self.metres.setdefault(tick, MetreMark(tick, value.beats, value.beat_type, value.groups, value.symbol))
            elif isinstance(value, Key):
                self.keys.setdefault(tick, KeyMark(tick, value.fifths, value.mode))
            elif isinstance(value, TempoMark):
                self.tempos.append(value._replace(tick=tick))
            elif sign.kind == "section":
                self.sections.append(SectionMark(tick, str(value)))
            elif sign.kind == "chord":
                label = chord_label(str(value))
                if label is None:
                    directions.append(Direction(tick, "words", str(value), above=True))
                else:
                    self.chords.append(ChordSymbol(tick, label, text="" if chord_text(label) == value else str(value)))
            elif sign.kind.startswith("words"):
                directions.append(Direction(tick, "words", str(value), above={"above": True, "below": False}.get(sign.kind[6:])))
            else:
                directions.append(Direction(tick, sign.kind, str(value), end))
        notes = sorted_notes(self.note(note, voice) for note in voice.items)
        marked = with_tuplet_marks(notes, bar_ticks=bar_ticks, ticks_per_quarter=self.tpq)
        return Part(
            notes=tuple(note._replace(marks=ordered_marks(note.marks)) for note in marked),
            id=f"P{index + 1}",
            name=voice.label or (voice.name if len(voice.name) > 1 else ""),
            abbreviation=voice.abbreviation,
            is_percussion=voice.clef.startswith("perc"),
            clefs=_clefs(voice.clef),
            directions=tuple(sorted(directions, key=lambda sign: (sign.tick, sign.staff))),
        )

    def note(self, note: AbcNote, voice: AbcVoice) -> Note:
        duration = self.ticks(note.duration)
        written = plain_value(self.ticks(note.written), self.tpq) or nearest_value(self.ticks(note.written), self.tpq)
        value: NoteValue | None = None
        if note.grace:
            value = written
        elif note.ratio != (1, 1):
            value = NoteValue(written.kind, written.dots, *note.ratio)
        return Note(
            self.ticks(note.onset),
            duration,
            max(0, min(127, note.spelling.pitch + voice.transpose)),
            spelling=note.spelling if not voice.transpose else None,
            tied_to_previous=note.tied_to_previous,
            tied_to_next=note.tied_to_next,
            grace=note.grace,
            value=value,
            marks=tuple(note.marks),
            lyrics=tuple(note.lyrics),
        )


def _clefs(name: str) -> tuple[Clef, ...]:
    base = name.rstrip("+-8")
    if base not in _CLEFS:
        return ()
    sign, line = _CLEFS[base]
    return (Clef(0, 1, sign, line, -1 if name.endswith("-8") else 1 if name.endswith("+8") else 0),)


def _numbered(bars: list[Bar], metres: dict[int, MetreMark], tpq: int) -> tuple[Bar, ...]:
    """Number the bars: a short first one is a pick-up, number 0."""
    metre = metres.get(0)
    full = metre.beats * tpq * 4 // metre.beat_type if metre else 0
    first = 0 if bars and bars[0].duration < full else 1
    return tuple(bar._replace(number=str(first + index)) for index, bar in enumerate(bars))
