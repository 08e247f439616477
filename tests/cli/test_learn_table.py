"""`hexachord learn table`: what WEKA's explorer and LIBSVM's programs do with the same tables."""

import json
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("sklearn")

WEATHER = """@relation weather
@attribute outlook {sunny, overcast, rainy}
@attribute temperature numeric
@attribute humidity numeric
@attribute windy {TRUE, FALSE}
@attribute play {yes, no}
@data
sunny,85,85,FALSE,no
sunny,80,90,TRUE,no
overcast,83,86,FALSE,yes
rainy,70,96,FALSE,yes
rainy,68,80,FALSE,yes
rainy,65,70,TRUE,no
overcast,64,65,TRUE,yes
sunny,72,95,FALSE,no
sunny,69,70,FALSE,yes
rainy,75,80,FALSE,yes
sunny,75,70,TRUE,yes
overcast,72,90,TRUE,yes
overcast,81,75,FALSE,yes
rainy,71,91,TRUE,no
"""

# Witten, Frank and Hall, "Data Mining", print this tree of the weather data.
WEATHER_TREE = """outlook = sunny
|   humidity <= 75: yes (2.0)
|   humidity > 75: no (3.0)
outlook = overcast: yes (4.0)
outlook = rainy
|   windy = TRUE: no (2.0)
|   windy = FALSE: yes (3.0)

Number of Leaves  : 5
Size of the tree  : 8"""

