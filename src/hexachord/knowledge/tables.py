"""Knowledge as tables: one CSV file for each kind of observation, and label tracks for Audacity.

A CSV column carries its unit in its name (``start_s``, ``f0_hz``); "not known" is an empty cell. A label track is Audacity's own text
format, ``start<TAB>end<TAB>label``, so that beats, chords, sections and notes can be seen and corrected over the waveform.
"""

import csv
import io
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from hexachord.files import write_text
from hexachord.knowledge.model import Beats, Drums, Groove, Harmony, Knowledge, Notes, RhythmReading, Segments

_NOTE_NAMES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")


@dataclass(frozen=True)
class Table:
    """Column names and rows of one kind of observation."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]

    def to_csv(self) -> str:
        """Write the table as CSV (RFC 4180, with a header line and plain line ends); numbers keep every digit."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(self.columns)
        writer.writerows([_cell(value) for value in row] for row in self.rows)
        return text.getvalue()


def knowledge_tables(knowledge: Knowledge) -> dict[str, Table]:
    """List the tables of all that is known, by name: ``beats``, ``chords``, ``melody`` ...; ``facts`` holds the single values."""
    tables = {"facts": _facts(knowledge)}
    if (tempo := knowledge.tempo) is not None:
        tables["tempo"] = Table(("bpm", "confidence"), tuple((h.bpm, h.confidence) for h in tempo.hypotheses))
    for name in ("beats", "onsets", "drums", "local_keys", "chords", "harmony", "sections", "melody", "melody_notes", "notes", "pedal"):
        if (observation := getattr(knowledge, name)) is not None:
            tables[name] = _columns(observation)
    if knowledge.rhythm_readings:
        tables["rhythm_readings"] = _readings(knowledge.rhythm_readings)
    if (groove := knowledge.groove) is not None:
        tables["tempo_curve"] = _curve(groove)
        tables["groove"] = _places(groove)
    if (tuning := knowledge.tuning) is not None and tuning.curve:
        tables["tuning_curve"] = Table(("time_s", "cents"), tuning.curve)
    if knowledge.descriptors:
        rows = ((name, item.value, item.unit, item.std) for name, item in knowledge.descriptors.items())
        tables["descriptors"] = Table(("name", "value", "unit", "std"), tuple(rows))
    if knowledge.tags:
        tables["tags"] = Table(("name", "confidence"), tuple((tag.name, tag.confidence) for tag in knowledge.tags))
    return tables


def save_tables(knowledge: Knowledge, folder: str | Path) -> tuple[Path, ...]:
    """Write one ``NAME.csv`` for each kind of observation into `folder`; returns the paths."""
    return tuple(write_text(Path(folder) / f"{name}.csv", table.to_csv()) for name, table in knowledge_tables(knowledge).items())


def label_tracks(knowledge: Knowledge) -> dict[str, str]:
    """Return Audacity label tracks, name → text, for what is known of beats, drums, chords, numerals, keys, sections, melody, notes, pedal.

    Examples
    --------
    >>> beats = Beats(time_s=np.array([0.5, 1.0]), position=np.array([1, 2]))
    >>> label_tracks(Knowledge(duration_s=2.0, beats=beats))["beats"].splitlines()[0].split("\\t")
    ['0.500000', '0.500000', '1']
    """
    makers: Mapping[str, Callable[[Any], Iterable[tuple[float, float, str]]]] = {
        "beats": _beat_labels,
        "drums": _drum_labels,
        "chords": _segment_labels,
        "harmony": _numeral_labels,
        "sections": _segment_labels,
        "local_keys": _segment_labels,
        "melody_notes": _note_labels,
        "notes": _note_labels,
        "pedal": _segment_labels,
    }
    known = {name: getattr(knowledge, name) for name in makers if getattr(knowledge, name) is not None}
    return {name: "".join(_label_line(*row) for row in makers[name](known[name])) for name in known}


def save_labels(knowledge: Knowledge, folder: str | Path) -> tuple[Path, ...]:
    """Write one ``NAME.txt`` label track for each kind of event into `folder`; in Audacity: File → Import → Labels."""
    return tuple(write_text(Path(folder) / f"{name}.txt", text) for name, text in label_tracks(knowledge).items())


def pitch_name(pitch: float) -> str:
    """Name the nearest MIDI pitch with sharps: 60 is ``C4``.

    Examples
    --------
    >>> pitch_name(60), pitch_name(69.4), pitch_name(61)
    ('C4', 'A4', 'C#4')
    """
    number = round(float(pitch))
    return f"{_NOTE_NAMES[number % 12]}{number // 12 - 1}"


