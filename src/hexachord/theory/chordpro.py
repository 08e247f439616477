"""ChordPro: a song as words with chords between them, for people who sing and strum.

A score with words becomes lines of words with each chord before the syllable it falls on; one without becomes bars between lines, a cell
for each beat. Sections become ChordPro's environments. With a capo the chords are the shapes that are played, and a comment says how
it sounds. The format: https://www.chordpro.org/chordpro/chordpro-directives/.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from hexachord.score.model import Bar, ChordSymbol, Note, Part, Score, SectionMark
from hexachord.score.timing import bars_of, beat_duration, felt_metre, metre_at
from hexachord.theory.capo import choose_capo
from hexachord.theory.chord_labels import parse_chord
from hexachord.theory.chord_names import chord_name, key_signature, transpose_chord, transpose_key
from hexachord.theory.keys import KEY_NAMES, key_fifths

_BARS_A_LINE = 4
_BREATH_QUARTERS = 1.0  # a rest this long ends a line of words
_ENVIRONMENTS = {"verse": "verse", "strophe": "verse", "chorus": "chorus", "refrain": "chorus", "bridge": "bridge"}


@dataclass(frozen=True, kw_only=True)
class ChordProOptions:
    """How a song is written down.

    Parameters
    ----------
    transpose : semitones up (down where negative) from how it sounds
    capo : the fret; None finds the one with the easiest shapes
    """

    transpose: int = 0
    capo: int | None = 0


def chordpro_text(score: Score, options: ChordProOptions = ChordProOptions()) -> str:
    """Write a score with chord symbols as ChordPro.

    Parameters
    ----------
    score : words are those of the first part that has any; every verse under the notes is written out
    options : transposition and capo

    Returns
    -------
    The text of a ``.cho`` file

    Raises
    ------
    ValueError : if the score has no chord symbols.

    Examples
    --------
    >>> from hexachord.score.model import MetreMark
    >>> chords = (ChordSymbol(0, "F:maj"), ChordSymbol(960, "C:7"))
    >>> tune = Part(notes=(Note(0, 3840, 60),))
    >>> song = Score(title="Two", ticks_per_quarter=480, chords=chords, metres=(MetreMark(0, 4, 4),), parts=(tune,))
    >>> print(chordpro_text(song, ChordProOptions(transpose=2)))
    {title: Two}
    {time: 4/4}
    {start_of_grid}
    | G . D7 . | . . . . |
    {end_of_grid}
    <BLANKLINE>
    """
    symbols = sorted((symbol for symbol in score.chords if _is_chord(symbol.label)), key=lambda symbol: symbol.tick)
    if not symbols:
        raise ValueError("a score without chord symbols is no chord sheet")
    key = _key_of(score)
    sounding = transpose_key(key, options.transpose) if key else ""
    fifths = key_signature(sounding) if sounding else 0
    labels = [transpose_chord(symbol.label, options.transpose, fifths=fifths) for symbol in symbols]
    capo = options.capo
    if capo is None:
        following = [*(symbol.tick for symbol in symbols[1:]), score.end_tick]
        lengths = [max(0, end - symbol.tick) for symbol, end in zip(symbols, following, strict=True)]
        capo = choose_capo(labels, durations_s=lengths, key=sounding)[0].fret
    shape_key = transpose_key(sounding, -capo) if sounding else ""
    fifths = key_signature(shape_key) if shape_key else 0
    names = [chord_name(transpose_chord(label, -capo, fifths=fifths)) for label in labels]
    shown = [symbol._replace(text=name) for symbol, name in zip(symbols, names, strict=True)]
    lines = [*_head(score, key=shape_key, sounding=sounding, capo=capo)]
    singer = next((part for part in score.parts if any(note.lyrics for note in part.notes)), None)
    for section in _sections(score):
        lines += _section_lines(score, section, shown, singer)
    return "\n".join(lines) + "\n"


@dataclass(frozen=True)
class _Section:
    label: str
    start: int
    end: int


def _is_chord(label: str) -> bool:
    try:
        return parse_chord(label).is_chord
    except ValueError:
        return False


def _key_of(score: Score) -> str:
    """The key of the first signature; one without a mode is taken for major, which spells alike."""
    if not score.keys:
        return ""
    mark = score.keys[0]
    mode = "minor" if mark.mode == "minor" else "major"
    return next((name for name in KEY_NAMES if name.endswith(mode) and (key_fifths(*_split(name)) - mark.fifths) % 12 == 0), "")


def _split(name: str) -> tuple[str, str]:
    tonic, _, mode = name.partition(" ")
    return tonic, mode


def _head(score: Score, *, key: str, sounding: str, capo: int) -> Iterator[str]:
    if score.title:
        yield f"{{title: {_plain(score.title)}}}"
    if score.composer:
        yield f"{{composer: {_plain(score.composer)}}}"
    if score.lyricist:
        yield f"{{lyricist: {_plain(score.lyricist)}}}"
    if key:
        tonic, mode = _split(key)
        yield f"{{key: {tonic}{'m' if mode == 'minor' else ''}}}"
    metre = metre_at(score, 0)
    yield f"{{time: {metre.beats}/{metre.beat_type}}}"
    if score.tempos:
        beat = beat_duration(metre, ticks_per_quarter=score.ticks_per_quarter) / score.ticks_per_quarter
        yield f"{{tempo: {_usual_tempo(score) / beat:.0f}}}"
    if capo:
        yield f"{{capo: {capo}}}"
        if sounding:
            yield f"{{comment: sounds in {sounding}}}"


def _usual_tempo(score: Score) -> float:
    """The middle one of all tempi by how long they hold: a recording's clock has a mark at every beat."""
    ends = [*(mark.tick for mark in score.tempos[1:]), max(score.end_tick, score.tempos[-1].tick + 1)]
    held = sorted((mark.quarter_bpm, end - mark.tick) for mark, end in zip(score.tempos, ends, strict=True))
    half, total = sum(length for _, length in held) / 2, 0
    for bpm, length in held:
        total += length
        if total >= half:
            return bpm
    return held[-1][0]


