"""Chords for their own sake: every quality as often as any other, on all roots, high and low, struck, held and broken, alone or in a row.

Songs are mostly major and minor triads over a bass; what a chord is when it stands alone for four seconds in the treble, or is half
diminished, is learnt here. Played and produced by the data engine like everything else.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from chord_frames import ChordFrames, rendered_frames
from songs import Song

from hexachord.audio_analysis.harmony.vocabulary import QUALITIES, label_of
from hexachord.corpus.workers import in_order
from hexachord.rendering.instruments import Instruments
from hexachord.rendering.model import Take
from hexachord.rendering.music import Line, Piece, Span, notes_of
from hexachord.rendering.performing import perform
from hexachord.rendering.producing import draw_production
from hexachord.rendering.sound import render_take
from hexachord.rendering.timing import Clock
from hexachord.theory.chord_labels import FLAT_NAMES, parse_chord

RATE_HZ = 22_050
_LENGTH_S = 30.0
_ALONE = 0.4
"""How often a study is a single chord."""
_PROGRAMS = (0, 0, 0, 1, 4, 5, 6, 11, 16, 19, 24, 25, 27, 46, 48, 50, 52, 88)
_PLAIN = 0.4  # how often it is a major or minor triad after all
_SEEDS = 7_000_000


@dataclass(frozen=True, kw_only=True, eq=False)
class Player:
    """A job for workers: play a study and look at it."""

    instruments: Instruments
    side: str

    def __call__(self, index: int) -> ChordFrames | None:
        """Play study `index`."""
        seed = _SEEDS + index
        take = study(seed, name=f"{self.side}-study-{seed}")
        made = render_take(take, draw_production(take, self.instruments, seed=seed), self.instruments, rate_hz=RATE_HZ)
        return rendered_frames(Song(signal=made.audio.mean(axis=0), take=made.take))


def studies(instruments: Instruments, *, side: str, first: int, count: int, workers: int) -> Iterator[ChordFrames]:
    """Play studies in order."""
    found = in_order(Player(instruments=instruments, side=side), first=first, count=count, workers=workers)
    return (one for one in found if one is not None)


def study(seed: int, *, name: str) -> Take:
    """Compose a study: a take with its chords."""
    random = np.random.default_rng([seed, 11])
    alone = random.random() < _ALONE
    length_s = float(random.uniform(2.0, 8.0)) if alone else _LENGTH_S
    at = float(random.uniform(0.0, 0.4))
    spans: list[Span] = []
    rows: list[tuple[float, float, float, float]] = []
    centre, has_bass = float(random.uniform(50, 78)), bool(random.random() < 0.5)
    broken = float(random.choice([0.0, 0.0, 0.02, 0.12, 0.25]))
    while at < length_s - 0.5:
        held_s = length_s - at if alone else float(random.choice([0.5, 1.0, 2.0, 4.0])) * float(random.uniform(0.8, 1.2))
        label, pitches = _chord(random, centre=centre, has_bass=has_bass)
        again_s = held_s if alone or random.random() < 0.6 else held_s / float(random.integers(2, 5))
        for strike in np.arange(0.0, held_s - 0.1, again_s):
            loud = float(random.uniform(40, 115))
            for place, pitch in enumerate(pitches):
                late_s = min(broken * place, 0.7 * again_s)
                rows.append((at + strike + late_s, max(0.15, again_s - late_s) * float(random.uniform(0.8, 1.0)), pitch, loud))
        spans.append(Span(at, at + held_s, label))
        at += held_s + (float(random.uniform(0.3, 1.5)) if random.random() < 0.1 else 0.0)
    program = int(random.choice(_PROGRAMS))
    line = Line(role="piano" if program < 2 else "chords", program=program, name="chords", notes=notes_of(rows))
    piece = Piece(origins=(), lines=(line,), bars=None, quarter_bpm=60.0, chords=tuple(spans), style="study", facts={"kind": "study"})
    clock = Clock(np.array([0.0, 1.0]), np.array([0.0, 1.0]))
    return perform(piece, clock, name=name, seed=seed, length_s=length_s, random=random)


def _chord(random: np.random.Generator, *, centre: float, has_bass: bool) -> tuple[str, list[float]]:
    """A label, and pitches from below."""
    quality = int(random.integers(2)) if random.random() < _PLAIN else int(random.integers(len(QUALITIES)))
    root = int(random.integers(12))
    intervals = parse_chord(f"C:{QUALITIES[quality]}").intervals
    low = int(centre) - int(random.integers(5, 12))
    tones = [low + (root + step - low) % 12 for step in intervals]
    tones += [tone + 12 for tone in tones if random.random() < 0.3]
    below = int(random.choice(intervals)) if random.random() < 0.25 else 0
    if has_bass:
        tones.append(34 + (root + below - 34) % 12 + 12 * int(random.integers(2)))
    tones.sort()
    label = label_of(FLAT_NAMES[root], quality, bass_semitones=(tones[0] - root) % 12)
    return label, [float(tone) for tone in tones]
