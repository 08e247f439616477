"""Which files of a folder are songs."""

from pathlib import Path

import pytest
from piano_files import save_analysed, save_songs

from hexachord.errors import InputError
from hexachord.learning.midi_folder import find_midi


def test_any_folder(tmp_path: Path) -> None:
    save_songs(tmp_path / "a" / "b", 2)
    (tmp_path / "a" / "LOUD.MIDI").write_bytes(b"MThd")
    (tmp_path / "notes.txt").write_text("no music")
    found = find_midi(tmp_path)
    assert found.layout == "plain"
    assert [found.name(path) for path in found.files] == ["a/LOUD", "a/b/song-0", "a/b/song-1"]


def test_pop1k7_is_read_once(tmp_path: Path) -> None:
    for part in ("midi_transcribed", "midi_synchronized", "midi_analyzed"):
        save_analysed(tmp_path / part / "src_001", 1)
        save_analysed(tmp_path / part / "src_002", 2)
    found = find_midi(tmp_path)
    assert (found.layout, len(found.files)) == ("pop1k7", 2)
    assert all("midi_analyzed" in path.parts for path in found.files)
    assert find_midi(tmp_path / "midi_analyzed").layout == "pop1k7"
    assert find_midi(tmp_path / "midi_transcribed").note.endswith("midi_transcribed")


def test_pop909_leaves_other_versions_out(tmp_path: Path) -> None:
    song = tmp_path / "POP909" / "001"
    (song / "versions").mkdir(parents=True)
    for path in (song / "001.mid", song / "versions" / "001-v1.mid", song / "beat_midi.txt"):
        path.write_bytes(b"")
    found = find_midi(tmp_path)
    assert (found.layout, [found.name(path) for path in found.files]) == ("pop909", ["POP909/001"])
    assert find_midi(song).name(find_midi(song).files[0]) == "001"


@pytest.mark.parametrize("what", ["missing", "file", "empty"])
def test_folders_without_music(tmp_path: Path, what: str) -> None:
    path = tmp_path / "here"
    if what == "file":
        path.write_text("x")
    elif what == "empty":
        path.mkdir()
    with pytest.raises(InputError, match=r"no such folder|a file|no MIDI"):
        find_midi(path)
