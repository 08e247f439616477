"""Tables of features in other tools' files, there and back."""

from pathlib import Path

import numpy as np
import pytest

from hexachord.errors import InputError
from hexachord.learning.datasets.arff import as_matrix, load_arff, save_arff
from hexachord.learning.datasets.labelled import LabelledTable, load_table, save_table
from hexachord.learning.datasets.svmlight import load_svmlight, save_svmlight
from hexachord.learning.features.table import FeatureTable

VALUES = np.array([[0.1, -1e-300, 3.0], [np.nan, 1 / 3, 0.0], [7e22, -5.0, 2.0]])
TABLE = FeatureTable(ids=("a b", "ü'%,{}", "c"), names=("timbre/mfcc_01/mean", "x, y", "it's"), values=VALUES)
LABELS = ("hip hop", "", "jazz")

WEATHER = """% the weather, as WEKA's own
@RELATION weather
@attribute outlook {sunny, overcast, 'very rainy'}
@ATTRIBUTE 'the temperature' real
@attribute humidity INTEGER
@attribute note string
@attribute play {yes, no}
@data
sunny, 85.5, 85, 'a, b', no
% between
'very rainy',?,70,"it's",yes
overcast,64,65,?,?
{1 21.5, 3 "x y", 4 no}
"""


def test_csv_and_json_lines_keep_every_bit(tmp_path: Path) -> None:
    for name in ("t.csv", "t.jsonl"):
        again = load_table(save_table(TABLE, tmp_path / name, labels=LABELS))
        assert again.table.ids == TABLE.ids
        assert again.table.names == TABLE.names
        np.testing.assert_array_equal(again.table.values, VALUES)
        assert again.labels == LABELS
        assert again.table.times_s is None


def test_pieces_keep_their_times(tmp_path: Path) -> None:
    table = FeatureTable(ids=("a", "a"), names=("x",), values=np.array([[1.0], [2.0]]), times_s=np.array([0.0, 2.5]))
    again = load_table(save_table(table, tmp_path / "t.csv")).table
    assert again.times_s is not None
    np.testing.assert_array_equal(again.times_s, [0.0, 2.5])
    assert again.ids == ("a", "a")


@pytest.mark.parametrize(
    ("text", "said"), [("", "an empty file"), ("id,label\na,b\n", "no features"), ("id,x\na,red\n", "'red' for 'x' in line 2")]
)
def test_tables_that_are_none(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "t.csv").write_text(text)
    with pytest.raises(InputError, match=said):
        load_table(tmp_path / "t.csv")


def test_a_feature_must_not_be_called_as_a_column_is(tmp_path: Path) -> None:
    table = FeatureTable(ids=("a",), names=("label",), values=np.zeros((1, 1)))
    with pytest.raises(InputError, match="a feature called 'label'"):
        save_table(table, tmp_path / "t.csv")
    with pytest.raises(InputError, match=r"\.csv or \.jsonl"):
        save_table(TABLE, tmp_path / "t.xls")


def test_arff_of_weka(tmp_path: Path) -> None:
    (tmp_path / "w.arff").write_text(WEATHER)
    data = load_arff(tmp_path / "w.arff")
    assert data.table.names == ("outlook", "the temperature", "humidity")
    np.testing.assert_array_equal(data.table.values, [[0, 85.5, 85], [2, np.nan, 70], [1, 64, 65], [0, 21.5, 0]])
    assert data.labels == ("no", "yes", "", "no")
    assert (data.target, dict(data.nominal)) == ("play", {"outlook": ("sunny", "overcast", "very rainy")})
    assert as_matrix(data).shape == (4, 5)
    assert as_matrix(data)[1, :3].tolist() == [0, 0, 1]
    other = load_arff(tmp_path / "w.arff", target="outlook")
    assert other.labels == ("sunny", "very rainy", "overcast", "sunny")
    assert other.table.names == ("the temperature", "humidity", "play")


def test_arff_there_and_back(tmp_path: Path) -> None:
    data = LabelledTable(table=TABLE, labels=LABELS, target="the genre", nominal={"it's": ("no", "per haps", "yes", "{?}")})
    again = load_arff(save_arff(data, tmp_path / "t.arff"))
    assert again.table.ids == TABLE.ids
    assert again.table.names == TABLE.names
    np.testing.assert_array_equal(again.table.values, VALUES)
    assert again.labels == LABELS
    assert again.target == "the genre"
    assert again.nominal == data.nominal
    without = load_arff(save_arff(data, tmp_path / "t.arff", with_ids=False))
    assert without.table.ids == ("row 1", "row 2", "row 3")
    np.testing.assert_array_equal(without.table.values, VALUES)


