from pathlib import Path

import numpy as np
import pytest

from hexachord.errors import InputError
from hexachord.learning.features.lyrics import TfIdf, count_words, read_lyrics, word_columns

VERSE = "[ti:Amazing Grace]\n[00:12.00]Amazing grace, how sweet the sound\n[00:20.5]That saved a wretch like me\n"


def test_times_and_tags_are_no_words(tmp_path: Path):
    (tmp_path / "a.lrc").write_text(VERSE)
    assert read_lyrics(tmp_path / "a.lrc") == "Amazing grace, how sweet the sound\nThat saved a wretch like me"


@pytest.mark.parametrize("data", [b"", b"[00:12.00]\n", b"12 34", b"\xff\xfe\x00bad"])
def test_no_words_are_told(tmp_path: Path, data: bytes):
    (tmp_path / "a.txt").write_bytes(data)
    with pytest.raises(InputError, match=r"a\.txt"):
        read_lyrics(tmp_path / "a.txt")


def test_words_of_any_script_are_counted():
    table = count_words({"a": "Don't go\nDON’T go", "b": "go, день", "c": "день и ночь"}, least=2)
    assert [name for name in table.names if name.startswith("words/")] == ["words/go", "words/день"]
    np.testing.assert_array_equal(table.values[:, :2], [[2, 0], [1, 1], [0, 1]])
    assert table.values[0, table.names.index("verse/repeated_lines")] == 0.5
    assert table.values[0, table.names.index("verse/words")] == 4
    assert count_words({"a": "x y", "b": "x y"}, most=1).names[0] == "words/x"


def test_tf_idf_is_scikit_learns_and_learnt_from_training_rows():
    text = pytest.importorskip("sklearn.feature_extraction.text")
    random = np.random.default_rng(0)
    train, test = random.poisson(0.7, (20, 6)).astype(float), random.poisson(0.7, (5, 6)).astype(float)
    theirs = text.TfidfTransformer().fit(train)
    ours = TfIdf(columns=range(6)).fit(train)
    np.testing.assert_allclose(ours.transform(test), theirs.transform(test).toarray(), atol=1e-12)
    wide = np.column_stack([test, np.arange(5)])
    found = TfIdf(columns=(0, 1)).fit(np.column_stack([train, np.zeros(20)])).transform(wide)
    np.testing.assert_array_equal(found[:, 2:], wide[:, 2:])
    missing = np.vstack([train, np.full(6, np.nan)])
    np.testing.assert_array_equal(TfIdf(columns=range(6)).fit(missing).idf_, ours.idf_)
    assert np.isnan(ours.transform(missing[-1:])).all()


def test_columns_of_words_are_known_behind_a_branch():
    assert word_columns(["audio:timbre/mfcc_01/mean", "lyrics:words/love", "lyrics:verse/lines", "words/no"]) == (1, 3)
