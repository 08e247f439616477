"""The tour: played, heard, compared; done twice, nothing is done twice."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from hexachord.assets_folder import asset_path
from hexachord.errors import InputError
from hexachord.journeys import tour as tour_journey
from hexachord.journeys.pipeline import Event
from hexachord.journeys.tour import Tour, take_tour
from hexachord.journeys.truth import kept_truth
from hexachord.score.model import Score
from hexachord.score.notes import note_array
from hexachord.score.unfold import unfold

ABC = """X:1
T:Eight bars
M:4/4
L:1/4
Q:1/4=120
K:C
%%score (1 2)
V:1
|:"C"c e g e|"F"a f c f|"G"g b d' b|"C"c' g e c:|
V:2
|:[C,E,G,]4|[F,A,C]4|[G,B,D]4|[C,E,G,]4:|
"""
RATE_HZ = 22050


def sines(score: Score) -> np.ndarray:
    """A player that needs nothing: three decaying partials a note."""
    notes = note_array(unfold(score).score, percussion=False)
    signal = np.zeros(int((float((notes["onset_s"] + notes["duration_s"]).max()) + 0.5) * RATE_HZ))
    for note in notes:
        time_s = np.arange(int(float(note["duration_s"]) * RATE_HZ)) / RATE_HZ
        phase = 2 * np.pi * 440.0 * 2 ** ((float(note["pitch"]) - 69) / 12) * time_s
        sound = sum(np.sin(k * phase) / k**2 for k in (1, 2, 3)) * np.exp(-3 * time_s) * np.minimum(1, time_s / 0.004)
        start = int(float(note["onset_s"]) * RATE_HZ)
        signal[start : start + len(sound)] += sound
    return 0.5 * signal / np.abs(signal).max()


@pytest.fixture
def played(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Play with sines, and note what was played."""
    paths: list[Path] = []

    def play(score: Score, path: Path, *, soundfont: object, seed: int, progress: object) -> tuple[str, ...]:
        paths.append(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, sines(score), RATE_HZ)
        return ()

    monkeypatch.setattr(tour_journey, "_play", play)
    return paths


@pytest.fixture
def abc(tmp_path: Path) -> Path:
    path = tmp_path / "eight bars.abc"
    path.write_text(ABC)
    return path


@pytest.fixture
def quick(abc: Path, tmp_path: Path) -> Callable[..., Tour]:
    def run(**options: object) -> Tour:
        return take_tour(abc, out=tmp_path / "tour", stems=False, pdf=False, **options)  # type: ignore[arg-type]

    return run


def test_what_was_played_is_heard_and_compared(quick: Callable[..., Tour], played: list[Path], tmp_path: Path) -> None:
    taken = quick()
    assert played == [tmp_path / "tour/eight bars.flac"]
    assert taken.performance == played[0]
    assert taken.score == tmp_path / "tour/eight bars.musicxml"
    assert taken.score.is_file()
    assert taken.analysis.song.folder == tmp_path / "tour/eight bars.hexachord"
    assert taken.comparison is not None
    assert {fact.id: fact.written for fact in taken.comparison.facts} == {"tempo": "120.0 beats a minute", "metre": "4/4", "key": "C major"}
    assert taken.comparison.score("beats", "F") > 0.6
    assert taken.comparison.score("chords", "major/minor") > 0.7
    assert taken.comparison.score("notes", "onset F") > 0.6
    json.dumps(taken.to_json(), allow_nan=False)


def test_the_truth_is_kept_in_the_songs_folder(quick: Callable[..., Tour], played: list[Path]) -> None:
    taken = quick()
    truth = kept_truth(taken.analysis.song)
    assert truth is not None
    comparison, written = truth
    assert comparison == taken.comparison
    assert taken.analysis.song.name == "Eight bars"
    assert written.notes is not None
    assert len(written.notes) == 2 * (16 + 12)  # the repeat is played
    assert "comparison.json" in taken.analysis.song.files
    (taken.analysis.song.folder / "comparison.json").write_text("{")
    assert kept_truth(taken.analysis.song) is None


