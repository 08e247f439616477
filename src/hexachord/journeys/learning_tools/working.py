"""Where what was measured is kept, so that a second run of the same command takes seconds."""

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hexachord.files import temporary_folder
from hexachord.rendering.suite_files import cache_folder


@contextmanager
def working_folder(subject: str | Path, asked: Path | None = None) -> Iterator[Path]:
    """Give the folder in which a collection's measurements are kept: the one asked for, else one of its own in the cache folder.

    Where caches are switched off (``HEXACHORD_CACHE=off``) it is gone afterwards.

    Raises
    ------
    OutputError : if it cannot be made.
    """
    if asked is not None:
        yield asked
        return
    kept = cache_folder()
    if kept is None:
        with temporary_folder(Path(tempfile.gettempdir()) / "hexachord-lab") as place:
            yield place
        return
    name = hashlib.sha256(str(Path(subject).resolve()).encode("utf-8", "surrogateescape")).hexdigest()[:16]
    yield kept / "lab" / name
