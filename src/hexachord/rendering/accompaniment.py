"""Accompaniments from chord labels: bass, chords struck, strummed and broken, pads; any metre.

A rhythm is drawn once and repeated, as players do. Chords lead their voices: each takes the inversion that moves least.
"""

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from hexachord.arrays import Float64Array
from hexachord.rendering.drum_patterns import GROUPS
from hexachord.rendering.model import Role
from hexachord.rendering.music import ONSET, BarLine, Line, Span, notes_of
from hexachord.theory.chord_labels import Chord, parse_chord
from hexachord.theory.voicings import voicing

Hit = tuple[float, float]  # onset in the bar, longest duration; quarters

_FOUR: dict[str, tuple[float, ...]] = {
    "charleston": (0.0, 1.5), "tresillo": (0.0, 1.5, 3.0), "push": (0.0, 1.5, 2.5, 3.5), "strum": (0.0, 1.0, 1.5, 2.5, 3.0, 3.5),
    "bossa": (0.0, 1.5, 2.0, 3.5), "reggae": (0.0, 1.5, 2.0, 3.0), "stabs": (0.0, 0.75, 1.5, 2.75), "habanera": (0.0, 1.5, 2.0, 3.0),
    "gated": (0.0, 0.25, 0.75, 1.0, 1.5, 1.75, 2.25, 2.5, 3.0, 3.25, 3.75), "bubble": (0.5, 0.75, 1.5, 1.75, 2.5, 2.75, 3.5, 3.75),
    "rolling": (0.25, 0.5, 0.75, 1.25, 1.5, 1.75, 2.25, 2.5, 2.75, 3.25, 3.5, 3.75), "tumbao": (0.0, 1.5, 3.0),
    "montuno": (0.0, 1.0, 1.5, 2.5, 3.5), "partido": (0.0, 0.5, 1.5, 2.5, 3.0), "surdo": (0.0, 0.75, 1.0, 1.75, 2.0, 2.75, 3.0, 3.75),
    "sub": (0.0, 2.5), "reese": (0.0, 1.75),
}  # fmt: skip
_LOWEST_PAD = 48
BROKEN = ("arpeggio", "arpeggio16", "alberti", "banjo", "chip")
"""Manners of playing the tones of a chord one after another."""


def hits(name: str, bar: BarLine, *, random: np.random.Generator) -> tuple[Hit, ...]:
    """Lay a rhythm into a full bar: onsets and how long each may last. Syncopated rhythms are drawn.

    Examples
    --------
    >>> hits("afterbeats", BarLine(0.0, 3.0, 3, 4), random=np.random.default_rng(0))
    ((1.0, 0.55), (2.0, 0.55))
    """
    unit, full, beat = 4.0 / bar.beat_type, bar.full, bar.beat
    choices = GROUPS.get(bar.name, ((bar.beats,),))
    groups = choices[int(random.integers(len(choices)))]
    starts = (np.concatenate([[0], np.cumsum(groups)[:-1]]) * unit).tolist()
    compound = beat > unit + 1e-6
    half = unit / 2
    times: list[float]
    if name == "whole":
        times = [0.0]
    elif name == "root_fifth":
        times = (
            starts if len(starts) > 1 else [0.0, full / 2] if bar.beats % 2 == 0 else [0.0, *([2 * unit] if random.random() < 0.4 else [])]
        )
    elif name == "beats":
        times = np.arange(0.0, full - 1e-6, beat).tolist()
    elif name == "eighths":
        times = np.arange(0.0, full - 1e-6, unit if compound or bar.beat_type == 8 else half).tolist()
    elif name == "sixteenths":
        times = np.arange(0.0, full - 1e-6, 0.25).tolist()
    elif name == "gallop":
        times = [start + at for start in np.arange(0.0, full - 1e-6, 1.0) for at in (0.0, 0.5, 0.75) if start + at < full - 1e-6]
    elif name == "offbeats":
        times = [start + (2 * unit if compound else half) for start in np.arange(0.0, full - 1e-6, beat)]
    elif name == "afterbeats":
        if len(starts) == 1 and bar.beats % 2 == 0:
            starts = np.arange(0.0, full - 1e-6, 2 * unit).tolist() if bar.beats > 2 else [0.0]
        times = [at for at in np.arange(0.0, full - 1e-6, unit).tolist() if min(abs(at - start) for start in starts) > 1e-6]
    elif name in _FOUR and abs(full - 4.0) < 1e-6 and not compound:
        times = list(_FOUR[name])
    elif name in _FOUR and bar.name == "2/4":
        times = [at / 2 for at in _FOUR[name]]
    else:
        step = unit if compound or bar.beat_type == 8 else half if name != "syncopated" else 0.25
        grid = np.arange(0.0, full - 1e-6, step)
        chance = 0.3 if step == 0.25 else 0.45
        times = [0.0, *grid[1:][random.random(len(grid) - 1) < chance].tolist()]
    times = sorted({round(at, 6) for at in times if at < full - 1e-6}) or [0.0]
    longest = {
        "offbeats": 0.35,
        "sixteenths": 0.22,
        "afterbeats": 0.55,
        "charleston": 0.8,
        "syncopated": 0.4,
        "gallop": 0.24,
        "stabs": 0.3,
        "gated": 0.2,
        "bubble": 0.2,
        "rolling": 0.22,
        "montuno": 0.45,
        "partido": 0.5,
    }.get(name, full)
    following = [*times[1:], full]
    return tuple(
        (at, round(min(longest * (1.0 if not compound else unit * 2), stop - at), 6)) for at, stop in zip(times, following, strict=True)
    )


