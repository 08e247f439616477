"""Count chords and the tunes over them: ``python training/tune_harmony.py --data DATA [--out FOLDER]``.

What `hexachord.composition.harmony.tune_harmony` holds in its table, for three kinds of music and both modes: how likely each degree of
the scale is sung over each chord, on beats and between them; which chord follows which; with which pieces begin and end; how often chords
change on a downbeat, in the middle of a bar, elsewhere. Pop: POP909 (tunes and chords), McGill Billboard (chords); jazz: OpenEWLD's lead
sheets; chorale: Bach's chorales as Coconet separated them, their chords named from the four voices. Training side alone; prints how often
the chords of the valid side are found, beside two simple rules. Deterministic; two minutes.
"""

import argparse
from pathlib import Path

import numpy as np

from hexachord.bench.harmonise import TuneSong, agreement, chorale_of, song_of, three_chords
from hexachord.composition.harmony.tune_harmony import FLAVOURS, KINDS, POSITIONS, STATES, TABLE, WEIGHTS, Weights, harmonise_tune
from hexachord.files import atomic_path
from hexachord.rendering.billboard import read_billboard
from hexachord.rendering.chorales import read_chorale
from hexachord.rendering.music import Piece
from hexachord.rendering.openewld import read_openewld
from hexachord.rendering.pop909 import read_pop909
from hexachord.rendering.split import Side, load_split
from hexachord.score.formats import load_score
from hexachord.theory.chord_labels import QUALITIES, parse_chord

_OUTSIDE = 0.03  # what a tone outside the chord has over it before anything is counted
_ALIKE = 30.0  # beats that what is said of a kind of chord alone, and of a degree alone, count as
_MOVES = 8.0  # changes that what is said of roots and kinds alone counts as


def ewld_key(folder: Path, name: str, piece: Piece) -> int | None:
    """Signature and chords: these files call everything major, so the chords say whether it is the relative minor."""
    marks = load_score(folder / f"{name}.mxl").keys
    if len({mark.fifths for mark in marks}) != 1 or not piece.chords:
        return None
    tonic = marks[0].fifths * 7 % 12
    weight = np.zeros(2)
    for number, span in enumerate(piece.chords):
        chord = parse_chord(span.label)
        share = (span.end - span.start) * (4.0 if number >= len(piece.chords) - 2 or number == 0 else 1.0)
        weight[0] += share * (chord.root == tonic)
        weight[1] += share * (chord.root == (tonic + 9) % 12 and 3 in chord.intervals)
    return tonic if weight[0] >= weight[1] else 12 + (tonic + 9) % 12


def songs(data: Path, side: Side, flavour: str) -> list[TuneSong]:
    """Read a flavour's songs of a side."""
    split, train = load_split(), data / "train"
    found: list[TuneSong | None] = []
    if flavour == "pop":
        found += [
            song_of(read_pop909(train / "pop909", name), f"pop909/{name}", flavour="pop")
            for name in split.names("pop909", side)
            if int(name) <= 760
        ]
        if side == "train":
            found += [
                song_of(read_billboard(train / "billboard", name), f"billboard/{name}", flavour="pop")
                for name in split.names("billboard", side)
            ]
    elif flavour == "jazz":
        for name in split.names("openewld", side):
            piece = read_openewld(train / "openewld", name)
            key = ewld_key(train / "openewld", name, piece)
            found.append(song_of(piece, f"openewld/{name}", flavour="jazz", key=key) if key is not None else None)
    else:
        names = [name for name in split.names("jsb_chorales", side) if "/" in name]
        found += [chorale_of(read_chorale(train / "jsb_chorales", name), f"jsb_chorales/{name}") for name in names]
    return [song for song in found if song is not None]


