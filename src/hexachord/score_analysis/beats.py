"""Beats, bars, tempo and metre of music that is only played: notes without a page.

Cues of the notes (`hexachord.score_analysis.beat_features`) go through a small network that says how likely a beat and a downbeat are,
and through the bar-position decoder that audio goes through as well (`hexachord.dsp.metrical`); which multiple of the pulse is counted
is chosen apart (`hexachord.score_analysis.multiples`), and bars are counted once more from beat to beat
(`hexachord.score_analysis.bars`). Liu, Kong, Morfi & Benetos, "Performance
MIDI-to-score conversion by neural beat tracking", ISMIR 2022, showed that a network on performed notes beats rules by far; without the
network, weights of the onsets stand in (`onset_chances`; after Dixon, "Automatic extraction of tempo and beat from expressive
performances", J. New Music Research 30:1, 2001).
"""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from hexachord.arrays import BoolArray, Float32Array, Float64Array, FloatArray, IntArray, StructuredArray
from hexachord.dsp.metrical import ONSET_WEIGHTS, BarHypothesis, MetricalOptions
from hexachord.dsp.onset import novelty_to_activation
from hexachord.knowledge.model import Beats, Metre, RhythmReading, Tempo, TempoHypothesis
from hexachord.models.engine import pick_engine
from hexachord.score_analysis.bars import Look, look_at
from hexachord.score_analysis.beat_features import FEATURES, HOP_S, chord_numbers, note_features
from hexachord.score_analysis.beat_views import Chords, chords_of
from hexachord.score_analysis.multiples import TEMPO, Walked, candidates, kind_of, near, rank, walk, walks

TASK = "played-beats"
NETWORK = "midi_beats"

PLAYED = MetricalOptions(
    metres=(2, 3, 4),
    slowest_bpm=26.0,
    fastest_bpm=280.0,
    tempo_step=0.03,
    tempo_drift_cost=30.0,
    timing=0.06,
    trust=3.0,
    no_beat=-2.8,
    metre_cost=((2, 0.1),),
    metre_change=0.03,
)
"""Pianists push and pull: single beats stray by some percent, a change of tempo by a tenth costs what a missing beat does, and bars may
change."""

RULES = replace(ONSET_WEIGHTS, metres=(2, 3, 4), slowest_bpm=30.0, fastest_bpm=280.0, tempo_drift_cost=60.0, timing=0.04)
"""For weights of onsets."""

_SNAP_S = 0.05
_MOST_READINGS = 6
_LEAST_CHORDS = 8
_DRUMS_ALONE = 0.8  # a part of the notes above this: nobody taught the network
_TEMPERATURE = 2.5  # nats of the decoder, per second of music, that make one nat of confidence: fitted on pages of the valid side


_LOOKS = ((1.0, 0), (0.84, 3), (1.19, -4))
"""The network looks three times: as it was played, faster and higher, slower and lower, by these factors and semitones."""


@dataclass(frozen=True, kw_only=True, eq=False)
class PlayedNotes:
    """Notes as engines get them: columns of one length, seconds, MIDI numbers, velocities 0 to 127."""

    onset_s: FloatArray
    duration_s: FloatArray
    pitch: FloatArray
    velocity: FloatArray
    is_percussion: BoolArray

    def cues(self, *, slower: float = 1.0, higher: int = 0) -> Float32Array:
        """Show them to a network, as they are or played otherwise (drums keep their keys)."""
        return note_features(
            self.onset_s * slower,
            self.duration_s * slower,
            self.pitch + np.where(self.is_percussion, 0, higher),
            self.velocity,
            is_percussion=self.is_percussion,
        )

    def chords(self) -> Chords:
        """What is struck at once."""
        return chords_of(self.onset_s, self.duration_s, self.pitch, self.velocity, is_percussion=self.is_percussion)


@dataclass(frozen=True, kw_only=True, eq=False)
class PlayedRhythm:
    """What played notes say of their rhythm; `readings` are ranked, and the first is what the other fields tell."""

    tempo: Tempo
    beats: Beats
    metre: Metre
    readings: tuple[RhythmReading, ...]