Placed = tuple[float, float, Chord, bool, int]  # onset, duration, chord, whether the bar begins, number of the hit in its bar


def placed_hits(
    rhythm: Callable[[BarLine], tuple[Hit, ...]], bars: tuple[BarLine, ...], chords: tuple[Span, ...], *, catch_changes: bool = True
) -> list[Placed]:
    """Lay a rhythm over bars and chords; where a chord comes between two hits it is struck too (`catch_changes`);
    none rings into the next."""
    placed: list[Placed] = []
    for bar in bars:
        skipped = bar.full - bar.length
        here = [(bar.start + at - skipped, length) for at, length in rhythm(bar) if at >= skipped - 1e-6]
        if catch_changes:
            times = [at for at, _ in here]
            for span in chords:
                if bar.start - 1e-6 <= span.start < bar.end - 1e-6 and all(abs(span.start - at) > 0.05 for at in times):
                    here.append((max(span.start, bar.start), span.end - span.start))
            here.sort()
        for number, (at, length) in enumerate(here):
            chord, stop = chord_at(chords, at)
            if chord is not None and chord.is_chord:
                later = here[number + 1][0] if number + 1 < len(here) else bar.end
                placed.append((at, max(0.1, min(length, stop - at, later - at)), chord, number == 0, number))
    return placed


def chord_at(chords: tuple[Span, ...], quarter: float) -> tuple[Chord | None, float]:
    """Return the chord in force at a quarter and where it ends; None and the quarter where nothing is said."""
    for span in chords:
        if span.start - 1e-6 <= quarter < span.end - 1e-6:
            return parsed(span.label), span.end
    return None, quarter


@lru_cache(maxsize=1024)
def parsed(label: str) -> Chord:
    """Parse a chord label, the latest ones kept."""
    return parse_chord(label)


