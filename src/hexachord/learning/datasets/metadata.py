"""Fields of metadata as columns: what the files are, what their tags say, what they belong to."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from hexachord.arrays import BoolArray, Float64Array, IntArray
from hexachord.learning.datasets.dataset import Dataset
from hexachord.learning.datasets.index import DatasetIndex

_NUMBERS = ("duration_s", "bitrate_kbps", "loudness_lufs", "peak_dbfs", "bandwidth_hz", "silence_share")
_CATEGORIES = ("codec", "rate_hz", "channels")
_MOST_CATEGORIES = 60
_NUMERIC_SHARE = 0.9  # a tag is a number where most of its values read as one,
_NUMERIC_VALUES = 8  # and they are more than this


@dataclass(frozen=True, kw_only=True, eq=False)
class Field:
    """A column: numbers, or categories.

    Attributes
    ----------
    name : as ``codec`` or ``tag year``
    numbers : (n,) NaN where not known; codes of the categories where there are any
    categories : empty for numbers
    of_file : whether the file itself shows it, and so perhaps its sound; tags and groups stand elsewhere
    """

    name: str
    numbers: Float64Array
    categories: tuple[str, ...] = ()
    of_file: bool = False

    @property
    def known(self) -> BoolArray:
        """Where it has a value."""
        known: BoolArray = np.isfinite(self.numbers)
        return known

    @property
    def codes(self) -> IntArray:
        """Categories as whole numbers; -1 where not known."""
        return np.where(self.known, self.numbers, -1).astype(np.int64)

    def matrix(self) -> Float64Array:
        """What a classifier is given, (n, columns): the numbers, or a column for each category."""
        if not self.categories:
            return self.numbers[:, None]
        return np.equal(self.codes[:, None], np.arange(len(self.categories))).astype(np.float64)


def metadata_fields(dataset: Dataset, index: DatasetIndex | None, rows: IntArray) -> tuple[list[Field], list[str]]:
    """Collect the fields of some tracks that vary, leaving out names (a value of its own for nearly every track) and the label itself.

    Returns
    -------
    fields : one for each
    notes : lines about what was left out
    """
    tracks = [dataset.tracks[row] for row in rows]
    texts: dict[str, list[str]] = {}
    fields: list[Field] = []
    notes: list[str] = []
    if index is not None:
        facts = [index.facts.get(track.id) for track in tracks]
        for name in _NUMBERS:
            values = [getattr(one, name) if one is not None and one.rate_hz else None for one in facts]
            fields.append(
                Field(name=name, numbers=np.array([np.nan if value is None else value for value in values], dtype=np.float64), of_file=True)
            )
        texts["codec"] = [f"{one.format}/{one.codec}" if one else "" for one in facts]
        texts["rate_hz"] = [str(one.rate_hz) if one and one.rate_hz else "" for one in facts]
        texts["channels"] = [str(one.channels) if one and one.channels else "" for one in facts]
    for key in sorted({key for track in tracks for key in track.tags}):
        values_of = [track.tags.get(key, "").strip() for track in tracks]
        numbers = _as_numbers(values_of)
        if numbers is not None:
            fields.append(Field(name=f"tag {key}", numbers=numbers))
        else:
            texts[f"tag {key}"] = values_of
    labels = [track.label for track in tracks]
    for kind in sorted({kind for track in tracks for kind in track.groups} - {"song"}):
        texts[kind] = [track.groups.get(kind, "") for track in tracks]
    for name, words in texts.items():
        if name not in _CATEGORIES and _is_renaming(words, labels):
            notes.append(f"{name} is not looked at: it is the label under another name")
            continue
        distinct = sorted({word for word in words if word})
        if len(distinct) > max(1, len(tracks) // 2) or len(distinct) > _MOST_CATEGORIES:
            notes.append(f"{name} is not looked at: {len(distinct)} values for {len(tracks)} tracks are names, not categories")
            continue
        number = {word: code for code, word in enumerate(distinct)}
        codes = np.array([number[word] if word else np.nan for word in words], dtype=np.float64)
        fields.append(Field(name=name, numbers=codes, categories=tuple(distinct), of_file=name in _CATEGORIES))
    return [field for field in fields if len(np.unique(field.numbers[field.known])) > 1], notes


def _as_numbers(words: list[str]) -> Float64Array | None:
    values = np.full(len(words), np.nan)
    for row, word in enumerate(words):
        try:
            values[row] = float(word)
        except ValueError:
            continue
    values[~np.isfinite(values)] = np.nan
    read = np.isfinite(values)
    there = sum(bool(word) for word in words)
    return values if read.sum() >= max(1, _NUMERIC_SHARE * there) and len(np.unique(values[read])) > _NUMERIC_VALUES else None


def _is_renaming(words: list[str], labels: list[str]) -> bool:
    """Whether a field is the label under another name: each value for one label, each label with one value."""
    forth: Mapping[str, set[str]] = _pairs(labels, words)
    back = _pairs(words, labels)
    return all(len(found) == 1 for found in forth.values()) and all(len(found) == 1 for found in back.values())


def _pairs(one: list[str], other: list[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for key, value in zip(one, other, strict=True):
        found.setdefault(key, set()).add(value)
    return found
