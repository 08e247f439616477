"""A song is a folder that knows itself.

Layout::

    NAME.hexachord/
      song.json            manifest: name, source, steps that are done, files written with their hashes
      corrections.json     what the user said: hints, and corrections of the rhythm and the pages (`hexachord.song.corrections`)
      knowledge.json       all that is known (`hexachord.knowledge.json_format`)
      knowledge.jams       the same for research tools
      report.txt           the same for people
      labels/NAME.txt      label tracks for Audacity: beats, chords, sections, notes ...
      tables/NAME.csv      one table for each kind of observation
      lead-sheet.musicxml  melody and chords (also .mid, .pdf)
      piano.musicxml       two-staff piano reduction (also .mid, .pdf)
      notes.mid            every heard note as it was played
      score.musicxml       when the song came as a score: the score itself (also .mid, .pdf)
      stems/NAME.flac      they sum to the mix
      cache/               step results and working copies; may be deleted at any time
      .lock                held by the process that works here

Every step's result is kept under a key: the hash of the source's content, the step's parameters, its engine and version, and the keys of
the steps it builds on. A step whose key is there is not run again. Results are written to a temporary name and renamed, records after the
files that they speak of, so the folder is consistent whenever the process is killed; the next run goes on where the last one ended. One
process works in a folder at a time (a file lock, which dies with its holder); a second one waits and then finds the results.

A file that the user changed by hand is kept as long as its step need not run again, and moved aside (``NAME.edited-1.ext``) when it must.
"""

import hashlib
import json
import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self

from hexachord._version import __version__
from hexachord.errors import InputError, OutputError
from hexachord.files import atomic_path, write_text
from hexachord.knowledge.json_format import load_knowledge, to_plain
from hexachord.knowledge.model import Knowledge
from hexachord.song.manifest import FORMAT, MANIFEST, SCHEMA_VERSION, compare, hash_source, make_folder, read_manifest, stamp
from hexachord.song.steps import Step, StepResult, read_observations

CACHE = "cache"
_LOCK = ".lock"


