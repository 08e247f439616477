"""SFZ text: comments, includes, definitions, values with spaces, and files that are not what they say."""

from pathlib import Path

import pytest

from hexachord.errors import InputError
from hexachord.synthesis.sfz.paths import MISSING, OUTSIDE, Library
from hexachord.synthesis.sfz.text import Statement, read_statements


def statements(folder: Path, text: str, **others: str) -> tuple[list[Statement], list[str]]:
    (folder / "a.sfz").write_text(text, encoding="utf-8")
    for name, other in others.items():
        (folder / f"{name}.txt").write_text(other, encoding="utf-8")
    return read_statements(Library((folder / "a.sfz").resolve()))


def test_values_run_to_the_next_opcode_and_comments_go(tmp_path: Path) -> None:
    found, notes = statements(
        tmp_path,
        "<region>sample=My Piano C#4 (soft).wav key=60 // a comment = not an opcode\n"
        "/* volume=6\n pan=3 */ tune=-5\n<group>label_cc1=a < b <region> sample=x.wav",
    )
    assert found == [
        Statement("region", is_header=True),
        Statement("sample", "My Piano C#4 (soft).wav"),
        Statement("key", "60"),
        Statement("tune", "-5"),
        Statement("group", is_header=True),
        Statement("label_cc1", "a < b"),
        Statement("region", is_header=True),
        Statement("sample", "x.wav"),
    ]
    assert notes == []


def test_definitions_stand_for_the_longest_name_in_names_values_and_includes(tmp_path: Path) -> None:
    text = "#define $KEY 36 #define $KEYHIGH 40\n#define $WHICH part\n<region> amp_velcurve_$KEY=1 hikey=$KEYHIGH "
    text += 'lokey=$KEYs\n#include "$WHICH.txt"'
    found, _ = statements(tmp_path, text, part="sample=$KEY.wav #define $KEY 50\n<region>key=$KEY sample=y.wav")
    values = {statement.name: statement.value for statement in found[:5]}
    assert values == {"region": "", "amp_velcurve_36": "1", "hikey": "40", "lokey": "36s", "sample": "36.wav"}
    assert found[6] == Statement("key", "50")  # a definition holds from where it stands


def test_undefined_names_and_stray_text_are_named(tmp_path: Path) -> None:
    _, notes = statements(tmp_path, "<region> sample=a.wav key=$NOWHERE\nsome words\n")
    assert any("$NOWHERE is not defined" in note for note in notes)
    assert any("'some words'" in note for note in notes)


def test_includes_are_found_beside_the_main_file_then_beside_the_asking_one(tmp_path: Path) -> None:
    (tmp_path / "maps").mkdir()
    (tmp_path / "maps" / "keys.sfz").write_text('#include "maps/inner.sfz"\n#include "beside.sfz"')
    (tmp_path / "maps" / "inner.sfz").write_text("<region> sample=inner.wav")
    (tmp_path / "maps" / "beside.sfz").write_text("<region> sample=beside.wav")
    found, notes = statements(tmp_path, '#include "Maps\\Keys.SFZ"\n#include "maps/keys.sfz"\n#include "gone.sfz"')
    assert [statement.value for statement in found if statement.name == "sample"] == ["inner.wav", "beside.wav"] * 2
    assert notes == [f'#include "gone.sfz" is left out: {MISSING}']


def test_an_include_that_loops_or_climbs_out(tmp_path: Path) -> None:
    folder = tmp_path / "library" / "programs"
    folder.mkdir(parents=True)
    with pytest.raises(InputError, match="includes itself"):
        statements(folder, '<region>\n#include "b.txt"', b='#include "a.sfz"')
    (tmp_path / "secret.txt").write_text("<region> sample=secret.wav")
    found, notes = statements(folder, '<region> sample=a.wav\n#include "../../secret.txt"')
    assert len(found) == 2
    assert OUTSIDE in notes[0]


def test_includes_that_double_each_other_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hexachord.synthesis.sfz.text._MOST_TEXT_CHARS", 100_000)
    parts = {f"p{n}": f'#include "p{n + 1}.txt"\n' * 2 for n in range(30)}
    with pytest.raises(InputError, match="characters through"):
        statements(tmp_path, '<region>\n#include "p0.txt"', **parts, p30="<region> sample=a.wav")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b" \n\t", "empty"),
        (b"RIFF\x00\x00\x01\x02sfbk" + bytes(100), "binary"),
        (b"Dear reader, this is a letter.", "no SFZ"),
        (b"<group> key=60\nvolume=3", "without a single <region>"),
    ],
)
def test_files_that_are_no_instrument(tmp_path: Path, data: bytes, words: str) -> None:
    (tmp_path / "a.sfz").write_bytes(data)
    with pytest.raises(InputError, match=words):
        read_statements(Library(tmp_path / "a.sfz"))


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_statements(Library(tmp_path / "gone.sfz"))
    with pytest.raises(InputError, match="a folder"):
        read_statements(Library(tmp_path))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_encodings_of_other_systems(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "a.sfz").write_bytes("<region> sample=Flügel.wav".encode(encoding))
    found, _ = read_statements(Library(tmp_path / "a.sfz"))
    assert found[1].value == "Flügel.wav"


class TestPaths:
    """What an SFZ file may read."""

    @pytest.fixture
    def library(self, tmp_path: Path) -> Library:
        for name in ("outside.wav", "library/Samples/Loud/A4.wav", "library/programs/piano.sfz", "library/programs/near.wav"):
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_bytes(b"x")
        (tmp_path / "library/programs/link.wav").symlink_to(tmp_path / "outside.wav")
        (tmp_path / "library/programs/inner.wav").symlink_to(tmp_path / "library/Samples/Loud/A4.wav")
        (tmp_path / "library/programs/door").symlink_to(tmp_path)
        return Library((tmp_path / "library/programs/piano.sfz").resolve())

    @pytest.mark.parametrize(
        "text", ["near.wav", "NEAR.WAV", "./near.wav", "..\\samples\\LOUD\\a4.WAV", "../Samples/Loud/A4.wav", "inner.wav"]
    )
    def test_it_finds_what_is_in_the_library(self, library: Library, text: str) -> None:
        assert isinstance(found := library.find(text), Path), found

    @pytest.mark.parametrize(
        "text",
        [
            "../../outside.wav",
            "..\\..\\outside.wav",
            "/etc/passwd",
            "C:\\Windows\\a.wav",
            "link.wav",
            "door/outside.wav",
            "near.wav/../../../outside.wav",
        ],
    )
    def test_it_refuses_what_is_outside(self, library: Library, text: str) -> None:
        assert library.find(text) == OUTSIDE

    @pytest.mark.parametrize("text", ["", " ", "gone.wav", "a\0b", "..", ".", "../Samples"])
    def test_what_is_no_file_is_missing(self, library: Library, text: str) -> None:
        assert library.find(text) == MISSING
