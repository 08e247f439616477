"""LIBSVM's options, kernels and files, beside LIBSVM itself."""

import ctypes
from pathlib import Path

import numpy as np
import pytest

from hexachord.errors import InputError
from hexachord.learning.estimators.kernels import polynomial, rbf, sigmoid
from hexachord.learning.estimators.libsvm_files import load_model, model_of, save_model
from hexachord.learning.estimators.libsvm_options import cross_validate, format_options, make_machine, parse_options
from hexachord.learning.estimators.libsvm_tuning import fit_ranges, load_ranges, save_ranges, search_grid
from hexachord.learning.estimators.registry import learner

datasets = pytest.importorskip("sklearn.datasets")


def iris(classes: int = 3) -> tuple[np.ndarray, np.ndarray]:
    values, targets = datasets.load_iris(return_X_y=True)
    return values[targets < classes], targets[targets < classes]


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("-s 1", "svm_type", 1),
        ("-t 0", "kernel_type", 0),
        ("-d 5", "degree", 5),
        ("-g 0.07", "gamma", 0.07),
        ("-g 0", "gamma", None),
        ("-r -1.5", "coef0", -1.5),
        ("-c 100", "cost", 100.0),
        ("-n 0.3", "nu", 0.3),
        ("-p 0.2", "margin", 0.2),
        ("-m 40", "cache_mb", 40.0),
        ("-e 1e-4", "tolerance", 1e-4),
        ("-h 0", "shrinking", False),
        ("-b 1", "probability", True),
        ("-v 5", "folds", 5),
        ("-q", "quiet", True),
        ("-w-1 2.5", "weights", {-1: 2.5}),
        ("", "cost", 1.0),
    ],
)
def test_every_option_means_what_it_means(text: str, name: str, value: object) -> None:
    found = parse_options(text)
    assert getattr(found, name) == value
    assert parse_options(format_options(found)) == found


@pytest.mark.parametrize(
    "text", ["-s 7", "-c", "-c x", "-c 0", "-c nan", "-n 1.5", "-x 3", "--c 3", "c 3", "-h 2", "-v 1", "-wa 3", "-w1 -2", "-t 1.5"]
)
def test_what_svm_train_refuses_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="LIBSVM option"):
        parse_options(text)


def test_gamma_is_one_over_the_number_of_features() -> None:
    values, targets = iris()
    machine = make_machine(parse_options("-s 0"))
    machine.fit(values, targets)
    assert model_of(machine).kernel.gamma == 0.25  # scikit-learn's "scale" would give 0.064


def test_kernels_are_their_formulas() -> None:
    metrics = pytest.importorskip("sklearn.metrics.pairwise")
    random = np.random.default_rng(0)
    u, v = random.normal(100.0, 1.0, (7, 4)), random.normal(100.0, 1.0, (5, 4))  # far from zero: differences must not drown
    np.testing.assert_allclose(rbf(u, v, gamma=0.3), np.exp(-0.3 * ((u[:, None] - v[None]) ** 2).sum(axis=2)), rtol=1e-10)
    u, v = u - 100.0, v - 100.0
    np.testing.assert_allclose(polynomial(u, v, gamma=0.3, coef0=1.0, degree=4), metrics.polynomial_kernel(u, v, 4, 0.3, 1.0))
    np.testing.assert_allclose(sigmoid(u, v, gamma=0.3, coef0=-0.5), metrics.sigmoid_kernel(u, v, 0.3, -0.5))


def libsvm_decides(model: object, values: np.ndarray) -> tuple[list[float], np.ndarray]:
    """LIBSVM's own answers; not by its `svm_predict`, which in 3.37 has room for one value where nu-SVC of three classes gives three."""
    svm = pytest.importorskip("libsvm.svm")
    room = (ctypes.c_double * 3)()
    labels, decided = [], []
    for row in values.tolist():
        nodes, _ = svm.gen_svm_nodearray(row)
        labels.append(svm.libsvm.svm_predict_values(model, nodes, room))
        decided.append(list(room))
    classes = model.get_nr_class()  # type: ignore[attr-defined]
    count = classes * (classes - 1) // 2 if model.get_svm_type() < 2 else 1  # type: ignore[attr-defined]
    return labels, np.array(decided)[:, :count]