def _sections(score: Score) -> list[_Section]:
    """The marked sections, and what lies before and between them, in order."""
    end_tick = max(score.end_tick, 1)
    marks: list[SectionMark] = sorted(score.sections, key=lambda mark: mark.tick)
    found: list[_Section] = []
    at = 0
    for index, mark in enumerate(marks):
        following = marks[index + 1].tick if index + 1 < len(marks) else end_tick
        end = following if mark.end is None else min(mark.end, following)
        if mark.tick > at:
            found.append(_Section("", at, mark.tick))
        if end > mark.tick:
            found.append(_Section(mark.label, mark.tick, end))
        at = max(at, end)
    if at < end_tick:
        found.append(_Section("", at, end_tick))
    return found


def _section_lines(score: Score, section: _Section, symbols: list[ChordSymbol], singer: Part | None) -> Iterator[str]:
    inside = [symbol for symbol in symbols if section.start <= symbol.tick < section.end]
    before = [symbol for symbol in symbols if symbol.tick < section.start]
    if before and (not inside or inside[0].tick > section.start):
        inside.insert(0, before[-1]._replace(tick=section.start))  # what still sounds when a section begins is said again
    sung = [note for note in singer.notes if section.start <= note.onset < section.end and note.lyrics] if singer else []
    verses = sorted({lyric.verse for note in sung for lyric in note.lyrics})
    if not inside and not sung:
        return
    kind = next((name for word, name in _ENVIRONMENTS.items() if word in section.label.lower()), "")
    if not verses:
        named = f"{kind or 'grid'}{f': {_plain(section.label)}' if section.label else ''}"
        yield f"{{start_of_{named}}}"
        yield from _bar_lines(score, section, inside, bracketed=bool(kind))
        yield f"{{end_of_{kind or 'grid'}}}"
        return
    for verse in verses:
        environment = kind or "verse"
        label = section.label or (f"Verse {verse}" if len(verses) > 1 else "")
        yield f"{{start_of_{environment}{f': {_plain(label)}' if label else ''}}}"
        yield from _word_lines(score, sung, inside, verse)
        yield f"{{end_of_{environment}}}"


def _bar_lines(score: Score, section: _Section, symbols: list[ChordSymbol], *, bracketed: bool) -> Iterator[str]:
    """Bars between lines, four a line; a cell is a beat, with its last chord or a dot."""
    bars = [bar for bar in bars_of(score) if bar.tick < section.end and bar.end > section.start]
    cells = ["| " + " ".join(_cells(score, bar, symbols, bracketed=bracketed)) + " " for bar in bars]
    for at in range(0, len(cells), _BARS_A_LINE):
        yield "".join(cells[at : at + _BARS_A_LINE]) + "|"


def _cells(score: Score, bar: Bar, symbols: list[ChordSymbol], *, bracketed: bool) -> Iterator[str]:
    metre = metre_at(score, bar.tick)
    beat = beat_duration(metre, ticks_per_quarter=score.ticks_per_quarter)
    count = max(1, min(felt_metre(metre.beats, metre.beat_type)[0], -(-bar.duration // beat)))
    for index in range(count):
        start = bar.tick + index * beat
        end = bar.end if index == count - 1 else start + beat
        here = [symbol.text for symbol in symbols if start <= symbol.tick < end]
        yield "~".join(f"[{name}]" if bracketed else name for name in here) if here else "."


def _word_lines(score: Score, sung: list[Note], symbols: list[ChordSymbol], verse: int) -> Iterator[str]:
    """Words of one verse, each chord before the syllable it falls on or, between syllables, where it falls."""
    waiting = list(symbols)
    line, end, begun_bar = "", -1, 0
    breath = _BREATH_QUARTERS * score.ticks_per_quarter
    bars = [bar.tick for bar in bars_of(score)]
    inside_word = False
    for note in sung:
        lyric = next((lyric for lyric in note.lyrics if lyric.verse == verse), None)
        if lyric is None:
            continue
        bar = sum(1 for tick in bars if tick <= note.onset)
        rested = end >= 0 and note.onset - end >= breath
        if line and not inside_word and (rested or bar - begun_bar >= _BARS_A_LINE):
            while waiting and waiting[0].tick < bars[bar - 1]:  # a chord in a bar before belongs to the line before
                line += f"[{waiting.pop(0).text}] "
            yield line.rstrip()
            line = ""
        if not line:
            begun_bar = bar
        while waiting and waiting[0].tick < note.onset and line:
            line += f"[{waiting.pop(0).text}] "
        while waiting and waiting[0].tick <= note.onset:
            line += f"[{waiting.pop(0).text}]"
        line += _plain(lyric.text)
        inside_word = lyric.syllabic in ("begin", "middle")
        line += "" if inside_word else " "
        end = note.end
    line += " ".join(f"[{symbol.text}]" for symbol in waiting)
    if line.strip():
        yield line.rstrip()


def _plain(text: str) -> str:
    """Text that no directive or chord can be mistaken in."""
    return re.sub(r"\s+", " ", text.replace("[", "(").replace("]", ")").replace("{", "(").replace("}", ")")).strip()
