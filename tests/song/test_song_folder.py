import json
import random
import subprocess
import sys
import threading
import time
from pathlib import Path

import fake_journey
import pytest

from hexachord.errors import InputError, OutputError
from hexachord.song import Song, Step, StepResult, default_folder

SCRIPT = Path(fake_journey.__file__)


def contents(folder: Path) -> dict[str, bytes]:
    """Every visible file but the manifest, whose dates differ."""
    files = (path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
    return {str(path.relative_to(folder)): path.read_bytes() for path in files if path.name != "song.json" and "cache" not in path.parts}


def test_a_second_run_recalls_everything(source, tmp_path):
    _, first = fake_journey.run(source, tmp_path / "s")
    assert first.recalled == ()
    song, second = fake_journey.run(source, tmp_path / "s")
    assert set(second.recalled) == {"beats", "key", "chords", "stems", "sheet"}
    assert second.knowledge.chords.label == first.knowledge.chords.label
    assert second.knowledge.skipped == {"sections": "there is no moon in it"}
    assert "stems/a.bin" in song.files
    assert not any(name.startswith("cache") for name in song.files)


def test_what_changed_runs_again_and_what_depends_on_it(source, tmp_path, monkeypatch):
    fake_journey.run(source, tmp_path / "s")
    monkeypatch.setattr(fake_journey, "stages", lambda full=fake_journey.stages: full(eagerness=2))
    _, outcome = fake_journey.run(source, tmp_path / "s")
    assert set(outcome.recalled) == {"key", "stems"}
    source.write_bytes(b"another song")
    _, outcome = fake_journey.run(source, tmp_path / "s")
    assert outcome.recalled == ()


def test_fresh_runs_all(source, tmp_path):
    fake_journey.run(source, tmp_path / "s")
    _, outcome = fake_journey.run(source, tmp_path / "s", fresh=True)
    assert outcome.recalled == ()


def test_killed_at_any_moment_it_goes_on(source, tmp_path):
    clean = tmp_path / "clean"
    fake_journey.run(source, clean)
    folder = tmp_path / "killed"
    rng = random.Random(4)
    kills = 0
    for _ in range(8):
        process = subprocess.Popen([sys.executable, str(SCRIPT), str(source), str(folder), "0.05"], stdout=subprocess.PIPE)
        deadline = time.monotonic() + 10
        while not (folder / "song.json").exists() and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.005)
        time.sleep(rng.uniform(0.0, 0.15))
        if process.poll() is None:
            kills += 1
        process.kill()
        process.communicate()
    assert kills >= 3
    fake_journey.run(source, folder)
    assert contents(folder) == contents(clean)
    assert not list(folder.rglob(".*.part*"))


def test_two_processes_at_once_do_not_corrupt_it(source, tmp_path):
    fake_journey.run(source, tmp_path / "clean")
    command = [sys.executable, str(SCRIPT), str(source), str(tmp_path / "both"), "0.05"]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(2)]
    for process in processes:
        out, err = process.communicate(timeout=60)
        assert out.strip() == b"finished", err.decode()
    assert contents(tmp_path / "both") == contents(tmp_path / "clean")


def test_a_waiting_process_is_told(source, tmp_path):
    song = Song.create(tmp_path / "s", source=source)
    other = Song.create(tmp_path / "s", source=source)
    told = threading.Event()
    with song.locked(), pytest.raises(InputError, match="another process"), other.locked(on_wait=told.set, timeout_s=0.1):
        pass
    assert told.is_set()


def test_a_damaged_record_is_worked_out_again(source, tmp_path):
    folder = tmp_path / "s"
    fake_journey.run(source, folder)
    for record in (folder / "cache").glob("beats-*.json"):
        record.write_text(record.read_text()[:100])
    _, outcome = fake_journey.run(source, folder)
    assert "beats" not in outcome.recalled
    assert "key" in outcome.recalled


def test_a_missing_file_is_made_again(source, tmp_path):
    folder = tmp_path / "s"
    fake_journey.run(source, folder)
    (folder / "stems/b.bin").unlink()
    _, outcome = fake_journey.run(source, folder)
    assert "stems" not in outcome.recalled
    assert (folder / "stems/b.bin").stat().st_size == 200_000


