"""The engine of this project: a small network that has learnt from renders what makes pieces of one song, and songs of one act, alike.

See `hexachord.learning.deep.embedding_net` for the network and ``training/embedding.py`` for how it learnt; here it runs on onnxruntime.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hexachord.arrays import Float32Array
from hexachord.dsp.features import LogMel, dequantise, feature_bytes
from hexachord.errors import InputError
from hexachord.learning.embedding.listener import Listener
from hexachord.models.chunks import Mel, chunk_starts, cut_chunk, open_mel
from hexachord.models.networks import Network, open_network

WEIGHTS = "embedding"
_EDGE = 3  # frames at both ends of a piece whose windows reach beyond it
_HOP = 0.5  # of a piece


@dataclass(frozen=True, kw_only=True, eq=False)
class ProductionNetwork:
    """The open network, and what it is shown.

    Attributes
    ----------
    network : (pieces, frames, bands) decibels → (pieces, numbers)
    feature, frames : of a piece
    """

    network: Network
    feature: LogMel
    frames: int

    def sum_up(self, decibels: Float32Array) -> Float32Array:
        """Sum pieces up."""
        found: Float32Array = self.network.session.run(None, {self.network.input: decibels})[0]
        return found


def open_production(weights: Path | None = None) -> ProductionNetwork:
    """Open the network that comes with this project, or another one that `export_embedding` wrote.

    Raises
    ------
    InputError : if it is not there, or something else.
    """
    network = open_network(WEIGHTS if weights is None else weights)
    try:
        about = json.loads(network.metadata["embedding"])
        return ProductionNetwork(network=network, feature=LogMel(**about["feature"]), frames=int(about["chunk_frames"]))
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(network.path, found="a network of another kind", expected="an embedding (written by hexachord)") from error


def production_listener(weights: Path | None = None) -> Listener:
    """Return the engine; see `open_production`."""
    model = open_production(weights)
    feature = model.feature
    hop_s = _HOP * model.frames * feature.hop_s

    def vectors(pieces: Float32Array) -> Float32Array:
        mels = np.stack([feature_bytes(piece, feature)[_EDGE : _EDGE + model.frames] for piece in pieces])
        return model.sum_up(dequantise(mels, feature))

    return Listener(rate_hz=feature.rate_hz, chunk_s=(model.frames + 2 * _EDGE) * feature.hop_s, hop_s=hop_s, vectors=vectors)


def embed_mels(mels: Sequence[Mel], *, weights: Path | None = None) -> Float32Array:
    """Sum up what has been made into log-mel bytes already, (tracks, numbers): what `embed` says of the sound, to rounding.

    Parameters
    ----------
    mels : for each track (frames, bands) bytes of ``open_production().feature``, or the ``.npy`` file that holds them

    Raises
    ------
    InputError : if a spectrogram is something else.
    """
    model = open_production(weights)
    found = []
    for mel in mels:
        whole = open_mel(mel, bands=model.feature.bands)
        starts = chunk_starts(len(whole), model.frames, overlap=_HOP).tolist()
        pieces = np.stack([cut_chunk(whole, first, model.frames) for first in starts])
        kept = pieces[pieces.any(axis=(1, 2))] if pieces.any() else pieces
        vectors = [model.sum_up(dequantise(kept[first : first + 8], model.feature)) for first in range(0, len(kept), 8)]
        found.append(np.concatenate(vectors).mean(axis=0))
    return np.stack(found)
