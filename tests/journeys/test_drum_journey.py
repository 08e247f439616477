"""A recording's drums: known, and written on a staff when that is asked for."""

import numpy as np
import pytest
import soundfile

from hexachord.errors import InputError
from hexachord.journeys.analyse import analyse
from hexachord.journeys.verbs import listen, transcribe, write_down
from hexachord.score.engraving import engrave
from hexachord.score.formats import load_score

RATE_HZ = 22050
BEAT_S = 0.5


@pytest.fixture(scope="module")
def beat_path(tmp_path_factory):
    """Eight bars of kick, hat, snare, hat, at 120 beats a minute."""
    random = np.random.default_rng(0)
    t = np.arange(int(0.2 * RATE_HZ)) / RATE_HZ
    kick = np.sin(2 * np.pi * (55 * t - 1.5 * (np.exp(-30 * t) - 1))) * np.exp(-14 * t)
    snare = 0.6 * np.sin(2 * np.pi * 190 * t) * np.exp(-25 * t) + 0.5 * random.normal(size=len(t)) * np.exp(-22 * t)
    hat = 0.15 * np.diff(random.normal(size=len(t)), n=2, prepend=[0, 0]) * np.exp(-60 * t)
    signal = np.zeros(int((32 * BEAT_S + 1) * RATE_HZ))
    for half in range(64):
        start = round((0.2 + half * BEAT_S / 2) * RATE_HZ)
        sounds = [hat] + ([kick if half % 4 == 0 else snare] if half % 2 == 0 else [])
        for sound in sounds:
            signal[start : start + len(sound)] += sound
    path = tmp_path_factory.mktemp("beat") / "beat.wav"
    soundfile.write(path, 0.3 * signal, RATE_HZ)
    return path


def test_drums_are_known(beat_path):
    drums = listen(beat_path, tasks=["drums"]).drums
    assert {"kick", "snare"} <= set(drums.label)
    assert 12 <= drums.label.count("kick") <= 20


def test_drums_are_written_on_a_staff(beat_path):
    score = transcribe(beat_path, to="drums")
    (part,) = score.parts
    assert part.is_percussion
    assert {36, 38} <= {note.pitch for note in part.notes}


def test_the_main_job_engraves_them(beat_path, tmp_path):
    """A percussion clef, crosses for the hats, the hands' stems up and the foot's down."""
    done = analyse(beat_path, out=tmp_path / "song", stems=False, page=False)
    assert {"drums.musicxml", "drums.mid", "drums.pdf"} <= set(done.song.files)
    assert (tmp_path / "song" / "drums.pdf").read_bytes()[:5] == b"%PDF-"
    assert done.song.facts("drum-staff-pdf")["pages"] == 1
    score = load_score(tmp_path / "song" / "drums.musicxml")
    (page,) = engrave(score).svg_pages
    crosses, heads = page.count('href="#E0A9'), page.count('href="#E0A4')
    assert page.count('href="#E069') >= 1  # the clef
    hats = sum(note.pitch in (42, 46) for note in score.parts[0].notes)
    assert (crosses, heads) == (hats, score.note_count - hats)
    assert {note.pitch for note in score.parts[0].notes if note.voice == 2} == {36}


def test_drums_as_pdf_and_as_picture(beat_path, tmp_path, monkeypatch):
    from hexachord.cli.app import main

    monkeypatch.chdir(tmp_path)
    assert main(["transcribe", str(beat_path), "--to", "drums", "-o", "drums.pdf", "-q"]) == 0
    assert (tmp_path / "drums.pdf").read_bytes()[:5] == b"%PDF-"
    assert main(["transcribe", str(beat_path), "--to", "drums", "-o", "drums.png", "--tempo", "50-70", "-q"]) == 0
    (picture,) = tmp_path.glob("drums*.png")
    assert picture.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"


def test_no_drums_are_said_to_be_none(tmp_path):
    soundfile.write(tmp_path / "rest.wav", np.zeros(3 * RATE_HZ), RATE_HZ)
    made = write_down(tmp_path / "rest.wav", to="drums")
    assert made.main.parts[0].is_percussion
    assert made.main.note_count == 0
    assert made.warnings == ("the recording is silent; the page is empty",)


def test_drums_are_heard_not_read(tmp_path):
    (tmp_path / "tune.abc").write_text("X:1\nT:Tune\nM:4/4\nL:1/4\nK:C\nCDEF|\n")
    with pytest.raises(InputError, match="heard, not read"):
        transcribe(tmp_path / "tune.abc", to="drums")
