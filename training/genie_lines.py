"""What a genie learns from: lines and pianos of the training side, note after note, with scale and chord where they are known.

Pop songs give their tune, their second tune, their piano, the tune over the piano, and the highest notes of that piano; lead sheets give
tunes; recitals and piano pages give all they play, and their highest notes.
"""

from pathlib import Path

import numpy as np

from hexachord.arrays import Float32Array, Float64Array, IntArray
from hexachord.composition.genie.cues import ENCODER_CUES, KEYS, KINDS, LOWEST, buttons_by_rule, encoder_cues, waits  # fmt: skip
from hexachord.learning.deep.clips import Batch
from hexachord.learning.deep.genie import BUTTON, CHORD, COLUMNS, CUES, ENCODED, KEY, KIND, SCALE, UNSAID, WAIT
from hexachord.rendering.genie_lines import GenieLine, lines_of
from hexachord.rendering.shelf import Shelf
from hexachord.rendering.split import Side, load_split

SHARES = {
    "pop909/melody": 0.25, "pop909/bridge": 0.05, "pop909/piano": 0.15, "pop909/both": 0.2, "pop909/top": 0.1, "openewld/melody": 0.1,
    "musetrainer/piano": 0.04, "musetrainer/top": 0.03, "giantmidi/piano": 0.05, "giantmidi/top": 0.03,
}  # fmt: skip
"""How often each kind of line is drawn."""
_SHORTEST = 24
_UNKIND, _SCALED, _CHORDED = 0.2, 0.6, 0.5
_UNPRESSED, _BY_RULE = 0.2, 0.15


def read_lines(data: Path, side: Side) -> list[GenieLine]:
    """Read all lines of a side that have notes enough."""
    shelf = Shelf(data=data, split=load_split(), side=side)
    corpora = dict.fromkeys(source.partition("/")[0] for source in SHARES)
    found = [line for corpus in corpora for name in shelf.names(corpus) for line in lines_of(shelf.piece(corpus, name))]
    return [line for line in found if len(line.pitch) >= _SHORTEST]


def weights_of(lines: list[GenieLine]) -> list[float]:
    """How often each line is drawn: its source's share, and within it more often the longer it is."""
    total: dict[str, float] = {}
    for line in lines:
        total[line.source] = total.get(line.source, 0.0) + len(line.pitch) ** 0.75
    return [SHARES[line.source] * len(line.pitch) ** 0.75 / total[line.source] for line in lines]


def crop(line: GenieLine, random: np.random.Generator, *, notes: int = 128) -> Batch:
    """Draw a stretch in another key and tempo: (notes, `COLUMNS`), (notes, 1) key numbers, and which there are."""
    first = int(random.integers(max(1, len(line.pitch) - notes // 2))) if random.random() > 0.15 else 0
    place = slice(first, first + notes)
    pitch = line.pitch[place]
    low, high = LOWEST - int(pitch.min()), LOWEST + KEYS - 1 - int(pitch.max())
    shift = int(random.integers(max(low, -6), min(high, 5) + 1))
    wait_s = waits(line.moment_s[place]) * 2.0 ** random.uniform(-0.5, 0.5)
    chance = random.random(4)
    kind = KINDS.index(line.kind) if chance[0] > _UNKIND else 0
    scale = line.scale if chance[1] < _SCALED else np.zeros(12)
    chords = line.chords[place] if chance[2] < _CHORDED else np.zeros((len(pitch), 12))
    how = UNSAID if chance[3] < _UNPRESSED else ENCODED
    columns = columns_of(pitch + shift, wait_s, kind=kind, scale=np.roll(scale, shift), chords=np.roll(chords, shift, axis=1), button=how)
    if how == ENCODED and chance[3] < _UNPRESSED + _BY_RULE:
        columns[:, BUTTON] = buttons_by_rule(pitch, window=int(random.integers(4, 40)))
    rows, target, known = np.zeros((notes, COLUMNS), np.float32), np.zeros((notes, 1), np.float32), np.zeros((notes, 1), np.float32)
    rows[: len(pitch)], target[: len(pitch), 0], known[: len(pitch)] = columns, columns[:, KEY], 1.0
    return rows, target, known


def columns_of(
    pitch: IntArray, wait_s: Float64Array, *, kind: int, scale: np.ndarray, chords: np.ndarray, button: int | IntArray
) -> Float32Array:
    """Put a stretch into the columns of `hexachord.learning.deep.genie`; `button` may be `UNSAID`, `ENCODED`, or one to eight."""
    columns = np.zeros((len(pitch), COLUMNS), dtype=np.float32)
    columns[:, KEY], columns[:, WAIT], columns[:, KIND], columns[:, BUTTON] = pitch - LOWEST + 1, wait_s, kind, button
    columns[:, SCALE:CHORD], columns[:, CHORD:CUES] = scale, chords
    columns[:, CUES : CUES + ENCODER_CUES] = encoder_cues(pitch, wait_s)
    return columns
