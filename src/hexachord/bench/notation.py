"""From a performance to the page: how much of what is written down stands on the page that was played from.

One performance of each piece of ASAP, its first three minutes, is written down by us and compared with its score by MV2H
(`hexachord.metrics.mv2h`), on the performance's clock (`hexachord.bench.notated`). Three rows of one run: what we write, what we write
when somebody taps the true beats (``given_beats_``), and what a quantiser of one constant tempo writes (``fixed_``: 4/4, a grid of
sixteenths, no key, hands that meet at middle C). What we write by ear stands beside them (``audio_``,
`hexachord.bench.notation_audio`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from hexachord.arrays import StructuredArray
from hexachord.bench.harness import BenchItem, BenchResult, Progress, mean_metrics
from hexachord.bench.loop import measure, result_of
from hexachord.bench.midi_beats import best_grid
from hexachord.bench.notated import TruePage, grouped, page_of, true_page, within
from hexachord.bench.notation_audio import LENGTH_S as BY_EAR_S
from hexachord.bench.notation_audio import hear_pages
from hexachord.bench.pages import PageItem, load_pages, opening
from hexachord.errors import InputError
from hexachord.knowledge import Beats, Knowledge, Metre
from hexachord.metrics import mv2h
from hexachord.metrics.mv2h import NotatedMusic
from hexachord.score.model import Score

LENGTH_S = 180.0
_MIDDLE_C = 60
_SIXTEENTHS = 4
_BY_COMPOSER = ("mv2h", "metre", "value")


@dataclass(frozen=True, kw_only=True, eq=False)
class Pages:
    """What was written, by the beginning of its metrics' names."""

    written: Mapping[str, NotatedMusic]
    duration_s: float


def run(data: Path, *, peer: bool = False, instruments: Path | None = None, progress: Progress | None = None) -> BenchResult:
    """Measure ``mv2h multi_pitch voice metre value key hands``, the same with the true beats, at one tempo, and by ear; and by composer.

    Parameters
    ----------
    data : the bench folder, or the folder above it
    peer : not used: no other library writes pages
    instruments : a folder to look for the held-out piano in, before the usual ones
    progress : told what is being done
    """
    loaded = load_pages(data)
    composers = {item.id: item.composer for item in loaded.items}
    seconds, engines = dict[str, float](), set[str]()

    def estimate(item: PageItem) -> Pages:
        pages = write_pages(item)
        seconds[item.id] = pages.duration_s
        engines.add("notation/piano")
        return pages

    found = measure(loaded.items, what="notation", name=_name, estimate=estimate, score=score_pages, progress=progress)
    result = result_of(
        found,
        bench="notation",
        data=data,
        engine=", ".join(sorted(engines)),
        metrics=_summary(found.items, composers),
        seconds_of_audio=sum(seconds.values()),
        skipped=loaded.skipped,
    )
    ear = hear_pages(loaded.items, data, instruments=instruments, progress=progress)
    return replace(
        result,
        metrics={**result.metrics, **ear.metrics},
        items=(*result.items, *ear.items),
        seconds_of_audio=result.seconds_of_audio + len(ear.items) * BY_EAR_S,
        wall_s=result.wall_s + ear.wall_s,
        cpu_s=result.cpu_s + ear.cpu_s,
        skipped=result.skipped + ear.skipped,
    )


def write_pages(item: PageItem) -> Pages:
    """Write a performance down in all three ways.

    Raises
    ------
    InputError : if a file cannot be read, or holds no music.
    """
    from hexachord.score.midi import load_midi

    truth = truth_of(item)
    score = opening(load_midi(item.path), LENGTH_S)
    known = heard(score, item.path)
    written = {
        "": page_of(write(known)),
        "given_beats_": page_of(write(known, beats=truth.beats, metre=truth.metre)),
        "fixed_": fixed_page(score),
    }
    return Pages(written=written, duration_s=min(LENGTH_S, known.duration_s))


def truth_of(item: PageItem) -> TruePage:
    """The page it was played from, on its clock."""
    return true_page(item.score, item.score_marks, item.marks, until_s=LENGTH_S)


def heard(score: Score, path: Path) -> Knowledge:
    """What is known of a performance before it is written down.

    Raises
    ------
    InputError : if it holds too little to be written.
    """
    from hexachord.score_analysis.facts import read_score

    known = read_score(score)
    if known.notes is None or known.beats is None or known.metre is None or len(known.beats) < 2:
        raise InputError(path, found="no notes or no beats", expected="a performance of more than one beat")
    return known


def write(known: Knowledge, *, beats: Beats | None = None, metre: Metre | None = None) -> Score:
    """Write down what is known of a performance, on other beats than were found where they are given."""
    from hexachord.journeys.sheets import write_sheet

    return write_sheet("piano", replace(known, beats=beats or known.beats, metre=metre or known.metre))


def fixed_page(score: Score) -> NotatedMusic:
    """Write down on the best grid of one constant tempo, as recording programs do."""
    from hexachord.score.notes import note_array

    notes: StructuredArray = note_array(score, percussion=False)
    beats_s = best_grid(notes)
    beats_s = beats_s if len(beats_s) > 1 else np.array([0.0, 0.5])
    step = float(np.median(np.diff(beats_s))) / _SIXTEENTHS
    begin_s = float(beats_s[-1]) - step * _SIXTEENTHS * (len(beats_s) - 1)  # the first beat may have been cut at 0
    onset = np.round((notes["onset_s"] - begin_s) / step)
    length = np.maximum(1, np.round(notes["duration_s"] / step))
    hand = np.where(notes["pitch"] >= _MIDDLE_C, 1, 2)
    grid_s = np.asarray(begin_s + step * _SIXTEENTHS * np.arange(len(beats_s)), dtype=np.float64)
    place = np.arange(len(grid_s)) % 4 + 1
    return NotatedMusic(
        onset_s=begin_s + onset * step,
        offset_s=begin_s + (onset + length) * step,
        pitch=notes["pitch"].astype(np.int64),
        voice=hand,
        hand=hand,
        groupings_s=grouped(grid_s, place, np.full(len(grid_s), 2)),
        key_intervals_s=np.array([[0.0, LENGTH_S]]),
        key_labels=("C major",),
    )


def score_pages(item: PageItem, pages: Pages) -> dict[str, float]:
    """Compare what was written with the page; what lies outside its beats is not judged for its metre."""
    truth = truth_of(item)
    begin_s = float(truth.beats.time_s[0])
    scores = dict[str, float]()
    for name, page in pages.written.items():
        found = mv2h.evaluate(truth.page, within(page, begin_s, truth.until_s)).flat()
        scores |= {name + part: number for part, number in found.items()}
    return scores


def _summary(items: Sequence[BenchItem], composers: Mapping[str, str]) -> dict[str, float]:
    means = mean_metrics(items)
    for name in _BY_COMPOSER:
        for composer in sorted({composers[item.id] for item in items}):
            own = [item.metrics[name] for item in items if composers[item.id] == composer]
            means[f"{name}_{composer.lower()}"] = float(np.mean(own))
    return means


def _name(item: PageItem) -> str:
    return item.id
