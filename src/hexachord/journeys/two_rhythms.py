"""The rhythm of a recording whose notes are known: what was heard in the sound and what its notes say, and which of them looks like a page.

The sound knows how hard things are struck and what drums do; notes know what stands where. Each has readings of its own. The critic of
readings (`hexachord.score_analysis.critic`) chooses the beats; what both say of bars at that tempo is multiplied.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from hexachord.arrays import Float64Array
from hexachord.audio_analysis.rhythm.hints import RhythmHints, within
from hexachord.knowledge.model import Knowledge, Metre, RhythmReading, Tempo, TempoHypothesis

if TYPE_CHECKING:
    from hexachord.score_analysis.critic import Critique

ENGINE = "rhythm/sound-and-notes"
_LEAST_NOTES = 24
_LEAST = 1e-3
_SAME_OCTAVES = 0.12
_UNHEARD = 0.08  # chance of a metre that a source has not named
_COMPOUND = {0: 0.6, 2: 0.8, 3: 0.2}  # the notes' chance of beats in three from which they are, by what was heard in the sound
_SAME_BEAT = 0.2  # of a beat
_FOR, _AGAINST = 10.0, 4.0  # nats, before `hexachord.score_analysis.bars` weighs them against the critic's
_CONTINUED = 0.2  # nats, within which the sound's own first reading stays
_WITNESS_S = 4.0  # beats within this say the same of a reading
_LIKELY_BPM, _LIKELY_OCTAVES = 100.0, 0.7


@dataclass(frozen=True, eq=False)
class _Candidate:
    """A reading, who has it, and what the critic says of it."""

    reading: RhythmReading
    by_notes: bool
    critique: "Critique"

    @property
    def score(self) -> float:
        """How much it looks like a page, in nats: how likely its beats are right, and how readily people count so fast (Parncutt, "A
        perceptual model of pulse salience and metrical accent", Music Perception 11, 1994)."""
        right = float(np.log(self.critique.kind[:, 0] + _LEAST).mean())
        lasts_s = float(np.ptp(self.reading.beats.time_s))
        octaves = float(np.log2(self.reading.bpm / _LIKELY_BPM))
        return right * lasts_s / _WITNESS_S - 0.5 * (octaves / _LIKELY_OCTAVES) ** 2


def with_both_rhythms(known: Knowledge, *, hints: RhythmHints = RhythmHints()) -> Knowledge:
    """Choose tempo, beats and metre among the readings of the sound and those of the notes.

    Parameters
    ----------
    known : of a recording, with notes and the readings that were heard
    hints : what the user knows: readings that are against it are no candidates

    Returns
    -------
    The same knowledge where there are too few notes, the user tapped or named a downbeat, or nothing was heard; otherwise the chosen
    reading comes first, and the engine says that both were asked.
    """
    from hexachord.score_analysis.beats import rhythm_of_notes

    notes = known.notes
    if notes is None or len(notes) < _LEAST_NOTES or known.beats is None or not known.rhythm_readings:
        return known
    if hints.tapped_s or hints.downbeat_s is not None:  # 0 s is a downbeat like any other
        return known
    velocity = np.nan_to_num(np.asarray(notes.velocity, dtype=np.float64), nan=0.6) * 127.0
    columns = (notes.onset_s, np.maximum(np.asarray(notes.offset_s) - notes.onset_s, 0.01), np.rint(notes.pitch), velocity)
    told = rhythm_of_notes(*columns)
    readings = [(reading, False) for reading in known.rhythm_readings] + [(reading, True) for reading in (told.readings if told else ())]
    found = _judged([(one, by) for one, by in readings if len(one.beats) > 3 and within(one.bpm, hints)], columns)
    if not found:
        return known
    return _counted(known, _best(found), found, hints=hints)


def _judged(readings: list[tuple[RhythmReading, bool]], columns: tuple[np.ndarray, ...]) -> list[_Candidate]:
    """Let the critic look at every reading's beats; the same beats are looked at once."""
    from hexachord.score_analysis.beat_views import chords_of
    from hexachord.score_analysis.critic import criticise

    chords = chords_of(*columns, is_percussion=np.zeros(len(columns[0]), dtype=bool))
    seen: dict[bytes, Critique] = {}
    found = list[_Candidate]()
    for reading, by_notes in readings:
        time_s = np.asarray(reading.beats.time_s, dtype=np.float64)
        if time_s.tobytes() not in seen:
            seen[time_s.tobytes()] = criticise(chords, time_s)
        found.append(_Candidate(reading, by_notes, seen[time_s.tobytes()]))
    return found


def _best(found: list[_Candidate]) -> _Candidate:
    """The likeliest page; what was heard first in the sound, where it is as likely."""

    def belief(one: _Candidate) -> float:
        mine = [other.reading.confidence for other in found if other.by_notes == one.by_notes]
        agreeing = [other.reading.confidence for other in found if other.by_notes == one.by_notes and _same_tempo(one, other)]
        sure = max(sum(mine), _LEAST)  # one that is not sure of anything has less of a say
        return one.score + sure * float(np.log(max(sum(agreeing) / sure, _LEAST)))

    best = max(found, key=lambda one: (belief(one), not one.by_notes))
    first = next((one for one in found if not one.by_notes), best)
    return first if belief(first) >= belief(best) - _CONTINUED else best


def _counted(known: Knowledge, best: _Candidate, found: list[_Candidate], *, hints: RhythmHints) -> Knowledge:
    """Count bars over the chosen beats: the critic's downbeats, and those of the sound's likeliest reading at this tempo."""
    from hexachord.score_analysis.bars import bars_of

    heard = sorted((one for one in found if not one.by_notes and _same_tempo(one, best)), key=lambda one: -one.reading.confidence)
    read = [one for one in found if one.by_notes and _same_tempo(one, best)]
    time_s = np.asarray(best.reading.beats.time_s, dtype=np.float64)
    metres = (hints.beats_per_bar,) if hints.beats_per_bar in (2, 3, 4) else (2, 3, 4)
    shares = {metre: _share(heard, metre) * _share(read, metre) for metre in metres}
    chosen = max(shares, key=lambda metre: shares[metre])
    bars = bars_of(_votes(time_s, heard, metre=chosen), best.critique, metres=(chosen,))
    count = bars.best
    divided = heard[0].reading.beat_division if heard else best.reading.beat_division
    compound = bars.in_three > _COMPOUND[divided]
    total = sum(shares.values())
    metre = Metre(
        beats_per_bar=chosen,
        beat_type=8 if compound else 4,
        beat_division=3 if compound else 2,
        confidence=shares[chosen] / total,
        division_confidence=bars.in_three if compound else 1.0 - bars.in_three,
        alternatives=tuple((other, share / total) for other, share in sorted(shares.items(), key=lambda way: -way[1]) if other != chosen),
        engine=ENGINE,
    )
    beats = replace(best.reading.beats, position=count.position, engine=ENGINE)
    first = replace(
        best.reading, kind="first", engine=ENGINE, beats=beats, confidence=_agreed(best, found), beats_per_bar=metre.beats_per_bar,
        beat_type=metre.beat_type, beat_division=metre.beat_division,
    )  # fmt: skip
    rest = tuple(
        replace(one.reading, kind="phase" if one.reading.kind == "first" else one.reading.kind) for one in found if one is not best
    )
    tempi = dict[float, float]()
    for one in (first, *rest):
        tempi.setdefault(round(one.bpm, 1), one.confidence)
    return replace(
        known,
        tempo=Tempo(hypotheses=tuple(TempoHypothesis(bpm=bpm, confidence=confidence) for bpm, confidence in tempi.items()), engine=ENGINE),
        beats=beats,
        metre=metre,
        rhythm_readings=(first, *rest),
    )


def _same_tempo(one: _Candidate, other: _Candidate) -> bool:
    return abs(float(np.log2(one.reading.bpm / other.reading.bpm))) < _SAME_OCTAVES


def _agreed(best: _Candidate, found: list[_Candidate]) -> float:
    """How sure both are of a tempo: that not all who have it are wrong."""
    wrong = [1.0 - min(max(one.reading.confidence, 0.0), 1.0) for one in found if _same_tempo(one, best)]
    return 1.0 - float(np.prod(wrong))


def _share(found: list[_Candidate], metre: int) -> float:
    """How far a source believes in bars of so many beats at this tempo; where it says nothing, all are alike."""
    total = sum(one.reading.confidence for one in found)
    agreeing = sum(one.reading.confidence for one in found if one.reading.beats_per_bar == metre)
    return max(agreeing / total, _UNHEARD) if total > 0 else 1.0


def _votes(time_s: Float64Array, heard: list[_Candidate], *, metre: int) -> Float64Array:
    """Log odds of downbeats where the sound has a beat at the same moment, by what its likeliest reading in this metre counts there."""
    reading = next((one.reading for one in heard if one.reading.beats_per_bar == metre), None)
    if reading is None:
        return np.zeros(len(time_s))
    moments, position = np.asarray(reading.beats.time_s, dtype=np.float64), np.asarray(reading.beats.position)
    after = np.clip(np.searchsorted(moments, time_s), 1, len(moments) - 1)
    nearest = after - (time_s - moments[after - 1] < moments[after] - time_s)
    same = np.abs(moments[nearest] - time_s) < _SAME_BEAT * 60.0 / reading.bpm
    return np.where(same, np.where(position[nearest] == 1, _FOR, -_AGAINST), 0.0)
