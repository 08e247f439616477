"""A recording's drums: known, and written on a staff when that is asked for."""

import numpy as np
import pytest
import soundfile

from hexachord.errors import InputError
from hexachord.journeys.verbs import listen, transcribe

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


def test_no_drums_are_said_to_be_none(tmp_path):
    soundfile.write(tmp_path / "rest.wav", np.zeros(3 * RATE_HZ), RATE_HZ)
    with pytest.raises(InputError, match="nothing to write down"):
        transcribe(tmp_path / "rest.wav", to="drums")


def test_drums_are_heard_not_read(tmp_path):
    (tmp_path / "tune.abc").write_text("X:1\nT:Tune\nM:4/4\nL:1/4\nK:C\nCDEF|\n")
    with pytest.raises(InputError, match="heard, not read"):
        transcribe(tmp_path / "tune.abc", to="drums")
