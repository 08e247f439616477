"""A chorale from a tune: soprano, alto, tenor and bass, the way Bach might have set it.

What is given (the soprano, another voice, several, or all but some bars) stays as it stands on the page; the rest is written by blocked
Gibbs sampling with a network that learnt from Bach's chorales (`hexachord.composition.chorale.sampling`), several times over; places with
voice-leading faults are written again until a teacher would let them pass (`hexachord.composition.chorale.repair`), and what is likeliest
with the fewest faults comes first.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from hexachord.arrays import BoolArray, IntArray
from hexachord.composition.chorale.grid import ChoraleGrid, chorale_grid_of, find_line
from hexachord.composition.chorale.network import DOWN, NETWORK, STEPS, VOICES, classes_of, move_to_plain, pitches_of
from hexachord.composition.chorale.page import written_voices
from hexachord.composition.chorale.repair import fault_weight, free_faults, repaired
from hexachord.composition.chorale.sampling import GibbsOptions, block_nats, likely_move, sample_voices
from hexachord.errors import InputError
from hexachord.score.edit import transposed
from hexachord.score.model import Note, Score
from hexachord.score.timing import bars_of
from hexachord.theory.voice_leading import REST, SATB, SATB_NAMES, Fault, fault_rates

ENGINE = "chorale/gibbs"
_SHORTEST = 4
"""Notes that a tune must have: fewer say nothing about a key."""
_BEYOND = 2
"""Semitones by which what is given may leave its singer's range before it is moved."""


@dataclass(frozen=True, kw_only=True)
class ChoraleOptions:
    """What is wished of a chorale.

    Attributes
    ----------
    seed : of everything that is random
    candidates : how many are written, each from chances of its own
    sweeps : how often the voices of each are written over
    temperature : below 1 what is likely gets likelier; above 1 it becomes bold
    repairs : rounds of mending voice-leading faults; 0 leaves what was sampled
    beat : what the tune moves in: eighth, quarter or half; found out when empty
    given : voice → part that has it, or "" for whichever it seems to be; what is not here is written
    bars : first and last bar that are written, counted from 1; then all voices must be there. All when None
    model : a network by name, or the path of one
    """

    seed: int = 0
    candidates: int = 4
    sweeps: int = 12
    temperature: float = 0.9
    repairs: int = 10
    beat: str = ""
    given: Mapping[str, str] = field(default_factory=lambda: {"soprano": ""})
    bars: tuple[int, int] | None = None
    model: str = NETWORK

    def gibbs(self) -> GibbsOptions:
        """Say it as the sampler takes it."""
        return GibbsOptions(sweeps=self.sweeps, temperature=self.temperature, seed=self.seed, model=self.model)


@dataclass(frozen=True, kw_only=True, eq=False)
class ChoraleCandidate:
    """One setting.

    Attributes
    ----------
    score : four parts
    rows : (steps, voices) MIDI numbers of the grid, with `hexachord.theory.voice_leading.REST`
    nats : how surprising the network finds a cell of what was written: the lower, the likelier
    faults : voice-leading faults that are left where something was written; their moments are steps of the grid
    rates : faults of each kind per hundred moves
    number : its place in the order of drawing
    """

    score: Score
    rows: IntArray
    nats: float
    faults: tuple[Fault, ...]
    rates: Mapping[str, float]
    number: int


@dataclass(frozen=True, kw_only=True, eq=False)
class Chorale:
    """What was written: settings, the best first; the grid; by how many semitones the music was moved; what there is to say."""

    candidates: tuple[ChoraleCandidate, ...]
    grid: ChoraleGrid
    seed: int
    transposed: int = 0
    warnings: tuple[str, ...] = ()

    @property
    def score(self) -> Score:
        """The best."""
        return self.candidates[0].score


