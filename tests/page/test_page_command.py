import json
from pathlib import Path

import pytest

from hexachord.assets_folder import FOLDER, AssetMissing, need_asset
from hexachord.cli.app import main
from hexachord.journeys.analyse import analyse
from hexachord.score.builtin import builtin_score
from hexachord.score.formats import save_score
from hexachord.song import Song


@pytest.fixture
def score_path(tmp_path) -> Path:
    save_score(builtin_score("scale"), tmp_path / "scale.musicxml")
    return tmp_path / "scale.musicxml"


@pytest.fixture
def with_template(monkeypatch, template):
    monkeypatch.setattr("hexachord.page.build.need_asset", lambda name: template)


@pytest.fixture
def without_template(monkeypatch, tmp_path):
    def missing(name: str) -> Path:
        monkeypatch.setattr("hexachord.assets_folder.FOLDER", tmp_path / "nothing")
        return need_asset(name)

    monkeypatch.setattr("hexachord.page.build.need_asset", missing)


def test_the_main_job_ends_with_a_page(score_path, tmp_path, with_template, capsys):
    arguments = ["song", str(score_path), "-o", str(tmp_path / "out"), "--no-sound", "--no-pdf"]
    assert main(arguments) == 0
    page = tmp_path / "out" / "page.html"
    assert capsys.readouterr().out.splitlines()[0] == str(page)
    then = page.stat().st_mtime_ns
    assert main([*arguments, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["page"] == str(page)
    assert page.stat().st_mtime_ns == then
    assert main([*arguments[:3], str(tmp_path / "bare"), "--no-sound", "--no-pdf", "--no-page"]) == 0
    assert not (tmp_path / "bare" / "page.html").exists()


def test_a_page_is_written_again(score_path, tmp_path, with_template, capsys, monkeypatch):
    folder = analyse(score_path, out=tmp_path / "out", sound=False, pdf=False, page=False).song.folder
    opened = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    assert main(["page", str(folder), "--open"]) == 0
    page = Path(capsys.readouterr().out.strip())
    assert page == folder / "page.html"
    assert opened == [page.resolve().as_uri()]
    assert main(["page", str(folder), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"page": str(page), "bytes": page.stat().st_size}
    assert "page.html" in Song.open(folder).files


def test_a_changed_page_is_moved_aside(score_path, tmp_path, with_template):
    folder = analyse(score_path, out=tmp_path / "out", sound=False, pdf=False).song.folder
    (folder / "page.html").write_text("mine")
    assert main(["page", str(folder), "--fresh", "-q"]) == 0
    assert (folder / "page.edited-1.html").read_text() == "mine"


def test_no_song_no_page(tmp_path, capsys):
    assert main(["page", str(tmp_path)]) == 2
    assert "no song folder" in capsys.readouterr().err


def test_without_the_built_page_all_else_is_done(score_path, tmp_path, without_template, capsys):
    events = []
    analysis = analyse(score_path, out=tmp_path / "out", sound=False, pdf=False, listener=events.append)
    assert analysis.page is None
    assert not analysis.failed
    assert (analysis.song.folder / "knowledge.json").is_file()
    skipped = [event for event in events if event.kind == "skipped"]
    assert [event.stage for event in skipped] == ["page"]
    assert "make assets" in skipped[0].message
    assert main(["page", str(analysis.song.folder)]) == 2
    assert "make assets" in capsys.readouterr().err


def test_a_bug_in_the_page_costs_only_the_page(score_path, tmp_path, with_template, monkeypatch):
    def broken(*arguments: object, **options: object) -> None:
        raise ZeroDivisionError("oh")

    monkeypatch.setattr("hexachord.page.build.page_content", broken)
    analysis = analyse(score_path, out=tmp_path / "out", sound=False, pdf=False)
    assert analysis.failed == {"page": "ZeroDivisionError: oh"}
    assert analysis.knowledge.key is not None
    assert (analysis.song.folder / "report.txt").is_file()


def test_the_built_page_has_a_place_for_data():
    if not (FOLDER / "web" / "page.html").is_file():
        pytest.skip("this installation was made without the built page")
    assert (FOLDER / "web" / "page.html").read_bytes().count(b"<!--hexachord:data-->") == 1
    assert issubclass(AssetMissing, Exception)
