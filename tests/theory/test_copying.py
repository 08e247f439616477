"""The memorisation check."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hexachord.theory.copying import CopiedRun, Words, copy_index, longest_copied_run, note_words, own_runs, shared_ngrams


def song(seed: int, count: int = 200) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return np.cumsum(rng.choice([0.25, 0.5, 1.0], count)), rng.integers(48, 84, count)


def words(seed: int, **options: str) -> Words:
    return note_words(*song(seed), **options)  # type: ignore[arg-type]


def with_run(
    seed: int, other: int, *, at: int, begin: int, notes: int, shift: int = 0, slower: float = 1.0
) -> tuple[np.ndarray, np.ndarray]:
    """A song into which a run of another is copied."""
    onset, pitch = song(seed)
    source_onset, source_pitch = song(other)
    gap = np.diff(onset, prepend=0.0)
    gap[at + 1 : at + notes] = np.diff(source_onset)[begin : begin + notes - 1] * slower
    pitch[at : at + notes] = source_pitch[begin : begin + notes] + shift
    return np.cumsum(gap), pitch


def test_a_copied_run_is_found_in_any_key_and_tempo() -> None:
    index = copy_index([words(seed) for seed in range(20)], [f"song {seed}" for seed in range(20)])
    found = longest_copied_run(note_words(*with_run(99, 7, at=50, begin=30, notes=24, shift=5, slower=2.0)), index)
    assert found.source == "song 7"
    assert 23 <= found.notes <= 24  # the first ratio of times belongs to what was before, unless that agrees by chance
    assert abs(found.start - 50) <= 1
    assert abs(found.source_start - 30) <= 1
    assert longest_copied_run(words(98), index).notes < 10


def test_an_exact_copy_is_of_one_key_and_tempo() -> None:
    index = copy_index([words(seed, kind="exact") for seed in range(20)], kind="exact")
    same = longest_copied_run(note_words(*with_run(99, 7, at=50, begin=30, notes=24), kind="exact"), index)
    moved = longest_copied_run(note_words(*with_run(99, 7, at=50, begin=30, notes=24, shift=1), kind="exact"), index)
    assert (same.source, same.notes) == ("7", 23)  # when its first note comes is not copied
    assert moved.notes < 6


@given(st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_as_a_plain_search_finds_it(seed: int) -> None:
    rng = np.random.default_rng(seed)
    alphabet = rng.integers(0, 1 << 60, 3, dtype=np.uint64)
    corpus = [alphabet[rng.integers(0, 3, int(size))] for size in rng.integers(0, 30, 4)]
    query = alphabet[rng.integers(0, 3, int(rng.integers(1, 40)))]
    longest = 0
    for start in range(len(query)):
        for piece in corpus:
            for other in range(len(piece)):
                size = 0
                while start + size < len(query) and other + size < len(piece) and query[start + size] == piece[other + size]:
                    size += 1
                longest = max(longest, size)
    index = copy_index(corpus, kind="exact")
    found = longest_copied_run(query, index)
    assert found.notes == longest
    if longest:
        copied = corpus[int(found.source)][found.source_start : found.source_start + longest]
        np.testing.assert_array_equal(copied, query[found.start : found.start + longest])
    if len(query) >= 2:
        pairs = {tuple(piece[at : at + 2].tolist()) for piece in corpus for at in range(len(piece) - 1)}
        expected = np.mean([tuple(query[at : at + 2].tolist()) in pairs for at in range(len(query) - 1)])
        assert shared_ngrams(query, index, length=2) == pytest.approx(expected)


def test_a_run_never_crosses_from_piece_to_piece() -> None:
    whole = words(1)
    index = copy_index([whole[:100], whole[100:]], kind="exact")
    assert longest_copied_run(whole, index).notes == 100


def test_a_piece_is_not_its_own_source() -> None:
    pieces = [words(seed) for seed in range(5)]
    names = [str(seed) for seed in range(5)]
    assert own_runs(pieces, names).max() < 10
    index = copy_index(pieces, names)
    assert longest_copied_run(pieces[2], index).notes == 200
    assert shared_ngrams(pieces[2], index) == 1.0
    assert shared_ngrams(pieces[2], index, exclude="2") < 0.05


def test_nothing_is_copied_from_nothing() -> None:
    none = note_words(np.zeros(0), np.zeros(0, dtype=np.int64))
    assert longest_copied_run(words(1), copy_index([])) == CopiedRun(0)
    assert longest_copied_run(none, copy_index([words(1)])) == CopiedRun(0)
    assert np.isnan(shared_ngrams(none, copy_index([words(1)])))
    with pytest.raises(ValueError, match="loose"):
        words(1, kind="loose")


def test_the_play_of_fingers_is_forgiven() -> None:
    onset, pitch = song(3)
    late = onset + np.random.default_rng(0).uniform(-0.03, 0.03, len(onset))
    assert (note_words(late, pitch) == words(3)).all()


@given(st.floats(-2.0, 2.0))
def test_where_a_file_begins_does_not_matter(offset: float) -> None:
    onset, pitch = song(4)
    assert (note_words(onset + offset, pitch) == words(4)).all()
