"""The numbers of a piece, each by its name: MusDr's, muspy's, feeling, difficulty, and how a performance strays from its beats.

The functions are those of `hexachord.theory`; here notes are laid on their bars, once, and every measure takes what it needs. A set of
pieces is compared with another by the same names (`hexachord.bench`), so a measure's name holds whatever its number depends on.
"""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from hexachord.arrays import BoolArray, Float64Array, FloatArray, IntArray, StructuredArray
from hexachord.knowledge import Beats
from hexachord.score.model import Score
from hexachord.score.timing import bars_of
from hexachord.theory import note_statistics
from hexachord.theory.emotion import emotion_of
from hexachord.theory.musdr import chord_irregularity, grid_cells, grooving_similarity, pitch_class_entropy
from hexachord.theory.note_statistics import empty_span_rate
from hexachord.theory.structure_indicators import structure_indicators

ENGINE = "read/measures"
STEPS = 24
"""Steps of a quarter that measures in whole ticks are taken on."""
Unit = Literal["quarters", "beats"]


@dataclass(frozen=True, kw_only=True, eq=False)
class LaidNotes:
    """Notes on their bars.

    Attributes
    ----------
    onset, end : (n,) in quarters of the page, or in beats of a performance (`unit`)
    onset_s, end_s : (n,) seconds
    pitch, velocity, is_percussion : (n,)
    bar_lines : (bars + 1,) in the unit
    beats, downbeat : (m,) where beats are, in the unit, and which begin a bar
    """

    onset: Float64Array
    end: Float64Array
    onset_s: Float64Array
    end_s: Float64Array
    pitch: IntArray
    velocity: IntArray
    is_percussion: BoolArray
    bar_lines: Float64Array
    beats: Float64Array
    downbeat: BoolArray
    unit: Unit = "quarters"

    def pitched(self) -> "LaidNotes":
        """Leave out drums."""
        return self.taken(np.flatnonzero(~self.is_percussion))

    def taken(self, rows: IntArray) -> "LaidNotes":
        """Keep some of the notes."""
        columns = ("onset", "end", "onset_s", "end_s", "pitch", "velocity", "is_percussion")
        return LaidNotes(
            **{name: getattr(self, name)[rows] for name in columns},
            bar_lines=self.bar_lines,
            beats=self.beats,
            downbeat=self.downbeat,
            unit=self.unit,
        )


def lay_notes(score: Score, notes: StructuredArray, beats: Beats | None, *, performed: bool) -> LaidNotes:
    """Lay the notes of a score on its bars, or those of a performance on the bars that were found.

    Parameters
    ----------
    notes : of the score, see `hexachord.score.notes.note_array`
    beats : of the score, in seconds
    performed : whether the notes sit where they were played, so that only the beats know of bars
    """
    onset_s = notes["onset_s"].astype(np.float64)
    end_s = onset_s + notes["duration_s"]
    found = beats is not None and len(beats) > 1
    if performed and found and beats is not None:
        beat_s, place = np.asarray(beats.time_s, dtype=np.float64), np.arange(len(beats), dtype=np.float64)
        onset, end = _between(onset_s, beat_s), _between(end_s, beat_s)
        downbeat = np.asarray(beats.position == 1)
        lines = place[downbeat]
        last = max(float(end.max(initial=0.0)), float(place[-1]) + 1.0)
        usual = float(np.median(np.diff(lines))) if len(lines) > 1 else 4.0
        lines = np.append(lines, lines[-1] + usual) if len(lines) else np.array([0.0, usual])
        while lines[0] > max(float(onset.min(initial=0.0)), -1e3) + 1e-9:
            lines = np.append(lines[0] - usual, lines)
        while lines[-1] < last - 1e-9:
            lines = np.append(lines, lines[-1] + usual)
    else:
        onset, end = notes["onset_quarter"].astype(np.float64), notes["onset_quarter"] + notes["duration_quarter"]
        bars = bars_of(score)
        per = score.ticks_per_quarter
        lines = np.array([bar.tick / per for bar in bars] + [max(bars[-1].end, bars[-1].tick + 1) / per])
        place = _quarters(score, beats)
        downbeat = np.isclose(place[:, None], lines[None, :]).any(axis=1) if len(place) * len(lines) < 1e7 else np.isin(place, lines)
    return LaidNotes(
        onset=np.asarray(onset, dtype=np.float64),
        end=np.asarray(end, dtype=np.float64),
        onset_s=onset_s,
        end_s=end_s,
        pitch=notes["pitch"].astype(np.int64),
        velocity=notes["velocity"].astype(np.int64),
        is_percussion=notes["is_percussion"].astype(np.bool_),
        bar_lines=np.asarray(lines, dtype=np.float64),
        beats=place,
        downbeat=downbeat,
        unit="beats" if performed and found else "quarters",
    )


