"""Results of `hexachord learn` on the terminal: models, classes, who was taken for whom."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from rich.console import Console

    from hexachord.learning.evaluation.result import Interval, ModelResult

_SHOWN = ("top1", "top3", "balanced_accuracy", "f1_macro", "exact_match", "roc_auc", "pr_auc")
_WIDEST = 30  # classes of a confusion table that still fits on a page


def print_table(console: "Console", head: Sequence[str], rows: Sequence[Sequence[str]], *, words: int = 1, title: str = "") -> None:
    """Print rows under a head; the first columns (`words`) and the last are text where they are no numbers, others right-aligned."""
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), title=escape(title) if title else None, title_justify="left")
    for number, name in enumerate(head):
        is_text = number < words or any(row[number] and not _is_figure(row[number]) for row in rows)
        table.add_column(escape(name), justify="left" if is_text else "right", overflow="fold")
    for row in rows:
        table.add_row(*(escape(cell) for cell in row))
    console.print(table)


def print_models(console: "Console", models: Sequence["ModelResult"]) -> None:
    """Print a line for each model: figures with their 95 % intervals."""
    few = all(len(model.per_class) <= 3 for model in models)  # the first three of three are always right
    names = [name for name in _SHOWN if any(name in model.metrics for model in models) and not (few and name == "top3")]
    rows = [
        (model.name + (" (baseline)" if model.baseline else ""), *(figure(model.metrics.get(name)) for name in names)) for model in models
    ]
    print_table(console, ("model", *(name.replace("_", " ") for name in names)), rows)


def print_model(console: "Console", model: "ModelResult", classes: Sequence[str]) -> None:
    """Print what a model does class by class, and whom it takes for whom."""
    rows = [
        (
            name,
            *(figure(of.get(part), short=True) for part in ("precision", "recall", "f1")),
            f"{of['support'].value:g}" if "support" in of else "",
        )
        for name, of in model.per_class.items()
    ]
    print_table(console, ("class", "precision", "recall", "f1", "tracks"), rows)
    if not model.confusion.size or len(classes) > _WIDEST:
        return
    right = int(np.trace(model.confusion))
    whole = int(model.confusion.sum())
    console.print(f"\nright: {right} of {whole} ({right / max(whole, 1):.1%})")
    letters = [_letter(number) for number in range(len(classes))]
    marked = [
        (*(str(count) if count else "." for count in line), f"{letter} = {name}")
        for letter, name, line in zip(letters, classes, model.confusion.tolist(), strict=True)
    ]
    print_table(console, (*letters, "<- taken for"), marked, words=0)


def figure(found: "Interval | None", *, short: bool = False) -> str:
    """A figure with its interval; nothing where there is none."""
    if found is None or not np.isfinite(found.value):
        return ""
    if short or not np.isfinite(found.low):
        return f"{found.value:.3f}"
    return f"{found.value:.3f} ({found.low:.2f}-{found.high:.2f})"


def _letter(number: int) -> str:
    """a, b ... z, aa, ab ...: how WEKA names the columns of a confusion table."""
    return chr(ord("a") + number) if number < 26 else _letter(number // 26 - 1) + _letter(number % 26)


def _is_figure(cell: str) -> bool:
    return cell[:1] in "0123456789-.~"
