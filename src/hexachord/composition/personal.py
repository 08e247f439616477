"""What a user taught the composer: adapters by name, in the user's own folder. To undo one is to delete its file."""

import os
import re
import sys
from pathlib import Path

from hexachord.errors import InputError

SUFFIX = ".safetensors"
_NAME = re.compile(r"[\w][\w .+-]{0,63}")


def personal_folder() -> Path:
    """Return where adapters are kept: ``$HEXACHORD_PERSONAL``, else in the system's place for a user's data."""
    named = os.environ.get("HEXACHORD_PERSONAL", "")
    if named:
        return Path(named).expanduser()
    if sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    elif sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    else:
        base = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return base / "hexachord" / "personal"


def check_name(name: str) -> str:
    """Return the name, if it can be a file's.

    Raises
    ------
    InputError : if it is empty, too long, or has slashes or the like.

    Examples
    --------
    >>> check_name("my waltzes")
    'my waltzes'
    """
    if not _NAME.fullmatch(name) or name.endswith((" ", ".")):
        raise InputError(f"name '{name}'", found="no name for a file", expected="letters, digits, spaces, - or _, 64 at most")
    return name


def personal_path(name: str) -> Path:
    """Return where the adapter of a name is, or would be."""
    return personal_folder() / f"{check_name(name)}{SUFFIX}"


def list_personal() -> tuple[str, ...]:
    """List the names there are."""
    folder = personal_folder()
    return tuple(sorted(path.stem for path in folder.glob(f"*{SUFFIX}"))) if folder.is_dir() else ()


def find_personal(name: str | Path) -> Path:
    """Find an adapter by its name, or by the path of its file.

    Raises
    ------
    InputError : if there is none; the message lists those there are.
    """
    if str(name).endswith(SUFFIX) and Path(name).is_file():
        return Path(name)
    path = personal_path(str(name))
    if not path.is_file():
        known = list_personal()
        step = "hexachord compose personalise FILES --name NAME makes one"
        raise InputError(f"'{name}'", found="nothing of this name", expected=f"one of {', '.join(known)}" if known else "", next_step=step)
    return path


def forget_personal(name: str) -> Path:
    """Delete an adapter; the composer is then as it was before. Returns where it was.

    Raises
    ------
    InputError : if there is none.
    """
    path = find_personal(check_name(name.removesuffix(SUFFIX)))
    path.unlink()
    return path
