"""Which multiple of a pulse is counted: walks at all of them, what describes them, the choice."""

import numpy as np
import pytest

from hexachord.knowledge.checks import READING_KINDS
from hexachord.metrics.beat import continuity
from hexachord.models.tables import load_table
from hexachord.score_analysis.bars import look_at
from hexachord.score_analysis.beat_features import HOP_S
from hexachord.score_analysis.beat_views import Chords, chords_of
from hexachord.score_analysis.beats import PLAYED, PlayedNotes, network_chances, rhythm_of_notes
from hexachord.score_analysis.multiples import (
    BARS,
    DERIVED,
    FACTORS,
    METRES,
    OTHERS,
    TEMPI_BPM,
    TEMPO,
    WEIGHTS,
    Walked,
    candidates,
    derived,
    describe,
    near,
    rank,
    shared,
    walks,
)


def said(*, beat_s: float = 0.5, bar: int = 3, seconds: float = 30.0, traits_bpm: float | None = None) -> np.ndarray:
    """Chances of an even pulse; with traits, of a tempo and of bars of three."""
    frames = round(seconds / HOP_S)
    chances = np.full((frames, 18), 0.01, dtype=np.float32)
    frame = np.rint(np.arange(0.4, seconds, beat_s) / HOP_S).astype(int)
    chances[frame, 0] = 0.9
    chances[frame[::bar], 1] = 0.85
    if traits_bpm is None:
        return chances[:, :2]
    chances[:, TEMPO] = np.exp(-((np.log2(TEMPI_BPM / traits_bpm) * 3.0) ** 2))
    chances[:, BARS] = np.array(METRES) == bar
    return chances


def chords(chord_s: np.ndarray) -> Chords:
    """Eighths, every sixth of them a bass."""
    flat = np.zeros(len(chord_s))
    pitch = np.where(np.arange(len(chord_s)) % 6 == 0, 36.0, 64.0)
    return chords_of(chord_s, flat + 0.2, pitch, flat + 64.0, is_percussion=flat > 0)


def test_a_pulse_is_walked_at_its_multiples_too() -> None:
    found = walks(said(), PLAYED)
    assert found[0].tempo_bpm == pytest.approx(120, rel=0.05)  # the median interval is 12 or 13 frames
    for factor in (0.5, 2.0, 1 / 3):
        assert any(abs(np.log2(one.tempo_bpm / found[0].tempo_bpm / factor)) < 0.25 for one in found[1:])
    assert all(PLAYED.slowest_bpm * 0.95 < one.tempo_bpm < PLAYED.fastest_bpm * 1.05 for one in found)
    assert set(FACTORS) < set(READING_KINDS)


def test_multiples_of_what_was_found_are_candidates_too() -> None:
    found = candidates(said(), PLAYED)
    first, made = found[0], [one for one in found if np.isnan(one.log_likelihood)]
    assert len(found) == len(walks(said(), PLAYED)) + len(made)
    assert 4 < len(made) < len(DERIVED)  # three times as fast as 120 is too fast
    second = derived(first, 3.0, 1.0)
    assert second is not None
    np.testing.assert_allclose(second.beat_s, first.beat_s[1::3][: len(second.beat_s)])
    assert second.tempo_bpm == pytest.approx(first.tempo_bpm / 3, rel=0.05)
    between = derived(first, 1.0, 0.5)
    assert between is not None
    np.testing.assert_allclose(between.beat_s, (first.beat_s[1:] + first.beat_s[:-1]) / 2)
    known = Walked(said(), np.arange(0.4, 30.0, 0.25))
    assert np.isfinite(describe(known, second, first)).all()
    assert derived(first, len(first.beat_s) / 2.0, 0.0) is None


def test_tempi_that_are_hardly_possible_are_not_walked() -> None:
    assert near(PLAYED, 20.0) is None
    limits = near(PLAYED, 100.0)
    assert limits is not None
    assert limits.slowest_bpm < 100.0 < limits.fastest_bpm


