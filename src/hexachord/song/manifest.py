"""The manifest of a song's folder, and the stamps that tell whether a file is still as it was written."""

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from hexachord.errors import InputError, OutputError
from hexachord.files import read_text, sha256_of_file

FORMAT = "hexachord-song"
SCHEMA_VERSION = 1
MANIFEST = "song.json"


def default_folder(source: str | Path, *, beside: str | Path | None = None) -> Path:
    """Choose the folder for a song: ``NAME.hexachord`` in the current directory (or `beside`), numbered if another song has that name.

    Examples
    --------
    >>> default_folder("music/Waltz.flac", beside="/nowhere").name
    'Waltz.hexachord'
    """
    source, parent = Path(source), Path(beside or ".")
    path = str(source.resolve())
    for number in range(1, 1000):
        folder = parent / (f"{source.stem}.hexachord" if number == 1 else f"{source.stem}-{number}.hexachord")
        if not folder.exists() or _holds(folder, path):
            return folder
    raise InputError(parent, found="a thousand songs of the same name", next_step="name a folder with --out")


def _holds(folder: Path, source: str) -> bool:
    if not folder.is_dir():
        return False
    try:
        if (folder / MANIFEST).is_file():
            return bool(read_manifest(folder / MANIFEST)["source"]["path"] == source)
        return not any(not entry.name.startswith(".") for entry in folder.iterdir())
    except (OSError, InputError):
        return False


def hash_source(source: Path) -> str:
    """Hash the song's file; raises InputError when that cannot be."""
    if source.is_dir():
        raise InputError(source, found="a folder", expected="a sound or score file")
    try:
        return sha256_of_file(source)
    except FileNotFoundError as error:
        raise InputError(source, found="no such file", expected="a sound or score file", next_step="check the path") from error
    except OSError as error:
        raise InputError(source, found=f"an unreadable file ({error.strerror})", next_step="check its permissions") from error


def make_folder(folder: Path) -> None:
    """Make a folder and try to write in it; raises OutputError when that cannot be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        why = (
            "a file, not a folder"
            if isinstance(error, (FileExistsError, NotADirectoryError))
            else f"a folder that cannot be written ({error.strerror})"
        )
        raise OutputError(folder, found=why, next_step="name another folder with --out") from error


def read_manifest(path: Path) -> dict[str, Any]:
    """Read and check a manifest; raises InputError when it is none."""
    try:
        document = json.loads(read_text(path, what="a song's manifest"))
        if document["format"] != FORMAT:
            raise KeyError("format")
        version = int(document["schema_version"])
        manifest = {name: document[name] for name in ("name", "source", "made_by", "steps", "files")}
        if not isinstance(manifest["steps"], dict) or not isinstance(manifest["files"], dict):
            raise TypeError
        _ = manifest["source"]["path"], manifest["source"]["sha256"]
        if isinstance(document.get("notes"), dict):  # the first folders have none
            manifest["notes"] = document["notes"]
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(path, found="no manifest of a song", next_step="delete it, or use another --out") from error
    if version > SCHEMA_VERSION:
        raise InputError(
            path, found=f"schema version {version}", expected=f"at most {SCHEMA_VERSION}", next_step="install a newer hexachord"
        )
    return manifest


def stamp(path: Path) -> dict[str, Any]:
    """Note a file's size, date and hash."""
    status = path.stat()
    return {"bytes": status.st_size, "mtime_ns": status.st_mtime_ns, "sha256": sha256_of_file(path)}


def compare(path: Path, written: Mapping[str, Any]) -> Literal["same", "changed", "missing"]:
    """Say whether a file is the "same" as when it was stamped, "changed" or "missing"; hashes only when its date moved."""
    try:
        status = path.stat()
    except OSError:
        return "missing"
    if status.st_size != written["bytes"]:
        return "changed"
    if status.st_mtime_ns == written["mtime_ns"]:
        return "same"
    return "same" if sha256_of_file(path) == written["sha256"] else "changed"
