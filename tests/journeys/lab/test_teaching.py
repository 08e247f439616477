"""Teaching views: what they show is what models say, computed again here by other means."""

import base64
import json
import re
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from lab_runs import HOSTILE

from hexachord.errors import InputError, MissingExtraError
from hexachord.journeys.lab.teaching.cat_dog_rabbit import table_figures_in_words
from hexachord.journeys.lab.teaching.clusters import cluster_steps
from hexachord.journeys.lab.teaching.fields import SIDE, neighbour_fields, svm_fields
from hexachord.journeys.lab.teaching.rules import growing_freedom, split_rules
from hexachord.journeys.lab.teaching.songs import Pair, TeachingSongs, built_in_songs, choose_pair, songs_of, spoken
from hexachord.journeys.lab.teaching.views import make_teaching_views
from hexachord.journeys.lab.teaching.weights import losses_over_margin, penalty_paths
from hexachord.learning.features.table import FeatureTable

sklearn = pytest.importorskip("sklearn")


@cache
def songs() -> TeachingSongs:
    return built_in_songs()


@cache
def pair() -> Pair:
    return choose_pair(songs(), seed=0)


def field_of(text: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), dtype=np.int8).reshape(SIDE, SIDE)


def test_the_songs_that_come_with_the_library() -> None:
    data = songs()
    assert data.values.shape == (432, 20)
    assert (len(data.classes), len(set(data.albums)), len(set(data.songs))) == (6, 36, 144)
    assert np.isfinite(data.values).all()
    assert (data.values.std(axis=0) > 0).all()
    held = data.held_out(seed=0)
    assert 0.3 < held.mean() < 0.5
    assert not {song for song, out in zip(data.songs, held, strict=True) if out} & {
        song for song, out in zip(data.songs, held, strict=True) if not out
    }


def test_names_are_spoken() -> None:
    assert [spoken(name) for name in ("spectral/rolloff85_hz/mean", "dynamics/rms/std", "timbre/mfcc_11/median", "width")] == [
        "spectral rolloff 85 % (Hz)", "rms, deviation", "MFCC 11, median", "width",
    ]  # fmt: skip


def test_svm_fields_are_what_the_svm_says() -> None:
    from sklearn.svm import SVC

    chosen = pair()
    facts = svm_fields(chosen)
    learnt = ~chosen.held_out
    for c, gamma in ((0, 0), (3, 3), (6, 5)):
        setting = facts["settings"][c * len(facts["gamma"]) + gamma]
        model = SVC(C=facts["c"][c], gamma=facts["gamma"][gamma]).fit(chosen.values[learnt], chosen.signs[learnt])
        assert setting["support"] == np.flatnonzero(learnt)[model.support_].tolist()
        assert setting["heldOut"] == pytest.approx(model.score(chosen.values[~learnt], chosen.signs[~learnt]), abs=1e-4)
        assert setting["learnt"] == pytest.approx(model.score(chosen.values[learnt], chosen.signs[learnt]), abs=1e-4)
        row, column = 40, 13
        place = [facts[axis][0] + (facts[axis][1] - facts[axis][0]) * at / (SIDE - 1) for axis, at in (("x", column), ("y", row))]
        said = float(model.decision_function([place])[0])
        assert field_of(setting["field"])[row, column] / 50 == pytest.approx(np.clip(said, -2.54, 2.54), abs=0.011)
    by_gamma = [facts["settings"][6 * 7 + gamma]["learnt"] for gamma in range(7)]
    assert by_gamma[-1] == 1.0 > by_gamma[0]


def test_neighbour_fields_are_votes() -> None:
    from sklearn.neighbors import KNeighborsClassifier

    chosen = pair()
    facts = neighbour_fields(chosen)
    learnt = ~chosen.held_out
    assert facts["settings"][0]["learnt"] == 1.0
    for number, k in enumerate(facts["k"]):
        model = KNeighborsClassifier(k).fit(chosen.values[learnt], chosen.signs[learnt])
        assert facts["settings"][number]["heldOut"] == pytest.approx(model.score(chosen.values[~learnt], chosen.signs[~learnt]), abs=1e-4)
        assert set(np.unique(field_of(facts["settings"][number]["field"]))) <= {round((2 * votes / k - 1) * 50) for votes in range(k + 1)}


