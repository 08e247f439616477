"""What a report says of models: their numbers, whom they take for whom, their curves, their mistakes."""

from collections.abc import Mapping

from hexachord.journeys.lab.confusions import confusion_picture, order_by_confusion, taken_for
from hexachord.journeys.lab.curves import learning_picture, roc_and_pr, training_picture
from hexachord.journeys.lab.mistakes_widget import mistakes_widget
from hexachord.journeys.lab.run import METRICS, LabRun, metric_name
from hexachord.journeys.lab.songs_judged import judge_songs, mistakes
from hexachord.journeys.reporting.report import Block, Figure, Section, Table, Text
from hexachord.journeys.reporting.svg_plots import Dot, interval_plot, paired_plot
from hexachord.learning.evaluation.result import Interval, ModelResult

_PAIRS = 12  # of confused classes are listed


def told(interval: Interval | None) -> str:
    """Write a number with its interval; a dash where it is not known."""
    if interval is None or interval.value != interval.value:
        return "–"
    return f"{interval.value:.3f} ({interval.low:.3f}–{interval.high:.3f})"


def models_section(run: LabRun) -> Section:
    """Every model with its numbers, baselines first, the best one strong; who beats whom."""
    models = sorted(run.evaluation.models, key=lambda model: not model.baseline)
    winner, baseline, metric = run.winner, run.best_baseline, run.judged_by
    known = {name for model in models for name in model.metrics}
    columns = [name for name in METRICS if name in known] + sorted(known - METRICS.keys())
    rows = tuple(
        (
            f"{model.name}{' (baseline)' if model.baseline else ''}{' ★' if model is winner else ''}",
            *(told(model.metrics.get(name)) for name in columns),
        )
        for model in models
    )
    blocks: list[Block] = []
    if metric:
        dots = [Dot(name=model.name, mean=(at := model.metrics[metric]).value, low=at.low, high=at.high) for model in models]
        band = next((row for row, model in enumerate(models) if model is baseline), None)
        against = f"the band is that of the best baseline, {baseline.name}" if baseline is not None else "there is no baseline"
        blocks.append(
            Figure(svg=(interval_plot(dots, title=metric_name(metric), width=640, band=band),),
                   caption=f"{_capital(metric)} with 95 % intervals (bootstrap over songs); {against}.")
        )  # fmt: skip
    strong = tuple(row for row, model in enumerate(models) if model is winner)
    blocks.append(
        Table(
            head=("", *map(metric_name, columns)),
            rows=rows,
            strong=strong,
            caption="Songs not learnt from; 95 % intervals. ★ is the best model.",
        )
    )
    if run.evaluation.comparisons:
        compared = tuple(
            (f"{pair.first} over {pair.second}", f"{pair.gain.value:+.3f} ({pair.gain.low:+.3f} to {pair.gain.high:+.3f})",
             f"{pair.only_first}", f"{pair.only_second}", f"{pair.p_value:.3g}")
            for pair in run.evaluation.comparisons
        )  # fmt: skip
        blocks.append(
            Table(head=("", "gain in top-1", "only the first is right", "only the second is right", "p (McNemar)"), rows=compared,
                  caption="The same songs, one model against another: the gain is paired, p is exact.")
        )  # fmt: skip
    blocks.append(Table(head=("model", "what it is"), rows=tuple((model.name, _about(model)) for model in models)))
    return Section(title="Models", blocks=tuple(blocks))


def _capital(metric: str) -> str:
    name = metric_name(metric)
    return name[:1].upper() + name[1:]


def _about(model: ModelResult) -> str:
    chosen = "; ".join(dict.fromkeys(each for each in model.chosen if each))
    return f"{model.about.rstrip('.')}. Chosen: {chosen}." if chosen else model.about


