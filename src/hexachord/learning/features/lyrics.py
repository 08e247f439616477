"""Lyrics as rows of numbers: how often each word is there, and simple counts.

How rare a word is (inverse document frequency) is learnt from training rows only, by a step of the model: see `TfIdf`. K. Sparck Jones, "A
statistical interpretation of term specificity", Journal of Documentation 28(1), 1972.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hexachord.arrays import Float64Array
from hexachord.errors import InputError
from hexachord.files import read_text
from hexachord.learning.features.table import FeatureTable
from hexachord.learning.features.transformer import Transformer

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_TIME = re.compile(r"\[\d+:\d+(?:[.:]\d+)?\]|<\d+:\d+(?:[.:]\d+)?>")
_TAG = re.compile(r"^\[[a-zA-Z#]+:.*\]\s*$")
_WORDS = "words"


def read_lyrics(path: str | Path) -> str:
    """Read lyrics as lines of words: plain text, or ``.lrc`` without its times and tags.

    Raises
    ------
    InputError : if the file is missing, is no text, or has no word in it.
    """
    text = read_text(path, what="lyrics: plain text or .lrc")
    lines = [_TIME.sub("", line).strip() for line in text.splitlines() if not _TAG.match(line.strip())]
    found = "\n".join(lines).strip()
    if not _WORD.search(found):
        raise InputError(path, found="no word in it", expected="lyrics", next_step="fill it in, or leave it away")
    return found


def count_words(lyrics: Mapping[str, str], *, least: int = 2, most: int = 2000) -> FeatureTable:
    """Count words: columns ``words/WORD``, those in most songs first, and ``lines``, ``words``, ``different words``, length of words and
    repeated lines under ``verse/``.

    Parameters
    ----------
    lyrics : by id
    least : songs in which a word must be
    most : columns of words at most

    Examples
    --------
    >>> table = count_words({"a": "la la love\\nla la love", "b": "no love"}, least=2)
    >>> table.names[:1], table.values[:, 0]
    (('words/love',), array([2., 1.]))
    """
    counts = {name: Counter(word.lower().replace("’", "'") for word in _WORD.findall(text)) for name, text in lyrics.items()}
    songs = Counter(word for found in counts.values() for word in found)
    words = sorted((word for word, number in songs.items() if number >= least), key=lambda word: (-songs[word], word))[:most]
    verse = [_verse(text, counts[name]) for name, text in lyrics.items()]
    names = (*(f"{_WORDS}/{word}" for word in words), *(f"verse/{name}" for name in (verse[0] if verse else ())))
    rows = [[*(counts[name][word] for word in words), *one.values()] for name, one in zip(lyrics, verse, strict=True)]
    return FeatureTable(ids=tuple(lyrics), names=names, values=np.array(rows, dtype=np.float64).reshape(len(lyrics), len(names)))


class TfIdf(Transformer):
    """Weigh counts of words by how rare they are in the training rows, ``tf * (ln((1 + n) / (1 + df)) + 1)``; each row gets the length 1.

    Parameters
    ----------
    columns : the columns that count words; the others stay as they are. A row whose counts are missing stays so

    Attributes
    ----------
    idf_ : (columns,) weights

    Examples
    --------
    >>> TfIdf(columns=(0, 1)).fit([[1, 0], [1, 2]]).idf_.round(3)
    array([1.   , 1.405])
    """

    idf_: Float64Array

    def __init__(self, columns: Sequence[int] = ()) -> None:
        self.columns = columns

    def _learn(self, x: Float64Array, y: NDArray[Any] | None) -> None:
        counts = x[:, list(self.columns)]
        counts = counts[np.isfinite(counts).all(axis=1)]
        self.idf_ = np.log((1 + len(counts)) / (1 + (counts > 0).sum(axis=0))) + 1

    def _apply(self, x: Float64Array) -> Float64Array:
        found = x.copy()
        weighed = x[:, list(self.columns)] * self.idf_
        length = np.sqrt(np.square(weighed).sum(axis=1, keepdims=True))
        found[:, list(self.columns)] = weighed / np.where(length > 0, length, 1.0)
        return found


def word_columns(names: Sequence[str]) -> tuple[int, ...]:
    """Say which columns count words; also behind the name of a branch, ``lyrics:words/love``."""
    return tuple(number for number, name in enumerate(names) if name.rpartition(":")[2].startswith(f"{_WORDS}/"))


def _verse(text: str, counts: Counter[str]) -> dict[str, float]:
    lines = [line.strip().lower().replace("’", "'") for line in text.splitlines() if line.strip()]
    whole = sum(counts.values())
    return {
        "lines": float(len(lines)),
        "words": float(whole),
        "different_words": len(counts) / whole,
        "word_length": sum(len(word) * number for word, number in counts.items()) / whole,
        "repeated_lines": 1 - len(set(lines)) / len(lines),
    }
