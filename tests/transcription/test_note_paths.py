"""From chances to notes: struck again, ghosts without a tone, ends, beginnings between two frames."""

from dataclasses import replace

import numpy as np
import pytest

from hexachord.transcription import note_paths
from hexachord.transcription.note_paths import HEADS, NoteCourses, PathCosts, follow_notes

PITCHES = 5


def said(*notes: tuple[int, int, int], frames: int = 120, onset: float = 2.0, sounds: float = 4.0) -> np.ndarray:
    """Logits of notes (from, to, pitch): nothing begins, sounds or ends elsewhere."""
    heads = np.full((frames, HEADS, PITCHES), -6.0, dtype=np.float32)
    heads[:, 3:] = 0.0
    for first, last, pitch in notes:
        heads[first:last, 1, pitch] = sounds
        heads[first, 0, pitch] = onset
        heads[[first - 1, first + 1], 0, pitch] = onset - 2
        heads[last - 1 : last + 2, 2, pitch] = 2.0
    return heads


def follow(heads: np.ndarray, costs: PathCosts = PathCosts()) -> list[tuple[int, int, int]]:
    found = follow_notes(heads.reshape(len(heads), HEADS * PITCHES), costs)
    return [(round(a), round(b), int(pitch)) for a, b, pitch in zip(found.onset, found.end, found.pitch, strict=True)]


def test_notes_and_order() -> None:
    notes = [(10, 40, 1), (10, 30, 3), (60, 90, 0)]
    assert follow(said(*notes)) == notes


def test_a_key_struck_again() -> None:
    heads = said((10, 70, 2))
    heads[40, 0, 2], heads[[39, 41], 0, 2] = 2.0, 0.0
    assert follow(heads) == [(10, 40, 2), (40, 70, 2)]


def test_a_faint_beginning_is_one_after_silence_and_none_within_a_note() -> None:
    assert follow(said((10, 30, 2), (60, 90, 2), onset=-0.2)) == [(10, 30, 2), (60, 90, 2)]
    heads = said((10, 70, 2))
    heads[40, 0, 2], heads[[39, 41], 0, 2] = -0.2, -2.2
    assert follow(heads) == [(10, 70, 2)]
    assert follow(heads, replace(PathCosts(), least_again=0.2)) == [(10, 40, 2), (40, 70, 2)]


def test_a_beginning_without_a_tone_is_none() -> None:
    weak = said((10, 40, 1), onset=0.0)
    silent = weak.copy()
    silent[:, 1] = -6.0
    assert len(follow(weak)) == 1
    assert follow(silent) == []


def test_a_tone_without_a_beginning_is_none() -> None:
    heads = said((10, 40, 1))
    heads[:, 0] = -6.0
    assert follow(heads) == []


def test_a_gap_in_what_sounds_is_no_end() -> None:
    heads = said((10, 60, 1))
    heads[30:32, 1, 1] = -1.0
    assert follow(heads) == [(10, 60, 1)]


def test_a_note_may_last_to_the_end() -> None:
    heads = said((100, 120 - 2, 1))
    heads[100:, 1, 1], heads[105:, 2, 1] = 4.0, -6.0
    (note,) = follow(heads)
    assert note[0] == 100
    assert note[1] >= 118


def test_between_two_frames() -> None:
    heads = said((10, 40, 1))
    heads[:, 4, 1] = 0.4
    assert follow_notes(heads.reshape(len(heads), HEADS * PITCHES)).onset[0] == pytest.approx(10.4)


def test_shyer_costs_find_no_more() -> None:
    random = np.random.default_rng(0)
    heads = random.normal(-2.0, 2.0, (400, HEADS, PITCHES)).astype(np.float32)
    eager, shy = (len(follow(heads, replace(PathCosts(), least_onset=chance))) for chance in (0.2, 0.8))
    assert 0 < shy < eager


def test_half_precision_and_nothing() -> None:
    heads = said((10, 40, 1), (50, 70, 3))
    assert follow(heads.astype(np.float16)) == follow(heads)
    assert follow(heads[:0]) == []


@pytest.mark.parametrize("frames", [1, 2, 7, 299])
def test_blocks_of_memory_make_no_difference(monkeypatch: pytest.MonkeyPatch, frames: int) -> None:
    heads = np.random.default_rng(1).normal(-1.5, 2.0, (300, HEADS, PITCHES)).astype(np.float32).reshape(300, -1)
    whole = follow_notes(heads)
    monkeypatch.setattr(note_paths, "_BLOCK_FRAMES", frames)
    again = follow_notes(heads)
    assert len(whole.onset) > 20
    for column in ("onset", "end", "pitch", "velocity", "chance", "candidate"):
        np.testing.assert_array_equal(getattr(again, column), getattr(whole, column))


def best_by_trying(heads: np.ndarray, costs: PathCosts) -> float:
    """The most that any course of one pitch is worth, over all courses (silent, begins, goes on in every frame)."""
    from itertools import product

    logits = heads[:, :, 0].astype(np.float64)
    each = np.pad(1 / (1 + np.exp(-logits[:, 0])), 1)
    chance = np.clip((each[:-2] + each[1:-1] + each[2:]) / 2, 1e-3, 1 - 1e-3)
    peak = (each[1:-1] >= each[:-2]) & (each[1:-1] > each[2:]) & (chance >= costs.earliest)
    base = [np.log(value / (1 - value)) for value in (costs.least_onset, costs.least_again, costs.least_sounding)]
    best = -np.inf
    for course in product("s+-", repeat=len(heads)):  # silent, a note begins, it goes on
        worth, before = 0.0, "s"
        for frame, now in enumerate(course):
            if (now == "+" and not peak[frame]) or (now == "-" and before == "s"):
                worth = -np.inf
                break
            if now == "+":
                worth += costs.onset * (np.log(chance[frame] / (1 - chance[frame])) - base[before != "s"])
            if now == "s" and before != "s":
                worth += costs.end * np.clip(logits[frame, 2], -6, 6) - costs.end_cost
            if now != "s":
                worth += costs.sounding * np.clip(logits[frame, 1] - base[2], -6, 6)
            before = now
        best = max(best, worth)
    return best


def test_no_other_course_is_better() -> None:
    for seed in range(12):
        heads = np.random.default_rng(seed).normal(-0.5, 2.0, (8, HEADS, 1)).astype(np.float32)
        costs = PathCosts()
        courses = NoteCourses(costs)
        courses.hear(heads.reshape(8, -1))
        courses.close()
        found = max(courses._silent[0], courses._sounds[0])
        assert found == pytest.approx(best_by_trying(heads, costs), abs=1e-4)


def test_candidates_are_counted_in_the_order_in_which_they_are_told() -> None:
    heads = np.random.default_rng(3).normal(-1.5, 2.0, (200, HEADS, PITCHES)).astype(np.float32).reshape(200, -1)
    courses = NoteCourses()
    told = [courses.hear(heads[first : first + 30]) for first in range(0, 200, 30)] + [courses.close()]
    frame, pitch = (np.concatenate(parts) for parts in zip(*told, strict=True))
    notes = courses.notes()
    assert 0 < len(notes.onset) < len(frame)
    assert (pitch[notes.candidate] == notes.pitch).all()
    assert (np.abs(frame[notes.candidate] - notes.onset) <= 1.0).all()
