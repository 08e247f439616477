"""Three pages played by our own synthesis as people play, heard, and written down again: the scale, BWV 775 and the Bumblebee.

What came back is compared note by note with the page that was played: a note is right with its pitch, its bar, its place in the bar and
its hand. The instruments are those that the notes were learnt from, so this says what notation makes of good ears, not how good ears are.
"""

import tempfile
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import numpy as np

from hexachord.rendering.music import BarLine
from hexachord.rendering.timing import Clock, tempo_clock
from hexachord.score.builtin import builtin_score
from hexachord.score.model import Score, TempoMark
from hexachord.score.notes import merge_ties, note_array
from hexachord.score.timing import bars_of, beat_duration, metre_at

PAGES = ("scale", "bach-invention-4", "bumblebee")
_SEED = 7
_STRAY_S, _CHORD_S, _TOUCH = 0.010, 0.004, (0.86, 0.98)
_LEAD_S = 0.4
_TICKS_PER_S = 1920

Place = tuple[int, Fraction, int, int]
"""Bar, beats into it, pitch, staff."""


@dataclass(frozen=True, kw_only=True)
class PageScore:
    """How a page came back.

    Attributes
    ----------
    notes : share of the page's notes that are there, with pitch, bar, place in the bar and hand
    pitches : the same by pitch, bar and place alone
    extra : notes that are not on the page, against those that are
    metre, key : whether the signature beats as the page's, and the key signature is its
    """

    notes: float
    pitches: float
    extra: float
    metre: bool
    key: bool


def played(score: Score, *, seed: int = _SEED) -> Score:
    """Perform a page as people do: tempo drifts, fingers stray by some ten milliseconds, keys are let go a little early."""
    random = np.random.default_rng(seed)
    notes = note_array(score)
    quarter = score.ticks_per_quarter
    lines = tuple(
        BarLine(bar.tick / quarter, bar.duration / quarter, metre_at(score, bar.tick).beats, metre_at(score, bar.tick).beat_type)
        for bar in bars_of(score)
    )
    clock: Clock = tempo_clock("drift", quarter_bpm=score.tempos[0].quarter_bpm, bars=lines, random=random)
    moments, which = np.unique(notes["onset_tick"], return_inverse=True)
    stray = np.clip(random.normal(0.0, _STRAY_S, len(moments))[which] + random.normal(0.0, _CHORD_S, len(notes)), -0.03, 0.03)
    onset_s = np.maximum(_LEAD_S + clock.seconds(notes["onset_quarter"]) + stray, 0.0)
    length_s = clock.seconds(notes["onset_quarter"] + notes["duration_quarter"]) - clock.seconds(notes["onset_quarter"])
    length_s = np.maximum(length_s * random.uniform(*_TOUCH, len(notes)), 0.05)
    part = score.parts[0]
    rows = sorted(
        zip(onset_s.tolist(), length_s.tolist(), notes["pitch"].tolist(), random.integers(56, 92, len(notes)).tolist(), strict=True)
    )
    head = part.notes[0]
    keys = tuple(
        head._replace(
            onset=round(start * _TICKS_PER_S), duration=max(1, round(length * _TICKS_PER_S)), pitch=int(pitch), velocity=int(force),
            voice=1, staff=1, spelling=None, tied_to_previous=False, tied_to_next=False, value=None, marks=(), lyrics=(),
        )
        for start, length, pitch, force in rows
    )  # fmt: skip
    return Score(parts=(replace(part, notes=keys, staves=1, clefs=()),), ticks_per_quarter=960, tempos=(TempoMark(0, 120.0),))


def heard_page(score: Score, *, from_sound: bool = True) -> Score:
    """Let a performance be heard and written down; or read, where it is not to be sounded."""
    from hexachord.audio.encode import save_audio
    from hexachord.journeys.perform import perform
    from hexachord.journeys.verbs import transcribe
    from hexachord.score.formats import save_score

    with tempfile.TemporaryDirectory(prefix="hexachord-") as folder:
        path = Path(folder) / ("played.flac" if from_sound else "played.mid")
        if from_sound:
            save_audio(perform(score, reverb="room").mix, path)
        else:
            save_score(score, path)
        return transcribe(path, to="piano")


def compare_pages(page: Score, found: Score) -> PageScore:
    """Compare a page with what came back; silence before it may have taken some bars."""
    wanted, there = places(page), places(found)
    first = min((bar for bar, *_ in there), default=0)
    best = max((_right(wanted, _moved(there, -shift)) for shift in range(max(0, first - 3), first + 4)), default=(0, 0))
    mark, other = page.metres[0], found.metres[0]
    return PageScore(
        notes=best[0] / len(wanted),
        pitches=best[1] / len(wanted),
        extra=max(0, len(there) - best[1]) / len(wanted),
        metre=_beats_in(mark.beats, mark.beat_type) == _beats_in(other.beats, other.beat_type),
        key=page.keys[0].fifths == found.keys[0].fifths,
    )


def places(score: Score) -> list[Place]:
    """Where the notes of a page are."""
    bars, found = bars_of(score), list[Place]()
    starts = np.array([bar.tick for bar in bars])
    for note in merge_ties(score.parts[0].notes):
        if note.grace:
            continue
        index = int(np.searchsorted(starts, note.onset, side="right")) - 1
        unit = beat_duration(metre_at(score, note.onset), ticks_per_quarter=score.ticks_per_quarter)
        found.append((index, Fraction(note.onset - bars[index].tick, unit), note.pitch, note.staff))
    return sorted(set(found))


def _moved(notes: list[Place], bars: int) -> list[Place]:
    return [(bar + bars, *rest) for bar, *rest in notes]  # type: ignore[misc]


def _right(wanted: list[Place], found: list[Place]) -> tuple[int, int]:
    """Notes right in all, and notes right but for the hand."""
    return len(set(wanted) & set(found)), len({place[:3] for place in wanted} & {place[:3] for place in found})


def _beats_in(beats: int, beat_type: int) -> tuple[int, bool]:
    """Felt beats, and whether they divide in three: 3/8 and 3/4 beat alike."""
    compound = beat_type >= 8 and beats % 3 == 0 and beats > 3
    return (beats // 3, True) if compound else (beats, False)
