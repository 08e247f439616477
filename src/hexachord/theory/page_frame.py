"""The frame of a page corrected: another key signature, another metre, other chord symbols; notes stay where they are in time."""

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from hexachord.score.model import Bar, ChordSymbol, KeyMark, MetreMark, Part, Score
from hexachord.score.notes import tie_chains
from hexachord.score.timing import bar_duration, bars_of
from hexachord.theory.chord_names import respell_chord
from hexachord.theory.keys import key_fifths
from hexachord.theory.page_edits import ChordEdit, KeyEdit, MetreEdit
from hexachord.theory.page_places import NotThere, bar_at, bar_tick_of, place_at, tick_of
from hexachord.theory.spelling import spell_notes


def with_key(score: Score, edit: KeyEdit, *, keep: Collection[tuple[int, int, int]] = ()) -> Score:
    """Write a key, and name notes and chord symbols as it does.

    Parameters
    ----------
    edit : the key; from a bar on it holds until the next change, without a bar it is that of the whole page
    keep : (part, onset, pitch) of notes that keep their names

    Raises
    ------
    NotThere : if there is no such bar, or nothing on the page has a pitch.

    Examples
    --------
    >>> from hexachord.score.model import Note
    >>> page = Score(parts=(Part(notes=(Note(0, 10080, 70),)),), keys=(KeyMark(0, 5, "major"),))
    >>> flats = with_key(page, KeyEdit(name="Bb major"))
    >>> flats.keys[0].fifths, str(flats.parts[0].notes[0].spelling)
    (-2, 'Bb4')
    """
    if score.parts and all(part.is_percussion for part in score.parts):
        raise NotThere("a page of drums, which has no key")
    tonic, _, mode = edit.name.partition(" ")
    start = 0 if edit.at is None else bar_tick_of(score, edit.at)
    later = [] if edit.at is None else [mark for mark in score.keys if mark.tick > start]
    before = [mark for mark in score.keys if mark.tick < start]
    end = later[0].tick if later else score.end_tick + 1
    fifths = key_fifths(tonic, mode)
    keys = (*before, KeyMark(start, fifths, mode), *later)
    chords = tuple(
        symbol._replace(label=respell_chord(symbol.label, fifths=fifths), text="") if start <= symbol.tick < end else symbol
        for symbol in score.chords
    )
    parts = tuple(_spelled(part, index, keys, start, end, keep) for index, part in enumerate(score.parts))
    return replace(score, keys=keys, chords=chords, parts=parts)


def _spelled(part: Part, index: int, keys: tuple[KeyMark, ...], start: int, end: int, keep: Collection[tuple[int, int, int]]) -> Part:
    """Name the notes between two moments; all notes of the part are heard for it."""
    if part.is_percussion or not part.notes:
        return part
    chains = tie_chains(part.notes)
    heads = [part.notes[chain[0]] for chain in chains]
    onset = np.array([head.onset for head in heads], dtype=np.int64)
    order = np.argsort(onset, kind="stable")
    ticks = np.array([mark.tick for mark in keys], dtype=np.int64)
    signs = np.array([mark.fifths for mark in keys], dtype=np.int64)
    fifths = signs[np.clip(np.searchsorted(ticks, onset[order], side="right") - 1, 0, None)]
    names = spell_notes(onset[order], np.array([heads[row].pitch for row in order], dtype=np.int64), fifths=fifths)
    notes = list(part.notes)
    for row, name in zip(order.tolist(), names, strict=True):
        head = heads[row]
        if start <= head.onset < end and (index, head.onset, head.pitch) not in keep:
            for place in chains[row]:
                notes[place] = notes[place]._replace(spelling=name)
    return replace(part, notes=tuple(notes))


def with_metre_from(score: Score, edit: MetreEdit) -> tuple[Score, int, bool]:
    """Lay other bars, from a bar to the end; notes stay where they are in time, and are not cut anew.

    Returns
    -------
    The score, the tick from which its bars are new, and whether repeat signs were lost.

    Raises
    ------
    NotThere : if there is no such bar.

    Examples
    --------
    >>> page = Score(bars=(Bar(0, 40320, "1"), Bar(40320, 40320, "2")), metres=(MetreMark(0, 4, 4),))
    >>> [(bar.number, bar.tick // 10080) for bar in with_metre_from(page, MetreEdit(signature="3/4"))[0].bars]
    [('1', 0), ('2', 3), ('3', 6)]
    """
    beats, beat_type = edit.numbers()
    bars = bars_of(score)
    if edit.at is None:
        has_pick_up = len(bars) > 1 and bars[0].number == "0"
        start = bars[1].tick if has_pick_up else bars[0].tick
    else:
        start = bar_tick_of(score, edit.at)
    kept = [bar for bar in bars if bar.tick < start]
    replaced = [bar for bar in bars if bar.tick >= start]
    if not replaced:
        raise NotThere("no music after that bar")
    length = bar_duration(MetreMark(0, beats, beat_type), ticks_per_quarter=score.ticks_per_quarter)
    number = int(replaced[0].number) if replaced[0].number.isdigit() else len(kept) + 1
    count = max(1, -(-(replaced[-1].end - start) // length))
    new = [Bar(start + place * length, length, str(number + place)) for place in range(count)]
    new[-1] = new[-1]._replace(barline=replaced[-1].barline)
    lost = any(bar.repeat_start or bar.repeat_end or bar.endings for bar in replaced)
    metres = [mark for mark in score.metres if mark.tick < start]
    if edit.at is None and kept:  # the pick-up belongs to the same metre
        metres = [MetreMark(0, beats, beat_type)]
    if not metres or metres[-1][1:3] != (beats, beat_type):
        metres.append(MetreMark(start, beats, beat_type))
    return replace(score, bars=(*kept, *new), metres=tuple(metres)), start, lost


def with_chord(score: Score, edit: ChordEdit) -> Score:
    """Set the chord symbol at a place, or take it away; its neighbours' ends follow.

    Raises
    ------
    NotThere : if there is no such place, or no symbol to take away.
    """
    tick = tick_of(score, edit.at)
    here = next((symbol for symbol in score.chords if symbol.tick == tick), None)
    if not edit.label:
        if here is None:
            near = [f"{symbol.text or symbol.label} at {place_at(score, symbol.tick).words()}" for symbol in score.chords]
            bar = bar_at(score, tick)
            inside = [words for words, symbol in zip(near, score.chords, strict=True) if bar.tick <= symbol.tick < bar.end]
            raise NotThere(f"no chord symbol at {edit.at.words()}; bar {bar.number} has {', '.join(inside) or 'none'}")
        kept = [
            symbol._replace(end=here.end) if symbol.end == tick and symbol.tick < tick else symbol
            for symbol in score.chords
            if symbol != here
        ]
        return replace(score, chords=tuple(kept))
    if here is not None:
        new = here._replace(label=edit.label, text="")
        return replace(score, chords=tuple(new if symbol == here else symbol for symbol in score.chords))
    before = [symbol._replace(end=min(symbol.end or tick, tick)) if symbol.tick < tick else symbol for symbol in score.chords]
    following = min((symbol.tick for symbol in score.chords if symbol.tick > tick), default=bars_of(score)[-1].end)
    return replace(score, chords=tuple(sorted([*before, ChordSymbol(tick, edit.label, following)], key=lambda symbol: symbol.tick)))