def confusion_section(run: LabRun) -> Section:
    """Who is taken for whom, for the best model; the others folded in smaller pictures after it."""
    winner, names = run.winner, run.evaluation.classes
    if winner is None or run.multi_label or winner.confusion.shape != (len(names), len(names)):
        return Section(title="Confusions", blocks=())
    order = order_by_confusion(winner.confusion)
    pairs = [pair for pair in taken_for(winner.confusion) if pair.count > 1 or len(names) <= _PAIRS][:_PAIRS]
    blocks: list[Block] = [
        Figure(svg=(confusion_picture(winner.confusion, names, order=order, title=f"Confusions of {winner.name}"),),
               caption=f"{winner.name}: rows are what songs are, columns what they were taken for; confused classes stand side by side. "
                       "Blue is right, red wrong, counts are judgements; a cell with half of its row or more stands out.")
    ]  # fmt: skip
    if pairs:
        rows = tuple(
            (f"{names[pair.actual]} taken for {names[pair.predicted]}", f"{pair.count} of {pair.of}", f"{pair.count / pair.of:.0%}")
            for pair in pairs
        )
        blocks.append(Table(head=("", "songs", "share"), rows=rows, caption="Most often taken for one another"))
    return Section(title="Confusions", blocks=tuple(blocks))


def other_confusions_section(run: LabRun) -> Section:
    """The confusions of all other models, in the best one's order, so that they can be compared."""
    winner, names = run.winner, run.evaluation.classes
    if winner is None or run.multi_label or winner.confusion.shape != (len(names), len(names)):
        return Section(title="Confusions of the other models", blocks=())
    order = order_by_confusion(winner.confusion)
    blocks = tuple(
        Figure(svg=(confusion_picture(model.confusion, names, order=order, title=f"Confusions of {model.name}"),), caption=model.name)
        for model in run.evaluation.models
        if model is not winner and model.confusion.shape == (len(names), len(names))
    )
    return Section(title="Confusions of the other models", blocks=blocks, folded=True)


def classes_section(run: LabRun) -> Section:
    """Precision, recall and F of each class for the best model, the best known class first."""
    winner = run.winner
    if winner is None or not winner.per_class:
        return Section(title="Class by class", blocks=())
    known = sorted(winner.per_class.items(), key=lambda item: (-_value(item[1], "f1"), item[0]))
    rows = tuple(
        (name, *(told(figures.get(what)) for what in ("precision", "recall", "f1")), f"{_value(figures, 'support'):.0f}")
        for name, figures in known
    )
    dots = [Dot(name=name, mean=(at := figures["f1"]).value, low=at.low, high=at.high) for name, figures in known if "f1" in figures]
    return Section(
        title="Class by class",
        blocks=(
            Figure(svg=(interval_plot(dots, title="F1", width=640, band=None),), caption=f"F1 by {winner.name}, with 95 % intervals."),
            Table(head=("class", "precision", "recall", "F1", "songs"), rows=rows),
        ),
    )  # fmt: skip


def _value(figures: Mapping[str, Interval], what: str) -> float:
    found = figures.get(what)
    return -1.0 if found is None or found.value != found.value else found.value


def curves_section(run: LabRun) -> Section:
    """ROC and precision over recall of the best model; folded where every song has one class, since confusions say more there."""
    winner = run.winner
    if winner is None:
        return Section(title="ROC and precision over recall", blocks=())
    pictures = tuple(svg for svg in roc_and_pr(winner.predictions, run.evaluation.classes) if svg)
    rest = "" if run.multi_label else ", each class against all others"
    caption = f"{winner.name}{rest}: a faint line for each class (its area in the tooltip), the strong one is all judgements in one heap."
    blocks = (Figure(svg=pictures, wide=False, caption=caption),) if pictures else ()
    return Section(title="ROC and precision over recall", blocks=blocks, folded=not run.multi_label and len(run.evaluation.classes) > 2)


