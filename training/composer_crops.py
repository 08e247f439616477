"""Crops for the composer: stretches of songs as rows, with random locks, controls, keys and tempi.

A crop is what a user may ask for: some of the music is given, the rest is wanted, a little or a lot is said about it beforehand. Half of
all crops give nothing or only what lies before; the others lock bars, parts, voices, pitch ranges or single notes (see `composer_masks`).
"""

from dataclasses import dataclass, replace

import numpy as np
from composer_masks import draw_given

from hexachord.arrays import BoolArray, Float64Array
from hexachord.composition.clips import BAR_DTYPE, Clip, excerpt, settled, transposed
from hexachord.composition.controls import Controls, PartControls, measured, piano_level
from hexachord.composition.encode import Encoded, encode
from hexachord.composition.likeness import alike_bars, section_letters
from hexachord.composition.vocabulary import Vocabulary

SHARES = {"pop909": 0.50, "openscore_lieder": 0.20, "openewld": 0.06, "musetrainer": 0.06, "jsb_chorales": 0.08, "groove": 0.10}
"""How often a crop comes from each corpus; inside one, songs are drawn by their number of notes."""

_LOWEST, _HIGHEST = 21, 108  # what a transposition may reach: the keys of a piano
_TEMPO = 0.12  # standard deviation of the logarithm of a changed tempo


@dataclass(frozen=True, kw_only=True)
class CropOptions:
    """How crops are drawn.

    Attributes
    ----------
    rows : the longest crop
    free : how often nothing is given inside the crop
    from_start : how often a crop starts where its song does
    said : how often each control is said, of those crops that have controls at all (four in five)
    sections : how often bars bear letters of sections
    reminded : how often bars are reminded of earlier ones that are like them
    transpose : draw one of twelve keys
    """

    rows: int = 512
    free: float = 0.4
    from_start: float = 0.2
    said: float = 0.5
    sections: float = 0.25
    reminded: float = 0.3
    transpose: bool = True


class Crops:
    """Draws crops from songs; the same seed draws the same ones."""

    def __init__(self, songs: dict[str, Clip], *, vocabulary: Vocabulary, options: CropOptions = CropOptions()) -> None:
        self.vocabulary, self.options = vocabulary, options
        self.songs = [clip for origin, clip in songs.items() if SHARES.get(origin.partition("/")[0], 0.0) > 0]
        corpora = [origin.partition("/")[0] for origin in songs if SHARES.get(origin.partition("/")[0], 0.0) > 0]
        sizes = np.array([len(clip.notes) + 2 * len(clip.bars) for clip in self.songs], dtype=np.float64)
        weight = np.zeros(len(sizes))
        for corpus in sorted(set(corpora)):
            here = np.array([name == corpus for name in corpora])
            weight[here] = sizes[here] / sizes[here].sum() * SHARES[corpus]
        self.chances: Float64Array = weight / weight.sum()
        self._edges = np.cumsum(self.chances)

    def draw(self, random: np.random.Generator) -> Encoded:
        """Draw a crop: at most `CropOptions.rows` rows and the fields of them that are to be predicted."""
        index = min(int(np.searchsorted(self._edges, random.random())), len(self.songs) - 1)
        return self.crop_of(self.songs[index], random)

    def crop_of(self, song: Clip, random: np.random.Generator) -> Encoded:
        """Draw a crop of one song."""
        words, options = self.vocabulary, self.options
        first, count = self._stretch(song, random)
        clip = excerpt(song, first, count)
        if options.transpose:
            clip = transposed(clip, self._shift(clip, random), vocabulary=words)
        clip = _retouched(clip, random)
        clip = fewer_parts(clip, random, vocabulary=words)
        if random.random() < options.sections:
            size = int(random.choice([4, 8, 8, 16]))
            clip.bars["section"] = section_letters(clip, bars=size, skip=-first % size)
        given_notes, given_chords = (
            (np.zeros(len(clip.notes), dtype=bool), np.zeros(len(clip.chords), dtype=bool))
            if random.random() < options.free
            else draw_given(clip, random, vocabulary=words)
        )
        if len(clip.chords) and random.random() < 0.35:  # without chords at all
            clip, given_chords = replace(clip, chords=clip.chords[:0]), given_chords[:0]
        controls = self._controls(clip, given_notes, random)
        reminders: tuple[tuple[int, int], ...] = ()
        if controls.likeness and random.random() < 0.4:
            chosen = [pair for pair in controls.likeness if random.random() < 0.5]
            reminders = tuple((bar, earlier) for bar, earlier, _ in chosen)
        known = random.random() < 0.7
        after = len(song.bars) - first - count
        made = encode(
            clip, vocabulary=words, given_notes=given_notes, given_chords=given_chords, controls=controls, reminders=reminders,
            look=int(random.integers(1, words.look + 1)), first_number=int(random.integers(words.bar_cycle)),
            begins=(first == 0) if random.random() < 0.8 else None, bars_after=after if known or after == 0 else None,
        )  # fmt: skip
        return made if len(made.rows) <= options.rows else _shortened(made, options.rows)

    def _stretch(self, song: Clip, random: np.random.Generator) -> tuple[int, int]:
        """Bars that fill the rows: as many as fit from a random bar on."""
        per_bar = np.bincount(song.notes["bar"], minlength=len(song.bars)) + 2.0 + np.bincount(song.chords["bar"], minlength=len(song.bars))
        total = np.concatenate([[0.0], np.cumsum(per_bar)])
        room = self.options.rows - 12
        latest = max(0, int(np.searchsorted(total, total[-1] - room * 0.9)))
        first = 0 if random.random() < self.options.from_start else int(random.integers(0, latest + 1))
        last = int(np.searchsorted(total, total[first] + room, side="right")) - 1
        count = max(1, min(last, len(song.bars)) - first)
        if random.random() < 0.15:  # shorter wishes happen too
            count = max(min(count, 4), int(random.integers(1, count + 1)))
        return first, count

    def _shift(self, clip: Clip, random: np.random.Generator) -> int:
        pitched = clip.notes["pitch"][clip.notes["role"] != self.vocabulary.drums]
        shift = int(random.integers(-6, 6))
        if len(pitched) and not int(pitched.min()) + shift >= _LOWEST:
            shift += 12 if int(pitched.max()) + shift + 12 <= _HIGHEST else -shift
        elif len(pitched) and int(pitched.max()) + shift > _HIGHEST:
            shift += -12 if int(pitched.min()) + shift - 12 >= _LOWEST else -shift
        return shift

    def _controls(self, clip: Clip, given: BoolArray, random: np.random.Generator) -> Controls:
        """What is said of a crop: measured on it, each thing left out now and then."""
        if random.random() < 0.2:
            return Controls()
        said = self.options.said
        level = piano_level(clip, vocabulary=self.vocabulary) if random.random() < 0.15 else None
        found = measured(clip, difficulty=level, drums=self.vocabulary.drums)
        felt = random.random(2) < 0.3
        parts = tuple((role, _some(part, said, random)) for role, part in found.parts)
        counts: tuple[tuple[int, int], ...] = ()
        if random.random() < 0.25:
            wanted = np.bincount(clip.notes["bar"][~given], minlength=len(clip.bars)).tolist()
            counts = tuple((bar, notes) for bar, notes in enumerate(wanted) if random.random() < 0.7)
        likeness: tuple[tuple[int, int, float], ...] = ()
        if random.random() < self.options.reminded:
            share = random.uniform(0.2, 1.0)
            likeness = tuple(found_ for found_ in alike_bars(clip) if random.random() < share)
        return Controls(
            style=found.style if random.random() < 0.8 else None, difficulty=found.difficulty, valence=found.valence if felt[0] else None,
            arousal=found.arousal if felt[1] else None, parts=parts, note_counts=counts, likeness=likeness,
        )  # fmt: skip


