import numpy as np
import pytest

from hexachord.audio_analysis.engines import ENGINES
from hexachord.audio_analysis.melody import is_monophonic, segment_notes, track_melody
from hexachord.dsp.frontend import FrontEnd
from hexachord.errors import InputError
from hexachord.knowledge import F0, Events

RATE_HZ = 22_050


def tone(pitch: np.ndarray, *, partials: int = 8) -> np.ndarray:
    phase = 2 * np.pi * np.cumsum(440 * 2 ** ((pitch - 69) / 12)) / RATE_HZ
    return sum(np.sin(h * phase) / h for h in range(1, partials + 1)) * 0.2


def time_s(seconds: float) -> np.ndarray:
    return np.arange(round(seconds * RATE_HZ)) / RATE_HZ


@pytest.fixture(scope="module")
def sung() -> tuple[np.ndarray, np.ndarray]:
    """Six notes of a second each with vibrato, and 0.3 s of rest after each; the signal and its pitch (0 in rests)."""
    t = time_s(6)
    pitch = np.repeat([57.0, 60.0, 64.0, 62.0, 67.0, 60.0], RATE_HZ) + 0.3 * np.sin(2 * np.pi * 5.5 * t)
    sounding = t % 1 < 0.7
    return (tone(pitch) * sounding).astype(np.float32), np.where(sounding, pitch, 0.0)


def accuracy(melody: F0, pitch: np.ndarray) -> float:
    truth = pitch[np.minimum((melody.time_s * RATE_HZ).astype(int), len(pitch) - 1)]
    voiced = truth > 0
    heard = np.where(melody.f0_hz > 0, 69 + 12 * np.log2(np.maximum(melody.f0_hz, 1e-3) / 440), 0)
    return float(np.mean((np.abs(heard - truth) < 0.5)[voiced & (melody.time_s > 0.1)]))


def test_a_solo_is_followed_as_one_voice(sung: tuple[np.ndarray, np.ndarray]) -> None:
    signal, pitch = sung
    melody = track_melody(FrontEnd(signal))
    assert is_monophonic(FrontEnd(signal))
    assert accuracy(melody, pitch) > 0.95
    truth = pitch[np.minimum((melody.time_s * RATE_HZ).astype(int), len(pitch) - 1)]
    assert np.mean(melody.f0_hz[truth == 0] > 0) < 0.3  # a frame is 93 ms long and hears a note's end late


def test_a_melody_over_chords_is_followed_by_the_network(sung: tuple[np.ndarray, np.ndarray]) -> None:
    signal, pitch = sung
    chords = sum(tone(np.full(len(signal), p), partials=3) for p in (48.0, 52.0, 55.0)) * 0.25
    melody = track_melody(FrontEnd((signal + chords).astype(np.float32)))
    assert melody.engine == "melody/network"
    assert accuracy(melody, pitch) > 0.85


