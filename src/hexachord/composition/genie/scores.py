"""Scores and a genie: any line as presses of buttons, and a line played anew from its own buttons."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from hexachord.arrays import Float64Array, IntArray
from hexachord.composition.genie.cues import KEYS, LOWEST, buttons_by_rule, contour_kept, in_moments, scale_of
from hexachord.composition.genie.network import NETWORK, encode_buttons
from hexachord.composition.genie.playing import Genie, GenieOptions
from hexachord.composition.genie.presses import Press
from hexachord.composition.part_names import part_ids
from hexachord.composition.roles import roles_of
from hexachord.composition.vocabulary import Vocabulary
from hexachord.errors import InputError
from hexachord.score.edit import sorted_notes, spelled_in_key
from hexachord.score.model import Grace, Note, Score
from hexachord.score.notes import tie_chains
from hexachord.score.timing import tempo_map_of
from hexachord.theory.keys import KEY_NAMES, key_fifths, key_of


@dataclass(frozen=True, kw_only=True, eq=False)
class ScoreLine:
    """The notes of a part as presses need them, in the order of `in_moments`.

    Attributes
    ----------
    part : its index
    heads : for each note, the places of its noteheads in the part
    onset_tick : (n,)
    moment_s : (n,)
    length_s : (n,)
    pitch : (n,) MIDI numbers
    velocity : for each note, None where unmarked
    """

    part: int
    heads: tuple[tuple[int, ...], ...]
    onset_tick: IntArray
    moment_s: Float64Array
    length_s: Float64Array
    pitch: IntArray
    velocity: tuple[int | None, ...]

    @property
    def is_chordal(self) -> bool:
        """Whether one note in ten, or more, sounds together with another."""
        return len(self.pitch) > 1 and float(np.mean(np.diff(self.moment_s) == 0.0)) > 0.1


@dataclass(frozen=True, kw_only=True)
class Imagined:
    """A line played anew.

    Attributes
    ----------
    score : the score with it; everything else in it stays
    buttons : what was pressed, note by note
    contour : the part of the steps that did not go against the buttons
    in_key : the part of the notes in the scale of the key that was told
    kept : the part of the notes that are as they were
    key : that key
    """

    score: Score
    buttons: tuple[int, ...]
    contour: float
    in_key: float
    kept: float
    key: str


def line_of_score(score: Score, *, part: str = "") -> ScoreLine:
    """Take a part's notes as a line, or as a piano's chords; grace notes and keys that no piano has are left out.

    Parameters
    ----------
    part : by name, id or number; the melody, or else the first that is no percussion, when not given

    Raises
    ------
    InputError : if there is no such part, or it has no notes.
    """
    index = _part_index(score, part)
    notes = score.parts[index].notes
    chains = [chain for chain in tie_chains(notes) if notes[chain[0]].grace is Grace.NO and 0 <= notes[chain[0]].pitch - LOWEST < KEYS]
    if not chains:
        raise InputError(score.title or "the score", found=f"no notes in part {index + 1}", expected="a line to press buttons for")
    begin = np.array([notes[chain[0]].onset for chain in chains])
    pitch = np.array([notes[chain[0]].pitch for chain in chains])
    clock = tempo_map_of(score)
    onset_s = clock.seconds(begin)
    end_s = clock.seconds(np.array([notes[chain[-1]].end for chain in chains]))
    order, moment_s = in_moments(onset_s, pitch)
    return ScoreLine(
        part=index,
        heads=tuple(tuple(chains[place]) for place in order.tolist()),
        onset_tick=begin[order],
        moment_s=moment_s,
        length_s=np.maximum(end_s - onset_s, 0.01)[order],
        pitch=pitch[order],
        velocity=tuple(notes[chains[place][0]].velocity for place in order.tolist()),
    )


def press_numbers(line: ScoreLine, *, rule: bool = False) -> IntArray:
    """Press a button for each note, (n,): as the encoder has learnt it, or by the rule alone."""
    return buttons_by_rule(line.pitch) if rule else encode_buttons(line.pitch, line.moment_s)


def buttons_of(score: Score, *, part: str = "", rule: bool = False) -> tuple[Press, ...]:
    """Turn a part into presses of buttons: what it takes to play its rhythm and contour on a genie.

    Parameters
    ----------
    part : see `line_of_score`
    rule : by the rule of `buttons_by_rule` alone, no network

    Returns
    -------
    A press for each moment. Of a chord with more notes than there are different buttons some share one.

    Raises
    ------
    InputError : as `line_of_score`.

    Examples
    --------
    >>> from hexachord.score.abc import read_abc
    >>> tune = read_abc("X:1\\nL:1/4\\nQ:1/4=120\\nK:C\\nC E G c|G2 C2|]")
    >>> [press.buttons for press in buttons_of(tune, rule=True)]
    [(1,), (3,), (5,), (8,), (5,), (1,)]
    """
    line = line_of_score(score, part=part)
    numbers = press_numbers(line, rule=rule)
    presses = list[Press]()
    for index, number in enumerate(numbers.tolist()):
        time_s, length_s = float(line.moment_s[index]), float(line.length_s[index])
        if presses and presses[-1].time_s == time_s:
            before = presses[-1]
            longest = max(before.length_s or 0.0, length_s)
            presses[-1] = before._replace(buttons=tuple(sorted({*before.buttons, number})), length_s=longest)
        else:
            presses.append(Press(time_s, (number,), length_s, line.velocity[index]))
    return tuple(presses)


def reimagine(
    score: Score,
    *,
    part: str = "",
    options: GenieOptions | None = None,
    rule: bool = False,
    network: str | Path = NETWORK,
    progress: Callable[[float], None] | None = None,
) -> Imagined:
    """Play a part anew from its own buttons: rhythm and contour stay, the notes are the genie's.

    Parameters
    ----------
    score : bars, tempi, chord symbols and all other parts stay; the genie is told the chords where they sound
    part : see `line_of_score`
    options : a line is played as a melody and chords as a piano, in the score's key, when not given; a key of nothing is the score's
    rule : press by the rule alone
    network : see `Genie`

    Raises
    ------
    InputError : as `line_of_score`.
    """
    line = line_of_score(score, part=part)
    wished = options or GenieOptions(kind="piano" if line.is_chordal else "melody")
    key = wished.key or score_key(score, line)
    wished = replace(wished, key=key)
    genie = Genie(wished, network=network)
    numbers = press_numbers(line, rule=rule)
    labels = sorted((symbol.tick, symbol.end, symbol.label) for symbol in score.chords)
    made = np.zeros(len(line.pitch), dtype=np.int64)
    first = 0
    while first < len(made):
        last = first + 1
        while last < len(made) and line.moment_s[last] == line.moment_s[first]:
            last += 1
        genie.set_chord(_chord_at(labels, int(line.onset_tick[first])))
        together = sorted(set(numbers[first:last].tolist()))
        pitches = dict(zip(together, genie.press(together, float(line.moment_s[first])), strict=True))
        made[first:last] = [pitches[number] for number in numbers[first:last].tolist()]
        if progress is not None:
            progress(last / len(made))
        first = last
    trail = replace(
        score.provenance,
        engine="genie/buttons",
        parameters={"tool": "genie", "seed": wished.seed, "temperature": wished.chance.temperature, "top_p": wished.chance.top_p},
        model=Path(network).stem,
        model_licence="MIT",
    )
    return Imagined(
        score=replace(_replayed(score, line, made), provenance=trail),
        buttons=tuple(numbers.tolist()),
        contour=contour_kept(numbers, made),
        in_key=float(np.mean(scale_of(key)[made % 12])),
        kept=float(np.mean(made == line.pitch)),
        key=key,
    )


def score_key(score: Score, line: ScoreLine) -> str:
    """Say in which key a line is: that of the signature where the page says its mode, else the one its notes fit best."""
    mark = min(score.keys, key=lambda each: each.tick, default=None)
    if mark is not None and mark.mode in ("major", "minor"):
        return next(name for name in KEY_NAMES if name.endswith(mark.mode) and (key_fifths(*name.split()) - mark.fifths) % 12 == 0)
    return key_of(line.pitch, line.length_s).name


def _part_index(score: Score, name: str) -> int:
    if name:
        (wanted,) = part_ids(score, [name])
        return next(index for index, part in enumerate(score.parts) if part.id == wanted)
    words = Vocabulary()
    tunes = {words.roles.index(role) for role in ("melody", "soprano")}
    roles = roles_of(score, vocabulary=words)
    playing = [index for index, part in enumerate(score.parts) if part.notes and not part.is_percussion]
    if not playing:
        raise InputError(score.title or "the score", found="no notes", expected="a line to press buttons for")
    return next((index for index in playing if set(roles[index].values()) & tunes), playing[0])


def _chord_at(labels: Sequence[tuple[int, int | None, str]], tick: int) -> str:
    found = ""
    for begin, end, label in labels:
        if begin > tick:
            break
        found = label if end is None or tick < end else ""
    return found


def _replayed(score: Score, line: ScoreLine, pitch: IntArray) -> Score:
    """Put new pitches on the noteheads of a line; what would be struck twice at once is struck once, grace notes are gone."""
    part = score.parts[line.part]
    keys = sorted(score.keys, key=lambda mark: mark.tick)
    moved = dict[int, Note]()
    struck = Counter[tuple[int, int]]()
    for heads, new in zip(line.heads, pitch.tolist(), strict=True):
        first = part.notes[heads[0]]
        struck[first.onset, new] += 1
        if struck[first.onset, new] > 1:
            continue
        for place in heads:
            note = part.notes[place]
            mark = next((each for each in reversed(keys) if each.tick <= note.onset), keys[0] if keys else None)
            moved[place] = note._replace(pitch=new, spelling=spelled_in_key(new, mark))
    parts = list(score.parts)
    parts[line.part] = replace(part, notes=sorted_notes(moved.values()), bends=())
    return replace(score, parts=tuple(parts))
