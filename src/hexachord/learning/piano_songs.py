"""One MIDI file as one piano on a grid of equal steps: what every tokeniser is told alike.

Files whose tempo map or annotation knows the beats are taken at their word. A performance on a clock that knows nothing of beats
(`hexachord.score_analysis.performed`) is laid on the beats that were found in it (`hexachord.score_analysis.beats`), or refused.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, NamedTuple, get_args

import numpy as np

from hexachord.arrays import Float64Array, IntArray
from hexachord.composition.clips import Clip, ClipPart, empty_chords, excerpt
from hexachord.composition.flat import flat_clip
from hexachord.composition.laying import laid, laid_chords, lay_bars
from hexachord.composition.remi import Remi
from hexachord.composition.scores import clip_of
from hexachord.composition.vocabulary import GRID, ROLES, Vocabulary
from hexachord.errors import InputError
from hexachord.learning.midi_folder import Layout
from hexachord.rendering.music import DURATION, ONSET, PITCH, VELOCITY
from hexachord.rendering.pop909 import read_pop909
from hexachord.score.midi import load_midi
from hexachord.score.model import ChordSymbol, Score
from hexachord.score.notes import note_array
from hexachord.score_analysis.beats import rhythm_of_note_array
from hexachord.score_analysis.performed import is_performance

PIANO = ROLES.index("piano")
Beats = Literal["written", "tracked", "annotated"]
BEATS: tuple[Beats, ...] = get_args(Beats)
"""Who knew where the beats of a song are: its tempo map, our tracker, or an annotation beside it."""
WORDS = Vocabulary()
LEAST_BARS = 8
_CHORDER = {
    "M": "maj", "m": "min", "o": "dim", "+": "aug", "7": "7", "M7": "maj7", "m7": "min7", "o7": "dim7", "/o7": "hdim7", "sus2": "sus2",
    "sus4": "sus4",
}  # fmt: skip
"""Qualities of the markers in ``midi_analyzed`` (``A#_m7_C#``: root, quality, bass) as Harte writes them."""


@dataclass(frozen=True, kw_only=True)
class ReadOptions:
    """How files are read.

    Attributes
    ----------
    steps : positions of a quarter: 4 are the sixteen of a 4/4 bar
    track : only tracks whose name contains this, in any case; all that are pitched when empty
    chords : keep chord symbols, where the file has any
    track_beats : find the beats of performances; they are refused otherwise
    """

    steps: int = 4
    track: str = ""
    chords: bool = False
    track_beats: bool = True


@dataclass(frozen=True, kw_only=True, eq=False)
class PianoSong:
    """A song: all its notes are one piano's, on the grid.

    Attributes
    ----------
    name : see `hexachord.learning.midi_folder.MidiFolder.name`
    clip : from the first bar with notes to the last; one tempo (the median), no key
    beats : who knew where the beats are
    """

    name: str
    clip: Clip
    beats: Beats


def read_piano_song(path: Path, *, name: str, layout: Layout = "plain", options: ReadOptions = ReadOptions()) -> PianoSong:
    """Read a file.

    Raises
    ------
    InputError : if it is no MIDI, holds no such notes, too few of them, or a performance that is not to be tracked.
    """
    beats: Beats = "annotated"
    if layout == "pop909":
        clip = _annotated(path, options)
    else:
        score = _piano_score(path, layout, options)
        performed = is_performance(score)
        if performed and not options.track_beats:
            raise InputError(
                path, found="a performance whose tempo map knows nothing of its beats", expected="a file with beats",
                next_step="leave out --no-track-beats, or lay a tempo map through its beats",
            )  # fmt: skip
        beats = "tracked" if performed else "written"
        clip = _tracked(score, path) if performed else lay_written(score if options.chords else replace(score, chords=()))
    clip = on_grid(clip, steps=options.steps, chords=options.chords)
    if len(clip.bars) < LEAST_BARS:
        raise InputError(path, found=f"{len(clip.bars)} bars with notes", expected=f"{LEAST_BARS} or more")
    return PianoSong(name=name, clip=clip, beats=beats)


def on_grid(clip: Clip, *, steps: int, chords: bool = False) -> Clip:
    """Bring a clip to what all three vocabularies can say alike, from its first bar with notes to its last.

    Doing it again changes nothing.
    """
    if len(clip.notes):
        first, last = int(clip.notes["bar"].min()), int(clip.notes["bar"].max())
        clip = excerpt(clip, first, last - first + 1)
    else:
        clip = excerpt(clip, 0, 0)
    bars = clip.bars.copy()
    bars["key"], bars["section"] = -1, 0
    bpm = bars["bpm"][bars["bpm"] > 0]
    bars["bpm"] = WORDS.tempi_of(WORDS.tempo_classes(np.array([float(np.median(bpm)) if len(bpm) else 120.0])))
    held = clip.chords if chords else empty_chords()
    words = Remi(steps=steps, chords=chords and len(held) > 0)
    return flat_clip(replace(clip, bars=bars, chords=held, parts=(PLAYER,), style=""), vocabulary=words)


PLAYER = ClipPart(role=PIANO, name="Piano")


def _piano_score(path: Path, layout: Layout, options: ReadOptions) -> Score:
    score = load_midi(path)
    parts = tuple(part for part in score.parts if not part.is_percussion and part.notes)
    if layout == "pop1k7" and len(parts) > 1 and not options.track:  # midi_analyzed writes the melody twice
        named = tuple(part for part in parts if part.name.lower() == "piano")
        parts = named or parts[:1]
    if options.track:
        parts = tuple(part for part in parts if options.track.lower() in part.name.lower())
    if not parts:
        names = ", ".join(repr(part.name) for part in score.parts) or "none"
        wanted = f"a track named {options.track!r}" if options.track else "a track with pitched notes"
        raise InputError(path, found=f"no notes to learn from (tracks: {names})", expected=wanted)
    chords = tuple(marker_chords(score)) if layout == "pop1k7" else score.chords
    return replace(score, parts=parts, chords=chords, sections=())


def marker_chords(score: Score) -> list[ChordSymbol]:
    """Read the chords that ``midi_analyzed`` keeps as markers.

    Examples
    --------
    >>> from hexachord.score.model import SectionMark
    >>> marks = (SectionMark(0, "global_bpm_90"), SectionMark(0, "A#_m7_C#"), SectionMark(480, "N_N_N"), SectionMark(960, "Boundary_1"))
    >>> [chord.label for chord in marker_chords(Score(sections=marks))]
    ['A#:min7/b3', 'N']
    """
    from hexachord.theory.chord_labels import format_chord

    found = []
    for mark in score.sections:
        root, _, rest = mark.label.partition("_")
        quality, _, bass = rest.partition("_")
        if (root, quality, bass) == ("N", "N", "N"):
            found.append(ChordSymbol(mark.tick, "N"))
        elif root in _SHARPS and bass in _SHARPS and quality in _CHORDER:
            number = _SHARPS.index(root)
            found.append(ChordSymbol(mark.tick, format_chord(number, _CHORDER[quality], bass=(_SHARPS.index(bass) - number) % 12)))
    return found


_SHARPS = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")


def lay_written(score: Score) -> Clip:
    """Take the tempo map and the metres of a file at their word: all its parts are one piano's."""
    return clip_of(score, vocabulary=WORDS, roles=[{0: PIANO}] * len(score.parts), find_keys=False)


class LinedBar(NamedTuple):
    """A bar of played music: where it begins, in quarters, and its metre."""

    start: float
    beats: int
    beat_type: int

    @property
    def end(self) -> float:
        """Where it ends."""
        return self.start + self.beats * 4.0 / self.beat_type


def _tracked(score: Score, path: Path) -> Clip:
    """Lay a performance on the beats that are found in it."""
    notes = note_array(score)
    found = rhythm_of_note_array(notes)
    if found is None or len(found.beats) < 8:
        raise InputError(path, found="a performance too short to find its beats", expected="a minute of music, or a tempo map")
    quarter = 1.5 if found.metre.is_compound else 4.0 / found.metre.beat_type
    beat_s = np.asarray(found.beats.time_s, dtype=np.float64)
    steps = np.arange(len(beat_s)) * quarter
    down = np.flatnonzero(found.beats.position == 1)
    down = down if len(down) else np.array([0])
    counts = np.diff(down, append=down[-1] + found.metre.beats_per_bar)
    kind = 8 if found.metre.is_compound else found.metre.beat_type
    lines = [LinedBar(float(steps[at]), int(count) * (3 if kind == 8 and found.metre.is_compound else 1), kind)
             for at, count in zip(down, counts, strict=True)]  # fmt: skip
    seconds = notes["onset_s"], notes["onset_s"] + notes["duration_s"]
    onset, end = (between(moments, beat_s) * quarter for moments in seconds)
    table = (onset, end, notes["pitch"].astype(np.int64), notes["velocity"].astype(np.int64))
    return clip_on_bars(*table, bars=lines, quarter_bpm=60.0 * quarter / float(np.median(np.diff(beat_s))))


def between(seconds: Float64Array, beat_s: Float64Array) -> Float64Array:
    """Say how many beats have passed at times; beyond the ends beats go on as they were.

    Examples
    --------
    >>> between(np.array([0.5, 1.5, 4.0]), np.array([1.0, 2.0, 3.0])).tolist()
    [-0.5, 0.5, 3.0]
    """
    inside = np.interp(seconds, beat_s, np.arange(len(beat_s)))
    early = np.minimum(seconds - beat_s[0], 0.0) / (beat_s[1] - beat_s[0])
    late = np.maximum(seconds - beat_s[-1], 0.0) / (beat_s[-1] - beat_s[-2])
    return np.asarray(inside + early + late)


def _annotated(path: Path, options: ReadOptions) -> Clip:
    """Read a song of POP909 on its annotated beats."""
    try:
        piece = read_pop909(path.parent.parent, path.parent.name)
    except (OSError, ValueError, IndexError, KeyError, RuntimeError) as error:
        raise InputError(path, found=f"annotations that cannot be read ({error})", expected="a song folder of POP909") from error
    lines = [line for line in piece.lines if options.track.lower() in line.name.lower()]
    if not lines or not piece.bars:
        names = ", ".join(repr(line.name) for line in piece.lines)
        raise InputError(path, found=f"no notes to learn from (tracks: {names})", expected=f"a track named {options.track!r}")
    rows = np.concatenate([line.notes for line in lines])
    onset = rows[:, ONSET]
    spans = [(span.start, span.end, span.label) for span in piece.chords or ()] if options.chords else []
    return clip_on_bars(
        onset, onset + rows[:, DURATION], rows[:, PITCH].astype(np.int64), rows[:, VELOCITY].astype(np.int64),
        bars=[LinedBar(bar.start, bar.beats, bar.beat_type) for bar in piece.bars], quarter_bpm=piece.quarter_bpm, chords=spans,
    )  # fmt: skip


def clip_on_bars(
    onset: Float64Array,
    end: Float64Array,
    pitch: IntArray,
    velocity: IntArray,
    *,
    bars: Sequence[LinedBar],
    quarter_bpm: float,
    chords: Sequence[tuple[float, float, str]] = (),
) -> Clip:
    """Lay played notes over bars; more of the same bars stand at both ends where notes lie outside.

    Parameters
    ----------
    onset, end : (n,) quarters, on the clock of the bars
    bars : ascending; each ends where the next begins, whatever its metre says
    chords : begin, end, label
    """
    lined = sorted(bars)
    half = 0.5 / GRID
    while len(onset) and float(onset.min()) < lined[0].start - 0.12:  # what is a little early belongs to the first bar
        lined.insert(0, lined[0]._replace(start=lined[0].start - (lined[0].end - lined[0].start)))
    while len(onset) and float(onset.max()) >= lined[-1].end - half:
        lined.append(lined[-1]._replace(start=lined[-1].end))
    zero = lined[0].start
    edges = [round((bar.start - zero) * GRID) for bar in lined] + [round((lined[-1].end - zero) * GRID)]
    written = [
        (stop - begin, bar.beats, bar.beat_type, 0) for bar, begin, stop in zip(lined, edges, edges[1:], strict=False) if stop > begin
    ]
    table, _ = lay_bars(written, max_quarters=WORDS.max_quarters)
    table["bpm"] = quarter_bpm
    begin = np.maximum(np.rint((onset - zero) * GRID).astype(np.int64), 0)
    stop = np.rint((end - zero) * GRID).astype(np.int64)
    places = [(round((first - zero) * GRID), round((last - zero) * GRID), label) for first, last, label in chords]
    symbols = laid_chords(table, places, vocabulary=WORDS)
    columns = (begin, np.maximum(stop - begin, 1), pitch, velocity, np.full(len(begin), PIANO))
    return laid(table, columns, symbols, parts=(PLAYER,))
