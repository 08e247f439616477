"""What song splits flatter: how much of an artist classifier's figure is the albums' mastering.

Tracks of one album share their mastering, and a classifier that may learn from an album's other songs learns that too; on artist20 the
same network has an F1 of .937 where songs are dealt out and of .674 where albums are held out whole (Nasrullah and Zhao, *Music artist
classification with convolutional recurrent neural networks*, IJCNN 2019; the effect: Whitman, Flake and Lawrence, NNSP 2001; Kim,
Williamson and Pilli, ISMIR 2006). Here artists are rendered (see `hexachord.rendering.artists_corpus`) and mastering is the *only* thing
that songs of an album share, so its strength can be swept: 0 masters all albums alike, 1 is the default that was fixed before anything
was trained.

The same songs, descriptors and model are judged twice at each strength, by folds of songs and by folds of whole albums, learning from as
many tracks. Then, at the default strength, once more with the lead brought forward: by our own separation, and by the ideal share.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np

from hexachord.arrays import Float32Array, Float64Array
from hexachord.audio import load_audio
from hexachord.bench.engine import instrument_folders, music_folder
from hexachord.bench.harness import BenchItem, BenchResult, Progress, Stopwatch, report
from hexachord.corpus.workers import in_order
from hexachord.learning.datasets.dataset import Dataset, Track
from hexachord.learning.datasets.splitting import SplitOptions, make_split
from hexachord.learning.estimators.registry import require_scikit_learn
from hexachord.learning.evaluation.crossing import cross
from hexachord.learning.evaluation.examples import bring_together
from hexachord.learning.evaluation.plan import EvaluationOptions, ModelPlan
from hexachord.learning.evaluation.result import Interval
from hexachord.learning.features.pooling import PoolingOptions, pool
from hexachord.learning.features.table import FeatureTable
from hexachord.metrics.bootstrap import percentile_interval, song_weights
from hexachord.metrics.classification import table_figures
from hexachord.rendering.artists_corpus import ArtistCorpus, UnmasteredCorpus, UnmasteredSong, render_unmastered
from hexachord.rendering.artists_leads import brought_forward, ideal_lead
from hexachord.rendering.artists_mastering import DEFAULT_STRENGTH, STRENGTHS
from hexachord.rendering.instruments import find_instruments
from hexachord.rendering.split import load_split

CORPUS = ArtistCorpus(songs=3)
ARTIST20_GAP = 0.937 - 0.674
"""What the literature has on real albums."""

REPEATS = 5
WORKERS = 2
LEADS = ("lead", "lead_ideal", "lead_alone")
"""Versions at the default strength: the lead brought forward by our separation, by the ideal share, and nothing but it."""

_MODEL = ModelPlan(learner="svm-rbf", name="svm", settings={"C": 10.0}, grid=())
_RESAMPLES = 1000
_ALONE_DB = -200.0


class Version(NamedTuple):
    """What becomes of the unmastered songs: mastered how strongly, and with the lead as it is or brought forward."""

    strength: float
    lead: str = ""

    @property
    def name(self) -> str:
        """As metrics end: ``m0 m05 m1 m2 lead lead_ideal lead_alone``."""
        return self.lead or f"m{self.strength:g}".replace(".", "")


VERSIONS = (*(Version(strength) for strength in STRENGTHS), *(Version(DEFAULT_STRENGTH, lead) for lead in LEADS))


class Gap(NamedTuple):
    """F1 and top-1 by both splits, what songs have more in F1, how many tracks were learnt from, and the gap in every draw of albums."""

    song_f1: Interval
    album_f1: Interval
    gap: Interval
    song_top1: Interval
    album_top1: Interval
    learnt_from: int
    drawn: Float64Array


def run(data: Path, *, peer: bool = False, instruments: Path | None = None, progress: Progress | None = None) -> BenchResult:
    """Measure ``song_f1 album_f1 gap`` at each strength (``_m0 _m05 _m1 _m2``) and with the lead brought forward; intervals are in items.

    Parameters
    ----------
    data : the bench folder, or the folder above it; ``train/`` lies beside it
    peer : not used here
    instruments : a folder to look for instruments in, before the usual ones
    progress : told what is being done

    Raises
    ------
    MissingExtraError : without scikit-learn.
    """
    require_scikit_learn("bench album_gap")
    music = music_folder(data)
    if music is None:
        return _nothing(data, "train: no such folder beside the bench data: nobody drums, nothing is rendered")
    split, folders = load_split(), instrument_folders(music, instruments)
    found = find_instruments(split, "train", folders=folders)
    if not found.names("font", covers="general"):
        return _nothing(data, f"instruments: no font of the train side in {', '.join(map(str, folders))}: nothing is rendered")
    made = render_unmastered(CORPUS, data=music, split=split, instruments=found, workers=WORKERS, progress=progress)
    watch = Stopwatch()
    with watch:
        tables = describe_versions(made, VERSIONS, workers=WORKERS, progress=progress)
        judge = _Judge(made, tuple(tables.values()))
        gaps: dict[Version, Gap] = {}
        for version, gap in zip(tables, in_order(judge, count=len(tables), workers=WORKERS), strict=True):
            gaps[version] = gap
            report(progress, "telling artists by song and by album", len(gaps), len(VERSIONS))
    return BenchResult(
        bench="album_gap",
        data=str(data),
        engine=f"svm of {len(tables[VERSIONS[0]].names)} features",
        metrics=metrics_of(gaps),
        items=tuple(_item(version, gap, gaps) for version, gap in gaps.items()),
        seconds_of_audio=len(made.songs) * made.corpus.seconds * len(VERSIONS),
        wall_s=watch.wall_s,
        cpu_s=watch.cpu_s,
        skipped=tuple(f"{name}: not found" for name in found.missing),
        rendered=(
            f"{CORPUS.artists} artists of {CORPUS.albums} albums of {CORPUS.songs} songs of {CORPUS.seconds:g} s, "
            f"not yet mastered, kept in {made.folder}",
        ),
    )


def describe_versions(
    made: UnmasteredCorpus, versions: Sequence[Version], *, workers: int, progress: Progress | None = None
) -> dict[Version, FeatureTable]:
    """Master and describe every song in every version: means and deviations over time of all descriptors."""
    job = _Describer(made, tuple(versions))
    found: list[tuple[tuple[str, ...], list[Float64Array]]] = []
    for described in in_order(job, count=len(made.songs), workers=workers):
        found.append(described)
        report(progress, "mastering and describing songs", len(found), len(made.songs))
    ids = tuple(song.id for song in made.songs)
    return {
        version: FeatureTable(ids=ids, names=found[0][0], values=np.array([rows[column] for _, rows in found]))
        for column, version in enumerate(versions)
    }


def version_of(made: UnmasteredCorpus, song: UnmasteredSong, version: Version, *, mastered: Float32Array | None = None) -> Float32Array:
    """Make one version of a song, ``(n,)``; `mastered` is given where it is known."""
    from hexachord.processing.stems import split_stems

    sound = made.mastered(song, version.strength) if mastered is None else mastered
    if not version.lead:
        return sound
    if version.lead == "lead":
        return brought_forward(sound, split_stems(sound, made.corpus.rate_hz)["vocals"])
    ideal = ideal_lead(sound, mix=load_audio(song.mix).samples[0], lead=load_audio(song.lead).samples[0])
    return brought_forward(sound, ideal) if version.lead == "lead_ideal" else brought_forward(sound, ideal, rest_db=_ALONE_DB)


@dataclass(frozen=True)
class _Describer:
    """Describes all versions of one song: the names of the columns, and a row for each version."""

    made: UnmasteredCorpus
    versions: tuple[Version, ...]

    def __call__(self, index: int) -> tuple[tuple[str, ...], list[Float64Array]]:
        from hexachord.audio_analysis.descriptors import describe_frames

        song = self.made.songs[index]
        known: dict[float, Float32Array] = {}
        rows: list[Float64Array] = []
        names: tuple[str, ...] = ()
        for version in self.versions:
            if version.strength not in known:
                known[version.strength] = self.made.mastered(song, version.strength)
            sound = version_of(self.made, song, version, mastered=known[version.strength])
            frames = describe_frames(sound, rate_hz=self.made.corpus.rate_hz)
            pooled = pool(frames.values, frames.names, hop_s=frames.hop_s, options=PoolingOptions(), song=frames.song)
            names = pooled.names
            rows.append(pooled.values[0])
        return names, rows


@dataclass(frozen=True)
class _Judge:
    """Measures the gap of one of some tables, in whatever process it is called."""

    made: UnmasteredCorpus
    tables: tuple[FeatureTable, ...]

    def __call__(self, index: int) -> Gap:
        return measure_gap(self.made, self.tables[index])


def measure_gap(made: UnmasteredCorpus, table: FeatureTable, *, repeats: int = REPEATS) -> Gap:
    """Judge the same model on the same tracks by folds of songs and by folds of whole albums, several times each.

    Intervals are bootstrapped over albums, those of each artist drawn again: songs of one album are not independent, whichever split they
    are judged by.

    Raises
    ------
    RuntimeError : if one of the splits learns from more tracks than the other.
    """
    dataset = dataset_of(made)
    albums = np.unique(np.array(dataset.groups("album")), return_inverse=True)[1]
    row = {name: number for number, name in enumerate(dataset.ids)}
    classes, learnt = len(dataset.classes), set[int]()
    counts = {group: np.zeros((int(albums.max()) + 1, classes, classes)) for group in ("song", "album")}
    options = EvaluationOptions(inner_folds=2)
    for group, table_of in counts.items():
        for seed in range(repeats):
            split = make_split(dataset, SplitOptions(kind="k-fold", folds=made.corpus.albums, group=group, seed=seed))
            learnt |= {len(fold.train) for fold in split.folds}
            examples = bring_together(dataset, table, group=group)
            said = cross(_MODEL, examples, split.folds, classes=classes, options=options).predictions
            where = albums[[row[name] for name in said.ids]]
            np.add.at(table_of, (where, said.truth, np.argmax(said.scores, axis=1)), 1.0)
    if len(learnt) != 1:
        raise RuntimeError(f"folds learn from {sorted(learnt)} tracks: not the same")
    artist_of = np.zeros(int(albums.max()) + 1, dtype=np.int64)
    artist_of[albums] = np.argmax(dataset.indicators(), axis=1)
    weights = np.zeros((_RESAMPLES, len(artist_of)))
    for artist in range(classes):
        own = np.flatnonzero(artist_of == artist)
        weights[:, own] = song_weights(len(own), resamples=_RESAMPLES, seed=artist)
    found, drawn = {}, {}
    for group, of_albums in counts.items():
        found[group] = table_figures(of_albums.sum(axis=0))
        drawn[group] = table_figures(np.tensordot(weights, of_albums, axes=(1, 0)))

    def interval(group: str, name: str) -> Interval:
        return _interval(float(found[group][name]), drawn[group][name])

    gap = float(found["song"]["f1_macro"] - found["album"]["f1_macro"])
    gaps = drawn["song"]["f1_macro"] - drawn["album"]["f1_macro"]
    return Gap(
        song_f1=interval("song", "f1_macro"),
        album_f1=interval("album", "f1_macro"),
        gap=_interval(gap, gaps),
        song_top1=interval("song", "top1"),
        album_top1=interval("album", "top1"),
        learnt_from=learnt.pop(),
        drawn=gaps,
    )


def _interval(value: float, drawn: Float64Array) -> Interval:
    low, high = percentile_interval(drawn)
    return Interval(value=value, low=low, high=high)


def dataset_of(made: UnmasteredCorpus) -> Dataset:
    """Lay the songs out for a split: artists are classes, albums groups."""
    tracks = []
    for song in made.songs:
        artist, album, _ = song.place.names
        tracks.append(Track(id=song.id, path=song.mix, labels=(artist,), groups={"album": f"{artist}/{album}", "artist": artist}))
    return Dataset(name="rendered artists", root=made.folder, tracks=tuple(sorted(tracks, key=lambda track: track.id)))


def metrics_of(gaps: Mapping[Version, Gap]) -> dict[str, float]:
    """Name the figures; where the curve passes artist20's published gap, say at which strength."""
    metrics: dict[str, float] = {}
    default = gaps[Version(DEFAULT_STRENGTH)]
    metrics |= {"gap": default.gap.value}
    for version, gap in gaps.items():
        metrics[f"song_f1_{version.name}"] = gap.song_f1.value
        metrics[f"album_f1_{version.name}"] = gap.album_f1.value
        metrics[f"gap_{version.name}"] = gap.gap.value
    metrics |= {f"{name}_narrows": narrowing(gaps, name).value for name in LEADS}
    curve = [(version.strength, gap.gap.value) for version, gap in gaps.items() if not version.lead]
    reached = strength_at(ARTIST20_GAP, curve)
    return metrics if reached is None else metrics | {"artist20_strength": reached}


