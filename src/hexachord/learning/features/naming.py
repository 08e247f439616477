"""Columns under the names that another tool gives to the same measurement, as far as it has one."""

from dataclasses import replace

from hexachord.audio_analysis.descriptors import ALIASES, CATALOGUE
from hexachord.errors import InputError
from hexachord.learning.features.table import FeatureTable


def rename_columns(table: FeatureTable, tool: str) -> FeatureTable:
    """Name columns as another tool does: ``timbre/mfcc_03/std`` is ``lowlevel.mfcc_03.std`` to Essentia; the others keep their names.

    The numbers stay: whether the tool would give the same ones is said by `hexachord.audio_analysis.descriptors.aliases.EQUAL`.

    Raises
    ------
    InputError : if there is no table of that tool's names.

    Examples
    --------
    >>> import numpy as np
    >>> table = FeatureTable(ids=("a",), names=("timbre/mfcc_03/std", "rhythm/tempo_bpm"), values=np.zeros((1, 2)))
    >>> rename_columns(table, "essentia").names
    ('lowlevel.mfcc_03.std', 'rhythm.bpm')
    """
    if tool not in ALIASES:
        raise InputError(f"tool {tool}", found="no table of its names", expected="one of " + ", ".join(ALIASES))
    theirs: dict[str, str] = {}
    for name, ours in ALIASES[tool].items():
        entry = CATALOGUE[ours]
        for column, suffix in zip(entry.columns, entry.suffixes or ("",), strict=True):
            theirs.setdefault(column, f"{name}_{suffix}" if suffix else name)
    names = [_renamed(name, theirs) for name in table.names]
    taken: set[str] = set()
    for place, name in enumerate(names):
        if name in taken:  # two of ours are one to them: the second keeps its own name
            names[place] = table.names[place]
        taken.add(names[place])
    return replace(table, names=tuple(names))


def _renamed(name: str, theirs: dict[str, str]) -> str:
    if name in theirs:
        return theirs[name]
    column, _, statistic = name.rpartition("/")
    return f"{theirs[column]}.{statistic}" if column in theirs else name
