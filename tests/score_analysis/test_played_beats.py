"""Beats of played notes: cues, what is recognised as played, the network and the rules."""

from dataclasses import replace

import numpy as np
import pytest

from hexachord.metrics.beat import continuity, f_measure
from hexachord.score.builtin import builtin_score
from hexachord.score.model import KeyMark, Note, Part, Score, TempoMark
from hexachord.score.notes import note_array
from hexachord.score_analysis.beat_features import FEATURES, HOP_S, chord_numbers, note_features
from hexachord.score_analysis.beats import rhythm_of_note_array, rhythm_of_notes
from hexachord.score_analysis.facts import read_score
from hexachord.score_analysis.performed import gathering, is_performance

TICKS_PER_S = 1920


def waltz(bars: int = 24, *, beat_s: float = 0.5, breath: float = 0.0, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Notes (onset, duration, pitch, velocity) of bass-chord-chord under a tune, and where its beats are played."""
    random = np.random.default_rng(seed)
    beats = np.arange(3 * bars)
    step = beat_s * (1.0 + breath * np.sin(2 * np.pi * beats / 24.0))
    time_s = 0.3 + np.concatenate([[0.0], np.cumsum(step)])
    rows = []
    for beat, at in enumerate(time_s[:-1]):
        root = (36, 41, 43, 36)[beat // 3 % 4]
        chord = (root,) if beat % 3 == 0 else (root + 19, root + 24, root + 28)
        rows += [(at + random.normal(0, 0.006), 0.3, pitch, 75 if beat % 3 == 0 else 50) for pitch in chord]
        rows.append((at + random.normal(0, 0.006), step[beat] * (3 if beat % 6 == 0 else 1), root + 36 + beat % 5, 80))
        if beat % 6 == 4:
            rows.append((at + step[beat] / 2, step[beat] / 2, root + 38, 70))
    return np.array(sorted(rows)), time_s[:-1]


def as_performance(rows: np.ndarray) -> Score:
    notes = tuple(Note(round(on * TICKS_PER_S), max(1, round(long * TICKS_PER_S)), int(key), int(force)) for on, long, key, force in rows)
    return Score(parts=(Part(notes=notes, name="Piano"),), ticks_per_quarter=960, tempos=(TempoMark(0, 120.0),))


def test_cues_are_where_the_notes_are() -> None:
    cues = note_features(np.array([1.0, 1.0, 2.02]), np.array([0.5, 0.5, 0.5]), np.array([40, 76, 40]), np.array([127, 64, 127]))
    column = {name: cues[:, index] for index, name in enumerate(FEATURES)}
    assert column["bass"][25] == pytest.approx(1.0)
    assert column["top"][25] == pytest.approx(64 / 127, abs=1e-6)
    assert column["count"][25] == pytest.approx(np.log(3), abs=1e-6)
    assert column["bass"][50] == pytest.approx(0.5)  # between two rows: half on each
    assert column["bass"][51] == pytest.approx(0.5)
    assert cues.dtype == np.float32
    assert cues.shape == (int(np.ceil(2.02 / HOP_S)) + round(2.0 / HOP_S), len(FEATURES))


def test_cues_do_not_depend_on_the_order_of_notes_and_move_with_them() -> None:
    rows, _ = waltz()
    shuffled = np.random.default_rng(1).permutation(rows)
    first, second = (note_features(*one.T, frames=1000) for one in (rows, shuffled))
    np.testing.assert_allclose(first, second, atol=1e-6)
    later = note_features(rows[:, 0] + 10 * HOP_S, *rows.T[1:], frames=1000)
    struck = [index for index, name in enumerate(FEATURES) if name.startswith(("struck", "class", "bass", "novelty"))]
    np.testing.assert_allclose(later[60:900, struck], first[50:890, struck], atol=1e-5)


def test_no_notes_make_no_cues_and_bad_numbers_are_refused() -> None:
    none = np.zeros(0)
    assert note_features(none, none, none, none, frames=5).shape == (5, len(FEATURES))
    assert rhythm_of_notes(none, none, none, none) is None
    with pytest.raises(ValueError, match="one length"):
        note_features(np.zeros(2), np.zeros(1), np.zeros(2), np.zeros(2))
    with pytest.raises(ValueError, match="finite"):
        note_features(np.array([np.nan]), np.ones(1), np.ones(1), np.ones(1))


def test_chords_are_numbered_by_gaps() -> None:
    assert chord_numbers(np.array([0.0, 0.02, 0.045, 0.1])).tolist() == [0, 0, 0, 1]
    assert len(chord_numbers(np.zeros(0))) == 0


@pytest.mark.parametrize("breath", [0.0, 0.15])
def test_a_waltz_is_counted_in_three(breath: float) -> None:
    rows, beat_s = waltz(breath=breath)
    found = rhythm_of_notes(*rows.T)
    assert found is not None
    assert f_measure(beat_s, found.beats.time_s).f > 0.95
    assert f_measure(beat_s[::3], found.beats.downbeats_s).f > 0.9
    assert found.metre.beats_per_bar == 3
    assert found.tempo.bpm == pytest.approx(120, rel=0.1)


def test_rules_alone_follow_a_steady_pulse() -> None:
    rows, beat_s = waltz()
    found = rhythm_of_notes(*rows.T, engine="onset-weights")
    assert found is not None
    assert found.beats.engine == "played-beats/onset-weights"
    assert continuity(beat_s, found.beats.time_s).amlt > 0.9  # at twice or half the tempo, too: rules do not know


def test_readings_are_ranked_and_belong_together() -> None:
    rows, _ = waltz(breath=0.1)
    found = rhythm_of_notes(*rows.T)
    assert found is not None
    assert found.readings[0].kind == "first"
    confidences = [reading.confidence for reading in found.readings[1:]]
    assert confidences == sorted(confidences, reverse=True)
    assert 0 < sum(reading.confidence for reading in found.readings) <= 1
    assert {reading.kind for reading in found.readings} >= {"first", "metre", "half"}
    for reading in found.readings:
        assert (np.diff(reading.beats.time_s) > 0).all()
        assert reading.bpm == pytest.approx(60 / np.median(np.diff(reading.beats.time_s)), rel=0.05)
    assert sum([found.metre.confidence, *(share for _, share in found.metre.alternatives)]) == pytest.approx(1.0)


def test_written_scores_keep_their_beats_and_performances_get_their_own() -> None:
    written = builtin_score("bach-invention-4")
    assert not is_performance(written)
    rows, beat_s = waltz(beat_s=0.43, breath=0.1)
    played = as_performance(rows)
    assert is_performance(played)
    known = read_score(played)
    assert known.beats is not None
    assert known.metre is not None
    assert known.beats.engine == "played-beats/network"
    assert known.metre.beats_per_bar == 3
    assert known.rhythm_readings
    assert known.descriptors["bars"].value == (known.beats.position == 1).sum()
    assert f_measure(beat_s, known.beats.time_s).f > 0.9


def test_the_signature_of_a_recorder_that_nobody_told_is_not_believed() -> None:
    rows, _ = waltz(beat_s=0.43, breath=0.1)
    rows = rows[np.isin(rows[:, 2] % 12, (0, 2, 4, 5, 7, 9, 11))]
    rows[:, 2] += 4
    played = as_performance(rows)
    key = read_score(played).key
    assert key is not None
    assert key.name == "E major"
    told = read_score(replace(played, keys=(KeyMark(0, 0, "major"),))).key
    assert told is not None
    assert told.name == key.name
    meant = read_score(replace(played, keys=(KeyMark(0, -4, "minor"),))).key
    assert meant is not None
    assert meant.name == "F minor"


def test_a_click_that_was_followed_is_believed() -> None:
    random = np.random.default_rng(0)
    quarter = np.arange(200) / 2
    assert gathering(quarter + random.normal(0, 0.03, 200)) > 0.5
    assert gathering(random.uniform(0, 100, 200)) < 0.3
    steady = note_array(builtin_score("six-small-notes"))
    assert gathering(steady["onset_quarter"]) > 0.9


def test_a_few_notes_have_no_pulse() -> None:
    rows, _ = waltz(bars=1)
    assert rhythm_of_note_array(note_array(as_performance(rows))) is None
