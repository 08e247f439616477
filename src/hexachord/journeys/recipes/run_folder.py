"""The folder of a run: stages that are done once, remembered by what was asked, and heard while they go on."""

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from hexachord._version import __version__
from hexachord.corpus.batch import BatchStep
from hexachord.errors import InputError
from hexachord.files import read_text, sha256_of_file, write_text
from hexachord.journeys.pipeline import Event, Listener

_MARK = "work/recipe.json"


@dataclass(frozen=True, kw_only=True)
class StageResult:
    """What a stage left: facts in plain data, and files by their paths below the run."""

    facts: Mapping[str, Any]
    files: tuple[str, ...]


class RunFolder:
    """A run.

    Use `open_run`. ``work/`` holds what the run needs to go on; everything else is for people.
    """

    def __init__(self, folder: Path, recipe: str, listener: Listener | None) -> None:
        self.folder, self.recipe, self._listener = folder, recipe, listener
        self.work = folder / "work"
        self.files: list[str] = []

    def plan(self, stages: int) -> None:
        """Say how many stages there will be."""
        self.tell(Event(kind="plan", total=stages))

    def tell(self, event: Event) -> None:
        """Tell the listener."""
        if self._listener is not None:
            self._listener(event)

    def progress(self, stage: str, title: str) -> Callable[[float], None]:
        """Give a function that tells how far a stage is."""
        return lambda part: self.tell(Event(kind="progress", stage=stage, title=title, fraction=part))

    def steps(self, stage: str, title: str) -> Callable[[BatchStep], None]:
        """Announce work on many files that keeps its own results, and give a function that tells how far it is."""
        self.tell(Event(kind="start", stage=stage, title=title))

        def hear(step: BatchStep) -> None:
            self.tell(Event(kind="progress", stage=stage, title=title, fraction=step.done / max(step.total, 1)))
            if step.done == step.total:
                self.tell(Event(kind="done", stage=stage, title=title))

        return hear

    def path(self, name: str) -> Path:
        """Where a file of the run lies; its folder is made."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def stage(
        self, name: str, title: str, asked: Mapping[str, Any], do: Callable[[Callable[[float], None]], tuple[dict[str, Any], Sequence[str]]]
    ) -> StageResult:
        """Do a stage, unless it was done: the same was asked, and its files are as it left them.

        Parameters
        ----------
        name, title : of the stage
        asked : plain data that says all it depends on
        do : does it, given a function that tells how far it is; returns facts in plain data, and paths below the run
        """
        stamp = self.work / "stages" / f"{name}.json"
        key = hashlib.sha256(json.dumps([__version__, dict(asked)], sort_keys=True).encode()).hexdigest()
        known = self._known(stamp, key)
        if known is not None:
            self.files += known.files
            self.tell(Event(kind="recalled", stage=name, title=title))
            return known
        self.tell(Event(kind="start", stage=name, title=title))
        begun_s = time.perf_counter()
        facts, files = do(self.progress(name, title))
        wall_s = time.perf_counter() - begun_s
        hashes = {path: sha256_of_file(self.folder / path) for path in files}
        write_text(stamp, json.dumps({"asked": key, "facts": facts, "files": hashes, "wall_s": round(wall_s, 3)}, indent=1))
        self.files += files
        self.tell(Event(kind="done", stage=name, title=title, wall_s=wall_s))
        return StageResult(facts=facts, files=tuple(files))

    def _known(self, stamp: Path, key: str) -> StageResult | None:
        try:
            kept = json.loads(stamp.read_text(encoding="utf-8"))
            if kept["asked"] != key:
                return None
            hashes: dict[str, str] = kept["files"]
            if any(sha256_of_file(self.folder / path) != digest for path, digest in hashes.items()):
                return None
            return StageResult(facts=kept["facts"], files=tuple(hashes))
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None

    def wall_s(self) -> dict[str, float]:
        """How long each stage took when it was done."""
        found = {}
        for stamp in sorted((self.work / "stages").glob("*.json")):
            found[stamp.stem] = float(json.loads(stamp.read_text(encoding="utf-8")).get("wall_s", 0.0))
        return found


@contextmanager
def open_run(folder: Path, *, recipe: str, listener: Listener | None = None) -> Iterator[RunFolder]:
    """Open the folder of a run, or make it; no other process works in it meanwhile.

    Raises
    ------
    InputError : if the folder holds something that no run of this recipe made, or another process is at work in it.
    """
    folder = Path(folder)
    mark = folder / _MARK
    if folder.exists() and not folder.is_dir():
        raise InputError(folder, found="a file", expected="a folder, or nothing yet", next_step="name another with --out")
    if mark.is_file():
        try:
            made_by = str(json.loads(read_text(mark, what="a run's mark")).get("recipe"))
        except (ValueError, AttributeError):
            made_by = "?"
        if made_by != recipe:
            raise InputError(folder, found=f"a run of the recipe {made_by}", expected=recipe, next_step="name another folder with --out")
    elif folder.is_dir() and any(folder.iterdir()):
        raise InputError(folder, found="files that no recipe made", expected="an empty folder", next_step="name another with --out")
    write_text(mark, json.dumps({"recipe": recipe, "version": __version__}))
    try:
        with FileLock(folder / "work" / "lock", timeout=0):
            yield RunFolder(folder, recipe, listener)
    except Timeout as error:
        raise InputError(
            folder, found="another process at work in it", expected="none", next_step="wait for it, or name another"
        ) from error
