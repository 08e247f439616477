"""Written music played by imagined pianists: notes and beats in seconds, as many as one likes, without a sound.

There are no real performances with beats among the data that may teach, so that these must go further than any: tempo breathes over phrases
and bars, hurries, broadens and waits; chords are broken, basses anticipate, tunes lead, hands stray; grace notes, trills, slips and
missed notes. How much of each is drawn anew for every performance, from none to too much. What is known about how pianists shape time:
Repp, "Patterns of expressive timing in performances of a Beethoven minuet", JASA 1990; Todd, "The dynamics of dynamics", JASA 1992;
Goebl, "Melody lead in piano performance", JASA 2001.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from figuration import figured

from hexachord.arrays import BoolArray, Float64Array, IntArray
from hexachord.rendering.music import DURATION, ONSET, PITCH, VELOCITY, BarLine, Piece

Random = np.random.Generator

_STEP = 4  # corners of the tempo curve per beat
_LEAST_S = 0.06  # between two chords, for nine of ten: pianists do not play faster
_SLOWEST_BPM, _FASTEST_BPM = 24.0, 270.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Sheet:
    """A page to play from, on a clock of quarters.

    Attributes
    ----------
    notes : (n, 4) onset, duration, pitch, velocity, by onset
    tune : (n,) whether a note is sung, or of the part that leads
    beat_quarter, position : felt beats, and their place in the bar from 1; a position of 0 is not known
    beat_length : quarters of the most frequent beat
    bar_beats : beats of the most frequent bar
    bpm : felt beats a minute
    said : whether the page, or a player, says how fast it goes; else `bpm` is a guess
    """

    id: str
    corpus: str
    notes: Float64Array
    tune: BoolArray
    beat_quarter: Float64Array
    position: IntArray
    beat_length: float
    bar_beats: int
    bpm: float
    said: bool


class Performance(NamedTuple):
    """Notes as they were played, (n,) each, and beats; seconds."""

    onset_s: Float64Array
    duration_s: Float64Array
    pitch: Float64Array
    velocity: Float64Array
    beat_s: Float64Array
    position: IntArray


def sheet_of(piece: Piece, *, corpus: str, name: str) -> Sheet | None:
    """Make a page of a piece with bars; None where there are too few."""
    lines = [line for line in piece.lines if line.role != "drums" and len(line.notes)]
    if not piece.bars or len(piece.bars) < 4 or not lines:
        return None
    notes = np.concatenate([line.notes for line in lines])
    tune = np.concatenate([np.full(len(line.notes), line.role in ("sung", "lead")) for line in lines])
    order = np.lexsort((notes[:, PITCH], notes[:, ONSET]))
    beats, positions, lengths, counts = [], [], [], []
    on_page = corpus != "pop909"
    for index, bar in enumerate(piece.bars):
        beat = _felt_beat(bar) if on_page else bar.beat
        full = max(1, round(bar.full / beat))
        count = max(1, int(bar.length / beat + 1e-6))
        short = bar.length < bar.full - 1e-6
        start = bar.end - count * beat if short else bar.start
        missing = full - count if index == 0 and short else 0
        beats += [start + beat * number for number in range(count)]
        positions += [missing + number + 1 for number in range(count)]
        lengths.append(beat)
        counts.append(count)
    length = float(np.median(lengths))
    return Sheet(
        id=name,
        corpus=corpus,
        notes=notes[order],
        tune=tune[order],
        beat_quarter=np.array(beats),
        position=np.array(positions),
        beat_length=length,
        bar_beats=int(np.bincount(counts).argmax()),
        bpm=piece.quarter_bpm / length,
        said=piece.facts.get("tempo_written") != "no",
    )


def _felt_beat(bar: BarLine) -> float:
    """Quarters of a beat as scores of pianists are counted: 6/4 too has two."""
    return 3.0 * 4.0 / bar.beat_type if bar.beats in (6, 9, 12) and bar.beat_type == 4 else bar.beat


def play(sheet: Sheet, random: Random, *, length_s: float) -> Performance:
    """Play a stretch of a page once."""
    first, last = sheet.beat_quarter[0], sheet.beat_quarter[-1] + sheet.beat_length
    likely = length_s * sheet.bpm / 60.0 * sheet.beat_length
    begin = first if random.random() < 0.15 else float(random.uniform(first - 0.3 * likely, max(first, last - 0.7 * likely)))
    lead_s = float(random.uniform(0.0, 2.0)) if begin <= first else 0.0
    begin = max(begin, first)
    longest = 1.15 * length_s * _FASTEST_BPM / 60.0 * sheet.beat_length
    window = slice(*np.searchsorted(sheet.notes[:, ONSET], (begin - 1e-6, begin + longest)))
    notes, tune = figured(*_chosen(sheet.notes[window], sheet.tune[window], random), sheet.beat_length, random)
    notes, tune = _doubled(notes, tune, random)
    bpm = _tempo(sheet, notes, random)
    span = length_s * 1.15 * bpm / 60.0 * sheet.beat_length
    inside = (notes[:, ONSET] >= begin - 1e-6) & (notes[:, ONSET] < begin + span)
    notes, tune = notes[inside], tune[inside]
    corner, corner_s, depth = _clock(sheet, begin, begin + span, 60.0 / (bpm * sheet.beat_length), random)
    corner_s = corner_s + lead_s

    def seconds(quarter: Float64Array) -> Float64Array:
        return np.asarray(np.interp(quarter, corner, corner_s))

    chord_quarter, chord = np.unique(np.round(notes[:, ONSET], 4), return_inverse=True)
    stray_s = random.normal(0.0, 1.0, len(chord_quarter)) * random.uniform(0.001, 0.018) * min(1.0, 0.3 + depth)
    chord_s = seconds(chord_quarter) + stray_s
    onset_s = chord_s[chord] + _spread(notes, tune, chord, random)
    release_s = seconds(notes[:, ONSET] + notes[:, DURATION])
    duration_s = np.maximum(0.03, (release_s - seconds(notes[:, ONSET])) * _touch(len(notes), random))
    velocity = _loudness(sheet, notes, tune, chord, random)
    pitch = notes[:, PITCH] + int(random.integers(-6, 7))
    beats = (sheet.beat_quarter >= begin - 1e-6) & (sheet.beat_quarter < begin + span)
    beat_quarter, position = sheet.beat_quarter[beats], sheet.position[beats]
    beat_s = seconds(beat_quarter)
    if len(chord_quarter):
        near = np.clip(np.searchsorted(chord_quarter, beat_quarter - 1e-3), 0, len(chord_quarter) - 1)
        beat_s = np.where(np.abs(chord_quarter[near] - beat_quarter) < 2e-3, chord_s[near], beat_s)  # a beat is where it is played
    rows = np.column_stack([onset_s, duration_s, pitch, velocity]) if len(notes) else np.empty((0, 4))
    rows = _slips(_ornaments(rows, random), random)
    keep = (rows[:, 0] >= 0) & (rows[:, 0] < length_s)
    rows = rows[keep]
    end_s = float(rows[:, 0].max()) + 0.05 if len(rows) else 0.0
    start_s = float(rows[:, 0].min()) - 0.1 if len(rows) else 0.0
    counted = (beat_s >= max(0.0, start_s)) & (beat_s < min(length_s, end_s))
    return Performance(*rows.T, beat_s[counted], position[counted])


def _chosen(notes: Float64Array, tune: BoolArray, random: Random) -> tuple[Float64Array, BoolArray]:
    """The piano alone, everything on one keyboard, or now and then the tune alone."""
    chance = random.random()
    few = tune.sum() < 20 or (~tune).sum() < 50
    if few or chance < 0.45 or tune.all():
        return notes, tune
    kept = tune if chance > 0.95 else ~tune
    return notes[kept], tune[kept]


def _doubled(notes: Float64Array, tune: BoolArray, random: Random) -> tuple[Float64Array, BoolArray]:
    """Double the lowest notes an octave below, or the highest above, as full textures do."""
    if not len(notes) or random.random() < 0.6:
        return notes, tune
    first = np.flatnonzero(np.diff(np.round(notes[:, ONSET], 4), prepend=-np.inf) > 1e-6)
    last = np.append(first[1:], len(notes)) - 1
    made, marks = [notes], [tune]
    for edge, octave, chance in ((first, -12.0, 0.7), (last, 12.0, 0.35)):
        if random.random() < chance:
            some = edge[random.random(len(edge)) < random.uniform(0.2, 1.0)]
            made.append(notes[some] + np.array([0.0, 0.0, octave, 0.0]))
            marks.append(tune[some])
    rows, mark = np.concatenate(made), np.concatenate(marks)
    order = np.lexsort((rows[:, PITCH], np.round(rows[:, ONSET], 4)))
    return rows[order], mark[order]


def _tempo(sheet: Sheet, notes: Float64Array, random: Random) -> float:
    """Draw how fast: near what is said, anything where nothing is, and no faster than hands are."""
    gaps = np.diff(np.unique(np.round(notes[:, ONSET], 3)))
    short = float(np.quantile(gaps, 0.1)) / sheet.beat_length if len(gaps) else 0.25  # in beats
    if random.random() < 0.5:
        bpm = sheet.bpm * 2.0 ** random.normal(0.2, 0.35 if sheet.said else 0.5)
    else:  # as fast as its short notes ask for
        bpm = 60.0 * short / float(np.exp(random.uniform(np.log(0.065), np.log(0.25))))
    bpm = min(bpm, 60.0 * short / _LEAST_S)
    return float(np.clip(bpm, _SLOWEST_BPM, _FASTEST_BPM))


def _clock(sheet: Sheet, begin: float, end: float, quarter_s: float, random: Random) -> tuple[Float64Array, Float64Array, float]:
    """Draw a tempo curve: corners in quarters and in seconds from 0, and how free it is."""
    step = sheet.beat_length / _STEP
    corner = np.arange(begin - sheet.beat_length, end + sheet.beat_length + step, step)
    count = len(corner)
    depth = float(random.choice([0.0, 0.3, 0.7, 1.0, 1.6], p=[0.08, 0.22, 0.3, 0.25, 0.15]))
    beat = (corner - begin) / sheet.beat_length
    slow = np.zeros(count)  # log of how much slower than the mean
    slow += depth * random.uniform(0.01, 0.1) * _wander(count, _STEP * random.uniform(4.0, 30.0), random)
    slow += depth * random.uniform(0.0, 0.07) * _wander(count, _STEP * random.uniform(0.5, 2.5), random)
    bar = max(1, sheet.bar_beats)
    for _ in range(2):
        phrase = bar * float(random.choice([1, 2, 4, 4, 8]))
        place = (beat + random.choice([0.0, 0.0, bar - 1.0])) / phrase
        inside = 2.0 * (place - np.floor(place)) - 1.0
        each = random.uniform(0.0, 1.0, int(np.ceil(place[-1] - place[0])) + 3)[(np.floor(place) - np.floor(place[0])).astype(int)]
        slow += depth * random.uniform(0.0, 0.15) * each * (inside**2 - 1 / 3)
        slow += depth * random.uniform(0.0, 0.35) * each * np.clip((inside - 0.6) / 0.4, 0.0, None) ** 2
    pattern = random.normal(0.0, 0.04 * depth, bar)
    slow += pattern[np.floor(beat).astype(int) % bar]
    downbeats = sheet.beat_quarter[(sheet.position == 1) & (sheet.beat_quarter > begin) & (sheet.beat_quarter < end)]
    for _ in range(random.poisson(depth * beat[-1] / 50.0)):
        arrive = float(random.choice(downbeats)) if len(downbeats) and random.random() < 0.7 else float(random.uniform(begin, end))
        back = random.uniform(1.0, 8.0) * sheet.beat_length
        rise = np.clip((corner - (arrive - back)) / back, 0.0, 1.0)
        slow += random.uniform(0.15, 0.9) * rise**2 * (corner < arrive - 1e-6)
    if random.random() < 0.12:
        slow += random.choice([-1.0, 1.0]) * random.uniform(0.1, 0.5) * (corner >= random.uniform(begin, end))
    if random.random() < 0.12:
        slow += random.uniform(-0.5, 0.5) * np.clip((corner - begin) / (end - begin), 0.0, 1.0)
    lasting = step * quarter_s * np.exp(np.clip(slow, -0.9, 1.3))
    for _ in range(random.poisson(depth * beat[-1] / 90.0)):
        lasting[int(random.integers(count))] += float(random.uniform(0.2, 1.5)) * sheet.beat_length * quarter_s  # somebody waits
    time_s = np.concatenate([[0.0], np.cumsum(lasting[:-1])])
    return corner, time_s - float(np.interp(begin, corner, time_s)), depth


def _wander(count: int, steps: float, random: Random) -> Float64Array:
    """A slow process of unit variance that forgets within some steps."""
    from scipy.signal import lfilter

    keep = float(np.exp(-1.0 / steps))
    begin = [keep * float(random.normal())]
    walked: Float64Array = lfilter([np.sqrt(1 - keep**2)], [1.0, -keep], random.normal(0.0, 1.0, count), zi=begin)[0]
    return walked


def _spread(notes: Float64Array, tune: BoolArray, chord: IntArray, random: Random) -> Float64Array:
    """How far each note is from where its chord is felt: stray fingers, tunes that lead, basses that anticipate, broken chords."""
    count = len(notes)
    late_s = random.normal(0.0, 1.0, count) * random.uniform(0.002, 0.012)
    if not count:
        return late_s
    first = np.flatnonzero(np.diff(chord, prepend=-1))
    size = np.diff(np.append(first, count))
    lowest, highest = np.zeros(count, dtype=bool), np.zeros(count, dtype=bool)
    lowest[first[size > 1]] = True  # by pitch within onset
    highest[(first + size - 1)[size > 1]] = True
    late_s -= (highest | tune) * random.choice([0.0, 1.0]) * random.uniform(0.0, 0.03)
    if random.random() < 0.35:
        hit = random.random(len(first))[chord] < random.uniform(0.05, 0.6)
        late_s -= lowest * hit * random.uniform(0.02, 0.09)
    rate = float(random.choice([0.0, 0.02, 0.1, 0.5], p=[0.4, 0.35, 0.2, 0.05]))
    broken = (random.random(len(first)) < rate) & (size > 2)
    if broken.any():
        rank = np.arange(count) - first[chord]
        gap_s = random.uniform(0.015, 0.07, len(first))
        whole_s = gap_s * (size - 1)
        before = random.choice([0.0, 0.5, 1.0], len(first))
        late_s += np.where(broken[chord], rank * gap_s[chord] - before[chord] * whole_s[chord], 0.0)
    return late_s


def _touch(count: int, random: Random) -> Float64Array:
    """How long keys are held, as part of what is written."""
    held = random.choice([random.uniform(0.3, 0.8), random.uniform(0.8, 1.2), random.uniform(1.2, 4.0)])
    return np.asarray(held * np.exp(random.normal(0.0, 0.3, count)))


def _loudness(sheet: Sheet, notes: Float64Array, tune: BoolArray, chord: IntArray, random: Random) -> Float64Array:
    """What is written, voiced: the tune and the bass come out, beats a little, the rest is the player's."""
    count = len(notes)
    if not count:
        return np.empty(0)
    first = np.flatnonzero(np.diff(chord, prepend=-1))
    size = np.diff(np.append(first, count))
    lowest, highest = np.zeros(count), np.zeros(count)
    lowest[first], highest[first + size - 1] = 1.0, 1.0
    beat = np.searchsorted(sheet.beat_quarter, notes[:, ONSET] + 1e-3) - 1
    known = beat >= 0
    on_beat = known & (np.abs(sheet.beat_quarter[beat] - notes[:, ONSET]) < 2e-3)
    metrical = on_beat * (0.5 + 0.5 * (sheet.position[beat] == 1))
    level = 55.0 + random.uniform(0.3, 1.0) * (notes[:, VELOCITY] - 64.0) + random.normal(0.0, 12.0)
    level += random.uniform(0.0, 18.0) * np.maximum(highest, tune) + random.uniform(-6.0, 10.0) * lowest
    level += random.choice([0.0, 1.0]) * random.uniform(0.0, 9.0) * metrical
    level += random.uniform(0.0, 12.0) * _wander(len(first), random.uniform(4.0, 40.0), random)[chord]
    level += random.uniform(1.0, 7.0) * random.normal(0.0, 1.0, len(first))[chord] + random.uniform(2.0, 8.0) * random.normal(
        0.0, 1.0, count
    )
    return np.asarray(np.clip(level, 8.0, 127.0))


