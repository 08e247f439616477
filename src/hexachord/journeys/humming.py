"""A hum as a query: what somebody hums or whistles, without its key, tempo and drift, ready to be looked for."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from hexachord.arrays import Float64Array
from hexachord.audio_analysis.melody import HumQuery, hum_query
from hexachord.errors import InputError

FORMAT, SCHEMA_VERSION = "hexachord-hum", 1
LONGEST_S = 300.0  # nobody hums longer
_ENGINES = ("swift-f0", "pyin")  # for one voice alone, the preferred one first
_RATE_HZ = 22050


@dataclass(frozen=True, kw_only=True, eq=False)
class Hum:
    """A hum that was read.

    Attributes
    ----------
    query : its steps and rhythm
    confidence : (notes,) how sure each step is: how sure that something is sung, the less the farther it lies from the singer's ladder
    """

    query: HumQuery
    confidence: Float64Array

    @property
    def contour(self) -> str:
        """Up, down or repeated, from each note to the next, in the letters of D. Parsons (*The Directory of Tunes*, 1975)."""
        return "".join("U" if step > 0 else "D" if step < 0 else "R" for step in self.query.intervals.tolist())

    def to_json(self) -> dict[str, Any]:
        """Return plain data; the columns of notes have equal length, from note to note one less."""
        query = self.query
        return {
            "format": FORMAT,
            "schema_version": SCHEMA_VERSION,
            "engine": query.notes.engine,
            "confidence": round(float(self.confidence.mean()), 3),
            "intervals": query.intervals.tolist(),
            "contour": self.contour,
            "duration_ratios": np.round(query.duration_ratios, 3).tolist(),
            "notes": {
                "onset_s": np.round(query.notes.onset_s, 4).tolist(),
                "offset_s": np.round(query.notes.offset_s, 4).tolist(),
                "pitch": np.round(query.notes.pitch, 2).tolist(),
                "steps": query.steps.tolist(),
                "drift_semitones": np.round(query.drift_semitones, 3).tolist(),
                "confidence": np.round(self.confidence, 3).tolist(),
            },
        }


def read_hum(source: str | Path, *, engine: str | None = None, salvage: bool = False) -> Hum:
    """Read a hum.

    Parameters
    ----------
    source : a sound file with one voice alone
    engine : of the task ``melody``; by default the best that is installed for one voice
    salvage : work with what a damaged file still holds

    Raises
    ------
    InputError : if it is no sound, too long, or nothing in it is hummed.
    """
    from hexachord.audio import AudioFile, load_audio
    from hexachord.audio_analysis.engines import ENGINES
    from hexachord.audio_analysis.melody import track_melody
    from hexachord.dsp.frontend import FrontEnd
    from hexachord.journeys.analyse import check_source
    from hexachord.models.engine import pick_engine

    check_source(Path(source))
    with AudioFile(source, salvage=salvage) as file:
        if file.duration_s > LONGEST_S:
            raise InputError(source, found=f"{file.duration_s / 60:.0f} minutes", expected=f"a hum of at most {LONGEST_S / 60:.0f} minutes")
    if engine is None:
        engine = next(name for name in _ENGINES if pick_engine(ENGINES, task="melody", name=name).available)
    samples = load_audio(source, rate_hz=_RATE_HZ, mono=True, salvage=salvage).mono()
    query = hum_query(track_melody(FrontEnd(samples, rate_hz=_RATE_HZ), engine=engine))
    if not len(query):
        raise InputError(source, found="nothing that is hummed", expected="one voice alone, one tone at a time")
    return Hum(query=query, confidence=_sure(query))


def _sure(query: HumQuery) -> Float64Array:
    """Voicing times nearness to the ladder: a note between two steps could be either."""
    ladder = np.asarray(query.notes.pitch - query.drift_semitones - query.steps)
    away = np.abs(ladder - np.median(ladder))
    return np.asarray(query.notes.confidence * np.clip(1.0 - 2.0 * away, 0.0, 1.0))
