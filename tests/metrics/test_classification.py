"""Classification, tagging, regression, clustering: the slide's table to the digit, and scikit-learn's numbers."""

import numpy as np
import pytest

from hexachord.metrics import classification, clustering, mcnemar, regression, tagging
from hexachord.metrics.bootstrap import paired_interval, song_weights, statistic_interval

PETS = np.array([[5, 3, 0], [2, 3, 1], [0, 2, 11]])  # cat, dog, rabbit: actual x predicted
RANDOM = np.random.default_rng(7)


def test_the_slide_of_cat_dog_and_rabbit_to_the_digit() -> None:
    figures = classification.class_figures(PETS)
    assert float(classification.accuracy(PETS)) == pytest.approx(19 / 27)
    assert figures.precision.round(4).tolist() == [0.7143, 0.3750, 0.9167]
    assert figures.recall.round(4).tolist() == [0.6250, 0.5000, 0.8462]
    assert figures.f1.round(4).tolist() == [0.6667, 0.4286, 0.8800]
    found = {name: round(float(value), 4) for name, value in classification.table_figures(PETS).items()}
    assert (found["top1"], found["precision_macro"], found["recall_macro"], found["f1_macro"]) == (0.7037, 0.6687, 0.6571, 0.6584)
    assert found["f1_weighted"] == 0.7165
    assert found["balanced_accuracy"] == 0.6571


def test_tables_in_front_give_the_same_as_one_by_one() -> None:
    stack = np.stack([PETS, PETS.T, np.zeros((3, 3), dtype=np.int64)])
    together = classification.table_figures(stack)
    for name, values in together.items():
        alone = [classification.table_figures(table)[name] for table in stack]
        np.testing.assert_allclose(values, alone, err_msg=name)


def test_scikit_learn_agrees_on_classes() -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    truth, scores = RANDOM.integers(0, 5, 200), RANDOM.normal(size=(200, 6))  # the sixth class is said but never true
    scores[np.arange(200), truth] += 1.0
    predicted = scores.argmax(axis=1)
    found = classification.evaluate(truth, scores, top=(2, 3))
    assert found["top1"] == pytest.approx(metrics.accuracy_score(truth, predicted))
    for kind in ("macro", "weighted"):
        theirs = metrics.precision_recall_fscore_support(truth, predicted, average=kind, zero_division=0)[:3]
        assert [found[f"{name}_{kind}"] for name in ("precision", "recall", "f1")] == pytest.approx(theirs)
    assert found["top3"] == pytest.approx(metrics.top_k_accuracy_score(truth, scores, k=3, labels=range(6)))
    table = classification.confusion(truth, predicted, classes=6)
    np.testing.assert_array_equal(table, metrics.confusion_matrix(truth, predicted, labels=range(6)))
    five = scores[:, :5]
    ours = classification.evaluate(truth, five)["balanced_accuracy"]
    assert ours == pytest.approx(metrics.balanced_accuracy_score(truth, five.argmax(axis=1)))


def test_of_equal_scores_the_first_class_is_taken() -> None:
    flat = np.zeros((3, 4))
    assert classification.ranks(np.array([0, 1, 3]), flat).tolist() == [0, 1, 3]
    assert classification.evaluate(np.array([0, 1, 3]), flat)["top1"] == pytest.approx(1 / 3)


@pytest.mark.parametrize("scores", [np.zeros((2, 3)), np.full((3, 3), np.nan), np.zeros(3), np.zeros((3, 2))])
def test_what_does_not_fit_is_refused(scores: np.ndarray) -> None:
    with pytest.raises(ValueError, match="scores"):
        classification.validate(np.array([0, 1, 2]), scores)


def test_scikit_learn_agrees_on_labels() -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    truth = (RANDOM.random((150, 4)) < [0.1, 0.3, 0.5, 0.7]).astype(np.int64)
    scores = np.round(np.clip(truth * 0.3 + RANDOM.random((150, 4)) * 0.7, 0, 1), 2)  # with ties
    found = tagging.evaluate(truth, scores)
    assert found["roc_auc"] == pytest.approx(metrics.roc_auc_score(truth, scores, average="macro"))
    assert found["roc_auc_micro"] == pytest.approx(metrics.roc_auc_score(truth, scores, average="micro"))
    assert found["pr_auc"] == pytest.approx(metrics.average_precision_score(truth, scores, average="macro"))
    assert found["pr_auc_micro"] == pytest.approx(metrics.average_precision_score(truth, scores, average="micro"))
    said = scores >= 0.5
    assert found["f1_macro"] == pytest.approx(metrics.f1_score(truth, said, average="macro"))
    assert found["f1_micro"] == pytest.approx(metrics.f1_score(truth, said, average="micro"))
    assert found["hamming_loss"] == pytest.approx(metrics.hamming_loss(truth, said))
    assert found["exact_match"] == pytest.approx(metrics.accuracy_score(truth, said))
    ours, theirs = tagging.roc_curve(truth[:, 1], scores[:, 1]), metrics.roc_curve(truth[:, 1], scores[:, 1], drop_intermediate=False)
    for mine, other in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(mine, other)


