"""McGill Billboard: pop songs as chroma, with chords, tonic and sections.

No sound is published with it: what is measured is everything after the chroma. J. A. Burgoyne, J. Wild, I. Fujinaga, "An expert ground
truth set for audio chord recognition and music analysis", ISMIR 2011; M. Mauch, S. Dixon, "Approximate note transcription for the improved
identification of difficult chords", ISMIR 2010 (the NNLS chroma).
"""

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hexachord.arrays import Float32Array, Float64Array
from hexachord.bench.datasets import Loaded, bench_folder
from hexachord.errors import InputError
from hexachord.files import read_text
from hexachord.theory.chord_labels import parse_chord, parse_pitch_class

_SECTION = re.compile(r"([A-Z])'*,")
_FROM_A_TO_C = 3  # the chroma's first column is A; ours is C


@dataclass(frozen=True, kw_only=True, eq=False)
class BillboardSong:
    """One song.

    `bass` and `treble` are (frames, 12) chroma from C, frame i at ``start_s + i * hop_s``; `chord_s` (n, 2) with one Harte label each;
    `section_s` (m, 2) with a letter each (primes, which mark variations, are dropped), "silence" around the music, and the
    annotator's word for what it is in `section_functions` (``verse``, ``pre-chorus``; "" where there is none); `tonics` as written, the
    first one first, each from its place in `tonic_s` on; `metre` as written.
    """

    id: str
    bass: Float32Array
    treble: Float32Array
    hop_s: float
    start_s: float
    chord_s: Float64Array
    chord_labels: tuple[str, ...]
    section_s: Float64Array
    section_labels: tuple[str, ...]
    tonics: tuple[str, ...]
    metre: str
    section_functions: tuple[str, ...] = ()
    tonic_s: tuple[float, ...] = ()

    @property
    def duration_s(self) -> float:
        """How long the chroma lasts."""
        return len(self.treble) * self.hop_s

    @property
    def key(self) -> str | None:
        """The key as ``Eb major``: the first tonic; the mode, which nobody wrote down, from the third of the chords on that tonic.

        None when no chord stands on the tonic, or major and minor thirds last equally long.
        """
        if not self.tonics:
            return None
        tonic, balance_s = parse_pitch_class(self.tonics[0]), 0.0
        for (start, end), label in zip(self.chord_s, self.chord_labels, strict=True):
            chord = parse_chord(label)
            if chord.root == tonic:
                balance_s += (end - start) * ((4 in chord.intervals) - (3 in chord.intervals))
        if balance_s == 0:
            return None
        return f"{self.tonics[0]} {'major' if balance_s > 0 else 'minor'}"


def load_billboard(data: Path) -> Loaded[BillboardSong]:
    """Load every song that is complete; incomplete ones are named."""
    bench, songs, skipped = bench_folder(data), list[BillboardSong](), list[str]()
    folders = sorted(path for path in (bench / "billboard").glob("*") if path.is_dir())
    if not folders:
        skipped.append("billboard: no such folders")
    for folder in folders:
        if all((folder / name).exists() for name in ("bothchroma.npz", "full.lab", "salami_chords.txt")):
            songs.append(load_song(folder))
        else:
            skipped.append(f"billboard/{folder.name}: chroma, chords or sections are missing")
    return Loaded(tuple(songs), tuple(skipped))


def load_song(folder: Path) -> BillboardSong:
    """Load one song's folder.

    Raises
    ------
    InputError : if a file is not what it should be.
    """
    try:
        with np.load(folder / "bothchroma.npz") as stored:
            chroma = stored["chroma"].astype(np.float32) * np.float32(stored["scale"])
            hop_s, start_s = float(stored["hop"]), float(stored["time0"])
    except (ValueError, KeyError, OSError) as error:
        raise InputError(folder / "bothchroma.npz", found=f"no chroma ({error})", expected="chroma, scale, hop and time0") from error
    if chroma.ndim != 2 or chroma.shape[1] != 24:
        raise InputError(folder / "bothchroma.npz", found=f"chroma of shape {chroma.shape}", expected="(frames, 24): bass, treble")
    chord_s, chord_labels = _lab(folder / "full.lab")
    section_s, section_labels, functions, tonics, tonic_s, metre = _salami(folder / "salami_chords.txt")
    return BillboardSong(
        id=folder.name,
        bass=np.ascontiguousarray(np.roll(chroma[:, :12], -_FROM_A_TO_C, axis=1)),
        treble=np.ascontiguousarray(np.roll(chroma[:, 12:], -_FROM_A_TO_C, axis=1)),
        hop_s=hop_s,
        start_s=start_s,
        chord_s=chord_s,
        chord_labels=chord_labels,
        section_s=section_s,
        section_labels=section_labels,
        section_functions=functions,
        tonics=tonics,
        tonic_s=tonic_s,
        metre=metre,
    )


def _lab(path: Path) -> tuple[Float64Array, tuple[str, ...]]:
    rows = [line.split() for line in read_text(path, what="chords with start and end").splitlines() if line.strip()]
    # Some songs hold an empty segment where two annotations meet.
    rows = [row for row in rows if len(row) == 3 and float(row[1]) > float(row[0])]
    return np.array([[float(row[0]), float(row[1])] for row in rows]).reshape(-1, 2), tuple(row[2] for row in rows)


def _salami(path: Path) -> tuple[Float64Array, tuple[str, ...], tuple[str, ...], tuple[str, ...], tuple[float, ...], str]:
    starts: list[float] = []
    labels: list[str] = []
    functions: list[str] = []
    tonics: list[str] = []
    tonic_s: list[float] = []
    metre = ""
    end_s = None
    for line in read_text(path, what="sections, bars and tonic").splitlines():
        if line.startswith("# tonic:"):
            tonics.append(line.partition(":")[2].strip())
        elif line.startswith("# metre:") and not metre:
            metre = line.partition(":")[2].strip()
        time, _, text = line.partition("\t")
        if line.startswith("#") or not text:
            continue
        tonic_s += [float(time)] * (len(tonics) - len(tonic_s))  # a tonic holds from the next line on
        section = _SECTION.match(text)
        if text == "end":
            end_s = float(time)
        elif text == "silence" or section is not None:
            starts.append(float(time))
            labels.append("silence" if section is None else section[1])
            words = [word.strip() for word in text.partition("|")[0].split(",")[1:]]
            functions.append(next((word for word in words if word), ""))
    if end_s is None or not starts:
        raise InputError(path, found="no sections or no end", expected="lines of time and section, the last one 'end'")
    tonic_s += [end_s] * (len(tonics) - len(tonic_s))
    bounds = np.append(starts, end_s)
    kept = np.diff(bounds) > 0
    intervals = np.stack([bounds[:-1], bounds[1:]], axis=1)[kept]
    names, said = (tuple(name for name, keep in zip(column, kept, strict=True) if keep) for column in (labels, functions))
    return intervals, names, said, tuple(tonics), tuple(tonic_s), metre
