from pathlib import Path

import numpy as np
import pytest

from hexachord.dsp import viterbi as hmm

GOLDEN = dict(np.load(Path(__file__).parents[1] / "golden" / "dsp_sequence.npz"))


def random_model(states: int, frames: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    transition = rng.dirichlet(np.ones(states), size=states)
    return np.log(rng.random((frames, states))), np.log(transition), np.log(rng.dirichlet(np.ones(states)))


def every_path(observation: np.ndarray, transition: np.ndarray, initial: np.ndarray) -> dict[tuple[int, ...], float]:
    from itertools import pairwise, product

    frames, states = observation.shape
    scores = {}
    for path in product(range(states), repeat=frames):
        score = initial[path[0]] + sum(observation[t, s] for t, s in enumerate(path))
        scores[path] = score + sum(transition[a, b] for a, b in pairwise(path))
    return scores


def test_viterbi_equals_librosa() -> None:
    path, score = hmm.viterbi(
        hmm.log_probability(GOLDEN["observation"]), hmm.log_probability(GOLDEN["transition"]), hmm.log_probability(GOLDEN["initial"])
    )
    np.testing.assert_array_equal(path, GOLDEN["states"])
    assert score == pytest.approx(GOLDEN["log_likelihood"].item(), rel=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_viterbi_and_posterior_equal_brute_force(seed: int) -> None:
    model = random_model(3, 6, seed)
    scores = every_path(*model)
    best = max(scores, key=scores.__getitem__)
    path, score = hmm.viterbi(*model)
    assert tuple(path) == best
    assert score == pytest.approx(scores[best])
    probability, total = hmm.posterior(*model)
    weights = np.exp(list(scores.values()))
    assert total == pytest.approx(np.log(weights.sum()))
    for state in range(3):
        at_two = sum(w for p, w in zip(scores, weights, strict=True) if p[2] == state)
        assert probability[2, state] == pytest.approx(at_two / weights.sum())


@pytest.mark.parametrize("chunk_bytes", [1, 1 << 20])
def test_local_equals_dense(monkeypatch: pytest.MonkeyPatch, chunk_bytes: int) -> None:
    monkeypatch.setattr(hmm, "_CHUNK_BYTES", chunk_bytes)
    rng = np.random.default_rng(5)
    groups, places, frames, reach = 2, 12, 90, 3
    kernel = rng.random(2 * reach + 1) + 0.1
    switch = np.array([[0.9, 0.1], [0.2, 0.8]])
    local = np.zeros((places, places))
    for a in range(places):
        for b in range(max(0, a - reach), min(places, a + reach + 1)):
            local[a, b] = kernel[b - a + reach]
    local /= local.sum(axis=1, keepdims=True)
    seen = np.log(rng.random((frames, groups, places)))
    initial = np.log(rng.dirichlet(np.ones(groups * places)))
    for jump in (0.0, 1e-2):
        dense = np.kron(switch, local)
        dense = np.where(dense > 0, dense, jump) if jump else dense
        if jump:
            dense = np.maximum(dense, jump)
        path, score = hmm.viterbi(seen.reshape(frames, -1), hmm.log_probability(dense), initial)
        group, place, local_score = hmm.viterbi_local(
            lambda a, b: seen[a:b],
            frames,
            log_kernel=np.log(kernel),
            log_switch=np.log(switch),
            log_initial=initial.reshape(groups, places),
            log_jump=np.log(jump) if jump else -np.inf,
        )
        assert local_score == pytest.approx(score)
        np.testing.assert_array_equal(group * places + place, path)


def test_long_inputs_do_not_underflow() -> None:
    observation, transition, initial = random_model(4, 5000, 1)
    probability, total = hmm.posterior(observation - 50, transition, initial)
    assert np.isfinite(total)
    np.testing.assert_allclose(probability.sum(axis=1), 1)
    assert hmm.viterbi(observation - 50, transition, initial)[1] <= total


def test_edges() -> None:
    observation, transition, initial = random_model(3, 1, 0)
    assert hmm.viterbi(observation[:0], transition, initial)[0].size == 0
    assert hmm.viterbi(observation, transition, initial)[0].tolist() == [int((observation[0] + initial).argmax())]
    with pytest.raises(ValueError, match="transitions"):
        hmm.viterbi(observation, transition[:2], initial)
    with pytest.raises(ValueError, match="no state is possible"):
        hmm.posterior(np.full((2, 3), -np.inf), transition, initial)
    assert np.exp(hmm.uniform_transition(5, stay=0.6)).sum(axis=1) == pytest.approx(np.ones(5))
