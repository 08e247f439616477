"""What song splits flatter: the gap on made-up features whose answer is known, and the whole bench on a small corpus."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hexachord.bench import album_gap
from hexachord.bench.album_gap import VERSIONS, Gap, Version, dataset_of, measure_gap, metrics_of, narrowing, version_of
from hexachord.bench.harness import run_bench
from hexachord.learning.evaluation.result import Interval
from hexachord.learning.features.table import FeatureTable
from hexachord.rendering.artists_corpus import ArtistCorpus, UnmasteredCorpus, UnmasteredSong
from hexachord.rendering.instruments import find_instruments
from hexachord.rendering.split import load_split

CORPUS = ArtistCorpus(artists=5, albums=4, songs=4)


def _unheard(corpus: ArtistCorpus) -> UnmasteredCorpus:
    """A corpus whose songs nobody rendered."""
    nowhere = Path("nowhere")
    songs = tuple(UnmasteredSong(place=place, mix=nowhere, lead=nowhere, labels=nowhere) for place in corpus.places)
    return UnmasteredCorpus(corpus=corpus, songs=songs, folder=nowhere)


def _features(made: UnmasteredCorpus, *, artist: float, album: float) -> FeatureTable:
    """Forty columns of noise, to which artists and albums add so much of their own."""
    random = np.random.default_rng(0)
    artists, albums = random.normal(size=(5, 40)), random.normal(size=(5, 4, 40))
    rows = [
        artist * artists[song.place.artist] + album * albums[song.place.artist, song.place.album] + random.normal(size=40)
        for song in made.songs
    ]
    return FeatureTable(
        ids=tuple(song.id for song in made.songs), names=tuple(f"made/up_{number}/mean" for number in range(40)), values=np.array(rows)
    )


def test_what_albums_share_flatters_song_splits() -> None:
    pytest.importorskip("sklearn")
    made = _unheard(CORPUS)
    gap = measure_gap(made, _features(made, artist=0.3, album=1.5), repeats=2)
    assert gap.learnt_from == 60
    assert gap.song_f1.value > 0.8
    assert gap.gap.value > 0.25
    assert gap.gap.low > 0.1
    assert gap.gap.low < gap.gap.value < gap.gap.high
    assert gap.gap.value == pytest.approx(gap.song_f1.value - gap.album_f1.value)


def test_without_anything_that_albums_share_there_is_no_gap() -> None:
    pytest.importorskip("sklearn")
    made = _unheard(CORPUS)
    gap = measure_gap(made, _features(made, artist=0.35, album=0.0), repeats=4)
    assert 0.4 < gap.song_f1.value < 0.99
    assert abs(gap.gap.value) < 0.08
    assert gap.gap.low < 0.0 < gap.gap.high


def test_albums_are_groups_and_artists_classes() -> None:
    dataset = dataset_of(_unheard(CORPUS))
    assert dataset.classes == tuple(f"artist_0{number}" for number in range(1, 6))
    assert len(set(dataset.groups("album"))) == 20
    assert {track.label for track in dataset.tracks if track.group("album").startswith("artist_03/")} == {"artist_03"}


def test_the_figures_have_the_names_that_were_promised() -> None:
    def gap(value: float) -> Gap:
        one = Interval(value=0.9, low=0.8, high=1.0)
        drawn = np.linspace(-0.1, 0.1, 101)
        return Gap(
            one, replace(one, value=0.9 - value), Interval(value=value, low=value - 0.1, high=value + 0.1), one, one, 300, value + drawn
        )

    gaps = {version: gap(0.1 * version.strength if not version.lead else 0.04) for version in VERSIONS}
    metrics = metrics_of(gaps)
    assert metrics["gap"] == metrics["gap_m1"] == pytest.approx(0.1)
    assert metrics["gap_m05"] == pytest.approx(0.05)
    assert metrics["lead_narrows"] == pytest.approx(0.06)
    narrows = narrowing(gaps, "lead_alone")
    assert (narrows.low, narrows.high) == pytest.approx((0.06, 0.06))  # the same draws move both
    assert "artist20_strength" not in metrics
    steeper = metrics_of({version: gap(0.3 * version.strength) for version in VERSIONS})
    assert steeper["artist20_strength"] == pytest.approx(0.263 / 0.3, abs=1e-5)


def test_without_music_nothing_is_rendered_and_that_is_said(tmp_path: Path) -> None:
    pytest.importorskip("sklearn")
    (tmp_path / "bench").mkdir()
    result = run_bench("album_gap", data=tmp_path)
    assert not result.metrics
    assert "nothing is rendered" in result.skipped[0]


@pytest.mark.slow
def test_the_whole_bench_on_a_small_corpus(data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("sklearn")
    if not find_instruments(load_split(), "train").names("font", covers="general"):
        pytest.skip("no font of the train side on this machine")
    monkeypatch.setenv("HEXACHORD_CACHE", str(tmp_path))
    monkeypatch.setattr(album_gap, "CORPUS", ArtistCorpus(artists=3, albums=2, songs=2, seconds=4.0))
    result = run_bench("album_gap", data=data_dir)
    assert {f"{name}_{version.name}" for name in ("gap", "song_f1", "album_f1") for version in VERSIONS} <= set(result.metrics)
    assert all(0.0 <= result.metrics[f"song_f1_{version.name}"] <= 1.0 for version in VERSIONS)
    assert len(result.items) == len(VERSIONS)
    assert str(tmp_path) in result.rendered[0]
    made = album_gap.render_unmastered(
        album_gap.CORPUS, data=data_dir, split=load_split(), instruments=find_instruments(load_split(), "train"), folder=tmp_path
    )
    song = made.songs[0]
    sounds = {version.name: version_of(made, song, version) for version in VERSIONS}
    assert {sound.shape for sound in sounds.values()} == {(88_200,)}
    power = {name: float(np.mean(sound**2)) for name, sound in sounds.items()}
    assert power["lead_alone"] <= power["lead_ideal"] < power["m1"]
    assert np.array_equal(sounds["m1"], version_of(made, song, Version(1.0)))
