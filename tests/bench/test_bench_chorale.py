"""The bench of chorales: its scores, its rules, and how likelihoods are told."""

from pathlib import Path

import numpy as np
import pytest

from hexachord.bench.chorale import ChoraleItem, load_chorales, score, summary, training_chorales
from hexachord.bench.chorale_likelihood import likelihoods
from hexachord.bench.chorale_rules import ChoraleRules, set_again
from hexachord.bench.harness import BenchItem


def setting(move: int = 0) -> np.ndarray:
    chords = np.array([(72, 67, 64, 48), (71, 67, 62, 55), (69, 65, 60, 53), (71, 67, 62, 43), (72, 67, 64, 48)] * 4)
    return np.repeat(chords, 4, axis=0) + move


def test_rules_know_what_followed_and_what_was_copied():
    rules = ChoraleRules.of([setting()])
    for made in (rules.markov(setting(2)[:, 0]), rules.copied(setting(2)[:, 0])):
        assert made.shape == (80, 4)
        assert (made[:, 0] == setting(2)[:, 0]).all()
        assert (made == setting(2)).mean() > 0.9


def test_another_setting_of_a_tune_is_found_in_any_key():
    other = setting(-3)
    other[:40, 1] += 1
    assert set_again(setting(), [setting() * 0 + 60, other]) == pytest.approx(1.0 - 40 / 240)
    assert set_again(setting(), [setting() * 0 + 60]) is None


def test_accuracy_is_of_the_lower_voices_and_faults_are_counted():
    item = ChoraleItem("test/000", setting(), True, 0.5)
    made = setting()
    made[:20, 3] += 1
    found = score(item, {"": made, "sample_": setting(), "best_": setting()})
    assert found["pitch_acc"] == pytest.approx(1.0 - 20 / 240)
    assert found["bass_acc"] == pytest.approx(0.75)
    assert (found["sample_pitch_acc"], found["again_bach_pitch_acc"], found["original_moves"]) == (1.0, 0.5, 16.0)
    assert found["note_nll"] > 0.0


def test_faults_are_pooled_over_pieces():
    def row(faults: float, moves: float) -> dict[str, float]:
        kinds = dict.fromkeys(("hidden_fifths", "hidden_octaves", "crossing", "overlap", "spacing", "range", "leap"), 0.0)
        return {"parallel_fifths": faults, "parallel_octaves": 0.0, **kinds, "moves": moves}

    items = []
    for name, (made, bach) in {"a": (2.0, 1.0), "b": (0.0, 3.0)}.items():
        counts = {
            f"{who}{kind}": value
            for who, n in (("best_", made), ("sample_", made), ("original_", bach))
            for kind, value in row(n, 50.0).items()
        }
        accuracies = dict.fromkeys(
            ("pitch_acc", "sample_pitch_acc", "best_pitch_acc", "note_nll", "frame_nll", "frame_nll_guessed", "frame_nll_forward"), 0.5
        )
        items.append(BenchItem(id=name, metrics={**accuracies, **counts}))
    means = summary(items)
    assert (means["best_parallel_fifths"], means["original_parallel_fifths"]) == (2.0, 4.0)
    assert means["parallels_ratio"] == 0.5
    assert means["parallels_ratio_low"] <= 0.5 <= means["parallels_ratio_high"]
    assert means["pieces"] == 2.0
    assert summary([]) == {}


def test_likelihoods_are_the_same_each_time_and_better_than_chance():
    found = likelihoods(setting(), moments=6)
    assert found == likelihoods(setting(), moments=6)
    assert 0.0 < found["note_nll"] < np.log(40)
    assert 0.0 < found["frame_nll"] < 4 * np.log(40)


def test_missing_data_is_named(tmp_path: Path):
    assert load_chorales(tmp_path) == ((), ("jsb_chorales: no such folder",))
    assert training_chorales(tmp_path) == ()


def test_nothing_of_the_bench_teaches(data_dir):
    training = training_chorales(data_dir)
    items, skipped = load_chorales(data_dir, training=training)
    assert len(items) == 75
    assert [line.partition(":")[0] for line in skipped] == ["test/008", "test/049"]
    assert 0.2 < np.mean([item.new_tune for item in items]) < 0.9
    assert 0.4 < np.mean([item.again for item in items if item.again is not None]) < 0.55
