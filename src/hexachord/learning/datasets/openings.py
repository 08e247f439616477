"""How often the test side of a dataset was opened: each time it is, a line is added to a log.

A test set that is looked at again and again becomes a validation set; the count belongs in the report. The log is JSON Lines, one object
for each opening, written in one piece at the end of the file; nothing is ever taken out of it.
"""

import getpass
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from hexachord.errors import InputError, OutputError
from hexachord.files import read_text
from hexachord.learning.datasets.dataset import Dataset
from hexachord.learning.datasets.sides import TEST

_WHAT = "a log of openings: an object in JSON in each line"


@dataclass(frozen=True, kw_only=True)
class Opening:
    """One opening of a test side.

    Attributes
    ----------
    dataset : its name
    side_sha256 : hash of the ids on its test side, by which openings of one side are counted whatever it is called
    who, purpose : as they were given
    when : in UTC, ISO 8601
    """

    dataset: str
    side_sha256: str
    who: str
    purpose: str
    when: str


def record_opening(
    log: str | Path, dataset: Dataset, *, purpose: str, who: str = "", when: datetime | None = None, ids: tuple[str, ...] = ()
) -> int:
    """Add an opening of a dataset's test side to a log, and say how many there are of that side now.

    Parameters
    ----------
    log : a file; made where there is none
    purpose : what for
    who : the user of this account when not given
    when : now when not given
    ids : what the test side is, where a split was drawn; the tracks whose side is ``test`` when not given

    Raises
    ------
    OutputError : if it cannot be written.
    InputError : if what is there is no such log.
    """
    path = Path(log)
    key = side_hash(dataset, ids)
    before = read_openings(path) if path.exists() else ()
    opening = Opening(
        dataset=dataset.name,
        side_sha256=key,
        who=who or _user(),
        purpose=purpose,
        when=(when or datetime.now(UTC)).isoformat(timespec="seconds"),
    )
    torn = path.exists() and path.stat().st_size > 0 and not path.read_bytes().endswith(b"\n")
    line = ("\n" if torn else "") + json.dumps(asdict(opening), ensure_ascii=False) + "\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # one write to a file opened for appending: processes that do so at the same time do not disturb one another
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
        try:
            os.write(handle, line.encode("utf-8"))
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        raise OutputError(
            path, found=f"that it cannot be written ({error.strerror})", next_step="choose another place for the log"
        ) from error
    return sum(one.side_sha256 == key for one in before) + 1


def read_openings(log: str | Path) -> tuple[Opening, ...]:
    """Read a log, oldest first; a last line that was cut off by a crash counts as an opening of which nothing else is known.

    Raises
    ------
    InputError : if it is missing or something else.
    """
    path = Path(log)
    lines = read_text(path, what=_WHAT).split("\n")
    found = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            plain = json.loads(line)
        except json.JSONDecodeError as error:
            if number == len(lines):
                found.append(Opening(dataset="", side_sha256="", who="", purpose="(its line was cut off)", when=""))
                continue
            raise InputError(path, found=f"line {number}, which is not JSON ({error.msg})", expected=_WHAT) from error
        if not isinstance(plain, Mapping) or not all(isinstance(plain.get(name), str) for name in Opening.__dataclass_fields__):
            raise InputError(path, found=f"line {number}, which is no opening", expected=_WHAT)
        found.append(Opening(**{name: plain[name] for name in Opening.__dataclass_fields__}))
    return tuple(found)


def count_openings(log: str | Path, dataset: Dataset, *, ids: tuple[str, ...] = ()) -> int:
    """Say how often a dataset's test side was opened; 0 where there is no log yet."""
    key = side_hash(dataset, ids)
    return sum(one.side_sha256 == key for one in read_openings(log)) if Path(log).exists() else 0


def side_hash(dataset: Dataset, ids: tuple[str, ...] = ()) -> str:
    """Hash the ids of a test side."""
    names = sorted(ids or (track.id for track in dataset.tracks if track.side == TEST))
    return hashlib.sha256("\n".join(names).encode("utf-8")).hexdigest()


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # an account without a name, as in containers
        return f"user {os.getuid()}" if hasattr(os, "getuid") else "somebody"