# WEKA's own, of its iris.arff with J48 -C 0.25 -M 2.
IRIS_TREE = """petal width (cm) <= 0.6: setosa (50.0)
petal width (cm) > 0.6
|   petal width (cm) <= 1.7
|   |   petal length (cm) <= 4.9: versicolor (48.0/1.0)
|   |   petal length (cm) > 4.9
|   |   |   petal width (cm) <= 1.5: virginica (3.0)
|   |   |   petal width (cm) > 1.5: versicolor (3.0/1.0)
|   petal width (cm) > 1.7: virginica (46.0/1.0)"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path) -> None:
    (tmp_path / "work").mkdir(exist_ok=True)
    (tmp_path / "work/weather.arff").write_text(WEATHER)


def figures(ran) -> dict:
    assert ran.code == 0, ran.err
    return {model["name"]: model for model in json.loads(ran.out)["evaluation"]["models"]}


def test_weathers_tree_asks_about_categories(cli):
    ran = cli("learn", "table", "weather.arff", "-m", "j48", "--on-training")
    assert ran.code == 0, ran.err
    assert WEATHER_TREE in ran.out
    assert "right: 14 of 14 (100.0%)" in ran.out
    assert "says nothing about new ones" in ran.err
    assert "says nothing" not in cli("learn", "table", "weather.arff", "-m", "j48", "--on-training", "-q").err


def test_iris_as_weka_prints_it(cli):
    ran = cli("learn", "table", "iris", "-m", "j48", "-m", "-s 0 -t 2 -c 10 -g 0.25")
    assert ran.code == 0, ran.err
    assert IRIS_TREE in ran.out
    for words in ("150 rows, 4 columns, 3 classes", "10 folds", "<- taken for", "b = versicolor", "majority (baseline)", "shuffled"):
        assert words in ran.out
    ran = cli("learn", "table", "iris", "-m", "j48", "--on-training", "--json")
    np.testing.assert_array_equal(figures(ran)["j48"]["confusion"], [[50, 0, 0], [0, 49, 1], [0, 2, 48]])  # WEKA: 147 of 150
    assert json.loads(ran.out)["trees"]["j48"].startswith(IRIS_TREE)


def test_the_same_seed_says_the_same(cli):
    asked = ("learn", "table", "iris", "-m", "knn", "--split", "0.66", "--json", "--seed")
    first, again, other = (figures(cli(*asked, seed))["knn"] for seed in (3, 3, 4))
    assert first["confusion"] == again["confusion"]
    assert first["predictions"]["ids"] == again["predictions"]["ids"]
    assert first["predictions"]["ids"] != other["predictions"]["ids"]
    assert len(first["predictions"]["ids"]) == pytest.approx(0.34 * 150, abs=2)


def test_another_table_judges(cli):
    from sklearn.datasets import load_iris
    from sklearn.svm import SVC

    values, targets = load_iris(return_X_y=True)
    odd = np.arange(150) % 2 == 1
    for name, rows in (("a.svm", ~odd), ("b.svm", odd)):
        lines = (
            " ".join([str(t + 1), *(f"{c + 1}:{v:g}" for c, v in enumerate(row))])
            for row, t in zip(values[rows], targets[rows], strict=True)
        )
        Path(name).write_text("\n".join(lines) + "\n")
    model = figures(cli("learn", "table", "a.svm", "--test", "b.svm", "-m", "-s 0 -t 2 -c 10 -g 0.25", "--json"))["-s 0 -t 2 -c 10 -g 0.25"]
    centre, width = values[~odd].mean(axis=0), values[~odd].std(axis=0)
    theirs = SVC(C=10, gamma=0.25).fit((values[~odd] - centre) / width, targets[~odd]).predict((values[odd] - centre) / width)
    assert np.trace(np.array(model["confusion"])) == int(np.sum(theirs == targets[odd]))
    assert all(name.startswith("test/") for name in model["predictions"]["ids"])


def test_columns_that_a_sparse_file_lacks_are_zero(cli):
    Path("a.svm").write_text("".join(f"{1 + n % 2} 1:{n % 2 + 0.01 * n:g} 3:1\n" for n in range(12)))
    Path("b.svm").write_text("1 1:0\n2 1:1.1\n")
    model = figures(cli("learn", "table", "a.svm", "--test", "b.svm", "-m", "knn:k=1", "--json"))["knn:k=1"]
    assert model["confusion"] == [[1, 0], [0, 1]]


def test_without_a_model_that_predicts(cli):
    ran = cli("learn", "table", "iris", "--cluster", "kmeans", "3", "--select", "--json")
    told = json.loads(ran.out)
    assert told["clusters"]["ari"] == pytest.approx(0.620, abs=0.005)  # of scaled columns, as scikit-learn's examples have it
    assert told["clusters"]["classes"]["setosa"].count(0) == 2
    assert [column["name"] for column in told["columns_ranked"]][:2] == ["petal length (cm)", "petal width (cm)"]
    assert told["columns_ranked"][0]["anova_f"] == pytest.approx(1180.16, abs=0.01)
    ran = cli("learn", "table", "weather.arff", "--associate", "--support", "0.2")
    assert ran.code == 0, ran.err
    line = next(line for line in ran.out.splitlines() if line.startswith("outlook = overcast"))
    assert "play = yes" in line
    assert "1.00" in line


def test_pieces_of_a_song_and_albums_stay_together(cli):
    random = np.random.default_rng(0)
    rows = ["id,start_s,label,a,b"]
    for song in range(12):
        label, voice = "xy"[song % 2], random.normal(size=2)
        rows += [f"{label}/{song // 4}/{song},{5 * n},{label},{voice[0] + 0.01 * n},{voice[1]}" for n in range(6)]
    Path("t.csv").write_text("\n".join(rows) + "\n")
    listed = ["id,path,label,album", *(f"{'xy'[s % 2]}/{s // 4}/{s},,{'xy'[s % 2]},album {s // 4}" for s in range(12))]
    Path("songs.csv").write_text("\n".join(listed) + "\n")
    model = figures(cli("learn", "table", "t.csv", "-m", "knn:k=1", "--folds", "4", "--json"))["knn:k=1"]
    assert sorted(model["predictions"]["ids"]) == sorted({row.split(",")[0] for row in rows[1:]})
    assert model["metrics"]["top1"][0] < 0.9  # voices are drawn, not learnt: pieces on both sides would give 1
    ran = cli("learn", "table", "t.csv", "-m", "knn:k=1", "--folds", "3", "--groups", "songs.csv", "--json")
    assert ran.code == 0, ran.err
    assert "by album" in json.loads(ran.out)["evaluation"]["rule"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ("0 bytes", "export it again")),
        ("a,b,label\n", ("no rows",)),
        ("a,b\n1,2\n3,4\n", ("0 classes", "--label")),
        ("a,label\n1,x\n2,x\n", ("1 class", "two or more")),
        ("a,label\nfast,x\nslow,y\n", ("'fast'", "line 2")),
        ("id,a,label\ns,1,x\ns,2,y\nt,1,x\n", ("'s' as 'x' and as 'y'",)),
        ("a,label\n1,x\n2,x\n3,y\n", ("'y'", "one song alone")),
    ],
)
def test_bad_tables_are_explained(cli, left_behind, text, words):
    Path("t.csv").write_text(text)
    before = left_behind()
    ran = cli("learn", "table", "t.csv", "-m", "knn")
    assert ran.code == 2, ran.out + ran.err
    assert ran.err.startswith("error: ")
    assert "Traceback" not in ran.err
    for word in words:
        assert word in ran.err
    assert left_behind() == before


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (("iris", "--label", "nothing"), ("iris", "--label nothing")),
        (("missing.csv",), ("missing.csv", "no such file")),
        (("weather.arff", "--label", "wind"), ("wind",)),
        (("iris", "-m", "nobody"), ("knn", "svm-rbf")),
        (("iris", "-m", "knn:neighbours=3"), ("neighbours", "k")),
        (("iris", "-m", "knn:3"), ("KEY=VALUE",)),
        (("iris", "-m", "-s 0 -t 9"), ("-t",)),
        (("iris", "-m", "svr"), ("classifier",)),
        (("iris", "-m", "j48", "--split", "0.5", "--on-training"), ("--split and --on-training",)),
        (("iris", "--cluster", "hopes", "3"), ("kmeans or gmm",)),
        (("iris", "--cluster", "kmeans", "500"), ("500 groups",)),
        (("iris", "--associate", "--support", "0"), ("--support",)),
        (("iris", "--test", "weather.arff", "-m", "knn"), ("other columns",)),
        (("iris", "-m", "gradient-boosting", "--save", "m.npz"), ("without pickle",)),
        (("iris.xlsx",), (".arff",)),
    ],
)
def test_bad_wishes_are_explained(cli, left_behind, asked, words):
    before = left_behind()
    ran = cli("learn", "table", *asked)
    assert ran.code == 2, ran.out + ran.err
    assert ran.err.startswith("error: ")
    for word in words:
        assert word in ran.err
    assert left_behind() == before