class Song:
    """One song's folder. Open it with `Song.open`, work in it inside `locked`.

    Attributes
    ----------
    folder : where it is
    is_new : it was made in this session
    kept : files that the user changed and that were left alone in this session
    moved : files that the user changed and that were moved aside
    """

    def __init__(self, folder: Path, manifest: dict[str, Any], *, is_new: bool = False) -> None:
        self.folder = folder
        self.is_new = is_new
        self.kept: list[str] = []
        self.moved: list[str] = []
        self._manifest = manifest
        self._mutex = threading.RLock()
        self._was_held = False

    @classmethod
    def open(cls, folder: str | Path) -> Self:
        """Open a song's folder that exists.

        Raises
        ------
        InputError : if there is no song in it.
        """
        folder = Path(folder)
        if not (folder / MANIFEST).is_file():
            raise InputError(folder, found="no song folder", expected=f"a folder with {MANIFEST}", next_step="make one: hexachord SONG")
        return cls(folder, read_manifest(folder / MANIFEST))

    @classmethod
    def create(cls, folder: str | Path, *, source: str | Path, name: str = "") -> Self:
        """Open the folder of the song in file `source`, making it if needed; `name` is what to call it, by default what its file is called.

        Raises
        ------
        InputError : if the source is missing, the folder holds another song or other things.
        OutputError : if the folder cannot be made or written.
        """
        folder, source = Path(folder), Path(source)
        sha256 = hash_source(source)
        described = {"path": str(source.resolve()), "sha256": sha256, "bytes": source.stat().st_size}
        make_folder(folder)
        entries = [entry.name for entry in folder.iterdir() if not entry.name.startswith(".")]
        if (folder / MANIFEST).is_file():
            song = cls(folder, read_manifest(folder / MANIFEST))
            known = song._manifest["source"]
            if known["sha256"] != sha256 and known["path"] != described["path"]:
                raise InputError(folder, found=f"the folder of another song ({known['path']})", next_step="name another with --out")
            song._manifest |= {"source": described, "name": name or song.name}
            return song
        if entries:
            raise InputError(folder, found="a folder with other files in it", expected="a new one", next_step="name another with --out")
        manifest = {"name": name or source.stem, "source": described, "made_by": __version__, "steps": {}, "files": {}}
        return cls(folder, manifest, is_new=True)

    @classmethod
    def analyse(cls, source: str | Path, *, out: str | Path | None = None) -> "Song":
        """Do the main job on a recording or a score and return its folder; `hexachord.journeys.analyse.analyse` has all the options.

        Examples
        --------
        >>> song = Song.analyse("song.flac")  # doctest: +SKIP
        >>> song.knowledge().key.name  # doctest: +SKIP
        'G major'
        """
        from hexachord.journeys.analyse import analyse

        return analyse(source, out=out).song

    @property
    def name(self) -> str:
        """The song's name: its file's without the suffix, or what `create` was told."""
        return str(self._manifest["name"])

    @property
    def source(self) -> Path:
        """The file the folder was made from."""
        return Path(self._manifest["source"]["path"])

    @property
    def source_sha256(self) -> str:
        """The hash of that file's content."""
        return str(self._manifest["source"]["sha256"])

    @property
    def files(self) -> tuple[str, ...]:
        """The files written so far, relative to the folder, sorted; the cache is left out."""
        return tuple(sorted(name for name in self._manifest["files"] if not name.startswith(CACHE + "/")))

    @property
    def engines(self) -> dict[str, str]:
        """Which engine did each step that is done, by the step's name."""
        return {name: str(step["engine"]) for name, step in self._manifest["steps"].items()}

    def facts(self, step: str) -> dict[str, Any]:
        """Return the plain facts of a step that is done; empty when it is not, or its record is gone from the cache."""
        try:
            done = self._manifest["steps"][step]
            record = json.loads(self._record_path(step, done["key"]).read_text(encoding="utf-8"))
            return dict(record["facts"])
        except (OSError, ValueError, KeyError, TypeError):
            return {}

    def knowledge(self) -> Knowledge:
        """Read what is known.

        Raises
        ------
        InputError : if no analysis has ended here yet.
        """
        return load_knowledge(self.folder / "knowledge.json")

    @contextmanager
    def locked(self, *, on_wait: Callable[[], None] | None = None, timeout_s: float = -1) -> Iterator[Self]:
        """Hold the folder for this process; what another one did meanwhile is read in first, what a killed one left is swept.

        Parameters
        ----------
        on_wait : called once when another process holds the folder
        timeout_s : give up after so long; negative: never

        Raises
        ------
        InputError : when the time is up.
        """
        import filelock

        lock = filelock.FileLock(self.folder / _LOCK)
        try:
            try:
                lock.acquire(timeout=0)
            except filelock.Timeout:
                if on_wait is not None:
                    on_wait()
                lock.acquire(timeout=timeout_s)
        except filelock.Timeout as error:
            raise InputError(self.folder, found="another process at work in it", next_step="wait for it, or use another --out") from error
        except OSError as error:
            raise OutputError(self.folder, found=f"that it cannot be locked ({error.strerror})", next_step="use another --out") from error
        self._was_held = True
        try:
            if (self.folder / MANIFEST).is_file():
                on_disk = read_manifest(self.folder / MANIFEST)
                self._manifest |= {"steps": on_disk["steps"], "files": on_disk["files"], "notes": on_disk.get("notes", {})}
            self.sweep()
            self._save()
            yield self
        finally:
            lock.release()

    def discard(self) -> None:
        """Remove a folder that was made in this session and in which no step was ever finished: bad input leaves nothing behind."""
        if self.is_new and self._was_held and not self._manifest["steps"]:
            shutil.rmtree(self.folder, ignore_errors=True)

    def recall(self, step: Step) -> StepResult | None:
        """Return the result of a step, if it is there, whole, and of these very parameters."""
        key = step.key(self.source_sha256)
        path = self._record_path(step.name, key)
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
            if record["key"] != key:
                return None
            observations = read_observations(record["observations"], source=str(path))
            result = StepResult(observations=observations, files=tuple(record["files"]), facts=record["facts"])
            written = dict(record["files"])
        except (OSError, ValueError, KeyError, TypeError, AttributeError, InputError):
            return None  # absent, or damaged: then the step runs again
        with self._mutex:
            edited = []
            for name, then in written.items():
                state = compare(self.folder / name, then)
                if state == "same":
                    continue
                last = self._manifest["files"].get(name)
                if state == "missing" or last is None or last["sha256"] != then["sha256"]:
                    return None
                edited.append(name)
            self.kept += [name for name in edited if name not in self.kept]
            self._manifest["files"].update({name: then for name, then in written.items() if name not in edited})
            self._manifest["steps"][step.name] = {"key": key, "engine": step.engine, "wall_s": record.get("wall_s", 0.0)}
        return result

    def remember(self, step: Step, result: StepResult, *, wall_s: float) -> None:
        """Record a step's result; its files are already in place."""
        key = step.key(self.source_sha256)
        stamps = {name: stamp(self.folder / name) for name in result.files}
        record = {
            "step": step.name,
            "key": key,
            "engine": step.engine,
            "engine_version": step.engine_version,
            "parameters": dict(step.parameters),
            "upstream": dict(step.upstream),
            "made_by": __version__,
            "wall_s": round(wall_s, 3),
            "facts": dict(result.facts),
            "files": stamps,
            "observations": {name: to_plain(value) for name, value in result.observations.items()},
        }
        write_text(self._record_path(step.name, key), json.dumps(record, ensure_ascii=False, allow_nan=False))
        with self._mutex:
            self._manifest["files"].update(stamps)
            self._manifest["steps"][step.name] = {"key": key, "engine": step.engine, "wall_s": round(wall_s, 3)}
            self._save()

    @contextmanager
    def writing(self, name: str) -> Iterator[Path]:
        """Give a temporary path; when the block ends well it becomes the file `name` of the folder (``stems/bass.flac``)."""
        target = self.folder / name
        with atomic_path(target) as temporary:
            yield temporary
            self._make_way(name)

    def write_text(self, name: str, text: str) -> str:
        """Write one text file of the folder, unless it already says so; returns `name`, for `note_files`."""
        target = self.folder / name
        written = self._manifest["files"].get(name)
        if written is None or written["sha256"] != hashlib.sha256(text.encode()).hexdigest() or compare(target, written) != "same":
            with self.writing(name) as temporary:
                temporary.write_text(text, encoding="utf-8", newline="")
        return name

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """Give a temporary folder on the same disk, gone afterwards; `adopt` moves files out of it."""
        try:
            path = Path(tempfile.mkdtemp(prefix=".scratch-", suffix=".part", dir=self.folder))
        except OSError as error:
            raise OutputError(self.folder, found=f"that it cannot be written ({error.strerror})", next_step="use another --out") from error
        try:
            yield path
        finally:
            shutil.rmtree(path, ignore_errors=True)

    def adopt(self, temporary: Path, name: str) -> str:
        """Move a finished file of a scratch folder to its place; returns `name`."""
        target = self.folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        self._make_way(name)
        os.replace(temporary, target)
        return name

    def note_files(self, names: list[str]) -> None:
        """Note files that are in place but belong to no cached step (reports, tables)."""
        stamps = {name: stamp(self.folder / name) for name in names}
        with self._mutex:
            self._manifest["files"].update(stamps)
            self._save()

    def forget(self, step: str) -> None:
        """Remove the files of a step that is done no longer; what the user changed in them is moved aside."""
        done = self._manifest["steps"].get(step)
        if done is None:
            return
        try:
            record = json.loads(self._record_path(step, done["key"]).read_text(encoding="utf-8"))
            names = list(record["files"])
        except (OSError, ValueError, KeyError, TypeError):
            names = []
        self.remove_files(names)
        with self._mutex:
            self._manifest["steps"].pop(step, None)
            self._save()

    def remove_files(self, names: Iterable[str]) -> None:
        """Remove files that say what is not so any more; what the user changed in them is moved aside."""
        for name in names:
            self._make_way(name)
            (self.folder / name).unlink(missing_ok=True)
        with self._mutex:
            self._save()

    def noted(self, name: str) -> Any:
        """Return a journey's own plain note about the folder; None without it."""
        return self._manifest.get("notes", {}).get(name)

    def note(self, **notes: Any) -> None:
        """Keep plain notes in the manifest; the folder is held by the caller (`locked`)."""
        with self._mutex:
            self._manifest["notes"] = {**self._manifest.get("notes", {}), **notes}
            self._save()

    def _make_way(self, name: str) -> None:
        """Before a file is replaced: move the user's changes aside, and forget the old hash, so that a crash cannot confuse the two."""
        with self._mutex:
            written = self._manifest["files"].pop(name, None)
            target = self.folder / name
            if written is None or not target.exists():
                return
            if compare(target, written) == "changed":
                number = 1
                while (aside := target.with_name(f"{target.stem}.edited-{number}{target.suffix}")).exists():
                    number += 1
                os.replace(target, aside)
                self.moved.append(str(aside.relative_to(self.folder)))
            self._save()

    def sweep(self) -> None:
        """Remove what a stopped or killed run left half-written."""
        for part in self.folder.rglob(".*.part*"):
            with suppress(OSError):
                shutil.rmtree(part) if part.is_dir() else part.unlink()

    def _save(self) -> None:
        with self._mutex:
            document = {"format": FORMAT, "schema_version": SCHEMA_VERSION, **self._manifest}
            write_text(self.folder / MANIFEST, json.dumps(document, indent=1, ensure_ascii=False) + "\n")

    def _record_path(self, step: str, key: str) -> Path:
        return self.folder / CACHE / f"{step}-{key[:16]}.json"
