"""Tools on harmony and texture, each a lock put to `hexachord.composition.composing.compose`: chords, harmonise, accompany, arrange."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from hexachord.composition import locks
from hexachord.composition.clips import Clip, ClipPart, settled
from hexachord.composition.composing import Candidate, Composed, Request, asked_plan, compose, composed, provenance, read_clip
from hexachord.composition.filling import filled_score
from hexachord.composition.hands import on_two_staves
from hexachord.composition.plan import Plan
from hexachord.composition.roles import roles_of
from hexachord.composition.tools import continue_score
from hexachord.composition.vocabulary import Vocabulary
from hexachord.composition.writing import Draw, open_writer
from hexachord.errors import InputError
from hexachord.score.model import Score

VOICES = ("alto", "tenor", "low voice")
_TUNES = ("melody", "soprano", "bridge", "right", "winds", "strings")


def next_chords(score: Score, *, bars: int = 4, request: Request = Request(), draw: Draw = Draw()) -> Composed:
    """Say how the chords of a score may go on: chord symbols over empty bars behind it.

    Raises
    ------
    InputError : if the score has no chord symbols.
    """
    if not score.chords:
        raise InputError(
            score.title or "the score", found="no chord symbols", expected="some to go on from", next_step="harmonise it first"
        )
    return continue_score(score, bars=bars, roles=("chords",), request=replace(request, beats=True), draw=draw)


def harmonise(score: Score, *, voices: bool = False, request: Request = Request(), draw: Draw = Draw()) -> Composed:
    """Find chord symbols for what is written; those that are there are replaced.

    Parameters
    ----------
    voices : write alto, tenor and bass below the tune (the only part, or the highest), too, over the likeliest chords
    request, draw : as in `hexachord.composition.composing.compose`

    Examples
    --------
    >>> from hexachord.score.abc import read_abc
    >>> made = harmonise(read_abc("X:1\\nM:3/4\\nL:1/4\\nK:G\\nG B d|g3|"), draw=Draw(engine="chance"))
    >>> made.score.note_count, made.score.chords[0].tick
    (4, 0)
    """
    _check_notes(score)
    lock = ~locks.chord_symbols()
    found = compose(score, lock, roles=("chords",), request=replace(request, beats=True), draw=draw, tool="harmonise")
    if not voices:
        return found
    tune = _tune_role(score)
    style = request.style or "chorale"
    return compose(
        found.score,
        locks.part("soprano") | locks.chord_symbols(),
        roles=VOICES,
        request=replace(request, style=style),
        draw=draw,
        cast={tune: "soprano"},
        tool="harmonise",
    )


def accompany(
    score: Score, *, roles: Sequence[str] = ("piano",), find_chords: bool = True, request: Request = Request(), draw: Draw = Draw()
) -> Composed:
    """Write parts to what is there: a piano to a tune or a lead sheet, a bass, strings.

    Parameters
    ----------
    score : everything in it stays, but for parts of the same roles, which are written anew
    roles : who accompanies
    find_chords : where there are no chord symbols, find the likeliest first
    """
    _check_notes(score)
    if find_chords and not score.chords:
        quiet = replace(draw, progress=None, candidates=1)
        score = harmonise(score, request=Request(style=request.style), draw=quiet).score
    lock = locks.everything()
    for role in roles:
        lock = lock & ~_role_lock(role)
    words = Vocabulary()
    playing = {words.roles[role] for part in roles_of(score, vocabulary=words) for role in part.values()}
    cast = {} if playing - set(roles) else {min(playing): "melody"}  # a tune that somebody plays on a piano is still the tune
    made = compose(score, lock, roles=roles, request=request, draw=draw, cast=cast, tool="accompany")
    if "piano" not in roles:
        return made
    return replace(made, candidates=tuple(replace(each, score=on_two_staves(each.score)) for each in made.candidates))


def arrange_for_piano(score: Score, *, level: float | None = None, request: Request = Request(), draw: Draw = Draw()) -> Composed:
    """Arrange a score for a piano: the tune goes to the right hand, the lowest notes to the left, and what lies between is written anew.

    Parameters
    ----------
    level : how hard, 0 (a beginner's) to 1
    request : hands have five fingers each where its `most` says nothing
    """
    _check_notes(score)
    writer = open_writer(draw)
    words = writer.vocabulary
    clip, warnings = read_clip(score, request=request, vocabulary=words)
    given = outer_voices(clip, vocabulary=words)
    hands = tuple(words.roles.index(name) for name in ("right", "left"))
    fill = np.zeros((len(clip.bars), len(words.roles)), dtype=bool)
    fill[:, hands] = True
    wish = replace(
        request, most={"right": 5, "left": 5, **request.most}, difficulty=request.difficulty if level is None else level, least=0
    )
    plan = asked_plan(Plan(clip=given, fill=fill), given, wish, vocabulary=words)
    made = sorted(enumerate(writer.write(plan, draw)), key=lambda each: each[1].cost)
    trail = provenance(score, writer, draw, tool="arrange")
    page = replace(score, parts=(), groups=(), provenance=trail)
    candidates = []
    for number, each in made:
        fresh = np.zeros(len(each.given), dtype=bool)  # to the page, all of the piano is new
        candidates.append(Candidate(score=filled_score(page, each.clip, fresh, fill, vocabulary=words), nats=each.nats, number=number))
    return composed(tuple(candidates), made[0][1], draw=draw, writer=writer, warnings=warnings)


def outer_voices(clip: Clip, *, vocabulary: Vocabulary) -> Clip:
    """Give the tune to a right hand and what is lowest of the rest to a left one; chords and bars stay, drums go."""
    notes = clip.notes[clip.notes["role"] != vocabulary.drums]
    tune = next((role for name in _TUNES if np.any(notes["role"] == (role := vocabulary.roles.index(name)))), -1)
    moment = notes["bar"].astype(np.int64) * 1024 + notes["place"]
    upper = notes["role"] == tune if len(np.unique(notes["role"])) > 1 and tune >= 0 else _extreme(moment, notes["pitch"].astype(np.int64))
    lower = _extreme(moment, -notes["pitch"].astype(np.int64)) & ~upper & (notes["pitch"] < 60)
    made = notes[upper | lower].copy()
    made["role"] = np.where(upper[upper | lower], vocabulary.roles.index("right"), vocabulary.roles.index("left"))
    made = settled(made, clip.starts, durations=vocabulary.durations, drums=vocabulary.drums)
    players = tuple(
        ClipPart(role=vocabulary.roles.index(name), name="Piano", program=0, part=-1, staff=staff)
        for staff, name in enumerate(("right", "left"), start=1)
    )
    return replace(clip, notes=made, parts=players)


def _extreme(moment: np.ndarray, height: np.ndarray) -> np.ndarray:
    """Which notes are the highest of those that begin with them."""
    _, index = np.unique(moment, return_inverse=True)
    top = np.full(int(index.max(initial=-1)) + 1, -(1 << 30))
    np.maximum.at(top, index, height)
    return np.asarray(height == top[index])


def _role_lock(name: str) -> locks.Lock:
    """A lock on a role that need not be there."""

    def holds(asked: locks.Asked) -> np.ndarray:
        if name not in asked.vocabulary.roles:
            raise InputError(f"part {name!r}", found="no such part", expected=f"one of {', '.join(asked.vocabulary.roles)}")
        return np.asarray(asked.notes["role"] == asked.vocabulary.roles.index(name))

    return locks.Lock(f"part {name}", holds)


def _tune_role(score: Score) -> str:
    """The role that has the tune, by name."""
    words = Vocabulary()
    found = {words.roles[role] for part in roles_of(score, vocabulary=words) for role in part.values()}
    tune = next((name for name in _TUNES if name in found), "")
    if not tune:
        tune = min(found)
    return tune


def _check_notes(score: Score) -> None:
    if not score.note_count:
        raise InputError(score.title or "the score", found="no notes", expected="music", next_step="see `generate`")
