"""The index of a dataset: what every file is (`FileFacts`) and its fingerprint, measured by all cores, kept, and measured again only where
a file has changed.
"""

import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from hexachord.corpus.batch import BatchStep, Failure, run_batch
from hexachord.corpus.store import Form, ResultStore
from hexachord.errors import InputError
from hexachord.files import write_text
from hexachord.learning.datasets.dataset import Dataset
from hexachord.learning.datasets.facts import FileFacts, FileRecord, measure_file
from hexachord.retrieval.fingerprint import Fingerprint

_VERSION = "1"


@dataclass(frozen=True, kw_only=True, eq=False)
class DatasetIndex:
    """What the files of a dataset are.

    Attributes
    ----------
    facts : by id of track; pieces of one file share them
    prints : fingerprints by id of track, where the file is sound
    failures : a line (file, cause, next step) by id of track, for files that could not be read
    """

    facts: Mapping[str, FileFacts]
    prints: Mapping[str, Fingerprint]
    failures: Mapping[str, str]

    def to_plain(self) -> dict[str, Any]:
        """Return facts and failures as plain data."""
        return {"facts": {key: one.to_plain() for key, one in self.facts.items()}, "failures": dict(self.failures)}


def index_dataset(
    dataset: Dataset, folder: str | Path, *, workers: int | None = None, progress: Callable[[BatchStep], None] | None = None
) -> DatasetIndex:
    """Measure every file of a dataset once, and keep what was measured in a folder.

    Parameters
    ----------
    folder : where results are kept; another run (or another dataset with the same files) takes them from there
    workers : processes; one for each core when not given, 0 for none
    progress : told after each file

    Raises
    ------
    OutputError : if the folder cannot be written. A file that cannot be read is in `failures`.
    """
    paths = list(dict.fromkeys(track.path for track in dataset.tracks if track.path is not None))
    store = ResultStore(folder=Path(folder), name="index", version=_VERSION, form=_RECORDS)
    batch = run_batch(measure_file, paths, store=store, workers=workers, progress=progress)
    found = dict(batch.results())
    facts: dict[str, FileFacts] = {}
    prints: dict[str, Fingerprint] = {}
    failures: dict[str, str] = {}
    for track in dataset.tracks:
        record = found.get(track.path) if track.path is not None else None
        if isinstance(record, Failure):
            failures[track.id] = record.line
        elif record is not None:
            facts[track.id] = record.facts
            if record.print is not None:
                prints[track.id] = record.print
    return DatasetIndex(facts=facts, prints=prints, failures=failures)


def save_index(index: DatasetIndex, path: str | Path) -> Path:
    """Write facts and failures as JSON, by id of track.

    Raises
    ------
    OutputError : if it cannot be written.
    """
    return write_text(path, json.dumps(index.to_plain(), indent=1, ensure_ascii=False, allow_nan=False) + "\n")


def _write(path: Path, record: FileRecord) -> None:
    arrays = {"facts": np.array(json.dumps(record.facts.to_plain(), allow_nan=False))}
    if record.print is not None:
        arrays |= {"hashes": record.print.hashes, "frames": record.print.frames, "length": np.array(record.print.length)}
    with open(path, "wb") as file:
        np.savez_compressed(file, allow_pickle=False, **arrays)


def _read(path: Path) -> FileRecord:
    try:
        with np.load(path, allow_pickle=False) as stored:
            facts = FileFacts.from_plain(json.loads(str(stored["facts"])))
            if "hashes" not in stored.files:
                return FileRecord(facts=facts)
            found = Fingerprint(hashes=stored["hashes"], frames=stored["frames"], length=int(stored["length"]))
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise InputError(path, found="a damaged record of the index", next_step="delete it and run it again") from error
    return FileRecord(facts=facts, print=found)


_RECORDS: Form[FileRecord] = Form(suffix=".npz", write=_write, read=_read)
