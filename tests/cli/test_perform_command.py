"""`hexachord perform`: what it makes, and the bad input it must put into words."""

import json
import struct

import numpy as np
import pytest
import soundfile

from hexachord.score.formats import save_score
from hexachord.score.model import Note, Part, Score
from hexachord.synthesis.soundfont import FontInstrument, FontPreset, FontSample, FontZone, write_soundfont


def notes(count=8, *, program=0, name="", is_percussion=False, first=60):
    placed = tuple(Note(240 * i, 240, (36, 42)[i % 2] if is_percussion else first + i % 12) for i in range(count))
    return Part(notes=placed, name=name, program=program, is_percussion=is_percussion)


@pytest.fixture
def scores(tmp_path, monkeypatch):
    monkeypatch.setenv("HEXACHORD_SOUNDFONT", "plain")
    band = Score(ticks_per_quarter=480, parts=(notes(name="Flute", program=73), notes(name="Drums", is_percussion=True)))
    save_score(band, tmp_path / "band.mid")
    save_score(Score(parts=(notes(is_percussion=True),)), tmp_path / "drums.mid")
    (tmp_path / "silent.mid").write_bytes(b"MThd" + struct.pack(">IHHH", 6, 0, 1, 480) + b"MTrk" + struct.pack(">I", 4) + b"\0\xff\x2f\0")
    (tmp_path / "text.sf2").write_text("Dear diary,")
    (tmp_path / "empty.sf3").touch()
    (tmp_path / "short.sf2").write_bytes(b"RIFF\x10\0\0\0sfbkLIST")
    sine = 0.5 * np.sin(2 * np.pi * np.arange(8000) / 50).astype(np.float32)
    write_soundfont(
        tmp_path / "tiny.sf2",
        samples=[FontSample(name="sine", signal=sine, rate_hz=22050, root_key=69, loop=(0, 8000))],
        instruments=[FontInstrument(name="tone", zones=[FontZone(plays="sine")])],
        presets=[FontPreset(name="Tone", zones=[FontZone(plays="tone")], program=5)],
        name="Tiny",
        licence="CC0",
    )
    (tmp_path / "lib").mkdir()
    soundfile.write(tmp_path / "lib" / "tone.wav", sine, 22050)
    (tmp_path / "lib" / "half.sfz").write_text("<region> sample=tone.wav lokey=0 hikey=63\n<region> sample=gone.wav lokey=64 hikey=127\n")
    (tmp_path / "lib" / "none.sfz").write_text("<region> sample=gone.wav\n")
    (tmp_path / "lib" / "climbs.sfz").write_text("<region> sample=../../../../etc/passwd\n<region> sample=tone.wav\n")
    return tmp_path


def check_refusal(ran, *words):
    assert ran.code == 2, ran.err
    assert ran.err.startswith("error: ")
    assert "Traceback" not in ran.err
    assert ran.out == ""
    for word in words:
        assert word in ran.err


def test_a_score_becomes_sound(cli, scores, left_behind):
    ran = cli("perform", scores / "band.mid")
    assert ran.code == 0, ran.err
    assert ran.out.split() == ["band.wav"]
    assert "played by plain (MIT)" in ran.err
    info = soundfile.info(scores / "work" / "band.wav")
    assert (info.samplerate, info.channels, info.subtype) == (44100, 2, "PCM_24")
    assert left_behind() == ["band.wav"]


def test_a_long_licence_is_told_briefly(cli, scores):
    sine = FontSample(name="sine", signal=np.sin(np.arange(500)).astype(np.float32), rate_hz=22050, root_key=69)
    tone = FontInstrument(name="tone", zones=[FontZone(plays="sine")])
    write_soundfont(
        scores / "wordy.sf2",
        samples=[sine],
        instruments=[tone],
        presets=[FontPreset(name="Tone", zones=[FontZone(plays="tone")])],
        licence="All of it may be used. " * 10,
    )
    ran = cli("perform", scores / "band.mid", "--soundfont", scores / "wordy.sf2")
    assert ran.code == 0, ran.err
    assert max(len(line) for line in ran.err.splitlines() if "played by" in line) < 160
    assert "All of it may be used" in ran.err


