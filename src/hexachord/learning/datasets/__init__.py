"""Collections of labelled music: what they hold, how they are laid out, whether they can be trusted, how they are split."""

from hexachord.learning.datasets.confounds import Confounds, measure_confounds
from hexachord.learning.datasets.dataset import Dataset, Track
from hexachord.learning.datasets.index import DatasetIndex, index_dataset
from hexachord.learning.datasets.integrity import Integrity, check_integrity
from hexachord.learning.datasets.leaks import LeakError, LeakReport, guard_against_leaks
from hexachord.learning.datasets.lists import Columns, save_dataset
from hexachord.learning.datasets.loading import load_dataset, recognise_layout
from hexachord.learning.datasets.openings import count_openings, record_opening
from hexachord.learning.datasets.split import Fold, Split
from hexachord.learning.datasets.splitting import SplitOptions, default_group, make_split
from hexachord.learning.datasets.subsets import limit_dataset, subsample_majority

__all__ = [
    "Columns",
    "Confounds",
    "Dataset",
    "DatasetIndex",
    "Fold",
    "Integrity",
    "LeakError",
    "LeakReport",
    "Split",
    "SplitOptions",
    "Track",
    "check_integrity",
    "count_openings",
    "default_group",
    "guard_against_leaks",
    "index_dataset",
    "limit_dataset",
    "load_dataset",
    "make_split",
    "measure_confounds",
    "recognise_layout",
    "record_opening",
    "save_dataset",
    "subsample_majority",
]
