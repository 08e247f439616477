"""Any part on a fretted instrument: a score's notes get strings and frets, its chord symbols become strummed grips."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from hexachord.errors import InputError
from hexachord.score.edit import sorted_notes, with_bars, with_metre
from hexachord.score.model import Bar, Clef, Direction, MetreMark, Note, Part, Score
from hexachord.score.notes import merge_ties
from hexachord.score.tablature import TAB, misplaced, place_of, with_place
from hexachord.score.timing import TempoMap, beat_duration, metre_at, tempo_map_of
from hexachord.theory.capo import choose_capo
from hexachord.theory.chord_grips import chord_grip
from hexachord.theory.chord_labels import parse_chord
from hexachord.theory.fingering import best_capo, finger_notes
from hexachord.theory.fretboard import TUNINGS, Fretboard, fretboard

_GUITARS = range(24, 40)  # General MIDI: guitars and basses
_BASS = 33
_CHORD_S = 0.012  # struck together on paper is struck together; a performance spreads
_GRACE_S = 0.08
_DOWN, _UP, _UP_STRINGS = 76, 62, 4  # an upstroke is lighter and catches the upper strings


def with_tablature(score: Score, *, tuning: str = "standard", capo: int | None = 0, part: int | None = None) -> Score:
    """Give a part's notes strings and frets, and a staff of tablature under them.

    Parameters
    ----------
    tuning : a name or notes (`hexachord.theory.fretboard.fretboard`)
    capo : the fret it sits on; None puts it where the notes lie easiest
    part : which one; when not given the first that is a guitar or a bass, else the one with most notes

    Returns
    -------
    The score with that part on one staff and its tablature. Notes that cannot be played are gone or moved by octaves, which
    `Score.warnings` says.

    Raises
    ------
    InputError : if no part has a pitched note, or there is no such tuning.
    """
    index = _part_for_strings(score) if part is None else part
    old = score.parts[index]
    before = instructions(_board_of(old)) if old.tuning else ""
    old = replace(old, directions=tuple(sign for sign in old.directions if sign.kind != "words" or not before or sign.value != before))
    new, board, words = _fingered(old, fretboard(tuning, capo=capo or 0), tempo_map_of(score), any_capo=capo is None)
    return _with_part(score, index, on_fretboard(new, board), words)


def refingered(score: Score) -> Score:
    """Give strings and frets anew to the parts on strings in which an edit left notes without a place, or in a wrong one.

    Returns
    -------
    The same score where every note of a part with a tuning lies where it sounds
    """
    for index, part in enumerate(score.parts):
        if not part.tuning or part.is_percussion:
            continue
        homeless = any(place_of(note) is None and not note.tied_to_previous for note in part.notes)
        if homeless or misplaced(part.notes, tuning=part.tuning, capo=part.capo):
            new, _, words = _fingered(part, _board_of(part), tempo_map_of(score), any_capo=False)
            score = _with_part(score, index, new, words)
    return score


def _board_of(part: Part) -> Fretboard:
    named = next((board for board in TUNINGS.values() if board.open_pitches == part.tuning), None)
    return replace(named or Fretboard(open_pitches=part.tuning, program=part.program), capo=part.capo)


def _with_part(score: Score, index: int, part: Part, words: str) -> Score:
    parts = (*score.parts[:index], part, *score.parts[index + 1 :])
    return replace(score, parts=parts, warnings=(*score.warnings, words) if words else score.warnings)


def _fingered(part: Part, board: Fretboard, clock: TempoMap, *, any_capo: bool) -> tuple[Part, Fretboard, str]:
    """The part on one staff with strings and frets, on which fretboard, and what could not be played."""
    sounding = merge_ties(part.notes)
    onset = clock.seconds(np.array([note.onset for note in sounding], dtype=np.int64))
    end = clock.seconds(np.array([note.end for note in sounding], dtype=np.int64))
    waiting = Counter[int]()
    for row in reversed(range(len(sounding))):  # grace notes come one after another before their note
        note = sounding[row]
        if note.grace:
            waiting[note.onset] += 1
            onset[row] -= _GRACE_S * waiting[note.onset]
            end[row] = onset[row] + _GRACE_S
    pitch = np.array([note.pitch for note in sounding], dtype=np.int64)
    if any_capo:
        board = replace(board, capo=best_capo(onset, end, pitch, board=board))
    hand = finger_notes(onset, end, pitch, board=board, chord_s=_CHORD_S)
    places = {_identity(note): (int(hand.string[row]), int(hand.fret[row]), int(hand.octaves[row])) for row, note in enumerate(sounding)}
    notes: list[Note] = []
    held: dict[tuple[int, ...], tuple[int, int, int]] = {}  # what a tie goes on from
    for note in part.notes:
        place = held.pop(_identity(note), None) if note.tied_to_previous else None
        place = place or places.get(_identity(note))
        if place is None or place[0] == 0:
            continue
        if note.tied_to_next:
            held[_identity(note._replace(onset=note.end))] = place
        spelling = note.spelling and note.spelling._replace(octave=note.spelling.octave + place[2])
        moved = note._replace(staff=1, pitch=note.pitch + 12 * place[2], spelling=spelling)
        notes.append(with_place(moved, place[0], place[1]))
    signs = tuple(sign._replace(staff=1) for sign in part.directions)
    return replace(part, notes=sorted_notes(notes), directions=signs), board, hand.words


def _identity(note: Note) -> tuple[int, ...]:
    return (note.onset, note.pitch, note.staff, note.voice, int(note.grace))


def strummed(score: Score, *, tuning: str = "standard", capo: int | None = 0, pattern: str = "D-DU-UDU") -> Score:
    """Play the chord symbols of a score on a guitar: one part with the grip of each chord, strummed.

    Parameters
    ----------
    score : with chord symbols in Harte's syntax; what is none (``N``, words) rests
    tuning, capo : as in `with_tablature`; for None the capo goes where the shapes are easiest (`hexachord.theory.capo`)
    pattern : strokes of a bar in equal steps, ``D`` down, ``U`` up, ``-`` none; bars of another metre than 4/4 get a downstroke a beat

    Returns
    -------
    The score with this part instead of its own; bars, tempi, keys, sections and symbols stay

    Raises
    ------
    InputError : if no symbol of the score is a chord.

    Examples
    --------
    >>> from hexachord.score.model import ChordSymbol
    >>> from hexachord.score.tablature import place_of
    >>> chart = Score(chords=(ChordSymbol(0, "C:maj", 40320),), metres=(MetreMark(0, 4, 4),))
    >>> notes = strummed(chart, pattern="D---").parts[0].notes
    >>> [(note.pitch, *place_of(note)) for note in notes]
    [(48, 5, 3), (52, 4, 2), (55, 3, 0), (60, 2, 1), (64, 1, 0)]
    """
    symbols = sorted(score.chords, key=lambda symbol: symbol.tick)
    known = [symbol for symbol in symbols if _is_chord(symbol.label)]
    if not known:
        raise InputError(score.title or "the score", found="no chord symbols", expected="chords to strum")
    board = fretboard(tuning, capo=capo or 0)
    if capo is None:
        ends = [*(symbol.tick for symbol in symbols[1:]), score.end_tick]
        lengths = [float(max(1, end - symbol.tick)) for symbol, end in zip(symbols, ends, strict=True) if _is_chord(symbol.label)]
        board = replace(board, capo=choose_capo([symbol.label for symbol in known], durations_s=lengths)[0].fret)
    last = max((symbol.end or symbol.tick + 1 for symbol in symbols), default=0)
    whole = with_bars(with_metre(replace(score, parts=(Part(notes=(Note(0, max(last, score.end_tick), 60),)),))))
    if not score.bars:
        whole = replace(whole, bars=(*whole.bars[:-1], whole.bars[-1]._replace(barline="light-heavy")))
    following = [*(symbol.tick for symbol in symbols[1:]), whole.end_tick]
    notes: list[Note] = []
    for bar in whole.bars:
        strokes = list(_strokes(bar, metre_at(whole, bar.tick), whole.ticks_per_quarter, pattern))
        for symbol, after in zip(symbols, following, strict=True):
            until = min(after, bar.end, symbol.end or after)
            if not _is_chord(symbol.label) or until <= bar.tick or symbol.tick >= bar.end:
                continue
            grip = chord_grip(symbol.label, board)
            own = [(at, is_up) for at, is_up in strokes if symbol.tick <= at < until]
            if (not own or own[0][0] > symbol.tick) and symbol.tick >= bar.tick:
                own.insert(0, (symbol.tick, False))  # a chord is struck where it begins
            ends = [*(at for at, _ in own[1:]), until]
            for (at, is_up), end in zip(own, ends, strict=True):
                for string, fret in grip[-_UP_STRINGS:] if is_up else grip:
                    note = Note(at, end - at, board.pitch_at(string, fret), velocity=_UP if is_up else _DOWN)
                    notes += _halves(with_place(note, string, fret), bar)
    part = on_fretboard(Part(name="Guitar", notes=sorted_notes(notes)), board)
    return replace(whole, parts=(part,), groups=())


def on_fretboard(part: Part, board: Fretboard) -> Part:
    """A part's staff and tablature under it, with clefs, tuning and what a player does before the first note."""
    words = instructions(board)
    signs = (Direction(0, "words", words, above=True),) if words else ()
    return replace(
        part,
        staves=2,
        clefs=(staff_clef(board), Clef(0, 2, TAB, 5)),
        directions=(*signs, *part.directions),
        program=part.program if part.program in _GUITARS else board.program,
        tuning=board.open_pitches,
        capo=board.capo,
    )