def _ornaments(rows: Float64Array, random: Random) -> Float64Array:
    """Add grace notes, and trills on long notes."""
    made = [rows]
    rate = float(random.choice([0.0, 0.01, 0.05], p=[0.5, 0.35, 0.15]))
    graced = rows[random.random(len(rows)) < rate]
    if len(graced):
        before = graced.copy()
        before[:, 0] -= random.uniform(0.04, 0.13, len(graced))
        before[:, 1] = random.uniform(0.04, 0.1, len(graced))
        before[:, 2] += random.choice([-2, -1, 1, 2, 12, -12], len(graced), p=[0.2, 0.3, 0.25, 0.15, 0.05, 0.05])
        made.append(before)
    for onset_s, duration_s, pitch, velocity in rows[(random.random(len(rows)) < rate / 8) & (rows[:, 1] > 0.35)].tolist():
        at = np.arange(onset_s, onset_s + min(duration_s, 2.5), 1.0 / random.uniform(9.0, 15.0))[1:]
        upper = pitch + random.choice([1, 2, 2, 3, 12])
        made.append(
            np.column_stack([at, np.full(len(at), 0.06), np.where(np.arange(len(at)) % 2 == 0, upper, pitch), np.full(len(at), velocity)])
        )
    return np.concatenate(made)


