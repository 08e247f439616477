"""The two-staff piano page: hands, voices, spelling and note values from performed notes."""

from dataclasses import replace

import numpy as np

from hexachord.arrays import BoolArray, Float64Array, FloatArray, IntArray
from hexachord.knowledge import Beats, Key, Metre, Notes, Segments
from hexachord.score.edit import sorted_notes
from hexachord.score.model import Grace, KeyMark, Note, NoteValue, Part, Score, Spelling
from hexachord.theory.spelling import spell_notes
from hexachord.theory.voices import two_voices
from hexachord.transcription.notation.grid import BarGrid
from hexachord.transcription.notation.hands import split_hands
from hexachord.transcription.notation.lead_sheet import fitting_grid, frame_score
from hexachord.transcription.notation.levels import RULES, easy_notes
from hexachord.transcription.notation.ornaments import Ornaments, find_ornaments
from hexachord.transcription.notation.quantise import QuantiseOptions, quantise
from hexachord.transcription.notation.staff_marks import clefs_of_staff, dynamics_of, octave_lines, pedal_marks
from hexachord.transcription.notation.symbols import fifths_at, key_marks
from hexachord.transcription.notation.ties import tie_at_beats
from hexachord.transcription.notation.values import note_ends

ENGINE = "notation/piano"
_STACCATO, _STACCATO_S = 0.4, 0.35  # of its value, and at most, a key is held


def piano_reduction(
    notes: Notes,
    *,
    beats: Beats,
    metre: Metre,
    key: Key | None = None,
    chords: Segments | None = None,
    sections: Segments | None = None,
    pedal: Segments | None = None,
    title: str = "",
    composer: str = "",
    part_name: str = "Piano",
    compound: bool | None = None,
    level: str = "readable",
    options: QuantiseOptions = QuantiseOptions(),
) -> Score:
    """Write performed or transcribed notes for piano: two staves, at most two voices on each.

    Parameters
    ----------
    notes : notes that sound together and one after another, in seconds; offsets are where keys are released
    beats, metre, key, chords, sections, compound : as in `lead_sheet`
    pedal : when the sustain pedal was down
    level : how much of it stands on the page, see `hexachord.transcription.notation.levels`

    Returns
    -------
    Score whose clock (`tempos`) follows the recording; upper staff voices 1 and 2, lower staff voices 5 and 6

    Raises
    ------
    ValueError : if there are fewer than two beats.
    """
    rules = RULES[level]
    order = np.lexsort((notes.pitch, notes.onset_s))
    onset_s, offset_s = np.asarray(notes.onset_s)[order], np.asarray(notes.offset_s)[order]
    pitch = np.clip(np.round(np.asarray(notes.pitch)[order]), 0, 127).astype(np.int64)
    velocity = np.clip(np.round(np.nan_to_num(np.asarray(notes.velocity)[order], nan=0.63) * 127), 1, 127).astype(np.int64)
    grid = fitting_grid(onset_s, beats=beats, metre=metre, compound=compound, options=options, end_s=float(max([0.0, *offset_s])))
    staff = split_hands(onset_s, offset_s, pitch)
    ornaments = find_ornaments(onset_s, offset_s, pitch, hand=staff) if rules.ornaments else None
    if ornaments is not None:
        onset_s, offset_s = ornaments.onset_s, ornaments.offset_s
    rows = np.arange(len(pitch)) if ornaments is None else ornaments.written
    rows = rows[np.argsort(onset_s[rows], kind="stable")]
    allowed = options.divisions or (rules.compound_divisions if grid.compound else rules.divisions)
    written = quantise(onset_s[rows], offset_s[rows], grid=grid, hand=staff[rows], options=replace(options, divisions=allowed))
    keep = _without_doubles(written.onset, pitch[rows])
    if rules.is_reduced:
        place = grid.beats_at(onset_s[rows][keep]) * grid.beat_ticks
        keep = keep[easy_notes(written.onset[keep], pitch[rows][keep], staff[rows][keep], place=place)]
    rows, onset, end = rows[keep], written.onset[keep], written.end[keep]
    hands, voice = staff[rows], np.ones(len(rows), dtype=np.int64)
    release = grid.beats_at(offset_s[rows])
    for number in (1, 2):
        hand = np.flatnonzero(hands == number)
        own = (onset[hand], end[hand], pitch[rows[hand]])
        ends = _ends_of_hand(*own, release=release[hand], grid=grid) if rules.values else own[1]
        voice[hand], end[hand] = two_voices(onset[hand], ends, pitch[rows[hand]])
        voice[hand] += 4 * (number - 1)
    is_short = np.zeros(len(rows), dtype=bool)
    if rules.values:
        is_short = _staccato(onset, end, release, grid=grid) & ~_is_held(offset_s[rows], pedal)
    keys = key_marks(onset, end, pitch[rows], grid=grid, key=key)
    graces = _graces(ornaments, rows) if ornaments is not None and not rules.is_reduced else {}
    spelling, small_names = _spelled(onset, pitch[rows], graces, pitch, keys=keys if key else ())
    page = [
        Note(
            int(onset[i]), int(end[i] - onset[i]), int(pitch[row]), velocity=int(velocity[row]), voice=int(voice[i]), staff=int(staff[row]),
            spelling=spelling[i], marks=_marks(ornaments.mark[row] if ornaments is not None else "", is_short[i]),
        )
        for i, row in enumerate(rows.tolist())
    ]  # fmt: skip
    heads = tie_at_beats(page, grid=grid)
    small = [
        Note(
            page[main].onset, 0, int(pitch[row]), velocity=int(velocity[row]), voice=page[main].voice, staff=page[main].staff,
            grace=Grace.ACCIACCATURA, value=NoteValue("eighth"), spelling=name,
        )
        for (row, main), name in zip(graces.items(), small_names, strict=True)
    ]  # fmt: skip
    heads = sorted_notes((*small, *heads)) if small else heads
    upper, lower = hands == 1, hands == 2
    tall = pitch[rows]
    part = Part(
        name=part_name,
        notes=heads,
        staves=2,
        clefs=tuple(
            clef for number, on in ((1, upper), (2, lower)) for clef in clefs_of_staff(onset[on], tall[on], staff=number, grid=grid)
        ),
        directions=(
            *octave_lines(onset[upper], end[upper], tall[upper]),
            *dynamics_of(onset, velocity[rows], bars=grid.bars),
            *pedal_marks(pedal, grid=grid),
        ),
    )
    return frame_score(grid, keys=keys, chords=chords, sections=sections, title=title, composer=composer, part=part, engine=ENGINE)