def test_all_options(cli, scores, left_behind):
    ran = cli(
        *("perform", scores / "band.mid", "-o", "out/x.flac", "--stems", "--soundfont", scores / "tiny.sf2", "--rate", "22050"),
        *("--bits", "16", "--reverb", "hall", "--level", "-20", "--no-limiter", "--no-repeats", "--seed", "4", "--json"),
    )
    assert ran.code == 0, ran.err
    made = json.loads(ran.out)
    assert made["files"] == ["out/x.flac", "out/x-stems/1-Flute.flac", "out/x-stems/2-Drums.flac"]
    assert (made["soundfont"], made["licence"], made["rate_hz"]) == ("Tiny", "CC0", 22050)
    assert made["loudness_lufs"] == pytest.approx(-20, abs=0.5)
    assert any("drum kit" in warning for warning in made["warnings"])
    assert soundfile.info(scores / "work" / "out" / "x.flac").subtype == "PCM_16"


def test_quiet_prints_paths_alone(cli, scores):
    ran = cli("perform", scores / "band.mid", "-o", "a.ogg", "--quiet", "--rate", "8000")
    assert (ran.code, ran.out, ran.err) == (0, "a.ogg\n", "")


def test_a_built_in_score_by_name(cli, scores):
    ran = cli("perform", "scale", "--rate", "8000", "--json")
    assert ran.code == 0, ran.err
    assert json.loads(ran.out)["out"] == "scale.wav"


REFUSED = [
    (["text.sf2"], ["text.sf2", "found"]),
    (["empty.sf3"], ["empty.sf3"]),
    (["short.sf2"], ["short.sf2"]),
    (["missing.sf2"], ["missing.sf2", "no such file", "plain"]),
    (["band.mid"], ["neither a SoundFont nor SFZ"]),
    (["lib/none.sfz"], ["none.sfz", "without a sample"]),
    (["lib"], ["3 banks", "half.sfz"]),
]


@pytest.mark.parametrize(("fonts", "words"), REFUSED)
def test_what_is_no_font_is_refused(cli, scores, left_behind, fonts, words):
    check_refusal(cli("perform", scores / "band.mid", "--soundfont", scores / fonts[0]), *words)
    assert left_behind() == []


def test_a_name_that_no_font_has(cli, scores):
    check_refusal(cli("perform", scores / "band.mid", "--soundfont", "stradivari"), "stradivari", "at hand", "plain")


@pytest.mark.parametrize(("name", "words"), [("silent.mid", "without notes"), ("missing.mid", "no such file"), ("text.sf2", "text.sf2")])
def test_what_is_no_score_is_refused(cli, scores, left_behind, name, words):
    check_refusal(cli("perform", scores / name), words)
    assert left_behind() == []


def test_missing_presets_and_kits_are_played_with_the_nearest_and_said(cli, scores):
    ran = cli("perform", scores / "band.mid", "--soundfont", scores / "tiny.sf2", "--rate", "8000")
    assert ran.code == 0, ran.err
    noted = [line for line in ran.err.splitlines() if line.startswith("note: ")]
    assert any("program 73" in line or "73" in line for line in noted), ran.err
    assert any("percussion" in line for line in noted)


def test_nothing_but_drums_on_a_font_without_a_kit(cli, scores, left_behind):
    check_refusal(cli("perform", scores / "drums.mid", "--soundfont", scores / "tiny.sf2"), "nothing that sounds", "Tiny", "--soundfont")
    assert left_behind() == []


def test_percussion_on_a_melodic_library(cli, scores):
    ran = cli("perform", scores / "drums.mid", "--soundfont", scores / "lib" / "climbs.sfz", "--rate", "8000")
    assert ran.code == 0, ran.err
    assert "the plain kit plays the drums" in ran.err
    assert "passwd" in ran.err


def test_a_library_whose_samples_are_missing_plays_the_rest(cli, scores):
    ran = cli("perform", scores / "band.mid", "--soundfont", scores / "lib" / "half.sfz", "--rate", "8000")
    assert ran.code == 0, ran.err
    assert "gone.wav" in ran.err
    sound, _ = soundfile.read(scores / "work" / "band.wav")
    assert np.abs(sound).max() > 0.1


