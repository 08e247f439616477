"""The drums of an arrangement: a drummer's take, a machine's pattern or a bar written for the metre, over a plan of sections."""

from dataclasses import dataclass, replace

import numpy as np

from hexachord.arrays import Float64Array
from hexachord.rendering.drum_classes import CLAP, CRASH, KICK, SNARE
from hexachord.rendering.drum_patterns import fill_bar, written_bar
from hexachord.rendering.drum_tables import DrumTable, fitting_tables
from hexachord.rendering.form import Stretch
from hexachord.rendering.music import ONSET, PITCH, VELOCITY, BarLine, Line, Piece, even_bars, ordered, shifted
from hexachord.rendering.ornaments import with_ghosts
from hexachord.rendering.shelf import Shelf
from hexachord.rendering.style import ELECTRONIC_KITS, Style, kit_of

_STOPPING = 0.15
_HALF_TIME_BPM = 115.0
_SLOWEST, _FASTEST = 0.68, 1.5  # how far a drummer's take is played from its own tempo
_CLAPPING = ("electronic", "disco", "hiphop", "pop", "funk")


@dataclass(frozen=True, kw_only=True, eq=False)
class Drumming:
    """A drum line, whose it is, how it swings, and what was put in (``fill stop ghosts claps build half-time``)."""

    line: Line
    origins: tuple[str, ...] = ()
    swing: float = 0.5
    source: str = "written"
    devices: tuple[str, ...] = ()


def draw_drums(
    shelf: Shelf,
    style: Style,
    bars: tuple[BarLine, ...],
    plan: tuple[Stretch, ...],
    *,
    random: np.random.Generator,
    quarter_bpm: float | None = None,
) -> Drumming:
    """Draw drums for the bars: a table of the style, drummers where their metre fits, else patterns, else bars written for the metre.

    Parameters
    ----------
    quarter_bpm : drummers whose own tempo is far from it are not asked
    """
    names = {bar.name for bar in bars}
    even = len(names) == 1 and all(abs(bar.length - bar.full) < 1e-6 for bar in bars[1:])
    source: Piece | None = None
    table: DrumTable | None = None
    choice = random.random()
    if even:
        metre = names.pop()
        tables = fitting_tables(style.tables or (style.name,), metre)
        if tables and choice < style.tabled:
            table = tables[int(random.integers(len(tables)))]
        choice = random.random()
        if table is None and choice < 0.65:
            source = _groove(shelf, style, metre, random, quarter_bpm)
        if table is None and source is None and choice < 0.92:
            source = _pattern(shelf, style, metre, random)
        if table is None and source is None and tables and style.tabled > 0.7:
            table = tables[int(random.integers(len(tables)))]
    devices = {"half-time"} if any(stretch.half_time for stretch in plan) else set()
    if table is not None:
        own = even_bars(table.bars, bars[-1].beats, bars[-1].beat_type)
        whole = Piece(origins=(), lines=(Line(role="drums", notes=table.notes, name="drums"),), bars=own, quarter_bpm=100.0)
        line, swing, made = _laid(whole, bars, plan, random), 0.5, "table"
    elif source is None:
        line, swing, made = _written(style, bars, random), 0.5, "written"
        devices -= {"half-time"}
    else:
        made = source.origins[0].partition("/")[0]
        line, swing = _laid(source, bars, plan, random), source.swing
    line = replace(line, program=kit_of(style.name, float(random.random())))
    if line.written and random.random() < 0.3 and style.name not in ELECTRONIC_KITS:
        line = replace(line, notes=with_ghosts(line.notes, chance=float(random.uniform(0.05, 0.3)), end=bars[-1].end, random=random))
        devices.add("ghosts")
    if style.name in _CLAPPING and random.random() < 0.4 and not np.any(line.notes[:, PITCH] == CLAP):
        line = replace(line, notes=_with_claps(line.notes, instead=bool(line.written and random.random() < 0.5)))
        devices.add("claps")
    fills, fill_origins, count, stops = _with_fills(line, shelf, style, bars, plan, random)
    if count:
        devices.add("fill")
    if stops:
        devices.add("stop")
    notes = fills.notes
    for stretch in plan:
        start, end = bars[stretch.first].start, bars[stretch.first + stretch.count - 1].end
        inside = (notes[:, ONSET] >= start - 0.1) & (notes[:, ONSET] < end - 0.1)
        if "drums" in stretch.silent:
            notes = notes[~inside]
        elif "kick" in stretch.silent:
            notes = notes[~(inside & (notes[:, PITCH] == KICK))]
        if stretch.builds:
            notes = np.concatenate([notes, _roll(start, end, random)])
            devices.add("build")
    return Drumming(
        line=replace(fills, notes=ordered(notes)),
        origins=(*(source.origins if source else ()), *fill_origins),
        swing=swing,
        source=made,
        devices=tuple(sorted(devices)),
    )


