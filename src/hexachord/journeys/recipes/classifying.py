"""Assignments that tell classes of recordings apart: what may be asked of them, and the recipes themselves.

``classify`` takes any labelled collection; ``singer``, ``genre``, ``instrument`` and ``activity`` are the same work with other defaults.
Homework 1 of the course *Deep Learning for Music Analysis and Generation* (NTU, 2025) is ``singer`` on artist20: classical models on
pooled features, a short-chunk CNN that votes by mean probability, top-1 and top-3, and guesses for songs without labels. That albums must
not stand on two sides: B. Whitman, G. Flake, S. Lawrence, *Artist detection in music with Minnowmatch*, 2001; T. Hsieh and others,
*Addressing the confounds of accompaniments in singer identification*, ICASSP 2020.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from hexachord.journeys.recipes.recipe import Recipe, Setting

_GROUP = "What stays on one side of a split: auto, song, album, artist ... ; chunk only with --i-know-this-leaks."


@dataclass(frozen=True, kw_only=True)
class ClassifyOptions:
    """What may be asked of a recipe that tells classes apart."""

    data: Annotated[Path, Setting(help="A folder of music by label, a list (CSV, JSONL), artist20, NSynth.", metavar="DIR")]
    label: Annotated[str, Setting(help="The column of a list that is to be learnt.", metavar="NAME")] = ""
    layout: Annotated[str, Setting(help="What the data are, where it should not be guessed.", metavar="NAME")] = ""
    limit: Annotated[float, Setting(help="Take this share of each class, to try things out.", least=0.001, most=1.0)] = 1.0
    drop_copies: Annotated[bool, Setting(help="Leave the second of two copies of a recording out, instead of stopping at it.")] = False
    split: Annotated[
        str, Setting(help="auto (as the data say, else --folds), given, hold-out, k-fold, repeated, leave-one-group-out.", metavar="NAME")
    ] = "auto"
    folds: Annotated[int, Setting(help="Of k-fold.", least=2, most=100)] = 5
    test_share: Annotated[float, Setting(help="To be judged by, of hold-out and repeated.", least=0.01, most=0.9)] = 0.2
    group: Annotated[str, Setting(help=_GROUP, metavar="KIND")] = "auto"
    i_know_this_leaks: Annotated[bool, Setting(help="Let --group chunk put pieces of one song on both sides.")] = False
    chunk_twin: Annotated[bool, Setting(help="Also judge by pieces of songs that were learnt from, to see what it flatters.")] = False
    emphasis: Annotated[str, Setting(help="none, or vocals: also describe the separated voice.", metavar="NAME")] = "none"
    voiced: Annotated[bool, Setting(help="Let only frames with a clear pitch count.")] = False
    piece_s: Annotated[float, Setting(help="Length of the pieces that vote.", least=0.5, most=600.0)] = 5.0
    models: Annotated[
        tuple[str, ...], Setting(help="A learner or LIBSVM options, may be repeated: knn, svm-rbf, forest, ... Default: those three.")
    ] = ("knn", "svm-rbf", "forest")
    families: Annotated[bool, Setting(help="Also a discriminant for each family of features, answering together.")] = True
    embedding: Annotated[
        str, Setting(help="none, default, or an engine of the task embedding: its vectors answer, too.", metavar="NAME")
    ] = "none"
    network: Annotated[str, Setting(help="none, short-chunk, short-chunk-residual or crnn (needs the train extra).", metavar="NAME")] = (
        "none"
    )
    epochs: Annotated[int, Setting(help="Of the network, at most.", least=1, most=10_000)] = 30
    width: Annotated[int, Setting(help="Of the network's first layer.", least=4, most=512)] = 16
    curve: Annotated[bool, Setting(help="Draw learning curves (takes as long again).")] = False
    submission: Annotated[str, Setting(help="Name of the file of guesses for tracks without labels.", metavar="ID")] = "predictions"
    workers: Annotated[int, Setting(help="Processes. 0: one for each core.", least=0, most=512)] = 0
    seed: Annotated[int, Setting(help="Of all that is drawn.", least=0)] = 0


@dataclass(frozen=True, kw_only=True)
class SingerOptions(ClassifyOptions):
    """Homework 1: an album stays whole, a network is trained from scratch."""

    emphasis: Annotated[str, Setting(help="vocals (also describe the separated voice) or none.", metavar="NAME")] = "vocals"
    network: Annotated[str, Setting(help="short-chunk, short-chunk-residual, crnn or none.", metavar="NAME")] = "short-chunk"
    split: Annotated[
        str, Setting(help="auto (artist20's lists, else a sixth of the albums held out), given, hold-out, k-fold ...", metavar="NAME")
    ] = "auto"
    test_share: Annotated[float, Setting(help="To be judged by, of a hold-out.", least=0.01, most=0.9)] = 1 / 6
    submission: Annotated[str, Setting(help="Your student ID: names the file that is handed in.", metavar="ID")] = "studentID"


@dataclass(frozen=True, kw_only=True)
class GenreOptions(ClassifyOptions):
    """A list's column of genres."""

    label: Annotated[str, Setting(help="The column of a list that says the genre.", metavar="NAME")] = "genre"