def staff_clef(board: Fretboard) -> Clef:
    """The clef an instrument's music is written in: guitars and basses an octave above their sound, ukuleles where they are."""
    low = min(board.open_pitches)
    return Clef(0, 1, "F", 4, -1) if low < 36 else Clef(0, 1, "G", 2, -1 if low < 55 else 0)


def instrument_name(board: Fretboard) -> str:
    """What the part is called.

    Examples
    --------
    >>> [instrument_name(fretboard(name)) for name in ("dadgad", "bass", "ukulele")]
    ['Guitar', 'Bass', 'Ukulele']
    """
    return "Bass" if board.program == _BASS else "Ukulele" if "ukulele" in board.name else "Guitar"


def instructions(board: Fretboard) -> str:
    """What stands over the first bar: an unusual tuning, the capo.

    Examples
    --------
    >>> instructions(fretboard("drop D", capo=2)), instructions(fretboard())
    ('Tuning D A D G B E, Capo fret 2', '')
    """
    words = [] if board.name in ("standard", "bass", "ukulele") else [f"Tuning {board.note_names}"]
    return ", ".join([*words, f"Capo fret {board.capo}"] if board.capo else words)


def _part_for_strings(score: Score) -> int:
    pitched = [index for index, part in enumerate(score.parts) if part.notes and not part.is_percussion]
    if not pitched:
        raise InputError(score.title or "the score", found="no pitched notes", expected="music to play on strings")
    guitars = [index for index in pitched if score.parts[index].program in _GUITARS]
    return guitars[0] if guitars else max(pitched, key=lambda index: len(score.parts[index].notes))


