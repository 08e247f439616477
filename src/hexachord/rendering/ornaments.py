"""What a player adds to single notes: bends, glides, vibrato, trills, ghost notes, chokes, swells."""

from dataclasses import dataclass, replace

import numpy as np

from hexachord.arrays import Float64Array
from hexachord.rendering.drum_classes import SNARE
from hexachord.rendering.music import DURATION, ONSET, PITCH, VELOCITY, Line, ordered
from hexachord.synthesis.model import BEND, BEND_RANGE, EXPRESSION, Curve

F0_HOP_S = 0.01
_RANGE = 12.0  # semitones of full bend on lines that glide


@dataclass(frozen=True, kw_only=True)
class Singing:
    """How a voice or a lead moves between notes and on them: chances for each note, times in seconds, depth in cents."""

    glide: float = 0.0
    scoop: float = 0.0
    fall: float = 0.0
    glide_s: float = 0.08
    vibrato_cents: float = 0.0
    vibrato_hz: float = 5.5
    vibrato_delay_s: float = 0.25

    @property
    def said(self) -> str:
        """What of it can be heard, in words."""
        heard = {"glide": self.glide > 0.05, "scoop": self.scoop > 0.05, "fall": self.fall > 0.03, "vibrato": self.vibrato_cents > 8.0}
        return " ".join(name for name, is_heard in heard.items() if is_heard)


