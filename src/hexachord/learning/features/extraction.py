"""From a dataset to a table of features: each recording is described frame by frame, once, in worker processes; frames are pooled to rows.

Both steps keep what they made, one ``.npz`` a recording, under all that decides it; other pooling needs no second listening, and a run that
was killed goes on where it was. A recording that cannot be described (broken, silent) has no row, and a line.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hexachord._version import __version__
from hexachord.arrays import Float32Array, FloatArray
from hexachord.audio import AudioFile, load_audio
from hexachord.audio_analysis.descriptors import FrameDescriptors, describe_frames
from hexachord.corpus.batch import BatchResult, BatchStep, run_batch
from hexachord.corpus.store import ARRAY_RESULTS, Failure, ResultStore
from hexachord.errors import InputError
from hexachord.files import temporary_folder
from hexachord.learning.datasets.dataset import Dataset
from hexachord.learning.features.pooling import PoolingOptions, pool
from hexachord.learning.features.table import FeatureTable

_VERSION = "1"
_LONG_S = 900.0  # longer recordings are decoded to the disk and described from there

Progress = Callable[[BatchStep], None]
Arrays = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, kw_only=True)
class ExtractionOptions:
    """What is described.

    Attributes
    ----------
    families : of descriptors (see `hexachord.audio_analysis.descriptors`); its own choice where none are named
    rate_hz : recordings are resampled to this; what lies above half of it is not heard
    silence_dbfs : a recording whose highest sample is below this is refused as silent
    """

    families: tuple[str, ...] = ()
    rate_hz: int = 22050
    silence_dbfs: float = -80.0


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """A recording or a part of it."""

    path: Path
    start_s: float = 0.0
    end_s: float | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class ExtractedFrames:
    """Recordings described frame by frame.

    Attributes
    ----------
    paths : by id of track, in the dataset's order: where its frames lie (see `load_frames`)
    starts_s : by id of track, where in its file it begins
    skipped : by id of track, a line for each that has no frames: file, cause, next step
    batch : how the work went
    """

    paths: Mapping[str, Path]
    starts_s: Mapping[str, float]
    skipped: Mapping[str, str]
    batch: BatchResult[Stretch, Arrays]


@dataclass(frozen=True, kw_only=True, eq=False)
class ExtractedTable:
    """A table of features, and what is not in it.

    Attributes
    ----------
    table : a row for each track, or for each piece, in the dataset's order; `times_s` counts from the beginning of the file
    skipped : by id of track, a line for each without a row: file, cause, next step
    """

    table: FeatureTable
    skipped: Mapping[str, str] = field(default_factory=dict)


def extract_frames(
    dataset: Dataset,
    folder: str | Path,
    *,
    options: ExtractionOptions = ExtractionOptions(),
    workers: int | None = None,
    progress: Progress | None = None,
) -> ExtractedFrames:
    """Describe every recording of a dataset, frame by frame.

    Parameters
    ----------
    folder : where frames are kept, and found again: 1.8 kB a frame, 14 MB for three minutes of all families
    workers : processes; one for each usable core when not given, 0 for none
    progress : told after each recording

    Raises
    ------
    InputError : if another process works in the folder, or a family is not known.
    OutputError : if the folder cannot be written.
    """
    _check_families(options)
    function = DescribeStretch(options=options)
    return _frames_of(dataset, _run(dataset, function, _store(folder, "frames"), workers, progress))


def feature_table(
    frames: ExtractedFrames,
    folder: str | Path,
    *,
    pooling: PoolingOptions = PoolingOptions(),
    beats: Mapping[str, FloatArray] | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> ExtractedTable:
    """Pool frames to a table.

    Parameters
    ----------
    frames : what `extract_frames` gave
    folder : where rows are kept, and found again
    beats : by id of track, times of beats from the beginning of the track, for `PoolingOptions.beats`
    workers, progress : as for `extract_frames`

    Raises
    ------
    InputError : if no recording has a row.
    """
    function = PoolFrames(options=pooling)
    items = [
        FramesOnDisk(path=path, beats_s=tuple(float(time) for time in (beats or {}).get(name, ()))) for name, path in frames.paths.items()
    ]
    batch = run_batch(function, items, store=_store(folder, "rows"), workers=workers, progress=progress)
    outcomes = zip(frames.paths, (outcome for _, outcome in batch.results()), strict=True)
    return _table(outcomes, frames.starts_s, frames.skipped, pieces=pooling.chunk_s is not None)


def extract_features(
    dataset: Dataset,
    folder: str | Path,
    *,
    options: ExtractionOptions = ExtractionOptions(),
    pooling: PoolingOptions = PoolingOptions(),
    workers: int | None = None,
    progress: Progress | None = None,
) -> ExtractedTable:
    """Describe every recording of a dataset and pool it at once: only rows are kept on the disk, not frames.

    Parameters, errors : see `extract_frames` and `feature_table`, which give the same table.
    """
    _check_families(options)
    function = DescribeAndPool(options=options, pooling=pooling)
    batch = _run(dataset, function, _store(folder, "rows"), workers, progress)
    with_path = [track for track in dataset.tracks if track.path is not None]
    outcomes = zip((track.id for track in with_path), (outcome for _, outcome in batch.results()), strict=True)
    starts = {track.id: track.start_s for track in with_path}
    return _table(outcomes, starts, _pathless(dataset), pieces=pooling.chunk_s is not None)


def load_frames(path: str | Path) -> FrameDescriptors:
    """Read the frames of a recording.

    Raises
    ------
    InputError : if there are none, or they are damaged.
    """
    return _unpacked(ARRAY_RESULTS.read(Path(path)), Path(path))


@dataclass(frozen=True, kw_only=True)
class DescribeStretch:
    """Describe a recording: what a worker process does for `extract_frames`."""

    options: ExtractionOptions

    def __call__(self, item: Stretch) -> Arrays:
        """Give its frames as arrays."""
        found = describe_stretch(item, self.options)
        return {
            "names": np.array(found.names),
            "values": found.values,
            "hop_s": np.array(found.hop_s),
            "song_names": np.array(list(found.song), dtype=np.str_),
            "song_values": np.array(list(found.song.values()), dtype=np.float64),
        }


@dataclass(frozen=True, kw_only=True)
class FramesOnDisk:
    """Frames of a recording, and its beats where they are known."""

    path: Path
    beats_s: tuple[float, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PoolFrames:
    """Pool the frames of a recording: what a worker process does for `feature_table`."""

    options: PoolingOptions

    def __call__(self, item: FramesOnDisk) -> Arrays:
        """Give its rows as arrays."""
        return _pooled(load_frames(item.path), item.path, self.options, beats_s=np.array(item.beats_s))


@dataclass(frozen=True, kw_only=True)
class DescribeAndPool:
    """Describe a recording and pool it: what a worker process does for `extract_features`."""

    options: ExtractionOptions
    pooling: PoolingOptions

    def __call__(self, item: Stretch) -> Arrays:
        """Give its rows as arrays."""
        return _pooled(describe_stretch(item, self.options), item.path, self.pooling)


def describe_stretch(item: Stretch, options: ExtractionOptions = ExtractionOptions()) -> FrameDescriptors:
    """Read a recording (a long one by way of the disk) and describe it.

    Raises
    ------
    InputError : if it cannot be read, or is silent.
    """
    with AudioFile(item.path) as file:
        length_s = (item.end_s if item.end_s is not None else file.duration_s) - item.start_s
    if length_s <= _LONG_S:
        audio = load_audio(item.path, rate_hz=options.rate_hz, mono=True, start_s=item.start_s, end_s=item.end_s)
        return _described(audio.samples[0], item, options)
    import tempfile

    with temporary_folder(Path(tempfile.gettempdir()) / "hexachord-decoded") as place:
        samples = place / "samples.f32"
        with AudioFile(item.path) as file, open(samples, "wb") as target:
            for block in file.blocks(rate_hz=options.rate_hz, mono=True, start_s=item.start_s, end_s=item.end_s):
                target.write(np.ascontiguousarray(block.samples[0]).tobytes())
        signal: Float32Array = np.memmap(samples, dtype=np.float32, mode="r")
        return _described(signal, item, options)


@cache
def descriptors_version() -> str:
    """Say which descriptors these are: the library's version and a hash of the code that computes them, so that none found is stale."""
    root = Path(__file__).parents[2]
    digest = hashlib.sha256()
    for package in ("audio", "audio_analysis/descriptors", "dsp"):
        for path in sorted((root / package).glob("*.py")):
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return f"{__version__}-{digest.hexdigest()[:12]}"