def _some(part: PartControls, said: float, random: np.random.Generator) -> PartControls:
    keep = random.random(3) < said
    return PartControls(
        density=part.density if keep[0] else None,
        register=part.register if keep[1] else None,
        polyphony=part.polyphony if keep[2] else None,
    )


def _retouched(clip: Clip, random: np.random.Generator) -> Clip:
    """Another tempo near by, or none; a key that nobody says; no loudness."""
    bars = clip.bars.copy()
    change = np.exp(random.normal(0.0, _TEMPO))
    bars["bpm"] = np.where(bars["bpm"] > 0, bars["bpm"] * change, 0.0) if random.random() < 0.8 else 0.0
    if random.random() < 0.2:
        bars["key"] = -1
    notes = clip.notes
    if random.random() < 0.1:
        notes = notes.copy()
        notes["velocity"] = 0
    return replace(clip, bars=bars.astype(BAR_DTYPE), notes=notes)


def fewer_parts(clip: Clip, random: np.random.Generator, *, vocabulary: Vocabulary) -> Clip:
    """Let only some parts play now and then, or one piano play all of them: a song is also a tune with chords, and a piano cover."""
    roles = np.unique(clip.notes["role"])
    names = {vocabulary.roles[role] for role in roles.tolist()}
    if {"right", "left"} <= names and random.random() < 0.25:
        clip = one_piano(clip, ("right", "left"), vocabulary=vocabulary)
    if {"melody", "piano"} <= names and random.random() < 0.15:
        whole = one_piano(clip, ("melody", "bridge", "piano", "right", "left"), vocabulary=vocabulary)
        return replace(whole, style="piano pop" if clip.style == "pop" else clip.style)
    if len(roles) > 1 and random.random() < 0.2:
        kept = random.random(len(roles)) < 0.5
        kept[random.integers(len(roles))] = True
        few = clip.notes[np.isin(clip.notes["role"], roles[kept])]
        if len(few) > 8:
            return replace(clip, notes=few)
    return clip


def one_piano(clip: Clip, roles: tuple[str, ...], *, vocabulary: Vocabulary) -> Clip:
    """Read several parts as one piano; what two strike on one key at once is one note, and a key that sounds is struck anew."""
    mine = np.isin(clip.notes["role"], [vocabulary.roles.index(name) for name in roles])
    notes = clip.notes.copy()
    notes["role"][mine] = vocabulary.roles.index("piano")
    starts = clip.starts
    starts[-1] += 1 << 20  # notes may last beyond the crop
    return replace(clip, notes=settled(notes, starts, durations=vocabulary.durations, drums=vocabulary.drums))


def _shortened(crop: Encoded, rows: int) -> Encoded:
    """The first rows only; what ends in the middle of a bar is a crop too."""
    return Encoded(rows=crop.rows[:rows], scored=crop.scored[:rows], bar_rows=crop.bar_rows[crop.bar_rows < rows])