def first_bars(laid: LaidNotes, count: int) -> LaidNotes:
    """Cut notes to the first bars from the one in which the first note begins; those held on are cut at the last bar line."""
    if not len(laid.onset):
        return laid
    first = int(np.clip(np.searchsorted(laid.bar_lines, laid.onset.min() + 1e-6, side="right") - 1, 0, len(laid.bar_lines) - 2))
    lines = laid.bar_lines[first : first + count + 1]
    cut = laid.taken(np.flatnonzero((laid.onset >= lines[0] - 1e-6) & (laid.onset < lines[-1] - 1e-6)))
    last_s = float(np.interp(lines[-1], laid.onset, laid.onset_s)) if lines[-1] < laid.onset.max() else float(laid.end_s.max())
    inside = (laid.beats >= lines[0]) & (laid.beats < lines[-1])
    return replace(
        cut,
        bar_lines=lines,
        end=np.minimum(cut.end, lines[-1]),
        end_s=np.minimum(cut.end_s, max(last_s, float(cut.onset_s.max(initial=0.0)))),
        beats=laid.beats[inside],
        downbeat=laid.downbeat[inside],
    )


def measure_notes(laid: LaidNotes, *, chords: tuple[str, ...] = (), structure: bool = True) -> dict[str, float]:
    """Take all measures of a piece.

    Parameters
    ----------
    laid : its notes
    chords : its chords, one entry for each change
    structure : also the structure indicators, which take a second or two for a long piece

    Returns
    -------
    Numbers by name: MusDr's ``h1 h4 gs16 gs64 cpi si_short si_mid si_long``; muspy's ``pitches_used pitch_classes_used pitch_range
    pitch_entropy pitch_class_entropy scale_consistency polyphony polyphony_rate empty_beat_rate empty_bar_rate groove_consistency
    drum_pattern_consistency`` (ticks are 1/24 of a quarter, a beat is a quarter); ``notes_per_bar notes_per_s``; ``valence arousal``. What
    cannot be had (of no notes, of one bar) is left out.
    """
    sung = laid.pitched()
    values: dict[str, float] = {}
    for positions in (16, 64):
        cells = grid_cells(laid.onset, laid.bar_lines, positions=positions)
        values[f"gs{positions}"] = _groove(cells, positions)
    bar = grid_cells(sung.onset, laid.bar_lines, positions=16) // 16
    first = int(bar[bar >= 0].min(initial=0))
    values |= {f"h{bars}": pitch_class_entropy(sung.pitch, bar - first, bars=bars) for bars in (1, 4)}
    if len(chords) > 3:
        values["cpi"] = chord_irregularity(chords)
    if structure and len(sung.pitch):
        found = structure_indicators(sung.onset_s, sung.end_s, sung.pitch)
        values |= {f"si_{name}": value for name, value in found._asdict().items()}
    values |= _like_muspy(laid, sung)
    inside = (laid.onset >= laid.bar_lines[0]) & (laid.onset < laid.bar_lines[-1])
    length_s = float(laid.end_s.max(initial=0.0) - laid.onset_s.min(initial=0.0))
    values["notes_per_bar"] = float(inside.sum() / (len(laid.bar_lines) - 1))
    values["notes_per_s"] = len(laid.onset) / length_s if length_s > 0 else float("nan")
    feeling = emotion_of(sung.onset_s, sung.end_s - sung.onset_s, sung.pitch, sung.velocity)
    if feeling is not None:
        values |= {"valence": feeling.valence, "arousal": feeling.arousal}
    return {name: float(value) for name, value in values.items() if np.isfinite(value)}