def chorale(score: Score, *, options: ChoraleOptions = ChoraleOptions(), progress: Callable[[float], None] | None = None) -> Chorale:
    """Set a tune for four voices.

    Parameters
    ----------
    score : any that has the tune: alone, as the top line of a piano, as the singer's part of a song, as one of four voices. Repeats stay
        signs on the page
    options : what is wished
    progress : told the part that is done, 0 to 1

    Returns
    -------
    Settings of soprano, alto, tenor and bass. What was given stays note for note; if it lies too high or low for its singers, the music is
    moved by octaves, or by as few semitones as will do, and a warning says so

    Raises
    ------
    InputError : if there is no tune, too little of it, or its compass is too wide for one singer; if all is given; if an option is unknown.

    Examples
    --------
    >>> from hexachord.score.abc import read_abc
    >>> tune = read_abc("X:1\\nM:4/4\\nL:1/4\\nK:G\\nG G A B|c B A2|B d c B|A A G2|")
    >>> made = chorale(tune, options=ChoraleOptions(candidates=1, sweeps=4, repairs=1))
    >>> [part.name for part in made.score.parts], [note.pitch for note in made.score.parts[0].notes][:4]
    (['Soprano', 'Alto', 'Tenor', 'Bass'], [67, 67, 69, 71])
    """
    given = _given_voices(options)
    wanted = range(VOICES) if options.bars else given
    lines = {voice: find_line(score, voice, part=options.given.get(SATB_NAMES[voice], "")) for voice in wanted}
    _check_tune(lines, score)
    moved = _needed_move(lines, score)
    warnings = _remarks(score, lines, moved)
    if moved:
        score = transposed(score, semitones=moved)
        lines = {voice: find_line(score, voice, part=options.given.get(SATB_NAMES[voice], "")) for voice in wanted}
    grid = chorale_grid_of(score, lines[min(given or wanted)], beat=options.beat)
    rows = np.full((len(grid.bar), VOICES), REST, dtype=np.int64)
    for voice, line in lines.items():
        rows[:, voice] = grid.row(line)
    free = _free(grid, rows, given, options, bars=len(bars_of(score)))
    if not free.any():
        raise InputError(score.title or "the score", found="nothing left to write", expected="a voice that is not given, or bars")
    move = move_to_plain(score.keys[0].fifths) if score.keys else likely_move(classes_of(rows), free, model=options.model)
    source = _sources(grid, lines[min(given or wanted)])
    settings = complete_voices(rows, free, move=move, source=source, options=options, progress=progress)
    heads = {voice: _noteheads(score, lines[voice]) for voice in given if options.bars is None}
    trail = replace(
        score.provenance,
        engine=ENGINE,
        parameters={
            "seed": options.seed, "candidates": options.candidates, "sweeps": options.sweeps, "temperature": options.temperature,
            "repairs": options.repairs, "given": ", ".join(SATB_NAMES[voice] for voice in given), "transposed": moved,
        },
        model=options.model,
        model_licence="MIT",
    )  # fmt: skip
    page = replace(score, provenance=trail)
    candidates = tuple(
        ChoraleCandidate(
            score=written_voices(page, grid, setting.rows, free=free, lines=lines, heads=heads),
            rows=setting.rows,
            nats=setting.nats,
            faults=setting.faults,
            rates=fault_rates(setting.rows[grid.inside]),
            number=setting.number,
        )
        for setting in settings
    )
    return Chorale(candidates=candidates, grid=grid, seed=options.seed, transposed=moved, warnings=warnings)


@dataclass(frozen=True, kw_only=True, eq=False)
class Setting:
    """Voices on the grid; see `ChoraleCandidate`."""

    rows: IntArray
    nats: float
    faults: tuple[Fault, ...]
    number: int


def complete_voices(
    rows: IntArray,
    free: BoolArray,
    *,
    move: int | None = None,
    source: IntArray | None = None,
    options: ChoraleOptions = ChoraleOptions(),
    progress: Callable[[float], None] | None = None,
) -> tuple[Setting, ...]:
    """Write what is free of four voices on a grid of sixteenths that begins on a beat.

    Parameters
    ----------
    rows : (steps, voices) MIDI numbers with `hexachord.theory.voice_leading.REST`; where `free`, they mean nothing
    free : (steps, voices), what is to be written: any cells
    move : semitones to a key without sharps and flats; heard from what is given when None
    source : (steps,), which earlier step each one repeats (itself, mostly), as under a long fermata

    Returns
    -------
    As many settings as the options say, the best first: by what the network thinks of them and the faults they have
    """
    classes = classes_of(np.where(free, REST, rows))
    if move is None:
        move = likely_move(classes, free, model=options.model)
    if not -DOWN <= move < 12 - DOWN:
        raise ValueError(f"a move is {-DOWN} to {11 - DOWN} semitones, not {move}")
    gibbs = options.gibbs()

    def sampled(part: float) -> None:
        if progress is not None:
            progress(0.7 * part)

    drawn = sample_voices(classes, free, move=move, source=source, candidates=options.candidates, options=gibbs, progress=sampled)
    mended = []
    for number, state in enumerate(drawn):
        mended.append(repaired(state, free, move=move, source=source, rounds=options.repairs, options=gibbs, number=number))
        if progress is not None:
            progress(0.7 + 0.3 * (number + 1) / len(drawn))
    nats = block_nats(np.stack(mended), free, move=move, model=options.model)
    settings = []
    for number, (state, cost) in enumerate(zip(mended, nats.tolist(), strict=True)):
        found = pitches_of(state)
        settings.append(Setting(rows=found, nats=cost, faults=tuple(free_faults(found, free)), number=number))
    cells = int(free.sum())
    return tuple(sorted(settings, key=lambda one: one.nats + fault_weight(one.faults) / cells))