def test_arff_as_scipy_reads_it(tmp_path: Path) -> None:
    arff = pytest.importorskip("scipy.io.arff")
    data = LabelledTable(table=TABLE.columns(["timbre/mfcc_01/mean", "it's"]).rows([0, 2]), labels=("rock", "jazz"))
    read, meta = arff.loadarff(save_arff(data, tmp_path / "t.arff", with_ids=False))
    np.testing.assert_array_equal([row[0] for row in read], [0.1, 7e22])
    assert meta.types() == ["numeric", "numeric", "nominal"]
    assert [row[2] for row in read] == [b"rock", b"jazz"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("sunny, 85.5, 85, 'a, b', no", "sunny, 85.5, 85, no", "4 values in line 9"),
        ("sunny, 85.5", "foggy, 85.5", "'foggy' for 'outlook' in line 9"),
        ("85.5", "warm", "'warm' for 'the temperature' in line 9"),
        ("'a, b', no", "'a, b', perhaps", "'perhaps' for 'play' in line 9"),
        ("'a, b'", "'a, b", "quotes that do not fit in line 9"),
        ("INTEGER", "date 'yyyy'", "the kind"),
        ("{1 21.5,", "{9 21.5,", "'9 21.5' in line 13"),
        ("@data", "", "line 9"),
        (WEATHER, "", "an empty file"),
        (WEATHER, "@relation x\n@attribute y real\n@data\n", "no rows after @data"),
        ("humidity", "outlook", "two attributes called 'outlook'"),
    ],
)
def test_broken_arff_names_the_line(tmp_path: Path, old: str, new: str, said: str) -> None:
    (tmp_path / "w.arff").write_text(WEATHER.replace(old, new, 1))
    with pytest.raises(InputError, match=said):
        load_arff(tmp_path / "w.arff")
    (tmp_path / "w.arff").write_text(WEATHER)
    with pytest.raises(InputError, match="no attribute 'x'"):
        load_arff(tmp_path / "w.arff", target="x")


def test_svmlight_there_and_back(tmp_path: Path) -> None:
    table = TABLE.rows([0, 2])
    data = LabelledTable(table=table, labels=("jazz", "blues"))
    classes = save_svmlight(data, tmp_path / "t.svm")
    assert classes == ("blues", "jazz")
    assert (tmp_path / "t.svm").read_text() == "2 1:0.1 2:-1e-300 3:3\n1 1:7e+22 2:-5 3:2\n"
    again = load_svmlight(tmp_path / "t.svm", names=table.names, classes=classes)
    np.testing.assert_array_equal(again.table.values, table.values)
    assert again.labels == data.labels
    assert save_svmlight(LabelledTable(table=table, labels=("-1", "+1")), tmp_path / "n.svm") == ()
    assert load_svmlight(tmp_path / "n.svm").labels == ("-1", "+1")


def test_svmlight_as_scikit_learn_reads_it(tmp_path: Path) -> None:
    sklearn = pytest.importorskip("sklearn.datasets")
    random = np.random.default_rng(0)
    values = random.standard_normal((20, 7)) * (random.random((20, 7)) < 0.5)
    values[:, 6] = 1.0
    table = FeatureTable(ids=tuple(map(str, range(20))), names=tuple("abcdefg"), values=values)
    save_svmlight(LabelledTable(table=table, labels=tuple("xyxyz" * 4)), tmp_path / "t.svm")
    matrix, labels = sklearn.load_svmlight_file(str(tmp_path / "t.svm"), zero_based=False)
    np.testing.assert_array_equal(matrix.toarray(), values)
    assert labels.tolist() == [1, 2, 1, 2, 3] * 4
    sklearn.dump_svmlight_file(values, labels, str(tmp_path / "s.svm"), zero_based=False, comment="by hand")
    np.testing.assert_allclose(load_svmlight(tmp_path / "s.svm").table.values, values, rtol=1e-15)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "an empty file"),
        ("rock 1:2\n", "the label 'rock'"),
        ("1 2:1 1:1\n", "do not ascend"),
        ("1 0:1\n", "ascend"),
        ("1 1:x\n", "'1:x' in line 1"),
    ],
)
def test_broken_svmlight(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "t.svm").write_text(text)
    with pytest.raises(InputError, match=said):
        load_svmlight(tmp_path / "t.svm")


def test_what_svmlight_cannot_say_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no value for 'timbre/mfcc_01/mean' of ü'%,\{\}"):
        save_svmlight(LabelledTable(table=TABLE, labels=("a", "b", "c")), tmp_path / "t.svm")
    with pytest.raises(InputError, match="no label for c"):
        save_svmlight(LabelledTable(table=TABLE.rows([0, 2]), labels=("a", "")), tmp_path / "t.svm")