def test_losses() -> None:
    facts = losses_over_margin(pair())
    values = {loss["name"]: dict(zip(facts["margins"], loss["values"], strict=True)) for loss in facts["losses"]}
    assert [values["indicator"][margin] for margin in (-0.1, 0.0, 0.1)] == [1, 0, 0]  # sgn(0) is 1
    assert [values["square"][margin] for margin in (-1.0, 0.0, 1.0, 2.0)] == [4, 1, 0, 1]
    assert [values["hinge"][margin] for margin in (-1.0, 0.0, 1.0, 2.0)] == [2, 1, 0, 0]
    assert sum(count for _, count in facts["histogram"]) == facts["pieces"] == pair().held_out.sum()
    wrong = sum(count for start, count in facts["histogram"] if start < -1e-9)
    assert facts["losses"][0]["risk"] == pytest.approx(wrong / facts["pieces"], abs=1e-4)


@pytest.mark.slow
def test_penalties_are_ridge_and_lasso() -> None:
    from sklearn.linear_model import Lasso, Ridge

    data, chosen = songs(), pair()
    facts = penalty_paths(data, chosen, seed=0)
    kinds = [data.classes.index(name) for name in chosen.classes]
    rows = np.isin(data.kinds, kinds)
    learnt = ~data.held_out(seed=0)[rows]
    values = data.values[rows]
    values = (values - values[learnt].mean(axis=0)) / values[learnt].std(axis=0)
    signs = np.where(data.kinds[rows] == kinds[0], 1.0, -1.0)
    ridge, lasso = facts["paths"]
    for place in (0, 15, 30):
        penalty = facts["lambdas"][place]
        own = Ridge(alpha=penalty * learnt.sum()).fit(values[learnt], signs[learnt])
        assert np.allclose(ridge["weights"][place], own.coef_, atol=1e-4)
        assert ridge["heldOut"][place] == pytest.approx(np.mean((own.predict(values[~learnt]) - signs[~learnt]) ** 2), abs=1e-4)
        other = Lasso(alpha=penalty / 2, tol=1e-10, max_iter=100000).fit(values[learnt], signs[learnt])
        assert np.allclose(lasso["weights"][place], other.coef_, atol=2e-3)
    left = [np.count_nonzero(weights) for weights in lasso["weights"]]
    assert left[0] > left[15] > left[-1] == 0
    assert all(np.count_nonzero(weights) == 20 for weights in ridge["weights"])
    for path in facts["paths"]:
        assert path["best"] == int(np.argmin(path["heldOut"]))
        assert np.all(np.diff(path["learnt"]) > -1e-4)


def test_k_means_falls_until_nothing_moves() -> None:
    facts = cluster_steps(songs(), seed=0)
    points = np.array(facts["points"])
    assert len(facts["starts"]) == 3
    for start in facts["starts"]:
        objectives = [step["objective"] for step in start["steps"]]
        assert len(objectives) > 2
        assert np.all(np.diff(objectives) <= 1e-3)
        last = start["steps"][-1]
        far = ((points[:, None] - np.array(last["centres"])[None]) ** 2).sum(axis=2)
        assert far.min(axis=1).sum() == pytest.approx(last["objective"], rel=1e-3)
        for cluster, centre in enumerate(last["centres"]):
            assert np.allclose(points[np.array(last["nearest"]) == cluster].mean(axis=0), centre, atol=2e-3)


def test_freedom_over_fits() -> None:
    facts = growing_freedom(songs(), seed=0)
    learnt, heard = ([mean for mean, _, _ in facts[side]] for side in ("learnt", "heldOut"))
    assert np.all(np.diff(learnt) >= -0.01)
    assert learnt[-1] > 0.99
    assert 0 < facts["best"] < len(heard) - 1  # neither the stiffest nor the freest
    assert heard[-1] < heard[facts["best"]] - 0.2
    assert all(low <= mean <= high for side in ("learnt", "heldOut") for mean, low, high in facts[side])