def rhythm_of_notes(
    onset_s: FloatArray,
    duration_s: FloatArray,
    pitch: FloatArray | IntArray,
    velocity: FloatArray | IntArray,
    *,
    is_percussion: BoolArray | None = None,
    engine: str | None = None,
    options: MetricalOptions | None = None,
) -> PlayedRhythm | None:
    """Find beats, bars, tempo and metre of played notes.

    Parameters
    ----------
    onset_s, duration_s : (notes,) seconds; onsets not before 0, in any order
    pitch : (notes,) MIDI numbers; drum keys of General MIDI where `is_percussion`
    velocity : (notes,) 0 to 127
    engine : of the task "played-beats"; the default is the network, and for drums alone ``onset-weights``, which has learnt nothing
    options : what is possible; by default `PLAYED`, or `RULES` for weights of onsets

    Returns
    -------
    None where there are too few notes for a pulse: fewer than eight chords.

    Raises
    ------
    ValueError : if lengths differ, or a number is not finite.
    InputError : if there is no such engine, or this installation lacks its network.
    """
    from hexachord.score_analysis.engines import ENGINES

    onset = np.asarray(onset_s, dtype=np.float64)
    notes = PlayedNotes(
        onset_s=onset,
        duration_s=np.asarray(duration_s, dtype=np.float64),
        pitch=np.asarray(pitch, dtype=np.float64),
        velocity=np.asarray(velocity, dtype=np.float64),
        is_percussion=np.zeros(len(onset), dtype=np.bool_) if is_percussion is None else np.asarray(is_percussion, dtype=np.bool_),
    )
    if len({len(column) for column in (notes.onset_s, notes.duration_s, notes.pitch, notes.velocity, notes.is_percussion)}) > 1:
        raise ValueError("onsets, durations, pitches, velocities and percussion flags are of one length")
    if not all(np.isfinite(column).all() for column in (notes.onset_s, notes.duration_s, notes.pitch, notes.velocity)):
        raise ValueError("notes hold finite numbers only")
    chord_s = chord_times(onset)
    if len(chord_s) < _LEAST_CHORDS:
        return None
    if engine is None and notes.is_percussion.mean() > _DRUMS_ALONE:
        engine = "onset-weights"
    chosen = pick_engine(ENGINES, task=TASK, name=engine)
    known, is_plain = Walked(chosen.load()(notes), chord_s), chosen.name.endswith("onset-weights")
    settings = options or (RULES if is_plain else PLAYED)
    found = (walks if is_plain else candidates)(known.chances, settings)
    if not found:
        return None
    each = [beats_of(one, known, engine=chosen.name) for one in found]
    if is_plain:
        chance = _likelihoods(found, known)
        counted = [_Counted(metre=one.metre, beats=beats) for one, beats in zip(found, each, strict=True)]
        best = int(chance.argmax())
        counted[best] = _walked(found[best], counted[best], known, settings)
    else:
        chords = notes.chords()
        looks = [look_at(known, chords, beats.time_s, metres=settings.metres) for beats in each]
        chance = rank(known, found, np.stack([look.described for look in looks]))
        counted = [_counted(beats, look) for beats, look in zip(each, looks, strict=True)]
    return _told(found, chance, counted, _steadiness(found[int(chance.argmax())], known.chances), engine=chosen.name)


def chord_times(onset_s: FloatArray) -> Float64Array:
    """Return the mean onset of each chord, ascending."""
    ascending = np.sort(onset_s)
    chord = chord_numbers(ascending)
    return np.asarray(np.bincount(chord, weights=ascending) / np.maximum(np.bincount(chord), 1))


def network_chances(notes: PlayedNotes, *, network: Path | None = None) -> Float32Array:
    """Ask the network: (frames, columns of `hexachord.score_analysis.multiples`) chances, `HOP_S` apart, the mean of three looks.

    Raises
    ------
    InputError : if this installation lacks the network.
    """
    from hexachord.models.networks import open_network

    asked = open_network(network or NETWORK)
    looks = [asked(_taught(notes.cues(slower=slower, higher=higher))) for slower, higher in _LOOKS]
    frame = np.arange(len(looks[0]))
    total = np.zeros(looks[0].shape)
    for (slower, _), look in zip(_LOOKS, looks, strict=True):
        seen = np.stack([np.interp(frame * slower, np.arange(len(look)), column) for column in look.T], axis=1)
        if slower != 1.0:  # what it calls so many beats a minute is faster or slower by this
            seen[:, TEMPO] = _moved(seen[:, TEMPO], 3.0 * np.log2(slower))
        total += seen
    return (total / len(_LOOKS)).astype(np.float32)


