"""What the second network is shown, and what it says, on clicks whose bars are known."""

import numpy as np
import pytest

from hexachord.audio_analysis.rhythm.bar_network import PARTS, beat_parts, columns_of, look_at_beats, unknown_look
from hexachord.audio_analysis.rhythm.readings import FEATURE, propose
from hexachord.audio_analysis.rhythm.traits import METRES, count_evidence
from hexachord.dsp.features import feature_bytes


def waltz(beats_per_bar, *, bpm=120.0, bars=16, rate_hz=22050):
    """A bass on one, a chord on the other beats; sound and beat times."""
    period_s = 60.0 / bpm
    beat_s = 0.5 + period_s * np.arange(bars * beats_per_bar)
    signal = np.zeros(int((beat_s[-1] + 1.5) * rate_hz), dtype=np.float32)
    time_s = np.arange(round(0.9 * period_s * rate_hz)) / rate_hz
    for index, at_s in enumerate(beat_s):
        root = (0, 5, 7, 0)[index // beats_per_bar % 4]
        first = index % beats_per_bar == 0
        keys = (36 + root,) if first else (60 + root, 64 + root, 67 + root)
        sound = sum(np.sin(2 * np.pi * 440 * 2 ** ((key - 69) / 12) * time_s) for key in keys) * np.exp(-4 * time_s)
        at = round(at_s * rate_hz)
        signal[at : at + len(sound)] += (0.5 if first else 0.15) * sound
    return signal, beat_s


def test_parts_are_of_the_beat_whatever_the_tempo():
    slow, fast = (
        beat_parts(feature_bytes(signal, FEATURE), beat_s, feature=FEATURE) for signal, beat_s in (waltz(3, bpm=90), waltz(3, bpm=180))
    )
    assert slow.shape == fast.shape == (48, columns_of(FEATURE))
    assert fast[5, -1] - slow[5, -1] == pytest.approx(1.0, abs=1e-4)  # an octave of tempo
    bands = slow[3:45, :-1].reshape(42, PARTS, -1)
    low = bands[:, :3, :1].mean(axis=(1, 2))
    assert low.reshape(-1, 3).argmax(axis=1).tolist() == [0] * 14  # the bass is where bars begin


@pytest.mark.parametrize("metre", [3, 4])
def test_bars_are_counted(metre):
    signal, beat_s = waltz(metre)
    look = look_at_beats(feature_bytes(signal, FEATURE), beat_s, feature=FEATURE)
    places = look.downbeat[: len(beat_s) // metre * metre].reshape(-1, metre).mean(axis=0)
    assert places.argmax() == 0
    evidence = count_evidence(look.metre)
    assert max(evidence, key=evidence.__getitem__) == metre


def test_beats_are_preferred_to_what_lies_between():
    signal, beat_s = waltz(4)
    mel = feature_bytes(signal, FEATURE)
    right = look_at_beats(mel, beat_s, feature=FEATURE).level.mean()
    between = [c for c in propose(beat_s) if c.multiple == 1 and c.shift == 0.5]
    assert len(between) == 1
    assert look_at_beats(mel, between[0].time_s, feature=FEATURE).level.mean() < right - 1.0


def test_who_has_no_spectrogram_knows_nothing():
    look = unknown_look(5)
    assert not look.level.any()
    assert not look.downbeat.any()
    assert np.exp(look.metre).sum() == pytest.approx(1.0)
    assert len(look.metre) == len(METRES)


def test_beats_at_the_very_end_and_faster_than_frames():
    mel = np.full((50, FEATURE.bands), 100, dtype=np.uint8)
    parts = beat_parts(mel, np.array([0.0, 0.9, 0.98, 0.985, 5.0]), feature=FEATURE)
    assert np.isfinite(parts).all()
    assert parts.shape[0] == 5
