import errno
import os
import stat
from pathlib import Path

import pytest

from hexachord.errors import InputError, MissingExtraError, OutputError
from hexachord.files import atomic_path, read_text, sha256_of_file, write_bytes, write_text


def test_writing_replaces_the_old_file_and_leaves_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "a.txt"
    write_text(target, "old")
    write_text(target, "new")
    assert target.read_text() == "new"
    assert [path.name for path in target.parent.iterdir()] == ["a.txt"]


def test_a_failed_write_keeps_the_old_file(tmp_path: Path) -> None:
    target = write_text(tmp_path / "a.txt", "old")

    def write_half() -> None:
        with atomic_path(target) as temporary:
            temporary.write_text("half")
            raise RuntimeError("killed")

    with pytest.raises(RuntimeError):
        write_half()
    assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_a_full_disk_is_named_and_leaves_nothing(tmp_path: Path) -> None:
    def write_until_full() -> None:
        with atomic_path(tmp_path / "a.txt"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(OutputError, match=r"No space left.*free some disk space"):
        write_until_full()
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_place_of_the_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises(OutputError, match=r"cannot be written \(part of its path is a file, not a folder\)") as caught:
        write_text(tmp_path / "taken" / "a.txt", "x")
    assert "disk space" not in str(caught.value)


def test_files_get_ordinary_permissions(tmp_path: Path) -> None:
    old = os.umask(0o022)
    try:
        path = write_bytes(tmp_path / "a.bin", b"x")
    finally:
        os.umask(old)
    assert stat.S_IMODE(path.stat().st_mode) == 0o644


def test_reading_names_what_was_expected(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file; expected a score"):
        read_text(tmp_path / "a.json", what="a score")
    with pytest.raises(InputError, match="a folder"):
        read_text(tmp_path, what="a score")
    (tmp_path / "latin.txt").write_bytes(b"caf\xe9")
    with pytest.raises(InputError, match="not UTF-8"):
        read_text(tmp_path / "latin.txt", what="a score")


def test_hash_is_sha256(tmp_path: Path) -> None:
    path = write_bytes(tmp_path / "a", b"abc")
    assert sha256_of_file(path) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_a_missing_extra_says_how_to_get_it() -> None:
    assert "pip install 'hexachord[av]'" in str(MissingExtraError("a.m4a", extra="av", need="m4a audio"))


def test_one_process_at_a_time_works_in_a_folder(tmp_path):
    from hexachord.files import alone_in

    words = {"found": "a worker", "expected": "a folder of results", "next_step": "use another"}
    with alone_in(tmp_path / "here", **words), pytest.raises(InputError, match="a worker"), alone_in(tmp_path / "here", **words):
        raise AssertionError("two of them are in")
    with alone_in(tmp_path / "here", **words):  # it is free again
        pass
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="a folder of results"), alone_in(tmp_path / "file", **words):
        pass