def narrowing(gaps: Mapping[Version, Gap], lead: str) -> Interval:
    """Say how much narrower the gap is with the lead brought forward; both gaps see every draw of albums."""
    plain, forward = gaps[Version(DEFAULT_STRENGTH)], gaps[Version(DEFAULT_STRENGTH, lead)]
    return _interval(plain.gap.value - forward.gap.value, plain.drawn - forward.drawn)


def strength_at(gap: float, curve: Sequence[tuple[float, float]]) -> float | None:
    """Find where a curve of (strength, gap) first reaches a gap; None if it stays below.

    Examples
    --------
    >>> strength_at(0.3, [(0.0, 0.0), (1.0, 0.2), (2.0, 0.4)]), strength_at(0.5, [(0.0, 0.0), (1.0, 0.2)])
    (1.5, None)
    """
    for (left, low), (right, high) in pairwise(curve):
        if low < gap <= high:
            return round(left + (right - left) * (gap - low) / (high - low), 6)
    return None


def _item(version: Version, gap: Gap, gaps: Mapping[Version, Gap]) -> BenchItem:
    metrics: dict[str, float] = {}
    if version.lead:
        narrows = narrowing(gaps, version.lead)
        metrics |= {"narrows": narrows.value, "narrows_low": narrows.low, "narrows_high": narrows.high}
    for name in ("gap", "song_f1", "album_f1", "song_top1", "album_top1"):
        one: Interval = getattr(gap, name)
        metrics |= {name: one.value, f"{name}_low": one.low, f"{name}_high": one.high}
    lead = {"": "", "lead": ", lead brought forward", "lead_ideal": ", lead brought forward ideally", "lead_alone": ", lead alone"}
    return BenchItem(id=f"mastering {version.strength:g}{lead[version.lead]}", metrics=metrics | {"learnt_from": gap.learnt_from})


def _nothing(data: Path, why: str) -> BenchResult:
    return BenchResult(bench="album_gap", data=str(data), engine="", metrics={}, skipped=(why,))
