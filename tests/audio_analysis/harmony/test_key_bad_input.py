"""Keys and tuning of what has none, little, or a pitch of its own."""

import numpy as np
import pytest

from hexachord.audio_analysis.harmony import estimate_key, estimate_local_keys, estimate_tuning
from hexachord.dsp.frontend import FrontEnd
from hexachord.knowledge import Key

RATE_HZ = 22050


def _chords(midi: list[list[int]], *, each_s: float = 2.0, a4_hz: float = 440.0, drift_cents_per_minute: float = 0.0) -> np.ndarray:
    """Chords of bright, decaying tones."""
    t = np.arange(round(len(midi) * each_s * RATE_HZ)) / RATE_HZ
    at = np.minimum((t // each_s).astype(int), len(midi) - 1)
    drift = 2.0 ** (drift_cents_per_minute * t / 60.0 / 1200.0)
    signal = np.zeros_like(t)
    for voice in range(len(midi[0])):
        hz = a4_hz * 2.0 ** ((np.array([chord[voice] for chord in midi])[at] - 69) / 12) * drift
        phase = 2 * np.pi * np.cumsum(hz) / RATE_HZ
        signal += sum(np.sin(k * phase) / k**1.3 for k in range(1, 7)) * np.exp(-(t % each_s) * 0.7)
    return (0.1 * signal).astype(np.float32)


_C, _F, _G, _AM = [36, 60, 64, 67], [41, 60, 65, 69], [43, 59, 62, 67], [45, 60, 64, 69]
_SONG = [_C, _AM, _F, _G] * 5 + [_C, _C]


def _key(signal: np.ndarray) -> tuple[Key, FrontEnd]:
    front = FrontEnd(signal, rate_hz=RATE_HZ)
    return estimate_key(front.note_chroma.treble, bass=front.note_chroma.bass, hop_s=front.hop_s), front


@pytest.mark.parametrize("a4_hz", [427.0, 440.0, 448.0])
def test_a_detuned_song_keeps_its_key(a4_hz: float) -> None:
    key, front = _key(_chords(_SONG, a4_hz=a4_hz))
    assert key.name == "C major"
    tuning = estimate_tuning(front)
    assert tuning.a4_hz == pytest.approx(a4_hz, abs=0.8)
    assert abs(tuning.drift_cents_per_minute) < 3.0


def test_a_tape_that_runs_down_drifts() -> None:
    key, front = _key(_chords(_SONG, drift_cents_per_minute=-20.0))
    tuning = estimate_tuning(front)
    assert tuning.drift_cents_per_minute == pytest.approx(-20.0, abs=4.0)
    assert tuning.curve[0][1] > tuning.curve[-1][1]
    assert key.name == "C major"


def test_percussion_alone_has_no_key() -> None:
    t = np.arange(20 * RATE_HZ) / RATE_HZ
    noise = np.random.default_rng(0).normal(size=len(t)) * np.exp(-(t % 0.5) * 30)
    key, front = _key((0.3 * noise).astype(np.float32))
    assert key.confidence < 0.2
    assert estimate_tuning(front).confidence < 0.1


def test_silence_and_a_blink_have_no_key() -> None:
    assert _key(np.zeros(10 * RATE_HZ, dtype=np.float32))[0].confidence == 0.0
    assert _key(_chords([_C], each_s=0.1))[0].confidence == 0.0


def test_a_single_note_is_a_guess() -> None:
    key, front = _key(_chords([[57]], each_s=3.0))
    assert 0.0 <= key.confidence < 0.4
    keys = estimate_local_keys(front.note_chroma.treble, front.note_chroma.bass, hop_s=front.hop_s, key=key)
    assert len(keys) <= 1


def test_confidences_are_a_distribution() -> None:
    key, _ = _key(_chords(_SONG))
    chances = [key.confidence, *(chance for _, chance in key.alternatives)]
    assert chances == sorted(chances, reverse=True)
    assert 0.5 < sum(chances) <= 1.0 + 1e-9
