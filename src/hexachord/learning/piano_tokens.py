"""Three ways to tell a piano as tokens, behind one face: compound words, REMI, MIDI-like.

All three are told the same notes on the same grid (`hexachord.learning.piano_songs`), so what a note costs in nats can be compared.
Bars, metre and tempo are known to whoever asks for music: rows and REMI are told of them without having to guess, MIDI-like tokens know
nothing of them. Whatever is drawn under a walk decodes, in exactly the bars that were asked for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, Protocol, get_args

import numpy as np

from hexachord.arrays import BoolArray, IntArray
from hexachord.composition.clips import Clip, excerpt, on_vocabulary
from hexachord.composition.controls import FILLED_PART
from hexachord.composition.encode import chord_rows, encode, note_rows
from hexachord.composition.flat_walk import MidiWalk, RemiWalk, flat_walk
from hexachord.composition.grammar import Walk
from hexachord.composition.identity import AnyVocabulary
from hexachord.composition.midi_like import MidiLike
from hexachord.composition.plan import Plan
from hexachord.composition.remi import Remi
from hexachord.composition.vocabulary import BAR, CHORD, FIELDS, FILLED, GRID, KIND, PITCH, Vocabulary
from hexachord.composition.writing import field_chances
from hexachord.errors import InputError
from hexachord.learning.piano_songs import PIANO
from hexachord.models.row_sampling import Chance

Tokenisation = Literal["compound", "remi", "midi-like"]
TOKENISATIONS: tuple[Tokenisation, ...] = get_args(Tokenisation)


class PianoWalk(Protocol):
    """A walk through the bars of a piece (see `hexachord.models.row_sampling.Rules`), and the music that came of it."""

    done: bool

    def feed(self) -> IntArray:
        """Return the rows that come next, (n, fields)."""

    def mask(self, chosen: Sequence[int]) -> BoolArray:
        """Say which values of the next field are legal."""

    def push(self, row: Sequence[int]) -> None:
        """Take a legal row."""

    def refreshed(self, most: int) -> IntArray:
        """Tell what matters now in so many rows at most."""

    def clip(self) -> Clip:
        """Return the music so far."""


@dataclass(frozen=True, kw_only=True)
class PianoTokens:
    """A way to tell a piano.

    Attributes
    ----------
    name : ``compound`` (one row of seven fields per note), ``remi`` or ``midi-like`` (one token per attribute)
    steps : positions of a quarter
    chords : whether chord symbols are told (MIDI-like cannot)

    Examples
    --------
    >>> PianoTokens(name="remi").fields, PianoTokens(name="compound").fields
    (1, 7)
    """

    name: Tokenisation = "compound"
    steps: int = 4
    chords: bool = False

    def __post_init__(self) -> None:
        if self.name not in TOKENISATIONS:
            raise InputError(f"--tokens {self.name}", found="no such way to tell music", expected=f"one of {', '.join(TOKENISATIONS)}")
        if self.steps not in (1, 2, 3, 4, 6, 8, 12, 24):
            raise InputError(f"--grid {self.steps}", found="steps that do not divide a quarter's 24", expected="1, 2, 3, 4, 6, 8, 12 or 24")
        if self.chords and self.name == "midi-like":
            raise InputError("--chords", found="a tokenisation that has no word for chords", expected="compound or remi")

    @cached_property
    def rows(self) -> Vocabulary:
        """The vocabulary of compound words."""
        return Vocabulary()

    @cached_property
    def flat(self) -> Remi | MidiLike:
        """The vocabulary of single tokens."""
        return MidiLike(steps=self.steps) if self.name == "midi-like" else Remi(steps=self.steps, chords=self.chords)

    @property
    def vocabulary(self) -> AnyVocabulary:
        """What a model's file keeps as its identity."""
        return self.rows if self.name == "compound" else self.flat

    @property
    def field_sizes(self) -> tuple[int, ...]:
        """How many values each field has."""
        return self.vocabulary.field_sizes

    @property
    def fields(self) -> int:
        """How many fields a row has."""
        return len(self.field_sizes)

    def told(self, clip: Clip) -> Clip:
        """Bring a clip on the grid to what these tokens can say: nothing changes but chords, which may go."""
        if self.name == "compound":
            clip = on_vocabulary(clip, self.rows)
        return clip if self.chords else Clip(bars=clip.bars, notes=clip.notes, chords=clip.chords[:0], parts=clip.parts)

    def encode(self, clip: Clip, *, begins: bool | None = True, after: int | None = None, number: int = 0) -> tuple[IntArray, BoolArray]:
        """Write bars as rows.

        Parameters
        ----------
        clip : see `told`
        begins : whether the piece begins here; None says nothing
        after : bars that follow; 0 where the piece ends, None says nothing
        number : of the first bar, from 0

        Returns
        -------
        (n, fields) int16 rows, the first of which stands for "a piece begins", and which of their fields are to be predicted
        """
        if self.name == "compound":
            return _encoded(clip, self.rows, chords=self.chords, begins=begins, after=after, number=number)
        tokens = self.flat.encode(clip)
        tokens = tokens if after == 0 else tokens[:-1]
        types = self.flat.types_of(tokens[:, 0].astype(np.int64))
        counts = np.ones(len(tokens), dtype=bool)
        for kind in ("BEATS", "BEAT_TYPE", "TEMPO"):
            if kind in self.flat.sizes():
                counts[types == self.flat.type_number(kind)] = False
        if isinstance(self.flat, Remi):
            counts[:1] = False  # the first bar begins by itself
        rows = np.concatenate([np.zeros((1, 1), dtype=np.int16), tokens])
        return rows, np.concatenate([[False], counts])[:, None]

    def notes_in(self, rows: IntArray, counts: BoolArray) -> int:
        """Count the notes that are to be predicted."""
        if self.name == "compound":
            return int(np.count_nonzero(counts[..., PITCH] & (rows[..., KIND] == self.rows.kind(PIANO))))
        kind = self.flat.type_number("ON" if self.name == "midi-like" else "PITCH")
        types = self.flat.types_of(rows[..., 0].astype(np.int64))
        return int(np.count_nonzero(counts[..., 0] & (types == kind)))

    def chances(self, chance: Chance) -> Chance | list[Chance]:
        """How chance draws each field."""
        return field_chances(chance) if self.name == "compound" else chance

    def walk(self, clip: Clip, *, prompt_bars: int = 0) -> PianoWalk:
        """Begin a walk through the bars of a clip; the notes of the first so many bars stand already, later ones are not read."""
        if self.name == "compound":
            return _row_walk(clip, prompt_bars, rows=self.rows, steps=self.steps, chords=self.chords)
        given = excerpt(clip, 0, prompt_bars)
        begun = Clip(bars=clip.bars, notes=given.notes, chords=given.chords, parts=clip.parts)
        return _FlatWalk(flat_walk(begun, vocabulary=self.flat, prompt_bars=prompt_bars), self.flat)


