"""How hands fill beats on pages: which places of a beat are struck, in which company, counted in piano music of two staves.

``training/notation_patterns.py`` counted them. A rhythm that pages are full of costs little; one that nobody writes costs much, and so
does a change of division that pages do not make. (A metrical prior
in the sense of A. T. Cemgil, P. Desain, B. Kappen, "Rhythm quantization for transcription", CMJ 24(2), 2000; counted beat
by beat as in E. Nakamura, K. Yoshii, S. Sagayama, "Rhythm transcription of polyphonic piano music based on merged-output HMM for multiple
voices", IEEE/ACM TASLP 25(4), 2017.)
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from hexachord.arrays import Float64Array
from hexachord.models.tables import load_table

WEIGHTS = "notation_patterns"
SLOTS = 24
"""Places of a beat that are told apart."""
DIVISIONS = (1, 2, 3, 4, 6, 8, 12)
"""Into how many a beat may be divided."""
_UNSEEN, _EACH = 9.0, 0.8  # of a pattern that was hardly ever met: nats, and for each stroke


def division_of(pattern: int) -> int:
    """The coarsest division with all slots of a pattern (bit i is slot i of `SLOTS`); the finest where there is none.

    Examples
    --------
    >>> division_of(1), division_of(1 | 1 << 12), division_of(1 | 1 << 8 | 1 << 16), division_of(0)
    (1, 2, 3, 1)
    """
    for division in DIVISIONS:
        if not pattern & ~_slots(division):
            return division
    return DIVISIONS[-1]


@lru_cache(maxsize=32)
def _slots(division: int) -> int:
    return sum(1 << (slot * SLOTS // division) for slot in range(division))


@dataclass(frozen=True, eq=False)
class BeatPatterns:
    """Costs in nats. `after` is of one division after another in a hand, `beside` of two at a time in two hands, against chance."""

    cost: dict[int, float]
    after: Float64Array
    beside: Float64Array

    def of(self, pattern: int) -> float:
        """What a pattern costs."""
        known = self.cost.get(pattern)
        return _UNSEEN + _EACH * bin(pattern).count("1") if known is None else known


@lru_cache(maxsize=2)
def beat_patterns(compound: bool) -> BeatPatterns:
    """Return what was counted in beats that divide in two, or (`compound`) in three."""
    table, kind = load_table(WEIGHTS), "compound" if compound else "simple"
    return BeatPatterns(
        cost=dict(zip(table[f"{kind}_pattern"].astype(int).tolist(), table[f"{kind}_cost"].tolist(), strict=True)),
        after=table[f"{kind}_after"].astype(np.float64),
        beside=table[f"{kind}_beside"].astype(np.float64),
    )