@pytest.mark.parametrize("kernel", ["-t 0", "-t 1 -r 1 -d 2 -g 0.05", "-t 2", "-t 3 -g 0.01"])
@pytest.mark.parametrize("kind", ["-s 0 -c 10", "-s 1 -n 0.2", "-s 2 -n 0.3", "-s 3 -p 0.05", "-s 4 -n 0.4"])
@pytest.mark.parametrize("classes", [2, 3])
def test_decision_values_are_libsvms(kernel: str, kind: str, classes: int, tmp_path: Path) -> None:
    svmutil = pytest.importorskip("libsvm.svmutil")
    values, targets = iris(classes)
    text = f"{kind} {kernel} -q"
    theirs = svmutil.svm_train(svmutil.svm_problem(targets.tolist(), values.tolist()), svmutil.svm_parameter(text))
    svmutil.svm_save_model(str(tmp_path / "theirs.model"), theirs)
    labels, decided = libsvm_decides(theirs, values)
    model = load_model(tmp_path / "theirs.model")
    np.testing.assert_allclose(model.decision_values(values), decided, atol=1e-6, rtol=1e-6)
    if kind[:4] in ("-s 0", "-s 1", "-s 2"):
        np.testing.assert_array_equal(model.predict(values), labels)
    # and the other way round: what we train and write, LIBSVM reads and answers alike
    ours = make_machine(parse_options(text)).fit(values, targets)
    mine = model_of(ours)
    save_model(mine, tmp_path / "ours.model")
    read = svmutil.svm_load_model(str(tmp_path / "ours.model"))
    _, decided = libsvm_decides(read, values)
    np.testing.assert_allclose(mine.decision_values(values), decided, atol=1e-6, rtol=1e-6)
    np.testing.assert_allclose(load_model(tmp_path / "ours.model").decision_values(values), mine.decision_values(values), atol=1e-9)
    scikit = np.asarray(ours.decision_function(values) if hasattr(ours, "decision_function") else ours.predict(values))
    if scikit.ndim == 1:
        sign = -1.0 if classes == 2 and kind[:4] in ("-s 0", "-s 1") else 1.0
        np.testing.assert_allclose(mine.decision_values(values)[:, 0], sign * scikit, atol=1e-6)


@pytest.mark.parametrize("classes", [2, 3])
def test_probabilities_are_libsvms(classes: int, tmp_path: Path) -> None:
    svmutil = pytest.importorskip("libsvm.svmutil")
    values, targets = iris(classes)
    theirs = svmutil.svm_train(targets.tolist(), values.tolist(), "-s 0 -b 1 -q")
    svmutil.svm_save_model(str(tmp_path / "m"), theirs)
    _, _, chances = svmutil.svm_predict([0.0] * len(values), values.tolist(), theirs, "-b 1 -q")
    np.testing.assert_allclose(load_model(tmp_path / "m").probabilities(values), chances, atol=2e-3)  # theirs is iterated


def test_torn_models_are_explained(tmp_path: Path) -> None:
    values, targets = iris()
    whole = save_model(model_of(make_machine(parse_options("-s 0")).fit(values, targets)), tmp_path / "whole.model").read_text()
    lines = whole.splitlines(keepends=True)
    cases = {
        "empty": "",
        "text": "hello world\n",
        "short": "".join(lines[:-5]),
        "no rho": "".join(line for line in lines if not line.startswith("rho")),
        "word": whole.replace("gamma 0.25", "gamma wide"),
        "kernel": whole.replace("kernel_type rbf", "kernel_type precomputed"),
    }
    for name, text in cases.items():
        (tmp_path / name).write_text(text)
        with pytest.raises(InputError, match="model file of LIBSVM"):
            load_model(tmp_path / name)


