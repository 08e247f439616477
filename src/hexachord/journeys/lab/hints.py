"""Six habits of a careful experiment, as rules that read the run's own numbers.

Each rule looks at what was measured and says one of three things: in order, worth a look (with the numbers that say so), or not measured.
The habits are those that courses in music information retrieval hand on: try it small first; look at the data and the labels; have a
baseline; compare training with validation; mind rare classes; listen to the errors, and open the test side once.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Literal

from hexachord.journeys.lab.confusions import taken_for
from hexachord.journeys.lab.run import LabRun, metric_name
from hexachord.journeys.lab.songs_judged import judge_songs, mistakes

State = Literal["good", "look", "unknown"]


@dataclass(frozen=True, kw_only=True)
class HintOptions:
    """From where on something is worth a look."""

    long_s: float = 600.0  # an experiment longer than this deserves a rehearsal
    plateau: float = 0.01  # gained by the last doubling of the data: less is a plateau
    gap: float = 0.2  # between what was learnt from and what was not
    low_train: float = 0.6  # songs that a model has learnt from should be known better than this
    risen: float = 0.05  # of its least, which the validation loss may rise by before the training ends
    ratio: float = 3.0  # between the largest and the smallest class
    blind: float = 0.1  # accuracy above balanced accuracy
    few: int = 5  # songs of a class, below which its figures say little
    sure: float = 0.9  # a mistake made with this confidence asks for a look at the label
    pair: float = 0.15  # of all errors in one pair of classes
    chance: float = 0.05  # a p-value above it: chance explains it


@dataclass(frozen=True, kw_only=True)
class Hint:
    """What one rule says."""

    rule: str
    title: str
    state: State
    text: str


def hints_of(run: LabRun, options: HintOptions = HintOptions()) -> tuple[Hint, ...]:
    """Apply all six rules."""
    return (
        _small_first(run, options),
        _data_and_labels(run, options),
        _baseline_first(run, options),
        _fit(run, options),
        _balance(run, options),
        _errors_and_test(run, options),
    )


def _hint(rule: str, title: str, look: list[str], good: list[str], *, unknown: str = "") -> Hint:
    """Look where anything asks for it; in order where something was measured; else not measured."""
    state: State = "look" if look else "good" if good else "unknown"
    return Hint(rule=rule, title=title, state=state, text=" ".join(look + good) or unknown)


def _counted(count: int, one: str, many: str = "") -> str:
    return f"{count} {one if count == 1 else many or f'{one}s'}"


def _small_first(run: LabRun, options: HintOptions) -> Hint:
    look, good = [], []
    spent_s = sum(model.fit_s for model in run.evaluation.models)
    if run.limit is not None and run.limit < 1:
        look.append(f"This is a rehearsal on {run.limit:.0%} of the data: its figures are not final.")
    elif spent_s > options.long_s and not run.evaluation.curves:
        look.append(f"Fitting took {spent_s / 60:.0f} minutes and no learning curve says whether less data would have told the same.")
    for curve in run.evaluation.curves:
        gained = curve.test[-1] - curve.test[-2] if len(curve.test) > 1 else float("nan")
        if gained < options.plateau:
            good.append(
                f"{curve.name}: from {curve.tracks[-2]} to {curve.tracks[-1]} songs balanced accuracy moves by {gained:+.3f}; "
                f"{curve.tracks[-2]} are enough to try ideas on."
            )
        elif gained >= options.plateau:
            good.append(
                f"{curve.name} still gains {gained:+.3f} from {curve.tracks[-2]} to {curve.tracks[-1]} songs: more data would help."
            )
    if not look and not good and spent_s > 0:
        good.append(f"Fitting everything took {spent_s:.0f} s: short enough to go without a rehearsal.")
    return _hint("small-first", "Try it small first", look, good, unknown="No times and no learning curve were given.")


def _data_and_labels(run: LabRun, options: HintOptions) -> Hint:
    look: list[str] = []
    good: list[str] = []
    found, tracks = run.integrity, run.dataset.tracks
    unlabelled = sum(not track.labels for track in tracks)
    if unlabelled:
        look.append(f"{unlabelled} of {len(tracks)} tracks have no label.")
    if run.dataset.skipped:
        look.append(f"Left out: {_counted(len(run.dataset.skipped), 'file')}.")
    if found is not None:
        counted = (
            (found.unreadable, "unreadable file"),
            ([copy for copy in found.copies if copy.labels_agree], "recording that stands twice", "recordings that stand twice"),
            ([copy for copy in found.copies if not copy.labels_agree], "recording under two labels", "recordings under two labels"),
            (found.silent, "silent track"),
            (found.short, "track too short to tell", "tracks too short to tell"),
            (found.alone, f"class with one {found.group} alone", f"classes with one {found.group} alone"),
        )
        told = [_counted(len(each), *names) for each, *names in counted if each]
        if told:
            look.append(f"Found {', '.join(told)}.")
        else:
            good.append("Every file can be read, none is silent, none stands twice.")
    for forest, what in run.deaf_forests:
        told_of = f"balanced accuracy {forest.balanced_accuracy:.2f}, chance {forest.chance:.2f}, shuffled up to {forest.chance_high:.2f}"
        if forest.sees_the_label:
            look.append(f"{what} alone tells the label: {told_of}.")
        else:
            good.append(f"{what} alone tells no more than chance explains: {told_of}.")
    if run.table is not None and run.table.values.size:
        missing = float((run.table.values != run.table.values).mean())
        if missing > 0:
            look.append(f"{missing:.1%} of the feature values are missing.")
    return _hint("data", "Look at the data and the labels", look, good, unknown="The files were not checked.")


def _baseline_first(run: LabRun, options: HintOptions) -> Hint:
    winner, baseline, metric = run.winner, run.best_baseline, run.judged_by
    title = "Beat a baseline"
    if winner is None or not metric:
        return _hint("baseline", title, [], [], unknown="There is no model to compare.")
    if baseline is None:
        return _hint("baseline", title, ["No baseline was run: nobody knows what this figure is worth."], [])
    mine, theirs = winner.metrics[metric], baseline.metrics[metric]
    told = f"{winner.name} has {metric_name(metric)} {mine.value:.3f} ({mine.low:.3f}–{mine.high:.3f}), {baseline.name} {theirs.value:.3f}."
    pair = next((each for each in run.evaluation.comparisons if {each.first, each.second} == {winner.name, baseline.name}), None)
    if pair is not None:
        told += f" McNemar's exact test over their disagreements: p = {pair.p_value:.3g}."
        beaten = mine.value > theirs.value and pair.p_value <= options.chance
    else:
        beaten = mine.low > theirs.value
    look = [] if beaten else [f"{told} Chance may explain that."]
    forest = run.confounds.classifier if run.confounds is not None else None
    if forest is not None and metric == "balanced_accuracy" and forest.sees_the_label and mine.value <= forest.balanced_accuracy:
        look.append(f"A classifier that sees metadata alone, and never heard a song, has {forest.balanced_accuracy:.3f}: no less.")
    return _hint("baseline", title, look, [told] if beaten else [])


def _fit(run: LabRun, options: HintOptions) -> Hint:
    look, good = [], []
    winner, metric = run.winner, run.judged_by
    if winner is not None and metric in winner.train_metrics and metric in winner.metrics:
        train, test = winner.train_metrics[metric], winner.metrics[metric].value
        told = f"{winner.name} has {metric_name(metric)} {train:.2f} on what it learnt from and {test:.2f} on what it did not"
        if train < options.low_train:
            look.append(f"{told}: it under-fits, and a larger model or better features are due.")
        elif train - test > options.gap:
            look.append(f"{told}: it over-fits; regularise more, or bring more songs.")
        else:
            good.append(f"{told}.")
    for curve in run.trainings:
        if not curve.valid or curve.unit != "loss":
            continue
        least = min(curve.valid)
        at = curve.valid.index(least) + 1
        if curve.valid[-1] > least * (1 + options.risen):
            look.append(
                f"{curve.name}: the validation loss is least at epoch {at} of {len(curve.valid)} and rises by "
                f"{curve.valid[-1] / least - 1:.0%} after it."
            )
        elif at == len(curve.valid) and len(curve.valid) > 1:
            look.append(f"{curve.name}: the validation loss was still falling at the last epoch, {at}: train longer.")
        else:
            good.append(f"{curve.name}: least validation loss at epoch {at} of {len(curve.valid)}.")
    return _hint("fit", "Compare training with validation", look, good, unknown="Nothing was measured on the songs that were learnt from.")


def _balance(run: LabRun, options: HintOptions) -> Hint:
    look: list[str] = []
    good: list[str] = []
    counts = Counter(label for track in run.dataset.tracks for label in track.labels)
    if counts:
        (most, many), (least, few) = counts.most_common(1)[0], min(counts.items(), key=lambda item: (item[1], item[0]))
        told = (
            f"The largest class ({most}) has {many} songs, the smallest ({least}) {few}." if many > few else f"Every class has {few} songs."
        )
        (look if many > options.ratio * few else good).append(told)
        rare = sum(count < options.few for count in counts.values())
        if rare:
            look.append(f"{rare} of {len(counts)} classes have fewer than {options.few} songs: their own figures say little.")
    winner = run.winner
    if winner is not None and {"top1", "balanced_accuracy"} <= winner.metrics.keys():
        plain, fair = winner.metrics["top1"].value, winner.metrics["balanced_accuracy"].value
        if plain - fair > options.blind:
            look.append(f"Accuracy {plain:.2f} hides a balanced accuracy of {fair:.2f}: large classes carry it.")
    return _hint("balance", "Mind rare classes", look, good, unknown="No track has a label.")


def _errors_and_test(run: LabRun, options: HintOptions) -> Hint:
    look, good = [], []
    if run.openings is not None:
        if len(run.openings) > 1:
            look.append(f"The test side has been opened {len(run.openings)} times: what was chosen after looking at it is tuned on it.")
        elif run.openings:
            good.append("The test side was opened once.")
    if run.split is not None and run.split.leaks_on_purpose:
        look.append("Pieces of one song stand on both sides of the split, as asked for: these figures must not be quoted.")
    if run.leaks is not None and run.leaks.leaks:
        look.append(f"Found {_counted(len(run.leaks.leaks), 'leak')} between the sides of the split.")
    winner = run.winner
    if winner is not None:
        wrong = mistakes(judge_songs(winner.predictions))
        sure = sum(song.confidence >= options.sure for song in wrong)
        told = f"{sure or 'None'} of {len(wrong)} mistakes of {winner.name} were made with a confidence of {options.sure:.0%} or more"
        if sure:
            look.append(f"{told}: listen to them first.")
        elif wrong and run.openings is not None:
            good.append(f"{told}.")
        worst = next(iter(taken_for(winner.confusion)), None)
        errors = int(winner.confusion.sum() - winner.confusion.diagonal().sum())
        if worst is not None and worst.count > 1 and worst.count >= options.pair * errors and len(run.evaluation.classes) > 2:
            names = run.evaluation.classes
            look.append(f"{worst.count} of {errors} errors are {names[worst.actual]} taken for {names[worst.predicted]}.")
    return _hint(
        "errors", "Listen to the errors, open the test once", look, good, unknown="Nobody counted how often the test side was opened."
    )
