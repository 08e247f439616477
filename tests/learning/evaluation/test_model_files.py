"""Models saved and loaded: the same answers, without pickle and without scikit-learn."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from lab_tables import wine

from hexachord.errors import InputError
from hexachord.learning.evaluation.examples import bring_together
from hexachord.learning.evaluation.fitting import FittedModel, fit_model
from hexachord.learning.evaluation.model_files import load_fitted, save_fitted
from hexachord.learning.evaluation.plan import EvaluationOptions, ModelPlan
from hexachord.learning.features.fusion import BlockScaler
from hexachord.learning.features.scaling import Scaler
from hexachord.learning.features.selection import MeanReplacer, ScoreSelector

pytest.importorskip("sklearn")

LEARNERS = [
    "knn",
    "j48",
    "svm-rbf",
    "svm-linear",
    "forest",
    "tree",
    "logistic",
    "ridge",
    "lda",
    "lda-shared",
    "gmm",
    "mlp",
    "-s 1 -n 0.2 -t 1 -r 1",
]
TRAIN = np.arange(0, 178, 2)


def fitted(name: str, *, classes: int = 3, several: bool = False, plan: ModelPlan | None = None) -> tuple[FittedModel, object]:
    dataset, table = wine()
    if several:
        tracks = tuple(
            replace(track, labels=(track.label, "red") if row % 3 else (track.label,)) for row, track in enumerate(dataset.tracks)
        )
        dataset = replace(dataset, tracks=tracks)
    if classes == 2:
        rows = [row for row, track in enumerate(dataset.tracks) if track.label != "class_2"]
        dataset, table = dataset.take(rows), table.rows(rows)
    examples = bring_together(dataset, table, group="song")
    train = np.arange(0, len(dataset), 2)
    settings = {"trees": 15} if name == "forest" else {}
    model = fit_model(
        plan or ModelPlan(learner=name, settings=settings),
        examples,
        train,
        classes=len(dataset.classes),
        options=EvaluationOptions(inner_folds=2),
    )
    return model, table


@pytest.mark.parametrize("name", LEARNERS)
@pytest.mark.parametrize("classes", [2, 3])
def test_what_is_loaded_answers_alike(name: str, classes: int, tmp_path: Path) -> None:
    model, table = fitted(name, classes=classes)
    labels = [f"größe {number}" for number in range(classes)]
    saved = load_fitted(save_fitted(model, tmp_path / "m.npz", classes=labels, about={"data": "wine"}))
    ids, before = model.score(table)
    again, after = saved.model.score(table)
    assert ids == again
    np.testing.assert_allclose(after, before, atol=1e-9)
    assert saved.classes == tuple(labels)
    assert saved.about == {"data": "wine"}
    # and what was loaded can be saved
    twice = load_fitted(save_fitted(saved.model, tmp_path / "again.npz", classes=labels))
    np.testing.assert_array_equal(twice.model.score(table)[1], after)


def test_what_is_made_for_two_classes_answers_alike(tmp_path: Path) -> None:
    model, table = fitted("logistic-balanced", classes=2)
    saved = load_fitted(save_fitted(model, tmp_path / "m.npz", classes=["one", "other"]))
    np.testing.assert_allclose(saved.model.score(table)[1], model.score(table)[1], atol=1e-9)


@pytest.mark.parametrize("name", ["logistic", "svm-rbf", "forest"])
def test_many_labels_come_back(name: str, tmp_path: Path) -> None:
    model, table = fitted(name, several=True)
    saved = load_fitted(save_fitted(model, tmp_path / "m.npz", classes=["a", "b", "c", "red"])).model
    np.testing.assert_allclose(saved.score(table)[1], model.score(table)[1], atol=1e-9)
    assert model.thresholds is not None
    np.testing.assert_array_equal(saved.thresholds, model.thresholds)


def test_preparations_come_back(tmp_path: Path) -> None:
    blocks = (tuple(range(4)), tuple(range(4, 13)))
    steps = (MeanReplacer(), Scaler("robust"), BlockScaler(blocks), ScoreSelector(keep=0.5))
    model, table = fitted("lda", plan=ModelPlan(learner="lda", preparation=steps))
    saved = load_fitted(save_fitted(model, tmp_path / "m.npz", classes="abc")).model
    values = table.values.copy()  # type: ignore[attr-defined]
    values[::5, 3] = np.nan
    holes = replace(table, values=values)  # type: ignore[type-var]
    np.testing.assert_allclose(saved.score(holes)[1], model.score(holes)[1], atol=1e-9)


def test_a_saved_model_needs_no_scikit_learn(tmp_path: Path) -> None:
    model, table = fitted("svm-rbf")
    save_fitted(model, tmp_path / "m.npz", classes="abc")
    np.save(tmp_path / "x.npy", table.values)  # type: ignore[attr-defined]
    code = (
        "import sys, numpy as np\n"
        "sys.modules['sklearn'] = None\n"
        "from hexachord.learning.evaluation.model_files import load_fitted\n"
        f"m = load_fitted({str(tmp_path / 'm.npz')!r}).model\n"
        f"np.save({str(tmp_path / 'y.npy')!r}, m.row_scores(np.load({str(tmp_path / 'x.npy')!r})))\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)
    np.testing.assert_allclose(np.load(tmp_path / "y.npy"), model.score(table)[1], atol=1e-9)  # type: ignore[arg-type]


def test_what_cannot_be_saved_says_so(tmp_path: Path) -> None:
    model, _ = fitted("gradient-boosting")
    with pytest.raises(InputError, match="cannot be saved without pickle"):
        save_fitted(model, tmp_path / "m.npz", classes="abc")
    assert not list(tmp_path.iterdir())
    with pytest.raises(InputError, match="2 names for 3 classes"):
        save_fitted(model, tmp_path / "m.npz", classes="ab")


def test_torn_files_are_explained(tmp_path: Path) -> None:
    model, _ = fitted("lda")
    whole = save_fitted(model, tmp_path / "m.npz", classes="abc").read_bytes()
    np.savez(tmp_path / "other.npz", a=np.zeros(3))
    (tmp_path / "torn.npz").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "empty.npz").write_bytes(b"")
    (tmp_path / "text.npz").write_text("hello")
    np.savez(tmp_path / "pickled.npz", page=np.array([{"a": 1}], dtype=object), allow_pickle=True)
    for name in ("other", "torn", "empty", "text", "pickled", "missing"):
        with pytest.raises(InputError, match="a model that hexachord saved"):
            load_fitted(tmp_path / f"{name}.npz")
