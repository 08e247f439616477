"""Chords from sound: what drums and distortion must not hide, and what must not be taken for harmony."""

import numpy as np
import pytest

from hexachord.audio_analysis.harmony import estimate_chords, estimate_key
from hexachord.dsp.frontend import FrontEnd
from hexachord.dsp.tones import add_at, midi_to_hz

RATE_HZ = 22050
CHORD_S = 2.0
PROGRESSION = [("E:maj", 40), ("A:maj", 45), ("B:maj", 47), ("E:maj", 40)] * 2


def drums(seconds, *, seed=0):
    """Kick, snare and hi-hat at 120 bpm: sweeps and noise."""
    random = np.random.default_rng(seed)
    out = np.zeros(round(seconds * RATE_HZ), dtype=np.float32)
    t = np.arange(round(0.3 * RATE_HZ)) / RATE_HZ
    kick = np.sin(2 * np.pi * np.cumsum(50 * (1 + 1.5 * np.exp(-40 * t))) / RATE_HZ) * np.exp(-13 * t)
    for eighth in range(int(seconds * 4)):
        noise = random.normal(size=len(t))
        sound = 0.15 * np.diff(noise, prepend=0.0) * np.exp(-50 * t)
        if eighth % 4 == 0:
            sound = sound + kick
        if eighth % 4 == 2:
            sound = sound + 0.5 * noise * np.exp(-20 * t)
        add_at(out, sound.astype(np.float32), round(eighth * 0.25 * RATE_HZ))
    return out


def distorted_guitar(*, drive=8.0):
    """Root, fifth, octave and third above it through a clipper, struck four times a chord."""
    t = np.arange(round(CHORD_S / 4 * RATE_HZ)) / RATE_HZ
    strokes = []
    for _, root in PROGRESSION:
        tones = [
            np.sin(2 * np.pi * f_hz * k * t) / k * np.exp(-t * k)
            for f_hz in midi_to_hz(np.array([root, root + 7, root + 12, root + 16]))
            for k in range(1, 7)
        ]
        strokes.append(np.tile(np.tanh(drive * np.sum(tones, axis=0)), 4))
    return np.concatenate(strokes).astype(np.float32)


def chords_of(sound):
    front = FrontEnd(sound.astype(np.float32), rate_hz=RATE_HZ)
    return estimate_chords(front.note_chroma.treble, front.note_chroma.bass, hop_s=front.hop_s)


def share_of(chords, label):
    lengths = chords.end_s - chords.start_s
    return float(lengths[[name == label for name in chords.label]].sum() / lengths.sum())


@pytest.mark.parametrize("drum_gain", [0.0, 0.7, 1.5])
def test_loud_rock_has_chords(drum_gain):
    chords = chords_of(0.4 * distorted_guitar() + drum_gain * drums(CHORD_S * len(PROGRESSION)))
    assert share_of(chords, "N") < 0.05
    right = 0
    times = np.arange(0.1, CHORD_S * len(PROGRESSION), 0.1)
    for time_s in times:
        found = chords.label[int(np.searchsorted(chords.end_s, time_s, side="right").clip(0, len(chords) - 1))]
        right += found.partition(":")[0] == PROGRESSION[int(time_s / CHORD_S)][0][0]
    assert right / len(times) > 0.8


def test_the_key_of_loud_rock():
    front = FrontEnd(0.4 * distorted_guitar() + drums(CHORD_S * len(PROGRESSION)), rate_hz=RATE_HZ)
    assert estimate_key(front.note_chroma.treble, bass=front.note_chroma.bass, hop_s=front.hop_s).name == "E major"


def test_drums_alone_have_no_chords():
    assert share_of(chords_of(drums(16.0)), "N") > 0.9


def test_noise_has_no_chords():
    assert share_of(chords_of(0.1 * np.random.default_rng(0).normal(size=16 * RATE_HZ)), "N") > 0.9


def test_silence_has_no_chords():
    assert chords_of(np.zeros(8 * RATE_HZ)).label == ("N",)


def test_silence_between_chords():
    guitar = distorted_guitar()
    half = len(guitar) // 2
    chords = chords_of(np.concatenate([guitar[:half], np.zeros(6 * RATE_HZ, dtype=np.float32), guitar[half:]]))
    silent = chords.label.index("N")
    assert chords.start_s[silent] == pytest.approx(8.0, abs=0.8)  # the lowest kernel is 1.6 s long
    assert chords.end_s[silent] == pytest.approx(14.0, abs=0.8)
