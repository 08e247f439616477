"""What is computed of each recording, once, in worker processes: the separated voice, and the spectrogram that networks are shown."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hexachord.arrays import Float32Array, UInt8Array
from hexachord.audio import AudioFile, AudioWriter, load_audio
from hexachord.corpus.batch import run_batch
from hexachord.corpus.store import ARRAY_RESULTS, Failure, Form, ResultStore
from hexachord.dsp.features import LogMel, feature_bytes
from hexachord.errors import InputError
from hexachord.journeys.recipes.run_folder import RunFolder
from hexachord.learning.datasets.dataset import Dataset
from hexachord.learning.embedding.embedding import embed
from hexachord.learning.features.extraction import Stretch
from hexachord.learning.features.table import FeatureTable
from hexachord.processing.stems import split_stems_blocks

EMPHASES = ("none", "vocals")


@dataclass(frozen=True, kw_only=True, eq=False)
class Voice:
    """A separated voice, mono."""

    samples: Float32Array
    rate_hz: int


@dataclass(frozen=True, kw_only=True)
class SeparateVoice:
    """Take the voice out of a recording: what a worker does."""

    engine: str = ""

    def __call__(self, item: Stretch) -> Voice:
        """Give the voice, as long as the stretch."""
        with AudioFile(item.path) as file:
            rate_hz = file.rate_hz
            blocks = (block.samples for block in file.blocks(block_s=10.0, start_s=item.start_s, end_s=item.end_s))
            parts = [stems["vocals"].mean(axis=0) for stems in split_stems_blocks(blocks, rate_hz, engine=self.engine or None)]
        return Voice(samples=np.concatenate(parts).astype(np.float32, copy=False), rate_hz=rate_hz)


@dataclass(frozen=True, kw_only=True)
class Spectrogram:
    """Make the bytes of a feature of a recording: what a worker does."""

    feature: LogMel

    def __call__(self, item: Stretch) -> UInt8Array:
        """Give (frames, bands) bytes."""
        audio = load_audio(item.path, rate_hz=self.feature.rate_hz, mono=True, start_s=item.start_s, end_s=item.end_s)
        return feature_bytes(audio.samples.reshape(-1), self.feature)


@dataclass(frozen=True, kw_only=True)
class SumUp:
    """Sum a recording up in vectors: what a worker does."""

    engine: str

    def __call__(self, item: Stretch) -> Mapping[str, NDArray[Any]]:
        """Give the vectors of its pieces, and where they begin."""
        found = embed(item.path, engine=None if self.engine == "default" else self.engine, start_s=item.start_s, end_s=item.end_s)
        return {"vectors": found.vectors, "time_s": found.time_s}


def _write_voice(path: Path, voice: Voice) -> None:
    with AudioWriter(path, rate_hz=voice.rate_hz, channels=1) as writer:
        writer.write(np.clip(voice.samples[None, :], -1.0, 1.0))


def _write_bytes(path: Path, mel: UInt8Array) -> None:
    with open(path, "wb") as file:
        np.save(file, mel, allow_pickle=False)


def _read_path(path: Path) -> Path:
    return path


# What is written is sound or bytes; what is read back is where they lie, since nobody needs all of them at once.
_VOICES: Form[Any] = Form(suffix=".flac", write=_write_voice, read=_read_path)
_BYTES: Form[Any] = Form(suffix=".npy", write=_write_bytes, read=_read_path)


def voices_of(dataset: Dataset, run: RunFolder, *, workers: int | None) -> Dataset:
    """The same dataset, sung alone: every track's file is its separated voice. A track that could not be separated is left out."""
    store = ResultStore(folder=run.work / "voices", name="voices", version="1", form=_VOICES)
    batch = run_batch(
        SeparateVoice(), _stretches(dataset), store=store, workers=workers, progress=run.steps("voices", "separate the voice")
    )
    found = [None if isinstance(outcome, Failure) else outcome for _, outcome in batch.results()]
    tracks = (
        replace(track, path=path, start_s=0.0, end_s=None)
        for track, path in zip(_with_files(dataset), found, strict=True)
        if path is not None
    )
    return replace(dataset, tracks=tuple(tracks))


def spectrograms_of(dataset: Dataset, feature: LogMel, run: RunFolder, *, name: str, workers: int | None) -> dict[str, Path]:
    """The file of each track's spectrogram, by id."""
    store = ResultStore(folder=run.work / name, name=name, version="1", form=_BYTES)
    batch = run_batch(
        Spectrogram(feature=feature), _stretches(dataset), store=store, workers=workers, progress=run.steps(name, "spectrograms")
    )
    outcomes = (outcome for _, outcome in batch.results())
    return {track.id: path for track, path in zip(_with_files(dataset), outcomes, strict=True) if not isinstance(path, Failure)}


def vectors_of(dataset: Dataset, engine: str, run: RunFolder, *, workers: int | None) -> FeatureTable:
    """Rows of vectors, one for each piece of a recording that an embedding hears.

    Raises
    ------
    InputError : if no recording could be summed up.
    """
    store = ResultStore(folder=run.work / "vectors", name=f"vectors {engine}", version="1", form=ARRAY_RESULTS)
    batch = run_batch(
        SumUp(engine=engine), _stretches(dataset), store=store, workers=workers, progress=run.steps("embedding", "sum every recording up")
    )
    found = [(track.id, result) for track, (_, result) in zip(_with_files(dataset), batch.results(), strict=True)]
    kept = [(name, result) for name, result in found if not isinstance(result, Failure)]
    if not kept:
        line = next((result.line for _, result in found if isinstance(result, Failure)), "no recording")
        raise InputError(f"--embedding {engine}", found=line, expected="vectors", next_step="`hexachord engines` lists what is installed")
    values = np.concatenate([result["vectors"] for _, result in kept]).astype(np.float64)
    return FeatureTable(
        ids=tuple(name for name, result in kept for _ in range(len(result["vectors"]))),
        names=tuple(f"embedding/{number:04d}" for number in range(values.shape[1])),
        values=values,
        times_s=np.concatenate([result["time_s"] for _, result in kept]),
    )


def _with_files(dataset: Dataset) -> list:  # type: ignore[type-arg]
    return [track for track in dataset.tracks if track.path is not None]


def _stretches(dataset: Dataset) -> list[Stretch]:
    return [Stretch(path=track.path, start_s=track.start_s, end_s=track.end_s) for track in _with_files(dataset)]
