"""Three pages played by our own synthesis as people play, heard, and written down again: the scale, BWV 775 and the Bumblebee.

All are played on the piano. What came back is compared note by note with the page: a note is right with its pitch, its bar, its place in
the bar and its hand. The piano is one that the notes were learnt from, so this says what notation makes of good ears, not how good ears
are.
"""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from hexachord.bench.harness import BenchResult, Progress, mean_metrics
from hexachord.bench.loop import measure, result_of
from hexachord.rendering.music import BarLine
from hexachord.rendering.timing import Clock, tempo_clock
from hexachord.score.builtin import builtin_score
from hexachord.score.model import Score, TempoMark
from hexachord.score.notes import merge_ties, note_array
from hexachord.score.timing import bars_of, beat_duration, felt_metre, metre_at

if TYPE_CHECKING:
    from hexachord.audio_analysis.rhythm.hints import RhythmHints

PAGES = {"scale": "scale", "invention": "bach-invention-4", "bumblebee": "bumblebee"}
"""Built-in scores, by what their metrics are called."""
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

    def flat(self) -> dict[str, float]:
        """Numbers by name."""
        return {name: float(getattr(self, name)) for name in ("notes", "pitches", "extra", "metre", "key")}


def run(data: Path, *, peer: bool = False, instruments: Path | None = None, progress: Progress | None = None) -> BenchResult:
    """Measure ``NAME_notes NAME_pitches NAME_extra NAME_metre NAME_key`` of each page, and the same where the user says tempo and metre
    (``told_``).

    Parameters
    ----------
    data, peer, instruments : not used: the pages are built in, and nobody else writes them
    progress : told what is being done
    """
    lengths = dict[str, float]()

    def estimate(name: str) -> tuple[Score, Score]:
        score = played(builtin_score(PAGES[name]))
        lengths[name] = float(np.max(note_array(score)["onset_s"]))
        return heard_page(score), heard_page(score, hints=hints_of(builtin_score(PAGES[name])))

    def score(name: str, found: tuple[Score, Score]) -> Mapping[str, float]:
        page = builtin_score(PAGES[name])
        by_itself, told = (compare_pages(page, one).flat() for one in found)
        return {**by_itself, **{f"told_{metric}": value for metric, value in told.items()}}

    found = measure(tuple(PAGES), what="pages", name=str, estimate=estimate, score=score, progress=progress)
    each = {f"{item.id}_{metric}": value for item in found.items for metric, value in item.metrics.items()}
    return result_of(
        found,
        bench="pages",
        data=data,
        engine="transcribe/piano",
        metrics={**mean_metrics(found.items), **each},
        seconds_of_audio=2.0 * sum(lengths.values()),
        skipped=(),
    )


def hints_of(page: Score) -> "RhythmHints":
    """What a user would say of a page: how fast it goes, and its metre."""
    from hexachord.audio_analysis.rhythm.hints import RhythmHints

    mark = page.metres[0]
    beat = beat_duration(mark, ticks_per_quarter=page.ticks_per_quarter) / page.ticks_per_quarter
    bpm = page.tempos[0].quarter_bpm / beat
    beats, parts = felt_metre(mark.beats, mark.beat_type)
    return RhythmHints(tempo_bpm=(0.92 * bpm, 1.08 * bpm), beats_per_bar=beats, beat_division=parts)


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
    return Score(
        parts=(replace(part, notes=keys, staves=1, clefs=(), name="Piano", program=0),),
        ticks_per_quarter=960,
        tempos=(TempoMark(0, 120.0),),
    )


def heard_page(score: Score, *, hints: "RhythmHints | None" = None) -> Score:
    """Let a performance be heard and written down."""
    from hexachord.audio.encode import save_audio
    from hexachord.journeys.perform import perform
    from hexachord.journeys.verbs import transcribe

    with tempfile.TemporaryDirectory(prefix="hexachord-") as folder:
        path = save_audio(perform(score, reverb="room").mix, Path(folder) / "played.flac")
        return transcribe(path, instrument="piano", hints=hints)


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
        metre=felt_metre(mark.beats, mark.beat_type) == felt_metre(other.beats, other.beat_type),
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