def test_an_edited_file_is_kept_and_when_it_must_go_moved_aside(source, tmp_path, monkeypatch):
    folder = tmp_path / "s"
    fake_journey.run(source, folder)
    (folder / "sheet.txt").write_text("my own chords")
    song, outcome = fake_journey.run(source, folder)
    assert "sheet" in outcome.recalled
    assert song.kept == ["sheet.txt"]
    assert (folder / "sheet.txt").read_text() == "my own chords"
    monkeypatch.setattr(fake_journey, "stages", lambda full=fake_journey.stages: full(eagerness=2))
    song, _ = fake_journey.run(source, folder)
    assert song.moved == ["sheet.edited-1.txt"]
    assert (folder / "sheet.edited-1.txt").read_text() == "my own chords"
    assert (folder / "sheet.txt").read_text() != "my own chords"


def test_a_file_from_an_interrupted_other_run_is_not_taken_for_an_edit(source, tmp_path):
    song = Song.create(tmp_path / "s", source=source)
    first, second = Step(name="x", engine="e"), Step(name="x", engine="e", parameters={"p": 1})
    with song.locked():
        for step, text in ((first, "one"), (second, "two")):
            with song.writing("x.txt") as path:
                path.write_text(text)
            if step is first:
                song.remember(step, StepResult(files=("x.txt",)), wall_s=0.0)
    again = Song.create(tmp_path / "s", source=source)  # the second was killed before it was recorded
    with again.locked():
        assert again.recall(first) is None


def test_folders_of_other_things_are_left_alone(source, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/thesis.txt").write_text("x")
    with pytest.raises(InputError, match="other files"):
        Song.create(tmp_path / "mine", source=source)
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="a file, not a folder"):
        Song.create(tmp_path / "file", source=source)
    with pytest.raises(OutputError, match="a file, not a folder"):
        Song.create(tmp_path / "file" / "below", source=source)
    other = tmp_path / "other.bin"
    other.write_bytes(b"other")
    fake_journey.run(source, tmp_path / "s")
    with pytest.raises(InputError, match="another song"):
        Song.create(tmp_path / "s", source=other)


def test_the_default_folder_is_free_or_its_own(source, tmp_path):
    work = tmp_path / "work"
    work.mkdir()
    assert default_folder(source, beside=work) == work / "tune.hexachord"
    fake_journey.run(source, work / "tune.hexachord")
    assert default_folder(source, beside=work) == work / "tune.hexachord"
    (tmp_path / "b").mkdir()
    twin = tmp_path / "b" / "tune.bin"
    twin.write_bytes(b"a namesake")
    assert default_folder(twin, beside=work) == work / "tune-2.hexachord"


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "hexachord-song"}', '{"format": "other", "schema_version": 1}'])
def test_a_manifest_that_is_none_is_named(source, tmp_path, text):
    folder = tmp_path / "s"
    folder.mkdir()
    (folder / "song.json").write_text(text)
    with pytest.raises(InputError, match="manifest"):
        Song.create(folder, source=source)


def test_a_newer_manifest_is_named(source, tmp_path):
    folder = tmp_path / "s"
    fake_journey.run(source, folder)
    document = json.loads((folder / "song.json").read_text())
    (folder / "song.json").write_text(json.dumps({**document, "schema_version": 99}))
    with pytest.raises(InputError, match="newer hexachord"):
        Song.open(folder)


def test_opening_what_is_there(source, tmp_path):
    fake_journey.run(source, tmp_path / "s")
    song = Song.open(tmp_path / "s")
    assert song.name == "tune"
    assert song.source == source.resolve()
    assert len(song.knowledge().beats) == 50
    with pytest.raises(InputError, match="no song folder"):
        Song.open(tmp_path)


def test_text_files_that_say_the_same_are_not_touched(source, tmp_path):
    song = Song.create(tmp_path / "s", source=source)
    with song.locked():
        song.note_files([song.write_text("a.txt", "ä")])
        before = (tmp_path / "s/a.txt").stat().st_mtime_ns
        song.write_text("a.txt", "ä")
        assert (tmp_path / "s/a.txt").stat().st_mtime_ns == before
        song.write_text("a.txt", "b")
        assert (tmp_path / "s/a.txt").read_text() == "b"


def test_a_new_folder_without_a_step_can_be_discarded(source, tmp_path):
    song = Song.create(tmp_path / "s", source=source)
    with song.locked():
        pass
    song.discard()
    assert not (tmp_path / "s").exists()
    song, _ = fake_journey.run(source, tmp_path / "s")
    song.discard()
    assert (tmp_path / "s").exists()
