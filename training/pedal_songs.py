"""Piano pieces for the pedal network: rendered like any other song, but pedalled by imagined pianists.

What the data engine pedals, it pedals with every change of harmony and lifts for a moment only. Here some pedal with the beat and let go
before the next, some hold on over several harmonies, some pedal now and then, some never; where the pedal is down fingers may leave their
keys early. How pianists do it: Repp, "Pedal timing and tempo in expressive piano performance", Psychology of Music 24, 1996.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np
from singing import RATE_HZ
from songs import Song

from hexachord.arrays import Float64Array
from hexachord.audio import Audio, load_audio, save_audio
from hexachord.files import read_text, write_text
from hexachord.rendering.instruments import Instruments
from hexachord.rendering.labels_json import labels_from_json, labels_to_json
from hexachord.rendering.model import Take
from hexachord.rendering.music import DURATION, ONSET, Line, Piece, ordered
from hexachord.rendering.performing import perform
from hexachord.rendering.producing import draw_production
from hexachord.rendering.repertoire import art_song, piano_piece
from hexachord.rendering.shelf import Shelf
from hexachord.rendering.sound import render_take
from hexachord.rendering.timing import Clock, TempoKind, human_clock, humanized, tempo_clock

T = TypeVar("T")
LENGTH_S = 30.0
_TRIES = 60
_FEWEST = 25  # notes
_TEMPI: tuple[tuple[TempoKind, float], ...] = (("rubato", 0.45), ("drift", 0.25), ("steady", 0.15), ("ritardando", 0.1), ("final", 0.05))
_MANNERS = (("legato", 0.46), ("rhythmic", 0.18), ("long", 0.1), ("sparse", 0.16), ("dry", 0.1))
_SHORTEST_S = 0.08
_CHANGED = 0.2  # chance that a pianist goes over to another manner, with each span


@dataclass(frozen=True, kw_only=True, eq=False)
class Pianist(Generic[T]):
    """A job for workers: render a piece, or recall it, and look at it (`songs.Ear` does the same for what the data engine draws)."""

    look: Callable[[Song], T]
    shelf: Shelf
    instruments: Instruments
    seed: int
    keep: Path

    def __call__(self, index: int) -> T:
        """Look at piece `index`."""
        sound = self.keep / f"pedalled-{self.shelf.side}-{self.seed}" / f"{index:06d}.flac"
        labels = sound.with_suffix(".json")
        if not (sound.exists() and labels.exists()):
            take = pedalled_take(self.seed * 1_000_000 + index, self.shelf)
            production = draw_production(take, self.instruments, seed=take.seed)
            made = render_take(take, production, self.instruments, rate_hz=RATE_HZ)
            sound.parent.mkdir(parents=True, exist_ok=True)
            save_audio(Audio(samples=made.audio.mean(axis=0, keepdims=True), rate_hz=RATE_HZ), sound, subtype="PCM_16")
            write_text(labels, labels_to_json(made.take))
        take, _ = labels_from_json(read_text(labels, what="labels"), source=str(labels))
        return self.look(Song(signal=load_audio(sound).samples[0], take=take))


def pedalled_take(seed: int, shelf: Shelf) -> Take:
    """Draw a piece for one piano, and play it with the pedal."""
    random = np.random.default_rng([seed, 64])
    piece = next(one for one in (_drawn(random, shelf) for _ in range(_TRIES)) if len(one.lines[0].notes) >= _FEWEST)
    if piece.bars is None:  # a recital, whose pedal is that of the recording
        clock = Clock(np.array([0.0, 1.0]), np.array([0.0, 60.0 / piece.quarter_bpm]))
    else:
        names = [name for name, _ in _TEMPI]
        tempo = names[int(random.choice(len(names), p=[share for _, share in _TEMPI]))]
        clock = tempo_clock(tempo, quarter_bpm=piece.quarter_bpm, bars=piece.bars, random=random)
        if piece.clock is not None and random.random() < 0.5:
            clock = human_clock(piece.clock, quarter_bpm=piece.quarter_bpm, original_bpm=piece.quarter_bpm)
        line = humanized(piece.lines[0], piece.bars, quarter_bpm=piece.quarter_bpm, amount=float(random.uniform(0.3, 1.5)), random=random)
        clock = clock.moved(float(random.uniform(0.0, 1.0)) - float(clock.seconds(min(0.0, piece.bars[0].start))))
        piece = replace(piece, lines=(pedalled(line, _changes(piece, random), clock, random=random),))
    piece = replace(piece, facts=piece.facts | {"kind": "piano"})
    return perform(piece, clock, name=f"{shelf.side}-pedalled-{seed}", seed=seed, length_s=LENGTH_S, random=random)


def pedalled(line: Line, changes: Float64Array, clock: Clock, *, random: np.random.Generator) -> Line:
    """Pedal a line in one of several manners, or one after the other; `changes` are the quarters at which the pedal may change.

    Returns
    -------
    The line with its pedal, in quarters, and perhaps with shorter notes: what the pedal holds needs no finger.
    """
    spans = pedal_spans(clock.seconds(changes), random)
    quarters = np.interp(spans, clock.time_s, clock.quarters)
    notes = line.notes.copy()
    if random.random() < 0.6:
        kept = np.clip(random.uniform(0.35, 0.95) + random.normal(0.0, 0.12, len(notes)), 0.15, 1.0)
        notes[:, DURATION] *= kept
    return replace(line, notes=notes, pedal=quarters)


def pedal_spans(change_s: Float64Array, random: np.random.Generator) -> Float64Array:
    """Draw when the pedal goes down and up, (spans, 2) seconds, where it may change at `change_s`.

    Examples
    --------
    >>> spans = pedal_spans(np.arange(20.0), np.random.default_rng(3))
    >>> bool((spans[:, 1] > spans[:, 0]).all() and (spans[1:, 0] > spans[:-1, 1]).all())
    True
    """
    late_s, spread_s = float(random.uniform(0.06, 0.35)), float(random.uniform(0.01, 0.08))  # the foot after the hand, of this pianist
    lift_s = float(random.uniform(-0.04, 0.06))
    manner, spans = _manner(random), list[tuple[float, float]]()
    for begin, end in zip(change_s[:-1].tolist(), change_s[1:].tolist(), strict=True):
        if random.random() < _CHANGED:
            manner = _manner(random)
        length = end - begin
        down = begin + min(abs(random.normal(late_s, spread_s)) + 0.03, 0.6 * length)
        up = end + random.normal(lift_s, 0.4 * spread_s)
        if manner == "rhythmic":
            down = begin + random.normal(0.0, 0.03)
            up = begin + length * float(random.uniform(0.4, 0.85))
        if manner == "dry" or (manner == "sparse" and random.random() < 0.55):
            continue
        if spans and down < spans[-1][1] + 0.04:
            down = spans[-1][1] + 0.04
        if manner == "long" and spans and random.random() < 0.6 and down - spans[-1][1] < 0.5:
            spans[-1] = (spans[-1][0], up)
        elif up - down >= _SHORTEST_S:
            spans.append((down, up))
    return np.array(spans).reshape(-1, 2)


def _manner(random: np.random.Generator) -> str:
    return _MANNERS[int(random.choice(len(_MANNERS), p=[share for _, share in _MANNERS]))][0]


def _drawn(random: np.random.Generator, shelf: Shelf) -> Piece:
    """Take a recital, a page, a pop song for two hands, or the piano of a song; all of it on one piano."""
    sung = random.random() < 0.25 and shelf.names("openscore_lieder")
    piece = (art_song if sung else piano_piece)(random, shelf, length_s=LENGTH_S)
    lines = [line for line in piece.lines if not sung or line.role == "piano"]
    notes = ordered(np.concatenate([line.notes for line in lines])) if lines else np.empty((0, 4))
    line = Line(role="piano", program=0, name="piano", notes=notes, pedal=lines[0].pedal if lines else np.empty((0, 2)), written=False)
    return replace(piece, lines=(replace(line, written=piece.bars is not None),))


def _changes(piece: Piece, random: np.random.Generator) -> Float64Array:
    """Where the pedal may change: with the harmony, the bar, half of it or the beat."""
    assert piece.bars is not None
    choice = random.random()
    if choice < 0.45 and piece.chords:
        at = [span.start for span in piece.chords]
    else:
        parts = [1 if choice < 0.65 else max(1, bar.felt // 2) if choice < 0.85 else bar.felt for bar in piece.bars]
        at = [bar.start + bar.length * part / count for bar, count in zip(piece.bars, parts, strict=True) for part in range(count)]
    last = float(piece.lines[0].notes[:, ONSET].max())
    return np.array([*sorted({one for one in at if one < last + 1.0}), last + float(random.uniform(1.0, 4.0))])
