"""What a band's players write: a bass that knows where it goes, chords whose voices move little, drums that fill and end.

Nothing rings over a bar line but what is tied, nothing over the end of its chord; the last bar is one chord held.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from hexachord.composition.band.bars import BandBar, Hit, changes_in, chord_at, hits
from hexachord.composition.band.styles import (
    CLOSED,
    CRASH,
    HIGH_TOM,
    KICK,
    LOW_TOM,
    MID_TOM,
    OPEN,
    PEDAL,
    RIDE,
    SHAKER,
    SNARE,
    STICK,
    BandStyle,
    ChordPlayer,
    Patterns,
)
from hexachord.composition.harmony.lead_sheets import ChordSpan
from hexachord.score.model import Note
from hexachord.theory.chord_grips import chord_grip
from hexachord.theory.chord_labels import NO_CHORD, Chord
from hexachord.theory.fretboard import fretboard
from hexachord.theory.voicings import voicing

BASS_RANGE, LEFT_RANGE = (28, 48), (38, 56)
_LEGATO, _SHORT = 0.9, 0.65
_SIMPLE, _FILLS, _LOUD = 0.5, 0.55, 0.85  # intensities below and from which on
_BIG = 5  # tones from which on a chord leaves its root to the bass
_APPROACHES = (-1, 1, -2, 2)


@dataclass(frozen=True, kw_only=True)
class Band:
    """What everybody reads: the bars, the chords, the style; `random` decides what a walking bass may choose."""

    bars: tuple[BandBar, ...]
    spans: tuple[ChordSpan, ...]
    style: BandStyle
    random: np.random.Generator


def bass_notes(
    band: Band, *, patterns: Patterns | None = None, within: tuple[int, int] = BASS_RANGE, walking: bool | None = None
) -> list[Note]:
    """Write a bass (or a left hand, with other patterns, elsewhere)."""
    low, high = within
    walks = band.style.walking if walking is None else walking
    style = band.style.bass if patterns is None else patterns
    made: list[Note] = []
    previous = (low + high) // 2
    for bar in band.bars:
        if bar.final:
            here = [hit._replace(sign="W") if walks else hit for hit in _first(band, bar)]
        elif walks and bar.kind in ("4", "3") and bar.intensity >= _SIMPLE:
            here = [Hit(bar.start + start - bar.skipped, end - start, "W") for start, end, _ in _quarters(bar) if start >= bar.skipped]
        else:
            here = hits(bar, style, player="bass")
            if bar.intensity < _SIMPLE:
                here = [hit for hit in here if hit.sign == "R" and hit.tick in (bar.start, *changes_in(band.spans, bar))]
        here = _with_changes(here, band.spans, bar, "R")
        for number, hit in enumerate(here):
            chord, span = chord_at(band.spans, hit.tick)
            if chord is None or span is None:
                continue
            after = here[number + 1].tick if number + 1 < len(here) else bar.end
            end = min(after, bar.end, max(span.end, hit.tick + hit.step) if hit.sign != "N" else bar.end)
            end = _cut(bar, hit.tick, end)
            pitch = _bass_pitch(hit, chord, span, band, previous, (low, high), walking=(span.start >= hit.tick, after))
            made.append(Note(hit.tick, max(1, end - hit.tick), pitch, velocity=_loud(bar, 92 if hit.tick == bar.start else 82)))
            previous = pitch
    return made


def chord_notes(band: Band, player: ChordPlayer, *, ceiling: int = 127) -> list[Note]:
    """Write chords, struck, strummed, broken or held; `ceiling` is the highest note they may have."""
    if player.manner == "held":
        return _held(band, player, ceiling)
    made: list[Note] = []
    previous: tuple[int, ...] = ()
    manner = {"strum": "strum", "power": "power", "broken": "broken"}.get(player.manner, "block")
    for bar in band.bars:
        if bar.intensity < player.least:
            continue
        here = _first(band, bar) if bar.final else hits(bar, player.patterns, player=manner)
        if not player.patterns:
            continue
        if bar.intensity < _SIMPLE and manner in ("block", "strum"):
            here = [hit for number, hit in enumerate(here) if number % 2 == 0]
        if manner != "broken" and (player.gate >= _LEGATO or manner == "strum"):
            here = _with_changes(here, band.spans, bar, "d" if manner == "strum" else "x")
        elif manner != "broken":
            here = _with_missed(here, band.spans, bar)
        for number, hit in enumerate(here):
            chord, span = chord_at(band.spans, hit.tick)
            if chord is None or span is None:
                continue
            after = here[number + 1].tick if number + 1 < len(here) else bar.end
            gap = min(after, bar.end, span.end) - hit.tick
            length = gap if player.gate >= _LEGATO or bar.final or manner == "broken" else _short(bar, hit, gap, player.gate)
            length = _cut(bar, hit.tick, hit.tick + length) - hit.tick
            pitches, previous = _struck(player, hit, chord, span, previous, ceiling)
            force = {"X": 90, "d": 84, "u": 68}.get(hit.sign, 76)
            made += [Note(hit.tick, max(1, length), pitch, velocity=_loud(bar, force)) for pitch in pitches]
    return made


def drum_notes(band: Band) -> list[Note]:
    """Write drums: the pattern, lighter where it is soft, a crash where a section begins loudly, a fill where it ends."""
    strokes: dict[tuple[int, int], int] = {}
    if not band.style.drums:
        return []
    for bar in band.bars:
        chord, _ = chord_at(band.spans, bar.start)
        if chord is None and not changes_in(band.spans, bar):
            continue
        if bar.final:
            strokes |= {(bar.start, KICK): _loud(bar, 96), (bar.start, RIDE if band.style.soft else CRASH): _loud(bar, 92)}
            continue
        filled = bar.closes and bar.intensity >= _FILLS and not bar.skipped
        last = bar.cells[-1] if len(bar.cells) <= 3 or band.style.soft else bar.cells[-2]
        fill_at = bar.start + last[0] - bar.skipped if filled else bar.end
        known = any(bar.kind in _kinds(patterns) for patterns in band.style.drums.values())
        for key, patterns in (band.style.drums if known else _plain_kit(band.style)).items():
            if known and bar.kind not in _kinds(patterns):
                continue
            player = "kick" if key == KICK else "hat" if key in (CLOSED, OPEN, RIDE, SHAKER) else "snare"
            drum = STICK if key == SNARE and bar.intensity < _SIMPLE else key
            for hit in hits(bar, patterns, player=player):
                if hit.tick < fill_at and not (hit.sign == "g" and bar.intensity < _SIMPLE):
                    strokes[(hit.tick, drum)] = _loud(bar, {"X": 100, "g": 44}.get(hit.sign, 80))
        if bar.opens and bar.intensity >= _LOUD and not bar.skipped:
            strokes.pop((bar.start, CLOSED), None)
            strokes[(bar.start, CRASH)] = _loud(bar, 98)
        if filled:
            strokes |= _fill(bar, fill_at, soft=band.style.soft)
    return _drum_voices(strokes, band.bars)


def _bass_pitch(
    hit: Hit, chord: Chord, span: ChordSpan, band: Band, previous: int, within: tuple[int, int], *, walking: tuple[bool, int]
) -> int:
    root = (chord.root + chord.bass) % 12
    low, high = within
    if hit.sign == "W":
        begins, after = walking
        following, _ = chord_at(band.spans, after)
        if begins or hit.tick == next((bar.start for bar in band.bars if bar.start <= hit.tick < bar.end), -1):
            return _near(root, previous, within)
        if following is not None and (after >= span.end) and hit.tick + hit.step >= span.end:
            goal = _near((following.root + following.bass) % 12, previous, within)
            ways = [goal + step for step in _APPROACHES if low <= goal + step <= high and goal + step != previous]
            near = [way for way in ways if abs(way - previous) <= 7] or ways
            in_chord = [way for way in near if way % 12 in chord.pitch_classes()]
            return int(band.random.choice(in_chord or near[:2]))
        tones = [pitch for pitch in range(low, high + 1) if pitch % 12 in chord.pitch_classes() and 0 < abs(pitch - previous) <= 7]
        return int(band.random.choice(tones)) if tones else _near(root, previous, within)
    if hit.tick == span.start and hit.sign in ("5", "8", "3"):
        hit = hit._replace(sign="R")
    steps = {step % 12 for step in chord.intervals}
    base = _near(root, min(max(previous, low + 4), high - 8), (low, low + 12))
    if hit.sign == "5":
        fifth = next((step for step in (7, 6, 8) if step in steps), 0)
        up = (chord.root + fifth - base) % 12
        return base + up if base + up <= high else base + up - 12
    if hit.sign == "8":
        return base + 12 if base + 12 <= high + 4 else base
    if hit.sign == "3":
        third = next((step for step in (4, 3, 5, 2) if step in steps), 0)
        return base + (chord.root + third - base) % 12
    if hit.sign == "N":
        later, _ = chord_at(band.spans, next((bar.end for bar in band.bars if bar.start <= hit.tick < bar.end), hit.tick))
        return _near((later.root + later.bass) % 12, previous, within) if later is not None else base
    return base


def _struck(
    player: ChordPlayer, hit: Hit, chord: Chord, span: ChordSpan, previous: tuple[int, ...], ceiling: int
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The notes of a stroke, and the voicing to lead on from."""
    if player.manner == "strum":
        board = fretboard()
        grip = chord_grip(span.label, board)
        pitches = tuple(sorted(board.pitch_at(string, fret) for string, fret in grip))
        if pitches:
            return (pitches[-3:] if hit.sign == "u" else pitches), previous
    if player.manner == "power":
        root = _near(chord.root, 44, (40, 51))
        return ((root, root + 7, root + 12) if 7 in chord.intervals else (root, root + 12)), previous
    close = _voiced(chord, previous, player.centre, ceiling)
    if player.manner == "broken" and hit.sign.isdigit():
        tones = sorted(close)
        at = int(hit.sign)
        return (tones[(at - 1) % len(tones)] if at else tones[0],), close
    return close, close


