"""Beats, bars, tempo and metre of music that is only played: notes without a page.

Cues of the notes (`hexachord.score_analysis.beat_features`) go through a small network that says how likely a beat and a downbeat are,
and through the bar-position decoder that audio goes through as well (`hexachord.dsp.metrical`). Liu, Kong, Morfi & Benetos, "Performance
MIDI-to-score conversion by neural beat tracking", ISMIR 2022, showed that a network on performed notes beats rules by far; without the
network, weights of the onsets stand in (`onset_chances`; after Dixon, "Automatic extraction of tempo and beat from expressive
performances", J. New Music Research 30:1, 2001).
"""

from dataclasses import dataclass, replace

import numpy as np

from hexachord.arrays import BoolArray, Float32Array, Float64Array, FloatArray, IntArray, StructuredArray
from hexachord.dsp.metrical import ONSET_WEIGHTS, BarHypothesis, MetricalOptions, decode_bars
from hexachord.dsp.onset import novelty_to_activation
from hexachord.knowledge.model import Beats, Metre, RhythmReading, Tempo, TempoHypothesis
from hexachord.models.engine import pick_engine
from hexachord.score_analysis.beat_features import FEATURES, HOP_S, chord_numbers, note_features

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
    engine : of the task "played-beats"; the default is the network, ``onset-weights`` has learnt nothing
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
    ascending = np.sort(onset)
    chord = chord_numbers(ascending)
    if len(onset) == 0 or chord[-1] + 1 < _LEAST_CHORDS:
        return None
    chosen = pick_engine(ENGINES, task=TASK, name=engine)
    chances: Float32Array = chosen.load()(notes)
    settings = options or (RULES if chosen.name.endswith("onset-weights") else PLAYED)
    found = beats_from_chances(chances, options=settings)
    if not found or len(found[0].beat_s) < 2:
        return None
    best = found[0]
    if settings.metre_change > 0:  # one walk through changing bars; what each metre alone would give is asked for apart
        found = (best, *beats_from_chances(chances, options=replace(settings, metre_change=0.0)))
    in_bars = [hypothesis for hypothesis in found[1:] if hypothesis.metre != best.metre]
    kinds = [("first", best), *(("metre", hypothesis) for hypothesis in in_bars), *_other_tempi(chances, best, settings)]
    chord_s = np.bincount(chord, weights=ascending) / np.bincount(chord)
    return _told([(kind, one) for kind, one in kinds if len(one.beat_s) > 1], chord_s, chances, engine=chosen.name)


def network_chances(notes: PlayedNotes) -> Float32Array:
    """Ask the network: (frames, 2) chances of a beat and of a downbeat, `HOP_S` apart, the mean of three looks.

    Raises
    ------
    InputError : if this installation lacks the network.
    """
    from hexachord.models.networks import open_network

    network = open_network(NETWORK)
    looks = [network(notes.cues(slower=slower, higher=higher)) for slower, higher in _LOOKS]
    frame = np.arange(len(looks[0]))
    total = np.zeros((len(frame), 2))
    for (slower, _), look in zip(_LOOKS, looks, strict=True):
        total += np.stack([np.interp(frame * slower, np.arange(len(look)), look[:, column]) for column in (0, 1)], axis=1)
    return (total / len(_LOOKS)).astype(np.float32)


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
    """Decode (frames, 2) chances of beats and downbeats, `HOP_S` apart: the best reading in each metre, likeliest first."""
    beat, first = (chances[:, index].astype(np.float64) for index in (0, 1))
    return decode_bars(beat, np.minimum(first, beat), hop_s=HOP_S, options=options)


def _other_tempi(chances: Float32Array, best: BarHypothesis, options: MetricalOptions) -> list[tuple[str, BarHypothesis]]:
    """The best readings at about half, twice, a third and three times the tempo, where those are possible."""
    found = []
    for kind, ratio in (("half", 0.5), ("double", 2.0), ("third", 1 / 3), ("triple", 3.0)):
        low, high = best.tempo_bpm * ratio / 1.22, best.tempo_bpm * ratio * 1.22
        low, high = max(low, options.slowest_bpm), min(high, options.fastest_bpm)
        if high < 1.2 * low:
            continue
        ways = beats_from_chances(chances, options=replace(options, slowest_bpm=low, fastest_bpm=high))
        if ways and len(ways[0].beat_s) > 1:
            found.append((kind, ways[0]))
    return found


def _told(kinds: list[tuple[str, BarHypothesis]], chord_s: Float64Array, chances: Float32Array, *, engine: str) -> PlayedRhythm:
    """Rank everything that was decoded, the first first, and say how sure each is."""
    seconds = len(chances) * HOP_S
    score = np.array([hypothesis.log_likelihood for _, hypothesis in kinds])
    chance = np.exp(np.minimum(score - score[0], 0.0) / (_TEMPERATURE * seconds))
    chance /= chance.sum()
    steady = _steadiness(kinds[0][1], chances)
    order = [0, *(1 + np.argsort(-score[1:], kind="stable")).tolist()]
    readings = tuple(
        RhythmReading(
            bpm=kinds[index][1].tempo_bpm,
            beats_per_bar=kinds[index][1].metre,
            beats=_beats(kinds[index][1], chord_s, chances, engine=engine),
            confidence=float(steady * chance[index]),
            kind=kinds[index][0],
            engine=engine,
        )
        for index in order[:_MOST_READINGS]
    )
    bars: dict[int, float] = {}
    for share, (kind, hypothesis) in zip(chance.tolist(), kinds, strict=True):
        if kind in ("first", "metre"):
            bars[hypothesis.metre] = bars.get(hypothesis.metre, 0.0) + share
    total = sum(bars.values())
    first = readings[0]
    others_bars = tuple(
        (metre, share / total) for metre, share in sorted(bars.items(), key=lambda row: -row[1]) if metre != first.beats_per_bar
    )
    tempi: list[TempoHypothesis] = []
    for reading in readings:
        if all(abs(np.log2(reading.bpm / known.bpm)) > 0.1 for known in tempi):
            tempi.append(TempoHypothesis(bpm=reading.bpm, confidence=reading.confidence))
    return PlayedRhythm(
        tempo=Tempo(hypotheses=tuple(tempi), engine=engine),
        beats=first.beats,
        metre=Metre(
            beats_per_bar=first.beats_per_bar, confidence=float(bars[first.beats_per_bar] / total), alternatives=others_bars, engine=engine
        ),
        readings=readings,
    )


def _beats(hypothesis: BarHypothesis, chord_s: Float64Array, chances: Float32Array, *, engine: str) -> Beats:
    """Beats where the notes are: a beat within 50 ms of a chord is moved onto it."""
    time_s = np.asarray(hypothesis.beat_s, dtype=np.float64)
    near = np.clip(np.searchsorted(chord_s, time_s), 1, len(chord_s) - 1)
    near = near - (time_s - chord_s[near - 1] < chord_s[near] - time_s)
    onto = chord_s[near]
    moved = np.where(np.abs(onto - time_s) <= _SNAP_S, onto, time_s)
    keep = np.concatenate([[True], np.diff(moved) > 1e-3])
    frame = np.clip(np.rint(time_s / HOP_S).astype(np.int64), 0, len(chances) - 1)
    return Beats(
        time_s=np.maximum.accumulate(moved)[keep],
        position=hypothesis.position[keep],
        confidence=np.clip(chances[frame, 0], 0.0, 1.0).astype(np.float64)[keep],
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
