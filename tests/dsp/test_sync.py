import numpy as np
import pytest

from hexachord.dsp import sync
from hexachord.dsp.tones import sonify_notes

RATE_HZ = 22050


def melody(notes: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    onset = np.cumsum(rng.choice([0.25, 0.5, 0.5, 1.0], notes))
    return onset, rng.choice([48, 52, 55, 60, 62, 64, 65, 67, 69, 71, 72], notes)


def played(onset_s: np.ndarray, midi: np.ndarray, *, partials: tuple[float, ...], noise: float, seed: int) -> np.ndarray:
    length = np.diff(onset_s, append=onset_s[-1] + 1.0)
    sound = sonify_notes(onset_s, length, midi, rate_hz=RATE_HZ, partials=partials)
    return sound + (noise * np.random.default_rng(seed).standard_normal(sound.size)).astype(np.float32)


def test_two_performances_meet_within_one_frame() -> None:
    onset, midi = melody(60, 0)
    bent = 0.4 + 0.85 * onset + 0.6 * np.sin(onset / 4)  # slower, faster, and a later start
    first = played(onset, midi, partials=(1.0, 0.5, 0.25), noise=0.002, seed=1)
    second = played(bent, midi, partials=(1.0, 0.2, 0.4, 0.2), noise=0.004, seed=2)
    time_map = sync.align_recordings(first, second, rate_hz=RATE_HZ)
    error = np.abs(time_map.to_second(onset) - bent)
    assert np.median(error) < 0.02
    assert error.max() < 0.08
    back = time_map.to_first(time_map.to_second(onset))
    assert np.abs(back - onset).max() < 1e-6
    assert (np.diff(time_map.first_s) > 0).all()
    assert (np.diff(time_map.second_s) > 0).all()


@pytest.mark.parametrize("onset_weight", [0.0, 1.0])
def test_repeated_notes(onset_weight: float) -> None:
    onset, midi = melody(40, 3)
    midi = np.repeat(midi[::4], 4)[:40]
    bent = 0.9 * onset + 0.3 * np.sin(onset / 3) + 0.2
    first = played(onset, midi, partials=(1.0, 0.5), noise=0.001, seed=1)
    second = played(bent, midi, partials=(1.0, 0.3), noise=0.001, seed=2)
    time_map = sync.align_recordings(first, second, rate_hz=RATE_HZ, onset_weight=onset_weight)
    assert np.abs(time_map.to_second(onset) - bent).max() < 0.05


def test_score_and_recording_meet() -> None:
    onset, midi = melody(60, 8)
    bent = 0.3 + 0.7 * onset + 0.5 * np.sin(onset / 5)
    score = sync.score_chroma(onset, np.diff(onset, append=onset[-1] + 1), midi)
    sound = played(bent, midi, partials=(1.0, 0.4, 0.3), noise=0.003, seed=4)
    time_map = sync.align_features(sync.features_from_chroma(score, hop_s=0.02), sync.sync_features(sound, rate_hz=RATE_HZ))
    error = np.abs(time_map.to_second(onset) - bent)
    assert np.median(error) < 0.025
    assert np.quantile(error, 0.95) < 0.08
    beats = np.arange(onset[0], onset[-1], 0.5)
    expected = 60 / np.diff(np.interp(beats, onset, bent))
    assert np.median(np.abs(sync.tempo_curve_bpm(time_map, beats, span_beats=8) / expected - 1)) < 0.03


def test_same_recording_is_the_identity_and_costs_nothing() -> None:
    onset, midi = melody(20, 5)
    sound = played(onset, midi, partials=(1.0,), noise=0.0, seed=0)
    time_map = sync.align_recordings(sound, sound, rate_hz=RATE_HZ)
    np.testing.assert_allclose(time_map.first_s, time_map.second_s, atol=0.03)
    assert time_map.cost < 1e-3
    other = played(*melody(20, 6), partials=(1.0,), noise=0.0, seed=0)
    assert sync.align_recordings(sound, other, rate_hz=RATE_HZ).cost > 0.1
    np.testing.assert_allclose(time_map.pace(onset[2:-2]), 1.0, atol=0.02)


def test_tempo_curve() -> None:
    beats = np.arange(0.0, 10.0, 0.5)
    time_map = sync.TimeMap(first_s=np.array([0.0, 5.0, 10.0]), second_s=np.array([0.0, 5.0, 7.5]), cost=0.0)
    np.testing.assert_allclose(sync.tempo_curve_bpm(time_map, beats, span_beats=1), [120] * 10 + [240] * 9)
    np.testing.assert_allclose(time_map.pace(np.array([2.5, 7.5])), [1, 2])
    np.testing.assert_allclose(time_map.to_second(np.array([-1.0, 11.0])), [-1.0, 8.5])


def test_onset_features_fade_and_are_shift_invariant() -> None:
    chroma = np.zeros((200, 12), dtype=np.float32)
    chroma[50:90, 4] = 0.5
    chroma[120:, 7] = 0.01  # a quiet note counts like a loud one
    onsets = sync.decaying_onsets(chroma, hop_s=0.02)
    assert onsets[50, 4] == pytest.approx(1)
    assert (np.diff(onsets[50:61, 4]) < 0).all()
    assert not onsets[61:119].any()
    assert onsets[120, 7] > 0.5
    np.testing.assert_allclose(sync.decaying_onsets(np.roll(chroma, 9, axis=0), hop_s=0.02)[20:], onsets[11:-9], atol=1e-6)


@pytest.mark.parametrize("samples", [1, 300, 40000])
def test_silence_and_one_sample(samples: int) -> None:
    silence = np.zeros(samples, dtype=np.float32)
    time_map = sync.align_recordings(silence, np.zeros(30000, dtype=np.float32), rate_hz=RATE_HZ)
    assert np.isfinite(time_map.to_second(np.array([0.0, 1.0]))).all()


def test_different_grids_are_refused() -> None:
    a = sync.features_from_chroma(np.ones((9, 12)), hop_s=0.02)
    b = sync.features_from_chroma(np.ones((9, 12)), hop_s=0.03)
    with pytest.raises(ValueError, match="frame distance"):
        sync.align_features(a, b)


def test_two_recordings_of_chopin(data_dir) -> None:  # type: ignore[no-untyped-def]
    import soundfile

    folder = data_dir / "bench" / "alignment" / "chopin_op10_3"
    if not folder.is_dir():
        pytest.skip("bench/alignment/chopin_op10_3 is missing")
    signals = []
    for name in ("Igoshina", "Varsi"):
        samples, rate_hz = soundfile.read(folder / f"Chopin_Op010-03-Measures1-8_{name}.wav", dtype="float32", always_2d=True)
        signals.append(samples.mean(axis=1))
    time_map = sync.align_recordings(signals[0], signals[1], rate_hz=rate_hz)
    backwards = sync.align_recordings(signals[1], signals[0], rate_hz=rate_hz)
    there = np.arange(2.0, signals[0].size / rate_hz - 2, 0.25)
    assert np.median(np.abs(backwards.to_second(time_map.to_second(there)) - there)) < 0.03