def _slips(rows: Float64Array, random: Random) -> Float64Array:
    """Leave notes out, and hit others; a doubled key sounds once."""
    missed = float(random.choice([0.0, 0.02, 0.08], p=[0.5, 0.35, 0.15]))
    rows = rows[random.random(len(rows)) >= missed]
    wrong = rows[random.random(len(rows)) < float(random.choice([0.0, 0.01, 0.04], p=[0.6, 0.3, 0.1]))].copy()
    wrong[:, 0] += random.normal(0.0, 0.03, len(wrong))
    wrong[:, 2] += random.choice([-12, -1, 1, 12, 7], len(wrong))
    wrong[:, 3] *= 0.7
    rows = np.concatenate([rows, wrong])
    key = np.round(rows[:, 0] / 0.03) * 256 + rows[:, 2]
    rows = rows[np.unique(key, return_index=True)[1]]
    rows = rows[(rows[:, 2] >= 21) & (rows[:, 2] <= 108)]
    return rows[np.lexsort((rows[:, 2], rows[:, 0]))]


def pick_sheet(sheets: Sequence[Sheet], weights: Float64Array, random: Random) -> Sheet:
    """Draw a page, each as often as its (normalised) weight says."""
    return sheets[int(np.searchsorted(np.cumsum(weights), random.random() * weights.sum(), side="right").clip(0, len(sheets) - 1))]
