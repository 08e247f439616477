import numpy as np
import pytest

from hexachord.dsp.temporal_envelope import (
    attacks,
    decay_db_per_s,
    effective_duration_s,
    log_attack_time,
    low_energy_ratio,
    temporal_centroid,
)

HOP_S = 0.01


@pytest.mark.parametrize("attack_s", [0.1, 0.5, 2.0])
def test_attack_of_a_ramp(attack_s: float) -> None:
    ramp = np.concatenate([np.zeros(20), np.linspace(0, 1, round(attack_s / HOP_S)), np.exp(-np.arange(200) * HOP_S)])
    assert 10 ** log_attack_time(ramp, hop_s=HOP_S) == pytest.approx(0.9 * attack_s, abs=0.02)


def test_a_dawdling_end_is_no_attack() -> None:
    quick = np.concatenate([np.linspace(0, 0.79, 50), np.linspace(0.79, 1, 500)])
    assert 10 ** log_attack_time(quick, hop_s=HOP_S) < 1.0


def test_edges() -> None:
    assert log_attack_time(np.zeros(5), hop_s=HOP_S) == pytest.approx(-2.0)
    assert log_attack_time(np.eye(9)[4], hop_s=HOP_S) == pytest.approx(-2.0)
    assert temporal_centroid(np.zeros(5), hop_s=HOP_S) == 0
    assert effective_duration_s(np.zeros(5), hop_s=HOP_S) == 0
    assert decay_db_per_s(np.zeros(5), hop_s=HOP_S) == 0
    assert low_energy_ratio(np.zeros(0)) == low_energy_ratio(np.ones(4)) == 0
    assert len(attacks(np.zeros(0), np.zeros(0, dtype=int), hop_s=HOP_S).time_s) == 0
    assert len(attacks(np.ones(50), np.array([20]), hop_s=HOP_S).time_s) == 0


def test_centroid_duration_decay() -> None:
    envelope = np.exp(-3 * np.arange(1000) * HOP_S)
    assert temporal_centroid(envelope, hop_s=HOP_S) == pytest.approx(1 / 3, abs=0.01)
    assert effective_duration_s(envelope, hop_s=HOP_S) == pytest.approx(np.log(2.5) / 3, abs=0.02)
    assert decay_db_per_s(envelope**2, hop_s=HOP_S) == pytest.approx(60 / np.log(10), rel=0.01)
    assert decay_db_per_s(envelope[::-1], hop_s=HOP_S) == 0.0


def test_attacks_are_measured_from_foot_to_top() -> None:
    envelope = np.zeros(400)
    for start, length in ((100, 5), (300, 10)):
        envelope[start : start + length + 1] = np.linspace(0, 0.5, length + 1)
        envelope[start + length : start + length + 40] = 0.5 * np.exp(-np.arange(40) / 8)
    found = attacks(envelope, np.array([101, 106, 302]), hop_s=HOP_S)  # the first rise was heard twice
    np.testing.assert_allclose(found.time_s, [0.05, 0.10])
    np.testing.assert_allclose(found.slope, [10.0, 5.0])
