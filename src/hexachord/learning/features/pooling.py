"""From frames to rows: statistics over a whole recording, over pieces of it, over texture windows or from beat to beat.

Column names are ``family/descriptor/statistic``: ``timbre/mfcc_03/std``. Statistics of statistics say so: ``timbre/mfcc_03/mean_of_std`` is
the mean over windows of the deviation within one (texture windows: G. Tzanetakis and P. Cook, "Musical genre classification of audio
signals", IEEE Transactions on Speech and Audio Processing 10(5), 2002; from beat to beat: as there, between neighbouring beats).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from hexachord.arrays import BoolArray, Float64Array, FloatArray
from hexachord.errors import InputError
from hexachord.learning.features.statistics import check_statistics, covariance_triangle, pool_columns

_NO_TIMES: Float64Array = np.zeros(0)


@dataclass(frozen=True, kw_only=True)
class FrameChoice:
    """Which frames count: those where one descriptor is high enough.

    Attributes
    ----------
    descriptor : its name
    at_least : the threshold, in its unit; or, where `relative`, a factor on the descriptor's own 95th percentile in the recording
    """

    descriptor: str
    at_least: float
    relative: bool = True


SOUNDING = FrameChoice(descriptor="dynamics/rms", at_least=0.01)
"""Frames not more than 40 dB below the loud ones of the recording: no lead-in, no fade-out, no rests."""

VOICED = FrameChoice(descriptor="tonal/pitch_salience", at_least=0.5, relative=False)
"""Frames with a clear pitch: a voice or a lead, or a chord; not drums, noise or breath."""


@dataclass(frozen=True, kw_only=True)
class PoolingOptions:
    """How frames become rows.

    Attributes
    ----------
    statistics : of each descriptor (see `hexachord.learning.features.statistics.statistic_names`)
    covariance : descriptors whose names begin so also give their covariances, as ``("timbre/mfcc_",)``
    texture_s : length of texture windows, half overlapping: then `inner` is taken within each and `statistics` over them; None for none
    beats : from beat to beat instead, where beats are given
    inner : statistics within a window or beat
    chunk_s : cut the recording into pieces of this length, a row for each; None for one row
    chunk_hop_s : from the beginning of one piece to the next; pieces do not overlap when not given
    choices : which frames count: those of every choice, as ``(SOUNDING, VOICED)``; all where there is none
    least_share : a piece (or recording) of whose frames a smaller share counts is not to be relied on: see `Pooled.reliable`
    song_numbers : whether what is measured once for the whole recording becomes columns too (the same in each piece)
    """

    statistics: tuple[str, ...] = ("mean", "std")
    covariance: tuple[str, ...] = ()
    texture_s: float | None = None
    beats: bool = False
    inner: tuple[str, ...] = ("mean", "std")
    chunk_s: float | None = None
    chunk_hop_s: float | None = None
    choices: tuple[FrameChoice, ...] = ()
    least_share: float = 0.1
    song_numbers: bool = True

    def __post_init__(self) -> None:
        check_statistics((*self.statistics, *self.inner))
        if len(set(self.statistics)) != len(self.statistics) or len(set(self.inner)) != len(self.inner):
            raise InputError("statistics", found="one of them twice", next_step="name each once")
        for name, length in [("texture_s", self.texture_s), ("chunk_s", self.chunk_s), ("chunk_hop_s", self.chunk_hop_s)]:
            if length is not None and not length > 0:
                raise InputError(name, found=f"{length:g}", expected="a length above 0 s")
        if not 0 <= self.least_share <= 1:
            raise InputError("least_share", found=f"{self.least_share:g}", expected="between 0 and 1")
        if self.beats and self.texture_s is not None:
            raise InputError("pooling", found="texture windows and beats", expected="one of them")


@dataclass(frozen=True, kw_only=True, eq=False)
class Pooled:
    """Rows of one recording.

    Attributes
    ----------
    names : (k,) of columns
    values : (pieces, k) float64
    times_s : (pieces,) where each begins
    reliable : (pieces,) whether enough frames of each count
    """

    names: tuple[str, ...]
    values: Float64Array
    times_s: Float64Array
    reliable: BoolArray


def pool(
    values: FloatArray,
    names: Sequence[str],
    *,
    hop_s: float,
    options: PoolingOptions = PoolingOptions(),
    beats_s: FloatArray = _NO_TIMES,
    mask: BoolArray | None = None,
    song: Mapping[str, float] | None = None,
) -> Pooled:
    """Pool the frames of a recording.

    Parameters
    ----------
    values : (frames, d); frame i is at ``i * hop_s``; NaN where something could not be measured
    names : (d,) of descriptors, ``family/descriptor``
    beats_s : ascending times of beats, in seconds; needed with ``options.beats``
    mask : (frames,) frames that count, beside those that `options.choices` leave out
    song : numbers measured once for the whole recording, by name

    Returns
    -------
    One row for each piece (one piece where ``options.chunk_s`` is None); NaN where a piece has no frame that counts.

    Raises
    ------
    InputError : if one of `options.choices` speaks of a descriptor that is not there, or there are no beats where they are needed.

    Examples
    --------
    >>> frames = np.array([[0.0], [1.0], [4.0], [5.0]])
    >>> pooled = pool(frames, ["spectral/flux"], hop_s=0.5, options=PoolingOptions(chunk_s=1.0, statistics=("mean",)))
    >>> pooled.names, pooled.values.ravel().tolist(), pooled.times_s.tolist()
    (('spectral/flux/mean',), [0.5, 4.5], [0.0, 1.0])
    """
    frames = np.asarray(values, dtype=np.float64)
    counts = np.ones(len(frames), dtype=bool) if mask is None else np.asarray(mask, dtype=bool)
    if frames.shape != (len(counts), len(names)):
        raise ValueError(f"values of shape {frames.shape}, {len(counts)} in the mask and {len(names)} names do not go together")
    for choice in options.choices:
        counts = counts & chosen_frames(frames, names, choice)
    frames = np.where(counts[:, None], frames, np.nan)  # kept in place: differences must not jump over what is left out
    once = dict(song or {}) if options.song_numbers else {}
    pieces = piece_bounds(len(frames), hop_s=hop_s, chunk_s=options.chunk_s, hop_between_s=options.chunk_hop_s)
    inner = _inner_bounds(options, hop_s=hop_s, frames=len(frames), beats_s=beats_s)
    column_names = pooled_names(names, options, song=tuple(once))
    rows = np.array([_row(frames[first:last], names, options, inner, first) for first, last in pieces])
    extra = np.broadcast_to(np.array(list(once.values()), dtype=np.float64), (len(pieces), len(once)))
    return Pooled(
        names=column_names,
        values=np.concatenate([rows.reshape(len(pieces), len(column_names) - len(once)), extra], axis=1),
        times_s=np.array([first * hop_s for first, _ in pieces]),
        reliable=np.array([counts[first:last].any() and counts[first:last].mean() >= options.least_share for first, last in pieces]),
    )


def pooled_names(names: Sequence[str], options: PoolingOptions, *, song: Sequence[str] = ()) -> tuple[str, ...]:
    """Name the columns that pooling gives, in order: by statistic, then by descriptor; covariances; numbers of the whole song."""
    if options.texture_s is not None or options.beats:
        labels = [f"{outer}_of_{inner}" for outer in options.statistics for inner in options.inner]
    else:
        labels = list(options.statistics)
    found = [f"{name}/{label}" for label in labels for name in names]
    for prefix in options.covariance:
        group = [names[column] for column in _beginning_with(names, prefix)]
        rows, columns = np.triu_indices(len(group))
        found += [f"{group[row]}*{group[column].partition('/')[2]}/cov" for row, column in zip(rows, columns, strict=True)]
    return (*found, *(f"{name}/song" for name in song))


def chosen_frames(values: Float64Array, names: Sequence[str], choice: FrameChoice) -> BoolArray:
    """Say which frames count, (frames,).

    Raises
    ------
    InputError : if there is no such descriptor.
    """
    if choice.descriptor not in names:
        raise InputError(choice.descriptor, found="no descriptor of this name", next_step="extract the family it belongs to")
    level = values[:, list(names).index(choice.descriptor)]
    there = level[np.isfinite(level)]
    if not len(there):
        return np.zeros(len(values), dtype=bool)
    threshold = choice.at_least * float(np.percentile(there, 95)) if choice.relative else choice.at_least
    with np.errstate(invalid="ignore"):
        return np.asarray(level >= threshold)


def piece_bounds(frames: int, *, hop_s: float, chunk_s: float | None, hop_between_s: float | None = None) -> list[tuple[int, int]]:
    """Give first and last frame (exclusive) of each piece; what is left over at the end is a piece if it is half as long as the others.

    Examples
    --------
    >>> piece_bounds(25, hop_s=0.1, chunk_s=1.0)
    [(0, 10), (10, 20), (20, 25)]
    >>> piece_bounds(24, hop_s=0.1, chunk_s=1.0)
    [(0, 10), (10, 20)]
    """
    if chunk_s is None:
        return [(0, frames)]
    size = max(round(chunk_s / hop_s), 1)
    step = max(round((hop_between_s or chunk_s) / hop_s), 1)
    found = []
    for first in range(0, max(frames, 1), step):
        last = min(first + size, frames)
        if first == 0 or 2 * (last - first) >= size:
            found.append((first, last))
        if last == frames:
            break
    return found


def _inner_bounds(options: PoolingOptions, *, hop_s: float, frames: int, beats_s: FloatArray) -> list[tuple[int, int]]:
    """Give the windows within which statistics are taken first: texture windows or beats; empty for none."""
    if options.texture_s is not None:
        return piece_bounds(frames, hop_s=hop_s, chunk_s=options.texture_s, hop_between_s=options.texture_s / 2)
    if not options.beats:
        return []
    edges = np.unique(np.clip(np.round(np.asarray(beats_s, dtype=np.float64) / hop_s).astype(np.int64), 0, frames))
    if len(edges) < 2:
        raise InputError("beats", found=f"{len(beats_s)} within the recording", expected="at least two", next_step="pool without beats")
    return list(zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True))


def _row(
    frames: Float64Array, names: Sequence[str], options: PoolingOptions, inner: Sequence[tuple[int, int]], offset: int
) -> Float64Array:
    """Pool one piece; windows count to the piece that they begin in."""
    if options.texture_s is not None or options.beats:
        within = [(first - offset, last - offset) for first, last in inner if offset <= first < offset + len(frames)]
        if within:
            levels = np.array([pool_columns(frames[first:last], options.inner) for first, last in within])  # (windows, inner, d)
        else:
            levels = np.full((0, len(options.inner), frames.shape[1]), np.nan)
        flat = levels.reshape(len(levels), len(options.inner) * frames.shape[1])
        found = [pool_columns(flat, options.statistics).ravel()]
    else:
        found = [pool_columns(frames, options.statistics).ravel()]
    for prefix in options.covariance:
        found.append(covariance_triangle(frames[:, _beginning_with(names, prefix)]))
    return np.concatenate(found)


def _beginning_with(names: Sequence[str], prefix: str) -> list[int]:
    found = [column for column, name in enumerate(names) if name.startswith(prefix)]
    if not found:
        raise InputError(prefix, found="no descriptor whose name begins so", next_step="extract the family it belongs to")
    return found
