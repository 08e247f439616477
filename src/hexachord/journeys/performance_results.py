"""What a performance of a score is: its sound, in memory or on disk, and the facts about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from hexachord.audio import Audio
from hexachord.errors import InputError


class NothingSounds(InputError):
    """The notes are there, but the font has nothing to play any of them with."""


@dataclass(frozen=True, kw_only=True)
class PerformanceFacts:
    """What was played, by what, how loud.

    Attributes
    ----------
    soundfont, licence : the bank of instruments and what it says about its licence
    gain_db : of the mix and its stems over what the player gave
    stem_gain_db : further gain of the stems, 0 unless one of them would not have fitted into its file
    loudness_lufs, true_peak_dbtp : of the finished mix
    reduction_db : the most that the limiter took away
    warnings : what could not be played as written, and what the bank was missing
    """

    duration_s: float
    rate_hz: int
    engine: str
    soundfont: str
    licence: str
    gain_db: float
    stem_gain_db: float
    loudness_lufs: float
    true_peak_dbtp: float
    reduction_db: float
    warnings: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return plain data; silence has no loudness."""
        numbers = {
            name: round(value, 3) if np.isfinite(value := getattr(self, name)) else None
            for name in ("duration_s", "gain_db", "stem_gain_db", "loudness_lufs", "true_peak_dbtp", "reduction_db")
        }
        words = {"engine": self.engine, "soundfont": self.soundfont, "licence": self.licence, "warnings": list(self.warnings)}
        return {**numbers, "rate_hz": self.rate_hz, **words}


@dataclass(frozen=True, kw_only=True, eq=False)
class Performance:
    """A score as sound in memory; `stems` by name, each with its own share of the room."""

    mix: Audio
    stems: Mapping[str, Audio]
    facts: PerformanceFacts


@dataclass(frozen=True, kw_only=True)
class PerformedFiles:
    """A score as sound on disk."""

    path: Path
    stems: tuple[Path, ...]
    facts: PerformanceFacts
