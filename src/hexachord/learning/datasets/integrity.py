"""Can this collection be trusted? What cannot be read, what is there twice, what is silent, which classes are too small, and whether
labels go with codecs, levels or bandwidths.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from hexachord.learning.datasets.dataset import Dataset, Track
from hexachord.learning.datasets.facts import FileFacts
from hexachord.learning.datasets.index import DatasetIndex
from hexachord.learning.datasets.splitting import default_group
from hexachord.retrieval.fingerprint import near_duplicates

SILENT_SHARE = 0.95
TOO_SHORT_S = 3.0
_SHOWN = 10  # of each kind of finding, in words; JSON has them all


@dataclass(frozen=True, kw_only=True)
class Copy:
    """Two tracks with one recording.

    Attributes
    ----------
    first, second : ids
    exact : the same samples (or notes); otherwise their fingerprints agree
    labels_agree : whether they have the same labels
    score : of the fingerprints, 1 for exact copies
    offset_s : what is heard in the first is heard so much later in the second
    """

    first: str
    second: str
    exact: bool
    labels_agree: bool
    score: float = 1.0
    offset_s: float = 0.0


@dataclass(frozen=True, kw_only=True)
class LabelFacts:
    """What the files of one label have in common.

    Attributes
    ----------
    tracks, groups : how many there are; groups are those that splits keep together
    minutes : of readable files
    codecs : how many files of each ``format/codec/rate``
    loudness_lufs, bandwidth_hz : median and middle half (25 % and 75 %), None where there is no sound
    """

    tracks: int
    groups: int
    minutes: float
    codecs: Mapping[str, int]
    loudness_lufs: tuple[float, float, float] | None
    bandwidth_hz: tuple[float, float, float] | None


@dataclass(frozen=True, kw_only=True)
class Integrity:
    """What was found.

    Attributes
    ----------
    dataset, layout : its name, and how it lay on the disk
    tracks, labelled, minutes : how much there is
    group : the kind of group that splits keep together
    skipped : lines of the loader
    unreadable : a line for each file that could not be read, by id
    copies : pairs of tracks with one recording (pieces of one file apart)
    silent, short : ids
    labels : by label
    alone : classes with one group: they cannot be split
    imbalance : largest class over smallest
    """

    dataset: str
    layout: str
    tracks: int
    labelled: int
    minutes: float
    group: str
    skipped: tuple[str, ...]
    unreadable: Mapping[str, str]
    copies: tuple[Copy, ...]
    silent: tuple[str, ...]
    short: tuple[str, ...]
    labels: Mapping[str, LabelFacts]
    alone: tuple[str, ...]
    imbalance: float

    @property
    def usable(self) -> tuple[str, ...]:
        """Problems that spoil an experiment, in words; none where it can begin."""
        found = []
        if self.alone:
            found.append(f"classes with one {self.group} alone: {_some(self.alone)}")
        contradictions = [copy for copy in self.copies if not copy.labels_agree]
        if contradictions:
            found.append(f"one recording under two labels: {_some(f'{copy.first} = {copy.second}' for copy in contradictions)}")
        return tuple(found)

    def to_plain(self) -> dict[str, Any]:
        """Return it as plain data for JSON."""
        return asdict(self)

    def lines(self) -> list[str]:
        """Say it in words, a line for each finding."""
        out = [
            f"{self.dataset}: {self.layout}; {self.tracks} tracks, {self.labelled} with a label, {len(self.labels)} classes, "
            f"{self.minutes:.1f} minutes; kept together by {self.group}"
        ]
        for title, found in (
            ("left out", self.skipped),
            ("cannot be read", list(self.unreadable.values())),
            ("the same samples", [_said(copy) for copy in self.copies if copy.exact]),
            ("the same recording", [_said(copy) for copy in self.copies if not copy.exact]),
            ("silent", self.silent),
            (f"shorter than {TOO_SHORT_S:g} s", self.short),
            (f"classes with one {self.group} alone", self.alone),
        ):
            if found:
                out.append(f"{title}: {len(found)}")
                out += [f"  {line}" for line in list(found)[:_SHOWN]]
                if len(found) > _SHOWN:
                    out.append(f"  ... and {len(found) - _SHOWN} more")
        sizes = [one.tracks for one in self.labels.values()]
        if sizes:
            out.append(f"tracks a class: {min(sizes)} to {max(sizes)} (the largest is {self.imbalance:.1f} times the smallest)")
        for label, one in self.labels.items():
            codecs = ", ".join(f"{count} {name}" for name, count in one.codecs.items())
            sound = f"; {one.loudness_lufs[0]:.1f} LUFS" if one.loudness_lufs else ""
            sound += f", up to {one.bandwidth_hz[0] / 1000:.1f} kHz" if one.bandwidth_hz else ""
            out.append(f"  {label}: {one.tracks} tracks, {one.groups} by {self.group}, {one.minutes:.1f} min; {codecs}{sound}")
        return out


def check_integrity(dataset: Dataset, index: DatasetIndex) -> Integrity:
    """Look for what is wrong with a dataset whose files have been measured."""
    kind = default_group(dataset)
    by_label: dict[str, list[Track]] = {label: [] for label in dataset.classes}
    for track in dataset.tracks:
        for label in track.labels:
            by_label[label].append(track)
    groups = {label: len({track.group(kind) for track in tracks}) for label, tracks in by_label.items()}
    files = {track.path: index.facts[track.id].duration_s for track in dataset.tracks if track.id in index.facts}
    sizes = [len(tracks) for tracks in by_label.values()]
    return Integrity(
        dataset=dataset.name,
        layout=dataset.layout,
        tracks=len(dataset),
        labelled=sum(bool(track.labels) for track in dataset.tracks),
        minutes=sum(files.values()) / 60,
        group=kind,
        skipped=dataset.skipped,
        unreadable=dict(index.failures),
        copies=tuple(find_copies(dataset, index)),
        silent=tuple(key for key, one in index.facts.items() if one.silence_share >= SILENT_SHARE),
        short=tuple(key for key, one in index.facts.items() if one.duration_s < TOO_SHORT_S),
        labels={label: _of_label(tracks, groups[label], index.facts) for label, tracks in by_label.items()},
        alone=tuple(label for label, number in groups.items() if number < 2),
        imbalance=max(sizes) / max(min(sizes), 1) if sizes else 1.0,
    )


def find_copies(dataset: Dataset, index: DatasetIndex) -> list[Copy]:
    """Find pairs of tracks that hold one recording: the same samples, or fingerprints that agree; pieces of one file are no copies.

    Of several copies with the same samples, each is paired with the first.
    """
    labels = {track.id: track.labels for track in dataset.tracks}
    first_of: dict[str, str] = {}  # by content
    where: dict[object, str] = {}  # by file: one of its pieces speaks for all
    found = []
    for track in dataset.tracks:
        if track.id not in index.facts or track.path in where:
            continue
        where[track.path] = track.id
        content = index.facts[track.id].content_sha256
        if content in first_of:
            one = first_of[content]
            found.append(Copy(first=one, second=track.id, exact=True, labels_agree=labels[one] == labels[track.id]))
        else:
            first_of[content] = track.id
    ids = [key for key in first_of.values() if key in index.prints]
    for earlier, later, result in near_duplicates([index.prints[key] for key in ids]):
        a, b = ids[earlier], ids[later]
        found.append(
            Copy(first=a, second=b, exact=False, labels_agree=labels[a] == labels[b], score=result.score, offset_s=result.offset_s)
        )
    return found


def _of_label(tracks: list[Track], groups: int, facts: Mapping[str, FileFacts]) -> LabelFacts:
    read = [facts[track.id] for track in tracks if track.id in facts]
    codecs: dict[str, int] = {}
    for one in read:
        name = f"{one.format}/{one.codec}" + (f"/{one.rate_hz} Hz" if one.rate_hz else "")
        codecs[name] = codecs.get(name, 0) + 1
    return LabelFacts(
        tracks=len(tracks),
        groups=groups,
        minutes=sum(one.duration_s for one in read) / 60,
        codecs=dict(sorted(codecs.items(), key=lambda item: (-item[1], item[0]))),
        loudness_lufs=_middle([one.loudness_lufs for one in read if one.loudness_lufs is not None]),
        bandwidth_hz=_middle([one.bandwidth_hz for one in read if one.bandwidth_hz]),
    )


def _middle(values: list[float]) -> tuple[float, float, float] | None:
    if not values:
        return None
    low, mid, high = np.percentile(values, [25, 50, 75])
    return float(mid), float(low), float(high)


def _said(copy: Copy) -> str:
    text = f"{copy.first} = {copy.second}"
    if not copy.exact:
        text += f" ({copy.offset_s:+.1f} s, {copy.score:.0%} of the landmarks)"
    return text + ("" if copy.labels_agree else ": under different labels")


def _some(names: Iterable[str]) -> str:
    listed = list(names)
    return ", ".join(listed[:_SHOWN]) + (f" and {len(listed) - _SHOWN} more" if len(listed) > _SHOWN else "")
