"""The study of notation: what imagined pianists play is a performance of its page, and faults are called by their names."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "training"))

from notation_faults import faults, shares
from notation_study import compared, perform

from hexachord.bench.notated import TruePage
from hexachord.knowledge import Beats, Metre
from hexachord.metrics import mv2h
from hexachord.metrics.mv2h import NotatedMusic, nested_groupings
from hexachord.score.formats import save_score
from hexachord.score.model import Bar, KeyMark, MetreMark, Note, Part, Score, TempoMark
from hexachord.score.notes import note_array
from hexachord.score_analysis.performed import is_performance

QUARTER = 480


def _score(bars: int = 60) -> Score:
    random = np.random.default_rng(3)
    notes = []
    for bar in range(bars):
        at = bar * 3 * QUARTER
        notes += [Note(at + eighth * 240, 240, 67 + int(random.integers(0, 12))) for eighth in range(6)]
        notes.append(Note(at, 3 * QUARTER, 43 + int(random.integers(0, 6)), staff=2, voice=5))
    return Score(
        parts=(Part(notes=tuple(sorted(notes)), staves=2, name="Piano"),),
        ticks_per_quarter=QUARTER,
        tempos=(TempoMark(0, 110.0),),
        metres=(MetreMark(0, 3, 4),),
        keys=(KeyMark(0, 0, "major"),),
        bars=tuple(Bar(bar * 1440, 1440, str(bar + 1)) for bar in range(bars)),
    )


@pytest.mark.parametrize("seed", range(3))
def test_a_page_is_played_and_known(tmp_path: Path, seed: int) -> None:
    save_score(_score(), tmp_path / "page.musicxml")
    one, again = (perform(tmp_path / "page.musicxml", np.random.default_rng(seed), length_s=20.0) for _ in range(2))
    assert one is not None
    assert again is not None
    assert one.score == again.score
    assert is_performance(one.score)
    played = note_array(one.score)
    assert played["onset_s"].max() < 25.0
    raw = NotatedMusic(
        onset_s=played["onset_s"], offset_s=played["onset_s"] + played["duration_s"], pitch=played["pitch"].astype(int),
        voice=np.ones(len(played), dtype=int), groupings_s=np.zeros((0, 2)),
    )  # fmt: skip
    found = mv2h.multi_pitch(one.truth.page, raw, window_s=0.15)
    assert found.f > 0.85  # hands stray, beats breathe
    assert one.truth.metre.signature == "3/4"
    assert set(one.truth.page.hand) == {1, 2}
    assert set(one.voices.voice) == {101, 205}
    assert one.truth.page.key_labels == ("C major",)
    assert np.diff(one.truth.beats.time_s).min() > 0.1


def _truth(beats: np.ndarray, position: np.ndarray) -> TruePage:
    notes = np.repeat(beats[:-1], 1)
    page = NotatedMusic(
        onset_s=notes, offset_s=notes + 0.5, pitch=np.full(len(notes), 60), voice=np.ones(len(notes), dtype=int),
        groupings_s=nested_groupings(beats, position, parts=2),
    )  # fmt: skip
    metre = Metre(beats_per_bar=int(position.max()), beat_division=2)
    return TruePage(page=page, beats=Beats(time_s=beats, position=position), metre=metre, until_s=float(beats[-1]))


def test_faults_have_names() -> None:
    beats = np.arange(41) * 0.5
    four, three = np.arange(41) % 4 + 1, np.arange(41) % 3 + 1
    truth = _truth(beats, four)

    def said(page: NotatedMusic) -> set[str]:
        return {name for name, number in faults(truth, page).items() if number == 1.0 and name.startswith(("beats_", "bars_", "division"))}

    def page(times: np.ndarray, position: np.ndarray, parts: int = 2) -> NotatedMusic:
        return replace(truth.page, groupings_s=nested_groupings(times, position, parts=parts))

    assert said(truth.page) == {"beats_right", "bars_right", "division_right"}
    assert said(page(beats, three)) == {"beats_right", "bars_length", "division_right"}
    assert said(page(beats, (np.arange(41) + 1) % 4 + 1)) == {"beats_right", "bars_phase", "division_right"}
    assert said(page(beats, four, parts=3)) == {"beats_right", "bars_right"}
    assert said(page(np.arange(81) * 0.25, np.arange(81) % 4 + 1)) == {"beats_double"}
    assert said(page(np.arange(21) * 1.0, np.arange(21) % 4 + 1)) == {"beats_half"}
    assert said(page(beats[:-1] + 0.25, four[:-1])) == {"beats_offbeat"}
    assert said(page(np.arange(30) * 0.61, np.arange(30) % 4 + 1)) == {"beats_lost"}
    longer = replace(truth.page, offset_s=truth.page.offset_s + 0.5)
    assert faults(truth, longer)["times_2.00"] == 1.0


def test_means_are_of_those_that_know() -> None:
    assert shares([{"a": 1.0}, {"a": 0.0, "b": 0.5}]) == {"a": 0.5, "b": 0.5}


def test_the_page_itself_is_right() -> None:
    score = _score(8)
    from hexachord.bench.notated import beats_of, page_of

    ticks, position, _ = beats_of(score)
    page = page_of(score)
    beats = Beats(time_s=ticks * 60.0 / 110.0 / QUARTER, position=position)
    truth = TruePage(page=page, beats=beats, metre=Metre(beats_per_bar=3, beat_division=2), until_s=float(beats.time_s[-1]))
    found = compared(truth, score)
    assert found["mv2h"] == found["exact"] == found["hands"] == 1.0
