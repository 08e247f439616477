"""The two-sample test: its features, its fit, what it says of sets that are alike and of sets that are not."""

from pathlib import Path

import numpy as np
import pytest

from hexachord.metrics.two_sample import BANDS, RATE_HZ, compare, cut_excerpts, excerpt_features, fit_logistic

GOLDEN = np.load(Path(__file__).parents[1] / "golden" / "metrics_two_sample.npz")


def _songs(count, each=4):
    return [f"song {row // each}" for row in range(count)]


def _drawn(seed, rows=240, shift=0.0):
    """Excerpts of songs: what a song has in common is larger than what its excerpts do not share."""
    random = np.random.default_rng(seed)
    song = np.repeat(random.normal(0, 1, (rows // 4, 2 * BANDS)), 4, axis=0)
    return song + random.normal(0, 0.5, (rows, 2 * BANDS)) + shift


def test_features_are_those_of_the_definition():
    found = excerpt_features(GOLDEN["signal"])
    np.testing.assert_allclose(found, GOLDEN["features"], atol=2e-3)


def test_the_fit_is_the_one_of_scikit_learn():
    weights, intercept = fit_logistic(GOLDEN["rows"], GOLDEN["labels"])
    np.testing.assert_allclose(weights, GOLDEN["weights"], atol=1e-5)
    assert intercept == pytest.approx(float(GOLDEN["intercept"]), abs=1e-5)


def test_the_fit_beside_scikit_learn_where_it_is_installed():
    linear = pytest.importorskip("sklearn.linear_model")
    rows = _drawn(5)
    labels = rows[:, 0] + np.random.default_rng(6).normal(0, 1, len(rows)) > 0.4
    other = linear.LogisticRegression(C=1.0, class_weight="balanced", tol=1e-10, max_iter=5000).fit(rows, labels)
    weights, intercept = fit_logistic(rows, labels)
    np.testing.assert_allclose(weights, other.coef_[0], atol=1e-4)
    assert intercept == pytest.approx(other.intercept_[0], abs=1e-4)


def test_a_separable_fit_stays_finite():
    rows = np.linspace(-50, 50, 40)[:, None]
    weights, intercept = fit_logistic(rows, rows[:, 0] > 0)
    assert np.isfinite([*weights, intercept]).all()
    assert weights[0] > 0


def test_the_same_distribution_is_not_told_apart():
    accuracies = [
        compare(_drawn(seed), _drawn(seed + 100), real_songs=_songs(240), rendered_songs=_songs(240)).accuracy for seed in range(6)
    ]
    assert np.mean(accuracies) == pytest.approx(0.5, abs=0.04)


def test_shifted_sets_are_told_apart_and_the_band_is_named():
    other = _drawn(1)
    other[:, 7] += 6.0
    other[:, BANDS + 3] -= 4.0
    found = compare(_drawn(0), other, real_songs=_songs(240), rendered_songs=_songs(240))
    assert found.accuracy > 0.97
    assert found.standard_error < 0.02
    assert found.level_db[7] == pytest.approx(6.0, abs=0.6)
    assert found.swing_db[3] == pytest.approx(-4.0, abs=0.6)
    assert abs(found.auc[7] - 0.5) > 0.45
    assert found.weights[7] > 0 > found.weights[BANDS + 3]
    first, second = found.giveaways(2)
    assert first.startswith(f"{found.band_hz[7]:.0f} Hz is +")
    assert second.startswith(f"{found.band_hz[3]:.0f} Hz moves -")


def test_less_variety_between_excerpts_is_seen():
    other = _drawn(1)
    other[:, 12] *= 0.2
    found = compare(_drawn(0), other, real_songs=_songs(240), rendered_songs=_songs(240))
    assert found.variety_db.argmin() == 12


def test_errors_are_told_by_song_and_songs_do_not_leak():
    real, rendered = _drawn(0), _drawn(1, shift=3.0)
    rendered[:4] = real[100:104]  # one song that cannot be known
    found = compare(real, rendered, real_songs=_songs(240), rendered_songs=_songs(240))
    assert len(found.songs) == len(found.song_errors) == 120
    assert found.song_is_rendered.sum() == 60
    assert found.song_errors[found.songs.index("song 0", 60)] == 1.0
    assert found.song_errors.sum() < 3
    assert found.scores.shape == (480,)
    assert found.rendered_right == pytest.approx(1 - 4 / 240, abs=0.01)


def test_songs_that_are_all_their_own_do_not_help_when_held_out():
    """Each song is far from every other one: a classifier that saw it would know it, one that did not must guess."""
    random = np.random.default_rng(3)
    accuracies = []
    for _ in range(5):
        rows = np.repeat(random.normal(0, 10, (40, 2 * BANDS)), 4, axis=0)
        accuracies.append(compare(rows[:80], rows[80:], real_songs=_songs(80), rendered_songs=_songs(80)).accuracy)
    assert np.mean(accuracies) < 0.65


def test_more_of_one_class_does_not_change_what_half_means():
    found = compare(_drawn(0, 400), _drawn(1, 80), real_songs=_songs(400), rendered_songs=_songs(80))
    assert 0.3 < found.accuracy < 0.7
    assert found.accuracy == pytest.approx((found.real_right + found.rendered_right) / 2)


def test_the_same_seed_gives_the_same_numbers():
    arguments = {"real_songs": _songs(240), "rendered_songs": _songs(240)}
    one, same = (compare(_drawn(0), _drawn(1), seed=3, **arguments) for _ in range(2))
    np.testing.assert_array_equal(one.scores, same.scores)


def test_excerpts_are_spread_and_silence_is_left_out():
    signal = np.ones(30 * RATE_HZ, dtype=np.float32)
    signal[: 8 * RATE_HZ] = 0.0
    starts = np.arange(len(signal), dtype=np.float64) * signal
    excerpts = cut_excerpts(starts)
    assert len(excerpts) == 3
    assert all(len(excerpt) == 5 * RATE_HZ for excerpt in excerpts)
    assert np.diff([excerpt[-1] for excerpt in excerpts]).min() >= 5 * RATE_HZ
    assert cut_excerpts(signal[: 4 * RATE_HZ]) == []
    assert len(cut_excerpts(signal[8 * RATE_HZ :][: 5 * RATE_HZ])) == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"real": np.zeros((3, 79))}, "expected"),
        ({"real": np.full((20, 80), np.nan)}, "NaN"),
        ({"real": np.zeros((19, 80))}, "names of songs"),
        ({"real_songs": ["one"] * 20}, "folds"),
    ],
)
def test_what_cannot_be_compared_is_said(change, message):
    arguments = {
        "real": np.zeros((20, 80)),
        "rendered": np.zeros((20, 80)),
        "real_songs": _songs(20, each=2),
        "rendered_songs": _songs(20, each=2),
    } | change
    with pytest.raises(ValueError, match=message):
        compare(arguments.pop("real"), arguments.pop("rendered"), **arguments)
