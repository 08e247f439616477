"""Echoes: a delay whose output comes back, darker each time."""

import numpy as np

from hexachord.arrays import Float32Array
from hexachord.processing.effects.effect import Blend, Processor, amplitude, effect, within
from hexachord.processing.effects.equalizer import high_pass, low_pass


@effect
def delay(
    rate_hz: int,
    channels: int,
    *,
    time_s: float = 0.375,
    feedback: float = 0.35,
    damping_hz: float = 5000.0,
    low_cut_hz: float = 150.0,
    wet_db: float = -10.0,
    ping_pong: bool = False,
) -> Processor:
    """Repeat.

    Parameters
    ----------
    time_s : between repeats, 5 ms to 10 s
    feedback : height of a repeat over that of the one before, 0 to 0.95
    damping_hz, low_cut_hz : what each repeat loses
    wet_db : level of the first repeat; the sound itself stays as it is
    ping_pong : repeats of the middle of a stereo sound go from left to right
    """
    engine = _Echoes(rate_hz, channels, time_s, within(feedback, 0.0, 0.95), damping_hz, low_cut_hz, ping_pong and channels == 2)
    return Blend(engine, dry_gain=1.0, wet_gain=amplitude(wet_db))


class _Echoes:
    """Works in pieces no longer than the delay: what comes back is known before it is needed."""

    def __init__(
        self, rate_hz: int, channels: int, time_s: float, feedback: float, damping_hz: float, low_cut_hz: float, ping_pong: bool
    ) -> None:
        self.channels = channels
        self._line = np.zeros((channels, max(1, round(within(time_s, 0.005, 10.0) * rate_hz))), dtype=np.float32)
        self._feedback = np.float32(feedback)
        self._ping_pong = ping_pong
        self._filters = [
            low_pass.processor(rate_hz, channels, cutoff_hz=damping_hz, order=1),
            high_pass.processor(rate_hz, channels, cutoff_hz=low_cut_hz, order=1),
        ]

    def process(self, block: Float32Array) -> Float32Array:
        out = np.empty(block.shape, dtype=np.float32)
        length = self._line.shape[1]
        for at in range(0, block.shape[1], length):
            piece = block[:, at : at + length]
            taken = piece.shape[1]
            echo = self._line[:, :taken]
            for stage in self._filters:
                echo = stage.process(echo)
            out[:, at : at + taken] = echo
            if self._ping_pong:
                fed = self._feedback * echo[::-1]
                fed[0] += piece.mean(axis=0)
            else:
                fed = piece + self._feedback * echo
            self._line = np.concatenate([self._line[:, taken:], fed], axis=1)
        return out

    def finish(self) -> Float32Array:
        return np.zeros((self.channels, 0), dtype=np.float32)
