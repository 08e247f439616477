"""What the pedal network is taught: spans that follow one another, targets beside them, crops that keep sound and truth together."""

import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
sys.path.insert(0, str(Path(__file__).parents[2] / "training"))

from pedal import always, crowded, followed, judged
from pedal_clips import FRAMES, OUTPUTS, PedalClip, audible, crop, misheard, sampler, targets, united
from pedal_songs import pedal_spans, pedalled

from hexachord.dsp.pitch_spectrum import HOP, RATE_HZ
from hexachord.rendering.music import DURATION, Line
from hexachord.rendering.timing import Clock
from hexachord.transcription.pedal import DOWN, PRESS, RELEASE, ROLLS, SEMITONES, VIEWS, PedalCosts, follow_pedal

HOP_S = HOP / RATE_HZ


def clip(spans: list[list[float]], *, frames: int = 600) -> PedalClip:
    levels = np.full((frames, SEMITONES * VIEWS), 120, dtype=np.uint8)
    truth = np.array([[0.5, 3.0], [2.0, 8.0], [9.0, frames * HOP_S]])
    return PedalClip(
        kind="piano",
        levels=levels,
        loudest=200.0,
        spans=np.array(spans).reshape(-1, 2),
        truth=truth,
        found=np.column_stack([truth, [60.0, 64.0, 67.0]]),
    )


def test_pianists_press_after_they_let_go() -> None:
    lengths = []
    for seed in range(30):
        spans = pedal_spans(np.cumsum(np.random.default_rng(seed).uniform(0.3, 3.0, 40)), np.random.default_rng(seed))
        assert spans.shape[1] == 2
        assert np.all(np.diff(spans.ravel()) > 0)
        lengths.append(len(spans))
    assert min(lengths) < 25 < max(lengths)


def test_a_line_is_pedalled_on_its_clock() -> None:
    notes = np.column_stack([np.arange(40.0), np.ones(40), np.full(40, 60.0), np.full(40, 64.0)])
    clock = Clock(np.array([-10.0, 60.0]), np.array([-5.0, 30.0]))
    shorter = 0
    for seed in range(12):
        line = pedalled(Line(role="piano", notes=notes), np.arange(0.0, 40.0, 4.0), clock, random=np.random.default_rng(seed))
        assert np.all(line.notes[:, DURATION] <= 1.0)
        assert np.all(line.notes[:, DURATION] > 0.1)
        assert len(line.pedal) == 0 or (line.pedal.min() > -1.0 and line.pedal.max() < 38.0)
        shorter += bool(line.notes[:, DURATION].mean() < 0.99)
    assert 2 < shorter < 12


def test_the_truth_followed_is_the_truth() -> None:
    spans = np.array([[0.5, 2.0], [2.1, 4.0], [5.0, 6.0]])
    said = targets(spans, 0)
    assert said.shape == (FRAMES, OUTPUTS)
    found, _ = follow_pedal(np.clip(said, 0.02, 0.98))
    assert found * HOP_S == pytest.approx(spans, abs=1.5 * HOP_S)


def test_two_hands_have_one_pedal() -> None:
    assert united(np.array([[0.0, 1.0], [0.0, 1.0], [1.1, 2.0], [1.5, 1.7]])).tolist() == [[0.0, 1.0], [1.1, 2.0]]
    assert united(np.zeros((0, 2))).shape == (0, 2)


def test_where_nothing_sounds_nobody_knows() -> None:
    one = clip([[1.0, 2.0]])
    heard = audible(one, 0)
    assert not heard[: round(0.4 / HOP_S)].any()
    assert heard[round(0.6 / HOP_S) : round(8.2 / HOP_S)].all()
    assert not heard[round(8.4 / HOP_S) : round(8.9 / HOP_S)].any()


def test_crops_keep_truth_and_never_leave_their_ranges() -> None:
    one = clip([[1.0, 4.0], [4.2, 9.0]])
    for seed in range(12):
        inputs, target, known = crop(one, np.random.default_rng(seed))
        assert inputs.shape == (FRAMES, SEMITONES * (VIEWS + ROLLS))
        assert target.shape == known.shape == (FRAMES, OUTPUTS)
        assert inputs.min() >= 0.0
        assert inputs.max() <= 1.25
        assert set(np.unique(known)) <= {0.0, 1.0}
        assert target[:, DOWN].max() == 1.0
        assert abs(float(target[:, PRESS].sum() - target[:, RELEASE].sum())) < 4.1
    inputs, _, _ = sampler([one], batch=3)(np.random.default_rng(0))
    assert inputs.shape == (3, FRAMES, SEMITONES * (VIEWS + ROLLS))


def test_misheard_notes_are_notes() -> None:
    notes = np.column_stack([np.arange(200) * 0.1, np.arange(200) * 0.1 + 0.5, np.full(200, 60.0)])
    counts = []
    for seed in range(20):
        found = misheard(notes, np.random.default_rng(seed))
        assert np.all(found[:, 1] >= found[:, 0] + 0.0299)
        counts.append(len(found))
    assert notes[0].tolist() == [0.0, 0.5, 60.0]
    assert min(counts) < 195 <= max(counts)


def test_guesses_are_judged_alike() -> None:
    one, dry = clip([[0.5, 9.0]]), clip([])
    sure = judged([one, dry], always)
    assert sure["down_without"] == pytest.approx(1.0)
    assert 0.3 < sure["frame_f"] < 0.7  # of the two as if they were one
    assert crowded(one, notes=2).round(6).tolist() == [[2.0, 3.0]]
    said = [np.clip(targets(each.spans, 0, 600), 0.02, 0.98) for each in (one, dry)]
    best = followed(said, [one, dry], PedalCosts())
    assert best["down_without"] == 0.0
    assert min(best["frame_f"], best["press_f"], best["release_f"]) > 0.98