def _described(signal: Float32Array, item: Stretch, options: ExtractionOptions) -> FrameDescriptors:
    blocks = range(0, len(signal), 1 << 20)
    peak = max((float(np.abs(signal[first : first + (1 << 20)]).max()) for first in blocks), default=0.0)
    if peak < 10 ** (options.silence_dbfs / 20):
        raise InputError(
            item.path,
            found=f"only silence (no sample above {options.silence_dbfs:g} dBFS)",
            expected="music",
            next_step="replace it or leave it out",
        )
    return describe_frames(signal, rate_hz=options.rate_hz, families=options.families or None)


def _pooled(frames: FrameDescriptors, path: Path, options: PoolingOptions, *, beats_s: FloatArray | None = None) -> Arrays:
    """Pool frames; pieces of which too few frames count have no row."""
    found = pool(
        frames.values,
        frames.names,
        hop_s=frames.hop_s,
        options=options,
        beats_s=np.zeros(0) if beats_s is None else beats_s,
        song=frames.song,
    )
    heard = found.reliable
    if not heard.any():
        words = " and ".join(choice.descriptor for choice in options.choices) or "there is none"
        raise InputError(
            path,
            found=f"hardly a frame that counts ({words})",
            expected=f"{options.least_share:.0%} of them",
            next_step="leave it out or choose frames otherwise",
        )
    return {"names": np.array(found.names), "values": found.values[heard], "times_s": found.times_s[heard]}


