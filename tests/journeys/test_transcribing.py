"""Transcribing by instrument, and what becomes of sound that is hard to write down or no music."""

import json

import bad_sounds
import numpy as np
import pytest
import soundfile

from hexachord.cli.app import main
from hexachord.errors import InputError
from hexachord.journeys.sheets import SHEETS, write_performance, write_sheet
from hexachord.journeys.transcribing import INSTRUMENTS
from hexachord.journeys.verbs import write_down
from hexachord.knowledge.model import Drums, Knowledge, Notes
from hexachord.score.engraving import engrave
from hexachord.score.formats import load_score, save_score

RATE_HZ = bad_sounds.RATE_HZ


@pytest.fixture(scope="session")
def sounds(tmp_path_factory):
    """Write a bad sound by its name."""
    folder = tmp_path_factory.mktemp("sounds")

    def path_of(name, **options):
        path = folder / f"{name}{'-'.join(map(str, options.values()))}.wav"
        if not path.exists():
            soundfile.write(path, getattr(bad_sounds, name)(**options), 8000 if name == "telephone" else RATE_HZ)
        return path

    return path_of


def struck(pitches, *, length_s=0.4):
    onset_s = np.arange(len(pitches)) * 0.5
    return Notes(onset_s=onset_s, offset_s=onset_s + length_s, pitch=np.array(pitches, float), velocity=np.full(len(pitches), 0.6))


@pytest.mark.parametrize("sheet", SHEETS)
def test_every_page_without_notes_is_valid(sheet, tmp_path):
    """One bar of rests that every format holds."""
    score = write_sheet(sheet, Knowledge(duration_s=1.0))
    assert (score.note_count, len(score.bars)) == (0, 1)
    (page,) = engrave(score).svg_pages
    assert page.count('class="mRest') >= 1
    for suffix in (".musicxml", ".mid", ".json", ".mxl", ".abc"):
        path = save_score(score, tmp_path / f"empty{suffix}").path
        assert load_score(path).note_count == 0
    assert write_performance(sheet, Knowledge(duration_s=1.0)).note_count == 0


