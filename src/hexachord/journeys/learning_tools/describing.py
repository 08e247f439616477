"""One recording in numbers: every descriptor, under our names or another tool's."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from hexachord.audio_analysis.descriptors import CATALOGUE, FrameDescriptors, as_tool, nested
from hexachord.learning.features.extraction import ExtractionOptions, Stretch, describe_stretch


@dataclass(frozen=True, kw_only=True, eq=False)
class Described:
    """The descriptors of one recording."""

    path: Path
    found: FrameDescriptors

    def summary(self) -> dict[str, dict[str, float]]:
        """Say each column's mean and deviation over time, and numbers of the whole recording as ``value``; NaN where nothing was found."""
        rows: dict[str, dict[str, float]] = {}
        values = np.asarray(self.found.values, dtype=np.float64)
        there = np.isfinite(values)
        count = np.maximum(there.sum(axis=0), 1)
        filled = np.where(there, values, 0.0)
        mean = filled.sum(axis=0) / count
        std = np.sqrt(np.where(there, (values - mean) ** 2, 0.0).sum(axis=0) / count)
        for number, name in enumerate(self.found.names):
            known = there[:, number].any()
            rows[name] = {"mean": float(mean[number]) if known else np.nan, "std": float(std[number]) if known else np.nan}
        return rows | {name: {"value": float(value)} for name, value in self.found.song.items()}

    def by_descriptor(self) -> tuple[tuple[str, tuple[float, ...], tuple[float, ...]], ...]:
        """List descriptors with their columns' means (or the numbers of the song) and deviations (none for those)."""
        found = self.summary()
        rows = []
        for entry in CATALOGUE.values():
            there = [found[column] for column in entry.columns if column in found]
            if there:
                means = tuple(one.get("value", one.get("mean", np.nan)) for one in there)
                rows.append((entry.name, means, tuple(one["std"] for one in there if "std" in one)))
        return tuple(rows)

    def under(self, tool: str) -> dict[str, float | list[float]]:
        """Name the numbers as another tool does, ``lowlevel.mfcc.mean``; what it has no name for is left out.

        Raises
        ------
        InputError : if there is no table of that tool's names.
        """
        return as_tool(self.found, tool)

    def to_plain(self, tool: str = "") -> dict[str, Any]:
        """Return it as plain data: ours by family, or nested as another tool names it; null where nothing was found.

        Raises
        ------
        InputError : if there is no table of that tool's names.
        """
        if tool:
            return _finite(nested(self.under(tool)))
        tree: dict[str, dict[str, Any]] = {}
        for name, numbers in self.summary().items():
            family, _, descriptor = name.partition("/")
            tree.setdefault(family, {})[descriptor] = numbers.get("value", numbers)
        return {"file": str(self.path), "hop_s": self.found.hop_s, "frames": len(self.found.values), **_finite(tree)}


def describe_recording(path: Path, *, families: tuple[str, ...] = (), rate_hz: int = 22050) -> Described:
    """Describe a recording by all descriptors of some families.

    Parameters
    ----------
    families : all usual ones when none are named

    Raises
    ------
    InputError : if it cannot be read, is silent, or a family is not known.
    """
    return Described(path=path, found=describe_stretch(Stretch(path=path), ExtractionOptions(families=families, rate_hz=rate_hz)))


def _finite(tree: Mapping[str, Any]) -> dict[str, Any]:
    """Numbers that do not exist are null."""
    return {name: _value(value) for name, value in tree.items()}


def _value(value: Any) -> Any:
    if isinstance(value, Mapping):
        return _finite(value)
    if isinstance(value, list):
        return [_value(part) for part in value]
    return value if np.isfinite(value) else None