def bass_line(
    style: str,
    bars: tuple[BarLine, ...],
    chords: tuple[Span, ...],
    *,
    program: int,
    random: np.random.Generator,
    kicks: Float64Array | None = None,
) -> Line:
    """Write a bass: roots (or the bass of an inversion) where the rhythm says; ``kick`` follows the bass drum, ``walking`` walks."""
    lowest = int(random.integers(28, 34))
    accents = {0: 100.0}
    rows: list[tuple[float, float, float, float]] = []
    name = {"kick": "tresillo", "octaves": "eighths", "walking": "beats"}.get(style, style)
    rhythm = _with_kicks(kicks) if style in ("kick", "sub") and kicks is not None and len(kicks) else _kept(name, random)
    long = float(random.uniform(0.55, 0.98))
    placed = placed_hits(rhythm, bars, chords)
    previous = lowest + 6.0
    for index, (at, length, chord, _, number) in enumerate(placed):
        root = near(chord.root + chord.bass, previous, lowest, lowest + 14)
        pitch = root
        if style == "octaves":
            pitch = root + 12 * (number % 2)
        elif style == "root_fifth" and number % 2 and 7 in chord.intervals:
            pitch = near(chord.root + 7, root - 3, lowest, lowest + 14)
        elif style == "walking" and number:
            target = placed[index + 1][2] if index + 1 < len(placed) else chord
            to = near(target.root + target.bass, previous, lowest, lowest + 19)
            tones = [(chord.root + semitone) % 12 for semitone in chord.intervals if semitone < 12]
            last = index + 1 < len(placed) and placed[index + 1][3]
            if last and random.random() < 0.6:
                pitch = to + float(random.choice([-1, 1, -2]))
            else:
                pitch = near(tones[int(random.integers(len(tones)))], previous + float(random.integers(-4, 5)), lowest, lowest + 19)
        elif style in ("syncopated", "kick", "bossa", "tresillo") and number and random.random() < 0.18 and 7 in chord.intervals:
            pitch = near(chord.root + 7, root, lowest, lowest + 16)
        rows.append((at, max(0.1, length * (0.95 if style == "walking" else long)), pitch, accents.get(number, 90.0)))
        previous = pitch if style == "walking" else root
    return Line(role="bass", program=program, name=f"bass {style}", notes=notes_of(rows))


def _with_kicks(kicks: Float64Array) -> Callable[[BarLine], tuple[Hit, ...]]:
    """The rhythm of the bass drum, on sixteenths, and the downbeat always."""

    def rhythm(bar: BarLine) -> tuple[Hit, ...]:
        inside = np.unique(np.round((kicks[(kicks >= bar.start - 0.06) & (kicks < bar.end - 0.1)] - bar.start) * 4) / 4)
        times = sorted({0.0, *np.clip(inside, 0.0, None).tolist()})
        return tuple((at, stop - at) for at, stop in zip(times, [*times[1:], bar.full], strict=True))

    return rhythm


def chord_line(
    style: str,
    bars: tuple[BarLine, ...],
    chords: tuple[Span, ...],
    *,
    program: int,
    random: np.random.Generator,
    quarter_bpm: float,
    role: Role = "chords",
    centre: float = 60.0,
) -> Line:
    """Write chords: struck in a rhythm; ``strum``, ``power`` for guitars; ``arpeggio``, ``arpeggio16``, ``alberti`` broken, as are
    ``banjo`` rolls and ``chip``, a chord as a console without enough voices plays it; ``boogie``."""
    name = {
        "power": "eighths",
        "arpeggio": "whole",
        "arpeggio16": "whole",
        "alberti": "whole",
        "boogie": "eighths",
        "banjo": "whole",
        "chip": "whole",
        "marcato": "beats",
    }.get(style, style)
    placed = placed_hits(_kept(name, random), bars, chords, catch_changes=True)
    guitar = program in range(24, 32) and style not in BROKEN
    spread = (random.uniform(0.006, 0.022) if guitar or style == "strum" else 0.0) * quarter_bpm / 60.0  # quarters between two strings
    step = _steps(style, bars[0], random) if style in BROKEN else 0.0
    order = int(random.integers(4))
    rows: list[tuple[float, float, float, float]] = []
    previous: tuple[int, ...] = ()
    for at, length, chord, first, number in placed:
        if style == "power":
            pitches = tuple(int(near(chord.root, 45.0, 40, 51)) + add for add in (0, 7, 12) if add != 7 or 7 in chord.intervals)
        elif style == "boogie":
            low = int(near(chord.root, 48.0, 43, 54))
            pitches = (low, low + (9 if number % 2 else 7))
            pitches = pitches if {4, 7} <= set(chord.intervals) and chord.root >= 0 else voicing(chord, previous, centre=centre)
        elif guitar:
            pitches = guitar_voicing(chord)
        else:
            pitches = voicing(chord, previous, centre=centre)
        previous = pitches if not guitar else ()
        loud = 92.0 if first else 80.0
        if step:
            rows += _broken(pitches, at, length, step, {"alberti": 4, "banjo": 5, "chip": 0}.get(style, order), loud)
            continue
        upward = guitar and number % 2 == 1
        for string, pitch in enumerate(sorted(pitches, reverse=upward)):
            late = spread * string
            rows.append((at + late, max(0.1, length * 0.95 - late), float(pitch), loud - 3.0 * (upward or 0)))
    return Line(role=role, program=program, name=f"{role} {style}", notes=notes_of(rows))


