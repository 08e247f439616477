"""The assignment "emotion": valence and arousal of songs from their sound, their notes and their words, fused early and late.

Y.-H. Yang and others, "Toward multi-modal music emotion classification", PCM 2008 (audio and lyrics, early and late fusion); scales: J.
Russell, "A circumplex model of affect", 1980.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from hexachord.journeys.recipes.recipe import Recipe, Setting


@dataclass(frozen=True, kw_only=True)
class EmotionOptions:
    """What may be asked of the recipe."""

    data: Annotated[
        Path, Setting(help="A list with valence and arousal (CSV, JSONL), or the folder with one: labels.csv.", metavar="DIR|FILE")
    ]
    branches: Annotated[
        tuple[str, ...], Setting(help="audio, score or lyrics, may be repeated. Default: those that the data have.", metavar="NAME")
    ] = ()
    group: Annotated[
        str, Setting(help="The column of what stays together: series, artist, album ... auto: the first there is.", metavar="NAME")
    ] = "auto"
    middle: Annotated[
        str, Setting(help="What parts high from low: a number, median, or auto (0 where a scale has both signs).", metavar="NUMBER")
    ] = "auto"
    folds: Annotated[int, Setting(help="0: each group once, where there are at most 30, else 5 folds.", least=0, most=1000)] = 0
    model: Annotated[
        str, Setting(help="A learner. auto: logistic-balanced where columns are few (notes), else logistic.", metavar="NAME")
    ] = "auto"
    workers: Annotated[int, Setting(help="Processes. 0: one for each core.", least=0, most=512)] = 0
    seed: Annotated[int, Setting(help="Of all that is drawn.", least=0)] = 0


RECIPE = Recipe(
    name="emotion",
    title="Emotion: valence and arousal from sound, notes and words, fused early and late",
    dataset="a list with valence, arousal and any of audio, midi, lyrics (.txt, .lrc); or files called by the id",
    split="each group (series, artist, album) once, else folds; groups are never torn apart",
    model="a classifier of descriptors, of cues of the notes, of tf-idf of words; their columns together, their answers together",
    metrics=("balanced accuracy", "F1", "ROC-AUC", "95 % intervals over songs", "McNemar"),
    submission="a report for each scale, and the table of branches and fusions",
    options=EmotionOptions,
    target="hexachord.journeys.recipes.emotion_run:cook_emotion",
    modules=("sklearn",),
    extra="learn",
)
