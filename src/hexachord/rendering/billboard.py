"""McGill Billboard as harmony and form: the chords, bars and sections of real pop songs, with the tempo of their recordings (CC0).

No notes are published with it: an arrangement over these chords is written here, so what its labels say is true of what sounds. Burgoyne,
Wild, Fujinaga, "An expert ground truth set for audio chord recognition and music analysis", ISMIR 2011.
"""

import itertools
import re
from pathlib import Path
from typing import NamedTuple

import numpy as np

from hexachord.rendering.music import BarLine, Piece, Span, key_name
from hexachord.theory.chord_labels import UNKNOWN_CHORD, parse_chord, parse_pitch_class

_SECTION = re.compile(r"([A-Z]'*), ?(?:([a-z][a-z -]*), ?)?")
_METRE = re.compile(r"\((\d+)/(\d+)\)")
_TIMES = re.compile(r"\| *x(\d+)")
_FASTEST_BAR_S, _SLOWEST_BAR_S = 0.6, 8.0


class _Phrase(NamedTuple):
    """A line of the file: bars with their chords, how long they last, which section begins here, which tonic holds."""

    bars: tuple[tuple[int, int, tuple[str, ...]], ...]  # beats, beat type, tokens
    length_s: float
    section: str | None
    tonic: str


def billboard_names(folder: Path) -> tuple[str, ...]:
    """Return the songs by number."""
    return tuple(sorted(path.name for path in folder.iterdir() if (path / "salami_chords.txt").exists()))


def read_billboard(folder: Path, name: str) -> Piece:
    """Read a song: no lines, but bars, chords, sections, keys where they are clear, and the clock of the recording.

    Stretches that nobody counted in bars are left out. Where a bar names fewer chords than beats, they share it evenly.
    """
    phrases = _phrases((folder / name / "salami_chords.txt").read_text())
    bars: list[BarLine] = []
    chords: list[Span] = []
    sections: list[Span] = []
    tonics: list[Span] = []
    corners: list[tuple[float, float]] = []
    quarter = time_s = 0.0
    usual_s = _usual_bar_s(phrases)
    for phrase in phrases:
        start = quarter
        corners.append((quarter, time_s))
        for beats, beat_type, tokens in phrase.bars:
            bar = BarLine(quarter, beats * 4.0 / beat_type, beats, beat_type)
            bars.append(bar)
            chords += _chords_of(bar, tokens, chords[-1].label if chords else "N")
            quarter = bar.end
        bar_s = phrase.length_s / len(phrase.bars)
        time_s += phrase.length_s if 0.75 < bar_s / usual_s < 1.33 else usual_s * len(phrase.bars)
        if phrase.section is not None:
            sections.append(Span(start, quarter, phrase.section))
        elif sections:
            sections[-1] = sections[-1]._replace(end=quarter)
        if tonics and tonics[-1].label == phrase.tonic:
            tonics[-1] = tonics[-1]._replace(end=quarter)
        else:
            tonics.append(Span(start, quarter, phrase.tonic))
    corners.append((quarter, time_s))
    places = np.array(corners) if bars else np.array([[0.0, 0.0], [1.0, 0.5]])
    return Piece(
        origins=(f"billboard/{name}",),
        lines=(),
        bars=tuple(bars),
        quarter_bpm=60.0 * quarter / time_s if time_s > 0 else 120.0,
        chords=tuple(_joined(chords)),
        keys=_keys(tonics, chords),
        sections=tuple(sections) if sections else None,
        clock=(places[:, 0], places[:, 1]),
        style="pop",
    )


def _phrases(text: str) -> list[_Phrase]:
    metre, tonic = (4, 4), ""
    rows: list[tuple[float, str, tuple[int, int], str]] = []
    for line in text.splitlines():
        if line.startswith("# metre:"):
            beats, _, beat_type = line.partition(":")[2].strip().partition("/")
            metre = (int(beats), int(beat_type))
        elif line.startswith("# tonic:"):
            tonic = line.partition(":")[2].strip()
        time, _, said = line.partition("\t")
        if said and not line.startswith("#"):
            rows.append((float(time), said, metre, tonic))
    found = []
    for (start, said, at, key), following in itertools.pairwise(rows):
        if said.count("|") >= 2 and following[0] > start and "&pause" not in said and "*" not in said:
            section = _SECTION.match(said)
            name = None if section is None else (section[2] or section[1]).strip()
            found.append(_Phrase(_bars(said, at), following[0] - start, name, key))
    return [phrase for phrase in found if phrase.bars and _FASTEST_BAR_S < phrase.length_s / len(phrase.bars) < _SLOWEST_BAR_S]


def _bars(said: str, metre: tuple[int, int]) -> tuple[tuple[int, int, tuple[str, ...]], ...]:
    """The bars between the strokes of ``| C:maj | F:maj . . G:7 | x2``."""
    inside = said[said.index("|") + 1 : said.rindex("|")]
    bars = []
    for text in inside.split("|"):
        other = _METRE.search(text)
        beats, beat_type = (int(other[1]), int(other[2])) if other else metre
        tokens = tuple(_METRE.sub("", text).split())
        if tokens:
            bars.append((beats, beat_type, tokens))
    times = _TIMES.search(said)
    return tuple(bars) * (int(times[1]) if times else 1)


def _usual_bar_s(phrases: list[_Phrase]) -> float:
    return float(np.median([phrase.length_s / len(phrase.bars) for phrase in phrases])) if phrases else 2.0


def _chords_of(bar: BarLine, tokens: tuple[str, ...], before: str) -> list[Span]:
    steps = bar.felt if bar.felt % len(tokens) == 0 else max(bar.beats, len(tokens))
    edges = [bar.start + bar.length * round(index * steps / len(tokens)) / steps for index in range(len(tokens) + 1)]
    spans = []
    for token, start, end in zip(tokens, edges[:-1], edges[1:], strict=True):
        label = before if token == "." else _known(token)
        spans.append(Span(start, end, label))
        before = label
    return spans


def _known(label: str) -> str:
    try:
        parse_chord(label)
    except ValueError:
        return UNKNOWN_CHORD
    return label


def _joined(chords: list[Span]) -> list[Span]:
    made: list[Span] = []
    for span in chords:
        if made and made[-1].label == span.label:
            made[-1] = made[-1]._replace(end=span.end)
        elif span.end > span.start:
            made.append(span)
    return made


def _keys(tonics: list[Span], chords: list[Span]) -> tuple[Span, ...] | None:
    """Keys: the tonic as written, the mode by the thirds of the chords on it; None where one of them leaves it open."""
    keys = []
    for tonic in tonics:
        try:
            root = parse_pitch_class(tonic.label)
        except ValueError:
            return None
        balance = 0.0
        for span in chords:
            chord = parse_chord(span.label)
            if chord.root == root and tonic.start - 1e-6 <= span.start < tonic.end:
                balance += (span.end - span.start) * ((4 in chord.intervals) - (3 in chord.intervals))
        if balance == 0:
            return None
        keys.append(Span(tonic.start, tonic.end, key_name(root, "major" if balance > 0 else "minor")))
    return tuple(keys) if keys else None