def test_descriptions_fit_the_chooser_and_say_whether_the_network_agrees() -> None:
    chord_s = np.arange(0.4, 30.0, 0.25)
    known = Walked(said(traits_bpm=120.0), chord_s)
    found = walks(known.chances, PLAYED)
    rows = np.stack([describe(known, one, found[0]) for one in found])
    seen = look_at(known, chords(chord_s), found[0].beat_s)
    assert rows.shape == (len(found), len(load_table(WEIGHTS)["mean"]) - len(seen.described))
    assert np.isfinite(rows).all()
    slow = min(found, key=lambda one: one.tempo_bpm)
    agrees, slower = (describe(known, one, found[0])[-5] for one in (found[0], slow))
    assert agrees > slower
    plain = Walked(known.chances[:, :2], chord_s)
    assert (describe(plain, found[0], found[0])[-5:] == 0).all()  # nothing is said of tempo and bars


def test_chances_of_walks_sum_to_one_and_an_even_pulse_keeps_its_tempo() -> None:
    known = Walked(said(traits_bpm=120.0), np.arange(0.4, 30.0, 0.25))
    found = walks(known.chances, PLAYED)
    looks = [look_at(known, chords(known.chord_s), one.beat_s) for one in found]
    chance = rank(known, found, np.stack([look.described for look in looks]))
    assert chance.sum() == pytest.approx(1.0)
    assert found[int(chance.argmax())].tempo_bpm == pytest.approx(120, rel=0.05)


def test_what_is_not_chosen_is_ranked_by_its_kind_too() -> None:
    scores, octave = np.array([2.0, 1.0, 0.9, 0.5]), np.log2([100.0, 102.0, 50.0, 200.0])
    plain = np.array([1.0, *(0.0 for _ in OTHERS)])
    np.testing.assert_allclose(shared(scores, octave, plain), np.exp(scores) / np.exp(scores).sum())
    double = plain.copy()
    double[1 + OTHERS.index("double")] = 2.0
    chance = shared(scores, octave, double)
    assert chance.sum() == pytest.approx(1.0)
    assert chance.argmax() == 0
    assert chance[3] > chance[2]
    assert chance[1] == pytest.approx(np.exp(scores)[1] / np.exp(scores).sum())  # at its tempo: not another multiple
    double[1 + OTHERS.index("double")] = 50.0
    assert shared(np.array([0.2, 0.1, 0.0, 0.0]), octave, double).argmax() == 0  # nothing overtakes what was chosen
    np.testing.assert_allclose(shared(scores[:2], octave[:2], double).sum(), 1.0)


def test_no_pulse_has_no_walks() -> None:
    assert walks(np.zeros((500, 2), dtype=np.float32), PLAYED) == []


def test_looks_agree_on_the_tempo() -> None:
    """Played faster or slower, the network names another tempo; put back, all looks mean the same."""
    random = np.random.default_rng(0)
    onset = np.arange(0.3, 40.0, 0.25)
    pitch = 60 + random.integers(0, 12, len(onset))
    velocity = np.where(np.arange(len(onset)) % 4, 50.0, 80.0)
    drums = np.zeros(len(onset), dtype=np.bool_)
    notes = PlayedNotes(
        onset_s=onset, duration_s=np.full(len(onset), 0.2), pitch=pitch.astype(float), velocity=velocity, is_percussion=drums
    )
    chances = network_chances(notes)
    assert chances.shape[1] == TEMPO.stop
    assert ((chances >= 0) & (chances <= 1)).all()
    octaves = (chances[200:800, TEMPO] * np.log2(TEMPI_BPM)).sum(axis=1) / chances[200:800, TEMPO].sum(axis=1)
    assert 60 < 2 ** np.median(octaves) < 240


def test_drums_are_notes_too() -> None:
    beat_s = 0.4 + np.arange(64) * 0.5
    rows = [(at, 0.1, 36 if index % 2 == 0 else 38, 100) for index, at in enumerate(beat_s)]
    rows += [(at + part, 0.1, 42, 70) for at in beat_s for part in (0.0, 0.25)]
    table = np.array(sorted(rows))
    found = rhythm_of_notes(*table.T, is_percussion=np.ones(len(table), dtype=np.bool_))
    assert found is not None
    assert continuity(beat_s, found.beats.time_s).amlt > 0.9
    assert all(reading.kind in READING_KINDS for reading in found.readings)
