"""Integrity, leaks, confounds, openings: what is planted is found, what is clean passes."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from small_music import toy, tune, write_tune
from test_index import with_tag

from hexachord.audio import Audio, AudioWriter, load_audio, save_audio
from hexachord.errors import InputError
from hexachord.learning.datasets.association import cramers_v, eta_squared, information_share, permutation_p, quantised
from hexachord.learning.datasets.confounds import measure_confounds
from hexachord.learning.datasets.dataset import Dataset, Track
from hexachord.learning.datasets.index import DatasetIndex, index_dataset
from hexachord.learning.datasets.integrity import check_integrity
from hexachord.learning.datasets.leaks import LeakError, find_leaks, guard_against_leaks
from hexachord.learning.datasets.lists import Columns
from hexachord.learning.datasets.loading import load_dataset
from hexachord.learning.datasets.openings import count_openings, read_openings, record_opening
from hexachord.learning.datasets.split import Fold, Split
from hexachord.learning.datasets.splitting import SplitOptions, make_split


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two artists, two albums each, two songs of 12 s each, as mp3."""
    root = tmp_path_factory.mktemp("clean")
    for number, name in enumerate(f"{artist}/{album}/{song}.mp3" for artist in "ab" for album in "xy" for song in "12"):
        write_tune(root / name, number, seconds=12.0)
    return root


@pytest.fixture
def root(clean: Path, tmp_path: Path) -> Path:
    import shutil

    return Path(shutil.copytree(clean, tmp_path / "music"))


def indexed(root: Path) -> tuple[Dataset, DatasetIndex]:
    dataset = load_dataset(root)
    return dataset, index_dataset(dataset, root.parent / "cache", workers=0)


def copied(path: Path, target: Path) -> None:
    target.write_bytes(path.read_bytes())


def tagged(path: Path, target: Path) -> None:
    with_tag(path, target)


def recoded(path: Path, target: Path) -> None:
    audio = load_audio(path).resampled(16000)
    with AudioWriter(target, rate_hz=16000, channels=1, bitrate_kbps=32) as writer:
        writer.write(0.5 * audio.samples)


def cropped(path: Path, target: Path) -> None:
    save_audio(load_audio(path).excerpt(3.21, 9.87), target)


PLANTS = [(copied, "same samples"), (tagged, "same samples"), (recoded, "same recording"), (cropped, "same recording")]


@pytest.mark.parametrize(("plant", "why"), PLANTS)
def test_a_planted_copy_stops_the_run(root: Path, plant: Callable[[Path, Path], None], why: str) -> None:
    plant(root / "a/x/1.mp3", root / "a/y/other name.mp3")
    dataset, index = indexed(root)
    split = make_split(dataset, SplitOptions(folds=2))
    assert split.group == "album"
    with pytest.raises(LeakError, match=r"1\.mp3 and a/y/other name|other name\.mp3 and a/x/1") as caught:
        guard_against_leaks(dataset, split, index)
    assert {leak.why for leak in caught.value.leaks} == {why}
    assert len(caught.value.leaks) == 1
    report = find_leaks(dataset, split, index)
    assert report.lines()[0] == "leaks, looked for by hash, fingerprint and group: 1"
    integrity = check_integrity(dataset, index)
    assert [(copy.exact, copy.labels_agree) for copy in integrity.copies] == [(why == "same samples", True)]
    if plant is cropped:
        assert abs(integrity.copies[0].offset_s) == pytest.approx(3.21, abs=0.05)


def test_a_clean_collection_passes(root: Path) -> None:
    dataset, index = indexed(root)
    report = guard_against_leaks(dataset, make_split(dataset, SplitOptions(folds=2)), index)
    assert not report.leaks
    assert report.by_recording
    assert not report.notes
    integrity = check_integrity(dataset, index)
    assert not integrity.copies
    assert not integrity.usable


