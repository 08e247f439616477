"""The report of a run: what was measured stands in it, nothing is loaded, names stay names, the same run gives the same bytes."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
import soundfile
from lab_runs import HOSTILE, make_run, named

from hexachord.journeys.lab.excerpts import ExcerptOptions, cut_excerpts
from hexachord.journeys.lab.report import write_lab_report
from hexachord.journeys.lab.run import LabRun, TrainingCurve
from hexachord.journeys.lab.songs_judged import judge_songs, mistakes
from hexachord.learning.datasets.confounds import Association, Confounds, MetadataClassifier
from hexachord.learning.datasets.dataset import Dataset, Track
from hexachord.learning.datasets.index import index_dataset
from hexachord.learning.datasets.integrity import check_integrity
from hexachord.learning.datasets.leaks import find_leaks
from hexachord.learning.datasets.openings import Opening
from hexachord.learning.datasets.splitting import SplitOptions, make_split
from hexachord.learning.evaluation.evaluating import evaluate
from hexachord.learning.evaluation.plan import EvaluationOptions
from hexachord.learning.evaluation.result import Evaluation, LearningCurve, ModelResult
from hexachord.learning.features.table import FeatureTable

VOID = frozenset({"meta", "img", "input", "br"})


class Reader(HTMLParser):
    """Whether elements are balanced, what is loaded, and all words."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []
        self.scripts = 0
        self.words: list[str] = []

    def handle_starttag(self, tag, attrs) -> None:
        self.scripts += tag == "script"
        assert not any(name.startswith("on") for name, _ in attrs)
        self.links += [value for name, value in attrs if name in ("src", "href", "data", "srcset", "action") and not value.startswith("#")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs) -> None:
        self.links += [value for name, value in attrs if name in ("src", "href")]

    def handle_endtag(self, tag) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data) -> None:
        self.words.append(data)


def read(path: Path) -> Reader:
    found = Reader()
    found.feed(path.read_text(encoding="utf-8"))
    assert found.open == []
    return found


def whole_run(folder: Path) -> LabRun:
    """A run with everything that a run may have, over sounds on the disk."""
    run = make_run(("rock", "jazz", "folk", "punk"), songs=6)
    tracks = []
    for number, track in enumerate(run.dataset.tracks):
        path = folder / f"{number}.wav"
        soundfile.write(path, 0.3 * np.sin(np.arange(22050) * (0.02 + 0.003 * number)), 22050)
        tracks.append(replace(track, path=path))
    dataset = replace(run.dataset, tracks=tuple(tracks), skipped=("x.txt: no sound",))
    index = index_dataset(dataset, folder / "index", workers=0)
    flattered = replace(run.winner.metrics[run.judged_by], value=0.987)
    chunked = tuple(replace(model, metrics={**model.metrics, run.judged_by: flattered}) for model in run.evaluation.models[1:])
    evaluation = replace(
        run.evaluation, chunk_models=chunked, notes=("a note from the way",),
        curves=(LearningCurve(name="svm", tracks=(6, 12), train=(0.9, 0.95), test=(0.4, 0.55)),),
    )  # fmt: skip
    forest = MetadataClassifier(fields=("codec",), balanced_accuracy=0.512, chance=0.25, chance_high=0.4)
    association = Association(field="loudness", measure="eta_squared", value=0.613, information=0.5, p_value=0.002, alone=0.44)
    return replace(
        run, dataset=dataset, evaluation=evaluation, integrity=check_integrity(dataset, index), leaks=find_leaks(dataset, run.split, index),
        confounds=Confounds(associations=(association,), classifier=forest, notes=("year: not told",)),
        openings=(Opening(dataset="drawn", side_sha256="", who="us", purpose="a look", when="2026-11-23T17:00:00+00:00"),),
        trainings=(TrainingCurve(name="cnn", train=(2, 1, 0.5), valid=(2, 1.5, 1.4), best=3),),
        limit=0.5, command="hexachord learn data --out run", options={"bands": "128"},
    )  # fmt: skip