def _taught(cues: Float32Array) -> Float32Array:
    """Leave out what kind of drum is struck, which no pianist taught it; when and how loudly it is struck remains."""
    cues[:, [FEATURES.index(name) for name in ("kick", "snare", "cymbal")]] = 0.0
    return cues


def _moved(rows: Float64Array, by: float) -> Float64Array:
    """Move columns to the right by a part of one; what is moved in at an edge is what was there."""
    place = np.clip(np.arange(rows.shape[1]) - by, 0.0, rows.shape[1] - 1.0)
    low = np.minimum(place.astype(np.int64), rows.shape[1] - 2) if rows.shape[1] > 1 else np.zeros(len(place), dtype=np.int64)
    part = place - low
    return np.asarray((1.0 - part) * rows[:, low] + part * rows[:, np.minimum(low + 1, rows.shape[1] - 1)])


def onset_chances(notes: PlayedNotes) -> Float32Array:
    """Weigh onsets instead: (frames, 2), what is loud, long, low and thick first; bass notes where harmony turns make downbeats."""
    cues = notes.cues()
    column = {name: cues[:, index].astype(np.float64) for index, name in enumerate(FEATURES)}
    drums = column["kick"] + 0.7 * column["snare"]
    weight = column["loudest"] * (0.5 + column["longest"]) + 0.3 * column["count"] + 0.8 * column["bass"] + drums
    beat = novelty_to_activation(weight, hop_s=HOP_S)
    turn = column["novelty_1"] * (column["bass"] + 0.3 * column["loudest"]) + 0.5 * column["kick"]
    first = novelty_to_activation(turn, hop_s=HOP_S)
    return np.stack([np.maximum(beat, 1e-3), np.maximum(beat * first, 5e-4)], axis=1).astype(np.float32)


def beats_from_chances(chances: Float32Array, *, options: MetricalOptions = PLAYED) -> tuple[BarHypothesis, ...]:
    """Decode chances of beats and downbeats, the first two columns, `HOP_S` apart: the best reading in each metre, likeliest first."""
    return walk(chances, options)


def _likelihoods(found: list[BarHypothesis], known: Walked) -> Float64Array:
    """Chances of walks by how likely they are, where nothing has learnt to choose."""
    score = np.array([one.log_likelihood for one in found])
    chance = np.exp(np.minimum(score - score[0], 0.0) / (_TEMPERATURE * len(known.chances) * HOP_S))
    chance[0] += 1e-6  # a walk near the likeliest is never likelier
    return np.asarray(chance / chance.sum())


@dataclass(frozen=True, kw_only=True, eq=False)
class _Counted:
    """The beats of a walk with its bars and what speaks for these; `others` are (tempo, metre, beats, share) with bars of other lengths;
    the chance that beats divide in three, where somebody has looked."""

    metre: int
    beats: Beats
    share: float = 1.0
    others: tuple[tuple[float, int, Beats, float], ...] = ()
    in_three: float | None = None


def _walked(best: BarHypothesis, plain: _Counted, known: Walked, options: MetricalOptions) -> _Counted:
    """Take bars as they were walked through, and walk again in every metre."""
    limits = near(replace(options, metre_change=0.0), best.tempo_bpm)
    seconds = len(known.chances) * HOP_S
    others = []
    for one in walk(known.chances, limits) if limits and len(options.metres) > 1 else ():
        share = float(np.exp(min(one.log_likelihood - best.log_likelihood, 0.0) / (_TEMPERATURE * seconds)))
        if one.metre != best.metre and len(one.beat_s) > 1:
            others.append((one.tempo_bpm, one.metre, beats_of(one, known, engine=plain.beats.engine), share))
    return replace(plain, others=tuple(others))


def _counted(beats: Beats, look: Look) -> _Counted:
    """Take bars as they were counted from beat to beat."""
    bars, bpm = look.bars, float(60.0 / np.median(np.diff(beats.time_s)))
    return _Counted(
        metre=bars.best.metre,
        beats=replace(beats, position=bars.best.position),
        share=next((share for count, share in bars.steady if count.metre == bars.best.metre), 1.0),
        others=tuple(
            (bpm, count.metre, replace(beats, position=count.position), share)
            for count, share in bars.steady
            if count.metre != bars.best.metre
        ),
        in_three=bars.in_three,
    )


