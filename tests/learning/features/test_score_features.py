import numpy as np
import pytest

from hexachord.learning.features.score_features import describe_notes, describe_score
from hexachord.score.builtin import builtin_score

MAJOR = np.array([60, 64, 67, 72, 65, 69, 72, 77, 67, 71, 74, 79, 60, 64, 67, 72])
MINOR = np.array([60, 63, 67, 72, 65, 68, 72, 77, 67, 71, 74, 79, 60, 63, 67, 72])


def described(pitch, *, step_s=0.25, length_s=0.25, velocity=80):
    count = len(pitch)
    return describe_notes(np.arange(count) * step_s, np.full(count, length_s), np.asarray(pitch), np.full(count, velocity))


def chords(triad, count=8):
    onset = np.repeat(np.arange(count), len(triad)).astype(float)
    return describe_notes(onset, np.ones(len(onset)), np.tile(triad, count), np.full(len(onset), 64))


def test_major_is_told_from_minor():
    major, minor = described(MAJOR), described(MINOR)
    assert major["mode/major_over_minor"] > 0 > minor["mode/major_over_minor"]
    assert major["mode/thirds"] == 1.0
    assert minor["mode/thirds"] == -1.0


def test_twice_as_fast_is_one_octave_more_and_louder_is_louder():
    slow, fast = described(MAJOR, step_s=0.5, length_s=0.5), described(MAJOR)
    assert fast["rhythm/onsets_octaves"] - slow["rhythm/onsets_octaves"] == pytest.approx(1.0)
    assert fast["rhythm/gap_octaves"] - slow["rhythm/gap_octaves"] == pytest.approx(-1.0)
    assert described(MAJOR, velocity=100)["loudness/mean"] == 100


def test_an_octave_higher_moves_registers_alone():
    low, high = described(MAJOR), described(MAJOR + 12)
    for name in low:
        if name in ("register/mean", "register/top", "register/bass"):
            assert high[name] - low[name] == 12
        else:
            assert high[name] == pytest.approx(low[name], abs=1e-9, nan_ok=True), name


def test_staccato_and_legato():
    assert described(MAJOR, length_s=0.06)["rhythm/articulation"] == pytest.approx(0.24)
    assert described(MAJOR, length_s=0.25)["rhythm/articulation"] == pytest.approx(1.0)
    assert described(MAJOR, length_s=0.06)["rhythm/staccato"] == 1.0


def test_triads_and_clusters():
    major, minor, cluster = chords([60, 64, 67]), chords([60, 63, 67]), chords([60, 61, 62])
    assert major["consonance/major_triads"] == 1.0
    assert minor["consonance/minor_triads"] == 1.0
    assert cluster["consonance/seconds"] == 1.0
    assert cluster["consonance/mean"] < minor["consonance/mean"]
    assert chords([60, 63, 66])["consonance/diminished"] == 1.0


def test_the_top_line():
    assert described([60, 62, 64, 65, 67])["line/steps"] == 1.0
    assert described([60, 72, 60, 72, 60])["line/leaps"] == 1.0
    assert described([60, 60, 60, 60])["line/repeats"] == 1.0


def test_a_row_is_the_same_in_any_order_of_notes_and_wherever_it_begins():
    rng = np.random.default_rng(0)
    onset, pitch, force = rng.uniform(0, 20, 60), rng.integers(40, 90, 60), rng.integers(30, 110, 60)
    order = rng.permutation(60)
    one = describe_notes(onset, np.full(60, 0.4), pitch, force)
    other = describe_notes(onset[order] + 3.0, np.full(60, 0.4), pitch[order], force[order])
    for name, value in one.items():
        assert other[name] == pytest.approx(value, nan_ok=True), name


def test_few_notes_and_none():
    assert described([60])["register/mean"] == 60
    assert np.isnan(described([60])["line/interval"])
    score = builtin_score("bach-invention-4")
    found = describe_score(score)
    assert all(np.isfinite(value) for value in found.values())
    assert describe_score(type(score)(ticks_per_quarter=480)) == {}