def _roll(start: float, end: float, random: np.random.Generator) -> Float64Array:
    """A snare (or clap) that comes faster and louder: quarters, eighths, sixteenths."""
    drum = float(random.choice([SNARE, SNARE, CLAP]))
    span = end - start
    borders = [start, start + span / 2, start + span * 0.75, end]
    times = np.concatenate([np.arange(a, b - 1e-6, step) for a, b, step in zip(borders[:-1], borders[1:], (1.0, 0.5, 0.25), strict=True)])
    level = 50.0 + 62.0 * (times - start) / span
    return np.column_stack([times, np.full(len(times), 0.1), np.full(len(times), drum), level])


def _groove(shelf: Shelf, style: Style, metre: str, random: np.random.Generator, quarter_bpm: float | None) -> Piece | None:
    signature = tuple(int(part) for part in metre.split("/"))
    rows = [row for row in shelf.grooves() if not row.is_fill and (row.beats, row.beat_type) == signature and row.duration_s > 8]
    fitting = [row for row in rows if any(row.style.startswith(name) for name in style.grooves)] if signature == (4, 4) else rows
    if quarter_bpm is None or quarter_bpm < _HALF_TIME_BPM:
        fitting = [row for row in fitting if "halftime" not in row.style]  # a listener would count half as fast
    if quarter_bpm is not None:
        fitting = [row for row in fitting if _SLOWEST < quarter_bpm / row.bpm < _FASTEST]
    if not fitting:
        return None
    return shelf.piece("groove", fitting[int(random.integers(len(fitting)))].id)


def _pattern(shelf: Shelf, style: Style, metre: str, random: np.random.Generator) -> Piece | None:
    if metre not in ("4/4", "12/8", "6/8") or not style.patterns:
        return None
    pieces = [shelf.piece("drum_machine_patterns", name) for name in shelf.names("drum_machine_patterns") if not name.startswith("Endings")]
    wanted = "4/4" if metre == "4/4" else "12/8"
    pieces = [piece for piece in pieces if (piece.bars or ())[0].name == wanted]
    fitting = [piece for piece in pieces if any(piece.style.startswith(name) for name in style.patterns)] or pieces
    return fitting[int(random.integers(len(fitting)))] if fitting else None


def _laid(source: Piece, bars: tuple[BarLine, ...], plan: tuple[Stretch, ...], random: np.random.Generator) -> Line:
    """Lay a drum source under the bars by whole bars of its own, from a random one on; half-time stretches take half as much of it."""
    own = source.bars or ()
    notes, length = source.lines[0].notes, own[0].full
    total = len(own) * length
    first = float(int(random.integers(max(1, len(own) - 8))) * length)
    written = source.lines[0].written
    early = 0.0 if written else 0.12
    rows = []
    at = first
    halves = {index for stretch in plan if stretch.half_time for index in range(stretch.first, stretch.first + stretch.count)}
    for number, bar in enumerate(bars):
        skipped = bar.full - bar.length if number == 0 else 0.0
        speed = 0.5 if number in halves else 1.0
        wanted = (bar.length if number == 0 else bar.full) * speed
        start = (at + skipped * speed) % total
        here = notes[(notes[:, ONSET] >= start - early) & (notes[:, ONSET] < start + wanted - early)].copy()
        here[:, ONSET] = (here[:, ONSET] - start) / speed + bar.start
        rows.append(here)
        at = (at + bar.full * speed) % total
    return replace(source.lines[0], notes=ordered(np.concatenate(rows)) if rows else np.empty((0, 4)))


