"""A causal network, frame by frame: what it must remember from one frame to the next goes out with each answer and comes in with the next.

The shipped file has, beside ``mel_db (1, frames, bands)`` and ``chance (1, frames, 2)``, an input ``past_0, past_1, ...`` and an output
``next_0, next_1, ...`` for each convolution's memory (see `hexachord.learning.deep.export`), and says in its metadata how many frames late
it answers (``ahead``).
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from hexachord.arrays import Float32Array
from hexachord.errors import InputError
from hexachord.models.networks import open_network

NETWORK = "rhythm_online"


class Activation(NamedTuple):
    """How likely a beat, and a downbeat, falls on a frame."""

    beat: float
    downbeat: float


class StreamNetwork:
    """Runs a causal network as frames come.

    Parameters
    ----------
    network : name of a shipped network, or the path of another

    Raises
    ------
    InputError : if there is no such network, or it is not of this kind.
    """

    def __init__(self, network: str | Path = NETWORK) -> None:
        opened = open_network(network)
        self._session = opened.session
        inputs = {entry.name: entry for entry in self._session.get_inputs()}
        memories = [name for name in inputs if name.startswith("past_")]
        lookahead = opened.metadata.get("ahead", "")
        if "mel_db" not in inputs or not memories or not lookahead.isdigit():
            raise InputError(
                opened.path,
                found="a network that hears whole recordings",
                expected="one that hears frame by frame",
                next_step="export a causal one with training/rhythm.py --online",
            )
        self.lookahead = int(lookahead)
        self._bands = int(inputs["mel_db"].shape[2])
        self._outputs = ["chance", *(name.replace("past_", "next_") for name in memories)]
        self._memories = memories
        self._past = [np.zeros(inputs[name].shape, dtype=np.float32) for name in memories]
        self._heard = 0
        self._last = np.zeros(self._bands, dtype=np.float32)

    def push(self, frame: Float32Array) -> Activation | None:
        """Take the next frame, (bands,) decibels; returns the activation of the frame `lookahead` before, once there is one."""
        feed = dict(zip(self._memories, self._past, strict=True))
        feed["mel_db"] = np.ascontiguousarray(frame, dtype=np.float32)[None, None]
        chance, *self._past = self._session.run(self._outputs, feed)
        self._heard += 1
        self._last = frame
        if self._heard <= self.lookahead:
            return None
        return Activation(float(chance[0, 0, 0]), float(chance[0, 0, 1]))

    def finish(self) -> list[Activation]:
        """Return the activations of the last frames; what follows them is more of the same."""
        found = [self.push(self._last) for _ in range(min(self.lookahead, self._heard))]
        return [activation for activation in found if activation is not None]