def test_one_album_on_both_sides_stops_a_given_split(clean: Path) -> None:
    dataset = load_dataset(clean)
    sides = {"a/x/1.mp3": "test", "b/x/1.mp3": "test"}
    given = replace(dataset, tracks=tuple(replace(track, side=sides.get(track.id, "train")) for track in dataset.tracks))
    with pytest.raises(LeakError) as caught:
        guard_against_leaks(given, make_split(given, SplitOptions(kind="given")))
    assert [leak.why for leak in caught.value.leaks] == ["same album", "same album"]


def test_a_split_by_song_is_told_that_albums_are_torn(clean: Path) -> None:
    dataset = load_dataset(clean)
    report = guard_against_leaks(dataset, make_split(dataset, SplitOptions(group="song", folds=2)))
    assert not report.leaks
    assert len(report.notes) == 1
    assert "albums stand on both sides" in report.notes[0]
    assert not any("artist" in note for note in report.notes)  # the artist is the label


def test_chunks_of_one_file_leak_whatever_they_are_called(clean: Path) -> None:
    path = clean / "a/x/1.mp3"
    tracks = tuple(Track(id=str(i), path=path if i in (0, 3) else None, labels=("ab"[i % 2],), start_s=float(i)) for i in range(6))
    dataset = Dataset(name="d", tracks=tracks)
    split = Split(rule="", kind="given", group="song", folds=(Fold(train=np.array([0, 1, 2]), test=np.array([3, 4, 5])),))
    with pytest.raises(LeakError, match="same file"):
        guard_against_leaks(dataset, split)
    report = guard_against_leaks(dataset, replace(split, leaks_on_purpose=True))
    assert len(report.leaks) == 1


def test_the_side_to_choose_by_is_guarded_too() -> None:
    dataset = toy({"a": 4, "b": 4}, albums=2)
    fold = Fold(train=np.array([0, 4]), valid=np.array([2, 6]), test=np.array([1, 3, 5, 7]))
    split = Split(rule="", kind="given", group="album", folds=(fold,))
    with pytest.raises(LeakError) as caught:
        guard_against_leaks(dataset, split)
    assert [(leak.first, leak.second) for leak in caught.value.leaks] == [("a/000", "a/002"), ("b/000", "b/002")]


def test_integrity_says_what_is_wrong(root: Path) -> None:
    (root / "b/x/empty.mp3").write_bytes(b"")
    save_audio(Audio(samples=np.zeros((1, 80000), np.float32), rate_hz=16000), root / "b/x/silent.wav")
    write_tune(root / "b/y/jingle.wav", 30, seconds=1.0)
    write_tune(root / "lonely/z/only.wav", 31, seconds=4.0)
    copied(root / "a/x/1.mp3", root / "b/y/contradiction.mp3")
    (root / "loose.wav").write_bytes(b"x")
    dataset, index = indexed(root)
    found = check_integrity(dataset, index)
    assert list(found.unreadable) == ["b/x/empty.mp3"]
    assert found.silent == ("b/x/silent.wav",)
    assert found.short == ("b/y/jingle.wav",)
    assert found.alone == ("lonely",)
    assert found.labels["a"].codecs == {"mp3/MPEG_LAYER_III/16000 Hz": 4}
    assert found.labels["a"].groups == 2
    assert found.labels["a"].loudness_lufs is not None
    assert found.imbalance == 8.0
    assert [(copy.first, copy.second, copy.labels_agree) for copy in found.copies] == [("a/x/1.mp3", "b/y/contradiction.mp3", False)]
    assert len(found.usable) == 2
    text = "\n".join(found.lines())
    for words in (
        "left out: 1",
        "cannot be read: 1",
        "under different labels",
        "silent: 1",
        "shorter than 3 s: 1",
        "with one album alone: 1",
    ):
        assert words in text
    assert json.loads(json.dumps(found.to_plain(), allow_nan=False))["tracks"] == 13


