"""A folder of pieces beside a folder of real ones."""

import json
from pathlib import Path

import numpy as np
import pytest

from hexachord.errors import InputError
from hexachord.journeys.set_reading import compare_sets, comparison_text, measure_folder
from hexachord.score.formats import save_score
from hexachord.score.model import MetreMark, Note, Part, Score

Q = 10080


def save(folder: Path, *, count: int, seed: int, steps: tuple[int, ...], grid: int) -> Path:
    folder.mkdir()
    rng = np.random.default_rng(seed)
    for number in range(count):
        pitch = 45 + np.cumsum(rng.choice(steps, 96)) % 36
        notes = tuple(Note(at * Q // grid, Q // grid, int(key)) for at, key in enumerate(pitch))
        save_score(Score(parts=(Part(notes=notes),), metres=(MetreMark(0, 4, 4),)), folder / f"{number}.mid")
    return folder


def test_sets_of_one_kind_are_alike(tmp_path: Path) -> None:
    real = measure_folder(save(tmp_path / "real", count=8, seed=1, steps=(-2, -1, 1, 2), grid=2), bars=8, structure=False)
    like = measure_folder(save(tmp_path / "like", count=6, seed=2, steps=(-2, -1, 1, 2), grid=2), bars=8, structure=False)
    other = measure_folder(save(tmp_path / "other", count=6, seed=3, steps=(-7, 0, 7), grid=4), bars=8, structure=False)
    near, far = compare_sets(like, real, resamples=20), compare_sets(other, real, resamples=20)
    assert near.pieces == (6, 8)
    assert near.distances["pitch_class_steps"].overlap > far.distances["pitch_class_steps"].overlap + 0.1
    low, high = near.distances["lengths"].overlap_interval
    assert low <= near.distances["lengths"].overlap <= high
    assert near.made["notes_per_bar"].mean == pytest.approx(8.0)
    assert far.made["notes_per_bar"].mean == pytest.approx(16.0, abs=4.0)
    assert near.made["h1"].low <= near.made["h1"].mean <= near.made["h1"].high
    text = comparison_text(near)
    assert "overlap with real" in text
    assert "copied from real ones" in text
    assert json.loads(json.dumps(near.to_json(), allow_nan=False))["pieces"] == {"made": 6, "real": 8}


def test_a_set_that_copies_is_told(tmp_path: Path) -> None:
    real = measure_folder(save(tmp_path / "real", count=5, seed=1, steps=(-5, -2, 2, 5), grid=2), structure=False)
    found = compare_sets(real, real, resamples=0)
    assert min(found.copied) >= 90
    assert found.shared > 0.9
    assert max(found.usual) < 40


def test_what_is_no_folder_of_music_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such folder"):
        measure_folder(tmp_path / "nowhere")
    (tmp_path / "noise.mid").write_bytes(b"no midi")
    with pytest.raises(InputError, match="no music"):
        measure_folder(tmp_path)