def _is_chord(label: str) -> bool:
    try:
        return parse_chord(label).is_chord
    except ValueError:
        return False


def _halves(note: Note, bar: Bar) -> tuple[Note, ...]:
    """A chord struck before the middle of a bar and held over it is tied there, for a reader looks for the beat."""
    middle = bar.tick + bar.duration // 2
    if not note.onset < middle < note.end or (note.onset - bar.tick) % (bar.duration // 4) == 0:
        return (note,)
    return (
        note._replace(duration=middle - note.onset, tied_to_next=True),
        note._replace(onset=middle, duration=note.end - middle, tied_to_previous=True),
    )


def _strokes(bar: Bar, metre: MetreMark, tpq: int, pattern: str) -> Iterator[tuple[int, bool]]:
    """When the hand strikes in a bar, and whether upwards."""
    strokes = pattern.replace(" ", "")
    if (metre.beats, metre.beat_type) == (4, 4) and bar.duration == 4 * tpq and strokes:
        step = bar.duration // len(strokes)
        yield from ((bar.tick + place * step, stroke in "Uu") for place, stroke in enumerate(strokes) if stroke in "DdUu")
        return
    yield from ((at, False) for at in range(bar.tick, bar.end, beat_duration(metre, ticks_per_quarter=tpq)))
