"""The music below a folder: every file that a name says is sound or score, in a fixed order, and lines about what could not be taken.

Collections come from many machines: names in any script and in either Unicode form, links, folders nobody may read, paths longer than the
system allows, what file managers leave behind. None of that ends a walk.
"""

import os
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from hexachord.errors import InputError

AUDIO_SUFFIXES = frozenset({".wav", ".aiff", ".aif", ".flac", ".mp3", ".ogg", ".opus", ".m4a", ".aac", ".mp4", ".wma"})
SCORE_SUFFIXES = frozenset({".mid", ".midi", ".musicxml", ".mxl", ".xml", ".abc"})
MUSIC_SUFFIXES = AUDIO_SUFFIXES | SCORE_SUFFIXES


@dataclass(frozen=True, kw_only=True)
class FoundFile:
    """A file of music: where it is, and its path below the root as names (Unicode form C), the last being the file's."""

    path: Path
    parts: tuple[str, ...]

    @property
    def id(self) -> str:
        """The parts with strokes between."""
        return "/".join(self.parts)


def music_below(root: Path, *, suffixes: frozenset[str] = MUSIC_SUFFIXES) -> tuple[list[FoundFile], list[str]]:
    """List the files of music below a folder.

    Hidden files and folders are passed over in silence; links to folders are followed, each folder once.

    Returns
    -------
    files : in the order of their ids
    skipped : a line for each name that is not text, each folder that could not be read, and each pair that is one name in Unicode

    Raises
    ------
    InputError : if there is no such folder.
    """
    if not is_folder(root):
        what = "a file" if is_file(root) else "no such folder"
        raise InputError(root, found=what, expected="a folder of music", next_step="check the path")
    skipped: list[str] = []
    found: dict[str, FoundFile] = {}
    seen: set[tuple[int, int]] = set()

    def refused(error: OSError) -> None:
        skipped.append(f"{_short(os.path.relpath(str(error.filename), root))}: a folder that cannot be read ({error.strerror})")

    for folder, folders, names in os.walk(root, onerror=refused, followlinks=True):
        here = os.stat(folder)
        if (here.st_dev, here.st_ino) in seen:
            folders.clear()  # a link back to where we have been
            continue
        seen.add((here.st_dev, here.st_ino))
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if name.startswith(".") or os.path.splitext(name)[1].lower() not in suffixes:
                continue
            relative = os.path.relpath(os.path.join(folder, name), root)
            try:
                relative.encode("utf-8")
            except UnicodeEncodeError:
                skipped.append(f"{_short(ascii(relative))}: its name is not text in UTF-8; rename it")
                continue
            parts = tuple(unicodedata.normalize("NFC", part) for part in relative.split(os.sep))
            file = FoundFile(path=Path(folder, name), parts=parts)
            if file.id in found:
                skipped.append(f"{_short(file.id)}: a second file whose name differs in its Unicode form alone")
            else:
                found[file.id] = file
    return [found[key] for key in sorted(found)], skipped


def is_file(path: Path) -> bool:
    """Whether a file is there; a path that no system could open is not there."""
    try:
        return path.is_file()
    except (OSError, ValueError):  # too long a name; a NUL in it
        return False


def is_folder(path: Path) -> bool:
    """Whether a folder is there; a path that no system could open is not there."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def locate(root: Path, name: str) -> Path | None:
    """Find the file that a list calls by a name, below a folder or absolute; the name may be in the other Unicode form than the file's.

    Returns
    -------
    Its path; None where there is no such file.
    """
    for form in (name, unicodedata.normalize("NFC", name), unicodedata.normalize("NFD", name)):
        if is_file(root / form):
            return root / form
    return None


def _short(name: str) -> str:
    return name if len(name) <= 120 else f"{name[:60]}…{name[-50:]}"
