import random
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from hexachord.journeys.analyse import Analysis, analyse
from hexachord.journeys.facts import check_sentence
from hexachord.journeys.verbs import listen, split, transcribe
from hexachord.knowledge import load_knowledge
from hexachord.knowledge.jams import validate_jams
from hexachord.song import Song


@pytest.fixture(scope="session")
def analysis(small_song_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    return analyse(small_song_path, out=tmp_path_factory.mktemp("analysis") / "small")


def test_nothing_failed_and_nothing_was_skipped(analysis):
    assert analysis.failed == {}
    assert dict(analysis.knowledge.skipped) == {}


def test_the_facts_are_right(analysis):
    known = analysis.knowledge
    assert known.duration_s == pytest.approx(17.0, abs=0.01)
    assert min(abs(known.tempo.bpm / 120 - ratio) for ratio in (0.5, 1, 2)) < 0.02
    assert known.key.name in ("C major", "F major", "G major")
    assert {"C:maj", "F:maj", "G:maj"} & set(known.chords.label)
    assert abs(known.tuning.cents) < 10
    assert -30 < known.loudness.integrated_lufs < -5
    assert known.provenance.source == "small song.wav"


def test_every_file_is_there(analysis):
    expected = {
        "song.json",
        "knowledge.json",
        "knowledge.jams",
        "report.txt",
        "labels/beats.txt",
        "labels/chords.txt",
        "tables/beats.csv",
        "tables/facts.csv",
        "lead-sheet.musicxml",
        "lead-sheet.mid",
        "lead-sheet.pdf",
        "piano.musicxml",
        "piano.mid",
        "piano.pdf",
        "notes.mid",
        "stems/bass.flac",
        "stems/drums.flac",
        "stems/other.flac",
        "stems/vocals.flac",
    }
    folder = analysis.song.folder
    assert {name for name in expected if not (folder / name).is_file()} == set()
    assert expected - {"song.json"} <= set(analysis.song.files)
    assert (folder / "piano.pdf").read_bytes()[:5] == b"%PDF-"


def test_what_was_written_says_what_was_found(analysis):
    import json

    folder = analysis.song.folder
    known = load_knowledge(folder / "knowledge.json")
    assert known.beats.time_s.tobytes() == np.asarray(analysis.knowledge.beats.time_s, dtype=np.float64).tobytes()
    assert Song.open(folder).knowledge().key == analysis.knowledge.key
    validate_jams(json.loads((folder / "knowledge.jams").read_text()))


def test_every_sentence_is_true(analysis):
    assert len(analysis.knowledge.sentences) >= 4
    for sentence in analysis.knowledge.sentences:
        assert check_sentence(sentence, analysis.knowledge) == ()


def test_the_stems_sum_to_the_mix(analysis, small_song_path):
    import soundfile

    mix, _ = soundfile.read(small_song_path)
    total = sum(soundfile.read(path)[0] for path in (analysis.song.folder / "stems").glob("*.flac"))
    residual = np.sqrt(np.mean((total - mix) ** 2) / np.mean(mix**2))
    assert 20 * np.log10(residual) < -60


def test_a_second_run_only_reads(analysis, small_song_path):
    again = analyse(small_song_path, out=analysis.song.folder)
    assert set(again.recalled) == set(analysis.stage_s)
    assert again.wall_s < 2.0
    assert again.song.kept == []


def visible(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file() and path.name not in ("song.json", ".lock"))
    return {str(path.relative_to(folder)): path.read_bytes() for path in files if "cache" not in path.parts}


def test_two_runs_give_the_same_bytes(analysis, small_song_path, tmp_path):
    one = analyse(small_song_path, out=tmp_path / "one", threads=1, stems=False)
    first, second = visible(analysis.song.folder), visible(one.song.folder)
    differing = {name for name in second if first[name] != second[name]}
    assert differing <= {"page.html"}  # which shows the stems, and names the folder in its commands


def test_parts_can_be_left_out(small_song_path, tmp_path):
    bare = analyse(small_song_path, out=tmp_path / "bare", stems=False, pdf=False)
    assert not any(name.startswith("stems/") or name.endswith(".pdf") for name in bare.song.files)
    assert "piano.musicxml" in bare.song.files


def test_silence_is_a_song_too(tmp_path):
    import soundfile

    soundfile.write(tmp_path / "silence.wav", np.zeros(22050 * 5), 22050)
    quiet = analyse(tmp_path / "silence.wav", out=tmp_path / "out")
    assert quiet.failed == {}
    assert quiet.knowledge.loudness.integrated_lufs == -np.inf
    assert "piano" in quiet.knowledge.skipped
    assert load_knowledge(tmp_path / "out" / "knowledge.json").loudness.integrated_lufs == -np.inf


@pytest.mark.parametrize("samples", [1, 100, 5000])
def test_a_blip_is_a_song_too(tmp_path, samples):
    import soundfile

    soundfile.write(tmp_path / "blip.wav", np.random.default_rng(0).normal(size=samples) * 0.1, 22050)
    short = analyse(tmp_path / "blip.wav", out=tmp_path / "out")
    assert short.failed == {}


def test_listening_to_one_thing(small_song_path):
    known = listen(small_song_path, tasks=("key",))
    assert known.known() == ("key",)
    assert known.duration_s == pytest.approx(17.0, abs=0.01)


def test_transcribing_and_splitting(small_song_path, tmp_path):
    assert transcribe(small_song_path, to="piano").parts[0].staves == 2
    assert transcribe(small_song_path, to="lead-sheet").chords
    assert transcribe(small_song_path, to="notes").note_count > 10
    paths = split(small_song_path, tmp_path / "stems")
    assert {path.name for path in paths} == {"vocals.flac", "drums.flac", "bass.flac", "other.flac"}


@pytest.mark.slow
def test_killed_at_any_moment_the_main_job_goes_on(analysis, small_song_path, tmp_path):
    out = tmp_path / analysis.song.folder.name  # the page names its folder in a command
    rng = random.Random(7)
    command = [sys.executable, "-m", "hexachord.cli.app", str(small_song_path), "--out", str(out), "--quiet"]
    kills = 0
    for _ in range(12):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(rng.uniform(0.2, 1.5))  # a quick machine has finished the small song after two seconds
        if process.poll() is None:
            kills += 1
        process.kill()
        process.wait()
    assert kills >= 3
    subprocess.run(command, check=True)
    assert visible(out) == visible(analysis.song.folder)
    assert not list(out.rglob(".*.part*"))


@pytest.mark.slow
def test_two_processes_do_the_main_job_once(analysis, small_song_path, tmp_path):
    out = tmp_path / analysis.song.folder.name  # the page names its folder in a command
    command = [sys.executable, "-m", "hexachord.cli.app", str(small_song_path), "--out", str(out), "--json"]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(2)]
    for process in processes:
        _, err = process.communicate(timeout=120)
        assert process.returncode == 0, err.decode()
    assert visible(out) == visible(analysis.song.folder)
