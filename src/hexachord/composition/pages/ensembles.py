"""Any score for a string quartet or a band, by rules: every note goes to the player who can and should have it.

Moment by moment the notes that begin are dealt to the players at the least cost (the assignment problem; H. W. Kuhn, Naval Research
Logistics Quarterly 2, 1955): the tune wants the leader and the bass the lowest, what a player had of a line stays with that player, nobody
leaps or breaks off for nothing, and what is out of a range moves by octaves. Players have one note at a time: no double stops. What adds no
tone to the harmony goes first when there are more notes than players. Ranges: S. Adler, *The Study of Orchestration*, ch. 3.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from hexachord.arrays import BoolArray
from hexachord.composition.pages.keeping import Kept, Played, bass_of, music_of, played_notes, what_is_kept
from hexachord.errors import InputError
from hexachord.score.edit import sorted_notes
from hexachord.score.model import Clef, Direction, Note, Part, PartGroup, Score


@dataclass(frozen=True, kw_only=True)
class Player:
    """Who plays: range in MIDI pitch, General MIDI program, clef, and how much each kind of note is wanted (the less, the more)."""

    name: str
    abbreviation: str
    program: int
    low: int
    high: int
    clef: tuple[str, int]
    tune: float
    bass: float
    inner: float
    middle: int


STRING_QUARTET = (
    Player(name="Violin I", abbreviation="Vln. I", program=40, low=55, high=93, clef=("G", 2), tune=0, bass=20, inner=5, middle=74),
    Player(name="Violin II", abbreviation="Vln. II", program=40, low=55, high=88, clef=("G", 2), tune=10, bass=14, inner=0, middle=67),
    Player(name="Viola", abbreviation="Vla.", program=41, low=48, high=81, clef=("C", 3), tune=14, bass=6, inner=0, middle=60),
    Player(name="Violoncello", abbreviation="Vc.", program=42, low=36, high=72, clef=("F", 4), tune=18, bass=0, inner=4, middle=48),
)
_OCTAVE, _LEAP, _SAME_LINE, _FAR = 4.0, 0.12, 4.0, 0.06
_CUT, _CUT_SURE = 4.0, 14.0
_DROP = {"tune": 40.0, "bass": 26.0, "new": 9.0, "doubled": 1.0}
_KEPT_SIGNS = ("dynamic", "wedge")
_PLAIN = ("staccato", "accent", "fermata", "tenuto")


@dataclass(frozen=True, kw_only=True)
class Arranged:
    """An arrangement: the score, how much of tune, bass and harmony it keeps, and how many notes were moved by octaves."""

    score: Score
    kept: Kept
    moved: int


@dataclass
class _Desk:
    """A player, and what was played so far."""

    player: Player
    notes: list[Note]
    is_sure: bool = False  # the last note was of the tune or the bass


def arrange_for_players(score: Score, *, players: Sequence[Player] = STRING_QUARTET) -> Arranged:
    """Deal the notes of a score to players.

    Parameters
    ----------
    score : of any instruments; percussion is left out
    players : from the highest to the lowest

    Raises
    ------
    InputError : if nothing but percussion plays.

    Examples
    --------
    >>> from hexachord.score.abc import read_abc
    >>> made = arrange_for_players(read_abc("X:1\\nL:1/2\\nK:C\\nV:1\\n[ceg]2|\\nV:2\\n[C,G,]2|\\n"))
    >>> [(part.name, [note.pitch for note in part.notes]) for part in made.score.parts]
    [('Violin I', [79]), ('Violin II', [76]), ('Viola', [55]), ('Violoncello', [48])]
    """
    score, notes, tune = music_of(score)
    if not notes:
        raise InputError(score.title or "the score", found="no pitched notes", expected="music to be arranged")
    notes, tune = _without_doublings(notes, tune)
    bass = bass_of(notes)
    desks = [_Desk(player, []) for player in players]
    by_onset: dict[int, list[int]] = {}
    for row, each in enumerate(notes):
        by_onset.setdefault(each.note.onset, []).append(row)
    moved = 0
    owners: _Owners = {}
    for onset in sorted(by_onset):
        moved += _deal(score, notes, by_onset[onset], desks, owners, tune, bass)
    signs = _signs(score)
    parts = tuple(_part(desk, number, signs) for number, desk in enumerate(desks, start=1))
    made = replace(score, parts=parts, groups=(PartGroup(0, len(parts) - 1),))
    return Arranged(score=made, kept=what_is_kept(score, notes, played_notes(made), tune=tune), moved=moved)


def _deal(
    score: Score, notes: list[Played], rows: list[int], desks: list[_Desk], owners: "_Owners", tune: BoolArray, bass: BoolArray
) -> int:
    """Give what begins at one moment to players; says how many notes moved by octaves."""
    from scipy.optimize import linear_sum_assignment

    onset = notes[rows[0]].note.onset
    sounding = {desk.notes[-1].pitch % 12 for desk in desks if desk.notes and desk.notes[-1].end > onset}
    costs = np.full((len(rows), len(desks) + len(rows)), 1e6)
    seen = set(sounding) | {notes[row].note.pitch % 12 for row in rows if tune[row] or bass[row]}
    for index, row in enumerate(rows):
        kind = "tune" if tune[row] else "bass" if bass[row] else "doubled" if notes[row].note.pitch % 12 in seen else "new"
        seen.add(notes[row].note.pitch % 12)
        costs[index, len(desks) + index] = _DROP[kind]
        for place, desk in enumerate(desks):
            costs[index, place] = _cost(score, notes[row], desk, kind)
            if place in owners.get(notes[row].line, ()):
                costs[index, place] -= _SAME_LINE
    moved = 0
    dealt: _Owners = {}
    for index, place in zip(*(side.tolist() for side in linear_sum_assignment(costs)), strict=True):
        if place >= len(desks):
            continue
        row, desk = rows[index], desks[place]
        pitch = _in_range(notes[row].note.pitch, desk)
        moved += pitch != notes[row].note.pitch
        _play(desk, notes[row], pitch, is_sure=bool(tune[row] or bass[row]))
        dealt.setdefault(notes[row].line, set()).add(place)
    owners.update(dealt)
    return moved


_Owners = dict[tuple[int, int, int], set[int]]
"""Part, staff, voice → who had the last of it."""


def _cost(score: Score, each: Played, desk: _Desk, kind: str) -> float:
    note, player = each.note, desk.player
    pitch = _in_range(note.pitch, desk)
    cost = {"tune": player.tune, "bass": player.bass}.get(kind, player.inner)
    cost += _OCTAVE * abs(pitch - note.pitch) / 12 + _FAR * abs(pitch - player.middle)
    if not desk.notes:
        return cost
    last = desk.notes[-1]
    cost += _LEAP * abs(pitch - last.pitch)
    if last.end > note.onset:
        left = min(1.0, (last.end - note.onset) / score.ticks_per_quarter)
        cost += _CUT_SURE * max(left, 0.5) if desk.is_sure else _CUT * left
    return cost


def _in_range(pitch: int, desk: _Desk) -> int:
    """The pitch, or the octave of it that the player has; of several the one nearest to what was played last."""
    player = desk.player
    if player.low <= pitch <= player.high:
        return pitch
    able = [way for way in range(pitch % 12, 128, 12) if player.low <= way <= player.high]
    near = desk.notes[-1].pitch if desk.notes else player.middle
    return min(able, key=lambda way: (abs(way - pitch) // 12, abs(way - near)))


def _play(desk: _Desk, each: Played, pitch: int, *, is_sure: bool) -> None:
    note = each.note
    if desk.notes and desk.notes[-1].end > note.onset:
        desk.notes[-1] = desk.notes[-1]._replace(duration=note.onset - desk.notes[-1].onset)
    spelling = note.spelling and note.spelling._replace(octave=note.spelling.octave + (pitch - note.pitch) // 12)
    marks = tuple(mark for mark in note.marks if mark.startswith(_PLAIN))
    desk.notes.append(note._replace(pitch=pitch, spelling=spelling, staff=1, voice=1, lyrics=(), marks=marks, value=None))
    desk.is_sure = is_sure


def _without_doublings(notes: list[Played], tune: BoolArray) -> tuple[list[Played], BoolArray]:
    """One note where several play the same pitch at the same moment: the longest, and of the tune if one of them is."""
    kept: list[Played] = []
    sung: list[bool] = []
    for each, mine in zip(notes, tune.tolist(), strict=True):  # sorted by onset, pitch, the longest first
        if kept and (kept[-1].note.onset, kept[-1].note.pitch) == (each.note.onset, each.note.pitch):
            if mine and not sung[-1]:
                kept[-1], sung[-1] = each, True
        else:
            kept.append(each)
            sung.append(mine)
    return kept, np.array(sung, dtype=bool)


def _part(desk: _Desk, number: int, signs: tuple[Direction, ...]) -> Part:
    player = desk.player
    return Part(
        id=f"P{number}",
        name=player.name,
        abbreviation=player.abbreviation,
        program=player.program,
        notes=sorted_notes(desk.notes),
        clefs=(Clef(0, 1, *player.clef),),
        directions=signs,
    )


def _signs(score: Score) -> tuple[Direction, ...]:
    """The loudness signs of the part that has most of them, for everybody."""
    best = max(score.parts, key=lambda part: sum(sign.kind in _KEPT_SIGNS for sign in part.directions))
    return tuple(sign._replace(staff=1, above=None) for sign in best.directions if sign.kind in _KEPT_SIGNS)


_LEAD = Player(name="Lead", abbreviation="Ld.", program=65, low=48, high=88, clef=("G", 2), tune=0, bass=30, inner=30, middle=69)
_BASS = Player(name="Bass", abbreviation="B.", program=33, low=28, high=55, clef=("F", 4), tune=30, bass=0, inner=30, middle=40)
_KEYS_LOW, _KEYS_HIGH, _KEYS_MOST, _KEYS_SPAN = 50, 81, 4, 14


def arrange_for_band(score: Score, *, style: str = "pop", seed: int = 0) -> Arranged:
    """Make a band of a score: a lead with the tune, keys with what lies between, a bass, and drums.

    Parameters
    ----------
    score : of any instruments; its own drums stay, where there are none they are made (`hexachord.composition.drums.drumify`), on
        the grid, to be read; `hexachord.composition.drums.groove.humanise` plays them
    style, seed : of the drums

    Raises
    ------
    InputError : if nothing but percussion plays, or there is no such style.

    Examples
    --------
    >>> from hexachord.score.builtin import builtin_score
    >>> [part.name for part in arrange_for_band(builtin_score("six-small-notes")).score.parts]
    ['Lead', 'Keys', 'Bass', 'Drums']
    """
    from hexachord.composition.drums.drumify import drumify
    from hexachord.composition.pages.piano_page import two_staves

    score, notes, tune = music_of(score)
    if not notes:
        raise InputError(score.title or "the score", found="no pitched notes", expected="music to be arranged")
    notes, tune = _without_doublings(notes, tune)
    bass = bass_of(notes)
    lead, low = _Desk(_LEAD, []), _Desk(_BASS, [])
    inner: dict[int, list[Note]] = {}
    moved = 0
    for row, each in enumerate(notes):
        if tune[row] or bass[row]:
            desk = lead if tune[row] else low
            pitch = _in_range(each.note.pitch, desk)
            moved += pitch != each.note.pitch
            _play(desk, each, pitch, is_sure=True)
        else:
            inner.setdefault(each.note.onset, []).append(each.note)
    keys = [note for onset in sorted(inner) for note in _grip(inner[onset])]
    board = two_staves(
        [note for note in keys if note.pitch < 60], [note for note in keys if note.pitch >= 60], part=Part(name="Keys", program=4)
    )
    signs = _signs(score)
    parts = [_part(lead, 1, signs), replace(board, id="P2"), _part(low, 3, ())]
    pitched = replace(score, parts=tuple(part for part in parts if part.notes), groups=())
    own = [part for part in score.parts if part.is_percussion and part.notes]
    made = drumify(pitched, style=style, strength=0.0, seed=seed) if not own else pitched
    drums = own or [made.parts[-1]]
    named = [replace(part, id=f"D{number}", name=part.name or "Drums") for number, part in enumerate(drums, start=1) if part.notes]
    made = replace(pitched, parts=(*pitched.parts, *named))
    return Arranged(score=made, kept=what_is_kept(score, notes, played_notes(made), tune=tune), moved=moved)


def _grip(notes: list[Note]) -> list[Note]:
    """What keys strike together: new tones first, in the middle of the keyboard, within reach."""
    out: list[Note] = []
    for note in sorted(notes, key=lambda each: -each.duration):
        pitch = note.pitch
        while pitch < _KEYS_LOW:
            pitch += 12
        while pitch > _KEYS_HIGH:
            pitch -= 12
        there = [each.pitch for each in out]
        if pitch % 12 in {each % 12 for each in there} or len(out) >= _KEYS_MOST:
            continue
        if there and max(*there, pitch) - min(*there, pitch) > _KEYS_SPAN:
            continue
        spelling = note.spelling and note.spelling._replace(octave=note.spelling.octave + (pitch - note.pitch) // 12)
        out.append(note._replace(pitch=pitch, spelling=spelling, lyrics=(), marks=(), value=None))
    return out
