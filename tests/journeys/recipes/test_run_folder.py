"""Stages are done once, and again when what they depend on or what they left has changed."""

from pathlib import Path

import pytest

from hexachord.errors import InputError
from hexachord.journeys.pipeline import Event
from hexachord.journeys.recipes.run_folder import open_run


def test_a_stage_is_done_once(tmp_path: Path) -> None:
    heard: list[str] = []
    done: list[int] = []

    def run_once(asked: dict[str, int]) -> dict:
        with open_run(tmp_path / "run", recipe="toy", listener=lambda event: heard.append(event.kind)) as run:

            def do(progress):
                progress(0.5)
                done.append(1)
                run.path("out/made.txt").write_text(str(asked))
                return {"twice": 2 * asked["n"]}, ["out/made.txt"]

            found = run.stage("double", "Doubling", asked, do)
            assert run.files == ["out/made.txt"]
            assert run.wall_s()["double"] >= 0
            return dict(found.facts)

    assert run_once({"n": 2}) == {"twice": 4}
    assert heard == ["start", "progress", "done"]
    assert run_once({"n": 2}) == {"twice": 4}
    assert (heard[-1], len(done)) == ("recalled", 1)
    assert run_once({"n": 3}) == {"twice": 6}
    (tmp_path / "run" / "out" / "made.txt").write_text("changed by hand")
    assert run_once({"n": 3}) == {"twice": 6}
    (tmp_path / "run" / "out" / "made.txt").unlink()
    run_once({"n": 3})
    assert len(done) == 4
    (tmp_path / "run" / "work" / "stages" / "double.json").write_text("[]")
    run_once({"n": 3})
    assert len(done) == 5


def test_a_stage_that_fails_is_not_remembered(tmp_path: Path) -> None:
    with open_run(tmp_path / "run", recipe="toy") as run:

        def fails(progress):
            raise RuntimeError("no")

        with pytest.raises(RuntimeError):
            run.stage("x", "X", {}, fails)
        assert run.stage("x", "X", {}, lambda progress: ({"fine": 1}, [])).facts == {"fine": 1}


def test_folders_that_are_not_ours(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("words")
    (tmp_path / "file").write_text("x")
    busy = pytest.raises(InputError, match="at work in it")
    with open_run(tmp_path / "other", recipe="toy"), busy, open_run(tmp_path / "other", recipe="toy"):
        pass
    for name, said in (("mine", "no recipe made"), ("file", "a file"), ("other", "recipe toy")):
        with pytest.raises(InputError, match=said), open_run(tmp_path / name, recipe="piano"):
            pass
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "words"
    with open_run(tmp_path / "other", recipe="toy", listener=lambda event: None) as run:
        run.tell(Event(kind="plan", total=1))
