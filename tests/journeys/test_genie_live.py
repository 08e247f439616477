"""Playing live: keys become presses, notes sound and are damped, what is missing is said."""

import os
import sys
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

from hexachord.composition.genie.playing import Genie
from hexachord.composition.genie.presses import Press
from hexachord.errors import InputError, MissingExtraError
from hexachord.journeys.genie_live import RATE_HZ, Piano, piano_samples, play_live, sounding_piano, terminal_keys


class Heard:
    latency_s = 0.0

    def __init__(self) -> None:
        self.struck: list[tuple[int, ...]] = []

    def strike(self, pitches) -> None:
        self.struck.append(tuple(pitches))


def test_keys_are_presses_and_chords() -> None:
    typed = [(10.0, "1"), (10.5, "x"), (10.5, "3"), (10.51, "6"), (11.0, "9"), (11.25, "8")]
    heard, told = Heard(), []
    take = play_live(Genie(), iter(typed), sounder=heard, tell=lambda button, pitch: told.append((button, pitch)))
    assert take.presses == (Press(0.0, (1,)), Press(0.5, (3, 6)), Press(1.25, (8,)))
    assert [len(each) for each in take.pitches] == [1, 2, 1]
    assert [pitch for each in take.pitches for pitch in each] == [each[0] for each in heard.struck] == [pitch for _, pitch in told]
    assert [button for button, _ in told] == [1, 3, 6, 8]
    assert len(take.latency_ms) == 4
    assert play_live(Genie(), iter([(1.0, "q")])).presses == ()


def test_a_piano_sounds_and_is_damped() -> None:
    sound = np.full((RATE_HZ, 2), 0.1, dtype=np.float32)
    piano = Piano({60: sound, 64: sound})
    out = np.ones((256, 2), dtype=np.float32)
    piano.fill(out)
    assert not out.any()
    piano.strike((60, 64, 99))
    piano.fill(out)
    np.testing.assert_allclose(out, 0.2, atol=1e-6)
    piano.strike((60,))
    piano.fill(out)
    assert out[0] == pytest.approx(0.3, abs=1e-3)
    assert 0.1 < out[-1, 0] < out[0, 0]
    for _ in range(RATE_HZ // 4 // 256 + 1):
        piano.fill(out)
    np.testing.assert_allclose(out, 0.1, atol=1e-6)  # what was damped is silent
    for _ in range(RATE_HZ // 256 + 1):
        piano.fill(out)
    assert not out.any()


def test_every_key_is_recorded() -> None:
    samples = piano_samples(57, 62, soundfont="plain")
    assert sorted(samples) == list(range(57, 63))
    for pitch, sound in samples.items():
        part = sound[2000 : 2000 + RATE_HZ // 2].mean(axis=1)
        spectrum = np.abs(np.fft.rfft(part * np.hanning(len(part)), 1 << 18))
        f0_hz = 440.0 * 2 ** ((pitch - 69) / 12)
        near = slice(*(int(f0_hz * ratio * (1 << 18) / RATE_HZ) for ratio in (0.92, 1.09)))
        peak_hz = (near.start + int(spectrum[near].argmax())) * RATE_HZ / (1 << 18)
        assert abs(1200 * np.log2(peak_hz / f0_hz)) < 15


def test_a_sound_device_gets_the_piano(monkeypatch) -> None:
    asked = {}

    class Stream:
        latency = 0.012

        def __init__(self, **options):
            asked.update(options)

        def __enter__(self):
            return self

        def __exit__(self, *_):
            asked["closed"] = True

    module = ModuleType("sounddevice")
    module.OutputStream, module.PortAudioError = Stream, RuntimeError
    monkeypatch.setitem(sys.modules, "sounddevice", module)
    with sounding_piano(low=60, high=62, soundfont="plain") as piano:
        assert piano.latency_s == 0.012
        piano.strike((61,))
        out = np.zeros((asked["blocksize"], 2), dtype=np.float32)
        asked["callback"](out, len(out), SimpleNamespace(), None)
        assert out.any()
    assert asked["closed"]

    def broken(**_):
        raise RuntimeError("no device")

    module.OutputStream = broken
    with pytest.raises(InputError, match="no device"), sounding_piano(low=60, high=60, soundfont="plain"):
        pass
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    with pytest.raises(MissingExtraError, match=r"hexachord\[live\]"), sounding_piano():
        pass


def test_a_terminal_is_read_key_by_key_and_left_as_it_was(monkeypatch) -> None:
    pty, termios = pytest.importorskip("pty"), pytest.importorskip("termios")
    ours, theirs = pty.openpty()
    before = termios.tcgetattr(theirs)
    with terminal_keys(theirs) as keys:
        os.write(ours, b"1x8q3")
        found = list(keys)
    assert [typed for _, typed in found] == ["1", "x", "8"]
    assert termios.tcgetattr(theirs) == before

    def stopped(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("hexachord.journeys.genie_live.select.select", stopped)
    with terminal_keys(theirs) as keys:
        assert list(keys) == []
    os.close(ours)
    os.close(theirs)


def test_no_terminal_is_said(tmp_path) -> None:
    with (tmp_path / "file").open("w+b") as file, pytest.raises(InputError, match="no terminal"), terminal_keys(file.fileno()):
        pass
