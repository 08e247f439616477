"""The pages: each is one file that loads nothing, with what Python computed inside it and a script that draws.

`make_teaching_views` writes them all and a page that lists them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from importlib import resources
from pathlib import Path
from typing import Any

from hexachord.files import write_text
from hexachord.journeys.lab.teaching.cat_dog_rabbit import table_figures_in_words
from hexachord.journeys.lab.teaching.clusters import STARTS, cluster_steps
from hexachord.journeys.lab.teaching.fields import neighbour_fields, svm_fields
from hexachord.journeys.lab.teaching.rules import growing_freedom, split_rules
from hexachord.journeys.lab.teaching.songs import TeachingSongs, built_in_songs, choose_pair, songs_of
from hexachord.journeys.lab.teaching.weights import losses_over_margin, penalty_paths
from hexachord.journeys.reporting.html import html_document, inline_json
from hexachord.learning.features.table import FeatureTable


@dataclass(frozen=True, kw_only=True)
class Lesson:
    """A page.

    Attributes
    ----------
    file, title, lead : its name, what it shows, in a sentence or two
    script : which of the scripts draws it
    facts : what was computed
    controls, stage : markup of its sliders and buttons, and of what they change
    notes : paragraphs below: what to try, what to notice
    """

    file: str
    title: str
    lead: str
    script: str
    facts: Mapping[str, Any]
    stage: str
    controls: str = ""
    notes: tuple[str, ...] = field(default_factory=tuple)


def make_teaching_views(
    folder: str | Path,
    *,
    table: FeatureTable | None = None,
    labels: Mapping[str, str] | None = None,
    albums: Mapping[str, str] | None = None,
    seed: int = 0,
) -> tuple[Path, ...]:
    """Write the teaching views and ``index.html``.

    Parameters
    ----------
    folder : it is made where it is missing
    table : features of the user's songs, whole or in pieces; the songs that come with the library when not given
    labels : the class of each track, by its id; needed with `table`
    albums : the album of each track, by its id, where they are known
    seed : of everything that is drawn; the same seed gives the same bytes

    Returns
    -------
    Paths of the pages, the index first

    Raises
    ------
    InputError : if there are fewer than two classes of two songs, or fewer than two descriptors.
    MissingExtraError : without scikit-learn.
    """
    data = built_in_songs() if table is None else songs_of(table, labels or {}, albums)
    lessons = lessons_of(data, seed=seed)
    folder = Path(folder)
    pages = [("index.html", _index(lessons, data)), *((lesson.file, _page(lesson, data)) for lesson in lessons)]
    return tuple(write_text(folder / name, page.encode("utf-8", "replace").decode("utf-8")) for name, page in pages)


def lessons_of(data: TeachingSongs, *, seed: int) -> tuple[Lesson, ...]:
    """Compute all views of some songs."""
    pair = choose_pair(data, seed=seed)
    return (
        _svm(svm_fields(pair)), _neighbours(neighbour_fields(pair)), _losses(losses_over_margin(pair)),
        _paths(penalty_paths(data, pair, seed=seed)), _clusters(cluster_steps(data, seed=seed)), _freedom(growing_freedom(data, seed=seed)),
        _splits(split_rules(data, seed=seed)), _animals(table_figures_in_words()),
    )  # fmt: skip


def _svm(facts: dict[str, Any]) -> Lesson:
    sliders = [("c", "C: what a mistake costs", facts["c"], 3), ("gamma", "γ: how near a piece must be to have a say", facts["gamma"], 3)]
    return Lesson(
        file="svm.html", title="The boundary of an SVM", script="field.js", facts=_field_facts(facts, sliders, margin=50.0),
        lead="A support vector machine draws the boundary with the widest margin it can afford. C says what a mistake costs, γ how far a "
             "piece's influence reaches.",
        controls=_sliders(sliders), stage=_legend(facts["classes"], support=True) + _host("plot"),
        notes=("Turn γ up: the boundary wraps itself around single pieces, all that was learnt from is right, and songs not heard are not.",
               "Turn C down: mistakes are cheap, the margin (dashed) widens, and more pieces become support vectors (ringed).",
               "Hollow marks are pieces of songs that were held out: nothing was learnt from them."),
    )  # fmt: skip


def _neighbours(facts: dict[str, Any]) -> Lesson:
    sliders = [("k", "k: how many neighbours vote", facts["k"], 0)]
    return Lesson(
        file="neighbours.html", title="The k nearest neighbours", script="field.js", facts=_field_facts(facts, sliders),
        lead="The laziest learner: it keeps every piece, and asks the k nearest ones what a new one is.",
        controls=_sliders(sliders), stage=_legend(facts["classes"]) + _host("plot"),
        notes=("With k = 1 every piece learnt from is right, for it is its own neighbour: that says nothing about songs not heard.",
               "With a large k the boundary is smooth, and in the end the larger class is everywhere."),
    )  # fmt: skip


def _losses(facts: dict[str, Any]) -> Lesson:
    words = [f"{margin:.1f}" for margin in facts["margins"]]
    risks = ", ".join(f"{loss['name']} {loss['risk']:.3f}" for loss in facts["losses"])
    return Lesson(
        file="losses.html", title="Losses over the margin", script="losses.js", facts={**facts, "title": "Losses over the margin"},
        lead="What a mistake costs. The margin y·f(x) is positive where a classifier is right; the indicator only counts, the square "
             "punishes being too right, the hinge asks for a margin of 1 and then is content.",
        controls=_slider("margin", "margin", words, words.index("0.5")), stage=_host("plot"),
        notes=(f"The bars are the margins of {facts['pieces']} real pieces ({' and '.join(facts['classes'])}) of songs not heard, under a "
               f"linear classifier that least squares found. Their mean losses, the empirical risks: {risks}.",
               "The square of the margin's distance from 1 is the squared error of ±1 labels: (1 − y·f)² = (y − f)², since y² = 1."),
    )  # fmt: skip


def _paths(facts: dict[str, Any]) -> Lesson:
    words = [f"{penalty:.2g}" for penalty in facts["lambdas"]]
    return Lesson(
        file="penalties.html", title="Ridge and lasso", script="paths.js", facts=facts,
        lead="A penalty on the weights keeps a linear model from believing too much. Ridge shrinks all of them, lasso puts one after the "
             "other to 0 and so chooses descriptors.",
        controls=_slider("penalty", "penalty λ", words, len(words) // 2)
        + _choices("kind", "penalty on", ("squares: ridge", "sizes: lasso")),
        stage=f'<div class="two">{_host("path")}{_host("error")}</div><ul id="weights" aria-label="Weights of descriptors"></ul>',
        notes=(f"Telling {facts['classes'][0]} (1) from {facts['classes'][1]} (−1) by {len(facts['names'])} descriptors, standardised on "
               "what was learnt from. The green line is the best penalty for songs not heard; it is chosen there, never on a test side.",),
    )  # fmt: skip


def _clusters(facts: dict[str, Any]) -> Lesson:
    return Lesson(
        file="clusters.html", title="k-means, step by step", script="clusters.js", facts={**facts, "title": "Pieces and centres"},
        lead="No labels: pieces go to the nearest centre, centres move to the middle of their pieces, until nothing moves.",
        controls=_slider("step", "step", ["at first"], 0)
        + _choices("start", "first centres", tuple(f"draw {number}" for number in range(1, STARTS + 1))),
        stage=_host("plot") + _host("objective"),
        notes=("The objective falls with every step: neither half of a step can raise it.",
               "Different first centres may end in different clusters: the grey lines are the other draws. Take the lowest."),
    )  # fmt: skip


def _freedom(facts: dict[str, Any]) -> Lesson:
    words = [f"{gamma:g}" for gamma in facts["gamma"]]
    best = words[facts["best"]]
    lines = [{"name": "learnt from", "values": facts["learnt"]}, {"name": "songs not heard", "values": facts["heldOut"]}]
    return Lesson(
        file="overfitting.html", title="Over-fitting", script="lines.js",
        facts={"words": words, "lines": lines, "chance": facts["chance"], "xLabel": "freedom γ", "title": "Accuracy over freedom"},
        lead="The freer a model, the better it knows what it has learnt from. Songs that it has not heard are another matter.",
        controls=_slider("where", "freedom γ of an SVM", words, facts["best"]), stage=_host("plot"),
        notes=(f"On the left it is too stiff for either (under-fitting); on the right it knows every piece by heart and understands none. "
               f"Best for songs not heard is γ = {best}. Ribbons span five folds of songs.",),
    )  # fmt: skip


def _splits(facts: dict[str, Any]) -> Lesson:
    words = [f"{k}" for k in facts["k"]]
    lines = [{"name": rule["name"], "values": rule["accuracy"]} for rule in facts["rules"]]
    first, last = lines[0]["values"][0][0], lines[-1]["values"][0][0]
    return Lesson(
        file="splits.html", title="Whole songs or pieces?", script="lines.js",
        facts={"words": words, "lines": lines, "chance": facts["chance"], "xLabel": "neighbours k", "title": "Accuracy by rule"},
        lead="The same songs, the same model, the same number of folds; only the rule of who stands on which side differs. Dealing pieces "
             "freely lets a model recognise songs instead of artists.",
        controls=_slider("where", "neighbours k", words, 0), stage=_host("plot"),
        notes=(f"With one neighbour, {lines[0]['name']} give {first:.2f} and {lines[-1]['name']} {last:.2f}: the difference is no skill. "
               f"{facts['pieces']} pieces of {facts['songs']} songs on {facts['albums']} albums; ribbons span five folds.",
               "A neighbour from the same song is the nearest thing there is; an album shares its mastering. What will be asked of the "
               "model later says which rule is honest: new songs of known albums, or new albums."),
    )  # fmt: skip


def _animals(facts: dict[str, Any]) -> Lesson:
    names = facts["names"]
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in names)
    rows = "".join(
        f'<tr><th scope="row">{escape(name)}</th>'
        + "".join(f'<td data-row="{row}" data-column="{column}">{count}</td>' for column, count in enumerate(facts["table"][row]))
        + "</tr>"
        for row, name in enumerate(names)
    )
    stage = (
        f'<div class="animals scroll"><table><thead><tr><th>actual, predicted as</th>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
        '<div class="figures scroll"><table><thead><tr><th scope="col">figure</th><th scope="col">sum</th><th scope="col">is</th>'
        '<th scope="col">in words</th></tr></thead><tbody></tbody></table></div>'
    )
    return Lesson(
        file="confusion.html", title="Cats, dogs and rabbits", script="confusion.js", facts=facts,
        lead="A confusion table says more than one number: rows are what animals are, columns what they were called.",
        controls=_choices("class", "figures of", (*names, "all together")), stage=stage,
        notes=("Blue cells are right; shaded ones were missed, framed ones were called so by mistake.",),
    )  # fmt: skip


def _field_facts(facts: dict[str, Any], sliders: Sequence[tuple[str, str, Sequence[float], int]], *, margin: float = 0.0) -> dict[str, Any]:
    kept = {name: value for name, value in facts.items() if name not in {"c", "gamma", "k"}}
    told = [{"id": name, "words": [f"{value:g}" for value in values]} for name, _, values, _ in sliders]
    return {**kept, "sliders": told, "margin": margin, "title": f"{' and '.join(facts['classes'])} on {' and '.join(facts['names'])}"}


def _sliders(sliders: Sequence[tuple[str, str, Sequence[float], int]]) -> str:
    return "".join(_slider(name, label, [f"{value:g}" for value in values], start) for name, label, values, start in sliders)


def _slider(name: str, label: str, words: Sequence[str], start: int) -> str:
    return (
        f'<div class="control"><label for="{name}">{escape(label)}: <output for="{name}">{escape(words[start])}</output></label>'
        f'<input type="range" id="{name}" min="0" max="{len(words) - 1}" step="1" value="{start}"></div>'
    )


def _choices(group: str, label: str, words: Sequence[str]) -> str:
    buttons = "".join(
        f'<button type="button" data-group="{group}" aria-pressed="{str(not number).lower()}">{escape(word)}</button>'
        for number, word in enumerate(words)
    )
    return f'<div class="choices" role="group" aria-label="{escape(label)}"><span>{escape(label)}</span>{buttons}</div>'


def _host(name: str) -> str:
    return f'<figure><div class="plot-host" id="{name}"></div></figure>'


def _legend(classes: Sequence[str], *, support: bool = False) -> str:
    marks = [
        ('<circle class="piece a" cx="9" cy="9" r="4.5"/>', classes[0]),
        ('<rect class="piece b" x="5" y="5" width="8" height="8"/>', classes[1]),
        ('<circle class="piece a held" cx="9" cy="9" r="4.5"/>', "songs held out"),
    ]  # fmt: skip
    if support:
        marks.append(('<circle class="support" cx="9" cy="9" r="7"/>', "support vectors"))
    items = "".join(f'<li><svg viewBox="0 0 18 18" aria-hidden="true">{mark}</svg>{escape(word)}</li>' for mark, word in marks)
    return f'<ul class="legend">{items}</ul>'


def _page(lesson: Lesson, data: TeachingSongs) -> str:
    notes = "".join(f"<p>{escape(note)}</p>" for note in lesson.notes)
    source = f'<p class="caption">Computed from {escape(data.told)}.</p>' if lesson.script != "confusion.js" else ""
    body = (
        f'<main class="lesson"><p class="back"><a href="index.html">All views</a></p><h1>{escape(lesson.title)}</h1>'
        f'<p class="lead">{escape(lesson.lead)}</p><div class="controls">{lesson.controls}</div>'
        f'<p class="reading" aria-live="polite"></p>{lesson.stage}{notes}{source}'
        "<noscript><p>This view needs JavaScript to be drawn.</p></noscript>"
        f'</main><script type="application/json" id="lesson">{inline_json(dict(lesson.facts))}</script>'
    )
    return html_document(lesson.title, body, scripts=(_asset("common.js") + _asset(lesson.script),), style=_asset("teaching.css"))


def _index(lessons: Sequence[Lesson], data: TeachingSongs) -> str:
    items = "".join(f'<li><a href="{lesson.file}">{escape(lesson.title)}</a><p>{escape(lesson.lead)}</p></li>' for lesson in lessons)
    lead = (
        f"Small views of how machines learn to tell music apart. Every figure was computed from {data.told} "
        "(but the animals' table, which is every first lecture's); nothing was made up to look good."
    )
    body = f'<main class="lesson"><h1>Learning, to look at</h1><p class="lead">{escape(lead)}</p><ol class="lessons">{items}</ol></main>'
    return html_document("Learning, to look at", body, style=_asset("teaching.css"))


def _asset(name: str) -> str:
    return resources.files("hexachord.journeys.lab.teaching").joinpath(name).read_text(encoding="utf-8")