@dataclass(frozen=True, kw_only=True)
class ActivityOptions(ClassifyOptions):
    """Several labels for each recording."""

    models: Annotated[tuple[str, ...], Setting(help="A learner, may be repeated. Default: logistic, forest.")] = ("logistic", "forest")
    families: Annotated[bool, Setting(help="Also a discriminant for each family of features.")] = False


_WORK = "hexachord.journeys.recipes.classifying_run"
_MODEL = "descriptors pooled over the track and over pieces; each model tuned inside the folds; baselines; optionally a network on log-mel"
_METRICS = ("top-1", "top-3", "balanced accuracy", "precision, recall, F1 of each class", "confusion", "95 % intervals over songs")
_SPLIT = "the data's own sides, else folds; albums (or songs) whole; stops where one recording stands on both sides"

CLASSIFY = Recipe(
    name="classify",
    title="Tell classes of recordings apart: any labelled collection, from files to a report",
    dataset="root/label/(album/)track, a list in CSV or JSONL, NSynth, artist20",
    split=_SPLIT,
    model=_MODEL,
    metrics=_METRICS,
    submission="a report, a saved model, guesses for tracks without labels",
    options=ClassifyOptions,
    target=f"{_WORK}:cook_classify",
    modules=("sklearn",),
    extra="learn",
)
SINGER = Recipe(
    name="singer",
    title="Singer classification: classical models and a short-chunk CNN from scratch, albums kept whole",
    dataset="artist20 (train.json, val.json, train_val/, test/), or any root/artist/album/track",
    split="artist20's lists; else a sixth of each artist's albums held out, another kept to choose by",
    model="kNN, SVM (grid), random forest, discriminants on descriptors of mix and voice; a short-chunk CNN on log-mel, mean of chances",
    metrics=_METRICS,
    submission='studentID.json: {"001": [first, second, third], ...}',
    options=SingerOptions,
    target=f"{_WORK}:cook_singer",
    modules=("sklearn",),
    extra="learn",
)
GENRE = Recipe(
    name="genre",
    title="Genre classification of a folder of songs by genre",
    dataset="root/genre/(album/)track, or a list with the column genre",
    split=_SPLIT,
    model=_MODEL,
    metrics=_METRICS,
    submission="a report, a saved model, guesses for tracks without labels",
    options=GenreOptions,
    target=f"{_WORK}:cook_genre",
    modules=("sklearn",),
    extra="learn",
)
INSTRUMENT = Recipe(
    name="instrument",
    title="Which instrument plays a note: NSynth's layout, instruments kept whole",
    dataset="NSynth (examples.json, audio/) as train, valid, test; or root/instrument/note",
    split="NSynth's own sides, else folds by instrument",
    model=_MODEL,
    metrics=_METRICS,
    submission="a report, a saved model, guesses for notes without labels",
    options=ClassifyOptions,
    target=f"{_WORK}:cook_instrument",
    modules=("sklearn",),
    extra="learn",
)
ACTIVITY = Recipe(
    name="activity",
    title="Which instruments are heard: several labels for each recording, a threshold for each",
    dataset="a list with a column of 0 and 1 for each label, or several labels in one column",
    split=_SPLIT,
    model="one model for each label on descriptors; thresholds set by songs that were not learnt from",
    metrics=("ROC-AUC", "PR-AUC", "F1 of each label", "95 % intervals over songs"),
    submission="a report, a saved model, chances of each label for tracks without any",
    options=ActivityOptions,
    target=f"{_WORK}:cook_activity",
    modules=("sklearn",),
    extra="learn",
)
