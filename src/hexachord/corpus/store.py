"""What was found in each file of a collection, kept one result a file.

A result's name is a hash of everything that decides it: which file and as it was when (path, size and date, or its content), which part of
it, the function, its parameters and its version. So a result is found again as long as it is true, and nothing has to be kept in step.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, is_dataclass
from pathlib import Path
from typing import Any, Generic, Literal, Protocol, TypeVar, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from hexachord.errors import HexachordError, InputError
from hexachord.files import atomic_path, read_text, sha256_of_file, write_text

T = TypeVar("T")
_AGAIN = "delete it and run the batch again"


@runtime_checkable
class Located(Protocol):
    """An item of a batch that is more than a path: a frozen dataclass with the path and what part of the file is meant."""

    @property
    def path(self) -> Path:
        """The file it is about."""


Item = Path | Located


@dataclass(frozen=True, kw_only=True)
class Form(Generic[T]):
    """How a result lies on the disk: a suffix, and functions (importable ones) that write and read a file."""

    suffix: str
    write: Callable[[Path, T], None]
    read: Callable[[Path], T]


@dataclass(frozen=True, kw_only=True)
class Failure:
    """A file that gave no result.

    Attributes
    ----------
    path : the file
    line : file, cause and next step in one line
    kind : the type of the error: ``InputError``; ``WorkerError`` where a process died of it
    """

    path: Path
    line: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class ResultStore(Generic[T]):
    """A folder of results.

    Parameters
    ----------
    folder : where they lie; several kinds of results may share it
    name, version : of what is computed; another version is computed anew
    form : how results are written (`JSON_RESULTS`, `ARRAY_RESULTS`, or one of your own)
    identify : files are known by ``stat`` (path, size, date of change: quick) or by ``content`` (hash: survives moving and copying)

    Examples
    --------
    >>> store = ResultStore(folder=Path("/nowhere"), name="lengths", version="1", form=JSON_RESULTS)
    >>> store.where("ab12").as_posix()
    '/nowhere/lengths/ab/ab12.json'
    """

    folder: Path
    name: str
    version: str
    form: Form[T]
    identify: Literal["stat", "content"] = "stat"

    def key(self, item: Item, function: Callable[[Any], T]) -> str:
        """Hash what decides a result: 32 hexadecimal digits.

        Raises
        ------
        ValueError : if the function is not one that another process can import, or holds what is no plain parameter.
        """
        identity = [self.name, self.version, identity_of_function(function), _part_of(item), self._stamp(path_of(item))]
        return hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()[:32]

    def where(self, key: str) -> Path:
        """Where the result of a key lies, or will."""
        return self.folder / self.name / key[:2] / f"{key}{self.form.suffix}"

    def has(self, key: str) -> bool:
        """Whether there is a result."""
        return self.where(key).is_file()

    def load(self, key: str) -> T:
        """Read a result.

        Raises
        ------
        InputError : if there is none, or it is damaged.
        """
        return self.form.read(self.where(key))

    def save(self, key: str, value: T) -> None:
        """Write a result, whole or not at all; a failure that stood in its place goes.

        Raises
        ------
        OutputError : if it cannot be written.
        """
        with atomic_path(self.where(key)) as temporary:
            self.form.write(temporary, value)
        self._failure_at(key).unlink(missing_ok=True)

    def failure(self, key: str) -> Failure | None:
        """What went wrong with an item, where something did."""
        path = self._failure_at(key)
        if not path.is_file():
            return None
        try:
            plain = json.loads(read_text(path, what="the record of a failure"))
            return Failure(path=Path(plain["path"]), line=plain["line"], kind=plain["kind"])
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(path, found="a damaged record of a failure", next_step=_AGAIN) from error

    def save_failure(self, key: str, failure: Failure, *, detail: str = "") -> None:
        """Keep what went wrong; `detail` is for who debugs it."""
        plain = {"path": str(failure.path), "line": failure.line, "kind": failure.kind, "detail": detail}
        write_text(self._failure_at(key), json.dumps(plain, indent=1) + "\n")

    def sweep(self) -> None:
        """Delete what killed processes left half written; only while nobody else writes here."""
        for path in (self.folder / self.name).glob("??/.*.part*"):
            path.unlink(missing_ok=True)

    def prune(self, keep: Iterable[str]) -> int:
        """Delete results (of other versions, parameters, files) that are not among these keys; only while nobody else works here.

        Returns
        -------
        How many were deleted
        """
        kept = set(keep)
        stale = [path for path in (self.folder / self.name).glob("??/*") if path.name.partition(".")[0] not in kept]
        for path in stale:
            path.unlink(missing_ok=True)
        return len(stale)

    def _failure_at(self, key: str) -> Path:
        return self.where(key).with_suffix(".failure.json")

    def _stamp(self, path: Path) -> object:
        try:
            if self.identify == "content":
                return sha256_of_file(path)
            status = path.stat()
        except OSError:  # whoever opens it will say why
            return [str(path), "unreadable"]
        return [str(path.resolve()), status.st_size, status.st_mtime_ns]


def path_of(item: Item) -> Path:
    """The file that an item is about."""
    return item if isinstance(item, Path) else item.path


def identity_of_function(function: Callable[[Any], object]) -> list[object]:
    """Say in plain data which function it is, and with what parameters.

    Raises
    ------
    ValueError : if it is neither a function of a module nor a frozen dataclass with plain fields that can be called.
    """
    made: object = function
    if is_dataclass(made) and not isinstance(made, type):
        maker, parameters = type(made), plain_of(asdict(made))
        module, name = maker.__module__, maker.__qualname__
    else:
        parameters = None
        module, name = str(getattr(made, "__module__", "__main__")), str(getattr(made, "__qualname__", "<nameless>"))
    if "<" in name or module == "__main__":
        raise ValueError(f"{made!r} cannot be found by another process: use a function of a module, or a frozen dataclass with __call__")
    return [f"{module}.{name}", parameters]


def plain_of(value: object) -> Any:
    """Turn parameters into what JSON can hold.

    Raises
    ------
    ValueError : if they hold something else than text, numbers, paths, and lists and mappings of them.
    """
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, Mapping):
        return {str(name): plain_of(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain_of(part) for part in value]
    if isinstance(value, (set, frozenset)):
        return sorted(plain_of(part) for part in value)
    raise ValueError(f"{value!r} is no plain parameter: its result could not be found again")


def failure_of(path: Path, error: BaseException) -> Failure:
    """Say in one line what went wrong with a file."""
    words = " ".join(str(error).split())
    kind = type(error).__name__
    if not isinstance(error, HexachordError):
        words = f"{path}: {kind}: {words or 'no word why'}. Next: report it with this file; the rest of the batch is not concerned."
    elif not isinstance(error, InputError):
        words = f"{path}: {words}. Next: check the file and the memory that is free, and run the batch again."
    elif error.subject not in (str(path), path.name):
        words = f"{path}: {words}"
    return Failure(path=path, line=words.replace("\n", " "), kind=kind)


def _part_of(item: object) -> object:
    if isinstance(item, Path):
        return None
    if not is_dataclass(item) or isinstance(item, type):
        raise ValueError(f"{item!r} is neither a path nor a frozen dataclass with one")
    return {name: plain_of(value) for name, value in asdict(item).items() if name != "path"}


def _write_json(path: Path, value: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(value, indent=1, allow_nan=False) + "\n", encoding="utf-8")


def _read_json(path: Path) -> Mapping[str, Any]:
    try:
        value: Mapping[str, Any] = json.loads(read_text(path, what="a result of a batch"))
    except ValueError as error:
        raise InputError(path, found="a damaged result", expected="JSON", next_step=_AGAIN) from error
    return value


def _write_arrays(path: Path, value: Mapping[str, NDArray[Any]]) -> None:
    with open(path, "wb") as file:
        np.savez(file, allow_pickle=False, **{name: np.asarray(array) for name, array in value.items()})


def _read_arrays(path: Path) -> Mapping[str, NDArray[Any]]:
    import zipfile

    try:
        with np.load(path, allow_pickle=False) as stored:
            return {name: stored[name] for name in stored.files}
    except FileNotFoundError as error:
        raise InputError(path, found="no such file", expected="a result of a batch", next_step="run the batch again") from error
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise InputError(path, found="a damaged result", expected="arrays in .npz", next_step=_AGAIN) from error


JSON_RESULTS: Form[Mapping[str, Any]] = Form(suffix=".json", write=_write_json, read=_read_json)
"""Plain data: text, finite numbers, lists and mappings."""

ARRAY_RESULTS: Form[Mapping[str, NDArray[Any]]] = Form(suffix=".npz", write=_write_arrays, read=_read_arrays)
"""Arrays by name, of numbers or text; nothing pickled."""
