"""A folder of recordings as a piano, on recordings made here: force, pitch, beginnings, and what is no piano."""

import itertools
from pathlib import Path

import numpy as np
import pytest
import soundfile

from hexachord.errors import InputError
from hexachord.synthesis.banks import open_bank
from hexachord.synthesis.grand_piano import load_grand_piano
from hexachord.synthesis.model import Strike, Stroke, Track
from hexachord.synthesis.player import render_tracks

RATE_HZ = 24_000
LEAD_S = 0.02


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two degrees of force, one an octave too bright to be mistaken, each beginning after some silence."""
    for degree in (4, 12):
        audio = tmp_path / f"piano-velocity{degree}" / "audio"
        audio.mkdir(parents=True)
        for octave in range(1, 6):
            for step, name in ((0, "C"), (6, "F#")):
                hz = 440.0 * 2.0 ** ((12 * (octave + 1) + step - 69) / 12)
                time_s = np.arange(RATE_HZ) / RATE_HZ
                sound = 0.4 * np.exp(-3.0 * time_s) * np.sin(2 * np.pi * hz * (2 if degree == 12 else 1) * time_s)
                sound = np.concatenate([np.zeros(round(LEAD_S * RATE_HZ)), sound])
                soundfile.write(audio / f"{name}{octave}v{degree}.flac", np.stack([sound, sound], axis=1), RATE_HZ)
    release = tmp_path / "piano-release" / "audio"
    release.mkdir(parents=True)
    soundfile.write(release / "rel40.flac", 0.5 * np.random.default_rng(0).normal(size=2000) * 0.1, RATE_HZ)
    return tmp_path


def played(folder: Path, key: int, velocity: int, *, held_s: float = 0.5) -> np.ndarray:
    track = Track(strokes=(Stroke(0.0, held_s, key, velocity),))
    piano = load_grand_piano(folder).instrument(program=0)
    return np.concatenate([block.dry[0] for block in render_tracks([track], [piano], rate_hz=RATE_HZ)], axis=1)


def loudest_hz(sound: np.ndarray) -> float:
    return float(np.fft.rfftfreq(sound.shape[1], 1 / RATE_HZ)[np.argmax(np.abs(np.fft.rfft(sound[0])))])


@pytest.mark.parametrize("key", [24, 36, 47, 50, 62, 70])
def test_keys_are_in_tune_whichever_recording_plays_them(folder, key):
    assert loudest_hz(played(folder, key, 30)) == pytest.approx(440.0 * 2 ** ((key - 69) / 12), rel=0.02)


def test_force_chooses_the_recording_and_the_loudness(folder):
    assert loudest_hz(played(folder, 60, 120)) == pytest.approx(523.3, rel=0.02)
    assert loudest_hz(played(folder, 60, 20)) == pytest.approx(261.6, rel=0.02)
    levels = [np.abs(played(folder, 60, velocity)).max() for velocity in (10, 30, 50, 90, 110, 127)]
    assert all(louder > softer for softer, louder in itertools.pairwise(levels))


def test_notes_begin_when_they_are_asked_for(folder):
    sound = np.abs(played(folder, 60, 100)[0])
    assert np.argmax(sound > 0.1 * sound.max()) / RATE_HZ < 0.003


def test_the_damper_falls_and_the_highest_strings_have_none(folder):
    end = round(0.9 * RATE_HZ)
    assert np.abs(played(folder, 60, 100, held_s=0.2)[:, end:]).max(initial=0.0) < 1e-3
    piano = load_grand_piano(folder).instrument(program=0)
    assert [piano.attack(Strike(key, 100, {}, {}))[0].one_shot for key in (60, 95)] == [False, True]
    assert piano.release(Strike(60, 90, {}, {}), held_s=0.5) != ()
    assert piano.release(Strike(61, 90, {}, {}), held_s=0.5) == ()


def test_open_bank_takes_the_folder_and_drums_go_elsewhere(folder):
    bank = open_bank(folder)
    assert bank.licence == "CC BY 3.0"
    assert bank.instrument(program=0, is_percussion=True).attack(Strike(36, 90, {}, {}))
    assert "piano" in bank.warnings[0]


def test_a_folder_of_something_else_says_so(tmp_path):
    with pytest.raises(InputError, match="no recordings of a piano"):
        load_grand_piano(tmp_path)
