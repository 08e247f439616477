"""Scalers: scikit-learn's and svm-scale's numbers, training rows only, JSON and back."""

import json
from pathlib import Path

import numpy as np
import pytest
from recorder import Recorder

from hexachord.errors import InputError
from hexachord.learning.features.scaling import Scaler, load_scaler, save_scaler

rng = np.random.default_rng(11)
ROWS = rng.gamma(2.0, size=(60, 5)) * [1, 10, 100, 0.01, 1] + [0, -3, 50, 0, 7]
NEW = rng.normal(size=(9, 5)) * 40
KINDS = ["z-score", "min-max", "robust", "unit-length", "svm-scale", "none"]


@pytest.mark.parametrize(
    ("kind", "oracle"),
    [("z-score", "StandardScaler"), ("min-max", "MinMaxScaler"), ("robust", "RobustScaler"), ("unit-length", "Normalizer")],
)
def test_as_scikit_learn_scales(kind: str, oracle: str) -> None:
    preprocessing = pytest.importorskip("sklearn.preprocessing")
    theirs = getattr(preprocessing, oracle)().fit(ROWS)
    np.testing.assert_allclose(Scaler(kind).fit(ROWS).transform(NEW), theirs.transform(NEW), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize(("kind", "oracle"), [("z-score", "StandardScaler"), ("min-max", "MinMaxScaler"), ("robust", "RobustScaler")])
def test_missing_numbers_as_scikit_learn_takes_them(kind: str, oracle: str) -> None:
    preprocessing = pytest.importorskip("sklearn.preprocessing")
    holed = ROWS.copy()
    holed[3:20, 2] = np.nan
    theirs = getattr(preprocessing, oracle)().fit(holed)
    np.testing.assert_allclose(Scaler(kind).fit(holed).transform(holed), theirs.transform(holed), rtol=1e-10, atol=1e-12)


def test_as_svm_scale_scales() -> None:
    """LIBSVM's svm-scale: lower + (upper - lower) * (value - min) / (max - min); columns with one value are left out, that is 0."""
    rows = np.array([[1.0, 4.0, 7.0], [3.0, 4.0, 9.0], [2.0, 4.0, 8.5]])
    assert Scaler("svm-scale").fit(rows).transform(rows).tolist() == [[-1, 0, -1], [1, 0, 1], [0, 0, 0.5]]
    assert Scaler("svm-scale").fit(rows).transform([[5.0, 9.0, 7.0]]).tolist() == [[3, 0, -1]]
    assert Scaler("svm-scale", 0.0, 10.0).fit(rows).transform(rows)[2].tolist() == [5, 0, 7.5]


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_becomes_infinite(kind: str) -> None:
    rows = np.column_stack([np.full(8, 0.1), np.zeros(8), np.arange(8.0), np.full(8, np.nan)])
    scaled = Scaler(kind).fit(rows).transform(rows)
    assert np.isfinite(scaled[:, :3]).all()
    assert np.abs(scaled[:, :3]).max() <= (7 if kind == "none" else 4)


@pytest.mark.parametrize("kind", ["z-score", "min-max", "robust", "none"])
def test_there_and_back(kind: str) -> None:
    scaler = Scaler(kind).fit(ROWS)
    np.testing.assert_allclose(scaler.inverse_transform(scaler.transform(NEW)), NEW, rtol=1e-9)


@pytest.mark.parametrize("kind", KINDS)
def test_json_and_back(kind: str, tmp_path: Path) -> None:
    holed = ROWS.copy()
    holed[:, 1] = np.nan
    scaler = Scaler(kind, 0.0, 2.0) if kind in ("min-max", "svm-scale") else Scaler(kind)
    scaler.fit(holed)
    path = save_scaler(scaler, tmp_path / "scaler.json")
    again = load_scaler(path)
    np.testing.assert_array_equal(again.transform(NEW), scaler.transform(NEW))
    assert again.get_params() == scaler.get_params()


@pytest.mark.parametrize("change", [{"kind": "best"}, {"format": "x"}, {"centre": [1.0]}, {"width": "wide"}, {"schema_version": 9}])
def test_what_is_no_scaler(change: dict, tmp_path: Path) -> None:
    path = tmp_path / "scaler.json"
    path.write_text(json.dumps(Scaler().fit(ROWS).to_plain() | change))
    with pytest.raises(InputError, match=r"scaler\.json: found no scaler"):
        load_scaler(path)
    path.write_text("{")
    with pytest.raises(InputError, match="no JSON"):
        load_scaler(path)


def test_training_rows_only() -> None:
    scaler = Scaler().fit(ROWS[:40])
    np.testing.assert_allclose(scaler.transform(ROWS[:40]).mean(axis=0), 0, atol=1e-9)
    assert np.abs(scaler.transform(ROWS[40:] + 1000).mean(axis=0)).min() > 1, "new rows are measured with the old scale"
    with pytest.raises(ValueError, match="has to be fitted on training rows first"):
        Scaler().transform(ROWS)
    with pytest.raises(ValueError, match="fitted on 5 columns and is given 4"):
        scaler.transform(ROWS[:, :4])
    with pytest.raises(ValueError, match="no rows"):
        Scaler().fit(ROWS[:0])
    with pytest.raises(ValueError, match="cannot be undone"):
        Scaler("unit-length").fit(ROWS).inverse_transform(ROWS)
    with pytest.raises(ValueError, match="no scaling"):
        Scaler("other").fit(ROWS)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="nothing lies between"):
        Scaler("min-max", 1.0, 1.0).fit(ROWS)


def test_a_planted_step_saw_no_test_row() -> None:
    """In a pipeline, under cross-validation, nothing of ours is fitted on what it will be judged by."""
    sklearn_pipeline = pytest.importorskip("sklearn.pipeline")
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GridSearchCV, GroupKFold, cross_val_predict

    rows = ROWS.copy()
    rows[:, 0] = np.arange(60)  # a number for each row, which the recorder writes down
    groups = np.repeat(np.arange(12), 5)
    classes = np.tile([0, 1], 30)
    Recorder.books.clear()
    pipeline = sklearn_pipeline.Pipeline([("spy", Recorder("all")), ("scale", Scaler()), ("model", LogisticRegression())])
    search = GridSearchCV(pipeline, {"scale__kind": ["z-score", "min-max"]}, cv=3)
    cross_val_predict(search, rows, classes, groups=groups, cv=GroupKFold(4))
    seen = Recorder.books["all"]
    tests = [set(test.tolist()) for _, test in GroupKFold(4).split(rows, classes, groups)]
    assert len(seen) == 4 * (3 * 2 + 1)
    for fold, test in enumerate(tests):
        for fit in seen[7 * fold : 7 * fold + 7]:
            assert not {int(number) for number in fit} & test


def test_copies_and_names() -> None:
    base = pytest.importorskip("sklearn.base")
    scaler = Scaler("min-max", 0.0, 3.0).fit(ROWS)
    copy = base.clone(scaler)
    assert copy.get_params() == {"kind": "min-max", "low": 0.0, "high": 3.0}
    assert not hasattr(copy, "centre_")
    assert scaler.get_feature_names_out(list("abcde")).tolist() == list("abcde")