@pytest.mark.parametrize(("out", "words"), [("a.docx", ".docx"), ("a", "suffix"), ("taken/a.wav", "taken")])
def test_where_nothing_can_be_written(cli, scores, left_behind, out, words):
    (scores / "work" / "taken").write_text("mine")
    check_refusal(cli("perform", scores / "band.mid", "-o", out), words)
    assert left_behind() == ["taken"]


def test_a_full_disk_leaves_nothing_behind(cli, scores, left_behind, monkeypatch):
    def full(*arguments, **options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("hexachord.files.os.replace", full)
    check_refusal(cli("perform", scores / "band.mid", "--stems", "--rate", "8000"), "No space left")
    assert [name for name in left_behind() if name != "band-stems"] == []


@pytest.mark.parametrize("options", [["--rate", "100"], ["--level", "9"], ["--bits", "12"], ["--reverb", "cave"], ["--seed", "-1"]])
def test_wishes_that_make_no_sense(cli, scores, left_behind, options):
    assert cli("perform", scores / "band.mid", *options).code == 2
    assert left_behind() == []


def test_the_main_job_plays_a_score(cli, scores):
    ran = cli(scores / "band.mid", "--json", "--no-pdf", "--no-page")
    assert ran.code == 0, ran.err
    files = json.loads(ran.out)["files"]
    assert {"performance.flac", "stems/1-Flute.flac", "stems/2-Drums.flac"} <= set(files)
    again = json.loads(cli(scores / "band.mid", "--json", "--no-pdf", "--no-page").out)
    assert "perform" in again["recalled"]
    other = cli(scores / "band.mid", "--json", "--no-pdf", "--no-page", "--soundfont", scores / "tiny.sf2")
    assert "perform" not in json.loads(other.out)["recalled"]


def test_the_main_job_without_stems_or_sound(cli, scores):
    ran = cli(scores / "band.mid", "--json", "--no-pdf", "--no-page", "--no-stems", "--out", "a")
    assert [name for name in json.loads(ran.out)["files"] if name.endswith(".flac")] == ["performance.flac"]
    ran = cli(scores / "band.mid", "--json", "--no-pdf", "--no-page", "--no-sound", "--out", "b")
    assert [name for name in json.loads(ran.out)["files"] if name.endswith(".flac")] == []


def test_the_main_job_goes_on_when_the_font_is_silent(cli, scores):
    ran = cli(scores / "drums.mid", "--json", "--no-pdf", "--no-page", "--soundfont", scores / "tiny.sf2")
    assert ran.code == 0, ran.err
    assert "nothing that sounds" in json.loads(ran.out)["knowledge"]["skipped"]["perform"]


def crowd(parts=64, count=1600):
    """Sixty-four parts with a hundred thousand notes between them."""
    return Score(
        ticks_per_quarter=480,
        parts=tuple(
            Part(
                notes=tuple(Note(60 * i, 120, 48 + (7 * i + 5 * k) % 24, velocity=(50, 80, 110)[i % 3]) for i in range(count)),
                name="Part",
                program=2 * k,
                is_percussion=k % 16 == 9,
            )
            for k in range(parts)
        ),
    )


@pytest.mark.slow
def test_sixty_four_parts_and_a_hundred_thousand_notes(cli, scores):
    save_score(crowd(), scores / "crowd.json")
    ran = cli("perform", scores / "crowd.json", "--stems", "--json", "-o", "crowd.mp3")
    assert ran.code == 0, ran.err
    made = json.loads(ran.out)
    assert len(set(made["stems"])) == 64
    assert made["true_peak_dbtp"] <= -0.9
    save_score(crowd(count=40), scores / "few.json")
    ran = cli(scores / "few.json", "--json", "--no-pdf", "--no-page")
    assert ran.code == 0, ran.err
    assert len([name for name in json.loads(ran.out)["files"] if name.startswith("stems/")]) <= 8
