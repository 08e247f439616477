"""After a correction everything that rests on it is done again, nothing else is, and a kill between loses nothing."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from hexachord.audio_analysis.rhythm.rereading import RhythmEdit
from hexachord.errors import InputError
from hexachord.journeys.analyse import analyse
from hexachord.journeys.correcting import correct
from hexachord.journeys.following import follow, is_followed
from hexachord.journeys.truth import keep_truth, kept_truth
from hexachord.knowledge import Beats, load_knowledge
from hexachord.score.formats import load_score
from hexachord.song import Song

REDONE = {"correction", "chords", "harmony", "sections", "lead-sheet", "piano", "drum-staff"}
SLOWER = (RhythmEdit(tempo="half"), RhythmEdit(beats_per_bar=3))


def run(source: Path, folder: Path, **options):
    return analyse(source, out=folder, stems=False, pdf=False, page=False, **options)


def contents(folder: Path) -> dict[str, bytes]:
    """What the folder says; MIDI, MusicXML, labels and knowledge are the same for the same music."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.name not in ("song.json", ".lock"))
    return {str(path.relative_to(folder)): path.read_bytes() for path in files if "cache" not in path.parts}


@pytest.fixture(scope="module")
def heard(small_song_path, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("following") / "song"
    assert run(small_song_path, folder).failed == {}
    return folder


@pytest.fixture
def folder(heard, tmp_path) -> Path:
    return Path(shutil.copytree(heard, tmp_path / "song"))


@pytest.fixture(scope="module")
def slower(heard, small_song_path, tmp_path_factory) -> dict[str, bytes]:
    """What a folder says that the main job made under the same corrections from the start."""
    folder = tmp_path_factory.mktemp("slower") / "song"
    folder.mkdir()
    run(small_song_path, folder)
    correct(folder, *SLOWER)
    run(small_song_path, folder, fresh=True)
    return contents(folder)


def test_only_what_rests_on_the_beats_is_done_again(folder, slower):
    told = []
    correct(folder, *SLOWER)
    assert not is_followed(Song.open(folder))
    done = follow(folder, listener=told.append)
    assert REDONE - {"drum-staff"} <= set(done.redone) <= REDONE
    assert {"decode", "beats", "key", "tuning", "notes", "melody", "drums", "descriptors", "loudness"} <= set(done.recalled)
    assert {event.stage for event in told if event.kind == "start"} == {*done.redone, *set(done.knowledge.skipped) & REDONE}
    assert contents(folder) == slower
    assert is_followed(Song.open(folder))
    assert follow(folder).redone == ()  # nothing is left to do

    correct(folder, reset=True)
    assert not is_followed(Song.open(folder))
    follow(folder)
    assert is_followed(Song.open(folder))


def test_taking_back_brings_back_what_was_there(folder, heard):
    correct(folder, *SLOWER)
    follow(folder)
    correct(folder, reset=True)
    follow(folder)
    assert contents(folder) == contents(heard)


def test_killed_at_any_moment_it_goes_on(folder, slower):
    correct(folder, *SLOWER)
    command = [sys.executable, "-m", "hexachord", "correct", str(folder), "--rerun", "--quiet"]
    rng, kills = random.Random(7), 0
    for _ in range(12):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        lock_s = time.monotonic() + 20
        while Song.open(folder).noted("follows") is not None and process.poll() is None and time.monotonic() < lock_s:
            time.sleep(0.005)
        time.sleep(rng.uniform(0.02, 0.5))
        if process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)
            kills += 1
        process.wait()
        for path in folder.glob("*.m*"):  # whole, old or new
            if path.suffix in (".musicxml", ".mid") and not path.name.startswith("."):  # what was being written is hidden
                assert load_score(path).note_count > 0
        load_knowledge(folder / "knowledge.json")
        if is_followed(Song.open(folder)):
            break
    assert kills > 0
    follow(folder)
    assert contents(folder) == slower
    assert is_followed(Song.open(folder))