def test_thresholds_are_the_best_there_are() -> None:
    truth = (RANDOM.random((80, 3)) < 0.4).astype(np.int64)
    truth[:, 2] = 0
    scores = np.round(truth * 0.2 + RANDOM.random((80, 3)), 2)
    thresholds = tagging.best_thresholds(truth, scores)
    assert thresholds[2] == 0.5  # nobody has the label: nothing to tune on
    for label in range(2):
        every = [tagging.label_figures(truth[:, [label]], scores[:, [label]] >= cut).f1[0] for cut in np.linspace(-0.005, 1.205, 243)]
        got = tagging.label_figures(truth[:, [label]], scores[:, [label]] >= thresholds[label]).f1[0]
        assert got == pytest.approx(max(every))


def test_weights_are_repetitions() -> None:
    truth, scores = (RANDOM.random((40, 3)) < 0.4).astype(np.int64), np.round(RANDOM.random((40, 3)), 1)
    truth[:, 2] = 1
    weights = RANDOM.integers(0, 3, (6, 40))
    found = tagging.resampled_areas(truth, scores, weights)
    for draw, counts in enumerate(weights):
        rows = np.repeat(np.arange(40), counts)
        for name, value in tagging.areas(truth[rows], scores[rows]).items():
            assert found[name][draw] == pytest.approx(value)


def test_one_sided_labels_have_no_area() -> None:
    assert np.isnan(tagging.roc_auc(np.ones(3), np.arange(3.0)))
    assert np.isnan(tagging.average_precision(np.zeros(3), np.arange(3.0)))


def test_scikit_learn_agrees_on_numbers_and_groups() -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    truth = RANDOM.normal(size=60)
    guess = truth + RANDOM.normal(size=60)
    found = regression.evaluate(truth, guess)
    assert found["mse"] == pytest.approx(metrics.mean_squared_error(truth, guess))
    assert found["mae"] == pytest.approx(metrics.mean_absolute_error(truth, guess))
    assert found["r2"] == pytest.approx(metrics.r2_score(truth, guess))
    points = np.concatenate([RANDOM.normal(size=(40, 3)), RANDOM.normal(2.0, 1.0, (30, 3)), [[50.0, 0.0, 0.0]]])
    groups = np.repeat([0, 1, 2], [40, 30, 1])
    other = np.where(RANDOM.random(71) < 0.2, RANDOM.integers(0, 3, 71), groups)
    assert clustering.silhouette(points, groups) == pytest.approx(metrics.silhouette_score(points, groups))
    judged = clustering.evaluate(groups, other, points=points)
    assert judged["ari"] == pytest.approx(metrics.adjusted_rand_score(groups, other))
    assert judged["nmi"] == pytest.approx(metrics.normalized_mutual_info_score(groups, other))


def test_mcnemar_is_the_binomial_test() -> None:
    from scipy.stats import binomtest

    for first, second in ((1, 9), (0, 5), (7, 7), (0, 0), (60, 90), (400, 300)):
        theirs = binomtest(first, first + second, 0.5).pvalue if first + second else 1.0
        assert mcnemar.exact_p_value(first, second) == pytest.approx(theirs)
    right, other = np.array([1, 1, 1, 0, 0], dtype=bool), np.array([1, 0, 0, 1, 0], dtype=bool)
    assert mcnemar.disagreements(right, other) == (2, 1)


def test_songs_are_drawn_not_their_rows() -> None:
    songs = [str(row // 50) for row in range(400)]
    values = np.repeat(RANDOM.normal(size=8), 50) + RANDOM.normal(scale=0.01, size=400)
    of_songs = statistic_interval(songs, lambda rows: float(values[rows].mean()))
    of_rows = statistic_interval([str(row) for row in range(400)], lambda rows: float(values[rows].mean()))
    assert of_songs[1] - of_songs[0] > 4 * (of_rows[1] - of_rows[0])  # sqrt(50) if it were normal
    assert of_songs == statistic_interval(songs, lambda rows: float(values[rows].mean()))


def test_a_constant_gain_has_no_width() -> None:
    values = RANDOM.normal(size=30)
    low, high = paired_interval(
        [str(row) for row in range(30)], lambda rows: float(values[rows].mean()) + 0.25, lambda rows: float(values[rows].mean())
    )
    assert low == pytest.approx(0.25) == high


def test_weights_draw_as_many_songs_as_there_are() -> None:
    weights = song_weights(9, resamples=50, seed=3)
    assert weights.shape == (50, 9)
    assert (weights.sum(axis=1) == 9).all()
    assert len(np.unique(weights, axis=0)) > 40
