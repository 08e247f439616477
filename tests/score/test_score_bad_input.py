"""Files that are broken, of another kind, or attacks: each gives a clear `InputError`, and none costs time or memory."""

import io
import zipfile
from pathlib import Path

import pytest

from hexachord.errors import InputError
from hexachord.score.formats import load_score, save_score
from hexachord.score.midi import write_midi
from hexachord.score.model import Note, Part, Score
from hexachord.score.musicxml_file import MAX_DOCUMENT_BYTES, compress, parse_document
from hexachord.score.musicxml_write import write_musicxml

SCORE = Score(parts=(Part(notes=tuple(Note(index * 5040, 5040, 60 + index, 80) for index in range(16))),))
XML = write_musicxml(SCORE)
BOMB = '<!DOCTYPE score-partwise [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>'
EXTERNAL = '<!DOCTYPE score-partwise [<!ENTITY secret SYSTEM "file:///etc/passwd">]>'
PARAMETER = '<!DOCTYPE score-partwise [<!ENTITY % remote SYSTEM "http://example.com/x.dtd"> %remote;]>'


def archive(**members: bytes | str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return buffer.getvalue()


def container(path: str) -> str:
    return f'<container><rootfiles><rootfile full-path="{path}"/></rootfiles></container>'


BAD = {
    "empty.musicxml": (b"", "an empty file"),
    "blank.musicxml": (b" \n\n ", "an empty file"),
    "text.musicxml": (b"once upon a time", "not XML"),
    "page.musicxml": (b"<!DOCTYPE html><html><body>not found</body></html>", "a web page"),
    "other.xml": (b"<?xml version='1.0'?><svg/>", "root <svg>"),
    "truncated.musicxml": (XML[: len(XML) // 2].encode(), "broken XML"),
    "bomb.musicxml": (XML.replace(XML[XML.index("<!DOCTYPE") : XML.index("<score-partwise")], BOMB).encode(), "declarations of its own"),
    "bomb16.musicxml": ((BOMB + "<score-partwise>&c;</score-partwise>").encode("utf-16"), "declarations of its own"),
    "external.musicxml": ((EXTERNAL + "<score-partwise>&secret;</score-partwise>").encode(), "declarations of its own"),
    "parameter.musicxml": ((PARAMETER + "<score-partwise/>").encode(), "declarations of its own"),
    "undefined.musicxml": (b"<score-partwise><part id='P1'>&nothing;</part></score-partwise>", "broken XML"),
    "divisions.musicxml": (XML.replace("<divisions>2", "<divisions>-2").encode(), "divisions of '-2'"),
    "binary.mxl": (b"\x00\x01\x02\x03" * 50, "not XML"),
    "half.mxl": (compress(XML)[:-200], "damaged zip"),
    "bare.mxl": (archive(score_dot_musicxml=XML), "without META-INF/container.xml"),
    "dangling.mxl": (archive(**{"META-INF__container_dot_xml": container("gone.xml")}), "no 'gone.xml' inside"),
    "outside.mxl": (archive(**{"META-INF__container_dot_xml": container("../../etc/passwd")}), "inside"),
    "nothing.mxl": (archive(**{"META-INF__container_dot_xml": "<container/>"}), "names no score"),
    "entity.mxl": (archive(**{"META-INF__container_dot_xml": BOMB + container("a.xml"), "a_dot_xml": XML}), "declarations"),
    "empty.mid": (b"", "an empty file"),
    "text.mid": (b"this is a shopping list, not music\n" * 3, "no MIDI header"),
    "header.mid": (b"MThd\0\0\0\6", "cut short"),
    "frames.mid": (b"MThd\0\0\0\6\0\1\0\1\xe7\x28", "SMPTE"),
    "untimed.mid": (b"MThd\0\0\0\6\0\1\0\1\0\0", "no ticks"),
    "truncated.mid": (write_midi(SCORE).data[:-40], "truncated"),
    "trackless.mid": (write_midi(SCORE).data[:14], "truncated"),
    "wrong.json": (b'{"format": "jams"}', "another kind"),
    "broken.json": (b'{"format": ', "broken JSON"),
    "latin.json": ('{"title": "é"}'.encode("latin-1"), "not UTF-8"),
    "text.abc": (b"no tune here", "no tune"),
    "binary.abc": (b"X:1\0\0\0", "binary data"),
    "keyless.abc": (b"X:1\nT:Air\nL:1/8\nabc|", "no key field"),
    "song.doc": (b"", "suffix '.doc'"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_named(name: str, tmp_path: Path) -> None:
    content, words = BAD[name]
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        load_score(path)
    assert words in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        load_score(tmp_path / "gone.mid")
    (tmp_path / "folder.mid").mkdir()
    with pytest.raises(InputError, match="a folder"):
        load_score(tmp_path / "folder.mid")


def test_a_zip_bomb_is_not_unpacked() -> None:
    bomb = archive(**{"META-INF__container_dot_xml": container("a.xml"), "a_dot_xml": bytes(MAX_DOCUMENT_BYTES + (1 << 20))})
    assert len(bomb) < 2 << 20
    with pytest.raises(InputError, match="more than 256 MB"):
        parse_document(bomb)


def test_a_doctype_without_declarations_is_fine() -> None:
    assert "<!DOCTYPE score-partwise PUBLIC" in XML
    assert parse_document(XML.encode()).tag == "score-partwise"


def test_a_container_with_broken_quotes_is_forgiven() -> None:
    data = archive(**{"META-INF__container_dot_xml": "<container><rootfile full-path='Ain't.xml'/></container>", "Ain't_dot_xml": XML})
    assert parse_document(data).tag == "score-partwise"


def test_midi_without_notes_is_an_empty_score(tmp_path: Path) -> None:
    path = tmp_path / "silence.mid"
    path.write_bytes(write_midi(Score()).data)
    assert load_score(path).parts == ()


@pytest.mark.parametrize("cut", range(20, len(XML), 97))
def test_a_document_cut_anywhere_is_an_input_error(cut: int) -> None:
    with pytest.raises(InputError):
        parse_document(XML[:cut].encode())


def test_midi_bytes_changed_at_random_never_crash() -> None:
    import random

    from hexachord.score.midi import read_midi

    good = write_midi(SCORE).data
    for seed in range(200):
        rng = random.Random(seed)
        data = bytearray(good)
        for _ in range(6):
            data[rng.randrange(len(data))] = rng.randrange(256)
        try:
            read_midi(bytes(data))
        except InputError:
            continue


def test_nothing_is_written_for_an_unknown_suffix(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="suffix"):
        save_score(SCORE, tmp_path / "song.gp5")
    assert list(tmp_path.iterdir()) == []
