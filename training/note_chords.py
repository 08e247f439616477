"""Count what sounds under each kind of chord: ``python training/note_chords.py --data DATA [--out FOLDER]``.

What `hexachord.theory.note_chords` holds in its table: of the annotated beats of POP909's songs on the training side, the share of the
sounding time of each pitch class above the root, how often each is in the bass, and how often each kind comes. Kinds with few examples are
mixed with what the chord's tones alone would say. Prints how well chords of the valid side are named. Deterministic; a minute.
"""

import argparse
from pathlib import Path

import numpy as np

from hexachord.files import atomic_path
from hexachord.knowledge import Segments
from hexachord.metrics import chord as metric
from hexachord.rendering.music import Piece
from hexachord.rendering.pop909 import read_pop909
from hexachord.rendering.split import Side, load_split
from hexachord.theory.chord_labels import QUALITIES, parse_chord, simplify_chord
from hexachord.theory.note_chords import KINDS, TABLE, beat_harmony, chords_from_notes

_ALIKE = 200.0  # beats that the chord's tones alone count as
_OUTSIDE = 0.02  # what a tone outside the chord has there


def songs(data: Path, side: Side) -> list[Piece]:
    """Read the songs of a side that have chords and bars."""
    found = [
        read_pop909(data / "train" / "pop909", f"{number:03d}")
        for number in range(1, 761)
        if load_split().side(f"pop909/{number:03d}") == side
    ]
    return [piece for piece in found if piece.chords and piece.bars]


def notes_and_beats(piece: Piece) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Onsets, ends and pitches of all lines in quarters; beats, and which of them are downbeats."""
    rows = np.vstack([line.notes for line in piece.lines])
    beats = [(bar.start + at * bar.beat, at == 0) for bar in piece.bars or () for at in range(bar.felt)]
    where, down = (np.array(column) for column in zip(*beats, strict=True))
    return rows[:, 0], rows[:, 0] + rows[:, 1], rows[:, 2], where.astype(np.float64), down.astype(np.bool_)


def main() -> None:
    """Count, write, and report on the valid side."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "src" / "hexachord" / "models" / "weights")
    options = parser.parse_args()
    classes, bass, often = np.zeros((len(KINDS), 12)), np.zeros((len(KINDS), 12)), np.zeros(len(KINDS))
    for piece in songs(options.data, "train"):
        onset, end, pitch, beats, _ = notes_and_beats(piece)
        share, low = beat_harmony(onset, end, pitch, borders=np.append(beats, beats[-1] + 1.0))
        for span in piece.chords or ():
            label = simplify_chord(span.label, KINDS) if parse_chord(span.label).is_chord else "N"
            if label in ("N", "X"):
                continue
            chord = parse_chord(label)
            kind = KINDS.index(chord.quality)
            for beat in np.flatnonzero((beats >= span.start - 0.01) & (beats < span.end - 0.01)):
                classes[kind] += np.roll(share[beat], -chord.root)
                bass[kind, (low[beat] - chord.root) % 12] += low[beat] >= 0
                often[kind] += 1
    for kind, name in enumerate(KINDS):
        tones = np.full(12, _OUTSIDE)
        tones[list(QUALITIES[name])] = 1.0
        alone = tones / tones.sum()
        under = np.full(12, _OUTSIDE)
        under[0] = 1.0
        classes[kind] = (classes[kind] + _ALIKE * alone) / (classes[kind].sum() + _ALIKE)
        bass[kind] = (bass[kind] + _ALIKE * under / under.sum()) / (bass[kind].sum() + _ALIKE)
    often = (often + 10.0) / (often + 10.0).sum()
    with atomic_path(options.out / f"{TABLE}.npz") as path, path.open("wb") as file:
        np.savez_compressed(file, classes=classes.astype(np.float32), bass=bass.astype(np.float32), often=often.astype(np.float32))
    print(dict(zip(KINDS, often.round(3).tolist(), strict=True)))
    report(songs(options.data, "valid"))


def report(pieces: list[Piece]) -> None:
    """Print the means of the usual scores."""
    scores: dict[str, list[float]] = {}
    for piece in pieces:
        onset, end, pitch, beats, down = notes_and_beats(piece)
        for name, value in score(piece, chords_from_notes(onset, end, pitch, beats_s=beats, downbeat=down)).items():
            scores.setdefault(name, []).append(value)
    print({name: round(float(np.mean(values)), 3) for name, values in scores.items()})


def score(piece: Piece, found: Segments) -> dict[str, float]:
    """Score the chords of a song."""
    spans = piece.chords or ()
    first = min(0.0, spans[0].start, float(found.start_s[0]))  # a pick-up lies before quarter 0
    reference = np.array([(span.start, span.end) for span in spans]) - first
    estimated = np.stack([found.start_s, found.end_s], axis=1) - first
    return metric.evaluate(reference, [span.label for span in spans], estimated, list(found.label))


if __name__ == "__main__":
    main()