def pad_line(
    bars: tuple[BarLine, ...], chords: tuple[Span, ...], *, program: int, random: np.random.Generator, centre: float = 64.0
) -> Line:
    """Write a pad: every chord held, common tones too."""
    rows: list[tuple[float, float, float, float]] = []
    previous: tuple[int, ...] = ()
    start, end = bars[0].start, bars[-1].end
    open_voicing = random.random() < 0.4
    for span in chords:
        chord = parsed(span.label)
        at, stop = max(span.start, start), min(span.end, end)
        if not chord.is_chord or stop - at < 0.2:
            continue
        previous = voicing(chord, previous, centre=centre)
        pitches = list(previous)
        if open_voicing and len(pitches) > 2 and pitches[1] - 12 >= _LOWEST_PAD:
            pitches[1] -= 12
        rows += [(at, stop - at, float(pitch), 72.0) for pitch in pitches]
    return Line(role="pad", program=program, name="pad", notes=notes_of(rows))


def guitar_voicing(chord: Chord) -> tuple[int, ...]:
    """Stack a chord as a guitar does: the bass low, then chord tones upwards, five strings or six."""
    low = near(chord.root + chord.bass, 45.0, 40, 51)
    tones = {(chord.root + semitone) % 12 for semitone in chord.intervals}
    pitches = [int(low)]
    pitch = int(low) + 5
    while len(pitches) < 6 and pitch <= 76:
        if pitch % 12 in tones and pitch - pitches[-1] >= (5 if len(pitches) < 2 else 3):
            pitches.append(pitch)
        pitch += 1
    return tuple(pitches)


def _broken(
    pitches: tuple[int, ...], at: float, length: float, step: float, order: int, loud: float
) -> list[tuple[float, float, float, float]]:
    up = sorted(pitches)
    wide = [*up, up[0] + 12]
    cycle = (
        up,
        wide + wide[-2:0:-1],
        wide[::-1],
        [wide[0], wide[2 % len(wide)], wide[1], wide[-1]],
        [up[0], up[-1], up[len(up) // 2], up[-1]],
        [up[-1], up[0], up[len(up) // 2], wide[-1], up[-1], up[len(up) // 2], up[0], wide[-1]],
    )[order]
    count = max(1, int(length / step + 1e-6))
    return [(at + k * step, step * 1.05, float(cycle[k % len(cycle)]), loud if k == 0 else loud - 8.0) for k in range(count)]


def _steps(style: str, bar: BarLine, random: np.random.Generator) -> float:
    if style == "chip":
        return float(random.choice([1 / 8, 1 / 12]))
    if bar.beat_type == 8:
        return 0.5
    if style == "banjo":
        return 0.25
    return 0.25 if style == "arpeggio16" else float(random.choice([0.5, 0.5, 1 / 3])) if style == "arpeggio" else 0.5


def _kept(name: str, random: np.random.Generator) -> Callable[[BarLine], tuple[Hit, ...]]:
    """A rhythm drawn once for each metre and kept."""
    seed = int(random.integers(2**31))
    drawn: dict[str, tuple[Hit, ...]] = {}

    def rhythm(bar: BarLine) -> tuple[Hit, ...]:
        if bar.name not in drawn:
            drawn[bar.name] = hits(name, bar, random=np.random.default_rng(seed))
        return drawn[bar.name]

    return rhythm


def near(pitch_class: float, pitch: float, low: float, high: float) -> float:
    """The octave of a pitch class nearest to a pitch, within bounds an octave apart or more."""
    candidates = [p for p in range(int(low), int(high) + 1) if (p - pitch_class) % 12 == 0]
    return float(min(candidates, key=lambda p: abs(p - pitch)))


def kicks_of(drums: Line | None) -> Float64Array | None:
    """Where the bass drum falls."""
    if drums is None:
        return None
    onsets: Float64Array = drums.notes[(drums.notes[:, 2] == 36) | (drums.notes[:, 2] == 35), ONSET]
    return onsets
