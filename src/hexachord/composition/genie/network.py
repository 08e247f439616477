"""The genie's two networks: one step of the decoder (a button in, what each of 88 keys is worth out), and the encoder that presses buttons.

A step is plain arithmetic on a state that goes from note to note, so it runs wherever ONNX does, in a browser too. ``training/genie.py``
trains both. C. Donahue, I. Simon, S. Dieleman, "Piano Genie", IUI 2019.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from hexachord.arrays import Float32Array, Float64Array, FloatArray, IntArray
from hexachord.composition.genie.cues import BUTTONS, KEYS, KINDS, LONGEST_WAIT_S, LOWEST, encoder_cues, repaired, waits
from hexachord.errors import InputError
from hexachord.models.networks import Network, log_softmax, open_network

NETWORK = "genie"
ENCODER = "genie_encoder"
NO_CONTEXT = np.zeros(24, dtype=np.float32)
"""Pitch classes of no scale and of no chord."""


class GenieSteps:
    """The decoder's memory of one player: what each key is worth as the next note.

    Parameters
    ----------
    network : the shipped one by its name, or the path of an .onnx that ``training/genie.py`` wrote
    kind : of `hexachord.composition.genie.cues.KINDS`

    Raises
    ------
    InputError : if there is no such network, or it is another one's.
    """

    def __init__(self, *, network: str | Path = NETWORK, kind: str = "") -> None:
        opened = open_network(network)
        shapes = {each.name: each.shape for each in opened.session.get_inputs()}
        if "state" not in shapes or "button" not in shapes:
            raise InputError(str(network), found="a network for something else", expected="one that training/genie.py wrote")
        self._session: Any = opened.session
        self._nothing: Float32Array = np.zeros(shapes["state"], dtype=np.float32)
        self._kind = np.array([KINDS.index(kind)])
        self.restart()

    def restart(self) -> None:
        """Forget all notes."""
        self._state = self._nothing
        self._key, self._before = 0, 0

    def tell(self, button: int | None, wait_s: float, context: Float32Array = NO_CONTEXT) -> Float32Array:
        """Say what each key is worth now: (88,) logits from the lowest key up.

        Parameters
        ----------
        button : 1 to 8, or None where none is known
        wait_s : seconds since the note before; 0 within a chord
        context : (24,) pitch classes of the scale and of the chord, nothing where they are not known
        """
        pressed = 0 if button is None else button
        logits, self._state = self._session.run(
            None,
            {
                "button": np.array([pressed]),
                "before": np.array([self._before]),
                "key": np.array([self._key]),
                "wait_s": np.array([min(wait_s, LONGEST_WAIT_S)], dtype=np.float32),
                "kind": self._kind,
                "context": np.asarray(context, dtype=np.float32)[None],
                "state": self._state,
            },
        )
        self._before = pressed
        return np.asarray(logits[0], dtype=np.float32)

    def take(self, pitch: int) -> None:
        """Remember which note it became."""
        self._key = pitch - LOWEST + 1


def told_logits(
    steps: GenieSteps, pitch: IntArray, wait_s: FloatArray, *, buttons: IntArray | None, context: FloatArray | None = None
) -> Float32Array:
    """Tell every note of a line that is known, from what was before it: (n, 88) logits.

    Parameters
    ----------
    pitch, wait_s : (n,) the line in the order of `hexachord.composition.genie.cues.in_moments`
    buttons : (n,) 1 to 8; None for none
    context : (n, 24) or (24,); nothing where it is not known
    """
    steps.restart()
    rows = np.broadcast_to(NO_CONTEXT if context is None else np.asarray(context, dtype=np.float32), (len(pitch), 24))
    found = np.zeros((len(pitch), KEYS), dtype=np.float32)
    for index, (key, wait) in enumerate(zip(pitch.tolist(), np.asarray(wait_s).tolist(), strict=True)):
        found[index] = steps.tell(None if buttons is None else int(buttons[index]), wait, rows[index])
        steps.take(key)
    return found


def note_nats(logits: FloatArray, pitch: IntArray) -> Float64Array:
    """What each note cost: minus the logarithm of its chance, (n,)."""
    chances = log_softmax(logits.astype(np.float64))
    return np.asarray(-chances[np.arange(len(pitch)), np.asarray(pitch) - LOWEST])


def encode_buttons(pitch: IntArray, moment_s: Sequence[float] | FloatArray, *, network: Network | None = None) -> IntArray:
    """Press buttons for notes: the encoder's choice, its contour repaired where it slips.

    Parameters
    ----------
    pitch, moment_s : (n,) in the order of `hexachord.composition.genie.cues.in_moments`
    network : the shipped encoder when not given

    Returns
    -------
    (n,) buttons, 1 to 8: higher notes further right, as far as there are buttons
    """
    return repaired(raw_buttons(pitch, moment_s, network=network), pitch)


def raw_buttons(pitch: IntArray, moment_s: Sequence[float] | FloatArray, *, network: Network | None = None) -> IntArray:
    """Press buttons for notes as the encoder says, nothing repaired; see `encode_buttons`."""
    if not len(pitch):
        return np.zeros(0, dtype=np.int64)
    number = (network or open_network(ENCODER))(encoder_cues(np.asarray(pitch), waits(np.asarray(moment_s))))[:, 0]
    return np.asarray(np.rint((np.clip(number, -1.0, 1.0) + 1.0) * (BUTTONS - 1) / 2.0).astype(np.int64) + 1)
