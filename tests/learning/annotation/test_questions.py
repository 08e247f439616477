"""Projects as people write them: what is taken, what is refused and in which words."""

import json
from pathlib import Path

import pytest

from hexachord.errors import InputError
from hexachord.learning.annotation.project import (
    Item,
    Project,
    find_items,
    labels_project,
    load_project,
    project_from_json,
    project_to_json,
    save_project,
)
from hexachord.learning.annotation.questions import KnownItem, Question

ENERGY = Question(id="energy", text="How much energy?", kind="rating", low=1, high=7, low_label="calm", high_label="wild")
VOCALS = Question(id="vocals", text="Does anybody sing?", kind="binary")
GENRE = Question(id="genre", text="Which genre?", kind="choice", options=("jazz", "rock", "folk"))
SLIDER = Question(id="valence", text="How happy?", kind="rating", low=0, high=1, step=0)


def test_the_easier_kinds_are_asked_first() -> None:
    project = Project(title="t", instructions="i", questions=(ENERGY, GENRE, VOCALS))
    assert [question.id for question in project.questions] == ["vocals", "genre", "energy"]


def test_answers_are_checked_and_become_numbers_and_back() -> None:
    assert VOCALS.options == ("yes", "no")
    assert (GENRE.check("rock"), GENRE.code("rock"), GENRE.named(1.0)) == ("rock", 1.0, "rock")
    assert (ENERGY.check("7"), ENERGY.named(3.0), SLIDER.check(0.123)) == (7.0, 3.0, 0.123)
    for question, value in (
        (GENRE, "pop"),
        (GENRE, 1),
        (ENERGY, 8),
        (ENERGY, 2.5),
        (ENERGY, "loud"),
        (ENERGY, True),
        (ENERGY, float("nan")),
    ):
        with pytest.raises(ValueError, match="no answer"):
            question.check(value)
    assert [question.level for question in (VOCALS, ENERGY)] == ["nominal", "interval"]
    assert Question(id="speed", text="?", kind="choice", options=("slow", "fast"), ordered=True).level == "ordinal"


def test_near_is_the_same_on_a_scale_without_steps_only() -> None:
    assert SLIDER.same(0.50, 0.54)
    assert not SLIDER.same(0.50, 0.60)
    assert not ENERGY.same(4, 5)
    assert ENERGY.same(4, 5, tolerance=1)
    assert not GENRE.same("jazz", "rock", tolerance=5)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"id": "a b"}, "letters"),
        ({"text": " "}, "asks nothing"),
        ({"kind": "essay"}, "there are binary"),
        ({"kind": "choice", "options": ("one",)}, "1 options"),
        ({"kind": "choice", "options": ("one", "one")}, "different"),
        ({"kind": "choice", "options": tuple(f"o{i}" for i in range(40))}, "40 options"),
        ({"kind": "binary", "options": ("a", "b", "c")}, "3 options"),
        ({"kind": "rating", "low": 5, "high": 1}, "no scale"),
        ({"kind": "rating", "step": 3}, "do not reach"),
        ({"kind": "rating", "options": ("a", "b")}, "no options"),
    ],
)
def test_what_is_no_question_is_refused(options: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Question(**{"id": "q", "text": "?", "kind": "binary", **options})  # type: ignore[arg-type]


def test_a_project_comes_back_from_its_file(tmp_path: Path) -> None:
    project = Project(
        title="Genres & voices",
        instructions="Listen.\n\nThen say.",
        questions=(VOCALS, GENRE, ENERGY, SLIDER),
        items=(Item(id="a/b.ogg"), Item(id="c.ogg", start_s=3.0, end_s=9.5)),
        training=(KnownItem(item="t.ogg", answers={"genre": "jazz", "energy": 2}, feedback="Hear the swing.", tolerance=1),),
        attention=(KnownItem(item="c2.ogg", answers={"vocals": "yes"}, prompt="Choose yes"),),
        repeats=0.2,
        order="active",
        excerpt_s=20,
        seed=4,
    )
    save_project(project, tmp_path / "p.json")
    again, folder = load_project(tmp_path / "p.json")
    assert folder is None
    assert project_to_json(again) == project_to_json(project)
    assert again.questions == project.questions
    assert again.items == project.items


def test_the_folder_is_relative_to_the_file(tmp_path: Path) -> None:
    data = project_to_json(labels_project(["jazz", "rock"])) | {"folder": "music"}
    (tmp_path / "p.json").write_text(json.dumps(data))
    assert load_project(tmp_path / "p.json")[1] == tmp_path / "music"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"hexachord_annotation": 2}, "version 2"),
        ({"hexachord_annotation": True}, "wrong type"),
        ({"questions": []}, "at least one"),
        ({"questions": ["genre"]}, "no object"),
        ({"questions": [{"id": "q", "text": "?"}]}, "lacks the field 'kind'"),
        ({"questions": [{"id": "q", "text": "?", "kind": "binary", "colour": "red"}]}, "'colour'"),
        ({"repeats": 2}, "0 to 1"),
        ({"order": "best"}, "fixed, random, active"),
        ({"items": ["../secret.wav"]}, "below the folder"),
        ({"items": ["/etc/passwd"]}, "below the folder"),
        ({"items": [{"id": "a.wav", "start_s": 5, "end_s": 2}]}, "no part"),
        ({"items": ["a.wav", "a.wav"]}, "share the id"),
        ({"training": [{"item": "t.wav", "answers": {"label": "pop"}}]}, "no answer"),
        ({"training": [{"item": "t.wav", "answers": {"mood": "pop"}}]}, "no question"),
        ({"training": [{"item": "t.wav", "answers": {}}]}, "nothing is known"),
        ({"attention": [{"item": "t.wav", "answers": {"label": "jazz"}, "feedback": "x"}]}, "'feedback'"),
        ({"excerpt_s": -1}, "excerpts"),
    ],
)
def test_what_is_wrong_in_a_file_is_said(tmp_path: Path, change: dict[str, object], words: str) -> None:
    data = project_to_json(labels_project(["jazz", "rock"])) | change
    with pytest.raises(ValueError, match=words):
        project_from_json(data)
    path = tmp_path / "p.json"
    path.write_text(json.dumps(data))
    with pytest.raises(InputError, match=r"p\.json") as caught:
        load_project(path)
    assert words in str(caught.value)


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, "[]", "7"])
def test_what_is_no_project_is_said(tmp_path: Path, text: str) -> None:
    (tmp_path / "p.json").write_text(text)
    with pytest.raises(InputError, match=r"p\.json"):
        load_project(tmp_path / "p.json")


def test_items_are_the_sounds_below_a_folder_but_known_ones(music: Path, tmp_path: Path) -> None:
    known = KnownItem(item="train.wav", answers={"label": "jazz"})
    project = Project(title="", instructions="", questions=labels_project(["jazz", "rock"]).questions, training=(known,))
    items, skipped = find_items(project, music)
    assert len(items) == 13
    assert items[0].id == "album 0/ton 00 ü.wav"
    assert not skipped
    assert "train.wav" not in {item.id for item in items}
    with pytest.raises(InputError, match="no sound"):
        find_items(labels_project(["a", "b"]), tmp_path)
    with pytest.raises(InputError, match=r"gone\.wav"):
        find_items(Project(title="", instructions="", questions=project.questions, items=(Item(id="gone.wav"),)), music)
