"""Recipes that tell classes apart, from files to a report: what they find, hand in, refuse, and take up again."""

import json
import shutil

import numpy as np
import pytest

pytest.importorskip("sklearn")

from small_artists import save_artist20, save_artists, song

from hexachord.audio import save_audio
from hexachord.errors import InputError, MissingExtraError
from hexachord.journeys.recipes.classifying import ActivityOptions, ClassifyOptions, GenreOptions, SingerOptions
from hexachord.journeys.recipes.classifying_run import cook_activity, cook_classify, cook_genre, cook_singer
from hexachord.journeys.recipes.handing_in import guesses, hand_in, read_answers, score_hand_in
from hexachord.learning.datasets.leaks import LeakError
from hexachord.learning.evaluation.model_files import load_fitted
from hexachord.learning.evaluation.storing import load_evaluation

QUICK = {"models": ("knn",), "piece_s": 1.0, "workers": 1}


@pytest.fixture(scope="module")
def artist20(tmp_path_factory):
    return save_artist20(tmp_path_factory.mktemp("hw1") / "artist20")


@pytest.fixture(scope="module")
def singer(artist20, tmp_path_factory):
    out = tmp_path_factory.mktemp("hw1") / "run"
    options = SingerOptions(data=artist20, network="none", submission="b12345678", **QUICK)
    return options, cook_singer(options, out)


@pytest.mark.slow
def test_homework_1_is_handed_in_as_the_course_asks(singer):
    _, cooked = singer
    handed = json.loads((cooked.folder / "b12345678.json").read_text())
    assert list(handed) == ["001", "002", "003"]
    assert all(len(three) == 3 and len(set(three)) == 3 for three in handed.values())
    assert score_hand_in(handed, ["organ", "clarinet", "strings"]) == {"top1": 1.0, "top3": 1.0}


@pytest.mark.slow
def test_it_is_judged_on_the_courses_validation_songs_and_says_everything(singer):
    _, cooked = singer
    found = load_evaluation(cooked.folder / "evaluation.json")
    judged = set(found.models[0].predictions.ids)
    assert len(judged) == 6
    assert all("album 3" in name for name in judged)
    names = [model.name for model in found.models]
    assert names[:3] == ["majority", "shuffled labels", "mfcc svm"]
    assert "knn of tracks" in names
    assert names[-1] == "families"
    assert any(name.startswith("voice families: ") for name in names)  # the separated voice is told apart too
    page = (cooked.folder / "report.html").read_text()
    for words in ("clarinet", "majority", "Leaks", "Confusion"):
        assert words.lower() in page.lower()
    assert "script src" not in page
    assert cooked.numbers["models"]["families"]["top1"][0] >= 0.5
    assert "test side is opened" not in page or "once" in page


@pytest.mark.slow
def test_the_same_again_computes_nothing_twice_and_says_the_same(singer):
    options, cooked = singer
    kept = {path: path.stat().st_mtime_ns for path in (cooked.folder / "work").rglob("*.npz")}
    before = (cooked.folder / "evaluation.json").read_bytes()
    again = cook_singer(options, cooked.folder)
    assert again.numbers == cooked.numbers
    same = json.loads((cooked.folder / "evaluation.json").read_bytes()), json.loads(before)
    for one in same:
        for model in one["models"]:
            model.pop("fit_s"), model.pop("predict_s")
    assert same[0] == same[1]
    assert {path: path.stat().st_mtime_ns for path in (cooked.folder / "work").rglob("*.npz")} == kept
    assert len((cooked.folder / "openings.jsonl").read_text().strip().splitlines()) >= 2  # every look is counted


@pytest.mark.slow
def test_a_saved_model_knows_new_songs(singer):
    _, cooked = singer
    saved = load_fitted(cooked.folder / "model.npz")
    assert saved.classes == ("clarinet", "organ", "strings")
    assert json.loads(saved.about["pooling"])["statistics"]
    assert len(json.loads(saved.about["learnt_from"])) == 18
    assert not any(name.startswith("voice ") for name in (saved.about["model"],))


@pytest.mark.slow
def test_a_network_from_scratch_stands_beside_them(artist20, tmp_path):
    pytest.importorskip("torch")
    pytest.importorskip("onnx")
    options = SingerOptions(data=artist20, emphasis="none", epochs=2, width=4, **QUICK)
    cooked = cook_singer(options, tmp_path / "run")
    assert {"network", "families and network"} <= set(cooked.numbers["models"])
    assert (tmp_path / "run" / "work" / "network" / "fold1" / "classifier.onnx").is_file()
    assert len(json.loads((tmp_path / "run" / "studentID.json").read_text())) == 3


@pytest.mark.slow
def test_any_folder_of_artists_is_split_by_album(tmp_path):
    data = save_artists(tmp_path / "artists")
    cooked = cook_singer(SingerOptions(data=data, network="none", emphasis="none", **QUICK), tmp_path / "run")
    assert "by album" in "\n".join(cooked.lines)


@pytest.mark.slow
def test_broken_and_silent_files_cost_only_themselves(tmp_path):
    data = save_artists(tmp_path / "artists", songs=1)
    (data / "organ" / "album 1" / "broken.wav").write_bytes(b"RIFF nothing")
    (data / "organ" / "album 1" / "empty.mp3").write_bytes(b"")
    quiet = song("organ", 1, gain=0.0)
    save_audio(quiet, data / "organ" / "album 2" / "silent.wav")
    long_name = "ü" * 100 + " 音楽.wav"
    save_audio(song("organ", 50), data / "organ" / "album 3" / long_name)
    cooked = cook_classify(ClassifyOptions(data=data, folds=3, families=False, **QUICK), tmp_path / "run")
    words = "\n".join(cooked.lines)
    assert "broken.wav" in words
    assert "empty.mp3" in words
    assert "silent" in words
    assert any(long_name in name for name in load_evaluation(tmp_path / "run" / "evaluation.json").models[0].predictions.ids)