def _encoded(
    clip: Clip, words: Vocabulary, *, chords: bool, begins: bool | None, after: int | None, number: int
) -> tuple[IntArray, BoolArray]:
    states = {PIANO: FILLED_PART} | ({CHORD: FILLED_PART} if chords else {})
    made = encode(clip, vocabulary=words, states=states, begins=begins, bars_after=after, first_number=number)
    return made.rows, made.scored


def _row_walk(clip: Clip, prompt_bars: int, *, rows: Vocabulary, steps: int, chords: bool) -> Walk:
    """Walk in compound words; what is given was written before, as if by the model itself."""
    fill = np.zeros((len(clip.bars), len(rows.roles)), dtype=bool)
    fill[:, PIANO] = True
    fill[:, CHORD] = chords
    grid = np.arange(GRID) % (GRID // steps) == 0
    blank = Clip(bars=clip.bars, notes=clip.notes[:0], chords=clip.chords[:0], parts=clip.parts)
    walk = Walk(Plan(clip=blank, fill=fill, grid=grid, begins=True, bars_after=None), vocabulary=rows)
    given = excerpt(clip, 0, prompt_bars)
    table = np.concatenate([chord_rows(given.chords, FILLED, vocabulary=rows), note_rows(given.notes, FILLED, vocabulary=rows)])
    bar = np.concatenate([given.chords["bar"], given.notes["bar"]])
    place = np.concatenate([given.chords["place"], given.notes["place"]])
    order = np.lexsort((table[:, PITCH], table[:, KIND], place, bar))
    table, bar = table[order], bar[order]
    ends = [BAR, *[0] * (len(FIELDS) - 1)]
    for index in range(prompt_bars):
        for row in table[bar == index].tolist():
            walk.push(row)
        walk.push(ends)
    return walk


class _FlatWalk:
    """A walk in single tokens that begins with a sign, and can tell its last bars again."""

    def __init__(self, walk: RemiWalk | MidiWalk, vocabulary: Remi | MidiLike) -> None:
        self._walk, self._words = walk, vocabulary
        self._begun = False
        self.done = walk.done

    def feed(self) -> IntArray:
        """Return the tokens that come next."""
        rows = self._walk.feed()
        if not self._begun:
            self._begun = True
            rows = np.concatenate([np.zeros((1, 1), dtype=np.int64), rows])
        return rows

    def mask(self, chosen: Sequence[int] = ()) -> BoolArray:
        """Say which tokens are legal."""
        return self._walk.mask(chosen)

    def push(self, row: Sequence[int]) -> None:
        """Take a legal token."""
        self._walk.push(row)
        self.done = self._walk.done

    def clip(self) -> Clip:
        """Return the music so far."""
        return self._walk.clip()

    def refreshed(self, most: int) -> IntArray:
        """Tell the last bars again, as if the music had begun with the first of them; where there are no bars, the last moments."""
        tokens = self._walk.rows()[:, 0]
        types = self._words.types_of(tokens)
        head: list[int] = [0]
        if isinstance(self._words, Remi):
            opens = np.flatnonzero(types == self._words.type_number("BAR"))
            signs = [self._words.type_number(kind) for kind in ("BEATS", "BEAT_TYPE", "TEMPO")]
            said = {int(kind): int(token) for kind, token in zip(types, tokens, strict=True) if kind in signs}
            head += [int(tokens[opens[0]]), *(said[kind] for kind in signs if kind in said)]
        else:
            opens = np.flatnonzero(types == self._words.type_number("SHIFT"))
        fits = opens[opens >= len(tokens) - (most - len(head))]
        first = int(fits[0]) if len(fits) else max(0, len(tokens) - (most - len(head)))
        rest = tokens[first:]
        if isinstance(self._words, Remi) and len(fits):
            rest = rest[1:]  # its BAR stands in the head
            kinds = types[first + 1 :]
            lead = 0
            while lead < len(kinds) and kinds[lead] in signs:
                lead += 1
            rest = rest[lead:]
        return np.concatenate([np.array(head, dtype=np.int64), rest])[:, None]
