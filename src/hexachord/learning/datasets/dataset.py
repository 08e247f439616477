"""A dataset: tracks with their labels, and with the groups that must not be torn apart.

Every loader makes one of these, and everything after it (integrity, splits, features, models, reports) takes one: nothing behind this
file knows how a collection lay on the disk.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from hexachord.arrays import IntArray


@dataclass(frozen=True, kw_only=True)
class Track:
    """One recording (or score) and what is known of it.

    Attributes
    ----------
    id : its name in the dataset, unique; the path below the root with ``/`` where it came from files
    path : where it is; None for rows that came as numbers
    labels : its classes: none where it is unlabelled, one for multi-class, any number for multi-label data
    groups : what it belongs to, by kind, as ``{"album": "abba/arrival", "artist": "abba"}``; tracks that share a group stay on one side of
        a split by that kind. The kind ``song`` is what a chunk was cut from; without it a track is its own song
    side : ``train``, ``valid`` or ``test`` where the dataset says so, else empty
    start_s, end_s : the part of the file that counts; None for its end
    tags : whatever else its source says, as ``{"year": "1975"}``
    """

    id: str
    path: Path | None = None
    labels: tuple[str, ...] = ()
    groups: Mapping[str, str] = field(default_factory=dict)
    side: str = ""
    start_s: float = 0.0
    end_s: float | None = None
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """Its only class; empty where it has none.

        Raises
        ------
        ValueError : if it has several.
        """
        if len(self.labels) > 1:
            raise ValueError(f"{self.id} has {len(self.labels)} labels")
        return self.labels[0] if self.labels else ""

    def group(self, kind: str) -> str:
        """The group of a kind that it belongs to; itself where it names none."""
        return self.groups.get(kind, self.id)


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """Tracks in a fixed order.

    Attributes
    ----------
    name : what people call it
    root : the folder it came from; None where there is none
    tracks : in the order of their ids
    skipped : lines about what was left out, and why
    layout : how it lay on the disk, in words: ``a folder for each label``
    """

    name: str
    root: Path | None = None
    tracks: tuple[Track, ...]
    skipped: tuple[str, ...] = ()
    layout: str = ""

    def __post_init__(self) -> None:
        if len({track.id for track in self.tracks}) != len(self.tracks):
            raise ValueError(f"two tracks of {self.name} share an id")

    def __len__(self) -> int:
        return len(self.tracks)

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of its tracks."""
        return tuple(track.id for track in self.tracks)

    @cached_property
    def classes(self) -> tuple[str, ...]:
        """Every label there is, in the order of the alphabet."""
        return tuple(sorted({label for track in self.tracks for label in track.labels}))

    @property
    def multi_label(self) -> bool:
        """Whether some track has more than one label."""
        return any(len(track.labels) > 1 for track in self.tracks)

    def targets(self) -> IntArray:
        """Give the class of each track as a number, (n,): the index into `classes`, -1 where it is unlabelled.

        Raises
        ------
        ValueError : if a track has several labels (see `indicators`).
        """
        number = {name: index for index, name in enumerate(self.classes)}
        return np.array([number.get(track.label, -1) for track in self.tracks], dtype=np.int64)

    def indicators(self) -> IntArray:
        """Give which classes each track has, (n, classes) of 0 and 1."""
        number = {name: index for index, name in enumerate(self.classes)}
        found = np.zeros((len(self.tracks), len(self.classes)), dtype=np.int64)
        for row, track in enumerate(self.tracks):
            found[row, [number[label] for label in track.labels]] = 1
        return found

    def groups(self, kind: str) -> tuple[str, ...]:
        """The group of a kind that each track belongs to."""
        return tuple(track.group(kind) for track in self.tracks)

    def take(self, rows: Iterable[int]) -> "Dataset":
        """Keep some tracks, by their numbers."""
        return replace(self, tracks=tuple(self.tracks[row] for row in rows))