def test_everything_that_was_measured_stands_in_it(tmp_path: Path) -> None:
    run = whole_run(tmp_path)
    made = write_lab_report(run, tmp_path / "out", excerpts=ExcerptOptions(length_s=0.5))
    page = read(made.page)
    words = " ".join(" ".join(page.words).split())
    text = made.markdown.read_text()
    document = json.loads(made.numbers.read_text())
    winner = run.winner
    assert winner is named(run, "svm")
    for model in run.evaluation.models:
        for metric, value in model.metrics.items():
            told = f"{value.value:.3f} ({value.low:.3f}–{value.high:.3f})"
            assert told in words, (model.name, metric)
            assert told in text
            shown = next(each for each in document["models"] if each["name"] == model.name)["metrics"][metric]
            assert shown == pytest.approx([value.value, value.low, value.high], abs=1e-6)
    for name, figures in winner.per_class.items():
        assert f"{figures['f1'].value:.3f} ({figures['f1'].low:.3f}–{figures['f1'].high:.3f})" in words, name
    pair = run.evaluation.comparisons[0]
    assert f"{pair.gain.value:+.3f}" in words
    assert f"{pair.p_value:.3g}" in words
    for expected in (
        "0.987", "0.512", "0.613", "a note from the way", "x.txt: no sound", "hexachord learn data --out run", "ab" * 32, "year: not told",
        "2026-11-23T17:00:00+00:00", "Nothing stands on both sides", "timbre", "rhythm", "one hold-out by song, seed 0", "kept: epoch 3",
        "50%",
    ):  # fmt: skip
        assert expected in words, expected
    assert document["schema"] == "hexachord/lab-report/1"
    assert document["numbers"] == {"judged_by": "balanced_accuracy", "best": "svm"}
    assert sorted(document["confusion_order"]) == [0, 1, 2, 3]
    assert [each["id"] for each in document["mistakes"]] == [song.id for song in mistakes(judge_songs(winner.predictions))]
    assert made.page.read_text().count('<span class="taken">') == len(document["mistakes"]) > 0
    assert len(document["hints"]) == 6
    assert [model["confusion"] for model in document["models"]] == [model.confusion.tolist() for model in run.evaluation.models]