def test_a_melody_over_a_louder_bass_and_chords_is_followed(sung: tuple[np.ndarray, np.ndarray]) -> None:
    signal, pitch = sung
    pitch = np.where(pitch > 0, pitch + 12, 0)
    melody_part = tone(pitch) * (pitch > 0)
    bass = 1.6 * tone(np.repeat(np.tile([36.0, 43.0], 6), len(signal) // 12), partials=5)
    chords = 0.3 * sum(tone(np.full(len(signal), p), partials=4) for p in (55.0, 60.0, 64.0))
    heard = track_melody(FrontEnd((melody_part + bass + chords).astype(np.float32)))
    assert heard.engine == "melody/network"
    assert accuracy(heard, pitch) >= 0.85


def test_a_low_voice_alone_is_still_heard() -> None:
    heard = track_melody(FrontEnd(tone(np.full(2 * RATE_HZ, 40.0)).astype(np.float32)), engine="salience")
    assert abs(12 * np.log2(np.median(heard.f0_hz[heard.f0_hz > 0]) / 82.41)) < 0.5


def test_texture(sung: tuple[np.ndarray, np.ndarray]) -> None:
    assert is_monophonic(FrontEnd(sung[0]))
    triad = sum(tone(np.full(RATE_HZ * 3, p)) for p in (60.0, 64.0, 67.0))
    assert not is_monophonic(FrontEnd(triad.astype(np.float32)))
    assert not is_monophonic(FrontEnd(np.random.default_rng(0).normal(0, 0.1, RATE_HZ).astype(np.float32)))


@pytest.mark.parametrize("engine", ["network", "pyin", "salience"])  # swift-f0: tests/test_engines.py
@pytest.mark.parametrize("name", ["empty", "silence", "one sample", "fifth of a second", "dc", "clipping", "noise"])
def test_edges(engine: str, name: str) -> None:
    t = time_s(1)
    signal = {
        "empty": np.zeros(0),
        "silence": np.zeros(RATE_HZ),
        "one sample": np.ones(1),
        "fifth of a second": np.sin(2 * np.pi * 330 * t[: RATE_HZ // 5]),
        "dc": np.full(RATE_HZ, 0.5),
        "clipping": np.clip(9 * np.sin(2 * np.pi * 330 * t), -1, 1),
        "noise": np.random.default_rng(1).normal(0, 0.2, RATE_HZ),
    }[name].astype(np.float32)
    frontend = FrontEnd(signal)
    melody = track_melody(frontend, engine=engine)
    assert melody.engine
    assert np.isfinite(melody.f0_hz).all()
    assert np.isfinite(melody.voicing).all()
    assert (melody.voicing >= 0).all()
    assert (melody.voicing <= 1).all()
    if name in ("empty", "silence"):
        assert not (melody.f0_hz > 0).any()
    if name == "clipping":
        voiced = melody.f0_hz[melody.f0_hz > 0]
        assert len(voiced) > 20
        assert np.median(np.abs(1200 * np.log2(voiced / 330))) < 20
    notes = segment_notes(melody)
    assert (notes.offset_s > notes.onset_s).all()


@pytest.mark.parametrize("rate_hz", [8000, 48_000])
def test_any_rate(rate_hz: int) -> None:
    t = np.arange(rate_hz) / rate_hz
    signal = sum(np.sin(2 * np.pi * 247 * h * t) / h for h in range(1, 5)).astype(np.float32)
    for engine in ("pyin", "salience"):
        melody = track_melody(FrontEnd(signal, rate_hz=rate_hz), engine=engine)
        assert abs(np.median(melody.f0_hz[melody.f0_hz > 0]) / 247 - 1) < 0.01


def test_the_same_sound_gives_the_same_melody(sung: tuple[np.ndarray, np.ndarray]) -> None:
    for engine in ("pyin", "salience"):
        first, second = (track_melody(FrontEnd(sung[0][: 2 * RATE_HZ]), engine=engine) for _ in range(2))
        np.testing.assert_array_equal(first.f0_hz, second.f0_hz)


def test_unknown_engine_is_named() -> None:
    with pytest.raises(InputError, match="melody/pyin"):
        track_melody(FrontEnd(np.zeros(100, np.float32)), engine="crepe")


def test_every_engine_loads() -> None:
    assert all(callable(engine.load()) for engine in ENGINES if engine.available)


def test_notes_of_a_sung_line(sung: tuple[np.ndarray, np.ndarray]) -> None:
    notes = segment_notes(track_melody(FrontEnd(sung[0])))
    assert np.rint(notes.pitch).tolist() == [57, 60, 64, 62, 67, 60]
    assert np.abs(notes.onset_s - np.arange(6)).max() < 0.06
    assert np.abs(notes.offset_s - np.arange(6) - 0.7).max() < 0.1


def steady(pitches: list[float], seconds: float = 0.5) -> F0:
    pitch = np.repeat(pitches, round(seconds / 0.01))
    hz = np.where(pitch > 0, 440 * 2 ** ((pitch - 69) / 12), 0)
    return F0(time_s=np.arange(len(hz)) * 0.01, f0_hz=hz, voicing=(hz > 0) * 0.9)


def test_legato_is_cut_at_semitones_and_vibrato_is_not() -> None:
    assert np.rint(segment_notes(steady([60, 61, 63, 60])).pitch).tolist() == [60, 61, 63, 60]
    t = np.arange(200) * 0.01
    vibrato = F0(time_s=t, f0_hz=440 * 2 ** (0.6 * np.sin(2 * np.pi * 6 * t) / 12), voicing=np.ones(200))
    assert len(segment_notes(vibrato)) == 1


def test_a_melody_out_of_tune_keeps_its_steps() -> None:
    notes = segment_notes(steady([60.45, 62.45, 64.45]))
    np.testing.assert_allclose(notes.pitch, [60.45, 62.45, 64.45], atol=1e-6)


def test_onsets_split_repeated_notes() -> None:
    notes = segment_notes(steady([60.0]), onsets=Events(time_s=np.array([0.02, 0.25, 0.45])))
    np.testing.assert_allclose(notes.onset_s, [0.0, 0.25])
