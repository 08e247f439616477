"""Music as it stands in its source, or for other players: pop songs, art songs, piano pieces, chorales, small ensembles."""

import itertools
from dataclasses import replace

import numpy as np

from hexachord.arrays import Float64Array
from hexachord.rendering.accompaniment import bass_line
from hexachord.rendering.arranging import by_register
from hexachord.rendering.draws import draw_name, pick
from hexachord.rendering.drumming import draw_drums
from hexachord.rendering.form import drawn_plan
from hexachord.rendering.harmony import labelled_piece
from hexachord.rendering.metre import counted
from hexachord.rendering.model import Role
from hexachord.rendering.music import DURATION, ONSET, PITCH, Line, Piece, excerpt, transposed
from hexachord.rendering.ornaments import one_at_a_time, with_pedal, with_trills
from hexachord.rendering.pop909 import is_regular
from hexachord.rendering.shelf import Shelf
from hexachord.rendering.styles import STYLES
from hexachord.rendering.tunes import has_tune

ENSEMBLES = (  # upper, middle, lower
    (40, 48, 42), (73, 48, 43), (68, 71, 70), (71, 46, 42), (56, 60, 58), (40, 0, 42), (65, 66, 67), (73, 24, 32), (21, 21, 32),
    (41, 6, 42),
)  # fmt: skip
FAMILIES: tuple[tuple[str, tuple[int, int, int, int]], ...] = (
    ("string quartet", (40, 40, 41, 42)),
    ("string quartet", (40, 40, 41, 42)),
    ("woodwinds", (73, 68, 71, 70)),
    ("brass band", (56, 60, 57, 58)),
    ("brass band", (56, 56, 57, 58)),
)
RANGES = {40: (55, 100), 41: (48, 84), 42: (36, 76), 73: (60, 96), 68: (58, 91), 71: (50, 91), 70: (34, 72), 56: (54, 84), 60: (41, 77),
          57: (40, 72), 58: (28, 58)}  # fmt: skip
"""Where instruments of families play."""
CHOIRS = (
    (52, 52, 52, 52),
    (19, 19, 19, 19),
    (40, 41, 41, 42),
    (73, 68, 71, 70),
    (56, 56, 57, 58),
    (48, 48, 48, 48),
    (53, 53, 52, 52),
    (65, 65, 66, 67),
)
KEYBOARDS = (0, 0, 0, 1, 4, 6, 19, 46)


def window(piece: Piece, length_s: float, random: np.random.Generator, *, bpm: float | None = None) -> Piece:
    """Cut enough bars for a take out of a piece with bars: its beginning, its end, or somewhere; fewer where a cadenza breaks in."""
    bars = piece.bars or ()
    quarters = length_s * (bpm or piece.quarter_bpm) / 60.0
    where = random.random()
    first = 0 if where < 0.3 else int(random.integers(len(bars)))
    while first > 0 and bars[-1].end - bars[first].start < quarters:
        first -= 1
    count = next((index + 1 for index, bar in enumerate(bars[first:]) if bar.end - bars[first].start >= quarters), len(bars) - first)
    whole = bars[first : first + count + 1]
    free = next((index for index, bar in enumerate(whole) if bar.length > bar.full + 1e-6), len(whole))  # a cadenza: nobody counts there
    if free == 0:
        return replace(excerpt(piece, first, 1), lines=())
    return counted(excerpt(piece, first, free))


