import html.parser
import json
from dataclasses import replace
from pathlib import Path

import pytest
from page_reading import content_of, script_of

from hexachord.errors import InputError
from hexachord.page.blobs import Blob, BlobBox
from hexachord.page.build import make_page
from hexachord.page.data import page_content
from hexachord.page.html import script_json, write_page

HOSTILE = "</script><script>alert(1)</script><!-- <img src=x onerror=alert(2)> \u2028\\1 \" ' &amp; ]]> \\u003c"


class _Reader(html.parser.HTMLParser):
    """Collects the tags a browser would see, and the title."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.comments: list[str] = []
        self.title = ""
        self._in_title = False

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        self._in_title = tag == "title"

    def handle_endtag(self, tag):
        self._in_title = self._in_title and tag != "title"

    def handle_data(self, data):
        if self._in_title:
            self.title += data

    def handle_comment(self, data):
        self.comments.append(data)


def _read(path: Path) -> _Reader:
    reader = _Reader()
    reader.feed(path.read_text(encoding="utf-8"))
    return reader


def test_a_hostile_song_stays_data(heard, template, tmp_path):
    with heard.song.locked():
        content = page_content(heard.song, heard.knowledge)
    data = content.data
    data["title"] = data["subtitle"] = data["source"]["name"] = HOSTILE
    data["sentences"][0]["text"] = data["downloads"][0]["label"] = data["commands"]["tempo"] = HOSTILE
    data["chords"]["label"][0] = data["chords"]["text"][0] = HOSTILE
    data["stems"][0]["name"] = HOSTILE
    page = write_page(data, content.box.blobs, tmp_path / "page.html", template=template)
    seen = _read(page)
    scripts = [attributes for tag, attributes in seen.tags if tag == "script"]
    assert len(scripts) == 1 + len(content.box.blobs)
    assert all(set(attributes) == {"type", "id"} for attributes in scripts)
    assert {attributes["type"] for attributes in scripts} == {"application/json", "text/plain"}
    assert not [tag for tag, _ in seen.tags if tag == "img"]
    assert seen.comments == []
    assert seen.title == HOSTILE
    text = page.read_text(encoding="utf-8")
    assert "\u2028" not in script_of(text, "song")
    assert json.loads(script_of(text, "song")) == json.loads(json.dumps(data))
    assert text.endswith("<p>after</p>\n")


def test_a_hostile_score_stays_data(tmp_path, template):
    """Its title and lyrics also come as SVG, which a page puts into itself."""
    import gzip

    from hexachord.journeys.analyse import analyse
    from hexachord.score.builtin import builtin_score
    from hexachord.score.formats import save_score
    from hexachord.score.model import Lyric

    score = builtin_score("scale")
    part = score.parts[0]
    evil = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    notes = (part.notes[0]._replace(lyrics=(Lyric(evil),)), *part.notes[1:])
    score = replace(score, title=evil, composer=evil, parts=(replace(part, name=evil, notes=notes),))
    save_score(score, tmp_path / "evil.musicxml")
    analysis = analyse(tmp_path / "evil.musicxml", out=tmp_path / "song", page=False, sound=False, pdf=False)
    with analysis.song.locked():
        content = page_content(analysis.song, analysis.knowledge)
        page = make_page(analysis.song, analysis.knowledge, template=template)
    assert content.data["title"] == evil
    blobs = {blob.element: blob for blob in content.box.blobs}
    svg = gzip.decompress(content_of(blobs["score-score"])).decode()
    assert "<script" not in svg
    assert "<img" not in svg
    assert "&lt;script" in svg
    assert not [tag for tag, _ in _read(page).tags if tag == "img"]


def test_json_for_a_script_has_no_tags():
    assert script_json({"a": "<!--</script>&\u2029"}) == '{"a":"\\u003c!--\\u003c/script\\u003e\\u0026\\u2029"}'
    with pytest.raises(ValueError):
        script_json({"a": float("nan")})


def test_every_blob_comes_back(tmp_path, template, heard):
    large = tmp_path / "large.bin"
    large.write_bytes(bytes(range(256)) * 5000 + b"x")
    box = BlobBox()
    box.add("small", b"\x00\xff")
    box.add("large", large)
    box.add("small", b"")
    assert [blob.element for blob in box.blobs] == ["small", "large", "small-2"]
    with heard.song.locked():
        data = page_content(heard.song, heard.knowledge).data
    text = write_page(data, box.blobs, tmp_path / "page.html", template=template).read_text()
    for blob in box.blobs:
        import base64

        content = blob.content.read_bytes() if isinstance(blob.content, Path) else blob.content
        assert base64.b64decode(script_of(text, blob.element), validate=True) == content
    assert box.page_bytes == sum(len(script_of(text, blob.element)) for blob in box.blobs)


def test_an_id_must_be_an_id(tmp_path, template, heard):
    with heard.song.locked():
        data = page_content(heard.song, heard.knowledge).data
    with pytest.raises(ValueError):
        write_page(data, [Blob('a"><script>', b"")], tmp_path / "page.html", template=template)
    assert list(tmp_path.iterdir()) == []  # nothing half-written


def test_a_template_without_a_place_is_refused(tmp_path, heard):
    with heard.song.locked():
        data = page_content(heard.song, heard.knowledge).data
    (tmp_path / "bare.html").write_text("<title></title>")
    for name in ("bare.html", "absent.html"):
        with pytest.raises(InputError):
            write_page(data, [], tmp_path / "page.html", template=tmp_path / name)


def test_a_page_is_written_when_something_changed(heard, template, tmp_path):
    song, knowledge = heard.song, heard.knowledge
    other = tmp_path / "other.html"
    other.write_text(template.read_text().replace("after", "later"))
    with song.locked():
        first = make_page(song, knowledge, template=template)
        then = first.stat().st_mtime_ns
        assert make_page(song, knowledge, template=template).stat().st_mtime_ns == then
        assert make_page(song, replace(knowledge, tempo=None), template=template).stat().st_mtime_ns != then
        then = first.stat().st_mtime_ns
        assert "later" in make_page(song, knowledge, template=other).read_text()
        assert "page.html" in song.files
        first.unlink()
        assert make_page(song, knowledge, template=other).is_file()