def drawn_singing(random: np.random.Generator, *, sung: bool) -> Singing:
    """Draw a manner: voices glide and scoop more than instruments do."""
    some = 1.0 if sung else float(random.choice([0.0, 0.3, 0.7]))
    return Singing(
        glide=some * float(random.uniform(0.1, 0.7)),
        scoop=some * float(random.uniform(0.0, 0.3)),
        fall=some * float(random.uniform(0.0, 0.12)),
        glide_s=float(random.uniform(0.04, 0.13)),
        vibrato_cents=some * float(random.uniform(0.0, 70.0)),
        vibrato_hz=float(random.uniform(4.6, 6.8)),
        vibrato_delay_s=float(random.uniform(0.12, 0.4)),
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class Sung:
    """The bend of a line over time, and the pitch at which it sounds, vibrato and all, on a grid of 10 ms (NaN where nothing sounds)."""

    controls: dict[int, Curve]
    time_s: Float64Array
    pitch: Float64Array


def sung(
    onset_s: Float64Array, release_s: Float64Array, key: Float64Array, singing: Singing, *, end_s: float, random: np.random.Generator
) -> Sung:
    """Bend a monophonic line.

    A glide comes from the note before when it ends less than 60 ms ago, a scoop from below otherwise; a fall leaves at the end. Where a
    glide would begin its note far off (more than an octave), it is left out.

    Parameters
    ----------
    onset_s, release_s, key : (n,) notes that do not overlap, in order
    """
    time_s = np.arange(0.0, end_s, F0_HOP_S)
    pitch, base, vibrato = np.full(len(time_s), np.nan), np.full(len(time_s), np.nan), np.zeros(len(time_s))
    phase = float(random.uniform(0, 2 * np.pi))
    for index in range(len(key)):
        first, last = np.searchsorted(time_s, [onset_s[index], release_s[index]]).tolist()
        if last <= first:
            continue
        inside = time_s[first:last] - onset_s[index]
        long = float(release_s[index] - onset_s[index])
        bend = np.zeros(last - first)
        joined = index > 0 and onset_s[index] - release_s[index - 1] < 0.06
        gap = float(key[index - 1] - key[index]) if joined else 0.0
        reach = min(singing.glide_s * float(random.uniform(0.7, 1.4)), 0.4 * long)
        if joined and 0 < abs(gap) <= _RANGE and random.random() < singing.glide:
            bend += gap * _ease(1.0 - inside / reach)
        elif random.random() < singing.scoop:
            bend -= float(random.uniform(0.4, 2.0)) * _ease(1.0 - inside / reach)
        if long > 0.25 and random.random() < singing.fall:
            drop = float(random.uniform(0.08, 0.16))
            bend -= float(random.uniform(0.5, 3.0)) * _ease((inside - (long - drop)) / drop)
        base[first:last] = key[index]
        pitch[first:last] = key[index] + bend
        if long > singing.vibrato_delay_s + 0.1 and singing.vibrato_cents > 0:
            swell = np.clip((inside - singing.vibrato_delay_s) / 0.25, 0.0, 1.0)
            vibrato[first:last] = singing.vibrato_cents / 100.0 * swell * np.sin(2 * np.pi * singing.vibrato_hz * inside + phase)
    pitch += vibrato
    offset = np.nan_to_num(pitch - base)
    if not np.any(np.abs(offset) > 1e-3):
        return Sung(controls={}, time_s=time_s, pitch=pitch)
    value = np.round(np.clip(64.0 + 64.0 * offset / _RANGE, 0.0, 127.9), 4)
    moves = np.flatnonzero(np.diff(value, prepend=64.0))
    controls = {BEND_RANGE: Curve(np.zeros(1), np.full(1, _RANGE)), BEND: Curve(time_s[moves], value[moves])}
    return Sung(controls=controls, time_s=time_s, pitch=pitch)


def _ease(share: Float64Array) -> Float64Array:
    """From 0 to 1 without corners."""
    x = np.clip(share, 0.0, 1.0)
    return np.asarray(x * x * (3 - 2 * x))


def one_at_a_time(notes: Float64Array) -> Float64Array:
    """Make a line of single notes: the highest of each moment, none longer than until the next; the inverse of overlap, not of legato."""
    if not len(notes):
        return notes
    notes = notes[np.lexsort((-notes[:, PITCH], np.round(notes[:, ONSET], 2)))]
    first = np.concatenate([[True], np.diff(np.round(notes[:, ONSET], 2)) > 1e-6])
    notes = ordered(notes[first])
    keep = np.concatenate([np.diff(notes[:, ONSET]) > 0.03, [True]])
    notes = notes[keep]
    notes[:-1, DURATION] = np.minimum(notes[:-1, DURATION], np.diff(notes[:, ONSET]))
    return notes


def with_trills(
    notes: Float64Array, *, chance: float, quarter_bpm: float, scale: frozenset[int], random: np.random.Generator
) -> Float64Array:
    """Play some long notes as trills with the next higher tone of the scale, nine to thirteen strokes a second."""
    rows: list[Float64Array] = []
    for note in notes:
        seconds = note[DURATION] * 60.0 / quarter_bpm
        if seconds < 0.45 or random.random() >= chance:
            rows.append(note[None])
            continue
        upper = next((step for step in (1, 2) if (int(note[PITCH]) + step) % 12 in scale), 2)
        count = max(4, int(seconds * float(random.uniform(9, 13))))
        trill = np.repeat(note[None], count, axis=0)
        trill[:, ONSET] += np.arange(count) * note[DURATION] / count
        trill[:, DURATION] = note[DURATION] / count
        trill[1::2, PITCH] += upper
        trill[1:, VELOCITY] *= 0.88
        rows.append(trill)
    return np.concatenate(rows) if rows else notes


def with_pedal(line: Line, changes: Float64Array, *, end: float) -> Line:
    """Hold a keyboard's pedal from just after each change of harmony to the next.

    Parameters
    ----------
    changes : (n,) ascending quarters
    """
    starts = changes[changes < end - 0.25]
    if not len(starts):
        return line
    stops = np.append(starts[1:], end)
    spans = np.column_stack([starts + np.minimum(0.12, 0.3 * (stops - starts)), stops])
    return replace(line, pedal=spans)


def with_ghosts(notes: Float64Array, *, chance: float, end: float, random: np.random.Generator) -> Float64Array:
    """Add soft snare strokes on sixteenths where no snare is near."""
    snare = notes[notes[:, PITCH] == SNARE, ONSET]
    grid = np.arange(0.25, end, 0.5)
    grid = grid[random.random(len(grid)) < chance]
    near = np.array([np.any(np.abs(snare - at) < 0.2) for at in grid], dtype=bool)
    free = grid[~near]
    ghosts = np.column_stack([free, np.full(len(free), 0.1), np.full(len(free), float(SNARE)), random.uniform(18, 40, len(free))])
    return ordered(np.concatenate([notes, ghosts]))


def swells(onset_s: Float64Array, release_s: Float64Array, *, depth: float, random: np.random.Generator) -> dict[int, Curve]:
    """Let held notes grow and fade a little with the expression control."""
    times, values = [0.0], [112.0]
    for onset, release in zip(onset_s.tolist(), release_s.tolist(), strict=True):
        if release - onset > 0.5 and onset >= times[-1]:
            peak = float(random.uniform(0.3, 0.7))
            shares = np.linspace(0.0, 1.0, 9)
            shape = np.interp(shares, [0.0, peak, 1.0], [1.0 - depth, 1.0, 1.0 - depth])
            times += (onset + shares * (release - onset)).tolist()
            values += (112.0 * shape).tolist()
    return {EXPRESSION: Curve(np.array(times), np.array(values))}
