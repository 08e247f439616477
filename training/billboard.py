"""McGill Billboard as training arrays: NNLS chroma and chord states on one frame grid, and the tonic."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hexachord.audio_analysis.harmony.chord_model import QUALITIES, STATES
from hexachord.rendering.split import Side, load_split
from hexachord.theory.chord_labels import NO_CHORD, parse_chord

IGNORED = -1  # power chords, unisons, clusters and unknowns teach nothing here


@dataclass(frozen=True, kw_only=True, eq=False)
class Song:
    """One song: chroma with column 0 = C, a chord state per frame (`IGNORED` where none fits), and the tonic's pitch class."""

    name: str
    bass: np.ndarray
    treble: np.ndarray
    hop_s: float
    state: np.ndarray
    tonic: int


def chord_state(label: str) -> int:
    """Turn a Harte label into a state of the chord model; inversions and voices above the octave are dropped, sevenths stay.

    A chord between two qualities becomes the nearer one: sus2 a major, a minor with a major seventh or a sixth a minor chord.
    """
    if label == NO_CHORD:
        return STATES - 1
    chord = parse_chord(label)
    if not chord.is_chord:
        return IGNORED
    has = {semitone for semitone in chord.intervals if semitone < 12}
    if {3, 6} <= has and 7 not in has:
        quality = "hdim7" if 10 in has else "dim"
    elif {4, 8} <= has and 7 not in has:
        quality = "aug"
    elif 4 in has:
        quality = "7" if 10 in has else "maj7" if 11 in has else "maj6" if 9 in has else "maj"
    elif 3 in has:
        quality = "min7" if 10 in has else "min"
    elif {5, 7} <= has:
        quality = "sus4"
    else:
        return IGNORED
    return chord.root * len(QUALITIES) + QUALITIES.index(quality)


def load_song(folder: Path) -> Song:
    """Load one folder of the data set."""
    with np.load(folder / "bothchroma.npz") as stored:
        chroma = np.roll((stored["chroma"].astype(np.float32) * stored["scale"]).reshape(-1, 2, 12), -3, axis=2)  # A first to C first
        hop_s, start_s = float(stored["hop"]), float(stored["time0"])
    rows = [line.split() for line in (folder / "full.lab").read_text().splitlines() if line.strip()]
    ends = np.array([float(row[1]) for row in rows])
    states = np.array([chord_state(row[2]) for row in rows])
    times = start_s + hop_s * np.arange(len(chroma))
    tonic = next(line.split(":")[1] for line in (folder / "salami_chords.txt").read_text().splitlines() if line.startswith("# tonic"))
    return Song(
        name=folder.name,
        bass=chroma[:, 0],
        treble=chroma[:, 1],
        hop_s=hop_s,
        state=states[np.clip(np.searchsorted(ends, times, side="right"), 0, len(rows) - 1)],
        tonic=parse_chord(tonic.strip()).root,
    )


def load_songs(data: Path, *, side: Side = "train") -> list[Song]:
    """Load the songs of ``DATA/train/billboard`` on one side of the split, in order of number."""
    split, folders = load_split(), sorted(folder for folder in (data / "train" / "billboard").iterdir() if folder.is_dir())
    return [load_song(folder) for folder in folders if split.side(f"billboard/{folder.name}") == side]
