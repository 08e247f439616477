"""The store: nothing is lost, nothing is deleted, and nobody is in anybody's way."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from hexachord.errors import InputError, OutputError
from hexachord.learning.annotation.project import Project, labels_project
from hexachord.learning.annotation.questions import KnownItem, Question
from hexachord.learning.annotation.store import AlreadyAnswered, Store

Make = Callable[..., Store]
TWO = Project(
    title="Voices",
    instructions="Listen.",
    questions=(Question(id="vocals", text="Voices?", kind="binary"), Question(id="energy", text="Energy?", kind="rating", low=1, high=7)),
    training=(KnownItem(item="train.wav", answers={"vocals": "no", "energy": 5}, feedback="A plain tone.", tolerance=1),),
    attention=(KnownItem(item="check.wav", answers={"vocals": "yes"}, prompt="Choose yes"),),
    repeats=0.25,
)


def answer_all(store: Store, annotator: int, say: Callable[[str, str], object], most: int = 1000) -> int:
    """Answer what comes; returns how many answers that took."""
    count = 0
    while count < most and (now := store.current(annotator)) is not None:
        for question in store.project.questions:
            if question.id not in now.answered:
                store.answer(annotator, now.number, question.id, say(now.item.id, question.id), seconds=1.5)
                count += 1
    return count


def usual(_: str, question: str) -> object:
    return "no" if question == "vocals" else 4


def test_an_annotator_goes_from_training_to_the_end(make_store: Make) -> None:
    with make_store(TWO) as store:
        ann = store.join("  Ann   Lee ")
        assert ann == store.join("Ann Lee")
        first = store.current(ann.number)
        assert first is not None
        assert (first.role, first.item.id) == ("training", "train.wav")
        told = store.answer(ann.number, first.number, "vocals", "yes")
        assert (told.right, told.expected, told.feedback) == (False, "no", "A plain tone.")
        assert store.answer(ann.number, first.number, "energy", 4).right
        again = store.current(ann.number)
        assert again is not None
        assert store.answer(ann.number, again.number, "vocals", "no").right is None  # nobody knows better there
        assert answer_all(store, ann.number, usual) == 2 * (12 + 3 + 1) - 1
        progress = store.progress(ann.number)
        assert (progress.done, progress.total, progress.training_done) == (17, 17, 1)
        assert (progress.right, progress.known, progress.attention_right, progress.attention_known) == (1, 3, 0, 1)
        assert (progress.streak, progress.best_streak) == (0, 1)
        assert progress.median_s == 1.5
        assert store.current(ann.number) is None


def test_undo_is_history_and_does_not_mend_the_score(make_store: Make) -> None:
    with make_store(TWO) as store:
        ann = store.join("Ann").number
        assert not store.undo(ann)
        training = store.current(ann)
        assert training is not None
        store.answer(ann, training.number, "vocals", "yes")  # wrong
        assert store.undo(ann)
        now = store.current(ann)
        assert now is not None
        assert (now.number, now.answered) == (training.number, {})
        store.answer(ann, training.number, "vocals", "no")
        assert [(each.value, bool(each.undone_at)) for each in store.answers(undone=True)] == [("yes", True), ("no", False)]
        assert [each.value for each in store.answers()] == ["no"]
        progress = store.progress(ann)
        assert (progress.right, progress.known, progress.undone) == (0, 1, 1)
        bob = store.join("Bob").number
        assert not store.undo(bob)  # nobody takes back what another said


def test_it_goes_on_where_it_was(make_store: Make) -> None:
    with make_store(TWO) as store:
        ann = store.join("Ann").number
        answer_all(store, ann, usual, most=7)
        before = store.current(ann)
    with make_store(TWO) as store:
        assert store.current(store.join("Ann").number) == before
        assert len(store.answers()) == 8  # two of each item


def test_the_same_answer_twice_is_one_and_another_is_refused(make_store: Make) -> None:
    with make_store() as store:
        ann, bob = store.join("Ann").number, store.join("Bob").number
        now = store.current(ann)
        assert now is not None
        store.answer(ann, now.number, "label", "jazz")
        store.answer(ann, now.number, "label", "jazz")  # sent again, as the connection broke
        with pytest.raises(AlreadyAnswered):
            store.answer(ann, now.number, "label", "rock")
        assert len(store.answers()) == 1
        for who, assignment, question, value in (
            (bob, now.number, "label", "jazz"),
            (ann, 10_000, "label", "jazz"),
            (ann, now.number, "mood", "jazz"),
            (ann, now.number, "label", "pop"),
            (ann, now.number, "label", None),
        ):
            with pytest.raises(InputError):
                store.answer(who, assignment, question, value)
        assert len(store.answers()) == 1


@pytest.mark.parametrize("name", ["", "   ", "x" * 81, "a\0b", "a\x1b[2Jb"])
def test_what_is_no_name_is_refused(make_store: Make, name: str) -> None:
    with make_store() as store, pytest.raises(InputError, match="name"):
        store.join(name)


def test_many_at_once_lose_nothing(make_store: Make, tmp_path: Path) -> None:
    make_store().close()
    trouble: list[BaseException] = []

    def work(name: str) -> None:
        try:
            with Store(tmp_path / "store.sqlite") as store:
                answer_all(store, store.join(name).number, lambda *_: "rock")
        except BaseException as error:
            trouble.append(error)

    threads = [threading.Thread(target=work, args=(f"annotator {number % 3}",)) for number in range(6)]  # each in two tabs
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not trouble
    with Store(tmp_path / "store.sqlite") as store:
        assert len(store.answers()) == 3 * (14 + 4)
        assert len(store.answers(undone=True)) == 3 * (14 + 4)


_WORKER = """
import sys
from hexachord.learning.annotation.store import Store
store = Store(sys.argv[1])
number = store.join("Ann").number
while (now := store.current(number)) is not None:
    store.answer(number, now.number, "label", "rock")
    print(now.number, flush=True)
