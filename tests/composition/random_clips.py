"""Clips drawn by chance: any metre, pick-ups, every role."""

import numpy as np

from hexachord.composition.clips import Clip, ClipPart, empty_chords, empty_notes, make_bars, on_vocabulary
from hexachord.composition.vocabulary import Vocabulary

WORDS = Vocabulary()
METRES = ((4, 4), (3, 4), (2, 4), (6, 8), (9, 8), (12, 8), (2, 2), (5, 4), (7, 8), (3, 8), (7, 4), (8, 4), (11, 16), (1, 4))


def random_clip(seed: int, *, most_notes: int = 60) -> Clip:
    random = np.random.default_rng(seed)
    count = int(random.integers(1, 9))
    bars = make_bars(count, 4, 4, bpm=float(random.uniform(20, 300)))
    for bar in range(count):
        metre = (
            METRES[int(random.integers(len(METRES)))]
            if bar == 0 or random.random() < 0.2
            else (int(bars["beats"][bar - 1]), int(bars["beat_type"][bar - 1]))
        )
        bars["beats"][bar], bars["beat_type"][bar] = metre
        bars["last"][bar] = metre[0] * 96 // metre[1]
        bars["key"][bar] = random.integers(-1, 24)
    if random.random() < 0.5:
        bars["first"][0] = random.integers(0, bars["last"][0])
    if random.random() < 0.3 and count > 1:
        bars["last"][-1] = random.integers(1, bars["last"][-1] + 1)
    roles = random.choice(np.arange(1, len(WORDS.roles)), size=int(random.integers(1, 6)), replace=False)
    notes = empty_notes(int(random.integers(0, most_notes)))
    notes["bar"] = random.integers(0, count, len(notes))
    notes["place"] = random.integers(bars["first"][notes["bar"]], bars["last"][notes["bar"]])
    notes["role"], notes["pitch"] = random.choice(roles, len(notes)), random.integers(30, 90, len(notes))
    notes["duration"], notes["velocity"] = random.integers(1, 300, len(notes)), random.integers(0, 128, len(notes))
    chords = empty_chords(int(random.integers(0, 12)) * int(random.random() < 0.6))
    chords["bar"] = random.integers(0, count, len(chords))
    chords["place"] = random.integers(bars["first"][chords["bar"]], bars["last"][chords["bar"]])
    chords["root"] = random.integers(-1, 12, len(chords))
    named = chords["root"] >= 0
    chords["quality"] = np.where(named, random.integers(0, len(WORDS.qualities), len(chords)), 0)
    chords["bass"] = np.where(named, random.integers(0, 12, len(chords)), 0)
    parts = tuple(ClipPart(role=int(role), name=WORDS.roles[int(role)]) for role in sorted(roles))
    return on_vocabulary(Clip(bars=bars, notes=notes, chords=chords, parts=parts, style="pop"), WORDS)


def random_given(clip: Clip, seed: int):
    random = np.random.default_rng(seed + 1)
    share = random.choice([0.0, 0.3, 0.8])
    return random.random(len(clip.notes)) < share, random.random(len(clip.chords)) < share