def test_nothing_is_loaded_and_sounds_lie_beside_it(tmp_path: Path) -> None:
    made = write_lab_report(whole_run(tmp_path), tmp_path / "out", excerpts=ExcerptOptions(length_s=0.5))
    page = read(made.page)
    assert page.links
    for link in page.links:
        assert re.fullmatch(r"sounds/[0-9a-f]{16}\.ogg", link)
        assert (tmp_path / "out" / link).is_file()
    assert not re.search(r"url\(|@import|https?://(?!www\.w3\.org)", made.page.read_text())
    assert set(made.files) == {str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").rglob("*") if path.is_file()}


@pytest.mark.slow
def test_the_same_run_gives_the_same_bytes(tmp_path: Path) -> None:
    run = whole_run(tmp_path)
    first, second = (write_lab_report(run, tmp_path / name, excerpts=ExcerptOptions(length_s=0.5)) for name in "ab")
    for one, other in ((first.page, second.page), (first.markdown, second.markdown), (first.numbers, second.numbers)):
        assert one.read_bytes() == other.read_bytes()
    slower = replace(
        run, evaluation=replace(run.evaluation, models=tuple(replace(model, predict_s=9.0) for model in run.evaluation.models))
    )
    third = json.loads(write_lab_report(slower, tmp_path / "c", excerpts=ExcerptOptions(length_s=0.5)).numbers.read_text())
    known = json.loads(first.numbers.read_text())
    assert {name for name in known if known[name] != third[name]} == {"varies"}


def test_hostile_names_stay_names(tmp_path: Path) -> None:
    run = make_run(HOSTILE, songs=5)
    hostile = "</script><script>alert(2)</script><img src=x onerror=alert(3)>"
    models = tuple(replace(model, name=f"{model.name} {hostile}", about=hostile) for model in run.evaluation.models)
    dataset = replace(run.dataset, name=hostile, skipped=(hostile,))
    evaluation = replace(run.evaluation, models=models, rule=hostile, notes=(hostile,))
    run = replace(
        run, title=hostile, dataset=dataset, evaluation=evaluation, command=hostile, hashes={hostile: hostile}, options={hostile: hostile}
    )
    made = write_lab_report(run, tmp_path, excerpts=None)
    page = read(made.page)
    assert page.scripts == 2  # the map's data and the page's own
    assert page.links == []
    words = "".join(page.words)
    for name in HOSTILE:
        assert name in words
    assert "<script" not in made.markdown.read_text().replace("\\<script", "")


@pytest.mark.parametrize("classes", [2, 3, 20, pytest.param(60, marks=pytest.mark.slow)])
def test_any_number_of_classes(classes: int, tmp_path: Path) -> None:
    made = write_lab_report(make_run([f"artist {number:02d}" for number in range(classes)], songs=3), tmp_path, excerpts=None)
    read(made.page)
    assert len(json.loads(made.numbers.read_text())["confusion_order"]) == classes


def test_several_labels(tmp_path: Path) -> None:
    run = make_run(("piano", "drums", "voice", "bass"), songs=6, several=True)
    made = write_lab_report(run, tmp_path, excerpts=None)
    words = " ".join(read(made.page).words)
    assert "precision over recall" in words.lower()
    assert 'class="confusion"' not in made.page.read_text()
    assert f"{named(run, 'svm').metrics['pr_auc'].value:.3f}" in words
    assert "Song split and chunk split" not in words


def test_what_was_not_measured_is_said_and_what_is_missing_left_out(tmp_path: Path) -> None:
    run = make_run()
    bare = replace(run, table=None, split=None, hashes={}, seeds={}, evaluation=replace(run.evaluation, comparisons=()))
    words = " ".join(read(write_lab_report(bare, tmp_path, excerpts=None).page).words)
    assert words.count("not measured") >= 3
    assert "Map of songs" not in words
    assert "Nobody looked whether a recording stands on both sides" in words


def test_a_run_without_any_model(tmp_path: Path) -> None:
    run = replace(make_run(), evaluation=Evaluation(classes=("rock", "jazz"), rule="", models=()), table=None)
    made = write_lab_report(run, tmp_path, excerpts=None)
    read(made.page)
    assert json.loads(made.numbers.read_text())["numbers"]["best"] is None


def test_figures_that_are_not_numbers(tmp_path: Path) -> None:
    run = make_run()

    def broken(model: ModelResult) -> ModelResult:
        interval = replace(model.metrics["top3"], value=float("nan"), low=float("nan"), high=float("nan"))
        return replace(model, metrics={**model.metrics, "top3": interval})

    run = replace(run, evaluation=replace(run.evaluation, models=tuple(broken(model) for model in run.evaluation.models)))
    made = write_lab_report(run, tmp_path, excerpts=None)
    assert not re.search(r"[^a-z]nan[^a-z]", made.page.read_text())
    assert json.loads(made.numbers.read_text())["models"][0]["metrics"]["top3"] == [None, None, None]


def test_excerpts(tmp_path: Path) -> None:
    sound = np.concatenate([np.zeros(44100), 0.5 * np.sin(np.arange(3 * 44100) * 0.05), np.zeros(44100)])
    soundfile.write(tmp_path / "tone.wav", sound, 44100)
    (tmp_path / "broken.wav").write_bytes(b"RIFF")
    (tmp_path / "empty.flac").write_bytes(b"")
    (tmp_path / "score.mid").write_bytes(b"MThd")
    names = ("tone.wav", "broken.wav", "empty.flac", "score.mid", "gone.wav")
    tracks = [Track(id=name, path=tmp_path / name) for name in names]
    tracks += [
        Track(id="cut", path=tmp_path / "tone.wav", start_s=3.0, end_s=3.5),
        Track(id="\ud800 ../../etc", path=tmp_path / "tone.wav"),
        Track(id="row"),
    ]
    found = cut_excerpts(tracks, tmp_path / "out", options=ExcerptOptions(length_s=2.0))
    assert set(found) == {"tone.wav", "cut", "\ud800 ../../etc"}
    samples, rate_hz = soundfile.read(tmp_path / "out" / found["tone.wav"])
    assert rate_hz == 22050
    assert len(samples) == pytest.approx(2 * 22050, abs=50)
    assert np.sqrt(np.mean(samples**2)) == pytest.approx(0.5 / np.sqrt(2), rel=0.05)  # the middle of it, where there is sound
    assert len(soundfile.read(tmp_path / "out" / found["cut"])[0]) == pytest.approx(0.5 * 22050, abs=50)
    assert all(path.parent == tmp_path / "out" / "sounds" for path in (tmp_path / "out").rglob("*.ogg"))
    before = (tmp_path / "out" / found["cut"]).stat().st_mtime_ns
    assert cut_excerpts(tracks, tmp_path / "out", options=ExcerptOptions(length_s=2.0)) == found
    assert (tmp_path / "out" / found["cut"]).stat().st_mtime_ns == before
    assert len(cut_excerpts(tracks, tmp_path / "few", options=ExcerptOptions(most=1))) == 1


def test_names_that_no_file_can_hold(tmp_path: Path) -> None:
    run = make_run()
    broken = tuple(replace(track, id=f"{track.id}\udcff") for track in run.dataset.tracks)
    predictions = replace(named(run, "svm").predictions, ids=tuple(track.id for track in broken))
    models = tuple(replace(model, predictions=predictions) for model in run.evaluation.models)
    run = replace(run, dataset=Dataset(name="x", tracks=broken), evaluation=replace(run.evaluation, models=models), table=None)
    page = write_lab_report(run, tmp_path, excerpts=None).page.read_text(encoding="utf-8")
    assert re.search(r'class="song-name">\d{3} of \w+\?<', page)


@pytest.mark.slow
def test_irises_from_the_file_to_the_page(tmp_path: Path) -> None:
    datasets = pytest.importorskip("sklearn.datasets")
    flowers = datasets.load_iris()
    names = tuple(f"flower/{name.removesuffix(' (cm)').replace(' ', '_')}/mean" for name in flowers.feature_names)
    tracks = tuple(Track(id=f"{row:03d}", labels=(str(flowers.target_names[kind]),)) for row, kind in enumerate(flowers.target))
    dataset = Dataset(name="iris", tracks=tracks)
    table = FeatureTable(ids=dataset.ids, names=names, values=flowers.data)
    split = make_split(dataset, SplitOptions(folds=5))
    evaluation = evaluate(dataset, table, split, models=("knn", "tree"), options=EvaluationOptions(resamples=100, curve=(0.5, 1.0)))
    run = LabRun(title="Irises", dataset=dataset, evaluation=evaluation, split=split, table=table, leaks=find_leaks(dataset, split))
    made = write_lab_report(run, tmp_path)
    document = json.loads(made.numbers.read_text())
    assert document["numbers"]["best"] in ("knn", "tree")
    assert document["numbers"]["judged_by"] == "balanced_accuracy"
    best = next(model for model in document["models"] if model["name"] == document["numbers"]["best"])
    assert best["metrics"]["balanced_accuracy"][0] > 0.9
    assert np.array(best["confusion"]).sum() == 150
    states = {hint["rule"]: hint["state"] for hint in document["hints"]}
    assert states["baseline"] == states["balance"] == "good"
    words = " ".join(read(made.page).words)
    assert "virginica" in words
    assert "sepal length" in words.replace("_", " ")
    assert made.files == ("report.html", "report.md", "report.json")