def test_a_run_that_ended_between_two_corrections_is_not_taken_for_done(folder, monkeypatch):
    """Correct, follow half-way, take the correction back: the folder is not as it was."""
    from hexachord.journeys import exports

    correct(folder, *SLOWER)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(exports, "write_exports", killed)
    with pytest.raises(KeyboardInterrupt):
        follow(folder)
    monkeypatch.undo()
    correct(folder, reset=True)
    assert not is_followed(Song.open(folder))
    follow(folder)
    assert is_followed(Song.open(folder))


def test_what_cannot_be_written_any_more_is_not_left_behind(folder):
    (folder / "labels" / "mine.txt").write_text("0\t1\tmine\n")
    written = folder / "piano.musicxml"
    written.write_text(written.read_text() + "<!-- mine -->")
    correct(folder, RhythmEdit(beats=Beats(time_s=np.array([1.0]), position=np.array([1]))))
    done = follow(folder)
    assert {"lead-sheet", "piano"} <= set(done.knowledge.skipped)
    assert not list(folder.glob("lead-sheet*"))
    assert [path.name for path in folder.glob("piano*")] == ["piano.edited-1.musicxml"]
    assert not (folder / "cache" / "piano.json").exists()
    assert (folder / "labels" / "mine.txt").exists()
    correct(folder, undo=True)
    assert "piano" in follow(folder).redone
    assert (folder / "piano.musicxml").exists()


def test_the_song_itself_may_be_gone_as_long_as_the_cache_is_there(small_song_path, tmp_path):
    source = Path(shutil.copy(small_song_path, tmp_path / "mine.wav"))
    run(source, tmp_path / "song")
    source.unlink()
    correct(tmp_path / "song", *SLOWER)
    assert follow(tmp_path / "song").knowledge.metre.beats_per_bar == 3
    shutil.rmtree(tmp_path / "song" / "cache")
    correct(tmp_path / "song", undo=True)
    with pytest.raises(InputError, match=r"no such file any more.*--out"):
        follow(tmp_path / "song")
    assert load_knowledge(tmp_path / "song" / "knowledge.json").metre.beats_per_bar == 3


def test_engines_that_were_chosen_stay_chosen(small_song_path, tmp_path):
    run(small_song_path, tmp_path / "song", engines={"beats": "dynamic-programming"})
    correct(tmp_path / "song", RhythmEdit(tempo="double"))
    done = follow(tmp_path / "song")
    assert "beats" in done.recalled
    assert Song.open(tmp_path / "song").engines["beats"] == "beats/dynamic-programming"


def test_a_main_job_that_leaves_something_out_does_not_say_that_all_follows(folder, small_song_path):
    song = Song.open(folder)
    with song.locked():
        (folder / "page.html").write_text("a page")
        song.note_files(["page.html"])
    correct(folder, RhythmEdit(tempo="half"))
    run(small_song_path, folder)  # without the page
    assert not is_followed(Song.open(folder))


def test_a_truth_is_compared_with_what_was_corrected(folder, small_song_path):
    from hexachord.journeys.comparison import compare

    known = load_knowledge(folder / "knowledge.json")
    song = Song.open(folder)
    with song.locked():
        keep_truth(song, compare(known, known), known)
        before = kept_truth(song)[0].score("beats", "F")
    correct(folder, RhythmEdit(shift_beats=0.5))
    analyse(small_song_path, out=folder, stems=False, pdf=False)
    assert before == pytest.approx(1.0)
    assert kept_truth(Song.open(folder))[0].score("beats", "F") < 0.1


def test_a_folder_from_before_these_notes(folder):
    manifest = json.loads((folder / "song.json").read_text())
    del manifest["notes"]
    (folder / "song.json").write_text(json.dumps(manifest))
    assert is_followed(Song.open(folder))
    correct(folder, *SLOWER)
    assert not is_followed(Song.open(folder))
    assert follow(folder).knowledge.metre.beats_per_bar == 3
    assert is_followed(Song.open(folder))
