"""Imagined pianists: what they play is the page, and where its beats are is known."""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "training"))

from performances import Sheet, play

from hexachord.score_analysis.beat_features import HOP_S


def page(bars: int = 120, *, bar: int = 3, seed: int = 0) -> Sheet:
    """Chords on beats and a tune in eighths."""
    random = np.random.default_rng(seed)
    position = np.tile(np.arange(bar) + 1, bars)
    beat = np.arange(len(position), dtype=float)
    rows = []
    for at, place in zip(beat.tolist(), position.tolist(), strict=True):
        rows += [(at, 0.9, pitch, 70.0) for pitch in ((40, 60, 64) if place == 1 else (60, 64))]
        rows += [(at + part, 0.5, 76.0 + float(random.integers(0, 8)), 80.0) for part in (0.0, 0.5)]
    notes = np.array(sorted(rows))
    return Sheet(
        id="page", corpus="made", notes=notes, tune=notes[:, 2] > 70, beat_quarter=beat, position=position, beat_length=1.0,
        bar_beats=bar, bpm=100.0, said=True,
    )  # fmt: skip


def test_a_performance_is_the_same_for_a_seed_and_another_for_another() -> None:
    first, again, other = (play(page(), np.random.default_rng(seed), length_s=30.0) for seed in (1, 1, 2))
    for one, two in zip(first, again, strict=True):
        np.testing.assert_array_equal(one, two)
    assert len(first.onset_s) != len(other.onset_s) or not np.allclose(first.onset_s, other.onset_s)


@pytest.mark.parametrize("seed", range(8))
def test_beats_are_where_something_is_played_and_counted_in_bars(seed: int) -> None:
    played = play(page(), np.random.default_rng(seed), length_s=30.0)
    assert (np.diff(played.beat_s) > 0).all()
    assert len(played.beat_s) > 8
    assert ((np.diff(played.position) == 1) | (played.position[1:] == 1)).all()
    distance = np.abs(played.onset_s[:, None] - played.beat_s[None, :]).min(axis=0)
    assert np.mean(distance < 0.07) > 0.9  # broken chords and slips aside
    assert (np.diff(played.onset_s) >= 0).all()
    assert played.onset_s.min() >= 0
    assert played.onset_s.max() < 30.0
    assert ((played.velocity > 0) & (played.velocity <= 127)).all()


def test_the_network_is_told_beats_places_bars_and_tempo() -> None:
    pytest.importorskip("torch")
    from midi_beats import IMPORTANCE, TEMPI_BPM, truth

    sheet = page()
    played = play(sheet, np.random.default_rng(3), length_s=30.0)
    target, known = truth(played, frames=round(30.0 / HOP_S))
    assert target.shape == known.shape == (750, len(IMPORTANCE))
    assert target[:, 0].sum() == len(played.beat_s)
    assert target[:, 1].sum() == (played.position == 1).sum()
    assert target[:, 4].sum() == 0  # no fourth beat in bars of three
    assert (target[:, 6] == 1).all()  # of METRES the second, three
    bpm = 60.0 / np.median(np.diff(played.beat_s))
    likely = TEMPI_BPM[target[:, 8:].sum(axis=0).argmax()]
    assert abs(np.log2(bpm / likely)) < 0.5
    assert (target[:, 8:].sum(axis=1) == 1).all()


def test_the_chooser_learns_what_is_right_and_which_mistakes_it_makes() -> None:
    pytest.importorskip("torch")
    from midi_beats_choice import Example, fit, told

    from hexachord.score_analysis.multiples import OTHERS

    random, examples = np.random.default_rng(0), []
    for index in range(60):
        hidden = index % 3 == 0  # nothing says that the page is at twice the tempo
        shown, truth = (1, 4) if hidden else (index % 2, index % 2)
        features, numbers = random.normal(0.0, 0.1, (5, 3)), np.full((5, 3), 0.3)
        features[shown, 0] += 2.0
        numbers[truth] = 1.0
        bpm = np.array([30.0, 60.0, 20.0, 180.0, 120.0])
        examples.append(Example(features, numbers, bpm=bpm, true_bpm=float(bpm[truth])))
    chooser = fit(examples)
    assert np.argmax(chooser.others[1:]) == OTHERS.index("double")
    said = told(examples, chooser)
    assert said["best"] == [1.0, 1.0, 1.0]
    assert said["chosen"][0] == pytest.approx((2 * 1.0 + 0.3) / 3, abs=1e-3)
    assert said["octave_second"][0] == 1.0
    assert said["octave_second"][1] < 0.8
    assert said["octave_second"][2] == pytest.approx(1 / 3, abs=1e-3)


def test_the_critic_is_shown_readings_and_told_what_they_are() -> None:
    pytest.importorskip("torch")
    from midi_beats_critic import BEATS, TRAITS, Shown, example, reading

    from hexachord.score_analysis.beat_views import COLUMNS
    from hexachord.score_analysis.critic import KINDS

    shown, random = Shown(page(), play(page(), np.random.default_rng(3), length_s=60.0)), np.random.default_rng(0)
    assert shown.divided == 0
    assert set(shown.metre[5:-5].tolist()) == {3}
    for kind, ways in KINDS.items():
        place, label = reading(shown, kind, random)
        assert any(np.allclose(np.diff(place), step) for step, _ in ways)
        assert (label == list(KINDS).index(kind)).all()
    rows = [one for one in (example(shown, random) for _ in range(40)) if one is not None]
    inputs, target, known = (np.stack(part) for part in zip(*rows, strict=True))
    assert inputs.shape == (len(rows), BEATS, len(COLUMNS))
    assert target.shape == known.shape == (len(rows), BEATS, 1 + sum(TRAITS))
    there = known[..., 1] > 0
    kinds = target[..., 1 : 1 + len(KINDS)]
    assert (kinds.sum(axis=-1) == there).all()
    right = there & (kinds[..., 0] > 0)
    assert 0.2 < right[there].mean() < 0.7
    metre = target[..., 1 + TRAITS[0] : 1 + sum(TRAITS[:2])][right & (known[..., 1 + TRAITS[0]] > 0)]
    assert (metre.argmax(axis=1) == 1).all()  # three beats
    downbeats = target[..., 0][right & (known[..., 0] > 0)]
    assert downbeats.mean() == pytest.approx(1 / 3, abs=0.03)
    assert not known[..., 0][there & (kinds[..., list(KINDS).index("beside")] > 0)].any()
