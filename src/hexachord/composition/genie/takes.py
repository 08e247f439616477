"""Takes on a genie: presses played, and what came of it written down as a score."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from hexachord.composition.genie.network import NETWORK
from hexachord.composition.genie.playing import Genie, GenieOptions
from hexachord.composition.genie.presses import Press
from hexachord.errors import InputError
from hexachord.provenance import Provenance
from hexachord.score.edit import sorted_notes, spelled_in_key
from hexachord.score.model import TICKS_PER_QUARTER, ChordSymbol, KeyMark, MetreMark, Note, Part, Score, TempoMark
from hexachord.theory.keys import key_fifths, key_of

BEATS = 4
"""Quarters in a bar of a take that is written down."""
_LONGEST_S = 2.0  # a press that nobody ended
_PLACES = 4  # of a quarter, where a take is written down
_SPLIT = 60  # a piano's lower staff is below


def play_presses(
    presses: Sequence[Press],
    options: GenieOptions = GenieOptions(),
    *,
    chords: Sequence[Sequence[str]] = (),
    bpm: float = 120.0,
    network: str | Path = NETWORK,
) -> list[tuple[int, ...]]:
    """Let a genie play presses.

    Parameters
    ----------
    chords : bar by bar, in Harte's syntax (`hexachord.composition.extending.parse_progression` reads them); they go round
    bpm : quarters a minute, which say where bars begin

    Returns
    -------
    for each press its MIDI numbers

    Raises
    ------
    InputError : as `Genie.press`.
    """
    genie = Genie(options, network=network)
    bar_s = BEATS * 60.0 / bpm
    pitches = []
    for press in presses:
        if chords:
            genie.set_chord(chord_at(chords, press.time_s / bar_s))
        pitches.append(genie.press(press.buttons, press.time_s))
    return pitches


def chord_at(chords: Sequence[Sequence[str]], bar: float) -> str:
    """Say which chord sounds at a place counted in bars; the chords of a bar share it evenly.

    Examples
    --------
    >>> chord_at([["C:maj"], ["A:min", "F:maj"]], 3.5)
    'F:maj'
    """
    labels = chords[int(bar + 1e-6) % len(chords)]
    return labels[int((bar + 1e-6) % 1.0 * len(labels))]


def take_score(
    presses: Sequence[Press],
    pitches: Sequence[Sequence[int]],
    *,
    bpm: float = 120.0,
    written: bool = True,
    key: str = "",
    kind: str = "melody",
    chords: Sequence[Sequence[str]] = (),
    title: str = "",
    provenance: Provenance = Provenance(),
) -> Score:
    """Write a take down.

    Parameters
    ----------
    presses, pitches : what was pressed, and what sounded, MIDI numbers
    bpm : quarters a minute
    written : for a page: spelt, on sixteenths, in bars of 4/4; else when it was played, without bars
    key : for the signature; found from the notes when not given
    kind : ``piano`` writes low notes on a second staff
    chords : as `play_presses` had them; they are written over the bars

    Raises
    ------
    InputError : if the tempo is none.
    """
    if not 10.0 <= bpm <= 600.0:
        raise InputError(f"tempo {bpm:g}", found="no tempo to write in", expected="10 to 600 quarters a minute")
    unit = TICKS_PER_QUARTER // _PLACES if written else 1
    ticks_per_s = bpm / 60.0 * TICKS_PER_QUARTER

    def tick(time_s: float) -> int:
        return round(time_s * ticks_per_s / unit) * unit

    begins = [tick(press.time_s) for press in presses]
    durations = []
    for index, press in enumerate(presses):
        later = next((begin for begin in begins[index + 1 :] if begin > begins[index]), None)
        length_s = press.length_s if press.length_s is not None else _LONGEST_S
        end = max(begins[index] + unit, tick(press.time_s + length_s))
        legato = written or press.length_s is None  # a page shows no two lengths that overlap in one voice
        durations.append((min(end, later) if later is not None and legato else end) - begins[index])
    sounding = np.array([pitch for chord in pitches for pitch in chord])
    lengths = np.array([length for length, chord in zip(durations, pitches, strict=True) for _ in chord], dtype=np.float64)
    name = key or key_of(sounding, lengths).name
    tonic, mode = name.split()
    mark = KeyMark(0, key_fifths(tonic, mode), mode)
    notes = dict[tuple[int, int], Note]()
    for press, begin, length, chord in zip(presses, begins, durations, pitches, strict=True):
        for pitch in chord:
            low = kind == "piano" and pitch < _SPLIT
            notes[begin, pitch] = Note(
                begin,
                length,
                pitch,
                press.velocity,
                5 if low else 1,
                2 if low else 1,
                spelling=spelled_in_key(pitch, mark) if written else None,
            )
    bar = BEATS * TICKS_PER_QUARTER
    symbols = list[ChordSymbol]()
    for start in range(0, max(begins) + 1 if chords else 0, bar):
        labels = chords[start // bar % len(chords)]
        symbols += [ChordSymbol(start + bar * number // len(labels), label) for number, label in enumerate(labels)]
    part = Part(notes=sorted_notes(notes.values()), name="Piano", program=0, staves=2 if kind == "piano" else 1)
    return Score(
        parts=(part,),
        title=title,
        tempos=(TempoMark(0, bpm),),
        metres=(MetreMark(0, BEATS, 4),) if written else (),
        keys=(mark,),
        chords=tuple(symbols),
        provenance=provenance,
    )
