"""From a page (MusicXML) to material: repeats played out, ornaments realised, written tempo kept as a clock."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from hexachord.arrays import Float64Array
from hexachord.rendering.model import Role
from hexachord.rendering.music import BarLine, Line, Piece, Span, key_name, notes_of
from hexachord.score.formats import load_score
from hexachord.score.model import ChordSymbol, Score, TempoMark
from hexachord.score.timing import bars_of, metre_at, tempo_map_of
from hexachord.synthesis.strokes import interpret
from hexachord.theory.chord_labels import parse_chord

_NATURAL_BPM = {2: 100.0, 4: 104.0, 8: 88.0}  # quarters a minute where the page is silent, by beat type


def read_page(path: Path, *, origin: str, roles: tuple[Role, ...], style: str) -> Piece:
    """Read a score file; `roles` of its parts in order, the last for all further ones."""
    score = load_score(path)
    metre = metre_at(score, 0)
    said = bool(score.tempos)
    bpm = float(score.tempos[0].quarter_bpm) if said else _NATURAL_BPM.get(metre.beat_type, 104.0)
    plain = interpret(replace(score, tempos=(TempoMark(0, bpm),)))
    played = plain.unfolded.score
    bars, origin_quarter = _bars(played)
    lines = []
    for index, track in enumerate(plain.tracks):
        if track.is_percussion or not track.strokes:
            continue
        rows = notes_of(
            (s.onset_s * bpm / 60.0 - origin_quarter, max(0.05, (s.release_s - s.onset_s) * bpm / 60.0), s.key, s.velocity)
            for s in track.strokes
        )
        lines.append(Line(role=roles[min(index, len(roles) - 1)], program=track.program, name=track.name, notes=rows))
    end = bars[-1].end if bars else 0.0
    return Piece(
        origins=(origin,),
        lines=tuple(lines),
        bars=bars,
        quarter_bpm=bpm,
        chords=_chords(played.chords, played.ticks_per_quarter, origin_quarter, end),
        keys=_keys(played, origin_quarter, end),
        clock=_clock(unfolded_tempos(score, played), origin_quarter, end) if len(score.tempos) > 1 else None,
        style=style,
        facts={"tempo_written": "yes" if said else "no"},
    )


def unfolded_tempos(score: Score, played: Score) -> Score:
    """The played score with the tempo marks of the page (exact where nothing repeats; otherwise the first stands for all)."""
    return replace(played, tempos=score.tempos if played.end_tick == score.end_tick else score.tempos[:1])


def _bars(score: Score) -> tuple[tuple[BarLine, ...], float]:
    """Bars in quarters from the first downbeat on; two short ones that make a full one (a repeat inside a bar) are one."""
    quarter = float(score.ticks_per_quarter)
    found: list[BarLine] = []
    for bar in bars_of(score):
        if bar.duration <= 0:
            continue
        metre = metre_at(score, bar.tick)
        line = BarLine(bar.tick / quarter, bar.duration / quarter, metre.beats, metre.beat_type)
        before = found[-1] if len(found) > 1 else None
        if before is not None and before.name == line.name and abs(before.length + line.length - line.full) < 1e-6:
            found[-1] = before._replace(length=line.full)
        else:
            found.append(line)
    first = found[0]
    zero = first.end if first.length < first.full - 1e-6 else first.start
    return tuple(bar._replace(start=bar.start - zero) for bar in found), zero


def _chords(symbols: tuple[ChordSymbol, ...], ticks: int, zero: float, end: float) -> tuple[Span, ...] | None:
    if not symbols:
        return None
    spans = []
    for symbol, following in zip(symbols, [*(s.tick for s in symbols[1:]), None], strict=True):
        stop = symbol.end if symbol.end is not None else following
        start_quarter, end_quarter = symbol.tick / ticks - zero, end if stop is None else stop / ticks - zero
        try:
            parse_chord(symbol.label)
        except ValueError:
            symbol = symbol._replace(label="X")
        if end_quarter > start_quarter:
            spans.append(Span(start_quarter, end_quarter, symbol.label))
    return tuple(spans)


def _keys(score: Score, zero: float, end: float) -> tuple[Span, ...] | None:
    """The keys the page names; a signature without a mode leaves open which of two it is, so the notes may decide later."""
    if not score.keys or any(mark.mode not in ("major", "minor") for mark in score.keys):
        return None
    spans = []
    for mark, following in zip(score.keys, [*(m.tick for m in score.keys[1:]), None], strict=True):
        tonic = mark.fifths * 7 + (0 if mark.mode == "major" else 9)
        stop = end if following is None else following / score.ticks_per_quarter - zero
        spans.append(Span(mark.tick / score.ticks_per_quarter - zero, stop, key_name(tonic % 12, mark.mode)))
    return tuple(spans)


def _clock(score: Score, zero: float, end: float) -> tuple[Float64Array, Float64Array]:
    tempo = tempo_map_of(score)
    ticks = np.append(tempo.corner_ticks, (end + zero) * score.ticks_per_quarter + 1.0)
    ticks = np.unique(ticks)
    return ticks / score.ticks_per_quarter - zero, tempo.seconds(ticks)