"""


def test_what_was_answered_survives_a_kill(make_store: Make, tmp_path: Path) -> None:
    """Kill −9 in the middle: everything that was said to be kept is there, and the rest can be answered."""
    path = tmp_path / "store.sqlite"
    make_store(labels_project(["jazz", "rock"], repeats=1.0)).close()
    told: list[str] = []
    for _ in range(3):
        process = subprocess.Popen([sys.executable, "-c", _WORKER, str(path)], stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        told += [process.stdout.readline().strip() for _ in range(4)]
        os.kill(process.pid, signal.SIGKILL)
        told += process.stdout.read().split()
        process.wait()
        process.stdout.close()
        with sqlite3.connect(path) as database:
            kept = {str(row[0]) for row in database.execute("SELECT assignment FROM answers")}
            assert database.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        assert set(told) - {""} <= kept
    with Store(path) as store:
        answer_all(store, store.join("Ann").number, lambda *_: "jazz")
        assert len(store.answers()) == 28


def test_the_file_alone_holds_every_answer(make_store: Make, tmp_path: Path) -> None:
    with make_store() as store:
        answer_all(store, store.join("Ann").number, lambda *_: "jazz", most=5)
        (tmp_path / "copy.sqlite").write_bytes(store.path.read_bytes())  # without its journal, as people copy
        with Store(tmp_path / "copy.sqlite") as copy:
            assert copy.answers() == store.answers()


def test_other_questions_want_another_store(make_store: Make) -> None:
    make_store().close()
    with pytest.raises(InputError, match="other questions"):
        make_store(labels_project(["jazz", "pop"]))
    make_store(labels_project(["jazz", "rock"], repeats=0.5)).close()  # how often it repeats is no other question
    with sqlite3.connect(make_store().path) as database:
        names = [row[0] for row in database.execute("SELECT name FROM facts")]
    assert any(name.startswith("project until ") for name in names)  # what was asked before is kept


def test_new_music_comes_last(make_store: Make, tmp_path: Path, music: Path) -> None:
    folder = tmp_path / "growing"
    folder.mkdir()
    sounds = sorted(music.rglob("ton*.wav"))
    for sound in sounds[:3]:
        (folder / sound.name).write_bytes(sound.read_bytes())
    project = labels_project(["jazz", "rock"], repeats=0)
    with make_store(project, folder=folder) as store:
        ann = store.join("Ann").number
        answer_all(store, ann, lambda *_: "jazz")
    (folder / sounds[3].name).write_bytes(sounds[3].read_bytes())
    with make_store(project, folder=folder) as store:
        now = store.current(ann)
        assert now is not None
        assert now.item.id == sounds[3].name
        assert store.progress(ann).total == 4
        (folder / sounds[3].name).unlink()
        with pytest.raises(InputError, match="no such file any more"):
            store.item_of(now.number)


def test_ranks_move_what_nobody_has_seen(make_store: Make) -> None:
    with make_store(replace(labels_project(["jazz", "rock"], repeats=0), order="active")) as store:
        names = [item.id for item in store.items()]
        ann = store.join("Ann", ranked=names[6:8]).number
        first = store.current(ann)
        assert first is not None
        assert first.item.id == names[6]
        store.rank(names[::-1])
        order = []
        while (now := store.current(ann)) is not None:
            order.append(now.item.id)
            store.answer(ann, now.number, "label", "jazz")
        assert order == [names[6], *(name for name in names[::-1] if name != names[6])]


def test_files_that_are_no_store_are_refused_and_left_alone(tmp_path: Path, make_store: Make) -> None:
    text = tmp_path / "text.sqlite"
    text.write_text("dear diary")
    with pytest.raises(InputError, match="no SQLite database"):
        make_store(name="text.sqlite")
    assert text.read_text() == "dear diary"
    with sqlite3.connect(tmp_path / "other.sqlite") as database:
        database.execute("CREATE TABLE songs (name TEXT)")
    with pytest.raises(InputError, match="something else"):
        make_store(name="other.sqlite")
    (tmp_path / "torn.sqlite").write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
    with pytest.raises(InputError, match="damaged"):
        make_store(name="torn.sqlite")
    (tmp_path / "folder.sqlite").mkdir()
    with pytest.raises(InputError, match="a folder"):
        make_store(name="folder.sqlite")
    with pytest.raises(InputError, match="no such file"):
        Store(tmp_path / "nowhere.sqlite")
    with pytest.raises(OutputError):
        make_store(name="text.sqlite/inside.sqlite")


@pytest.mark.parametrize(("version", "words"), [(99, "update Hexachord"), (0, "export it with")])
def test_a_store_of_another_version_is_refused_and_not_changed(make_store: Make, version: int, words: str) -> None:
    path = make_store().path
    with sqlite3.connect(path) as database:
        database.execute(f"PRAGMA user_version = {version}")
    with pytest.raises(InputError, match=words):
        make_store()
    with sqlite3.connect(path) as database:
        assert database.execute("PRAGMA user_version").fetchone()[0] == version


def test_a_project_that_names_what_is_not_there_makes_no_store(make_store: Make, tmp_path: Path) -> None:
    gone = replace(TWO, training=(KnownItem(item="gone.wav", answers={"vocals": "no"}),))
    with pytest.raises(InputError, match=r"gone\.wav"):
        make_store(gone)
    assert not (tmp_path / "store.sqlite").exists()