def test_cramers_v_and_eta_squared_of_known_tables() -> None:
    random = np.random.default_rng(0)
    label = random.integers(0, 5, 2000)
    assert cramers_v(label, label) == pytest.approx(1.0)
    assert cramers_v(random.integers(0, 7, 2000), label) < 0.05
    assert cramers_v(np.zeros(2000, np.int64), label) == 0.0
    # Bergsma (2013): the corrected statistic of independence is near 0 even for many categories and few tracks
    assert np.mean([cramers_v(random.integers(0, 10, 60), random.integers(0, 10, 60)) for _ in range(50)]) < 0.15
    numbers = label + random.standard_normal(2000)
    between = label.var()
    assert eta_squared(numbers, label) == pytest.approx(between / (between + 1), abs=0.03)
    assert eta_squared(np.full(2000, 0.1), label) == 0.0
    assert information_share(label, label) == pytest.approx(1.0)
    assert np.bincount(quantised(random.standard_normal(1000))).tolist() == pytest.approx([250] * 4, abs=2)


def test_scipy_agrees_on_chi_squared() -> None:
    contingency = pytest.importorskip("scipy.stats.contingency")
    random = np.random.default_rng(1)
    one, two = random.integers(0, 3, 200), random.integers(0, 4, 200)
    two[:60] = one[:60]
    table = np.zeros((3, 4), dtype=np.int64)
    np.add.at(table, (one, two), 1)
    plain = contingency.association(table, method="cramer")
    phi2 = plain**2 * 2
    corrected = max(0.0, phi2 - 2 * 3 / 199)
    expected = np.sqrt(corrected / min(3 - 4 / 199 - 1, 4 - 9 / 199 - 1))
    assert cramers_v(one, two) == pytest.approx(expected)


def test_permutations_deal_whole_groups() -> None:
    random = np.random.default_rng(2)
    group = np.repeat(np.arange(8), 25)
    label = np.repeat([0, 1], 100)
    field = random.standard_normal(8)[group] + 0.01 * random.standard_normal(200)  # differs by album, not by label
    by_track = permutation_p(lambda dealt: eta_squared(field, dealt), label, np.arange(200), times=199, seed=0)
    by_album = permutation_p(lambda dealt: eta_squared(field, dealt), label, group, times=199, seed=0)
    assert by_album > 0.05
    assert by_track <= by_album


def planted(years: Callable[[int], str]) -> Dataset:
    """60 tracks of two labels with a year by row."""
    dataset = toy({"a": 30, "b": 30})
    return replace(dataset, tracks=tuple(replace(track, tags={"year": years(row)}) for row, track in enumerate(dataset.tracks)))


def test_a_planted_confound_is_seen() -> None:
    pytest.importorskip("sklearn")
    random = np.random.default_rng(3)
    dataset = planted(lambda row: str(1960 + 30 * (row >= 30) + int(random.integers(0, 25))))
    found = measure_confounds(dataset, split=make_split(dataset, SplitOptions(folds=5)))
    assert found.classifier is not None
    assert found.classifier.balanced_accuracy > 0.95
    assert found.classifier.chance == 0.5
    assert found.classifier.sees_the_label
    assert found.associations[0].field == "tag year"
    assert found.associations[0].suspicious
    assert found.associations[0].p_value <= 0.005
    assert "100.0% balanced accuracy: more than chance explains (chance 50.0%" in found.lines()[0]
    json.dumps(found.to_plain(), allow_nan=False)


def test_no_confound_is_seen_where_there_is_none() -> None:
    pytest.importorskip("sklearn")
    random = np.random.default_rng(4)
    dataset = planted(lambda row: str(1960 + int(random.integers(0, 50))))
    found = measure_confounds(dataset, split=make_split(dataset, SplitOptions(folds=5)))
    assert found.classifier is not None
    assert not found.classifier.sees_the_label
    assert not any(one.suspicious for one in found.associations)


def test_a_codec_that_tells_the_label_is_seen_in_the_files(tmp_path: Path) -> None:
    pytest.importorskip("sklearn")
    for number in range(16):
        rock = number % 2 == 0
        audio = Audio(samples=tune(number, seconds=3.0).samples * np.float32(0.3 if rock else 0.2), rate_hz=16000)
        path = tmp_path / "music" / ("rock" if rock else "jazz") / f"{number}{'.mp3' if rock else '.wav'}"
        path.parent.mkdir(parents=True, exist_ok=True)
        save_audio(audio, path)
    dataset, index = indexed(tmp_path / "music")
    found = measure_confounds(dataset, index, make_split(dataset, SplitOptions(folds=4)))
    assert found.of_files is not None
    assert found.of_files.balanced_accuracy == 1.0
    assert {"codec", "bitrate_kbps"} <= {one.field for one in found.associations if one.suspicious}
    assert "artist" not in {one.field for one in found.associations}  # it is the label