def _store(folder: str | Path, name: str) -> ResultStore[Arrays]:
    return ResultStore(folder=Path(folder), name=name, version=f"{_VERSION}-{descriptors_version()}", form=ARRAY_RESULTS)


def _check_families(options: ExtractionOptions) -> None:
    from hexachord.audio_analysis.descriptors.catalogue import chosen_families

    chosen_families(options.families or None)


def _run(
    dataset: Dataset, function: Callable[[Stretch], Arrays], store: ResultStore[Arrays], workers: int | None, progress: Progress | None
) -> BatchResult[Stretch, Arrays]:
    items = [Stretch(path=track.path, start_s=track.start_s, end_s=track.end_s) for track in dataset.tracks if track.path is not None]
    return run_batch(function, items, store=store, workers=workers, progress=progress)


def _frames_of(dataset: Dataset, batch: BatchResult[Stretch, Arrays]) -> ExtractedFrames:
    with_path = [track for track in dataset.tracks if track.path is not None]
    skipped = _pathless(dataset) | {with_path[index].id: failure.line for index, failure in sorted(batch.failures.items())}
    kept = [(track, key) for index, (track, key) in enumerate(zip(with_path, batch.keys, strict=True)) if index not in batch.failures]
    return ExtractedFrames(
        paths={track.id: batch.store.where(key) for track, key in kept},
        starts_s={track.id: track.start_s for track, _ in kept},
        skipped=skipped,
        batch=batch,
    )


def _pathless(dataset: Dataset) -> dict[str, str]:
    return {
        track.id: f"{track.id}: found no file; expected a recording. Next: give it a path or leave it out."
        for track in dataset.tracks
        if track.path is None
    }


def _table(
    outcomes: Iterable[tuple[str, Arrays | Failure]], starts_s: Mapping[str, float], skipped: Mapping[str, str], *, pieces: bool
) -> ExtractedTable:
    """Put the rows of all recordings into one table."""
    lines = dict(skipped)
    ids: list[str] = []
    names: tuple[str, ...] | None = None
    rows, times = [], []
    for track, outcome in outcomes:
        if isinstance(outcome, Failure):
            lines[track] = outcome.line
            continue
        mine = tuple(str(name) for name in outcome["names"])
        if names not in (None, mine):
            raise InputError(track, found="other columns than in the recordings before it", next_step="delete the folder of features")
        names = mine
        ids += [track] * len(outcome["values"])
        rows.append(outcome["values"])
        times.append(outcome["times_s"] + starts_s[track])
    if names is None:
        first = next(iter(lines.values()), "the dataset has no tracks")
        raise InputError("features", found=f"no recording that could be described; the first: {first}", next_step="check the files")
    return ExtractedTable(
        table=FeatureTable(ids=tuple(ids), names=names, values=np.concatenate(rows), times_s=np.concatenate(times) if pieces else None),
        skipped=lines,
    )


def _unpacked(arrays: Arrays, path: Path) -> FrameDescriptors:
    try:
        return FrameDescriptors(
            names=tuple(str(name) for name in arrays["names"]),
            values=arrays["values"],
            hop_s=float(arrays["hop_s"]),
            song=dict(zip((str(name) for name in arrays["song_names"]), arrays["song_values"].tolist(), strict=True)),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(path, found="no frames of descriptors", next_step="delete it and extract again") from error
