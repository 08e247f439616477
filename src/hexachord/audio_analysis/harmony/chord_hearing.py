"""What the chord network hears, frame by frame: chances of chords, basses, tones and changes.

The network (`hexachord.learning.deep.harmony`, trained by ``training/chords.py``) hears every key alike and answers in parts: root, bass,
the twelve chord tones, the quality on each root, and whether a chord begins (McFee & Bello, ISMIR 2017). Chords are decoded from it
(`chord_network`), and keys listen to it too (`key_model`): there is one chord model in the house.
"""

from dataclasses import dataclass

import numpy as np

from hexachord.arrays import Float32Array, FloatArray
from hexachord.audio_analysis.harmony.chroma_frames import SILENT, normalise_chroma
from hexachord.audio_analysis.harmony.vocabulary import QUALITIES
from hexachord.models.networks import Network, log_softmax, open_network, sigmoid

SHIPPED = "harmony"
STATES = 12 * len(QUALITIES) + 1
"""Root times quality, and none last."""

POOL = 8  # the network takes a multiple of so many frames
BLOCK_FRAMES = 4096  # six minutes: what it may recall of a longer piece
_CONTEXT_FRAMES = 512


@dataclass(frozen=True, eq=False)
class ChordChances:
    """What the network says frame by frame: log chances of states (frames, STATES) and of basses (frames, 13), chances of tones (frames,
    12) and that a chord begins (frames,)."""

    state: Float32Array
    bass: Float32Array
    tones: Float32Array
    begins: Float32Array


def chord_chances(treble_chroma: FloatArray, bass_chroma: FloatArray, *, network: Network | None = None) -> ChordChances:
    """Ask the network.

    Parameters
    ----------
    treble_chroma, bass_chroma : (frames, 12) from C, about `chroma_frames.MODEL_HOP_S` apart
    network : another one than the shipped

    Raises
    ------
    InputError : if this installation lacks the network.
    """
    opened = open_network(SHIPPED) if network is None else network
    chroma = np.hstack([bass_chroma, treble_chroma])
    logits = _run(opened, shown(chroma))
    kinds = len(QUALITIES)
    root = log_softmax(logits[:, :13])
    quality = log_softmax(logits[:, 38 : 38 + 12 * kinds].reshape(-1, 12, kinds))
    state = np.concatenate([(root[:, :12, None] + quality).reshape(len(logits), -1), root[:, 12:]], axis=1)
    level = np.asarray(chroma, dtype=np.float64).sum(axis=1)
    silent = level <= (SILENT * np.percentile(level, 90) if len(level) else 0.0)
    state[silent] = np.log(1e-4 / (STATES - 1))
    state[silent, -1] = np.log(1 - 1e-4)
    return ChordChances(state, log_softmax(logits[:, 13:26]), sigmoid(logits[:, 26:38]), sigmoid(logits[:, -1]))


def shown(chroma: FloatArray) -> Float32Array:
    """Make of chroma, (frames, 24) bass and treble, what the network is given: (frames, 48), each frame beside the mean of all."""
    level = normalise_chroma(chroma)
    mean = level.mean(axis=0) if len(level) else np.zeros(24)
    return np.hstack([level, np.broadcast_to(mean, level.shape)]).astype(np.float32)


def _run(network: Network, chroma: Float32Array) -> Float32Array:
    """Run the network over a piece; a long one in blocks, each with what is around it."""
    frames = len(chroma)
    found = np.zeros((frames, 38 + 12 * len(QUALITIES) + 1), dtype=np.float32)
    for first in range(0, frames, BLOCK_FRAMES):
        last = min(first + BLOCK_FRAMES, frames)
        begin, end = max(0, first - _CONTEXT_FRAMES), min(frames, last + _CONTEXT_FRAMES)
        block = np.pad(chroma[begin:end], ((0, -(end - begin) % POOL), (0, 0)))
        logits = network.session.run(None, {network.input: block[None]})[0][0]
        found[first:last] = logits[first - begin : last - begin]
    return found
