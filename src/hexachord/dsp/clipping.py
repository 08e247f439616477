"""How much of a sound was cut off at its loudest: flat tops, where a wave stays at the extreme for several samples.

A wave that was never cut touches its extreme for a moment and turns; one that was cut lies there. Three samples in a row that agree
make a flat top: two may be chance.
"""

import numpy as np

from hexachord.arrays import FloatArray

_NEAR = 0.999  # of the extreme
_LEVELS = 4096
_RUN = 3  # samples
_AGREE = 1e-5  # relative: 440 Hz moves a hundred times as far at its very top


class ClippingMeter:
    """Measures a sound that comes in blocks, channel by channel.

    Examples
    --------
    >>> wave = np.sin(2 * np.pi * 440 * np.arange(44100) / 44100)
    >>> def share(signal):
    ...     meter = ClippingMeter()
    ...     meter.add(signal[np.newaxis])
    ...     return round(meter.share, 2)
    >>> share(wave), share(np.clip(3 * wave, -1, 1))
    (0.0, 0.74)
    """

    def __init__(self) -> None:
        self._flat = np.zeros(_LEVELS + 1, dtype=np.int64)  # samples in runs, by level; louder than full scale counts as full scale
        self._samples = 0
        self._peak = 0.0

    def add(self, samples: FloatArray) -> None:
        """Add the next ``(channels, n)`` samples; a run that a border cuts counts on neither side."""
        level = np.abs(np.asarray(samples, dtype=np.float32))
        self._samples += level.size
        self._peak = max(self._peak, float(np.nan_to_num(level).max(initial=0.0)))
        if level.shape[-1] < _RUN:
            return
        signed = np.asarray(samples, dtype=np.float32)
        same = np.abs(np.diff(signed, axis=-1)) <= _AGREE * level[..., 1:]
        flat = same[..., 1:] & same[..., :-1] & (level[..., 1:-1] > 0)  # the middle of three that agree
        rows = np.minimum(np.rint(level[..., 1:-1][flat] * _LEVELS), _LEVELS).astype(np.int64)
        self._flat += np.bincount(rows, minlength=_LEVELS + 1)

    @property
    def peak(self) -> float:
        """The loudest sample so far."""
        return self._peak

    @property
    def share(self) -> float:
        """The share of all samples that lie in flat tops at the extreme of the whole, 0 to 1."""
        if not self._samples or self._peak <= 0:
            return 0.0
        first = int(np.floor(min(self._peak, 1.0) * _NEAR * _LEVELS))
        return float(self._flat[first:].sum() / self._samples)
