"""The tables of a store of annotations, and the check that a file is one.

SQLite in write-ahead mode, each answer a transaction that is on the disk before anybody is told that it was kept. Answers are never
deleted: one that was taken back says when.
"""

import sqlite3
from pathlib import Path

from hexachord.errors import InputError, OutputError

VERSION = 1
_APPLICATION = 0x48786163  # "Hxac": what the first page of the file says it is
_WHAT = "a store of annotations"
_MAGIC = b"SQLite format 3\0"
_WAIT_S = 10.0

_TABLES = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE items (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, start_s REAL NOT NULL, end_s REAL, listed INTEGER NOT NULL
);
CREATE TABLE annotators (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, joined_at TEXT NOT NULL);
CREATE TABLE assignments (
    number INTEGER PRIMARY KEY,
    annotator INTEGER NOT NULL REFERENCES annotators,
    place INTEGER NOT NULL,
    item INTEGER NOT NULL REFERENCES items,
    role TEXT NOT NULL CHECK (role IN ('training', 'attention', 'item', 'repeat')),
    shown_at TEXT
);
CREATE INDEX assignments_in_order ON assignments (annotator, place);
CREATE INDEX assignments_of_item ON assignments (annotator, item, role);
CREATE TABLE answers (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    assignment INTEGER NOT NULL REFERENCES assignments,
    question TEXT NOT NULL,
    value TEXT NOT NULL,
    seconds REAL NOT NULL,
    given_at TEXT NOT NULL,
    undone_at TEXT
);
CREATE UNIQUE INDEX one_answer ON answers (assignment, question) WHERE undone_at IS NULL;
"""


def connect(path: Path) -> sqlite3.Connection:
    """Open a store, or make one where there is no file.

    Raises
    ------
    InputError : if the file is something else, damaged, or of a version that this program does not know.
    OutputError : if it cannot be written.
    """
    if path.is_dir():
        raise InputError(path, found="a folder", expected=_WHAT, next_step="name a file in it")
    is_new = not path.exists() or path.stat().st_size == 0
    try:
        if is_new:
            path.parent.mkdir(parents=True, exist_ok=True)
        elif _first_bytes(path) != _MAGIC:
            raise InputError(path, found="a file that is no SQLite database", expected=_WHAT, next_step="name another with --out")
        connection = sqlite3.connect(path, timeout=_WAIT_S, isolation_level=None, check_same_thread=False)
    except (OSError, sqlite3.OperationalError) as error:
        raise OutputError(path, found=f"that it cannot be opened ({error})", next_step="choose another file with --out") from error
    try:
        connection.row_factory = sqlite3.Row
        _prepare(connection, path)
    except sqlite3.DatabaseError as error:
        connection.close()
        if isinstance(error, sqlite3.OperationalError):
            raise OutputError(path, found=f"that it cannot be written ({error})", next_step="choose another file with --out") from error
        raise InputError(path, found=f"a damaged database ({error})", expected=_WHAT, next_step="take a copy of it from before") from error
    except InputError:
        connection.close()
        raise
    return connection


def _first_bytes(path: Path) -> bytes:
    with open(path, "rb") as file:
        return file.read(len(_MAGIC))


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("BEGIN IMMEDIATE")  # two programs that start at once make one set of tables
    try:
        version, application = (connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("user_version", "application_id"))
        tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if not tables:
            for statement in filter(str.strip, _TABLES.split(";")):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {VERSION}")
            connection.execute(f"PRAGMA application_id = {_APPLICATION}")
        elif application != _APPLICATION:
            raise InputError(path, found="a database of something else", expected=_WHAT, next_step="name another file with --out")
        elif version != VERSION:
            newer = version > VERSION
            raise InputError(
                path,
                found=f"a store in version {version} of its format",
                expected=f"version {VERSION}, which is what this Hexachord reads; nothing was changed",
                next_step="update Hexachord" if newer else "export it with the Hexachord that made it, and begin a new one",
            )
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")  # a transaction is on the disk when it is said to be
    connection.execute("PRAGMA wal_autocheckpoint = 1")  # and in the file itself, which people copy without the journal beside it
