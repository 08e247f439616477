"""Voices of one staff: at most two lines, the upper and the lower, from notes that are already written in ticks.

Notes that begin together and end together form a chord; where a chord still sounds when another begins, they need two voices. Of
stretches that overlap, the higher goes up. (A contig is such a stretch in E. Chew and X. Wu, "Separating voices in polyphonic music",
CMMR 2004; with two voices, matching contigs comes down to comparing heights.)
"""

from dataclasses import dataclass, field

import numpy as np

from hexachord.arrays import IntArray


@dataclass
class _Chord:
    """Notes of one onset that share their end."""

    onset: int
    end: int
    notes: list[int]
    height: float
    partners: list[int] = field(default_factory=list)


def two_voices(onset: IntArray, end: IntArray, pitch: IntArray) -> tuple[IntArray, IntArray]:
    """Share out the notes of a staff between two voices.

    Parameters
    ----------
    onset, end, pitch : (n,) sorted by onset; ticks and MIDI numbers

    Returns
    -------
    voice : (n,) 1 or 2; a staff that never needs a second voice has only ones
    end : (n,) ends, cut where three lines would sound at once and made equal inside chords

    Examples
    --------
    >>> voice, end = two_voices(np.array([0, 0, 2]), np.array([4, 2, 4]), np.array([72, 60, 62]))
    >>> voice.tolist(), end.tolist()
    ([1, 2, 2], [4, 2, 4])
    """
    onset, pitch = np.asarray(onset), np.asarray(pitch)
    ends = np.array(end, dtype=np.int64)
    chords: list[_Chord] = []
    held: list[int] = []
    for start in np.unique(onset).tolist():
        members = np.flatnonzero(onset == start).tolist()
        held = [index for index in held if chords[index].end > start]
        groups = _split_by_end(members, ends, pitch)
        if len(groups) == 2 and held:
            # Three lines: the two that begin here become one, as long as the one that agrees better with the rest.
            groups = [sorted(groups[0] + groups[1])]
        if held and len(held) + len(groups) > 2:
            keep = max(held, key=lambda index: chords[index].end)
            for index in held:
                if index != keep:
                    chords[index].end = start
            held = [keep]
        for group in groups:
            new = _Chord(start, _common_end(ends[group].tolist()), group, float(np.mean(pitch[group])))
            for index in held:
                new.partners.append(index)
                chords[index].partners.append(len(chords))
            held.append(len(chords))
            chords.append(new)
        if len(groups) == 2:
            chords[-1].partners.append(len(chords) - 2)
            chords[-2].partners.append(len(chords) - 1)
            held = [len(chords) - 2, len(chords) - 1]
    voice = np.ones(len(onset), dtype=np.int64)
    for chord, line in zip(chords, _colours(chords), strict=True):
        voice[chord.notes] = line
        ends[chord.notes] = chord.end
    return voice, ends


def _split_by_end(members: list[int], ends: IntArray, pitch: IntArray) -> list[list[int]]:
    """One chord, or an upper and a lower one where some notes are held at least twice as long as others."""
    members = sorted(members, key=lambda index: int(pitch[index]))
    best: list[list[int]] = [members]
    best_gain = 0.0
    for cut in range(1, len(members)):
        low, high = ends[members[:cut]], ends[members[cut:]]
        apart = abs(float(np.median(low)) - float(np.median(high)))
        spread = float(np.ptp(low)) + float(np.ptp(high))
        if apart - spread > best_gain:
            best, best_gain = [members[:cut], members[cut:]], apart - spread
    return best


def _common_end(ends: list[int]) -> int:
    return sorted(ends)[len(ends) // 2]


def _colours(chords: list[_Chord]) -> list[int]:
    """1 for up, 2 for down: overlapping chords differ, and in every connected stretch the higher ones go up."""
    colour = [0] * len(chords)
    for first in range(len(chords)):
        if colour[first]:
            continue
        colour[first] = 1
        stretch, waiting = [first], [first]
        while waiting:
            index = waiting.pop()
            for partner in chords[index].partners:
                if not colour[partner]:
                    colour[partner] = 3 - colour[index]
                    stretch.append(partner)
                    waiting.append(partner)
        rise = sum(
            (chords[a].height - chords[b].height) * (1 if colour[a] == 1 else -1) for a in stretch for b in chords[a].partners if a < b
        )
        if rise < 0:
            for index in stretch:
                colour[index] = 3 - colour[index]
    return colour