def test_a_second_tour_only_reads(quick: Callable[..., Tour], played: list[Path]) -> None:
    first = quick()
    events: list[Event] = []
    second = quick(listener=events.append)
    assert len(played) == 1
    assert not [event for event in events if event.kind == "done"]
    tried = {event.stage for event in events if event.kind == "start"}
    assert tried == {event.stage for event in events if event.kind == "skipped"} == {"drum-staff"}  # there are still no drums
    assert second.comparison == first.comparison


def test_what_changed_is_played_again(quick: Callable[..., Tour], played: list[Path], abc: Path) -> None:
    quick()
    abc.write_text(ABC.replace("K:C", "K:C").replace("Q:1/4=120", "Q:1/4=100"))
    taken = quick()
    assert len(played) == 2
    assert taken.comparison is not None
    assert taken.comparison.facts[0].written == "100.0 beats a minute"
    played[0].write_bytes(b"torn")
    assert quick().comparison == taken.comparison
    assert len(played) == 3
    quick(fresh=True)
    assert len(played) == 4
    quick(seed=1)
    assert len(played) == 5


def test_built_in_scores_go_by_their_name(tmp_path: Path, played: list[Path]) -> None:
    taken = take_tour("scale", out=tmp_path / "tour", stems=False, pdf=False)
    assert taken.analysis.song.name == "C major scale in two octaves"
    assert taken.comparison is not None
    assert taken.comparison.score("notes", "onset F") > 0.8


def test_the_users_own_files_are_not_written_over(abc: Path, tmp_path: Path, played: list[Path]) -> None:
    theirs = tmp_path / "eight bars.musicxml"
    theirs.write_text("<score-partwise/>")
    with pytest.raises(InputError, match="no tour made"):
        take_tour(abc, out=tmp_path)
    assert theirs.read_text() == "<score-partwise/>"
    assert played == []


def test_a_recording_gets_the_main_job(small_song_path: Path, tmp_path: Path, played: list[Path]) -> None:
    taken = take_tour(small_song_path, out=tmp_path / "song", stems=False, pdf=False)
    assert played == []
    assert taken.comparison is taken.score is taken.performance is None
    assert taken.analysis.song.folder == tmp_path / "song"
    assert taken.analysis.knowledge.tempo is not None


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("gone.abc", None),
        ("empty.mid", ""),
        ("silent.abc", "X:1\nK:C\nz4|\n"),
        ("torn.musicxml", "<score-partwise><part"),
        ("no.mp3", "text"),
    ],
)
def test_bad_input_is_refused_and_leaves_nothing(name: str, content: str | None, tmp_path: Path, played: list[Path]) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_text(content)
    with pytest.raises(InputError, match=name):
        take_tour(path, out=tmp_path / "tour")
    assert not (tmp_path / "tour").exists()
    assert played == []


def test_our_player_is_heard_too(abc: Path, tmp_path: Path) -> None:
    events: list[Event] = []
    taken = take_tour(abc, out=tmp_path / "tour", soundfont="plain", stems=False, pdf=False, listener=events.append)
    assert taken.performance is not None
    assert soundfile.info(taken.performance).duration > 16
    assert any(event.kind == "progress" and event.stage == "perform" for event in events)
    assert taken.comparison is not None
    assert taken.comparison.score("chords", "major/minor") > 0.7
    assert taken.comparison.score("notes", "onset F") > 0.5


@pytest.mark.slow
def test_the_tours_own_song(tmp_path: Path) -> None:
    taken = take_tour(out=tmp_path / "tour")
    assert taken.analysis.failed == {}
    assert taken.analysis.song.name == "Six Small Notes"
    assert taken.comparison is not None
    assert [fact.right for fact in taken.comparison.facts] == [True, True, True]
    assert taken.comparison.score("beats", "F") > 0.95
    assert taken.comparison.score("chords", "major/minor") > 0.85
    assert taken.comparison.score("notes", "onset F") > 0.6
    if asset_path("page") is not None:
        assert taken.analysis.page is not None
        assert taken.analysis.page.stat().st_size < 30e6