def test_cross_validation() -> None:
    values, targets = iris()
    assert 0.95 <= cross_validate(values, targets, parse_options("-s 0 -v 5"))["accuracy"] <= 0.99
    numbers = cross_validate(values[:, :3], values[:, 3], parse_options("-s 3 -v 5"))
    assert numbers["mse"] < 0.06
    assert numbers["squared_correlation"] > 0.9
    with pytest.raises(InputError, match="no more folds than rows"):
        cross_validate(values[:4], targets[:4], parse_options("-v 5"))


def test_ranges_are_svm_scales(tmp_path: Path) -> None:
    values, _ = iris()
    values = np.column_stack([values, np.ones(len(values))])
    ranges = fit_ranges(values[::2])
    scaled = ranges.apply(values)
    assert scaled[::2, :4].min() == -1.0
    assert scaled[::2, :4].max() == 1.0
    assert (scaled[:, 4] == 0).all()
    again = load_ranges(save_ranges(ranges, tmp_path / "r"))
    np.testing.assert_array_equal(again.apply(values), scaled)
    (tmp_path / "by svm-scale").write_text("y\n0 1\n-3 5\nx\n-1 1\n1 0 10\n3 -2 2\n")
    found = load_ranges(tmp_path / "by svm-scale", columns=4)
    np.testing.assert_allclose(found.apply(np.array([[5.0, 9.0, 1.0, 9.0]])), [[0.0, 0.0, 0.5, 0.0]])
    (tmp_path / "torn").write_text("x\n-1 1\n1 0\n")
    with pytest.raises(InputError, match="malformed line"):
        load_ranges(tmp_path / "torn")


def test_the_grid_gets_finer_around_the_best() -> None:
    values, targets = iris()
    best, points = search_grid(fit_ranges(values).apply(values)[::2], targets[::2], step=5.0, fine_step=2.5)
    tried = {(point.log2_c, point.log2_gamma): point.accuracy for point in points}
    assert {(-5.0, -15.0), (15.0, 0.0)} <= set(tried)
    assert len(tried) > 5 * 4
    top = tried[np.log2(best.cost), np.log2(best.gamma)]
    assert top == max(tried.values()) > 0.9
    assert best.folds == 0


def test_an_option_string_is_a_learner() -> None:
    made = learner("-s 0 -t 0 -c 4")
    assert made.task == "classes"
    assert made.make().get_params()["C"] == 4.0
    assert learner("-s 2").task == "one class"
    with pytest.raises(InputError, match="precomputed"):
        learner("-t 4")


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("-s 0 -c 10", 1e-6),
        ("-s 0 -c 10 -t 0 -w1 3", 1e-6),
        ("-s 0 -t 3 -g 0.01 -r 0.1", 1e-6),
        ("-s 2 -n 0.3", 1e-6),
        ("-s 3 -p 0.05 -t 1 -d 2 -g 0.05", 1e-6),
        # The solvers stop at different points of the same tolerance: it takes a small one to see that they mean the same.
        ("-s 1 -n 0.1 -e 1e-10", 1e-4),
        ("-s 4 -n 0.4 -e 1e-10", 1e-4),
    ],
)
def test_an_option_string_trains_what_libsvm_trains(text: str, near: float) -> None:
    svmutil = pytest.importorskip("libsvm.svmutil")
    values, targets = iris()
    theirs = svmutil.svm_train(svmutil.svm_problem(targets.tolist(), values.tolist()), svmutil.svm_parameter(text + " -q"))
    _, decided = libsvm_decides(theirs, values)
    ours = model_of(make_machine(parse_options(text)).fit(values, targets)).decision_values(values)
    np.testing.assert_allclose(ours, decided, atol=near)
