"""A recording in a few hundred numbers: near to each other where recordings sound alike.

Whichever engine is chosen, the sound is heard in pieces of a few seconds, each is summed up in a vector, and the mean of those that are not
silent stands for the whole. Files are read block by block: two hours take no more memory than a minute.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hexachord.arrays import Float32Array, Float64Array
from hexachord.audio import Audio, AudioFile
from hexachord.errors import InputError
from hexachord.learning.embedding.engines import ENGINES
from hexachord.learning.embedding.listener import Listener
from hexachord.models.engine import pick_engine

_TOGETHER = 8  # pieces at a time
_SILENT = 1e-4  # of full scale: nothing louder is silence


@dataclass(frozen=True, kw_only=True, eq=False)
class Embedding:
    """A recording, summed up.

    Attributes
    ----------
    vector : (numbers,) float32: the mean of the pieces that are not silent, or of all where all are
    vectors : (pieces, numbers) each piece
    time_s : (pieces,) where each begins
    engine : whose vectors these are; those of different engines cannot be compared
    rate_hz, chunk_s : of the sound that was heard, and how long a piece is
    silent : whether there was nothing to hear
    """

    vector: Float32Array
    vectors: Float32Array
    time_s: Float64Array
    engine: str
    rate_hz: int
    chunk_s: float
    silent: bool


def embed(
    source: Audio | str | Path,
    *,
    engine: str | None = None,
    weights: str | Path | None = None,
    start_s: float = 0.0,
    end_s: float | None = None,
) -> Embedding:
    """Sum a recording up in a vector.

    Parameters
    ----------
    source : sound, or a file of it
    engine : ``embedding/production`` by default; ``hexachord engines`` lists them
    weights : the user's copy, for engines whose weights do not come with this project
    start_s, end_s : the part to hear

    Raises
    ------
    InputError : if there is no sound, or samples that are no numbers; if there is no such engine, or its weights are not there.

    Examples
    --------
    >>> tone = np.sin(2 * np.pi * 440 * np.arange(22050) / 22050).astype(np.float32)
    >>> found = embed(Audio(samples=tone, rate_hz=22050))
    >>> found.vector.shape, found.vectors.shape, found.engine
    ((256,), (1, 256), 'embedding/production')
    """
    chosen = pick_engine(ENGINES, task="embedding", name=engine)
    listener: Listener = chosen.load()(None if weights is None else Path(weights))
    name = str(source) if isinstance(source, str | Path) else "sound"
    vectors, loud = list[Float32Array](), list[bool]()
    waiting = list[Float32Array]()

    def hear() -> None:
        if waiting:
            vectors.append(np.asarray(listener.vectors(np.stack(waiting)), dtype=np.float32))
            waiting.clear()

    for piece in _pieces(source, listener, name=name, start_s=start_s, end_s=end_s):
        loud.append(bool(np.abs(piece).max() > _SILENT))
        waiting.append(piece)
        if len(waiting) == _TOGETHER:
            hear()
    hear()
    if not vectors:
        raise InputError(name, found="no sound", expected="at least one sample", next_step="check the file and the times")
    each = np.concatenate(vectors)
    if not np.isfinite(each).all():
        raise InputError(name, found=f"sound of which {chosen.name} says what is no number", next_step="check the engine's weights")
    counted = np.array(loud) if any(loud) else np.ones(len(each), dtype=bool)
    return Embedding(
        vector=each[counted].mean(axis=0), vectors=each, silent=not any(loud),
        time_s=start_s + listener.hop_s * np.arange(len(each), dtype=np.float64),
        engine=chosen.name, rate_hz=listener.rate_hz, chunk_s=listener.chunk_s,
    )  # fmt: skip


def _pieces(source: Audio | str | Path, listener: Listener, *, name: str, start_s: float, end_s: float | None) -> Iterator[Float32Array]:
    """Pieces of the sound, all as long as the listener wants them; what is left at the end is heard only if there is nothing else."""
    found = False
    for piece in _blocks(source, listener, name=name, start_s=start_s, end_s=end_s):
        if not len(piece) or (found and len(piece) < listener.samples):
            continue
        found = True
        yield piece if len(piece) == listener.samples else np.resize(piece, listener.samples)  # repeated from its beginning


def _blocks(source: Audio | str | Path, listener: Listener, *, name: str, start_s: float, end_s: float | None) -> Iterator[Float32Array]:
    if not isinstance(source, Audio):
        with AudioFile(source) as file:
            overlap_s = listener.chunk_s - listener.hop_s
            for block in file.blocks(
                block_s=listener.chunk_s, overlap_s=overlap_s, rate_hz=listener.rate_hz, mono=True, start_s=start_s, end_s=end_s
            ):
                yield block.samples[0]
        return
    if not np.isfinite(source.samples).all():
        raise InputError(name, found="samples that are not numbers (NaN or infinite)", next_step="silence them first")
    part = source.excerpt(start_s, source.duration_s if end_s is None else end_s)
    if not part.frames:
        return
    mono = Audio(samples=part.mono(), rate_hz=part.rate_hz).resampled(listener.rate_hz).samples[0]
    if not len(mono):  # less than one sample at that rate
        mono = part.mono()[:1]
    for first in range(0, len(mono), round(listener.hop_s * listener.rate_hz)):
        yield mono[first : first + listener.samples]
