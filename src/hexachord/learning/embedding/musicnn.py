"""musicnn's taggers, from the user's copy of their public weights: no TensorFlow.

Wide filters hear timbre (tall ones in frequency) and rhythm (long ones in time), dense layers follow, the strongest and the mean moment are
kept, and 200 numbers stand before the tags: these are the vector. Pons & Serra, "musicnn: pre-trained convolutional neural networks for
music audio tagging", ISMIR 2019 (late-breaking); the network is that of Pons et al., "End-to-end learning for music audio tagging at
scale", ISMIR 2018. Written from the graph that the checkpoint holds and the papers. Weights: ISC licence, in the package ``musicnn``.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from hexachord.arrays import Float32Array
from hexachord.dsp.mel import mel_spectrogram
from hexachord.errors import InputError
from hexachord.learning.embedding.listener import Listener
from hexachord.learning.embedding.tensor_bundle import Tensors, bundle_files, read_bundle

RATE_HZ, HOP, N_FFT, BANDS = 16000, 256, 512, 96
FRAMES = 187
VARIABLE = "HEXACHORD_MUSICNN"
_TIMBRAL, _TEMPORAL, _MIDDLE = 2, 3, 3  # convolutions of each kind
_EPSILON = 1e-3  # of TensorFlow's batch normalisation
_ROWS = 16  # frames at a time in the largest products
_WHAT = "weights of musicnn (the folder MTT_musicnn or MSD_musicnn of its package)"


@dataclass(frozen=True, kw_only=True, eq=False)
class Musicnn:
    """The network of a checkpoint.

    Attributes
    ----------
    tensors : by TensorFlow's names
    """

    tensors: Mapping[str, np.ndarray[Any, Any]]

    def __call__(self, spectrogram: Float32Array) -> tuple[Float32Array, Float32Array]:
        """Hear ``(frames, 96)`` of `musicnn_spectrogram`: the numbers before the tags, and the tags' chances."""
        heard = self._normed(spectrogram[:, :, None], 0)[:, :, 0]
        front = [self._timbral(heard, layer) for layer in range(_TIMBRAL)]
        front += [self._temporal(heard, _TIMBRAL + layer) for layer in range(_TEMPORAL)]
        features = [np.concatenate(front, axis=1)]
        hidden = features[0]
        for layer in range(_MIDDLE):
            number = _TIMBRAL + _TEMPORAL + layer
            kernel, bias = self._weights("conv2d", number)
            wide = np.pad(hidden, ((3, 3), (0, 0)))
            windows = sliding_window_view(wide, len(kernel), axis=0).transpose(0, 2, 1)  # (frames, 7, features)
            made = np.tensordot(windows, kernel[:, :, 0], axes=2) + bias
            hidden = self._normed(np.maximum(made, 0.0), number + 1) + (hidden if layer else 0.0)
            features.append(hidden)
        everything = np.concatenate(features, axis=1)
        pooled = np.stack([everything.max(axis=0), everything.mean(axis=0)], axis=1).reshape(1, -1)
        kernel, bias = self._weights("dense", 0)
        number = _TIMBRAL + _TEMPORAL + _MIDDLE + 1
        before = self._normed(np.maximum(self._normed(pooled, number) @ kernel + bias, 0.0), number + 1)
        kernel, bias = self._weights("dense", 1)
        tags = 1.0 / (1.0 + np.exp(-(before @ kernel + bias)))
        return before[0].astype(np.float32), tags[0].astype(np.float32)

    def _weights(self, kind: str, number: int) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
        name = kind + f"_{number}" * (number > 0)
        return self.tensors[f"{name}/kernel"], self.tensors[f"{name}/bias"]

    def _normed(self, values: Any, number: int) -> Any:
        """Batch normalisation, along the last axis."""
        name = "batch_normalization" + f"_{number}" * (number > 0)
        gamma, beta, mean, variance = (self.tensors[f"{name}/{part}"] for part in ("gamma", "beta", "moving_mean", "moving_variance"))
        return (values - mean) * (gamma / np.sqrt(variance + _EPSILON)) + beta

    def _timbral(self, heard: Float32Array, number: int) -> Any:
        """Filters as tall as they can move little: their strongest answer over frequency, in each frame."""
        kernel, bias = self._weights("conv2d", number)
        frames, bands, _, filters = kernel.shape
        flat = kernel.reshape(frames * bands, filters)
        wide = np.pad(heard, ((frames // 2, frames // 2), (0, 0)))
        windows = sliding_window_view(wide, (frames, bands))
        found = np.empty((len(heard), filters), dtype=np.float32)
        for first in range(0, len(heard), _ROWS):
            part = windows[first : first + _ROWS]
            made = part.reshape(-1, frames * bands) @ flat + bias
            made = self._normed(np.maximum(made, 0.0), number + 1)
            found[first : first + _ROWS] = made.reshape(len(part), -1, filters).max(axis=1)
        return found

    def _temporal(self, heard: Float32Array, number: int) -> Any:
        """Filters that are long in time and see one band: their strongest answer over frequency, in each frame."""
        kernel, bias = self._weights("conv2d", number)
        frames, _, _, filters = kernel.shape
        flat = kernel.reshape(frames, filters)
        before = (frames - 1) // 2  # as TensorFlow pads
        wide = np.pad(heard, ((before, frames - 1 - before), (0, 0)))
        windows = sliding_window_view(wide, frames, axis=0)  # (frames, bands, kernel)
        made = self._normed(np.maximum(windows @ flat + bias, 0.0), number + 1)
        return made.max(axis=1).astype(np.float32)


def musicnn_spectrogram(piece: Float32Array) -> Float32Array:
    """Log-mel spectrogram as musicnn wants it, (frames, 96): of (n,) samples at 16 kHz."""
    power = mel_spectrogram(piece, rate_hz=RATE_HZ, n_fft=N_FFT, hop=HOP, bands=BANDS)
    return np.asarray(np.log10(10000.0 * power + 1.0), dtype=np.float32)


def open_musicnn(weights: Path | None = None) -> Musicnn:
    """Open the user's copy: `weights`, or what ``HEXACHORD_MUSICNN`` names.

    Raises
    ------
    InputError : if there is none, or it is something else.
    """
    if weights is None:
        named = os.environ.get(VARIABLE)
        if not named:
            raise InputError(
                "embedding/musicnn", found="no weights", expected=_WHAT,
                next_step=f"pip download --no-deps musicnn, unzip the wheel, and name the folder with weights= or in {VARIABLE}",
            )  # fmt: skip
        weights = Path(named).expanduser()
    tensors: Tensors = read_bundle(weights)
    network = Musicnn(tensors={name: value for name, value in tensors.items() if "Adam" not in name})
    try:
        network(np.zeros((FRAMES, BANDS), dtype=np.float32))
    except (KeyError, ValueError) as error:
        raise InputError(bundle_files(weights)[0], found=f"another network ({error})", expected=_WHAT) from error
    return network


def musicnn_listener(weights: Path | None = None) -> Listener:
    """Return the engine; see `open_musicnn`."""
    network = open_musicnn(weights)

    def vectors(pieces: Float32Array) -> Float32Array:
        return np.stack([network(musicnn_spectrogram(piece)[:FRAMES])[0] for piece in pieces])

    return Listener(rate_hz=RATE_HZ, chunk_s=FRAMES * HOP / RATE_HZ, hop_s=FRAMES * HOP / RATE_HZ, vectors=vectors)