def _written(style: Style, bars: tuple[BarLine, ...], random: np.random.Generator) -> Line:
    drawn: dict[str, list[Float64Array]] = {}
    rows = []
    for number, bar in enumerate(bars):
        if bar.name not in drawn:
            one = written_bar(bar, random=random, style=style.name)
            drawn[bar.name] = [one, one if random.random() < 0.5 else _varied(one, random)]
        here = drawn[bar.name][number % 2].copy()
        missing = bar.full - bar.length
        here[:, ONSET] += bar.start - missing
        rows.append(here[here[:, ONSET] >= bar.start - 1e-6])
    return Line(role="drums", notes=ordered(np.concatenate(rows)), name="drums")


def _with_claps(notes: Float64Array, *, instead: bool) -> Float64Array:
    """Clap with the loud strokes of the snare, or instead of them."""
    loud = (notes[:, PITCH] == SNARE) & (notes[:, VELOCITY] > 70)
    claps = notes[loud].copy()
    claps[:, PITCH] = CLAP
    return ordered(np.concatenate([notes[~loud] if instead else notes, claps]))


def _varied(notes: Float64Array, random: np.random.Generator) -> Float64Array:
    keep = (random.random(len(notes)) > 0.12) | (notes[:, ONSET] < 1e-6)
    return notes[keep]


def _with_fills(
    line: Line, shelf: Shelf, style: Style, bars: tuple[BarLine, ...], plan: tuple[Stretch, ...], random: np.random.Generator
) -> tuple[Line, tuple[str, ...], int, int]:
    """Fill the last bar of stretches, or stop in it, and strike a crash and the bass drum where the next begins."""
    eager = float(random.uniform(0.2, 0.9))
    notes, origins, count, stops = line.notes, [], 0, 0
    for stretch in plan[:-1]:
        last = bars[stretch.first + stretch.count - 1]
        if stretch.builds or "drums" in stretch.silent or random.random() >= eager or stretch.count < 2 or last.length < last.full - 1e-6:
            continue
        if random.random() < _STOPPING and last.felt > 1:
            begin = last.end - last.beat * float(random.integers(1, last.felt + 1)) + (0.1 if random.random() < 0.5 else -0.1)
            notes = notes[(notes[:, ONSET] < begin) | (notes[:, ONSET] >= last.end - 0.1)]
            stops += 1
            continue
        fill = None
        if not line.written and last.name == "4/4":
            fill, origin = _played_fill(shelf, style, random)
            origins += [origin] if origin else []
        if fill is None:
            fill = fill_bar(last, random=random)
        if not len(fill):
            continue
        count += 1
        begin = last.start + float(fill[0, ONSET]) - 0.05
        fill = shifted(fill, last.start)
        notes = np.concatenate([notes[(notes[:, ONSET] < begin) | (notes[:, ONSET] >= last.end - 0.1)], fill])
        if random.random() < 0.7:
            notes = notes[~((np.abs(notes[:, ONSET] - last.end) < 0.1) & (notes[:, PITCH] == KICK))]
            notes = np.concatenate([notes, [[last.end, 0.2, CRASH, 105.0], [last.end, 0.2, KICK, 105.0]]])
    for stretch in plan:
        if stretch.energy != 1.0:
            start, end = bars[stretch.first].start, bars[stretch.first + stretch.count - 1].end
            inside = (notes[:, ONSET] >= start - 0.1) & (notes[:, ONSET] < end - 0.1)
            notes[inside, VELOCITY] = np.clip(notes[inside, VELOCITY] * stretch.energy, 8, 127)
    return replace(line, notes=ordered(notes)), tuple(origins), count, stops


def _played_fill(shelf: Shelf, style: Style, random: np.random.Generator) -> tuple[Float64Array | None, str]:
    rows = [row for row in shelf.grooves() if row.is_fill and (row.beats, row.beat_type) == (4, 4)]
    rows = [row for row in rows if any(row.style.startswith(name) for name in style.grooves)] or rows
    if not rows:
        return None, ""
    row = rows[int(random.integers(len(rows)))]
    piece = shelf.piece("groove", row.id)
    last = max(0, len(piece.bars or ()) - 1) * 4.0
    notes = piece.lines[0].notes
    here = notes[(notes[:, ONSET] >= last - 0.1) & (notes[:, ONSET] < last + 3.9)] - [last, 0.0, 0.0, 0.0]
    if len(here) < 3 and last >= 4.0:
        here = notes[(notes[:, ONSET] >= last - 4.1) & (notes[:, ONSET] < last - 0.1)] - [last - 4.0, 0.0, 0.0, 0.0]
    return (ordered(here), f"groove/{row.id}") if len(here) >= 3 else (None, "")
