"""Splits: nothing is torn apart, classes are spread, the same seed draws the same, and what is impossible is explained."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from small_music import toy

from hexachord.errors import InputError
from hexachord.learning.datasets.dataset import Dataset, Track
from hexachord.learning.datasets.dealing import deal, spread
from hexachord.learning.datasets.split import Fold, Split
from hexachord.learning.datasets.split_files import load_split, save_split
from hexachord.learning.datasets.splitting import SplitOptions, default_group, make_split
from hexachord.learning.datasets.subsets import cut_into_chunks, limit_dataset, subsample_majority

KINDS = [
    SplitOptions(),
    SplitOptions(kind="hold-out", test_share=0.25),
    SplitOptions(kind="hold-out", test_share=0.25, valid_share=0.25),
    SplitOptions(kind="repeated", repeats=3),
    SplitOptions(kind="leave-one-group-out", group="album"),
    SplitOptions(folds=3, valid_share=0.2, stratified=False),
]


def rows_of(fold: Fold) -> list[int]:
    return sorted([*fold.train.tolist(), *fold.valid.tolist(), *fold.test.tolist()])


@pytest.mark.parametrize("options", KINDS)
def test_every_track_has_one_side_and_no_album_two(options: SplitOptions) -> None:
    dataset = toy({"a": 30, "b": 18, "c": 12}, albums=6)
    split = make_split(dataset, options)
    albums = np.array(dataset.groups("album"))
    for fold in split.folds:
        assert rows_of(fold) == list(range(len(dataset)))
        sides = [set(albums[side]) for side in (fold.train, fold.valid, fold.test)]
        assert not sides[0] & sides[2]
        assert not sides[0] & sides[1]
        assert not sides[1] & sides[2]
        assert set(dataset.targets()[fold.train]) == {0, 1, 2}
    assert split.group == "album"
    assert "album" in split.rule


def test_k_folds_judge_every_track_once_and_classes_are_spread() -> None:
    dataset = toy({"a": 50, "b": 25, "c": 10})
    split = make_split(dataset, SplitOptions(folds=5, seed=3))
    assert sorted(np.concatenate([fold.test for fold in split.folds]).tolist()) == list(range(85))
    counts = np.array([np.bincount(dataset.targets()[fold.test], minlength=3) for fold in split.folds])
    np.testing.assert_array_equal(counts, [[10, 5, 2]] * 5)
    assert split.group == "song"


def test_unstratified_differs_and_seeds_decide() -> None:
    dataset = toy({"a": 40, "b": 40}, albums=8)
    one, same, other = (make_split(dataset, SplitOptions(seed=seed)) for seed in (1, 1, 2))
    assert all(np.array_equal(x.test, y.test) for x, y in zip(one.folds, same.folds, strict=True))
    assert not all(np.array_equal(x.test, y.test) for x, y in zip(one.folds, other.folds, strict=True))
    repeated = make_split(dataset, SplitOptions(kind="repeated", repeats=4))
    assert len({tuple(fold.test) for fold in repeated.folds}) == 4


def test_small_classes_stand_on_both_sides_of_every_hold_out() -> None:
    dataset = toy({"a": 2, "b": 2, "c": 6, "d": 3})
    for fold in make_split(dataset, SplitOptions(kind="repeated", repeats=20, test_share=0.2)).folds:
        assert set(dataset.targets()[fold.test]) == {0, 1, 2, 3}
        assert set(dataset.targets()[fold.train]) == {0, 1, 2, 3}
        assert len(fold.test) == 4


def test_artist20_sizes_come_near_the_shares() -> None:
    random = np.random.default_rng(0)
    tracks = [
        Track(id=f"{artist}/{album}/{song}", labels=(f"{artist}",), groups={"album": f"{artist}/{album}", "artist": f"{artist}"})
        for artist in range(20)
        for album in range(6)
        for song in range(int(random.integers(8, 16)))
    ]
    dataset = Dataset(name="twenty", tracks=tuple(tracks))
    fold = make_split(dataset, SplitOptions(kind="hold-out", test_share=1 / 6, valid_share=0.2)).folds[0]
    assert abs(len(fold.test) / len(tracks) - 1 / 6) < 0.03
    assert abs(len(fold.valid) / len(tracks) - 1 / 6) < 0.03
    per_class = np.bincount(dataset.targets()[fold.test], minlength=20) / np.bincount(dataset.targets())
    assert per_class.min() > 0.08  # one album of six each
    assert per_class.max() < 0.26


def test_the_finest_safe_group_is_the_default() -> None:
    assert default_group(toy({"a": 4, "b": 4}, albums=2)) == "album"
    assert default_group(toy({"a": 4, "b": 4})) == "song"  # its artist is the label: never that
    notes = Dataset(name="n", tracks=tuple(Track(id=str(i), labels=("x",), groups={"instrument": str(i % 2)}) for i in range(4)))
    assert default_group(notes) == "instrument"


@pytest.mark.parametrize(
    ("dataset", "options", "said"),
    [
        (toy({"a": 5, "b": 1}), SplitOptions(), "'b' with one song alone"),
        (toy({"a": 4, "b": 4}, albums=1), SplitOptions(), "every class with one album alone.*--group song"),
        (toy({"a": 4, "b": 4}), SplitOptions(group="artist"), "every class with one artist alone"),
        (toy({"a": 4}), SplitOptions(), "one class alone"),
        (toy({"a": 4, "b": 4}), SplitOptions(group="album"), "a kind of group that toy has: artist, song"),
        (toy({"a": 2, "b": 2}), SplitOptions(folds=5), "2 to 4, the number of groups"),
        (toy({"a": 4, "b": 4}), SplitOptions(kind="given"), "0 train, 0 valid, 0 test"),
        (toy({"a": 4, "b": 4}), SplitOptions(kind="holdout"), "one of hold-out"),
        (toy({"a": 4, "b": 4}), SplitOptions(kind="hold-out", test_share=1.5), "shares between 0 and 1"),
        (toy({"a": 4, "b": 4}), SplitOptions(group="chunk"), "--i-know-this-leaks"),
    ],
)
def test_impossible_splits_are_explained(dataset: Dataset, options: SplitOptions, said: str) -> None:
    with pytest.raises(InputError, match=said):
        make_split(dataset, options)


def test_a_class_that_only_one_group_holds_cannot_be_left_out() -> None:
    dataset = toy({"a": 6, "b": 6}, albums=3)
    tracks = tuple(
        replace(track, groups={**track.groups, "series": track.id[-1] if track.label == "a" else "one"}) for track in dataset.tracks
    )
    with pytest.raises(InputError, match="'b' with one series alone"):
        make_split(replace(dataset, tracks=tracks), SplitOptions(kind="leave-one-group-out", group="series"))


def test_given_sides() -> None:
    sides = ["train", "train", "valid", "test", "test"] * 2
    tracks = tuple(Track(id=str(i), labels=("ab"[i >= 5],), side=side) for i, side in enumerate(sides))
    dataset = Dataset(name="sided", tracks=tracks)
    fold = make_split(dataset, SplitOptions(kind="given")).folds[0]
    assert (fold.train.tolist(), fold.valid.tolist(), fold.test.tolist()) == ([0, 1, 5, 6], [2, 7], [3, 4, 8, 9])
    fold = make_split(dataset, SplitOptions(kind="given", judged_on="valid")).folds[0]
    assert (fold.valid.tolist(), fold.test.tolist()) == ([], [2, 7])
    unseen = Dataset(name="sided", tracks=(*tracks, Track(id="x", labels=("new",), side="test")))
    with pytest.raises(InputError, match="'new', of which nothing is left to learn from"):
        make_split(unseen, SplitOptions(kind="given"))


def test_unlabelled_tracks_are_on_no_side() -> None:
    dataset = toy({"a": 4, "b": 4})
    dataset = replace(dataset, tracks=(*dataset.tracks, Track(id="z")))
    assert all(8 not in rows_of(fold) for fold in make_split(dataset, SplitOptions(folds=2)).folds)


def test_chunks_keep_their_song_unless_somebody_knows_better() -> None:
    dataset = toy({"a": 4, "b": 4})
    chunks = cut_into_chunks(dataset, dict.fromkeys(dataset.ids, 10.4), chunk_s=2.0)
    assert len(chunks) == 40
    assert [track.end_s for track in chunks.tracks[:5]] == [2.0, 4.0, 6.0, 8.0, 10.0]
    songs = np.array(chunks.groups("song"))
    for fold in make_split(chunks, SplitOptions(folds=2)).folds:
        assert not set(songs[fold.train]) & set(songs[fold.test])
    leaky = make_split(chunks, SplitOptions(folds=2, group="chunk", i_know_this_leaks=True))
    assert leaky.leaks_on_purpose
    assert all(set(songs[fold.train]) & set(songs[fold.test]) for fold in leaky.folds)


def test_several_labels_are_spread_too() -> None:
    random = np.random.default_rng(5)
    tracks = tuple(
        Track(
            id=f"{i:03d}", labels=tuple(name for name, share in (("drums", 0.5), ("sax", 0.1), ("voice", 0.3)) if random.random() < share)
        )
        for i in range(200)
    )
    dataset = Dataset(name="many", tracks=tracks)
    whole = dataset.indicators().mean(axis=0)
    for fold in make_split(dataset, SplitOptions()).folds:
        np.testing.assert_allclose(dataset.indicators()[fold.test].mean(axis=0), whole, atol=0.03)


def test_dealing_gives_shares_and_spread_mends() -> None:
    counts = np.eye(3, dtype=np.int64)[np.repeat([0, 1, 2], [60, 30, 10])]
    dealt = deal(counts, np.ones(100, np.int64), shares=np.array([0.7, 0.2, 0.1]), random=np.random.default_rng(0))
    np.testing.assert_array_equal([counts[dealt == b].sum(axis=0) for b in range(3)], [[42, 21, 7], [12, 6, 2], [6, 3, 1]])
    mended = spread(np.array([0, 0, 1, 1]), np.array([[1, 0], [2, 0], [0, 1], [0, 1]]), bins=2)
    assert mended.tolist() == [1, 0, 0, 1]


def test_a_limit_keeps_classes_sides_and_two_groups_each() -> None:
    dataset = toy({"a": 100, "b": 40, "c": 6}, albums=3)
    small = limit_dataset(dataset, 0.05)
    counts = np.bincount(small.targets())
    assert counts.tolist() == [5, 2, 2]
    assert all(len({track.group("album") for track in small.tracks if track.label == label}) >= 2 for label in "abc")
    assert small.ids == limit_dataset(dataset, 0.05).ids
    assert small.ids != limit_dataset(dataset, 0.05, seed=1).ids
    make_split(small, SplitOptions(folds=2))
    assert limit_dataset(dataset, 1.0) is dataset
    with pytest.raises(InputError, match=r"5 % is 0\.05"):
        limit_dataset(dataset, 5)


def test_the_majority_is_cut_down_to_the_others() -> None:
    dataset = toy({"a": 50, "b": 20, "c": 10})
    rows = np.arange(len(dataset))
    kept = subsample_majority(dataset, rows)
    assert np.bincount(dataset.targets()[kept]).tolist() == [10, 10, 10]
    assert np.bincount(dataset.targets()[subsample_majority(dataset, rows, most_times=2.5)]).tolist() == [25, 20, 10]
    assert set(subsample_majority(dataset, rows[30:])) <= set(rows[30:])
    with pytest.raises(ValueError, match="below the smallest"):
        subsample_majority(dataset, rows, most_times=0.5)


def test_a_split_on_the_disk_is_the_same(tmp_path: Path) -> None:
    dataset = toy({"a": 6, "b": 6}, albums=3)
    split = make_split(dataset, SplitOptions(folds=3, valid_share=0.3, seed=4))
    again = load_split(save_split(split, dataset, tmp_path / "split.json"), dataset)
    assert (again.rule, again.kind, again.group, again.seed) == (split.rule, split.kind, split.group, split.seed)
    for one, other in zip(split.folds, again.folds, strict=True):
        assert [rows_of(one), one.test.tolist(), one.valid.tolist()] == [rows_of(other), other.test.tolist(), other.valid.tolist()]
    with pytest.raises(InputError, match="tracks that toy has not"):
        load_split(tmp_path / "split.json", toy({"a": 2, "b": 2}))
    text = (tmp_path / "split.json").read_text()
    for broken, said in (("", "something else"), (text.replace('"format": 1', '"format": 9'), "format 9"), ("[]", "something else")):
        (tmp_path / "split.json").write_text(broken)
        with pytest.raises(InputError, match=said):
            load_split(tmp_path / "split.json", dataset)


def test_a_row_on_two_sides_is_no_fold() -> None:
    with pytest.raises(ValueError, match="two sides"):
        Split(rule="", kind="given", group="song", folds=(Fold(train=np.array([0, 1]), test=np.array([1])),))
