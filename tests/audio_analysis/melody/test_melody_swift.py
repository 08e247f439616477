"""SwiftF0 as an engine: what it hears where its package is installed, what is said where it is not, and the grid it is brought to."""

import importlib.util
import sys
import types

import numpy as np
import pytest

from hexachord.audio_analysis.engines import ENGINES
from hexachord.audio_analysis.melody import swift, track_melody
from hexachord.dsp.frontend import FrontEnd
from hexachord.errors import MissingExtraError

RATE_HZ = 22_050


class StandIn:
    """A detector of 16 ms frames that hears 220 Hz, then 440 Hz, and nothing in between; remembers what it was given."""

    def __init__(self, *, threads: int, spin: bool) -> None:
        assert (threads, spin) == (1, False)
        self.heard = np.zeros(0)

    def stream(self) -> "StandIn":
        self.heard = np.zeros(0)
        return self

    def push(self, samples: np.ndarray, rate_hz: int) -> types.SimpleNamespace:
        assert isinstance(rate_hz, int)
        self.heard = np.concatenate([self.heard, samples])
        self.rate_hz = rate_hz
        return types.SimpleNamespace(pitch_hz=np.zeros(0), confidence=np.zeros(0))

    def flush(self) -> types.SimpleNamespace:
        frames = int(len(self.heard) / self.rate_hz / 0.016)
        third = np.arange(frames) * 3 // max(frames, 1)
        return types.SimpleNamespace(pitch_hz=np.where(third < 1, 220.0, 440.0), confidence=np.where(third == 1, 0.1, 0.9))


@pytest.fixture
def detector(monkeypatch: pytest.MonkeyPatch):
    swift._detector.cache_clear()
    monkeypatch.setitem(sys.modules, "swift_f0", types.SimpleNamespace(SwiftF0=StandIn, FRAME_PERIOD=0.016))
    yield lambda: swift._detector()[0]
    swift._detector.cache_clear()


def test_what_it_says_comes_to_the_common_grid(detector) -> None:
    front = FrontEnd(np.full(3 * RATE_HZ, 0.3, np.float32))
    heard = swift.melody_by_swift(front)
    assert heard.engine == "melody/swift-f0"
    np.testing.assert_allclose(heard.time_s, track_melody(front, engine="pyin").time_s)
    first, rest, last = ((heard.time_s > a) & (heard.time_s < b) for a, b in ((0, 0.9), (1.1, 1.9), (2.1, 2.9)))
    np.testing.assert_allclose(heard.f0_hz[first], 220.0, rtol=1e-5)
    assert (heard.f0_hz[rest] == 0).all()
    np.testing.assert_allclose(heard.f0_hz[last], 440.0, rtol=1e-5)
    np.testing.assert_allclose(heard.voicing[rest], 0.1, rtol=1e-5)


def test_a_quiet_recording_is_raised_and_silence_is_not_asked_about(detector) -> None:
    swift.melody_by_swift(FrontEnd(np.full(RATE_HZ, 0.004, np.float32)))
    assert np.abs(detector().heard).max() == pytest.approx(0.5)
    swift.melody_by_swift(FrontEnd(np.full(RATE_HZ, 0.3, np.float32)))
    assert np.abs(detector().heard).max() == pytest.approx(0.3)
    silent = swift.melody_by_swift(FrontEnd(np.zeros(RATE_HZ, np.float32)))
    assert not silent.f0_hz.any()
    assert len(silent) == 1 + RATE_HZ // 256


def test_a_long_recording_is_given_piece_by_piece(detector, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(swift, "_BLOCK_S", 0.5)
    signal = np.random.default_rng(0).uniform(-0.4, 0.4, 2 * RATE_HZ).astype(np.float32)
    swift.melody_by_swift(FrontEnd(signal))
    np.testing.assert_array_equal(detector().heard, signal)


def test_without_the_package_the_way_to_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    swift._detector.cache_clear()
    monkeypatch.setitem(sys.modules, "swift_f0", None)
    with pytest.raises(MissingExtraError, match=r"hexachord\[pitch\]"):
        swift.melody_by_swift(FrontEnd(np.full(RATE_HZ, 0.3, np.float32)))
    engine = next(engine for engine in ENGINES if engine.name == "melody/swift-f0")
    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *rest: None if name == "swift_f0" else real(name, *rest))
    assert not engine.available
    with pytest.raises(MissingExtraError, match=r"pip install 'hexachord\[pitch\]'"):
        track_melody(FrontEnd(np.zeros(100, np.float32)), engine="swift-f0")


def test_the_network_follows_a_glide() -> None:
    pytest.importorskip("swift_f0")
    t = np.arange(2 * RATE_HZ) / RATE_HZ
    pitch_hz = 220 * 2 ** (t / 2)
    phase = 2 * np.pi * np.cumsum(pitch_hz) / RATE_HZ
    heard = swift.melody_by_swift(FrontEnd((0.2 * sum(np.sin(h * phase) / h for h in range(1, 7))).astype(np.float32)))
    truth = 220 * 2 ** (heard.time_s / 2)
    inside = (heard.time_s > 0.1) & (heard.time_s < 1.9)
    assert (np.abs(1200 * np.log2(np.maximum(heard.f0_hz, 1) / truth)) < 30)[inside].mean() > 0.95
