"""The engine ``pedal/network``: what it sees, the course it takes, and what it hears of strings that ring or are damped."""

import numpy as np
import pytest

from hexachord.dsp.frontend import FrontEnd
from hexachord.dsp.pitch_spectrum import HOP, NOTES, RATE_HZ, loudest_level, pitch_spectrum
from hexachord.errors import InputError
from hexachord.models.networks import network_path
from hexachord.transcription import pedal
from hexachord.transcription.pedal import (
    DOWN,
    ENGINE,
    PRESS,
    RELEASE,
    SEMITONES,
    SHAPE,
    VIEWS,
    estimate_pedal,
    follow_pedal,
    semitone_levels,
)

needs_network = pytest.mark.skipif(network_path("pedal") is None, reason="the network is not in this installation")


def chances(spans: list[tuple[int, int]], frames: int = 200, sure: float = 0.9) -> np.ndarray:
    said = np.full((frames, 3), 1.0 - sure)
    for down, up in spans:
        said[down:up, DOWN] = sure
        said[down - 1 : down + 2, PRESS] = [0.5, sure, 0.5]
        said[up - 1 : up + 2, RELEASE] = [0.5, sure, 0.5]
    return said


def test_the_course_follows_what_is_said() -> None:
    spans = [(10, 50), (54, 90), (120, 180)]
    found, sure = follow_pedal(chances(spans))
    assert found.tolist() == [[float(a), float(b)] for a, b in spans]
    assert sure == pytest.approx([0.9] * 3)


def test_a_pedal_still_down_at_the_end_comes_up_there() -> None:
    said = chances([(10, 50), (120, 198)])
    said[:, RELEASE] = np.where(np.arange(200) > 100, 0.01, said[:, RELEASE])
    assert follow_pedal(said)[0].tolist() == [[10.0, 50.0], [120.0, 200.0]]


def test_a_doubtful_frame_is_no_change() -> None:
    said = chances([(10, 180)])
    said[80:83, DOWN] = 0.3
    assert follow_pedal(said)[0].tolist() == [[10.0, 180.0]]
    said[81, RELEASE], said[83, PRESS] = 0.95, 0.95
    assert len(follow_pedal(said)[0]) == 2


def test_nothing_said_nothing_found() -> None:
    assert follow_pedal(np.zeros((0, 3)))[0].shape == (0, 2)
    assert follow_pedal(chances([]))[0].shape == (0, 2)


def test_a_tone_is_seen_at_its_semitone() -> None:
    time_s = np.arange(RATE_HZ) / RATE_HZ
    for pitch in (45, 69, 90):
        for cents in (-25.0, 0.0, 25.0):
            signal = 0.3 * np.sin(2 * np.pi * 440.0 * 2 ** ((pitch - 69 + cents / 100) / 12) * time_s)
            seen = semitone_levels(pitch_spectrum(signal, NOTES)).reshape(-1, SEMITONES, VIEWS)
            assert int(seen[20, :, 0].argmax()) == pitch - 21


def test_what_is_seen_does_not_depend_on_stretches(monkeypatch: pytest.MonkeyPatch) -> None:
    signal = np.random.default_rng(0).normal(0.0, 0.1, 5 * RATE_HZ + 77).astype(np.float32)
    whole = pitch_spectrum(signal, SHAPE)
    assert np.array_equal(whole, pitch_spectrum(signal, NOTES)[:, :VIEWS])  # the note network's spectrum teaches what this one shows
    monkeypatch.setattr(pedal, "_BLOCK_FRAMES", 50)
    levels, loudest = pedal._heard(signal)
    assert np.array_equal(levels, semitone_levels(whole))
    assert loudest == loudest_level(whole)


def chords(*, key_s: float, rings_s: float, count: int = 12, step_s: float = 1.0) -> np.ndarray:
    """Broken chords whose keys are let go after `key_s`; strings are damped `rings_s` after the chord began."""
    total = np.zeros(round((count * step_s + 1.0) * RATE_HZ))
    for number in range(count):
        for index, pitch in enumerate((48, 60, 64, 67) if number % 2 else (43, 59, 62, 67)):
            begin_s = number * step_s + 0.2 * index
            length_s = max(key_s, rings_s - 0.2 * index)
            t = np.arange(round(min(length_s + 0.3, total.size / RATE_HZ - begin_s) * RATE_HZ)) / RATE_HZ
            tone = sum(
                np.sin(2 * np.pi * 440 * 2 ** ((pitch - 69) / 12) * h * t) * np.exp(-(0.7 + 0.3 * h) * t) / h**1.3 for h in range(1, 9)
            )
            damper = np.exp(-np.maximum(t - length_s, 0.0) / 0.03) * np.clip(t / 0.003, 0, 1)
            first = round(begin_s * RATE_HZ)
            total[first : first + t.size] += 0.1 * (tone * damper)[: total.size - first]
    return total.astype(np.float32)


@needs_network
def test_strings_that_ring_together_are_pedalled_and_damped_ones_are_not() -> None:
    share = {}
    for name, rings_s in (("dry", 0.0), ("pedalled", 0.97)):
        signal = chords(key_s=0.12, rings_s=rings_s)
        found = estimate_pedal(FrontEnd(signal))
        assert found.engine == ENGINE
        assert np.all(found.end_s[:-1] <= found.start_s[1:])
        assert np.all(found.end_s <= signal.size / RATE_HZ + HOP / RATE_HZ)
        share[name] = float((found.end_s - found.start_s).sum()) / (signal.size / RATE_HZ)
    assert share["dry"] < 0.15
    assert share["pedalled"] > 0.6


@needs_network
def test_silence_and_hardly_anything_have_no_pedal() -> None:
    for signal in (np.zeros(3 * RATE_HZ), np.zeros(1), np.zeros(0)):
        assert len(estimate_pedal(FrontEnd(signal.astype(np.float32)))) == 0


def test_an_engine_that_is_not_there() -> None:
    with pytest.raises(InputError, match="pedal"):
        estimate_pedal(FrontEnd(np.zeros(100, dtype=np.float32)), engine="pedal/foot")
