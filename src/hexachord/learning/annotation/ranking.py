"""The order ``active`` without a model of one's own: how the items sound, and what was said of them so far."""

from collections.abc import Sequence
from pathlib import Path

from hexachord.audio import AudioFile
from hexachord.errors import InputError
from hexachord.learning.annotation.active import rank_by_model
from hexachord.learning.annotation.aggregation import majority
from hexachord.learning.annotation.answers import ratings_of
from hexachord.learning.annotation.excerpts import excerpt_of
from hexachord.learning.annotation.store import Store
from hexachord.learning.datasets.dataset import Dataset, Track
from hexachord.learning.features.extraction import ExtractionOptions, Progress, extract_features
from hexachord.learning.features.table import FeatureTable

FAMILIES = ("dynamics", "timbre")  # quick to describe, and enough to tell where a model is unsure


class SoundRanking:
    """Ranks the items of a store, anew each time it is called: answers come in meanwhile.

    Parameters
    ----------
    store : whose answers count: the majority about the first question that is no rating
    table : how its items sound, a row for each
    """

    def __init__(self, store: Store, table: FeatureTable) -> None:
        self.store = store
        self.table = table

    def __call__(self) -> Sequence[str]:
        """Give the ids of items that nobody has labelled, the most worth asking first; with no labels yet, as unlike as can be."""
        asked = next((question for question in self.store.project.questions if question.kind != "rating"), None)
        decided = () if asked is None else majority(ratings_of(self.store.answers(), asked))
        labels = {each.item: str(each.value) for each in decided if each.value is not None}
        return rank_by_model(self.table, labels, seed=self.store.project.seed)


def ranking_by_sound(store: Store, folder: str | Path, *, workers: int | None = None, progress: Progress | None = None) -> SoundRanking:
    """Describe how the items of a store sound, and rank them by it.

    Parameters
    ----------
    folder : where the descriptions are kept; what is there already is not made again
    workers, progress : see `hexachord.learning.features.extraction.extract_features`

    Raises
    ------
    InputError : if no item can be described.
    """
    tracks = []
    for item in store.items():
        try:
            path = store.path_of(item.id)
            with AudioFile(path) as file:
                start_s, end_s = excerpt_of(store.project, item, file.duration_s)
        except InputError:
            continue  # it has no place in the ranking and comes last; the page says what is wrong with it
        tracks.append(Track(id=item.id, path=path, start_s=start_s, end_s=end_s))
    dataset = Dataset(name=store.project.title, root=store.folder, tracks=tuple(tracks))
    found = extract_features(dataset, folder, options=ExtractionOptions(families=FAMILIES), workers=workers, progress=progress)
    return SoundRanking(store, found.table)