def test_without_beats_a_page_follows_a_clock():
    known = Knowledge(duration_s=3.0, notes=struck([60, 64, 67, 72, 71]))
    score = write_sheet("piano", known)
    assert [bar.number for bar in score.bars] == ["1", "2"]
    assert [note.onset // score.ticks_per_quarter for note in score.parts[0].notes][:5] == [0, 1, 2, 3, 4]


def test_one_line_needs_one_staff():
    line, chords = struck([60, 64, 67]), struck([60, 64, 67], length_s=1.2)
    assert [write_sheet("any", Knowledge(duration_s=3.0, notes=notes)).parts[0].staves for notes in (line, chords)] == [1, 2]


def test_drums_as_they_were_played():
    drums = Drums(time_s=np.array([0.1, 0.6]), label=("kick", "snare"), velocity=np.array([90.0, 40.0]))
    (part,) = write_performance("drums", Knowledge(duration_s=1.0, drums=drums)).parts
    assert part.is_percussion
    assert [(note.pitch, note.velocity) for note in part.notes] == [(36, 90), (38, 40)]


@pytest.mark.parametrize("instrument", INSTRUMENTS)
def test_silence_is_an_empty_page(instrument, sounds):
    made = write_down(sounds("silence"), instrument=instrument)
    assert tuple(made.sheets) == INSTRUMENTS[instrument]
    assert all(score.note_count == 0 and len(score.bars) == 1 for score in made.sheets.values())
    assert made.warnings == ("the recording is silent; the page is empty",)


@pytest.mark.parametrize(
    ("sound", "word"),
    [
        ("noise", "like noise or percussion"),
        ("drums", "--instrument drums"),
        ("speech", "like speech, not like music"),
        ("one_sample", "too short"),
    ],
)
def test_what_is_no_music_is_not_written(sound, word, sounds):
    made = write_down(sounds(sound), instrument="any")
    assert made.main.note_count == 0
    assert len(made.warnings) == 1
    assert word in made.warnings[0]


def test_speech_holds_no_song(sounds):
    made = write_down(sounds("speech", seed=3, f0_hz=210.0), instrument="song")
    assert [(score.note_count, score.chords) for score in made.sheets.values()] == [(0, ()), (0, ())]
    assert "speech" in made.warnings[0]


def test_who_asks_for_doubtful_notes_gets_them(sounds):
    assert write_down(sounds("speech"), to="notes", threshold=0.0).main.note_count > 10


def test_a_singer_is_no_speaker(sounds):
    made = write_down(sounds("song_of_a_voice"), instrument="voice")
    sounded = [note.pitch for note in made.main.parts[0].notes if not note.tied_to_previous]
    assert sounded == [57, 59, 60, 62, 64, 62, 60, 59, 57]
    assert not any("speech" in warning for warning in made.warnings)


@pytest.mark.parametrize(
    ("sound", "options", "shift", "word"),
    [
        ("clipped", {}, 0, "clipped"),
        ("telephone", {}, 0, "above 4 kHz"),
        ("scale", {"a4_hz": 427.0}, 0, "A stands at 427 Hz"),
        ("scale", {"a4_hz": 415.0}, -1, ""),  # a semitone lower, as a pianist would play it
        ("scale", {"a4_hz": 460.0}, 1, "A stands at 434 Hz"),
    ],
)
def test_what_is_hard_to_hear_is_written_with_a_word(sound, options, shift, word, sounds):
    made = write_down(sounds(sound, **options), instrument="any")
    assert [note.pitch for note in made.main.parts[0].notes if not note.tied_to_previous] == [pitch + shift for pitch in bad_sounds.SCALE]
    assert [word in warning for warning in made.warnings] == [True] * bool(word)


@pytest.mark.slow
@pytest.mark.parametrize("instrument", INSTRUMENTS)
@pytest.mark.parametrize("sound", ["noise", "one_sample", "speech", "drums", "clipped", "telephone", "scale", "song_of_a_voice"])
def test_whatever_sounds_every_instrument_makes_a_page(sound, instrument, sounds, tmp_path):
    """It can be engraved and read again, and holds nothing where nothing of its kind sounds."""
    options = {"a4_hz": 452.0} if sound == "scale" else {}
    made = write_down(sounds(sound, **options), instrument=instrument)
    for page, score in made.sheets.items():
        assert engrave(score).svg_pages
        assert load_score(save_score(score, tmp_path / f"{page}.musicxml").path).note_count >= score.note_count
        is_music = sound in ("clipped", "telephone", "scale", "song_of_a_voice")
        assert (score.note_count > 0) == (sound == "drums" if instrument == "drums" else is_music), made.warnings
        assert made.warnings or score.note_count


def test_drums_hear_drums(sounds):
    made = write_down(sounds("drums"), instrument="drums")
    assert {36, 38, 42} <= {note.pitch for note in made.main.parts[0].notes}
    assert not [warning for warning in made.warnings if "no drums" in warning]
    assert write_down(sounds("scale"), instrument="drums").warnings == ("no drums were heard; the page is empty",)


def test_one_run_writes_all_formats(sounds, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pages").mkdir()
    assert main(["transcribe", str(sounds("scale")), "-i", "piano", "-o", "pages", "-o", "again.mxl", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    names = {"scale.musicxml", "scale.mid", "scale.abc", "scale.pdf", "scale.svg", "scale-performance.mid"}
    assert {path.name for path in (tmp_path / "pages").iterdir()} == names
    assert set(facts["files"]) == {*(f"pages/{name}" for name in names), "again.mxl"}
    assert (facts["notes"], facts["metre"], facts["key"], facts["engines"]["notes"]) == (16, "4/4", "C major", "notes/piano")
    assert 0.5 < facts["confidence"] <= 1
    assert facts["tempo_bpm"] == pytest.approx(120, abs=2)
    played, quantised = (load_score(tmp_path / "pages" / name) for name in ("scale-performance.mid", "scale.mid"))
    assert not [note for note in quantised.parts[0].notes if note.onset % (quantised.ticks_per_quarter // 4)]
    assert [note for note in played.parts[0].notes if note.onset % (played.ticks_per_quarter // 4)]


def test_a_performance_on_paper_has_all_pages(sounds, tmp_path, monkeypatch):
    """A .mid goes where a recording goes."""
    monkeypatch.chdir(tmp_path)
    assert main(["transcribe", str(sounds("scale")), "-i", "piano", "--performance", "-q"]) == 0
    for instrument, staves in (("piano", 2), ("voice", 1), ("any", 1)):
        assert write_down(tmp_path / "scale.mid", instrument=instrument).main.parts[0].staves == staves
    with pytest.raises(InputError, match="heard, not read"):
        write_down(tmp_path / "scale.mid", instrument="drums")


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["-o", "page.docx"], ".musicxml"),
        (["-o", "page.tab"], "--instrument guitar"),
        (["--performance", "-o", "page.pdf"], "only MIDI"),
        (["--capo", "3"], "--instrument guitar"),
        (["--tuning", "drop-d"], "--instrument guitar"),
        (["-i", "guitar", "--tuning", "zither"], "dadgad"),
        (["-i", "piano", "--to", "chordpro"], "one of them"),
        (["--to", "chords", "-o", "a.mid", "-o", "b.mid"], "one file"),
    ],
)
def test_what_does_not_fit_together_is_said_at_once(arguments, word, sounds, tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    assert main(["transcribe", str(sounds("scale")), *arguments]) == 2
    assert word in capfd.readouterr().err
    assert list(tmp_path.iterdir()) == []
