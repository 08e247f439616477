"""The door to all formats: every suffix writes and reads, warnings arrive, files are whole."""

from pathlib import Path

import pytest

from hexachord.errors import InputError
from hexachord.score.formats import is_score_file, load_score, save_score
from hexachord.score.json_format import read_json
from hexachord.score.model import Bend, ChordSymbol, Control, Lyric, Note, Part, Score, SectionMark, Spelling
from hexachord.score.notes import note_array

SCORE = Score(
    title="Air",
    parts=(
        Part(
            notes=(Note(0, 5040, 61, 70, spelling=Spelling("D", -1, 4), lyrics=(Lyric("la"),)), Note(5040, 15120, 60, 71)),
            controls=(Control(0, 64, 127),),
            bends=(Bend(5, 100),),
        ),
    ),
    chords=(ChordSymbol(0, "Db:maj", 5040), ChordSymbol(10080, "C:maj")),
    sections=(SectionMark(0, "A"),),
)


@pytest.mark.parametrize("suffix", [".mid", ".midi", ".musicxml", ".xml", ".mxl", ".json", ".MID"])
def test_every_suffix_keeps_the_sound(suffix: str, tmp_path: Path) -> None:
    report = save_score(SCORE, tmp_path / f"air{suffix}")
    again = load_score(report.path)
    for column in ("onset_s", "duration_s", "pitch", "velocity"):
        assert note_array(again)[column].tolist() == note_array(SCORE)[column].tolist()
    assert is_score_file(report.path)


def test_losses_are_reported_not_hidden(tmp_path: Path) -> None:
    assert save_score(SCORE, tmp_path / "a.json").warnings == ()
    assert save_score(SCORE, tmp_path / "a.musicxml").warnings == (
        "controller values, which belong in MIDI: 1",
        "ends of chords before the next one: 1",
        "pitch bends, which belong in MIDI: 1",
    )
    assert save_score(SCORE, tmp_path / "a.mid").warnings == ("chord symbols: 2", "notes with a spelling: 1")


def test_provenance_names_the_file_and_its_hash(tmp_path: Path) -> None:
    report = save_score(SCORE, tmp_path / "air.mid")
    provenance = load_score(report.path).provenance
    assert provenance.source == "air.mid"
    assert len(provenance.source_sha256) == 64


def test_compressed_files_are_the_same_bytes_each_time(tmp_path: Path) -> None:
    first, second = (save_score(SCORE, tmp_path / name).path.read_bytes() for name in ("a.mxl", "b.mxl"))
    assert first == second
    assert len(first) < 2000


HEAD = '{"format":"hexachord-score","version":1,'
NOTES = '"parts":[{"notes":[%s]}]}'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            HEAD + '"parts":[{"notes":[{"onset":0,"duration":1,"pitch":60},{"onset":0,"duration":1,"pitch":"x"}]}]}',
            "parts[0].notes[1].pitch",
        ),
        (HEAD + '"parts":[{"notes":[{"onset":0,"duration":1}]}]}', "the field 'pitch'"),
        (HEAD + '"parts":[{"notes":[{"onset":0,"duration":1,"pitch":200}]}]}', "pitch 200 at parts[0].notes[0]"),
        (HEAD + '"parts":[{"notes":[{"onset":-1,"duration":1,"pitch":60}]}]}', "a negative time"),
        (HEAD + '"parts":[{"notes":[{"onset":true,"duration":1,"pitch":60}]}]}', "a whole number"),
        (HEAD + '"titel":"Air"}', "unknown field 'titel'"),
        (HEAD + '"tempos":[{"tick":0,"quarter_bpm":0}]}', "tempos[0].quarter_bpm"),
        (HEAD + '"ticks_per_quarter":0}', "ticks_per_quarter"),
        (HEAD + '"parts":[{"notes":[{"onset":0,"duration":0,"pitch":60,"grace":"SLASHED"}]}]}', "one of NO, ACCIACCATURA"),
        ('{"format":"hexachord-score","version":2}', "version 2"),
        ('{"format":"hexachord-score","version":1,"title":NaN}', "broken JSON"),
        ("[" * 100_000, "broken JSON"),
    ],
)
def test_json_errors_name_the_place(text: str, words: str) -> None:
    with pytest.raises(InputError) as caught:
        read_json(text)
    assert words in str(caught.value)
