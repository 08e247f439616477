import numpy as np
import pytest

from hexachord.dsp.loudness import true_peak
from hexachord.processing.effects.dynamics import bus_compressor, compressor, expander, gate, limiter

RATE_HZ = 44100


def tone(level_db: float, duration_s: float, *, hz: float = 1000.0) -> np.ndarray:
    return (10 ** (level_db / 20) * np.sin(2 * np.pi * hz * np.arange(round(duration_s * RATE_HZ)) / RATE_HZ)).astype(np.float32)


def settled_db(samples: np.ndarray) -> float:
    """Level of the peaks in the last tenth of a second."""
    return float(20 * np.log10(np.abs(samples[-RATE_HZ // 10 :]).max() + 1e-12))


@pytest.mark.parametrize("level_db", [-50.0, -30.0, -20.5, -18.0, -15.0, -6.0, 0.0])
@pytest.mark.parametrize(("ratio", "knee_db"), [(2.0, 0.0), (4.0, 6.0), (float("inf"), 0.0), (1.0, 3.0)])
def test_the_static_curve(level_db: float, ratio: float, knee_db: float) -> None:
    out = compressor(tone(level_db, 1.0), RATE_HZ, threshold_db=-18.0, ratio=ratio, knee_db=knee_db, attack_s=0.005, release_s=0.3)
    over, slope = level_db + 18.0, 1 - 1 / ratio
    inside = abs(over) <= knee_db / 2 and knee_db > 0
    expected = level_db - slope * ((over + knee_db / 2) ** 2 / (2 * knee_db) if inside else max(over, 0.0))
    assert settled_db(out) == pytest.approx(expected, abs=0.25)


def gain_curve_db(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """The gain for each period of a tone of 1 kHz or more."""
    size = RATE_HZ // 1000
    periods = before.size // size
    peaks = [np.abs(sound[: periods * size].reshape(periods, size)).max(axis=1) for sound in (before, after)]
    return np.asarray(20 * np.log10(peaks[1] / peaks[0]))


@pytest.mark.parametrize("attack_s", [0.005, 0.03])
@pytest.mark.parametrize("release_s", [0.1, 0.4])
def test_attack_and_release_take_their_time(attack_s: float, release_s: float) -> None:
    sound = np.concatenate([tone(-40, 0.5, hz=5000), tone(-6, 1.0, hz=5000), tone(-40, 1.5, hz=5000)])
    out = compressor(sound, RATE_HZ, threshold_db=-26.0, ratio=10.0, knee_db=0.0, attack_s=attack_s, release_s=release_s)
    reduction = -gain_curve_db(sound, out)
    most = reduction[1200:1400].mean()
    assert most == pytest.approx(18.0, abs=0.3)
    reached = np.flatnonzero(reduction[480:] > (1 - np.exp(-1)) * most)[0] / 1000 - 0.02
    assert reached == pytest.approx(attack_s, abs=0.25 * attack_s + 0.002)
    fallen = np.flatnonzero(reduction[1510:] < np.exp(-1) * most)[0] / 1000 + 0.01
    assert fallen == pytest.approx(release_s + attack_s, rel=0.2)


def test_look_ahead_moves_the_gain_before_the_sound() -> None:
    sound = np.concatenate([tone(-60, 0.5), tone(0, 0.5)])
    peaks = [
        np.abs(compressor(sound, RATE_HZ, threshold_db=-20, ratio=20, attack_s=0.001, lookahead_s=ahead)[22050:23000]).max()
        for ahead in (0.0, 0.005)
    ]
    assert peaks[1] < 0.5 * peaks[0]


def test_silence_before_and_after_a_burst_stays_silent() -> None:
    sound = np.zeros((2, 3000), dtype=np.float32)
    sound[:, 1000:1004] = 1.0
    out = compressor(sound, RATE_HZ, lookahead_s=0.01, makeup_db=12.0)
    assert not out[:, :1000].any()
    assert not out[:, 1004:].any()
    assert out[:, 1000:1004].all()


def test_bass_can_be_left_unheard() -> None:
    bass = tone(-3, 1.0, hz=40)
    heard = compressor(bass, RATE_HZ, threshold_db=-20, sidechain_high_pass_hz=0.0)
    deaf = compressor(bass, RATE_HZ, threshold_db=-20, sidechain_high_pass_hz=200.0)
    assert settled_db(deaf) > settled_db(heard) + 6


def test_a_mix_of_both_lies_between() -> None:
    sound = tone(-6, 0.5)
    dry, half, wet = (settled_db(compressor(sound, RATE_HZ, threshold_db=-30, ratio=8, mix=mix)) for mix in (0.0, 0.5, 1.0))
    assert wet < half < dry == pytest.approx(-6, abs=0.01)


def test_both_sides_get_one_gain() -> None:
    sound = np.stack([tone(-3, 0.5), tone(-30, 0.5)])
    out = bus_compressor(sound, RATE_HZ, threshold_db=-30)
    body = np.abs(sound[1]) > 1e-3
    np.testing.assert_allclose(out[0][body] / sound[0][body], out[1][body] / sound[1][body], rtol=1e-3)


def test_an_expander_opens_the_range() -> None:
    options = {"threshold_db": -40.0, "ratio": 3.0, "knee_db": 0.0, "range_db": 60.0}
    assert settled_db(expander(tone(-50, 1.0), RATE_HZ, **options)) == pytest.approx(-70, abs=0.6)  # type: ignore[arg-type]
    assert settled_db(expander(tone(-30, 1.0), RATE_HZ, **options)) == pytest.approx(-30, abs=0.1)  # type: ignore[arg-type]


def test_a_gate_shuts_and_opens() -> None:
    sound = np.concatenate([tone(-70, 0.5), tone(-20, 0.5), tone(-70, 1.0)])
    out = gate(sound, RATE_HZ, threshold_db=-50)
    assert np.abs(out[: 22050 - 200]).max() < 1e-6  # it opens 2 ms before
    assert settled_db(out[: 2 * 22050]) == pytest.approx(-20, abs=0.1)
    assert settled_db(out) < -130


@pytest.mark.parametrize("rate_hz", [8000, 44100, 96000])
@pytest.mark.parametrize("drive_db", [0.0, 12.0, 40.0])
def test_nothing_passes_the_limiter(rate_hz: int, drive_db: float) -> None:
    random = np.random.default_rng(3)
    sound = random.standard_normal((2, rate_hz)).astype(np.float32) * np.square(np.sin(np.arange(rate_hz) / 900)).astype(np.float32)
    out = limiter(sound, rate_hz, ceiling_db=-1.0, drive_db=drive_db)
    assert 20 * np.log10(np.abs(out).max()) <= -1.0 + 1e-4
    assert 20 * np.log10(true_peak(out, rate_hz=rate_hz)) <= -0.9