def measure_playing(laid: LaidNotes, beats: Beats | None) -> dict[str, float]:
    """Measure how a performance strays: ``tempo_variation`` (spread of the time from beat to beat, as a part of it), ``timing_spread_ms``
    (median distance of onsets from the nearest part of the beat: quarter, third, half) and ``velocity_spread``.

    Empty for fewer than eight beats.
    """
    if beats is None or len(beats) < 8 or not len(laid.onset):
        return {}
    gaps = np.diff(np.asarray(beats.time_s, dtype=np.float64))
    place = _between(laid.onset_s, np.asarray(beats.time_s, dtype=np.float64))
    off = np.min([np.abs(place * parts - np.round(place * parts)) / parts for parts in (3, 4)], axis=0)
    return {
        "tempo_variation": float(gaps.std() / gaps.mean()),
        "timing_spread_ms": float(np.median(off) * np.median(gaps) * 1000),
        "velocity_spread": float(laid.velocity.std()),
    }


def _like_muspy(laid: LaidNotes, sung: LaidNotes) -> dict[str, float]:
    zero = min(float(laid.bar_lines[0]), float(laid.onset.min(initial=0.0)))
    start, stop, sung_start, sung_stop = (
        np.rint((column - zero) * STEPS).astype(np.int64) for column in (laid.onset, laid.end, sung.onset, sung.end)
    )
    if not len(start):
        return {}
    total = int(stop.max())
    bars = np.unique(np.rint(np.diff(laid.bar_lines) * STEPS).astype(np.int64), return_counts=True)
    bar = int(bars[0][bars[1].argmax()])
    values: dict[str, float] = {
        "empty_beat_rate": empty_span_rate(start, stop, span=STEPS),
        "empty_bar_rate": empty_span_rate(start, stop, span=max(bar, 1)),
        "groove_consistency": note_statistics.groove_consistency(start, stop, bar=max(bar, 1)),
    }
    if len(sung.pitch):
        values |= {
            "pitches_used": note_statistics.pitches_used(sung.pitch),
            "pitch_classes_used": note_statistics.pitch_classes_used(sung.pitch),
            "pitch_range": note_statistics.pitch_range(sung.pitch),
            "pitch_entropy": note_statistics.pitch_entropy(sung.pitch),
            "pitch_class_entropy": note_statistics.pitch_class_entropy_of_piece(sung.pitch),
            "scale_consistency": note_statistics.scale_consistency(sung.pitch),
            "polyphony": note_statistics.polyphony(sung_start, sung_stop, sung.pitch),
            "polyphony_rate": note_statistics.polyphony_rate(sung_start, sung_stop, sung.pitch, total=total),
        }
    if laid.is_percussion.any():
        values["drum_pattern_consistency"] = note_statistics.drum_pattern_consistency(start[laid.is_percussion], quarter=STEPS)
    return values


def _groove(cells: IntArray, positions: int) -> float:
    """Of the bars from the first that has notes to the last."""
    first = int(cells[cells >= 0].min(initial=0)) // positions
    return grooving_similarity(np.where(cells >= 0, cells - first * positions, -1), positions=positions)


def _between(time_s: FloatArray, beat_s: Float64Array) -> Float64Array:
    """Beats, with fractions, at times; beyond the ends beats go on as they were."""
    inside = np.interp(time_s, beat_s, np.arange(len(beat_s)))
    before = np.minimum(time_s - beat_s[0], 0.0) / max(beat_s[1] - beat_s[0], 1e-6)
    after = np.maximum(time_s - beat_s[-1], 0.0) / max(beat_s[-1] - beat_s[-2], 1e-6)
    return np.asarray(inside + before + after)


def _quarters(score: Score, beats: Beats | None) -> Float64Array:
    """The beats of a page in quarters."""
    from hexachord.score.timing import tempo_map_of

    if beats is None:
        return np.zeros(0)
    return np.asarray(np.round(tempo_map_of(score).ticks(beats.time_s)) / score.ticks_per_quarter)