def test_pieces_flatter_songs_and_songs_flatter_albums() -> None:
    facts = split_rules(songs(), seed=0)
    assert [rule["name"] for rule in facts["rules"]] == ["pieces dealt freely", "songs kept whole", "albums kept whole"]
    pieces, whole, albums = (rule["accuracy"][0][0] for rule in facts["rules"])
    assert pieces > whole + 0.1 > albums
    without = replace(songs(), albums=songs().songs)
    assert len(split_rules(without, seed=0)["rules"]) == 2


def test_the_animals_to_the_digit() -> None:
    facts = table_figures_in_words()
    figures = {(each["name"], what): figure for each in facts["classes"] for what, _, figure, _ in each["lines"]}
    assert facts["table"] == [[5, 3, 0], [2, 3, 1], [0, 2, 11]]
    expected = {
        ("all", "accuracy"): "0.7037", ("cat", "precision"): "0.7143", ("cat", "recall"): "0.6250", ("cat", "F1"): "0.6667",
        ("dog", "precision"): "0.3750", ("dog", "recall"): "0.5000", ("dog", "F1"): "0.4286", ("rabbit", "precision"): "0.9167",
        ("rabbit", "recall"): "0.8462", ("rabbit", "F1"): "0.8800", ("all", "macro precision"): "0.6687", ("all", "macro recall"): "0.6571",
        ("all", "macro F1"): "0.6584", ("all", "weighted F1"): "0.7165",
    }  # fmt: skip
    assert {place: figures[place] for place in expected} == expected


def own_table(names: tuple[str, ...], *, tracks: int = 6, pieces: int = 3) -> tuple[FeatureTable, dict[str, str]]:
    random = np.random.default_rng(0)
    labels = {f"{number} of {name[:30]}": name for name in names for number in range(tracks)}
    ids = tuple(track for track in labels for _ in range(pieces))
    kinds = np.array([names.index(labels[track]) for track in ids])
    values = random.normal(size=(len(ids), 4)) + kinds[:, None] * np.array([1.0, 0.5, 0.0, 0.0])
    values[3, 1] = np.nan
    values = np.column_stack([values, np.ones(len(ids)), np.full(len(ids), np.nan)])
    columns = (*(f"timbre/mfcc_{column:02d}/mean" for column in range(4)), "<b>constant</b>", "nothing")
    return FeatureTable(ids=ids, names=columns, values=values, times_s=np.arange(len(ids)) % pieces * 5.0), labels


@pytest.mark.slow
def test_the_users_own_songs(tmp_path: Path) -> None:
    table, labels = own_table(HOSTILE)
    pages = make_teaching_views(tmp_path / "a", table=table, labels=labels)
    assert pages[0].name == "index.html"
    assert len(pages) == 9
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert "<script>alert" not in text
        assert not re.search(r"""(?:src|href)=["'](?!index\.html|[a-z]+\.html)""", text.replace("href: picture", ""))
        found = re.search(r'id="lesson">(.*?)</script>', text)
        assert page.name == "index.html" or "NaN" not in json.dumps(json.loads(found.group(1)))
    again = make_teaching_views(tmp_path / "b", table=table, labels=labels)
    assert [page.read_bytes() for page in pages] == [page.read_bytes() for page in again]
    other = make_teaching_views(tmp_path / "c", table=table, labels=labels, seed=1)
    assert pages[1].read_bytes() != other[1].read_bytes()


def test_too_little_to_teach_with() -> None:
    table, labels = own_table(("a", "b"), tracks=2)
    assert songs_of(table, labels).values.shape == (12, 4)
    alone = {track: label for track, label in labels.items() if not track.startswith("1 of b")}
    with pytest.raises(InputError, match="1 classes with two songs"):
        songs_of(table, alone)
    with pytest.raises(InputError, match="0 classes"):
        songs_of(table, {})
    with pytest.raises(InputError, match="1 descriptors that change"):
        songs_of(table.columns([table.names[0], table.names[4]]), labels)


def test_without_scikit_learn_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "sklearn", None)
    with pytest.raises(MissingExtraError, match=r"hexachord\[learn\]"):
        make_teaching_views(tmp_path)
    assert not list(tmp_path.iterdir())