def test_names_and_several_labels_are_not_looked_at() -> None:
    dataset = toy({"a": 10, "b": 10})
    named = replace(dataset, tracks=tuple(replace(track, tags={"title": f"song {row}"}) for row, track in enumerate(dataset.tracks)))
    found = measure_confounds(named)
    assert not found.associations
    assert "tag title is not looked at: 20 values" in found.notes[0]
    several = Dataset(name="m", tracks=(Track(id="1", labels=("a", "b")), Track(id="2", labels=("a",))))
    assert "several labels" in measure_confounds(several).lines()[0]


def test_openings_are_counted_and_kept(tmp_path: Path) -> None:
    log = tmp_path / "log" / "openings.jsonl"
    dataset = Dataset(name="d", tracks=(Track(id="1", labels=("a",), side="test"), Track(id="2", labels=("b",), side="train")))
    assert count_openings(log, dataset) == 0
    when = datetime(2026, 11, 23, 12, tzinfo=UTC)
    assert record_opening(log, dataset, purpose="final table", who="ada", when=when) == 1
    assert record_opening(log, replace(dataset, name="renamed"), purpose="again") == 2
    other = replace(dataset, tracks=(*dataset.tracks, Track(id="3", labels=("a",), side="test")))
    assert record_opening(log, other, purpose="other side") == 1
    assert count_openings(log, dataset) == 2
    first = read_openings(log)[0]
    assert (first.dataset, first.who, first.purpose, first.when) == ("d", "ada", "final table", "2026-11-23T12:00:00+00:00")
    assert read_openings(log)[1].who


def test_openings_at_the_same_time_are_all_there(tmp_path: Path) -> None:
    log = tmp_path / "openings.jsonl"
    dataset = toy({"a": 2})
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: record_opening(log, dataset, purpose=f"run {number}", ids=("x",)), range(40)))
    assert sorted(one.purpose for one in read_openings(log)) == sorted(f"run {number}" for number in range(40))


def test_a_torn_line_counts_and_a_broken_log_is_said(tmp_path: Path) -> None:
    log = tmp_path / "openings.jsonl"
    dataset = toy({"a": 2})
    record_opening(log, dataset, purpose="one")
    log.write_text(log.read_text() + '{"dataset": "to')
    assert len(read_openings(log)) == 2
    (tmp_path / "other.jsonl").write_text('{"a": 1}\n')
    with pytest.raises(InputError, match="line 1, which is no opening"):
        read_openings(tmp_path / "other.jsonl")
    with pytest.raises(InputError, match="no such file"):
        read_openings(tmp_path / "none.jsonl")


@pytest.mark.data
@pytest.mark.slow
def test_the_bench_of_composers_is_whole_but_its_packages_show(data_dir: Path, tmp_path: Path) -> None:
    pytest.importorskip("sklearn")
    folder = data_dir / "bench" / "artists"
    if not (folder / "index.csv").exists():
        pytest.skip("no bench/artists in HEXACHORD_DATA")
    dataset = load_dataset(folder, columns=Columns(label="artist"))
    assert (len(dataset), len(dataset.classes)) == (83, 23)
    index = index_dataset(dataset, tmp_path, workers=1)
    integrity = check_integrity(dataset, index)
    for problems in (integrity.unreadable, integrity.copies, integrity.silent, integrity.short, integrity.usable):
        assert not problems
    split = make_split(dataset, SplitOptions(kind="repeated", repeats=3))
    assert not guard_against_leaks(dataset, split, index).leaks
    found = measure_confounds(dataset, index, split, permutations=99)
    assert found.classifier is not None
    assert found.of_files is not None
    assert found.classifier.balanced_accuracy > found.of_files.balanced_accuracy > found.of_files.chance_high
    assert found.associations[0].field == "tag package"