def _staccato(onset: IntArray, end: IntArray, release: Float64Array, *, grid: BarGrid) -> BoolArray:
    """Say which short notes were let go so early that a page would say so."""
    value = np.maximum(end - onset, 1) / grid.beat_ticks
    held = np.maximum(release - onset / grid.beat_ticks, 0.0)
    beat_s = np.diff(grid.beat_s)
    seconds = held * beat_s[np.clip(onset // grid.beat_ticks, 0, len(beat_s) - 1)]
    return np.asarray((held < _STACCATO * value) & (value <= 1.0) & (seconds < _STACCATO_S))


def _is_held(time_s: FloatArray, pedal: Segments | None) -> BoolArray:
    """Whether the pedal is down at some times."""
    if pedal is None or not len(pedal.start_s):
        return np.zeros(len(time_s), dtype=bool)
    before = np.searchsorted(pedal.start_s, time_s, side="right") - 1
    return np.asarray((before >= 0) & (time_s < np.asarray(pedal.end_s)[np.maximum(before, 0)]))


def _marks(ornament: str, is_short: bool) -> tuple[str, ...]:
    return (*((ornament,) if ornament else ()), *(("staccato",) if is_short else ()))


def _graces(ornaments: Ornaments, rows: IntArray) -> dict[int, int]:
    """The rows of grace notes, each with the place on the page of the note that it leans on."""
    places = {row: place for place, row in enumerate(rows.tolist())}
    leaning = np.flatnonzero(ornaments.is_grace).tolist()
    return {row: places[main] for row in leaning if (main := int(ornaments.main[row])) in places}


def _spelled(
    onset: IntArray, pitch: IntArray, graces: dict[int, int], played: IntArray, *, keys: tuple[KeyMark, ...]
) -> tuple[list[Spelling], list[Spelling]]:
    """Name the notes of the page, and its grace notes where they are played, just before their main notes."""
    main = np.array(list(graces.values()), dtype=np.int64)
    moment = np.concatenate([2 * onset, 2 * onset[main] - 1])
    numbers = np.concatenate([pitch, played[list(graces)]])
    order = np.lexsort((numbers, moment))
    fifths = fifths_at(keys, (moment[order] + 1) // 2) if keys else None
    names = dict(zip(order.tolist(), spell_notes(moment[order], numbers[order], fifths=fifths), strict=True))
    return [names[place] for place in range(len(onset))], [names[place] for place in range(len(onset), len(moment))]


def _without_doubles(onset: IntArray, pitch: IntArray) -> IntArray:
    """A key can be struck once at a time: of two notes on one tick and pitch the first stays."""
    order = np.lexsort((np.arange(len(onset)), pitch, onset))
    fresh = np.ones(len(order), dtype=bool)
    fresh[1:] = (np.diff(onset[order]) != 0) | (np.diff(pitch[order]) != 0)
    return np.sort(order[fresh])


def _ends_of_hand(onset: IntArray, end: IntArray, pitch: IntArray, *, release: Float64Array, grid: BarGrid) -> IntArray:
    """Where the notes of a hand end, in ticks: `end` is where they were let go."""
    beat = grid.beat_ticks
    lines = np.array([bar.tick for bar in grid.bars] + [grid.bars[-1].end]) / beat
    period_s = float(np.median(np.diff(grid.beat_s)))
    found = note_ends(onset / beat, release, end / beat, pitch, lines, period_s=period_s)
    last = (len(grid.beat_s) - 1) * beat
    return np.minimum(np.maximum(np.round(found * beat).astype(np.int64), onset + 1), last)
