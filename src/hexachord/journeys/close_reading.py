"""Reading score files closely: one beside the corpus it may have been copied from, and a picture of its notes and what they repeat."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from hexachord.errors import InputError
from hexachord.files import write_bytes
from hexachord.journeys.analyse import check_file
from hexachord.page.png import png_bytes
from hexachord.score.formats import load_score, with_notes
from hexachord.score.model import Score
from hexachord.score.notes import note_array
from hexachord.score_analysis.reading import Reading, read_closely
from hexachord.theory.copying import NGRAM, CopiedRun, CopyIndex, copy_index, longest_copied_run, note_words, shared_ngrams

SUFFIXES = (".mid", ".midi", ".musicxml", ".xml", ".mxl", ".abc")
_PIXELS = 720  # of a picture's side, about
_ROLL_PIXELS = 3  # of a semitone
_PALE = 0.35  # of the quietest note in the piano roll


@dataclass(frozen=True, kw_only=True)
class Compared:
    """What a score has in common with a corpus: the longest run, the share of 8-grams, and of how many files the corpus is.

    `usual` is the longest run that half of the corpus's own pieces share with another; NaN where it has one only.
    """

    run: CopiedRun
    shared: float
    files: int
    usual: float


def read_file_closely(source: str | Path, *, structure: bool = True) -> Reading:
    """Read a score file closely.

    Parameters
    ----------
    source : .musicxml, .mxl, .mid, .abc or .json
    structure : also the structure indicators

    Raises
    ------
    InputError : if the file is no score, or holds no notes.
    """
    source = Path(source)
    check_file(source)
    return read_closely(with_notes(load_score(source), source), structure=structure)


def corpus_index(folder: str | Path, *, most: int = 2000, heard: Callable[[int, int], None] | None = None) -> CopyIndex:
    """Put the score files of a folder, and of the folders in it, into an index; files that cannot be read are left out.

    Raises
    ------
    InputError : if there is no such folder, or no score in it.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise InputError(folder, found="no such folder", expected="a folder of score files")
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)[:most]
    words, names = [], []
    for done, path in enumerate(paths):
        if heard is not None:
            heard(done, len(paths))
        try:
            words.append(words_of(load_score(path)))
        except InputError:
            continue
        names.append(str(path.relative_to(folder)))
    if not names:
        raise InputError(folder, found="no score files", expected=f"some of {', '.join(SUFFIXES)}")
    return copy_index(words, names)


def compare_with_corpus(source: str | Path, index: CopyIndex, *, sample: int = 20) -> Compared:
    """Look for runs of a score in a corpus; a file of the same name in it is not taken for a source.

    Parameters
    ----------
    source : the score file
    index : of the corpus
    sample : how many of the corpus's own pieces say what is usual
    """
    words = words_of(load_score(Path(source)))
    own = next((name for name in index.names if Path(name).name == Path(source).name), None)
    usual = float("nan")
    if len(index.names) > 1:
        step = max(len(index.names) // sample, 1)
        ends = np.append(index.start[1:], len(index.words))
        runs = [
            longest_copied_run(index.words[index.start[at] : ends[at]], index, exclude=index.names[at]).notes
            for at in range(0, len(index.names), step)
        ]
        usual = float(np.median(runs))
    return Compared(
        run=longest_copied_run(words, index, exclude=own),
        shared=shared_ngrams(words, index, length=NGRAM, exclude=own),
        files=len(index.names),
        usual=usual,
    )


def words_of(score: Score) -> npt.NDArray[np.uint64]:
    """The words of all pitched notes of a score."""
    notes = note_array(score, percussion=False)
    return note_words(notes["onset_quarter"], notes["pitch"])


def reading_picture(reading: Reading) -> npt.NDArray[np.uint8] | None:
    """Draw a piano roll, and below it which bars are like which; both run from the first bar to the last, section borders marked.

    Returns
    -------
    (height, width) uint8, white paper; None where there are no bars to compare
    """
    laid, form = reading.notes, reading.form
    if laid is None or form is None or len(form.similarity) < 2:
        return None
    bars = len(form.similarity)
    per_bar = max(1, _PIXELS // bars)
    width = bars * per_bar
    sung = laid.pitched()
    low, high = int(sung.pitch.min()), int(sung.pitch.max())
    keys = np.zeros((high - low + 1, width))
    place = np.interp(np.stack([sung.onset, sung.end]), laid.bar_lines, np.arange(bars + 1) * per_bar)
    for (begin, end), pitch, velocity in zip(place.T, sung.pitch, sung.velocity, strict=True):
        row = keys[high - pitch, int(begin) : max(int(np.ceil(end)), int(begin) + 1)]
        np.maximum(row, _PALE + (1 - _PALE) * velocity / 127, out=row)
    roll = np.kron(keys, np.ones((_ROLL_PIXELS, 1)))
    shade = form.similarity - np.median(form.similarity)
    alike = np.kron(np.clip(shade / max(float(np.quantile(shade, 0.98)), 1e-6), 0.0, 1.0), np.ones((per_bar, per_bar)))
    picture = np.vstack([roll, np.zeros((per_bar + 6, width)), alike])
    for start in form.starts[1:]:
        column = picture[: len(roll), start * per_bar]
        np.maximum(column, 0.5, out=column)
        picture[len(roll) + 2 : len(roll) + 5, start * per_bar] = 1.0
    return np.rint(255 * (1.0 - picture)).astype(np.uint8)


def save_reading_picture(reading: Reading, path: str | Path) -> Path:
    """Write the picture of a reading as PNG.

    Raises
    ------
    InputError : if there is too little to draw.
    """
    picture = reading_picture(reading)
    if picture is None:
        raise InputError(path, found="fewer than two bars", expected="a score with something to compare")
    return write_bytes(Path(path), png_bytes(picture))