def pop_song(random: np.random.Generator, shelf: Shelf, *, length_s: float) -> Piece:
    """Take a song of POP909: melody, bridge and piano as they are, at times with bass and drums."""
    for _ in range(20):
        piece = shelf.piece("pop909", draw_name(random, shelf, "pop909"))
        cut = window(piece, length_s * 1.1, random)
        if is_regular(cut, 0, len(cut.bars or ())) and len(cut.bars or ()) >= 4 and (has_tune(cut, 0) or random.random() < 0.2):
            break
    cut = transposed(cut, int(random.integers(-4, 5)))
    bars, chords = cut.bars or (), cut.chords or ()
    if cut.clock is None:
        cut = replace(cut, quarter_bpm=cut.quarter_bpm * float(random.choice([1.0, 1.0, random.uniform(0.85, 1.2)])))
    lines, origins, facts = list(cut.lines), cut.origins, cut.facts
    melody = next((line for line in lines if line.role == "sung"), None)
    if melody is not None and random.random() < 0.4:
        instrument = replace(melody, role="lead", program=pick(random, (0, 40, 65, 71, 73, 80, 11, 26, 56, 66)))
        devices = ""
        if instrument.program in (40, 71, 73, 11, 0) and random.random() < 0.4:
            scale = frozenset((instrument.notes[:, PITCH].astype(int) % 12).tolist())
            notes = with_trills(one_at_a_time(instrument.notes), chance=0.12, quarter_bpm=cut.quarter_bpm, scale=scale, random=random)
            instrument, devices = replace(instrument, notes=notes), "trill"
        facts = facts | {"devices": devices}
        lines[lines.index(melody)] = instrument
    lines = [replace(line, program=pick(random, (48, 24, 25, 73, 11, 50))) if line.role == "counter" else line for line in lines]
    if random.random() < 0.2:
        lines = [line for line in lines if line.role != "counter"]
    if random.random() < 0.35:
        changes = np.array([span.start for span in chords])
        lines = [with_pedal(line, changes, end=cut.end) if line.role == "piano" else line for line in lines]
    if random.random() < 0.6:
        style = pick(random, tuple(style for style in STYLES if style.name in ("pop", "ballad", "rock", "soul", "guitar pop")))
        drums = draw_drums(shelf, style, bars, drawn_plan(bars, random), random=random, quarter_bpm=cut.quarter_bpm)
        if drums.swing == 0.5:
            lines.append(drums.line)
            origins = (*origins, *drums.origins)
            facts = facts | {"drums": drums.source, "devices": " ".join((facts.get("devices", ""), *drums.devices))}
            kicks = drums.line.notes[drums.line.notes[:, 2] == 36, ONSET]
            lines.append(bass_line(pick(random, style.basses), bars, chords, program=33, random=random, kicks=kicks))
    elif random.random() < 0.3:
        lines.append(bass_line("whole", bars, chords, program=33, random=random))
    return replace(cut, lines=tuple(line for line in lines if len(line.notes)), origins=origins, facts=facts, style="pop song")


