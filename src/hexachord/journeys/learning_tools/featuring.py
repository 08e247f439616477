"""From recordings to a table on the disk: described, pooled, labelled, under the names that were asked for."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from hexachord.corpus.batch import BatchStep, run_batch
from hexachord.corpus.store import ARRAY_RESULTS, Failure, ResultStore
from hexachord.errors import InputError
from hexachord.files import sha256_of_file
from hexachord.learning.datasets.dataset import Dataset, Track
from hexachord.learning.datasets.labelled import LabelledTable
from hexachord.learning.embedding.engines import ENGINES
from hexachord.learning.features.extraction import Arrays, ExtractedTable, ExtractionOptions, Stretch, extract_features
from hexachord.learning.features.naming import rename_columns
from hexachord.learning.features.options_files import extraction_from_json, options_to_json, pooling_from_json
from hexachord.learning.features.pooling import PoolingOptions
from hexachord.learning.features.table import FeatureTable
from hexachord.models.engine import pick_engine

Progress = Callable[[BatchStep], None]


@dataclass(frozen=True, kw_only=True)
class Description:
    """How recordings become rows.

    Attributes
    ----------
    extraction, pooling : of descriptors
    names : of another tool, for the columns; empty for ours
    embedding : an engine of embeddings instead of descriptors; empty for descriptors
    """

    extraction: ExtractionOptions = ExtractionOptions()
    pooling: PoolingOptions = PoolingOptions()
    names: str = ""
    embedding: str = ""

    def about(self) -> dict[str, str]:
        """Say it in words that `description_of` reads: what tables and models keep beside them."""
        if self.embedding:
            return {"embedding": self.embedding}
        words = {"extraction": options_to_json(self.extraction), "pooling": options_to_json(self.pooling)}
        return words | ({"names": self.names} if self.names else {})


def description_of(about: Mapping[str, str], *, source: str) -> Description:
    """Read how a table's or a model's columns came about.

    Raises
    ------
    InputError : if it is not said, or not understood.
    """
    if "embedding" in about:
        return Description(embedding=about["embedding"])
    if "pooling" not in about:
        raise InputError(
            source,
            found="no word of how its features were made",
            expected="a model of a table by `hexachord learn features`, or of a recipe",
            next_step="make the table by `hexachord learn features`, and the model by `hexachord learn table --save`",
        )
    return Description(
        extraction=extraction_from_json(about.get("extraction", "{}"), source=source),
        pooling=pooling_from_json(about["pooling"], source=source),
        names=about.get("names", ""),
    )


def describe_dataset(
    dataset: Dataset, description: Description, work: Path, *, workers: int | None = None, progress: Progress | None = None
) -> ExtractedTable:
    """Describe every recording of a dataset; what was described before is taken from the folder.

    Parameters
    ----------
    work : where rows are kept
    workers : processes; one for each core when not given, 0 for none
    progress : told after each recording

    Raises
    ------
    InputError : if no recording could be described, or an option is not known.
    OutputError : if the folder cannot be written.
    """
    if description.embedding:
        return embed_dataset(dataset, description.embedding, work, workers=workers, progress=progress)
    found = extract_features(
        dataset, work / "rows", options=description.extraction, pooling=description.pooling, workers=workers, progress=progress
    )
    return replace(found, table=rename_columns(found.table, description.names)) if description.names else found


def embedding_description(engine: str) -> Description:
    """Describe recordings by an engine of embeddings, by its name with or without ``embedding/``.

    Raises
    ------
    InputError : if there is no such engine.
    """
    return Description(embedding=pick_engine(ENGINES, task="embedding", name=engine).name)


@dataclass(frozen=True, kw_only=True)
class EmbedStretch:
    """Sum a recording up: what a worker process does for `embed_dataset`."""

    engine: str

    def __call__(self, item: Stretch) -> Arrays:
        """Give its vector."""
        from hexachord.learning.embedding.embedding import embed

        found = embed(item.path, engine=self.engine, start_s=item.start_s, end_s=item.end_s)
        if found.silent:
            raise InputError(item.path, found="only silence", expected="music", next_step="replace it or leave it out")
        return {"vector": found.vector}


def embed_dataset(
    dataset: Dataset, engine: str, work: Path, *, workers: int | None = None, progress: Progress | None = None
) -> ExtractedTable:
    """Sum every recording up in a vector: columns ``embedding/001`` and so on.

    Raises
    ------
    InputError : if no recording could be summed up.
    OutputError : if the folder cannot be written.
    """
    tracks = [track for track in dataset.tracks if track.path is not None]
    items = [Stretch(path=track.path, start_s=track.start_s, end_s=track.end_s) for track in tracks if track.path is not None]
    store: ResultStore[Arrays] = ResultStore(folder=work / "embeddings", name="embeddings", version="1", form=ARRAY_RESULTS)
    batch = run_batch(EmbedStretch(engine=engine), items, store=store, workers=workers, progress=progress)
    ids, rows, skipped = list[str](), list[np.ndarray[tuple[int], np.dtype[np.float64]]](), dict[str, str]()
    for track, (_, outcome) in zip(tracks, batch.results(), strict=True):
        if isinstance(outcome, Failure):
            skipped[track.id] = outcome.line
        else:
            ids.append(track.id)
            rows.append(np.asarray(outcome["vector"], dtype=np.float64))
    if not rows:
        first = next(iter(skipped.values()), "there is none")
        raise InputError("embeddings", found=f"no recording that could be heard; the first: {first}", next_step="check the files")
    names = tuple(f"embedding/{number:03d}" for number in range(1, len(rows[0]) + 1))
    return ExtractedTable(table=FeatureTable(ids=tuple(ids), names=names, values=np.stack(rows)), skipped=skipped)


def labelled(dataset: Dataset, table: FeatureTable, *, target: str = "class") -> LabelledTable:
    """Put the labels of the tracks beside their rows; several labels stand in one cell, with ``|`` between."""
    words = {track.id: "|".join(track.labels) for track in dataset.tracks}
    return LabelledTable(table=table, labels=tuple(words.get(name, "") for name in table.ids), target=target)


def told_of(dataset: Dataset, ids: Iterable[str]) -> dict[str, str]:
    """Say of a dataset what a table of it should remember: its name, who belongs together (album, artist, song), which files were heard.

    Parameters
    ----------
    ids : of the tracks that are in the table
    """
    groups = {track.id: dict(track.groups) for track in dataset.tracks if track.groups}
    wanted = set(ids)
    files = {track.id: file_mark(track) for track in dataset.tracks if track.id in wanted and track.path is not None}
    told = {"data": dataset.name, "files": json.dumps(files, ensure_ascii=False)}
    if groups:
        told["groups"] = json.dumps(groups, ensure_ascii=False)
    return told | ({"labels": "several"} if dataset.multi_label else {})


def file_mark(track: Track) -> str:
    """A short hash of a track's file and of the part that counts: the same file is the same music, whatever it is called."""
    assert track.path is not None
    end = "" if track.end_s is None else f"{track.end_s:g}"
    part = f"@{track.start_s:g}-{end}" if track.start_s or end else ""
    return sha256_of_file(track.path)[:20] + part
