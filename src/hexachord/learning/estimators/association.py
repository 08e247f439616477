"""Association rules: what goes with what in a table of names (WEKA's Associate tab).

R. Agrawal, R. Srikant, *Fast Algorithms for Mining Association Rules*, VLDB 1994: a set is frequent only if all its parts are.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Where `given` is, `then` is too.

    Attributes
    ----------
    support : share of rows that have both
    confidence : share of rows with `given` that have `then`
    lift : confidence over how common `then` is anyway; 1 says nothing
    """

    given: tuple[str, ...]
    then: tuple[str, ...]
    support: float
    confidence: float
    lift: float


def frequent_sets(rows: Sequence[Iterable[str]], *, least_support: float = 0.1, largest: int = 4) -> dict[tuple[str, ...], float]:
    """Find every set of items that so many rows have, with the share of rows, smaller sets first.

    Parameters
    ----------
    rows : of items, as ``{"tempo=slow", "mode=minor"}``
    largest : items in a set at most

    Raises
    ------
    ValueError : if the support is not above 0 and at most 1.

    Examples
    --------
    >>> frequent_sets([{"a", "b"}, {"a", "b"}, {"a"}], least_support=0.6)
    {('a',): 1.0, ('b',): 0.6666666666666666, ('a', 'b'): 0.6666666666666666}
    """
    if not 0 < least_support <= 1:
        raise ValueError(f"a support of {least_support}; expected more than 0, at most 1")
    where: dict[tuple[str, ...], frozenset[int]] = {}
    for number, row in enumerate(rows):
        for item in set(row):
            where[(item,)] = where.get((item,), frozenset()) | {number}
    least = least_support * len(rows) - 1e-9
    level = {items: places for items, places in sorted(where.items()) if len(places) >= least}
    found: dict[tuple[str, ...], float] = {}
    for size in range(2, largest + 2):
        found |= {items: len(places) / len(rows) for items, places in level.items()}
        if size > largest:
            break
        # Two sets that differ in the last item alone make a candidate; it counts if all its parts were frequent.
        names = list(level)
        larger = {}
        for one, other in combinations(names, 2):
            if one[:-1] == other[:-1]:
                items = (*one, other[-1])
                if all(part in level for part in combinations(items, size - 1)) and len(both := level[one] & level[other]) >= least:
                    larger[items] = both
        level = larger
        if not level:
            break
    return found


def association_rules(
    rows: Sequence[Iterable[str]], *, least_support: float = 0.1, least_confidence: float = 0.9, largest: int = 4, most: int = 10
) -> tuple[Rule, ...]:
    """Find the rules that hold most often, the surest first, of equals the more common, then the shorter.

    Raises
    ------
    ValueError : as `frequent_sets`.
    """
    found = frequent_sets(rows, least_support=least_support, largest=largest)
    rules = []
    for items, support in found.items():
        for size in range(1, len(items)):
            for given in combinations(items, size):
                then = tuple(item for item in items if item not in given)
                confidence = support / found[given]
                if confidence >= least_confidence - 1e-9:
                    rules.append(Rule(given=given, then=then, support=support, confidence=confidence, lift=confidence / found[then]))
    rules.sort(key=lambda rule: (-rule.confidence, -rule.support, len(rule.given) + len(rule.then), rule.given, rule.then))
    return tuple(rules[:most])