def relative(chord: np.ndarray | int, tonic: np.ndarray | int) -> np.ndarray:
    """The number of a chord with its root above the tonic."""
    return np.asarray(np.asarray(chord) // 12 * 12 + (np.asarray(chord) - tonic) % 12)


def counted(found: list[TuneSong]) -> dict[str, np.ndarray]:
    """Count and smooth."""
    sung = {name: np.zeros((2, STATES, 12)) for name in ("accented", "passing")}
    moves, first, last = np.zeros((2, STATES, STATES)), np.zeros((2, STATES)), np.zeros((2, STATES))
    changes, chances, lasting = np.zeros(POSITIONS), np.zeros(POSITIONS), np.zeros((2, STATES))
    for song in found:
        mode, tonic = song.keys // 12, song.keys % 12
        state = np.where(song.chords >= 0, relative(song.chords, tonic), -1)
        for beat in np.flatnonzero(state >= 0):
            for name in sung:
                sung[name][mode[beat], state[beat]] += np.roll(getattr(song.sung, name)[beat], -tonic[beat])
        for beat in range(1, len(state)):
            if state[beat] >= 0 and state[beat - 1] >= 0:
                chances[song.positions[beat]] += 1
                if song.chords[beat] != song.chords[beat - 1]:
                    changes[song.positions[beat]] += 1
                    moves[mode[beat], relative(song.chords[beat - 1], tonic[beat]), state[beat]] += 1
        heard = np.flatnonzero(state >= 0)
        if song.sung.accented.any():
            np.add.at(lasting, (mode[heard], state[heard]), 1.0)
        if len(heard):
            first[mode[heard[0]], state[heard[0]]] += 1
            last[mode[heard[-1]], state[heard[-1]]] += 1
    made = {name: smoothed_tones(each) for name, each in sung.items()}
    made["following"] = smoothed_moves(moves)
    for name, each in (("first", first), ("last", last)):
        usual = moves.sum(axis=1) + 1e-3
        usual = usual / usual.sum(axis=1, keepdims=True)
        made[name] = (each + 3.0 * usual) / (each.sum(axis=1, keepdims=True) + 3.0)
    lasts = lasting + 10.0 * lasting.sum(axis=0) / lasting.sum() + 1.0
    made["usual"] = lasts / lasts.sum(axis=1, keepdims=True)
    made["changing"] = (changes + 1.0) / (chances + 3.0)
    return made


def smoothed_tones(count: np.ndarray) -> np.ndarray:
    """(2, STATES, 12) chances: what was counted, and, as so many beats, what the kind of chord and the degree of the scale say alone."""
    kinds = len(KINDS)
    by_kind = np.zeros((kinds, 12))
    for mode in range(2):
        for state in range(STATES):
            by_kind[state // 12] += np.roll(count[mode, state], -(state % 12))
    for kind, name in enumerate(KINDS):
        tones = np.full(12, _OUTSIDE)
        tones[[step % 12 for step in QUALITIES[name]]] = 1.0
        by_kind[kind] += _ALIKE * tones / tones.sum()
    by_kind /= by_kind.sum(axis=1, keepdims=True)
    degree = count.sum(axis=1) + 1.0
    degree /= degree.sum(axis=1, keepdims=True)
    out = np.zeros_like(count)
    for mode in range(2):
        for state in range(STATES):
            prior = np.roll(by_kind[state // 12], state % 12) * np.sqrt(degree[mode])
            prior /= prior.sum()
            out[mode, state] = (count[mode, state] + _ALIKE * prior) / (count[mode, state].sum() + _ALIKE)
    return out


def smoothed_moves(count: np.ndarray) -> np.ndarray:
    """(2, STATES, STATES) chances of what follows what, never itself."""
    kinds = len(KINDS)
    shape = np.zeros((kinds, kinds, 12))  # by kinds and by how far the root moves
    for mode in range(2):
        for before in range(STATES):
            for after in np.flatnonzero(count[mode, before]):
                shape[before // 12, after // 12, (after - before) % 12] += count[mode, before, after]
    shape = (shape + 0.05) / (shape + 0.05).sum(axis=(1, 2), keepdims=True)
    out = np.zeros_like(count)
    for mode in range(2):
        usual = count[mode].sum(axis=0) + 0.05
        usual /= usual.sum()
        for before in range(STATES):
            after = np.arange(STATES)
            prior = shape[before // 12, after // 12, (after - before) % 12] * usual**0.7
            prior[before] = 0.0
            prior /= prior.sum()
            row = count[mode, before].copy()
            row[before] = 0.0
            out[mode, before] = (row + _MOVES * prior) / (row.sum() + _MOVES)
            out[mode, before] = 0.999 * out[mode, before] + 0.001 / STATES
    return out


def report(data: Path, weights: dict[str, Weights], *, say: bool = True) -> dict[str, tuple[float, ...]]:
    """Print the means over songs of the valid side."""
    out = {}
    for flavour in FLAVOURS:
        tunes = [song for song in songs(data, "valid", flavour) if song.sung.accented.any()]
        rows = {
            "tonic alone": [agreement(song, song.keys // 12 * 12 + song.keys % 12) for song in tunes],
            "I, IV, V": [agreement(song, three_chords(song)) for song in tunes],
            "found": [
                agreement(
                    song,
                    harmonise_tune(song.sung, keys=song.keys, positions=song.positions, flavour=flavour, weights=weights[flavour]).path,
                )
                for song in tunes
            ],
        }
        for name, each in rows.items():
            out[f"{flavour} {name}"] = tuple(np.nanmean(each, axis=0).round(3).tolist())
            if say:
                print(f"{flavour:8} {len(tunes):3} {name:12} root, majmin, chord:", *out[f"{flavour} {name}"])
    return out


def main() -> None:
    """Count, write, and report on the valid side."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "src" / "hexachord" / "models" / "weights")
    options = parser.parse_args()
    arrays: dict[str, np.ndarray] = {}
    for flavour in FLAVOURS:
        found = songs(options.data, "train", flavour)
        print(flavour, len(found), "songs")
        arrays |= {
            f"{flavour}_{name}": each.astype(np.float16 if name == "following" else np.float32) for name, each in counted(found).items()
        }
    with atomic_path(options.out / f"{TABLE}.npz") as path, path.open("wb") as file:
        np.savez_compressed(file, **arrays)
    report(options.data, dict(WEIGHTS))


if __name__ == "__main__":
    main()