def _told(found: list[BarHypothesis], chance: Float64Array, counted: list[_Counted], steady: float, *, engine: str) -> PlayedRhythm:
    """Rank the walks, and the bars that the chosen one may have, and say how sure each is."""
    order = np.argsort(-chance, kind="stable").tolist()
    best, told = found[order[0]], counted[order[0]]
    kept: list[tuple[str, float, int, Beats, float]] = [("first", best.tempo_bpm, told.metre, told.beats, float(chance[order[0]]))]
    for index in order[1:]:
        one, other = found[index], counted[index]
        kind = kind_of(one.tempo_bpm / best.tempo_bpm)
        if kind == "phase" or not kind or any(kind == name for name, *_ in kept):
            continue
        kept.append((kind, one.tempo_bpm, other.metre, other.beats, float(chance[index])))
    kept += [("metre", bpm, metre, beats, kept[0][4] * share / told.share / 2.0) for bpm, metre, beats, share in told.others]
    kept[1:] = sorted(kept[1:], key=lambda row: -row[4])
    whole = sum(row[4] for row in kept)
    readings = tuple(
        RhythmReading(bpm=bpm, beats_per_bar=metre, beats=beats, confidence=steady * share / whole, kind=kind, engine=engine)
        for kind, bpm, metre, beats, share in kept[:_MOST_READINGS]
    )
    tempi: list[TempoHypothesis] = []
    for reading in readings:
        if all(abs(np.log2(reading.bpm / other.bpm)) > 0.1 for other in tempi):
            tempi.append(TempoHypothesis(bpm=reading.bpm, confidence=reading.confidence))
    total = told.share + sum(share for *_, share in told.others)
    alternatives = sorted(((metre, share / total) for _, metre, _, share in told.others), key=lambda row: -row[1])
    metre = Metre(beats_per_bar=told.metre, confidence=told.share / total, alternatives=tuple(alternatives), engine=engine)
    if told.in_three is not None:
        metre = metre.divided(3 if told.in_three > 0.5 else 2, confidence=max(told.in_three, 1.0 - told.in_three))
    return PlayedRhythm(tempo=Tempo(hypotheses=tuple(tempi), engine=engine), beats=told.beats, metre=metre, readings=readings)


def beats_of(hypothesis: BarHypothesis, known: Walked, *, engine: str) -> Beats:
    """Beats where the notes are: a beat within 50 ms of a chord is moved onto it."""
    time_s, chord_s = np.asarray(hypothesis.beat_s, dtype=np.float64), known.chord_s
    after = np.clip(np.searchsorted(chord_s, time_s), 1, len(chord_s) - 1)
    nearest = after - (time_s - chord_s[after - 1] < chord_s[after] - time_s)
    onto = chord_s[nearest]
    moved = np.where(np.abs(onto - time_s) <= _SNAP_S, onto, time_s)
    keep = np.concatenate([[True], np.diff(moved) > 1e-3])
    frame = np.clip(np.rint(time_s / HOP_S).astype(np.int64), 0, len(known.chances) - 1)
    return Beats(
        time_s=np.maximum.accumulate(moved)[keep],
        position=hypothesis.position[keep],
        confidence=np.clip(known.chances[frame, 0], 0.0, 1.0).astype(np.float64)[keep],
        engine=engine,
    )


def _steadiness(hypothesis: BarHypothesis, chances: Float32Array) -> float:
    """How clearly the beats stand out: their mean chance, from 0 where there is no pulse to 1."""
    frame = np.clip(np.rint(hypothesis.beat_s / HOP_S).astype(np.int64), 0, len(chances) - 1)
    near = np.maximum.reduce([chances[np.clip(frame + shift, 0, len(chances) - 1), 0] for shift in (-1, 0, 1)])
    return float(np.clip(near.mean(), 0.0, 1.0))


def rhythm_of_note_array(notes: StructuredArray, *, engine: str | None = None) -> PlayedRhythm | None:
    """Find the rhythm of a `hexachord.score.notes.note_array`; as `rhythm_of_notes`."""
    return rhythm_of_notes(
        notes["onset_s"], notes["duration_s"], notes["pitch"], notes["velocity"], is_percussion=notes["is_percussion"], engine=engine
    )