@pytest.mark.slow
def test_a_copy_on_both_sides_stops_the_run_unless_it_is_dropped(tmp_path):
    data = save_artists(tmp_path / "artists", songs=1)
    shutil.copy(data / "organ" / "album 1" / "01.wav", data / "organ" / "album 2" / "the same again.wav")
    with pytest.raises(LeakError, match="two sides"):
        cook_classify(ClassifyOptions(data=data, folds=3, families=False, **QUICK), tmp_path / "run")
    cooked = cook_classify(ClassifyOptions(data=data, folds=3, families=False, drop_copies=True, **QUICK), tmp_path / "run")
    assert len(load_evaluation(cooked.folder / "evaluation.json").models[0].predictions.ids) == 9


@pytest.mark.slow
def test_vectors_of_an_embedding_answer_too(tmp_path):
    data = save_artists(tmp_path / "artists", songs=1)
    cooked = cook_classify(ClassifyOptions(data=data, folds=3, embedding="default", **QUICK), tmp_path / "run")
    assert cooked.numbers["models"]["embedding"]["top1"][0] > 0.5
    with pytest.raises(InputError, match="embedding"):
        cook_classify(ClassifyOptions(data=data, folds=3, embedding="nobody", **QUICK), tmp_path / "run2")


@pytest.mark.slow
def test_genres_are_read_from_their_column(tmp_path):
    data = save_artists(tmp_path / "songs", albums=2, songs=1)
    rows = [f"{path.relative_to(data).as_posix()},{'wind' if 'clarinet' in str(path) else 'keys'}" for path in sorted(data.rglob("*.wav"))]
    (data / "index.csv").write_text("path,genre\n" + "\n".join(rows) + "\n")
    cooked = cook_genre(GenreOptions(data=data, folds=2, families=False, **QUICK), tmp_path / "run")
    assert load_evaluation(cooked.folder / "evaluation.json").classes == ("keys", "wind")


@pytest.mark.slow
def test_several_labels_and_their_chances(tmp_path):
    data = save_artists(tmp_path / "songs", albums=2, songs=2)
    files = sorted(path.relative_to(data).as_posix() for path in data.rglob("*.wav"))
    rows = [f"{path},{int('organ' in path)},{int('organ' not in path)}" for path in files]
    (data / "index.csv").write_text("path,keys,winds\n" + "\n".join(rows) + "\n")
    cooked = cook_activity(ActivityOptions(data=data, folds=2, models=("logistic",), workers=1), tmp_path / "run")
    assert cooked.numbers["models"]["logistic of tracks"]["roc_auc"][0] > 0.8


def test_a_class_with_one_song_and_nothing_at_all_are_explained(tmp_path):
    data = tmp_path / "one"
    for artist in ("organ", "strings"):
        (data / artist).mkdir(parents=True)
    save_audio(song("organ", 1), data / "organ" / "a.wav")
    for number in range(3):
        save_audio(song("strings", number), data / "strings" / f"{number}.wav")
    with pytest.raises(InputError, match="one song alone"):
        cook_classify(ClassifyOptions(data=data, families=False, **QUICK), tmp_path / "run")
    with pytest.raises(InputError, match="no such folder"):
        cook_classify(ClassifyOptions(data=tmp_path / "nothing", **QUICK), tmp_path / "run2")


def test_unknown_words_are_explained_before_hours_pass(tmp_path):
    data = save_artists(tmp_path / "artists", albums=2, songs=1)
    for wrong in ({"emphasis": "drums"}, {"network": "transformer"}, {"models": ("svn",)}):
        with pytest.raises((InputError, MissingExtraError)):
            cook_classify(ClassifyOptions(data=data, folds=2, **{**QUICK, **wrong}), tmp_path / "run")


def test_guesses_are_named_by_files_and_ranked():
    scores = np.array([[0.2, 0.5, 0.3], [0.6, 0.1, 0.3]])
    assert guesses(["test/002.mp3", "test/001.mp3"], scores, ["a", "b", "c"]) == {"001": ["a", "c", "b"], "002": ["b", "c", "a"]}
    with pytest.raises(InputError, match="two tracks"):
        guesses(["x/1.mp3", "y/1.mp3"], scores, ["a", "b", "c"])


def test_a_submissions_name_cannot_leave_the_folder(tmp_path):
    files = hand_in(tmp_path, "../../b1234", ["001.mp3"], np.array([[0.1, 0.9]]), ["a", "b"])
    assert files == ("b1234.json", "b1234.csv")
    assert (tmp_path / "b1234.csv").read_text().splitlines() == ["id,a,b", "001.mp3,0.100000,0.900000"]


def test_missing_answers_count_as_wrong(tmp_path):
    path = tmp_path / "answers.json"
    path.write_text(json.dumps(["a", "b", "c", "a"]))
    assert score_hand_in({"001": ["a", "b", "c"], "003": ["a", "c", "b"]}, read_answers(path)) == {"top1": 0.25, "top3": 0.5}
    path.write_text('{"001": "a"}')
    with pytest.raises(InputError, match="a list of classes"):
        read_answers(path)
