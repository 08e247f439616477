"""Long things in short pieces: where chunks begin, and what they say together.

A network that hears a few seconds is asked about many of them; the mean of their chances is the answer for the whole, which is better than
the vote of their winners because a chunk that is unsure says so (Kittler et al., "On combining classifiers", TPAMI 20(3), 1998: the sum
rule).
"""

from pathlib import Path

import numpy as np

from hexachord.arrays import IntArray, UInt8Array
from hexachord.errors import InputError

Mel = UInt8Array | Path
"""(frames, bands) bytes of a log-mel spectrogram, or the ``.npy`` file that holds them."""


def open_mel(mel: Mel, *, bands: int) -> UInt8Array:
    """Open a spectrogram: a file is mapped, not read.

    Raises
    ------
    InputError : if it is none of so many bands, or empty.
    """
    expected = f"(frames, {bands}) bytes of a log-mel spectrogram (.npy)"
    if isinstance(mel, Path):
        try:
            found: UInt8Array = np.load(mel, mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError, EOFError) as error:
            raise InputError(mel, found=f"no array ({error})", expected=expected) from error
    else:
        found = mel
    if found.dtype != np.uint8 or found.ndim != 2 or found.shape[1] != bands or not len(found):
        subject = mel if isinstance(mel, Path) else "spectrogram"
        raise InputError(subject, found=f"{found.dtype} of shape {found.shape}", expected=expected)
    return found


def chunk_starts(frames: int, chunk: int, *, overlap: float = 0.0, most: int | None = None) -> IntArray:
    """Return where chunks begin, evenly from the first frame to the last; one at 0 where the whole is shorter than a chunk.

    Parameters
    ----------
    frames, chunk : how long the whole and a chunk are
    overlap : the share of a chunk that the next one has as well, below 1; a little more where the last one must end with the whole
    most : so many chunks at most

    Examples
    --------
    >>> chunk_starts(100, 40), chunk_starts(100, 40, overlap=0.5), chunk_starts(30, 40), chunk_starts(1000, 10, most=3)
    (array([ 0, 30, 60]), array([ 0, 20, 40, 60]), array([0]), array([  0, 495, 990]))
    """
    room = max(0, frames - chunk)
    count = 1 + int(np.ceil(room / max(1.0, chunk * (1.0 - overlap)) - 1e-9))
    return np.rint(np.linspace(0, room, count if most is None else max(1, min(most, count)))).astype(np.int64)


def cut_chunk(mel: UInt8Array, first: int, chunk: int) -> UInt8Array:
    """Cut ``(chunk, bands)``; what is too short is repeated from its beginning.

    Examples
    --------
    >>> cut_chunk(np.arange(3, dtype=np.uint8)[:, None], 1, 5).ravel()
    array([1, 2, 0, 1, 2], dtype=uint8)
    """
    if first + chunk <= len(mel):
        return np.asarray(mel[first : first + chunk])
    return np.asarray(mel[(first + np.arange(chunk)) % len(mel)])
