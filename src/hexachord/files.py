"""Writing that never leaves half a file behind.

A result is written to a temporary file in the same folder and renamed over its final name, so a reader sees the old file or the new
one, never a torn one, whatever kills the process in between.
"""

import errno
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from hexachord.errors import InputError, OutputError

_HASH_BLOCK_BYTES = 1 << 20


@contextmanager
def atomic_path(target: str | Path) -> Iterator[Path]:
    """Give a temporary path to write; rename it to `target` when the block ends well, delete it when it does not.

    The temporary name keeps the target's suffix, because writers (audio, PDF) choose their format by it.

    Raises
    ------
    OutputError : if the folder cannot be written or the disk is full.
    """
    target = Path(target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{target.stem}-", suffix=f".part{target.suffix}", dir=target.parent)
        os.close(handle)
    except OSError as error:
        raise _output_error(target, error) from error
    temporary = Path(name)
    try:
        yield temporary
        os.chmod(temporary, 0o666 & ~_umask())
        os.replace(temporary, target)
    except OSError as error:
        raise _output_error(target, error) from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


@contextmanager
def temporary_folder(beside: str | Path) -> Iterator[Path]:
    """Give a folder on the disk of `beside`, a file to come, for large things on the way to it; it is gone afterwards.

    Raises
    ------
    OutputError : if the folder cannot be made, or the disk is full while it is used.
    """
    beside = Path(beside)
    try:
        beside.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f".{beside.stem}-", suffix=".part", dir=beside.parent))
    except OSError as error:
        raise _output_error(beside, error) from error
    try:
        yield folder
    except OSError as error:
        raise _output_error(beside, error) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def alone_in(folder: str | Path, *, found: str, expected: str, next_step: str) -> Iterator[None]:
    """Make a folder, if need be, and let no other process work in it meanwhile.

    Parameters
    ----------
    found : what is said to be there if another process is at work
    expected : what the folder is for
    next_step : what to do in either case

    Raises
    ------
    InputError : if another process is at work in it, or it is a file.
    OutputError : if it cannot be written.
    """
    import filelock

    folder = Path(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(folder / ".lock", timeout=0):
            yield
    except filelock.Timeout as error:
        raise InputError(folder, found=found, next_step=f"wait for it, or {next_step}") from error
    except FileExistsError as error:
        raise InputError(folder, found="a file", expected=expected, next_step=next_step) from error
    except PermissionError as error:
        raise OutputError(folder, found=f"that it cannot be written ({error.strerror})", next_step=next_step) from error


def write_bytes(target: str | Path, data: bytes) -> Path:
    """Write bytes atomically and make sure they reached the disk before the rename."""
    target = Path(target)
    with atomic_path(target) as temporary, open(temporary, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    return target


def write_text(target: str | Path, text: str) -> Path:
    """Write UTF-8 text atomically."""
    return write_bytes(target, text.encode("utf-8"))


def read_text(path: str | Path, *, what: str) -> str:
    """Read UTF-8 text; `what` says in the error what the file should have been ("a score in JSON").

    Raises
    ------
    InputError : if the file is missing, unreadable or not text.
    """
    return decode_text(read_bytes(path, what=what), path, what=what)


def read_bytes(path: str | Path, *, what: str) -> bytes:
    """Read a whole file; `what` says in the error what the file should have been."""
    path = Path(path)
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise InputError(path, found="no such file", expected=what, next_step="check the path") from error
    except IsADirectoryError as error:
        raise InputError(path, found="a folder", expected=what, next_step="name a file inside it") from error
    except OSError as error:
        raise InputError(path, found=f"an unreadable file ({error.strerror})", expected=what, next_step="check its permissions") from error


def decode_text(data: bytes, path: str | Path, *, what: str) -> str:
    """Decode UTF-8 (with or without a byte-order mark)."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(path, found="bytes that are not UTF-8 text", expected=what) from error


def sha256_of_file(path: str | Path) -> str:
    """Hash a file's content in bounded memory."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(_HASH_BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()


def _umask() -> int:
    # The process mask can only be read by setting it; mkstemp made the file 0600 and users expect an ordinary one.
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _output_error(target: Path, error: OSError) -> OutputError:
    why = error.strerror or str(error)
    if isinstance(error, (FileExistsError, NotADirectoryError)):
        why = "part of its path is a file, not a folder"
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    return OutputError(
        target,
        found=f"that it cannot be written ({why})",
        next_step=("free some disk space or " if full else "") + "choose another folder with --out",
    )
