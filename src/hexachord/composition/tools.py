"""Small tools on scores, each a lock and a wish put to `hexachord.composition.composing.compose`: continue, generate, infill, vary."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from hexachord.arrays import BoolArray
from hexachord.composition import locks
from hexachord.composition.clips import Clip
from hexachord.composition.composing import (
    Candidate,
    Composed,
    Request,
    asked_plan,
    check_style,
    compose,
    composed,
    provenance,
    role_number,
    with_players,
)
from hexachord.composition.constraints import beat_places
from hexachord.composition.controls import Controls
from hexachord.composition.extending import blank_clip, check_bars, with_more_bars
from hexachord.composition.hands import on_two_staves, with_readable_lengths
from hexachord.composition.locks import Asked, Lock
from hexachord.composition.mood import Mood
from hexachord.composition.plan import Plan
from hexachord.composition.scores import score_of
from hexachord.composition.sections import parse_sections, usual_sections, with_sections
from hexachord.composition.vocabulary import CHORD, GRID, Vocabulary
from hexachord.composition.writing import Draw, open_writer
from hexachord.errors import InputError
from hexachord.score.model import Score
from hexachord.score.timing import bars_of

_PLAYERS = {
    "pop": ("chords", "melody", "piano"),
    "piano pop": ("chords", "piano"),
    "art song": ("melody", "right", "left"),
    "classical": ("right", "left"),
    "tune": ("chords", "melody"),
    "chorale": ("soprano", "alto", "tenor", "low voice"),
}
"""Who plays in a style where nobody says; of all others the model knows drums alone."""
DEFAULT_STYLE = "pop"


def continue_score(
    score: Score, *, bars: int = 8, roles: Sequence[str] | None = None, request: Request = Request(), draw: Draw = Draw()
) -> Composed:
    """Go on where a score ends.

    Parameters
    ----------
    score : what has been; all of it stays. One longer than the context is told from its last bars on
    bars : how many are to follow, in the metre, key and tempo of the end
    roles : who goes on; everybody, and chord symbols if there are any, when left out
    request, draw : as in `hexachord.composition.composing.compose`

    Examples
    --------
    >>> from hexachord.score.abc import read_abc
    >>> made = continue_score(read_abc("X:1\\nM:3/4\\nL:1/4\\nK:G\\nG B d|g3|"), bars=4, draw=Draw(engine="chance"))
    >>> made.bars, made.kept
    (6, 4)
    """
    check_bars(bars)
    _check_music(score)
    longer = with_more_bars(score, bars)
    return compose(longer, _before(score, longer, bars), roles=roles, request=request, draw=draw, tool="continue")


def _check_music(score: Score) -> None:
    if not score.note_count and not score.chords:
        raise InputError(score.title or "the score", found="no notes and no chords", expected="music", next_step="see `generate`")


def _before(score: Score, longer: Score, bars: int) -> Lock:
    """Lock what is there; the rest of a last bar that was too short is free."""
    lines = bars_of(longer)
    first = len(lines) - bars  # the first new bar
    ended = {line.tick: line.duration for line in bars_of(score)}.get(lines[first - 1].tick, lines[first - 1].duration)
    short = ended < lines[first - 1].duration
    at = ended * GRID // longer.ticks_per_quarter

    def holds(asked: Asked) -> BoolArray:
        new = len(asked.clip.bars) - bars  # a long bar may have been laid as several
        held = asked.notes["bar"] < new
        if short:
            held &= ~((asked.notes["bar"] == new - 1) & (asked.notes["place"] >= at + int(asked.clip.bars["first"][new - 1])))
        return np.asarray(held)

    return Lock(f"bars 1-{first}", holds)


def infill(
    score: Score,
    first: int,
    last: int,
    *,
    roles: Sequence[str] | None = None,
    chords: bool = False,
    request: Request = Request(),
    draw: Draw = Draw(),
) -> Composed:
    """Write bars anew between those before and those after, drawn towards the bars of the piece that stand where they do.

    Parameters
    ----------
    first, last : bars, counted from 1, both included
    roles : only these parts; everybody when left out
    chords : find other chord symbols, too; those that are there stay when left out
    """
    lock = ~locks.bars(first, last)
    kept = lock if chords else lock | locks.chord_symbols()
    return compose(score, kept, roles=roles, request=replace(request, recall=True), draw=draw, tool="infill")


def vary(
    score: Score, *, amount: float = 0.3, roles: Sequence[str] | None = None, request: Request = Request(), draw: Draw = Draw()
) -> Composed:
    """Write a share of the notes anew, about as many as there were.

    Notes between the beats go first, those on strong beats last; which ones, chance decides by the seed. Chord symbols stay.

    Parameters
    ----------
    amount : 0 to 1, the share of notes that go
    """
    if not 0 < amount <= 1:
        raise InputError(f"amount {amount:g}", found="no share", expected="more than 0, and 1 at most")

    gone: list[BoolArray] = []  # which notes go, and where their gaps are: (bars, roles, places)

    def holds(asked: Asked) -> BoolArray:
        if not gone:
            gone.extend(_thinned(asked.clip, amount, seed=draw.seed, roles=len(asked.vocabulary.roles)))
        table = asked.notes
        if not asked.real:
            return np.asarray((table["role"] == CHORD) | ~gone[1][table["bar"], table["role"], table["place"]])
        return np.asarray(~gone[0]) if not np.any(table["role"] == CHORD) else np.ones(len(table), dtype=bool)

    lock = Lock(f"all but {amount:.0%} of the notes", holds)
    return compose(score, lock, roles=roles, request=replace(request, note_counts=True), draw=draw, tool="vary")


def _thinned(clip: Clip, amount: float, *, seed: int, roles: int) -> tuple[BoolArray, BoolArray]:
    """Say which notes go, and where there is room for others: from each of them to the next of its part that stays."""
    notes = clip.notes
    longest = int(clip.lengths.max(initial=1))
    at = np.clip(notes["place"], 0, longest - 1)
    weight = _strength(clip)[notes["bar"], at] + np.random.default_rng(seed).random(len(notes))
    goes = np.zeros(len(notes), dtype=bool)
    goes[np.argsort(weight, kind="stable")[: max(1, round(amount * len(notes)))]] = True
    room = np.zeros((len(clip.bars), roles, longest), dtype=bool)
    for bar, role, place in zip(notes["bar"][goes].tolist(), notes["role"][goes].tolist(), at[goes].tolist(), strict=True):
        stays = at[(notes["bar"] == bar) & (notes["role"] == role) & ~goes & (at > place)]
        room[bar, role, place : int(stays.min(initial=longest))] = True
    return goes, room


def _strength(clip: Clip) -> np.ndarray:
    """(bars, places) 0 between beats, 0.5 on them, 0.8 on the strong ones."""
    table = np.zeros((len(clip.bars), int(clip.lengths.max(initial=1)) + 1))
    for bar, row in enumerate(clip.bars):
        beats, beat_type = int(row["beats"]), int(row["beat_type"])
        table[bar, list(beat_places(beats, beat_type))] = 0.5
        table[bar, list(beat_places(beats, beat_type, every_beat=False))] = 0.8
    return table


def generate(
    bars: int = 16,
    *,
    metre: str = "4/4",
    key: str = "",
    quarter_bpm: float = 0.0,
    style: str = DEFAULT_STYLE,
    roles: Sequence[str] | None = None,
    chords: str = "",
    sections: str | None = None,
    mood: Mood = Mood(),
    title: str = "",
    request: Request = Request(),
    draw: Draw = Draw(),
) -> Composed:
    """Compose from nothing.

    Parameters
    ----------
    bars, metre, key, quarter_bpm, chords : as `hexachord.composition.extending.blank_clip` takes them
    style : one of the vocabulary's; it also says who plays where `roles` does not
    sections : as ``A8 A8 B8 A8``, or ``AABA`` for sections of equal length; nothing for music without a plan. That of many songs
        (`hexachord.composition.sections.usual_sections`) when left out
    mood : chooses key, tempo, densities and registers of which nothing else is said
    request : as in `compose`; notes lean to the key's scale, and keep to it if so wished

    Raises
    ------
    InputError : if the wishes contradict one another.

    Examples
    --------
    >>> made = generate(8, metre="7/8", key="E minor", quarter_bpm=90, roles=["melody"], sections="AABA", draw=Draw(engine="chance"))
    >>> made.bars, made.score.metres[0].beats, made.score.tempos[0].quarter_bpm, made.score.keys[0].fifths
    (8, 7, 90.0, 1)
    """
    style = request.style or style
    sections = usual_sections(bars) if sections is None else sections
    plan_sections = parse_sections(sections, bars=bars) if sections else ()
    writer = open_writer(draw)
    words = writer.vocabulary
    check_style(style, words)
    if mood:
        key, quarter_bpm = key or mood.key(draw.seed), quarter_bpm or mood.quarter_bpm()
    clip = blank_clip(bars, metre=metre, key=key, quarter_bpm=quarter_bpm, chords=chords, style=style, vocabulary=words)
    players = tuple(roles) if roles is not None else _PLAYERS.get(style, ("drums",))
    numbers = tuple(sorted({role_number(name, words) for name in players}))
    clip = with_players(clip, numbers, vocabulary=words)
    fill = np.zeros((bars, len(words.roles)), dtype=bool)
    fill[:, numbers] = True
    if len(clip.chords):
        fill[:, CHORD] = False
    plan = Plan(clip=clip, fill=fill)
    controls, ranges = request.controls or Controls(), request.ranges
    if mood:
        controls = mood.controls(controls, numbers, style=style, vocabulary=words)
        ranges = {**mood.ranges(numbers, style=style, vocabulary=words), **ranges}
    plan = asked_plan(plan, clip, replace(request, style=style, controls=controls, ranges=ranges), vocabulary=words)
    if plan_sections:
        plan = with_sections(plan, plan_sections)
    made = sorted(enumerate(writer.write(plan, draw)), key=lambda each: each[1].cost)
    trail = provenance(Score(), writer, draw, tool="generate")
    candidates = tuple(
        Candidate(score=replace(_page(mood.loudness(each.clip), words, title), provenance=trail), nats=each.nats, number=number)
        for number, each in made
    )
    return composed(candidates, made[0][1], draw=draw, writer=writer)


def _page(clip: Clip, vocabulary: Vocabulary, title: str) -> Score:
    return with_readable_lengths(on_two_staves(score_of(clip, vocabulary=vocabulary, title=title)))
