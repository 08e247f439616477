"""More bars behind a score, and blank bars to begin with."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from hexachord.composition.clips import Clip, empty_chords, empty_notes, make_bars
from hexachord.composition.laying import laid_chords
from hexachord.composition.vocabulary import BEAT_TYPES, GRID, Vocabulary
from hexachord.errors import InputError
from hexachord.score.edit import with_bars
from hexachord.score.grid import skipped_before
from hexachord.score.model import Bar, Score
from hexachord.score.musicxml_harmony import chord_label
from hexachord.score.timing import bar_duration, metre_at
from hexachord.theory.keys import key_number

MOST_BARS = 512


def check_bars(bars: int) -> None:
    """Refuse numbers of bars that nobody can write.

    Raises
    ------
    InputError : if there is less than one, or more than `MOST_BARS`.
    """
    if not 1 <= bars <= MOST_BARS:
        raise InputError(f"{bars} bars", found="no length to compose", expected=f"1 to {MOST_BARS} bars")


def with_more_bars(score: Score, bars: int) -> Score:
    """Append empty bars in the metre of the last one.

    A last bar that is too short (it lacks what the pick-up has) becomes a full one; the final bar line moves to the new end. Where a file
    has no bars of its own (MIDI), empty ones at its end are not counted: the new ones begin behind the last note that begins.
    """
    check_bars(bars)
    last_onset = max((note.onset for part in score.parts for note in part.notes), default=0)
    last_onset = max([last_onset, *(chord.tick for chord in score.chords)])
    is_written = bool(score.bars)
    score = with_bars(score)
    lines = list(score.bars)
    while not is_written and len(lines) > 1 and lines[-1].tick > last_onset:
        lines.pop()
    final = lines[-1]
    metre = metre_at(score, final.tick)
    full = bar_duration(metre, ticks_per_quarter=score.ticks_per_quarter)
    skipped = skipped_before(tuple(lines), len(lines) - 1, metre, ticks_per_quarter=score.ticks_per_quarter)
    length = max(final.duration, full - skipped) if not final.repeat_end else final.duration
    style = "" if final.barline == "light-heavy" and not final.repeat_end else final.barline
    lines[-1] = final._replace(duration=length, barline=style)
    number = int(final.number) if final.number.isdigit() else len(lines)
    tick = lines[-1].end
    for index in range(1, bars + 1):
        is_last = index == bars
        lines.append(Bar(tick, full, str(number + index), barline=final.barline if is_last and style != final.barline else ""))
        tick += full
    return replace(score, bars=tuple(lines))


def blank_clip(
    bars: int, *, metre: str = "4/4", key: str = "", quarter_bpm: float = 0.0, chords: str = "", style: str = "", vocabulary: Vocabulary
) -> Clip:
    """Lay out empty bars.

    Parameters
    ----------
    metre : as ``3/4``
    key : as ``D major``; nothing leaves it open
    quarter_bpm : quarters a minute; 0 leaves the tempo open
    chords : as lead sheets write them, bars between bar lines (``C | Am F | G7``); they go round until the end

    Raises
    ------
    InputError : if one of them cannot be read.

    Examples
    --------
    >>> clip = blank_clip(4, metre="3/4", key="D major", chords="D | G A7", vocabulary=Vocabulary())
    >>> clip.chords["bar"].tolist(), clip.chords["root"].tolist()
    ([0, 1, 1, 2, 3, 3], [2, 7, 9, 2, 7, 9])
    """
    check_bars(bars)
    beats, beat_type = parse_metre(metre, vocabulary=vocabulary)
    if quarter_bpm and not vocabulary.slowest_bpm <= quarter_bpm <= vocabulary.fastest_bpm:
        expected = f"{vocabulary.slowest_bpm:g} to {vocabulary.fastest_bpm:g} quarters a minute"
        raise InputError(f"tempo {quarter_bpm:g}", found="a tempo that the model has no word for", expected=expected)
    table = make_bars(bars, beats, beat_type, bpm=quarter_bpm, key=parse_key_name(key))
    clip = Clip(bars=table, notes=empty_notes(), chords=empty_chords(), style=style)
    if not chords.strip():
        return clip
    length = int(clip.lengths[0])
    spans = []
    for bar, labels in zip(range(bars), _round(parse_progression(chords), bars), strict=True):
        edges = _edges(length, len(labels), beats, beat_type)
        spans += [(bar * length + begin, bar * length + end, label) for begin, end, label in zip(edges, edges[1:], labels, strict=False)]
    found = laid_chords(table, spans, vocabulary=vocabulary)
    return replace(clip, chords=found)


def parse_metre(text: str, *, vocabulary: Vocabulary) -> tuple[int, int]:
    """Read a metre.

    Raises
    ------
    InputError : if it is none, or its bar is longer than the vocabulary's longest.

    Examples
    --------
    >>> parse_metre("7/8", vocabulary=Vocabulary())
    (7, 8)
    """
    above, _, below = text.partition("/")
    if not (above.isdigit() and below.isdigit() and int(above) > 0 and int(below) in BEAT_TYPES):
        raise InputError(f"metre {text!r}", found="no time signature", expected="beats over a note value, as 3/4 or 7/8")
    beats, beat_type = int(above), int(below)
    if beats * 4 > vocabulary.max_quarters * beat_type or beats > 64:
        raise InputError(f"metre {text}", found=f"{beats * 4 / beat_type:g} quarters", expected=f"{vocabulary.max_quarters} at most")
    return beats, beat_type


def parse_key_name(name: str) -> int:
    """Read a key as people write it: where it stands in `hexachord.theory.keys.KEY_NAMES`, -1 for nothing.

    Raises
    ------
    InputError : if it is none.

    Examples
    --------
    >>> parse_key_name("D"), parse_key_name("Bm"), parse_key_name("C# minor")
    (2, 23, 13)
    """
    if not name:
        return -1
    try:
        short = name.strip()
        if " " not in short and ":" not in short:  # as lead sheets write it: D, Bm
            short = f"{short[:-1]} minor" if short.endswith("m") else f"{short} major"
        return key_number(short)
    except (ValueError, KeyError) as error:
        raise InputError(f"key {name!r}", found="no key", expected="a note and a mode, as 'D major' or 'B minor'") from error


def parse_progression(text: str) -> list[list[str]]:
    """Read bars of chord symbols as labels in Harte's syntax.

    Raises
    ------
    InputError : if a word is no chord symbol.

    Examples
    --------
    >>> parse_progression("C | Am F | G7")
    [['C:maj'], ['A:min', 'F:maj'], ['G:7']]
    """
    found = []
    for bar in text.strip().strip("|").split("|"):
        words = bar.split() or ["N.C."]
        labels = []
        for word in words:
            label = "N" if word.upper() in ("N", "N.C.", "NC") else chord_label(word)
            if label is None:
                raise InputError(f"chord {word!r}", found="no chord symbol", expected="one as lead sheets write it, as C, F#m7 or Bb/D")
            labels.append(label)
        found.append(labels)
    return found


def _round(bars: Sequence[list[str]], count: int) -> list[list[str]]:
    return [bars[index % len(bars)] for index in range(count)]


def _edges(length: int, count: int, beats: int, beat_type: int) -> list[int]:
    """Where chords begin that share a bar evenly, on its beats as far as there are enough."""
    step = 4 * GRID // beat_type
    if count > beats:
        return [int(at) for at in np.rint(np.linspace(0, length, count + 1))]
    return [*(index * beats // count * step for index in range(count)), length]
