"""What there is to say about a chorale: faults per hundred moves, where they are, and its harmony in Roman numerals."""

from typing import Any

import numpy as np

from hexachord.composition.chorale.grid import ChoraleGrid
from hexachord.composition.chorale.network import STEPS
from hexachord.composition.chorale.setting import Chorale, ChoraleCandidate
from hexachord.score.model import Score
from hexachord.score.notes import note_array
from hexachord.score.timing import bars_of
from hexachord.theory.chord_labels import parse_chord
from hexachord.theory.keys import key_of, usual_key_name
from hexachord.theory.note_chords import chords_from_notes
from hexachord.theory.roman import roman_numeral
from hexachord.theory.voice_leading import SATB_NAMES, Fault

_SAID = ("parallel fifths", "parallel octaves", "crossing", "spacing", "range", "leap")


def chorale_facts(made: Chorale) -> dict[str, Any]:
    """Say as plain data what was made: seed, candidates with nats, faults and rates, the harmony of the best."""
    return {
        "seed": made.seed,
        "transposed": made.transposed,
        "beat": made.grid.beat,
        "candidates": [
            {
                "number": each.number,
                "nats": round(each.nats, 4),
                "faults_per_100_moves": {kind: round(rate, 2) for kind, rate in each.rates.items()},
                "faults": [fault_text(fault, made) for fault in each.faults if fault.kind in _SAID],
            }
            for each in made.candidates
        ],
        "harmony": chorale_numerals(made.candidates[0], made.grid),
    }


def chorale_lines(made: Chorale, *, numerals: bool = False) -> tuple[str, ...]:
    """Say in a few lines what a reader wants to know of the best."""
    best = made.candidates[0]
    rates = ", ".join(f"{kind} {best.rates[kind]:.1f}" for kind in _SAID)
    lines = [f"{best.nats:.2f} nats a cell; faults per 100 moves: {rates}"]
    lines += [fault_text(fault, made) for fault in best.faults if fault.kind in _SAID]
    if numerals:
        bars: dict[str, list[str]] = {}
        for chord in chorale_numerals(best, made.grid):
            bars.setdefault(chord["bar"], []).append(chord["numeral"])
        key = chorale_key(best.score)
        lines.append(f"{key}: " + " | ".join(" ".join(found) for found in bars.values()))
    return tuple(lines)


def fault_text(fault: Fault, made: Chorale) -> str:
    """Say where a fault is: ``parallel fifths of soprano and bass in bar 3``."""
    names = " and ".join(SATB_NAMES[voice] for voice in fault.voices)
    bars = bars_of(made.score)
    index = int(made.grid.bar[fault.moment])
    return f"{fault.kind} of {names} in bar {bars[index].number or index + 1}"


def chorale_key(score: Score) -> str:
    """Name the main key of a score, of all its notes."""
    notes = note_array(score)
    key = key_of(notes["pitch"], notes["duration_quarter"])
    return usual_key_name(f"{key.tonic} {key.mode}")


def chorale_numerals(made: ChoraleCandidate, grid: ChoraleGrid) -> list[dict[str, Any]]:
    """Read the harmony, a chord a beat at the most: bar (as the page numbers it), beat counted from 1, numeral and label."""
    notes = note_array(made.score)
    beats = np.flatnonzero((np.arange(len(grid.bar)) % STEPS == 0) & grid.inside)
    if not len(notes) or not len(beats):
        return []
    bars = bars_of(made.score)
    onset = notes["onset_tick"].astype(np.float64)
    first = np.append(True, np.diff(grid.bar[beats]) > 0)
    found = chords_from_notes(
        onset, onset + notes["duration_tick"], notes["pitch"], beats_s=grid.tick[beats], downbeat=np.ones(len(beats), dtype=np.bool_)
    )
    key = chorale_key(made.score)
    place = np.arange(len(beats)) - np.maximum.accumulate(np.where(first, np.arange(len(beats)), 0)) + 1
    said = []
    for start, label in zip(found.start_s, found.label, strict=True):
        at = int(np.searchsorted(grid.tick[beats], start + 1e-6) - 1)
        bar = int(grid.bar[beats[at]])
        if parse_chord(label).is_chord:
            numeral = roman_numeral(label, key)
            said.append({"bar": bars[bar].number or str(bar + 1), "beat": int(place[at]), "numeral": numeral, "chord": label})
    return said