def _columns(observation: object) -> Table:
    """Read the columns off an observation: every attribute that is as long as it is; of an empty one those that are always there."""
    from dataclasses import MISSING, fields

    names = [f.name for f in fields(observation) if f.name != "engine" and len(getattr(observation, f.name))]  # type: ignore[arg-type]
    columns = [getattr(observation, name) for name in names]
    plain = [column.tolist() if isinstance(column, np.ndarray) else list(column) for column in columns]
    if not names:
        always = (f for f in fields(observation) if f.default is MISSING and f.default_factory is MISSING)  # type: ignore[arg-type]
        names = [*(f.name for f in always), *(["confidence"] if hasattr(observation, "confidence") else [])]
    return Table(tuple(names), tuple(zip(*plain, strict=True)))


def _readings(readings: tuple[RhythmReading, ...]) -> Table:
    """A row for each way to hear the rhythm; the first is the answer."""
    columns = ("reading", "kind", "bpm", "metre", "beats", "first_beat_s", "confidence")
    rows = (
        (n, r.kind, r.bpm, r.signature, len(r.beats), float(r.beats.time_s[0]) if len(r.beats) else "", r.confidence)
        for n, r in enumerate(readings, 1)
    )
    return Table(columns, tuple(rows))


def _curve(groove: Groove) -> Table:
    return Table(("time_s", "bpm"), tuple(zip(groove.tempo_time_s.tolist(), groove.tempo_bpm.tolist(), strict=True)))


def _places(groove: Groove) -> Table:
    columns = (groove.position_beats.tolist(), groove.deviation_s.tolist(), groove.spread_s.tolist())
    return Table(("position_beats", "deviation_s", "spread_s"), tuple(zip(*columns, strict=True)))


def _facts(knowledge: Knowledge) -> Table:
    rows: list[tuple[Any, ...]] = [("duration", knowledge.duration_s, "s", "", "")]
    if (tempo := knowledge.tempo) is not None:
        rows.append(("tempo", tempo.bpm, "beats/min", tempo.confidence, tempo.engine))
    if (metre := knowledge.metre) is not None:
        rows.append(("metre", metre.signature, "", metre.signature_confidence, metre.engine))
    if (groove := knowledge.groove) is not None:
        rows.append(("stability", groove.stability, "", "", groove.engine))
        rows.append(("swing_ratio", groove.swing_ratio, "", "", groove.engine))
    if (tuning := knowledge.tuning) is not None:
        rows.append(("tuning", tuning.cents, "cents", tuning.confidence, tuning.engine))
        if math.isfinite(tuning.drift_cents_per_minute):
            rows.append(("tuning_drift", tuning.drift_cents_per_minute, "cents/min", "", tuning.engine))
    if (key := knowledge.key) is not None:
        rows.append(("key", key.name, "", key.confidence, key.engine))
    if (loudness := knowledge.loudness) is not None:
        for name, unit in (("integrated_lufs", "LUFS"), ("range_lu", "LU"), ("true_peak_dbtp", "dBTP")):
            rows.append((name, getattr(loudness, name), unit, "", loudness.engine))
    return Table(("name", "value", "unit", "confidence", "engine"), tuple(rows))


def _beat_labels(beats: Beats) -> Iterator[tuple[float, float, str]]:
    for time, position in zip(beats.time_s, beats.position, strict=True):
        yield float(time), float(time), str(int(position)) if position > 0 else "beat"


def _drum_labels(drums: Drums) -> Iterator[tuple[float, float, str]]:
    for time, label in zip(drums.time_s, drums.label, strict=True):
        yield float(time), float(time), label


def _segment_labels(segments: Segments) -> Iterator[tuple[float, float, str]]:
    yield from zip(map(float, segments.start_s), map(float, segments.end_s), segments.label, strict=True)


def _numeral_labels(harmony: Harmony) -> Iterator[tuple[float, float, str]]:
    for start, end, numeral in zip(harmony.start_s, harmony.end_s, harmony.numeral, strict=True):
        if numeral:
            yield float(start), float(end), numeral


def _note_labels(notes: Notes) -> Iterator[tuple[float, float, str]]:
    for onset, offset, pitch in zip(notes.onset_s, notes.offset_s, notes.pitch, strict=True):
        yield float(onset), float(offset), pitch_name(pitch)


def _label_line(start_s: float, end_s: float, label: str) -> str:
    clean = " ".join(label.split())  # a tab or a line end would break the format
    return f"{start_s:.6f}\t{end_s:.6f}\t{clean}\n"


def _cell(value: object) -> object:
    if isinstance(value, float):
        return "" if math.isnan(value) else repr(value)
    return value
