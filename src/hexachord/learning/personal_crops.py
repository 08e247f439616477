"""What the composer learns a few songs from: stretches of them in all keys, some of their notes given, the rest wanted.

A small kin of the crops from which the composer itself was trained (``training/composer_crops.py``): continue, fill bars in, add parts.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from hexachord.arrays import BoolArray, IntArray
from hexachord.composition.clips import Clip, excerpt, transposed
from hexachord.composition.controls import Controls, PartControls, measured
from hexachord.composition.encode import Encoded, encode
from hexachord.composition.vocabulary import FIELDS, Vocabulary

_LOWEST, _HIGHEST = 21, 108  # what a transposition may reach: the keys of a piano
_TEMPO = 0.1  # standard deviation of the logarithm of a changed tempo
_BESIDES = 12  # rows that stand before the first bar, at most

Packed = tuple[IntArray, IntArray, BoolArray]
"""Rows (lines, rows + 1, fields), those to be told (from the second on), and which fields of these count."""


@dataclass(frozen=True, kw_only=True, eq=False)
class PersonalCrops:
    """Draws stretches of songs; the same random numbers draw the same ones.

    Attributes
    ----------
    songs : on the vocabulary
    rows : the longest crop
    free : how often nothing is given
    """

    songs: Sequence[Clip]
    vocabulary: Vocabulary
    rows: int = 512
    free: float = 0.5

    def draw(self, random: np.random.Generator) -> Encoded:
        """Draw a crop; long songs come more often than short ones, in proportion."""
        sizes = np.array([len(song.notes) + 2.0 * len(song.bars) for song in self.songs])
        song = self.songs[int(random.choice(len(sizes), p=sizes / sizes.sum()))]
        first = 0 if random.random() < 0.2 else int(random.integers(len(song.bars)))
        count = _fitting(song, first, rows=self.rows)
        clip = _in_another_key(excerpt(song, first, count), random, vocabulary=self.vocabulary)
        bars = clip.bars.copy()
        bars["bpm"] *= np.exp(random.normal(0.0, _TEMPO)) if random.random() < 0.8 else 0.0
        clip = replace(clip, bars=bars)
        notes, chords = draw_given(clip, random) if random.random() >= self.free else (None, None)
        after = len(song.bars) - first - count
        made = encode(
            clip, vocabulary=self.vocabulary, given_notes=notes, given_chords=chords, controls=self._controls(clip, random),
            look=int(random.integers(1, self.vocabulary.look + 1)), first_number=int(random.integers(self.vocabulary.bar_cycle)),
            begins=first == 0, bars_after=after,
        )  # fmt: skip
        return _cut(made, self.rows)

    def packed(self, random: np.random.Generator, *, lines: int) -> Packed:
        """Draw crops, one after the other until each of so many lines is full."""
        rows = np.zeros((lines, self.rows + 1, len(FIELDS)), dtype=np.int16)
        counts = np.zeros(rows.shape, dtype=bool)
        for line, count in zip(rows, counts, strict=True):
            at = 0
            while at <= self.rows:
                crop = self.draw(random)
                size = min(len(crop.rows), self.rows + 1 - at)
                line[at : at + size], count[at : at + size] = crop.rows[:size], crop.scored[:size]
                at += size
        return rows, rows[:, 1:], counts[:, 1:]

    def _controls(self, clip: Clip, random: np.random.Generator) -> Controls:
        """Nothing is said of some crops, of the others a part of what was measured."""
        if random.random() < 0.3:
            return Controls(style=clip.style or None)
        found = measured(clip, drums=self.vocabulary.drums)
        parts = []
        for role, part in found.parts:
            said = random.random(3) < 0.5
            parts.append((role, PartControls(
                density=part.density if said[0] else None, register=part.register if said[1] else None,
                polyphony=part.polyphony if said[2] else None,
            )))  # fmt: skip
        return Controls(style=clip.style or None, parts=tuple(parts))


def draw_given(clip: Clip, random: np.random.Generator) -> tuple[BoolArray, BoolArray]:
    """Say which notes and chords are given: what comes first, all but some bars in a row, bars here and there, or some of the parts."""
    kind, count = int(random.integers(4)), len(clip.bars)
    if kind == 3:
        roles = np.unique(clip.notes["role"])
        chosen = roles[random.random(len(roles)) < 0.5]
        if len(chosen) < len(roles):  # else nothing would be wanted
            return np.isin(clip.notes["role"], chosen), np.full(len(clip.chords), random.random() < 0.6)
    bars = np.ones(count, dtype=bool)
    if kind == 0:
        bars[random.integers(count) :] = False
    elif kind == 1:
        length = int(np.clip(random.geometric(0.25), 1, max(1, count * 3 // 4)))
        first = int(random.integers(0, count - length + 1))
        bars[first : first + length] = False
    else:
        bars = random.random(count) < random.uniform(0.1, 0.9)
    return bars[clip.notes["bar"]], bars[clip.chords["bar"]]


def stretches(clip: Clip, *, vocabulary: Vocabulary, rows: int = 512) -> list[Encoded]:
    """Cut a song into stretches that fit so many rows, in its own key and with nothing given: what it is judged by."""
    found, first = [], 0
    while first < len(clip.bars):
        count = _fitting(clip, first, rows=rows)
        made = encode(
            excerpt(clip, first, count), vocabulary=vocabulary, controls=Controls(style=clip.style or None), first_number=first,
            begins=first == 0, bars_after=len(clip.bars) - first - count,
        )  # fmt: skip
        found.append(_cut(made, rows))
        first += count
    return found


def _fitting(clip: Clip, first: int, *, rows: int) -> int:
    """How many bars from one on fit, one at least."""
    count = len(clip.bars)
    per_bar = np.bincount(clip.notes["bar"], minlength=count) + 2 + np.bincount(clip.chords["bar"], minlength=count)
    return max(1, int(np.searchsorted(np.cumsum(per_bar[first:]), rows - _BESIDES, side="right")))


def _in_another_key(clip: Clip, random: np.random.Generator, *, vocabulary: Vocabulary) -> Clip:
    pitch = clip.notes["pitch"][clip.notes["role"] != vocabulary.drums]
    shifts = [
        shift for shift in range(-6, 6) if not len(pitch) or (pitch.min() + shift >= _LOWEST and pitch.max() + shift <= _HIGHEST)
    ] or [0]
    return transposed(clip, int(random.choice(shifts)), vocabulary=vocabulary)


def _cut(crop: Encoded, rows: int) -> Encoded:
    return Encoded(rows=crop.rows[:rows], scored=crop.scored[:rows], bar_rows=crop.bar_rows[crop.bar_rows < rows])
