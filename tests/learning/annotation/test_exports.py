"""What comes out: agreement as planted, every answer in three formats, and datasets that models learn from."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from hexachord.errors import InputError
from hexachord.knowledge.jams import validate_jams
from hexachord.learning.annotation.agreement import measure_agreement, verdict
from hexachord.learning.annotation.exports import export_answers, labelled_dataset
from hexachord.learning.annotation.project import Project, labels_project
from hexachord.learning.annotation.questions import KnownItem, Question
from hexachord.learning.annotation.store import Store
from hexachord.learning.datasets.lists import load_list, save_dataset

Make = Callable[..., Store]
PROJECT = Project(
    title="Three",
    instructions="Listen.",
    questions=(
        Question(id="vocals", text="Voices?", kind="binary"),
        Question(id="genre", text="Genre?", kind="choice", options=("jazz", "rock", "folk")),
        Question(id="energy", text="Energy?", kind="rating", low=1, high=7),
    ),
    training=(KnownItem(item="train.wav", answers={"vocals": "no"}),),
    attention=(KnownItem(item="check.wav", answers={"vocals": "yes"}),),
    repeats=0.5,
)
PEOPLE = ("Ann", "Bob", "Cy")


def says(who: str, item: str, question: str, role: str) -> object:
    """All hear voices in every third item; Bob takes jazz for rock in item 0; Cy rates two higher, and is moody when asked again."""
    number = int(item.split("ton ")[1][:2]) if "ton " in item else 0
    if question == "vocals":
        return "yes" if number % 3 == 0 else "no"
    if question == "genre":
        return "rock" if who == "Bob" and number == 0 else ("jazz", "rock", "folk")[number % 3]
    return min(7, 1 + number % 5 + (2 if who == "Cy" else 0)) - (1 if who == "Cy" and role == "repeat" else 0)


def fill(store: Store, people: tuple[str, ...] = PEOPLE) -> None:
    for name in people:
        who = store.join(name).number
        while (now := store.current(who)) is not None:
            for question in store.project.questions:
                if question.id not in now.answered:
                    store.answer(who, now.number, question.id, says(name, now.item.id, question.id, now.role), seconds=2.0)


@pytest.fixture
def filled(make_store: Make) -> Store:
    store = make_store(PROJECT)
    fill(store)
    return store


def test_agreement_is_as_planted(filled: Store) -> None:
    report = measure_agreement(filled)
    vocals, genre, energy = report.questions
    assert (vocals.annotators, vocals.items, vocals.answers) == (PEOPLE, 12, 36)  # neither training nor checks nor repeats
    assert vocals.metrics["alpha"] == vocals.metrics["fleiss"] == 1.0
    assert vocals.verdict == "reliable"
    assert not vocals.disputes
    (dispute,) = genre.disputes
    assert dispute.item == "album 0/ton 00 ü.wav"
    assert dispute.said == {"Ann": "jazz", "Bob": "rock", "Cy": "jazz"}
    assert dispute.apart == pytest.approx(2 / 3)
    assert genre.metrics["percent"] == pytest.approx(1 - (2 / 3) / 12)
    np.testing.assert_array_equal(genre.confusion, [[2 * (3 * 4 - 2), 2, 0], [2, 2 * 3 * 4, 0], [0, 0, 2 * 3 * 4]])
    assert {(pair.first, pair.second): pair.percent for pair in genre.pairs} == {
        ("Ann", "Bob"): pytest.approx(11 / 12), ("Ann", "Cy"): 1.0, ("Bob", "Cy"): pytest.approx(11 / 12),
    }  # fmt: skip
    assert energy.metrics["icc3"] > energy.metrics["icc2"]  # one who always rates higher is consistent
    assert {each.annotator: (each.count, each.same, each.distance) for each in energy.repeats} == {
        "Ann": (6, 1.0, 0.0), "Bob": (6, 1.0, 0.0), "Cy": (6, 0.0, 1.0),
    }  # fmt: skip
    assert report.progress["Ann"].attention_right == 1
    assert json.loads(json.dumps(report.to_json(), allow_nan=False))["questions"][1]["disputes"][0]["said"]["Bob"] == "rock"


def test_one_annotator_is_no_agreement(make_store: Make) -> None:
    with make_store(PROJECT) as store:
        assert all(np.isnan(value) for value in measure_agreement(store).questions[1].metrics.values())  # and none is none
        fill(store, ("Ann",))
        told = measure_agreement(store).to_json()
    assert set(told["questions"][2]["metrics"].values()) == {None}
    assert "cannot be told" in told["questions"][1]["verdict"]


def test_verdicts_follow_krippendorff() -> None:
    assert [verdict(alpha).split(":")[0] for alpha in (0.8, 0.7, 0.5)] == [
        "reliable",
        "good enough for tentative conclusions",
        "not reliable",
    ]


def test_every_answer_as_csv_and_json_lines(filled: Store, tmp_path: Path) -> None:
    filled.undo(filled.join("Ann").number)
    every = len(filled.answers())
    (path,), _ = export_answers(filled, tmp_path / "a.csv", form="csv")
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == every
    assert {row["role"] for row in rows} == {"training", "attention", "item", "repeat"}
    assert rows[0] | {"given_at": ""} == {
        "annotator": "Ann", "item": "train.wav", "question": "vocals", "role": "training", "value": "yes", "seconds": "2", "given_at": "",
        "undone_at": "",
    }  # fmt: skip
    (path,), _ = export_answers(filled, tmp_path / "a.jsonl", form="jsonl", undone=True)
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert len(lines) == every + 1
    assert sum(bool(line["undone_at"]) for line in lines) == 1
    assert {type(line["value"]) for line in lines if line["question"] == "energy"} == {float}


def test_jams_says_who_said_what_of_which_part(make_store: Make, tmp_path: Path) -> None:
    with make_store(labels_project(["jazz", "rock"], repeats=1.0, excerpt_s=0.5)) as store:
        who = store.join("Ann").number
        while (now := store.current(who)) is not None:
            store.answer(who, now.number, "label", "jazz", seconds=1.0)
        paths, skipped = export_answers(store, tmp_path / "out", form="jams")
    assert not skipped
    assert len(paths) == 14
    document = json.loads((tmp_path / "out/album 1/ton 04 ü.wav.jams").read_text(encoding="utf-8"))
    validate_jams(document)
    (annotation,) = document["annotations"]
    assert annotation["annotation_metadata"]["annotator"] == {"name": "Ann"}
    assert annotation["sandbox"]["roles"] == ["item", "repeat"]
    assert annotation["data"][0] == {"time": 0.25, "duration": 0.5, "value": "jazz", "confidence": None}
    assert document["file_metadata"]["duration"] == 1.0


def test_a_file_that_is_gone_does_not_keep_the_others(filled: Store, tmp_path: Path, music: Path) -> None:
    filled.folder = tmp_path / "moved"
    (tmp_path / "moved/album 0").mkdir(parents=True)
    (tmp_path / "moved/album 0/ton 00 ü.wav").write_bytes((music / "album 0/ton 00 ü.wav").read_bytes())
    paths, skipped = export_answers(filled, tmp_path / "out", form="jams")
    assert len(paths) == 1
    assert len(skipped) == 13
    filled.folder = tmp_path / "nowhere"
    with pytest.raises(InputError, match="none of 14 items"):
        export_answers(filled, tmp_path / "out", form="jams")


def test_nothing_answered_is_nothing_to_export(make_store: Make, tmp_path: Path) -> None:
    with make_store() as store, pytest.raises(InputError, match="no answers"):
        export_answers(store, tmp_path / "a.csv", form="csv")
    assert not (tmp_path / "a.csv").exists()


@pytest.mark.parametrize("method", ["majority", "dawid-skene"])
def test_a_dataset_goes_out_and_comes_back(filled: Store, music: Path, method: str) -> None:
    dataset = labelled_dataset(filled, question="genre", method=method)  # type: ignore[arg-type]
    assert len(dataset) == 12
    assert dataset.classes == ("folk", "jazz", "rock")
    assert dataset.tracks[0].label == "jazz"  # two against Bob
    assert dataset.tracks[0].groups == {"album": "album 0"}
    again = load_list(save_dataset(dataset, music / "labels.csv"))
    (music / "labels.csv").unlink()
    assert [(track.labels, track.groups["album"]) for track in again.tracks] == [
        (track.labels, track.groups["album"]) for track in dataset.tracks
    ]


def test_ties_have_no_label_and_say_so(make_store: Make) -> None:
    with make_store(PROJECT) as store:
        fill(store, ("Ann", "Bob"))
        dataset = labelled_dataset(store, question="genre")
        assert len(dataset) == 11
        assert dataset.skipped == ("album 0/ton 00 ü.wav: a tie: 1 for jazz against 1 for rock (genre)",)
        with pytest.raises(InputError, match="wants 3 annotators"):
            labelled_dataset(store, question="genre", method="dawid-skene")
        assert len(labelled_dataset(store, question="genre", least_confidence=1.1)) == 0


def test_several_binary_questions_are_several_labels(make_store: Make) -> None:
    questions = tuple(Question(id=name, text=f"{name}?", kind="binary") for name in ("voice", "drums"))
    with make_store(Project(title="Tags", instructions="", questions=questions, repeats=0)) as store:
        who = store.join("Ann").number
        while (now := store.current(who)) is not None:
            for question in questions:
                value = "yes" if question.id == "voice" or "ton 06" in now.item.id else "no"
                store.answer(who, now.number, question.id, value)
        dataset = labelled_dataset(store)
    assert {track.id: track.labels for track in dataset.tracks}["album 0/ton 06 ü.wav"] == ("voice", "drums")
    assert dataset.tracks[1].labels == ("voice",)


def test_which_question_must_be_clear(filled: Store) -> None:
    for question, words in (("", "2 questions"), ("energy", "is a rating"), ("mood", "no question 'mood'")):
        with pytest.raises(InputError, match=words):
            labelled_dataset(filled, question=question)
