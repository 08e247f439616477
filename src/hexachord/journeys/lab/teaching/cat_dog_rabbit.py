"""The confusion table of every first lecture: cats, dogs and rabbits, and each figure with the sum it comes from."""

from typing import Any

import numpy as np

from hexachord.metrics.classification import class_figures, macro, weighted

NAMES = ("cat", "dog", "rabbit")
TABLE = np.array([[5, 3, 0], [2, 3, 1], [0, 2, 11]])


def table_figures_in_words() -> dict[str, Any]:
    """Give the table, and for each class and for all of them the figures as fractions and as numbers of four digits."""
    figures = class_figures(TABLE)
    shown = []
    for row, name in enumerate(NAMES):
        hits, said, there = int(TABLE[row, row]), int(TABLE[:, row].sum()), int(TABLE[row].sum())
        precision, recall, f1 = (f"{float(value[row]):.4f}" for value in (figures.precision, figures.recall, figures.f1))
        shown.append({
            "name": name,
            "lines": [
                ["precision", f"{hits} / {said}", precision, f"of {said} called {name}, {hits} are"],
                ["recall", f"{hits} / {there}", recall, f"of {there} that are {name}, {hits} are found"],
                ["F1", f"2 · {precision} · {recall} / ({precision} + {recall})", f1, "high only where both are"],
            ],
        })  # fmt: skip
    right, every = int(TABLE.trace()), int(TABLE.sum())
    averages = [
        [f"{name} {what}", how, f"{float(value):.4f}", told]
        for name, values, how, told in (
            ("macro", macro(figures, TABLE), "(cat + dog + rabbit) / 3", "every class counts the same"),
            ("weighted", weighted(figures), "by 8, 6 and 13 animals", "every animal counts the same"),
        )
        for what, value in zip(("precision", "recall", "F1"), values, strict=True)
    ]
    everything = [
        ["accuracy", f"{right} / {every}", f"{right / every:.4f}", f"of {every} animals, {right} are called what they are"],
        *averages,
    ]
    return {"names": list(NAMES), "table": TABLE.tolist(), "classes": [*shown, {"name": "all", "lines": everything}]}
