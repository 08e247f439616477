"""Empty, unsorted, two-dimensional, silent: metrics say what is wrong, or give the number the definition gives."""

import json

import numpy as np
import pytest

from hexachord.metrics import beat, chord, drum, intervals, key, matching, melody, onset, segment, separation, tempo, transcription

NONE = np.zeros(0)
NO_INTERVALS = np.zeros((0, 2))


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (np.array([2.0, 1.0]), "ascending order"),
        (np.zeros((2, 2)), "one dimension"),
        (np.array([1.0, np.nan]), "NaN"),
        (np.array([44100.0]), "in seconds"),
        ([1.0, 2.0], "numpy array"),
    ],
)
@pytest.mark.parametrize("metric", [beat.f_measure, onset.f_measure, beat.continuity, beat.cemgil, beat.p_score])
def test_malformed_events_are_named(metric, bad, message):
    with pytest.raises(ValueError, match=message):
        metric(np.array([1.0, 2.0]), bad)
    with pytest.raises(ValueError, match="reference"):
        metric(bad, np.array([1.0, 2.0]))


def test_empty_events_score_zero():
    beats = np.array([1.0, 2.0, 3.0])
    for reference, estimated in ((NONE, beats), (beats, NONE), (NONE, NONE)):
        assert set(beat.evaluate(reference, estimated).values()) == {0.0}
        assert set(onset.evaluate(reference, estimated).values()) == {0.0}


def test_identical_beats_are_perfect_and_nothing_is_trimmed():
    beats = np.arange(0.1, 10, 0.5)
    assert set(beat.evaluate(beats, beats).values()) == {1.0}
    assert beat.evaluate(beats, beats[beats > 5])["recall"] < 0.6
    assert beat.evaluate(beats, beats[beats > 5], trim_s=5.0)["recall"] == 1.0


def test_a_late_chart_is_found_out():
    beats = np.arange(0.5, 20, 0.4)
    offset = beat.best_constant_offset_s(beats, beats - 0.12)
    assert offset == pytest.approx(0.12, abs=0.071)
    assert beat.f_measure(beats, beats - 0.12 + offset).f == 1.0
    assert beat.best_constant_offset_s(beats, beats) == 0.0


def test_greedy_and_bipartite_matching_agree():
    rng = np.random.default_rng(3)
    for _ in range(50):
        reference, estimated = np.sort(rng.uniform(0, 5, 40)), np.sort(rng.uniform(0, 5, 30))
        greedy = matching.match_events(reference, estimated, window_s=0.1)
        i, j = matching.pairs_within(reference, estimated, window_s=0.1)
        best = matching.match_pairs(i, j, reference=40, estimated=30)
        assert len(greedy) == len(best)
        for pairs in (greedy, best):
            assert len(set(pairs[:, 0])) == len(set(pairs[:, 1])) == len(pairs)
            assert (np.abs(reference[pairs[:, 0]] - estimated[pairs[:, 1]]) <= 0.1 + 1e-12).all()


def test_matching_is_maximal_where_greed_by_distance_fails():
    assert len(matching.match_events(np.array([1.0, 1.08]), np.array([1.07, 1.14]), window_s=0.07)) == 2


def test_drums_leave_out_what_is_not_played():
    reference = {"kick": np.array([1.0, 2.0]), "snare": NONE}
    scores = drum.evaluate(reference, {"kick": np.array([1.0]), "snare": np.array([3.0])})
    assert scores == {"kick_f": pytest.approx(2 / 3), "mean_f": pytest.approx(2 / 3)}
    assert drum.evaluate({}, {}) == {}
    with pytest.raises(ValueError, match="estimated snare onsets"):
        drum.evaluate(reference, {"snare": np.array([2.0, 1.0])})


def test_tempo():
    assert tempo.evaluate(120.0, [60.0, 121.0]) == {"acc1": 0.0, "acc2": 1.0, "top2": 1.0}
    assert tempo.evaluate(120.0, []) == {"acc1": 0.0, "acc2": 0.0, "top2": 0.0}
    assert tempo.accuracy_2(120.0, 40.0)
    assert not tempo.accuracy_2(120.0, 90.0)
    with pytest.raises(ValueError, match="reference tempo"):
        tempo.accuracy_1(0.0, 120.0)
    with pytest.raises(ValueError, match="estimated tempo"):
        tempo.accuracy_1(120.0, float("nan"))
    with pytest.raises(ValueError, match="weight"):
        tempo.p_score((60, 120), 1.5, [60, 120])