def fitting_section(run: LabRun) -> Section:
    """Learnt from against not heard: the gap of every model, learning curves, training curves."""
    metric = run.judged_by
    blocks: list[Block] = []
    gaps = [model for model in run.evaluation.models if metric and metric in model.train_metrics and metric in model.metrics]
    if gaps:
        pairs = []
        for model in gaps:
            at, train = model.metrics[metric], model.train_metrics[metric]
            pairs.append(
                (
                    model.name,
                    Dot(name="songs not heard", mean=at.value, low=at.low, high=at.high),
                    Dot(name="songs learnt from", mean=train, low=train, high=train),
                )
            )
        rows = tuple(
            (model.name, f"{model.train_metrics[metric]:.3f}", f"{model.metrics[metric].value:.3f}",
             f"{model.train_metrics[metric] - model.metrics[metric].value:+.3f}")
            for model in gaps
        )  # fmt: skip
        blocks += [
            Figure(
                svg=(paired_plot(pairs, title="Learnt from and not heard"),),
                caption=f"{_capital(metric)} on both sides: the gap is over-fitting.",
            ),
            Table(head=("", "learnt from", "not heard", "gap"), rows=rows),
        ]
    learning = tuple(learning_picture(curve) for curve in run.evaluation.curves)
    if learning:
        blocks.append(
            Figure(svg=learning, wide=False, caption="With less to learn from: where the lower line still climbs, more songs would help.")
        )
    training = tuple(training_picture(curve) for curve in run.trainings)
    if training:
        blocks.append(Figure(svg=training, wide=False, caption="Networks, epoch by epoch."))
    return Section(title="Over-fitting and learning", blocks=tuple(blocks))


def mistakes_section(run: LabRun, sounds: Mapping[str, str]) -> Section:
    """The songs that the best model took for something else, to be listened to."""
    winner = run.winner
    if winner is None:
        return Section(title="Listen to the mistakes", blocks=())
    judged = judge_songs(winner.predictions)
    wrong = mistakes(judged)
    if not wrong:
        return Section(
            title="Listen to the mistakes", blocks=(Text(text=f"{winner.name} took none of {len(judged)} songs for something else."),)
        )
    often = " Scores of a song that was judged several times are averaged." if len(judged) < len(winner.predictions.ids) else ""
    text = (
        f"{winner.name} took {len(wrong)} of {len(judged)} songs for something else. The surest come first: "
        f"listen whether the label is right.{often}"
    )
    return Section(title="Listen to the mistakes", blocks=(Text(text=text), mistakes_widget(wrong, run.evaluation.classes, sounds)))


def chunk_section(run: LabRun) -> Section:
    """The same models where pieces of one song were let stand on both sides, beside the honest figures."""
    metric = run.judged_by
    honest = {model.name: model for model in run.evaluation.models}
    both = [(honest[model.name], model) for model in run.evaluation.chunk_models if model.name in honest and metric in model.metrics]
    if not both:
        return Section(title="Song split and chunk split", blocks=())
    pairs = [
        (song.name, Dot(name="songs kept whole", mean=(a := song.metrics[metric]).value, low=a.low, high=a.high),
         Dot(name="chunks dealt freely", mean=(b := chunk.metrics[metric]).value, low=b.low, high=b.high))
        for song, chunk in both
    ]  # fmt: skip
    rows = tuple(
        (
            song.name,
            told(song.metrics[metric]),
            told(chunk.metrics[metric]),
            f"{chunk.metrics[metric].value - song.metrics[metric].value:+.3f}",
        )
        for song, chunk in both
    )
    most = max(chunk.metrics[metric].value - song.metrics[metric].value for song, chunk in both)
    return Section(
        title="Song split and chunk split",
        blocks=(
            Figure(svg=(paired_plot(pairs, title="Song split and chunk split"),), caption=f"{_capital(metric)} under both rules."),
            Table(head=("", "songs kept whole", "chunks dealt freely", "flattery"), rows=rows),
            Text(text=f"Dealing chunks freely flatters by up to {most:.3f}: a model then hears pieces of the very songs it is asked about. "
                      "Only the left column may be quoted."),
        ),
    )  # fmt: skip
