"""The recipe "emotion": one branch on real pieces, three branches on a small collection, and what is wrong with lists."""

import csv
import json
import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("sklearn")
sys.path.append(str(Path(__file__).parents[2] / "learning/datasets"))

from small_music import write_tune

from hexachord.errors import InputError
from hexachord.journeys.recipes.emotion import EmotionOptions
from hexachord.journeys.recipes.emotion_data import read_songs
from hexachord.journeys.recipes.emotion_run import cook_emotion
from hexachord.score.builtin import builtin_score
from hexachord.score.formats import save_score

HAPPY = "sunny morning dancing\nlaughing in the sunny street\nhey hey"
SAD = "grey rain on the window\ncrying alone in the rain\nalone alone"


@pytest.fixture
def collection(tmp_path: Path) -> Path:
    """Eight songs by four artists: words tell valence, sound and notes do not; one song has no words, one a broken recording."""
    folder = tmp_path / "songs"
    folder.mkdir()
    score = builtin_score("bach-invention-4")
    rows = ["id,artist,valence,arousal,lyrics"]
    for number in range(8):
        happy = number % 2 == 0
        write_tune(folder / f"s{number}.wav", number, seconds=2.0)
        save_score(score, folder / f"s{number}.mid")
        words = "" if number == 5 else f"s{number}.txt"
        if words:
            (folder / words).write_text((HAPPY if happy else SAD) + f"\nverse of {'the' * (number % 3)}")
        rows.append(f"s{number},artist {number // 2},{0.5 if happy else -0.5},{(number % 3) - 0.5},{words}")
    (folder / "s3.wav").write_text("no sound")
    (folder / "labels.csv").write_text("\n".join(rows) + "\n")
    return folder


def test_notes_and_words_are_fused(collection: Path, tmp_path: Path):
    asked = EmotionOptions(data=collection, branches=("score", "lyrics"), model="lda-shared", folds=2, workers=1)
    made = cook_emotion(asked, tmp_path / "run")
    found = made.numbers["valence"]
    assert set(found) == {"majority", "shuffled labels", "score", "lyrics", "early", "late mean", "late weighted", "late stacking"}
    assert found["lyrics"]["balanced_accuracy"] > 0.8
    assert "2 folds by artist" in (tmp_path / "run/report.md").read_text()
    assert (tmp_path / "run/valence/report.html").is_file()


@pytest.mark.slow
def test_branches_and_fusions_side_by_side(collection: Path, tmp_path: Path):
    made = cook_emotion(EmotionOptions(data=collection, workers=1), tmp_path / "run")
    for name in made.files:
        assert (tmp_path / "run" / name).is_file(), name
    names = {"majority", "audio", "score", "lyrics", "early", "late mean", "late weighted", "late stacking"}
    assert names <= set(made.numbers["valence"])
    assert made.numbers["valence"]["lyrics"]["balanced_accuracy"] > 0.9
    assert made.numbers["valence"]["score"]["balanced_accuracy"] < 0.7  # all notes are the same
    with open(tmp_path / "run/fusion.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {(row["scale"], row["model"]) for row in rows} >= {("arousal", "early"), ("valence", "late stacking")}
    page = (tmp_path / "run/report.html").read_text()
    assert "s3.wav" in page
    assert "7 of 8" in page
    again = cook_emotion(EmotionOptions(data=collection, workers=1), tmp_path / "run")
    assert again.numbers == made.numbers


@pytest.mark.data
@pytest.mark.slow
def test_real_pieces_by_their_notes(data_dir: Path, tmp_path: Path):
    if not (data_dir / "bench/vgmidi/labels.csv").is_file():
        pytest.skip("no bench/vgmidi")
    made = cook_emotion(EmotionOptions(data=data_dir / "bench/vgmidi", workers=1), tmp_path / "run")
    assert made.numbers["valence"]["score"]["balanced_accuracy"] >= 0.70
    assert made.numbers["arousal"]["score"]["balanced_accuracy"] >= 0.75
    told = json.loads((tmp_path / "run/arousal/evaluation.json").read_text())
    assert told["rule"].startswith("each series once")


def test_what_there_is_is_found(collection: Path):
    songs = read_songs(collection)
    assert (songs.group, len(set(songs.groups))) == ("artist", 4)
    assert {branch: len(files) for branch, files in songs.files.items()} == {"audio": 8, "score": 8, "lyrics": 7}
    assert set(read_songs(collection, branches=("lyrics",)).files) == {"lyrics"}
    dataset = songs.on_scale("arousal", "0.7")
    assert np.bincount(dataset.targets()).tolist() == [2, 6]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "0 bytes"),
        ("id,valence\ns0,1\n", "no column 'arousal'"),
        ("id,valence,arousal\nnobody,1,1\nno,-1,1\n", "neither sound, notes nor words"),
        ("id,valence,arousal\ns0,1,1\ns1,2,high\n", "neither sound, notes nor words"),
    ],
)
def test_bad_lists_are_explained(collection: Path, text: str, words: str):
    (collection / "labels.csv").write_text(text)
    with pytest.raises(InputError, match=words):
        read_songs(collection)


@pytest.mark.parametrize(
    ("branches", "group", "middle", "words"),
    [
        (("smell",), "auto", "auto", "audio, score, lyrics"),
        ((), "label", "auto", "no such column"),
        ((), "auto", "9", "on one side of 9"),
        ((), "auto", "high", "no number"),
    ],
)
def test_bad_wishes_are_explained(collection: Path, branches: tuple[str, ...], group: str, middle: str, words: str):
    with pytest.raises(InputError, match=words):
        read_songs(collection, branches=branches, group=group).on_scale("valence", middle)


def test_a_folder_without_a_list_is_told(tmp_path: Path):
    with pytest.raises(InputError, match="no list in it"):
        read_songs(tmp_path)
