from pathlib import Path

import numpy as np
import pytest

from hexachord.errors import InputError
from hexachord.learning.datasets.labelled import LabelledTable
from hexachord.learning.datasets.table_files import about_path, label_column, load_labelled, one_hot, save_labelled, table_about
from hexachord.learning.features.table import FeatureTable


def table(**more) -> LabelledTable:
    values = np.array([[0.1, 0.0], [1 / 3, 2.0], [-5e-9, 1.0]])
    return LabelledTable(table=FeatureTable(ids=("a", "b", "c"), names=("x/y", "z"), values=values), labels=("p", "q", "p"), **more)


@pytest.mark.parametrize("name", ["t.csv", "t.jsonl", "t.arff", "t.svm", "t.npz"])
def test_every_format_reads_back(tmp_path: Path, name: str):
    paths = save_labelled(table(), tmp_path / name, about={"data": "songs"})
    back = load_labelled(tmp_path / name)
    np.testing.assert_array_equal(back.table.values, table().table.values)
    assert (back.table.names, back.labels) == (table().table.names, ("p", "q", "p"))
    assert table_about(tmp_path / name)["data"] == "songs"
    assert set(paths) == set(tmp_path.iterdir())


def test_what_an_earlier_table_said_goes(tmp_path: Path):
    save_labelled(table(), tmp_path / "t.csv", about={"data": "songs"})
    save_labelled(table(), tmp_path / "t.csv")
    assert not about_path(tmp_path / "t.csv").exists()


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("a,class\n1,x\n", "class"),
        ("Genre,a\nrock,1\n", "Genre"),
        ("a,b,kind\n1,2,red\n", "kind"),
        ("a,b\n1,2\n", "label"),
        ("label,a,kind\nx,1,y\n", "label"),
    ],
)
def test_the_column_of_classes_is_found(tmp_path: Path, text: str, column: str):
    (tmp_path / "t.csv").write_text(text)
    assert label_column(tmp_path / "t.csv") == column
    with pytest.raises(InputError, match="no column 'nobody'"):
        label_column(tmp_path / "t.csv", "nobody")


def test_a_column_of_files_names_rows(tmp_path: Path):
    (tmp_path / "t.csv").write_text("filename,length,label\nblues.00.wav,661794,blues\n")  # as GTZAN's table of features
    found = load_labelled(tmp_path / "t.csv")
    assert (found.table.ids, found.table.names, found.labels) == (("blues.00.wav",), ("length",), ("blues",))


def test_categories_become_columns():
    data = LabelledTable(
        table=FeatureTable(ids=("a", "b"), names=("outlook", "wind"), values=np.array([[1.0, 3.0], [np.nan, 4.0]])),
        labels=("y", "n"),
        nominal={"outlook": ("sunny", "rainy")},
    )
    found = one_hot(data).table
    assert found.names == ("outlook=sunny", "outlook=rainy", "wind")
    np.testing.assert_array_equal(found.values, [[0, 1, 3], [np.nan, np.nan, 4]])


def test_something_else_is_refused(tmp_path: Path):
    (tmp_path / "t.npz").write_bytes(b"PK nothing")
    for name, words in (("t.npz", "no whole table"), ("t.txt", ".arff"), ("missing.npz", "missing.npz")):
        with pytest.raises(InputError, match=words):
            load_labelled(tmp_path / name)
