"""Harmonic stacking: every pitch of a log-frequency spectrum sees its partials in one column.

Bittner et al., "Deep salience representations for F0 estimation in polyphonic music", ISMIR 2017.
"""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional


def partial_shifts(partials: Sequence[float], *, bins_per_octave: int) -> list[int]:
    """How many bins above a pitch each of its partials lies; an undertone lies below."""
    return [round(bins_per_octave * float(torch.log2(torch.tensor(partial)))) for partial in partials]


def harmonic_stack(seen: Tensor, shifts: Sequence[int], *, pitches: int) -> Tensor:
    """Lay the partials of the lowest `pitches` bins over one another: ``(batch, views, frames, bins)`` → ``(batch, views * shifts, frames,
    pitches)``; beyond the spectrum there is nothing."""
    below = max(0, -min(shifts))
    above = max(0, max(shifts) + pitches - seen.shape[3])
    seen = functional.pad(seen, (below, above))
    return torch.cat([seen[..., below + shift : below + shift + pitches] for shift in shifts], dim=1)
