"""Factorisation: every update lessens the divergence, zeros stay, what is fixed stays, and known factors are found again."""

import numpy as np
import pytest

from hexachord.dsp.nmf import EUCLIDEAN, ITAKURA_SAITO, KULLBACK_LEIBLER, beta_divergence, nmf

BETAS = [EUCLIDEAN, KULLBACK_LEIBLER, ITAKURA_SAITO, 0.5, 1.5, 3.0]


def made(seed=0, *, frames=40, bins=30, components=4):
    rng = np.random.default_rng(seed)
    activations = rng.random((frames, components)) * (rng.random((frames, components)) < 0.6)
    return activations @ (rng.random((components, bins)) * (rng.random((components, bins)) < 0.7)) + 1e-3


@pytest.mark.parametrize("beta", BETAS)
def test_no_update_makes_it_worse(beta):
    sound = made()
    course = []
    for updates in range(0, 40, 3):
        found = nmf(sound, 4, beta=beta, updates=updates, seed=1)
        course.append(beta_divergence(sound, found.activations @ found.templates, beta=beta))
    assert (np.diff(course) <= 1e-9 * course[0]).all()
    assert course[-1] < 0.2 * course[0]


def test_one_update_is_lee_and_seungs():
    """The formulas of the paper, written out: H first, then W, for both of its divergences."""
    rng = np.random.default_rng(2)
    v, h, w = rng.random((5, 6)) + 0.1, rng.random((5, 2)) + 0.1, rng.random((2, 6)) + 0.1
    for beta in (EUCLIDEAN, KULLBACK_LEIBLER):
        if beta == EUCLIDEAN:
            h1 = h * (v @ w.T) / (h @ w @ w.T)
            w1 = w * (h1.T @ v) / (h1.T @ h1 @ w)
        else:
            h1 = h * ((v / (h @ w)) @ w.T) / w.sum(axis=1)
            w1 = w * (h1.T @ (v / (h1 @ w))) / h1.sum(axis=0)[:, None]
        found = nmf(v, w, h, beta=beta, updates=1, normalise=False)
        np.testing.assert_allclose(found.activations, h1, rtol=1e-6)
        np.testing.assert_allclose(found.templates, w1, rtol=1e-6)


@pytest.mark.parametrize("beta", BETAS)
def test_zeros_stay_zero(beta):
    rng = np.random.default_rng(3)
    templates, activations = rng.random((3, 30)), rng.random((40, 3))
    templates[0, 5:20] = 0.0
    activations[10:30, 1] = 0.0
    found = nmf(made(), templates, activations, beta=beta, updates=20)
    assert (found.templates[0, 5:20] == 0).all()
    assert (found.activations[10:30, 1] == 0).all()
    assert (found.templates[1:] > 0).mean() > 0.9


def test_fixed_templates_stay_and_the_others_get_a_sum_of_one():
    templates = np.random.default_rng(4).random((4, 30)) + 0.1
    found = nmf(made(), templates, updates=10, fixed=np.array([True, False, True, False]))
    np.testing.assert_array_equal(found.templates[[0, 2]], templates[[0, 2]])
    np.testing.assert_allclose(found.templates[[1, 3]].sum(axis=1), 1.0)
    np.testing.assert_array_equal(nmf(made(), templates, updates=10, fixed=True).templates, templates)


def test_known_templates_give_known_amounts():
    rng = np.random.default_rng(5)
    templates, amounts = rng.random((5, 60)) ** 4, rng.random((20, 5))
    found = nmf(amounts @ templates, templates, updates=3000, fixed=True)
    np.testing.assert_allclose(found.activations, amounts, atol=0.01)


@pytest.mark.parametrize("level", [1e-20, 1e-6, 1e6])
@pytest.mark.parametrize("beta", [ITAKURA_SAITO, KULLBACK_LEIBLER, EUCLIDEAN])
def test_level_makes_no_difference(level, beta):
    sound = made().astype(np.float32)
    sound[3:6] = 0.0
    start = np.random.default_rng(6).random((4, 30))
    here, there = nmf(sound, start, beta=beta), nmf(sound * np.float32(level), start, beta=beta)
    np.testing.assert_allclose(there.activations / level, here.activations, rtol=2e-2, atol=1e-4)
    assert here.activations.dtype == np.float32


def test_silence_is_explained_by_nothing():
    found = nmf(np.zeros((4, 6)), 2)
    assert (found.activations == 0).all()
    assert nmf(np.zeros((0, 6)), 2).activations.shape == (0, 2)


def test_the_same_seed_gives_the_same_and_inputs_are_left_alone():
    sound, start = made(), np.ones((2, 30)) + np.eye(2, 30)
    before = sound.copy(), start.copy()
    assert (nmf(sound, 3, seed=7).templates == nmf(sound, 3, seed=7).templates).all()
    assert not (nmf(sound, 3, seed=7).templates == nmf(sound, 3, seed=8).templates).all()
    nmf(sound, start)
    np.testing.assert_array_equal(sound, before[0])
    np.testing.assert_array_equal(start, before[1])


def test_what_cannot_be_factorised_is_refused():
    with pytest.raises(ValueError, match="negative or not finite"):
        nmf(np.array([[1.0, -1.0]]), 1)
    with pytest.raises(ValueError, match="negative or not finite"):
        nmf(np.array([[1.0, np.nan]]), 1)
    with pytest.raises(ValueError, match="do not fit"):
        nmf(np.ones((3, 4)), np.ones((2, 5)))
    with pytest.raises(ValueError, match=r"not \(3, 2\)"):
        nmf(np.ones((3, 4)), np.ones((2, 4)), np.ones((3, 3)))
    with pytest.raises(ValueError, match="frames, bins"):
        nmf(np.ones(4), 2)


def test_divergences_by_hand():
    x, y = np.array([2.0, 0.0]), np.array([1.0, 3.0])
    assert beta_divergence(x, y, beta=EUCLIDEAN) == pytest.approx((1 + 9) / 2)
    assert beta_divergence(x, y) == pytest.approx(2 * np.log(2) - 2 + 1 + 3)
    assert beta_divergence(x[:1], y[:1], beta=ITAKURA_SAITO) == pytest.approx(2 - np.log(2) - 1)
    for beta in BETAS:
        assert beta_divergence(y, y, beta=beta) == pytest.approx(0.0)
        near = [beta_divergence(y, 1.01 * y, beta=near) for near in (beta, beta + 1e-6)]
        assert near[0] == pytest.approx(near[1], rel=1e-3)  # continuous, also where a formula of its own holds