def test_key():
    assert key.evaluate("C major", "F major") == {"tonic": 0.0, "tonic_or_fifth": 1.0, "weighted": 0.0}
    assert key.weighted_score("C major", "F major", descending_fifths=True) == 0.5
    with pytest.raises(ValueError, match="estimated key"):
        key.evaluate("C major", "H major")
    with pytest.raises(ValueError, match="reference key"):
        key.evaluate("C", "C major")


def test_chords_crop_and_fill():
    reference = np.array([[0.0, 4.0]])
    assert chord.evaluate(reference, ["C:maj"], np.array([[1.0, 9.0]]), ["C:maj"])["majmin"] == 0.75
    assert chord.evaluate(reference, ["C:maj"], NO_INTERVALS, [])["root"] == 0.0
    assert chord.evaluate(reference, ["N"], NO_INTERVALS, [])["root"] == 1.0


def test_chords_pool_by_duration():
    long = chord.compare(np.array([[0.0, 3.0]]), ["C:maj"], np.array([[0.0, 3.0]]), ["C:maj"])
    short = chord.compare(np.array([[0.0, 1.0]]), ["C:maj"], np.array([[0.0, 1.0]]), ["D:min"])
    unknown = chord.compare(np.array([[0.0, 9.0]]), ["X"], np.array([[0.0, 9.0]]), ["D:min"])
    assert chord.pool([long, short, unknown])["majmin"] == 0.75
    assert "majmin" not in unknown.scores()


def test_malformed_chords_are_named():
    good = np.array([[0.0, 1.0], [1.0, 2.0]])
    with pytest.raises(ValueError, match="overlap"):
        chord.evaluate(np.array([[0.0, 1.5], [1.0, 2.0]]), ["C", "D"], good, ["C", "D"])
    with pytest.raises(ValueError, match="2 intervals but 1 labels"):
        chord.evaluate(good, ["C"], good, ["C", "D"])
    with pytest.raises(ValueError, match="Harte"):
        chord.evaluate(good, ["C", "D"], good, ["C", "Dm"])
    with pytest.raises(ValueError, match=r"\(n, 2\)"):
        chord.evaluate(good.ravel(), ["C", "D"], good, ["C", "D"])
    with pytest.raises(ValueError, match="cut both"):
        chord.root(["C"], ["C", "D"])


def test_sections():
    reference = np.array([[0.0, 10.0], [10.0, 20.0]])
    perfect = segment.evaluate(reference, ["a", "b"], reference, ["x", "y"])
    assert all(value == pytest.approx(1.0) for value in perfect.values())
    assert segment.evaluate(reference, ["a", "b"], NO_INTERVALS, [])["hit_05_trimmed"] == 0.0
    with pytest.raises(ValueError, match="does not end after"):
        segment.hit_rate(reference, np.array([[1.0, 1.0]]), window_s=0.5)
    with pytest.raises(ValueError, match="start at"):
        segment.pairwise(reference + 1, ["a", "b"], reference, ["a", "b"])
    with pytest.raises(ValueError, match="no sections"):
        segment.evaluate(NO_INTERVALS, [], reference, ["a", "b"])


def test_common_intervals_cut_both():
    common, first, second = intervals.common_intervals(np.array([[0.0, 2.0], [2.0, 4.0]]), np.array([[0.0, 3.0], [3.0, 4.0]]))
    assert common.tolist() == [[0, 2], [2, 3], [3, 4]]
    assert first.tolist() == [0, 1, 1]
    assert second.tolist() == [0, 0, 1]