def _cut(bar: BandBar, start: int, end: int) -> int:
    """End with its beat what begins between its halves (a syncopated sixteenth): anything else would be tied."""
    at = start - bar.start + bar.skipped
    for first, last, parts in bar.cells:
        if first <= at < last:
            between = (at - first) % max(1, (last - first) // parts) != 0
            return min(end, start + last - at) if between else end
    return end


def _short(bar: BandBar, hit: Hit, gap: int, gate: float) -> int:
    """How long a chord lasts that is not held: to the end of its beat at the most, half of that where it is short and can be halved."""
    beat = next((end for _, end, _ in bar.cells if end > hit.tick - bar.start + bar.skipped), bar.full)
    length = min(gap, beat - (hit.tick - bar.start + bar.skipped))
    return length // 2 if gate < _SHORT and length >= 2 * hit.step and length // hit.step % 2 == 0 else max(1, length)


def _voiced(chord: Chord, previous: tuple[int, ...], centre: float, ceiling: int) -> tuple[int, ...]:
    if len(chord.intervals) >= _BIG:  # the bass has the root
        chord = replace(chord, intervals=tuple(step for step in chord.intervals if step))
    close = voicing(chord, previous, centre=centre)
    return tuple(sorted(pitch - 12 if pitch > ceiling and pitch - 12 >= 48 else pitch for pitch in close))


def _held(band: Band, player: ChordPlayer, ceiling: int) -> list[Note]:
    """Chords held as long as they last, tied over bar lines."""
    made: list[Note] = []
    previous: tuple[int, ...] = ()
    for span in band.spans:
        chord, _ = chord_at(band.spans, span.start)
        pieces = [
            (max(span.start, bar.start), min(span.end, bar.end))
            for bar in band.bars
            if bar.start < span.end and bar.end > span.start and bar.intensity >= player.least
        ]
        if chord is None or not pieces:
            continue
        previous = _voiced(chord, previous, player.centre, ceiling)
        for number, (start, end) in enumerate(pieces):
            before, after = number > 0 and pieces[number - 1][1] == start, number + 1 < len(pieces) and pieces[number + 1][0] == end
            made += [
                Note(start, end - start, pitch, velocity=62, tied_to_previous=before, tied_to_next=after) for pitch in sorted(set(previous))
            ]
    return made


def _first(band: Band, bar: BandBar) -> list[Hit]:
    """One long stroke: at the bar line, or where its first chord begins."""
    starts = changes_in(band.spans, bar)
    chord, _ = chord_at(band.spans, bar.start)
    at = bar.start if chord is not None else starts[0] if starts else bar.start
    return [Hit(at, bar.end - at, "R"), *(Hit(tick, bar.end - tick, "R") for tick in starts if tick > at)]


def _with_changes(here: list[Hit], spans: Sequence[ChordSpan], bar: BandBar, sign: str) -> list[Hit]:
    """Strike every chord where it begins, too."""
    struck = {hit.tick for hit in here}
    step = here[0].step if here else max(1, bar.full // 8)
    added = [Hit(tick, step, sign) for tick in changes_in(spans, bar) if tick not in struck]
    return sorted([*here, *added], key=lambda hit: hit.tick)


def _with_missed(here: list[Hit], spans: Sequence[ChordSpan], bar: BandBar) -> list[Hit]:
    """Strike once what a rhythm would pass over."""
    step = here[0].step if here else max(1, bar.full // 8)
    missed = [
        Hit(span.start, step, "x")
        for span in spans
        if bar.start <= span.start < bar.end and span.label != NO_CHORD and not any(span.start <= hit.tick < span.end for hit in here)
    ]
    return sorted([*here, *missed], key=lambda hit: hit.tick)


def _quarters(bar: BandBar) -> list[tuple[int, int, int]]:
    """Four or three walking steps, in 2/2 and 3/8 too."""
    count = 4 if bar.kind == "4" else 3
    return [(bar.full * at // count, bar.full * (at + 1) // count, 2) for at in range(count)]


def _kinds(patterns: Patterns) -> set[str]:
    return (
        set(patterns)
        | ({"2"} if "4" in patterns else set())
        | ({"12/8"} if "6/8" in patterns else set())
        | ({"6/4"} if "3" in patterns else set())
    )


def _plain_kit(style: BandStyle) -> dict[int, Patterns]:
    some = {"-": "x"}  # a pattern that no bar has: cells decide
    return {KICK: some, STICK if style.soft else SNARE: some, RIDE if style.soft and style.swing else CLOSED: some}


def _fill(bar: BandBar, start: int, *, soft: bool) -> dict[tuple[int, int], int]:
    """Snare and toms downwards, louder towards the end."""
    parts = bar.cells[-1][2]
    step = max(1, (bar.cells[-1][1] - bar.cells[-1][0]) // (parts * (1 if soft else 2)))
    ticks = list(range(start, bar.end, step))
    drums = (SNARE, HIGH_TOM, MID_TOM, LOW_TOM)
    made = {
        (tick, drums[at * len(drums) // len(ticks)]): _loud(bar, (64 if soft else 78) + 22 * at // len(ticks))
        for at, tick in enumerate(ticks)
    }
    return made | {(start, KICK): _loud(bar, 80)}


def _drum_voices(strokes: dict[tuple[int, int], int], bars: Sequence[BandBar]) -> list[Note]:
    """Hands above, feet below; each stroke lasts to the next of its voice, or to the end of its beat."""
    beats = sorted({bar.start + start - bar.skipped for bar in bars for start, _, _ in bar.cells if start >= bar.skipped} | {bars[-1].end})
    made = []
    for voice, feet in ((1, False), (2, True)):
        mine = sorted((tick, key) for tick, key in strokes if (key in (KICK, PEDAL)) == feet)
        ticks = sorted({tick for tick, _ in mine})
        nexts = dict(zip(ticks, [*ticks[1:], bars[-1].end], strict=True))
        for tick, key in mine:
            beat = beats[min(int(np.searchsorted(beats, tick, side="right")), len(beats) - 1)]
            made.append(Note(tick, max(1, min(nexts[tick], beat) - tick), key, velocity=strokes[(tick, key)], voice=voice))
    return made


def _near(pitch_class: int, pitch: int, within: tuple[int, int]) -> int:
    """The octave of a pitch class nearest to a pitch, within bounds."""
    inside = [each for each in range(within[0], within[1] + 1) if (each - pitch_class) % 12 == 0]
    return min(inside, key=lambda each: abs(each - pitch)) if inside else within[0] + (pitch_class - within[0]) % 12


def _loud(bar: BandBar, force: int) -> int:
    return int(np.clip(round(force * (0.72 + 0.34 * bar.intensity)), 1, 127))
