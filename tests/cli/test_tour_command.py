import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from hexachord import assets_folder
from hexachord.cli.tour_commands import print_comparison
from hexachord.journeys import tour as tour_journey
from hexachord.journeys.comparison import ComparedFact, ComparedScore, Comparison
from hexachord.score.model import Score

ABC = "X:1\nT:Scale\nM:4/4\nL:1/4\nQ:1/4=120\nK:C\nCDEF|GABc|cBAG|FEDC|\n"


@pytest.fixture
def scale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A score, and a player that is deaf to it."""

    def play(score: Score, path: Path, *, soundfont: object, seed: int, progress: object) -> tuple[str, ...]:
        path.parent.mkdir(parents=True, exist_ok=True)
        time_s = np.arange(8 * 22050) / 22050
        soundfile.write(path, 0.3 * np.sin(2 * np.pi * 262 * time_s) * np.exp(-8 * (time_s % 0.5)), 22050)
        return ("the drum kit is a guess",)

    monkeypatch.setattr(tour_journey, "_play", play)
    path = tmp_path / "scale.abc"
    path.write_text(ABC)
    return path


def test_the_tour_shows_heard_beside_written_and_where_everything_is(cli, scale):
    ran = cli("tour", scale, "--no-stems", "--no-pdf", "--out", "tour")
    assert ran.code == 0, ran.err
    assert "Heard, and written in the score that was played" in ran.out
    assert "C major" in ran.out
    assert "tour/scale.hexachord/" in ran.out
    assert "tour/scale.flac" in ran.out
    assert "make tour SONG=" in ran.out
    assert "note: the drum kit is a guess" in ran.err


def test_without_assets_the_tour_goes_on_and_says_what_is_missing(cli, scale, tmp_path, monkeypatch):
    monkeypatch.setattr(assets_folder, "FOLDER", tmp_path / "nothing")
    ran = cli("tour", scale, "--no-stems", "--no-pdf", "--out", "tour")
    assert ran.code == 0, ran.err
    assert "page.html" not in ran.out
    assert "no built page" in ran.err
    assert "make assets" in ran.err
    assert "Open the page" not in ran.out


def test_quiet_prints_one_path_and_json_is_json(cli, scale):
    quiet = cli("tour", scale, "--no-stems", "--no-pdf", "--out", "tour", "--quiet")
    assert quiet.code == 0
    assert len(quiet.out.splitlines()) == 1
    assert Path(quiet.out.strip()).exists()
    ran = cli("tour", scale, "--no-stems", "--no-pdf", "--out", "tour", "--json")
    document = json.loads(ran.out)
    assert document["comparison"]["format"] == "hexachord-comparison"
    assert document["analysis"]["recalled"]
    assert ran.err == ""


def test_a_recording_has_no_truth_to_stand_beside(cli, songs):
    ran = cli("tour", songs / "good.wav", "--no-stems", "--no-pdf")
    assert ran.code == 0, ran.err
    assert "Heard, and written" not in ran.out
    assert "good.hexachord/" in ran.out


@pytest.mark.parametrize("song", ["gone.mp3", "gone.abc"])
def test_a_song_that_is_not_there_is_bad_input(cli, song, left_behind):
    ran = cli("tour", song)
    assert ran.code == 2
    assert song in ran.err
    assert left_behind() == []


def test_a_comparison_is_a_table_that_explains_itself(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    comparison = Comparison(
        title="a [bold] score",
        facts=(ComparedFact(id="key", label="Key", heard="C major", written="C minor", right=False),),
        scores=(ComparedScore(task="key", name="weighted", value=0.2, meaning="1 for the right key"),),
        skipped={"melody": "the truth does not say"},
    )
    print_comparison(comparison)
    shown = capsys.readouterr().out
    assert "a [bold] score" in shown
    assert "no" in shown
    assert "20 %" in shown
    assert "the truth does not say" in shown
    assert "1 for the right key" in shown


def test_a_narrow_terminal_gets_the_numbers_alone(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    score = ComparedScore(task="beats", name="F", value=0.98, meaning="a long explanation", heard="92 beats", written="96 beats")
    print_comparison(Comparison(title="the score", scores=(score,)))
    shown = capsys.readouterr().out
    assert "98 %" in shown
    assert "long explanation" not in shown