def test_melody():
    times, f0 = np.arange(10) * 0.01, np.full(10, 220.0)
    assert melody.evaluate(times, f0, NONE, NONE) == {"rpa": 0, "rca": 0, "oa": 0, "voicing_recall": 0, "voicing_false_alarm": 0}
    assert melody.evaluate(times, f0, times, -f0)["rpa"] == 1.0
    assert melody.evaluate(times, f0, times, -f0)["oa"] == 0.0
    assert set(melody.evaluate(NONE, NONE, times, f0).values()) == {0.0}
    with pytest.raises(ValueError, match="equal lengths"):
        melody.evaluate(times, f0, times, f0[:-1])
    with pytest.raises(ValueError, match="NaN"):
        melody.evaluate(times, f0, times, f0 * np.nan)
    with pytest.raises(ValueError, match="ascending"):
        melody.evaluate(times, f0, times[::-1], f0)
    with pytest.raises(ValueError, match=r"\[0, 1\]"):
        melody.evaluate(times, f0, times, f0, estimated_voicing=f0)


def test_notes_with_a_constant_delay():
    onset_s = np.arange(40) * 0.3
    reference, pitch = np.stack([onset_s, onset_s + 0.25], axis=1), np.arange(40) + 40
    late = transcription.shift(reference, by_s=0.07)
    scores = transcription.evaluate(reference, pitch, late, pitch, reference_velocity=pitch, estimated_velocity=pitch * 0.5)
    assert scores["delay_s"] == pytest.approx(0.07)
    assert (scores["onset_f"], scores["onset_f_aligned"], scores["onset_offset_f_aligned"]) == (0.0, 1.0, 1.0)
    assert scores["velocity_r"] == pytest.approx(1.0)
    assert scores["velocity_f"] == 1.0


def test_note_edges():
    reference, pitch = np.array([[0.0, 1.0]]), np.array([60])
    empty = transcription.evaluate(reference, pitch, NO_INTERVALS, NONE)
    assert set(empty.values()) == {0.0}
    exact = np.array([[0.05, 1.0]])
    assert transcription.note_f(reference + 0.35, pitch, exact + 0.35, pitch).f == 1.0  # 50 ms is a hit, whatever 0.4 - 0.35 is
    assert transcription.note_f(reference, pitch, exact, pitch + 0.5).f == 1.0
    assert transcription.note_f(reference, pitch, exact, pitch + 0.51).f == 0.0
    with pytest.raises(ValueError, match="MIDI numbers, not Hz"):
        transcription.note_f(reference, pitch, reference, np.array([440.0]))
    with pytest.raises(ValueError, match="1 notes but pitches"):
        transcription.note_f(reference, pitch, reference, np.array([60.0, 61.0]))
    assert np.isnan(transcription.velocity_r(reference, pitch, pitch, reference, pitch, pitch))


def test_note_matching_is_fast_enough_for_a_long_recording():
    rng = np.random.default_rng(1)
    onset_s = np.sort(rng.uniform(0, 3600, 60_000))
    notes, pitch = np.stack([onset_s, onset_s + 0.2], axis=1), rng.integers(30, 90, 60_000)
    assert transcription.note_f(notes, pitch, notes, pitch).f == 1.0


def test_separation():
    rng = np.random.default_rng(2)
    reference, other = rng.standard_normal((2, 2, 4000)).astype(np.float32)
    mixture = reference + other
    assert separation.sdr_db(reference, reference) == 120.0
    assert separation.sdr_db(reference, 0 * reference) == pytest.approx(0.0)
    assert separation.si_sdr_db(reference, 0 * reference) == -120.0
    assert separation.si_sdr_db(reference, 3 * mixture) == pytest.approx(separation.si_sdr_db(reference, mixture))
    assert separation.si_sdri_db(reference, mixture, mixture) == 0.0
    assert separation.residual_db(mixture, {"a": reference, "b": other}) < -100
    assert separation.residual_db(mixture, {"a": 0.9 * mixture}) == pytest.approx(-20.0, abs=1e-4)
    scores = separation.evaluate({"a": reference, "silent": 0 * reference}, {"a": mixture, "silent": mixture}, mixture=mixture)
    assert set(scores) == {"sdr_a", "si_sdr_a", "si_sdri_a"}
    with pytest.raises(ValueError, match="shape"):
        separation.sdr_db(reference, reference[0])
    with pytest.raises(ValueError, match="silent"):
        separation.sdr_db(0 * reference, reference)
    with pytest.raises(ValueError, match="NaN"):
        separation.sdr_db(reference, reference * np.nan)


def test_results_are_plain_numbers():
    beats = np.arange(1, 10, 0.5)
    json.dumps([beat.evaluate(beats, beats), tempo.evaluate(100, [100]), onset.evaluate(beats, beats)])