def _given_voices(options: ChoraleOptions) -> tuple[int, ...]:
    unknown = [name for name in options.given if name not in SATB_NAMES]
    if unknown:
        raise InputError(f"voice {unknown[0]!r}", found="no such voice", expected=f"one of {', '.join(SATB_NAMES)}")
    given = tuple(voice for voice, name in enumerate(SATB_NAMES) if name in options.given)
    if not given and options.bars is None:
        raise InputError("the voices", found="none that is given", expected="a tune to set", next_step="give the soprano, or the bass")
    return given


def _check_tune(lines: Mapping[int, Sequence[Note]], score: Score) -> None:
    for voice, line in lines.items():
        if len(line) < _SHORTEST:
            count = f"{len(line)} note{'' if len(line) == 1 else 's'}"
            raise InputError(
                f"{score.title or 'the score'}, {SATB_NAMES[voice]}", found=f"a tune of {count}", expected=f"at least {_SHORTEST}"
            )


def _needed_move(lines: Mapping[int, Sequence[Note]], score: Score) -> int:
    """By how many semitones what is given is moved so that its singers can sing it: not at all, by octaves, by as few as will do."""
    low = max(SATB[voice][0] - _BEYOND - min(note.pitch for note in line) for voice, line in lines.items())
    high = min(SATB[voice][1] + _BEYOND - max(note.pitch for note in line) for voice, line in lines.items())
    if low <= 0 <= high:
        return 0
    for octaves in (12, -12, 24, -24, 36, -36):
        if low <= octaves <= high:
            return octaves
    if low > high:
        voice, line = max(lines.items(), key=lambda each: max(note.pitch for note in each[1]) - min(note.pitch for note in each[1]))
        compass = max(note.pitch for note in line) - min(note.pitch for note in line)
        raise InputError(
            f"{score.title or 'the score'}, {SATB_NAMES[voice]}",
            found=f"a compass of {compass} semitones",
            expected=f"at most {SATB[voice][1] - SATB[voice][0] + 2 * _BEYOND}, what a singer has",
            next_step="name the part that has the tune, or leave notes out",
        )
    return low if abs(low) < abs(high) else high


def _remarks(score: Score, lines: Mapping[int, Sequence[Note]], moved: int) -> tuple[str, ...]:
    found = []
    if moved % 12:
        found.append(f"moved {'up' if moved > 0 else 'down'} by {abs(moved)} semitones: as it was nobody could sing it")
    elif moved:
        found.append(
            f"moved {'up' if moved > 0 else 'down'} by {abs(moved) // 12} octave{'s' if abs(moved) > 12 else ''}, to its singers' range"
        )
    if score.chords:
        found.append("the chord symbols are left out: the harmony is new")
    others = len([part for part in score.parts if part.notes]) - len(lines)
    if others > 0 and len(lines) < VOICES:
        found.append("other parts are left out: four voices are all there is")
    return tuple(found)


def _free(grid: ChoraleGrid, rows: IntArray, given: Sequence[int], options: ChoraleOptions, *, bars: int) -> BoolArray:
    """What is written: voices that are not given, while one that is sings; of bars, if some are named, all that is not given."""
    free = np.ones(rows.shape, dtype=np.bool_)
    free[:, list(given)] = False
    if given:
        free &= (rows[:, list(given)] != REST).any(axis=1)[:, None]
    free &= grid.inside[:, None]
    if options.bars is not None:
        first, last = options.bars
        if not 1 <= first <= last <= bars:
            raise InputError(f"bars {first}-{last}", found=f"a score of {bars} bars", expected="a first and a last one of them")
        free &= ((grid.bar >= first - 1) & (grid.bar < last))[:, None]
    return free


def _sources(grid: ChoraleGrid, tune: Sequence[Note]) -> IntArray:
    """Which step each one repeats: under a fermata that lasts longer than a beat, nobody moves after its first one."""
    source = np.arange(len(grid.bar))
    for note in tune:
        if any(mark.startswith("fermata") for mark in note.marks):
            first, last = grid.step_of([note.onset, note.end]).tolist()
            source[first + STEPS : last] = first + STEPS - 1
    return source


def _noteheads(score: Score, line: Sequence[Note]) -> tuple[Note, ...]:
    """The noteheads of a line as they stand, with ties and grace notes, if a whole part is this line; else the line."""
    for part in score.parts:
        sounding = [note for note in part.notes if not note.grace and not note.tied_to_previous]
        if len(sounding) == len(line) and all(a.onset == b.onset and a.pitch == b.pitch for a, b in zip(sounding, line, strict=True)):
            return tuple(note._replace(staff=1, voice=1) for note in part.notes)
    return tuple(note._replace(staff=1, voice=1) for note in line)