def _pedalled(piece: Piece, random: np.random.Generator) -> Piece:
    """Pedal the piano of a page by half bars or bars, as pianists do who do not change it with every chord."""
    if not piece.bars or random.random() < 0.4:
        return piece
    halves = random.random() < 0.6
    changes = sorted(
        {at for bar in piece.bars for at in (bar.start, bar.start + bar.beat * max(1, bar.felt // 2) if halves else bar.start)}
    )
    inside = np.array([at for at in changes if at < piece.end - 0.25])
    lines = tuple(with_pedal(line, inside, end=piece.end) if line.role == "piano" else line for line in piece.lines)
    return replace(piece, lines=lines)


def art_song(random: np.random.Generator, shelf: Shelf, *, length_s: float) -> Piece:
    """Take a lied, one time in four for other instruments."""
    piece = shelf.piece("openscore_lieder", draw_name(random, shelf, "openscore_lieder"))
    cut = transposed(window(piece, length_s, random), int(random.integers(-4, 5)))
    lines = cut.lines
    if random.random() < 0.25:
        lead, keyboard = pick(random, (40, 41, 42, 68, 71, 73, 65)), pick(random, KEYBOARDS)
        lines = tuple(
            replace(line, role="lead", program=lead)
            if line.role == "sung"
            else replace(line, program=keyboard if line.role == "piano" else line.program)
            for line in lines
        )
    return _pedalled(labelled_piece(replace(cut, lines=lines)), random)


def piano_piece(random: np.random.Generator, shelf: Shelf, *, length_s: float) -> Piece:
    """Take piano music: a recital in free time, a page, or a pop song for two hands."""
    choice = random.random()
    if choice < 0.4 and shelf.names("giantmidi"):
        piece = shelf.piece("giantmidi", draw_name(random, shelf, "giantmidi"))
        notes = piece.lines[0].notes
        quarters = length_s * piece.quarter_bpm / 60.0
        start = float(random.uniform(0.0, max(0.0, float(notes[-1, ONSET]) - quarters)))
        kept = notes[(notes[:, ONSET] >= start) & (notes[:, ONSET] < start + quarters)] - [start, 0.0, 0.0, 0.0]
        pedal = piece.lines[0].pedal
        pedal = np.clip(pedal[(pedal[:, 1] > start) & (pedal[:, 0] < start + quarters)] - start, 0.0, quarters)
        line = replace(piece.lines[0], notes=kept, pedal=pedal)
        return transposed(replace(piece, lines=(line,)), int(random.integers(-3, 4)))
    if choice < 0.75 and shelf.names("musetrainer"):
        piece = shelf.piece("musetrainer", draw_name(random, shelf, "musetrainer"))
        return _pedalled(labelled_piece(transposed(window(piece, length_s, random), int(random.integers(-3, 4)))), random)
    song = pop_song(random, shelf, length_s=length_s)
    lines = tuple(replace(line, program=0, role="piano") for line in song.lines if line.role in ("sung", "lead", "piano"))
    if random.random() < 0.7:
        changes = np.array([span.start for span in song.chords or ()])
        lines = tuple(with_pedal(line, changes, end=song.end) for line in lines)
    return replace(song, lines=lines, origins=song.origins[:1], style="piano pop")


def chorale(random: np.random.Generator, shelf: Shelf, *, length_s: float) -> Piece:
    """Take a chorale for four voices or instruments of a family."""
    piece = shelf.piece("jsb_chorales", draw_name(random, shelf, "jsb_chorales"))
    programs = pick(random, CHOIRS)
    bpm = float(random.uniform(50, 112))
    lines = []
    for line, program in zip(piece.lines, programs, strict=False):
        role: Role = line.role if program in (52, 53) or line.role != "sung" else "lead"
        lines.append(replace(line, program=program, role=role))
    quarters = np.ceil(length_s * bpm / 60.0)
    cut = tuple(replace(line, notes=line.notes[line.notes[:, ONSET] < quarters]) for line in lines)
    return labelled_piece(transposed(replace(piece, lines=cut, quarter_bpm=bpm), int(random.integers(-3, 4))))


def ensemble(random: np.random.Generator, shelf: Shelf, *, length_s: float) -> Piece:
    """Give a keyboard page to three groups (upper, middle and lower notes), or a page to four players of a family."""
    corpus = pick(random, ("musetrainer", "openscore_lieder"))
    piece = shelf.piece(corpus, draw_name(random, shelf, corpus))
    cut = transposed(window(piece, length_s, random), int(random.integers(-3, 4)))
    if random.random() < 0.5:
        family, programs = pick(random, FAMILIES)
        return labelled_piece(replace(cut, lines=by_voices(cut, programs), style=family, facts=cut.facts | {"devices": "re-orchestrated"}))
    top, middle, low = pick(random, ENSEMBLES)
    lines: list[Line] = []
    for line in cut.lines:
        if line.role == "piano":
            parts = by_register(line, top=top, middle=middle, low=low)
            sings = any(other.role == "sung" for other in cut.lines)
            lines += [replace(part, role="counter") if part.role == "lead" and sings else part for part in parts]
        else:
            lines.append(line)
    return labelled_piece(replace(cut, lines=tuple(lines), style="chamber"))


def by_voices(piece: Piece, programs: tuple[int, ...]) -> tuple[Line, ...]:
    """Give a page to single voices that never cross: each note to who is nearest to it and free."""
    notes = np.concatenate([line.notes for line in piece.lines if line.role != "drums"] or [np.empty((0, 4))])
    written = all(line.written for line in piece.lines)
    notes = notes[np.lexsort((-notes[:, PITCH], np.round(notes[:, ONSET], 2)))]
    starts = np.flatnonzero(np.diff(np.round(notes[:, ONSET], 2), prepend=-1e9) > 1e-6)
    voices: list[list[Float64Array]] = [[] for _ in programs]
    at, busy = np.linspace(76.0, 48.0, len(programs)), np.zeros(len(programs))
    for start, stop in zip(starts, np.append(starts, len(notes))[1:], strict=True):  # a page may be empty after a cut
        here = notes[start:stop]
        here = here[np.diff(here[:, PITCH], prepend=1e9) != 0]
        if len(here) > len(programs):
            here = here[np.round(np.linspace(0, len(here) - 1, len(programs))).astype(int)]
        held = 3.0 * (busy > here[0, ONSET] + 0.1)  # who still holds a note rather goes on holding it
        choices = itertools.combinations(range(len(programs)), len(here))
        chosen = list(min(choices, key=lambda which: float(np.sum(np.abs(at[list(which)] - here[:, PITCH]) + held[list(which)]))))
        for place, note in zip(chosen, here, strict=True):
            voices[place].append(note)
        at[chosen] = 0.7 * here[:, PITCH] + 0.3 * at[chosen]
        busy[chosen] = here[:, ONSET] + here[:, DURATION]
    names = ("first", "second", "third", "fourth")
    roles: tuple[Role, ...] = ("lead", "counter", "counter", "bass")
    lines = []
    for place, (rows, program) in enumerate(zip(voices, programs, strict=True)):
        if rows:
            made = one_at_a_time(fitted(np.array(rows), *RANGES[program]))
            lines.append(Line(role=roles[min(place, 3)], program=program, name=names[min(place, 3)], notes=made, written=written))
    return tuple(lines)


def fitted(notes: Float64Array, low: int, high: int) -> Float64Array:
    """Bring every note into a range by octaves."""
    made = notes.copy()
    made[:, PITCH] += 12.0 * np.ceil(np.maximum(low - made[:, PITCH], 0.0) / 12.0)
    made[:, PITCH] -= 12.0 * np.ceil(np.maximum(made[:, PITCH] - high, 0.0) / 12.0)
    return made
