"""A trained classifier in use: a network that hears chunks of a log-mel spectrogram, and what it says of whole tracks. No torch.

The file says all there is to know: what it is shown, how long a chunk is, which classes there are, and from which chance on a label counts.
Training writes it (`hexachord.learning.deep.classifying`).
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from hexachord.arrays import Float32Array, Float64Array, IntArray
from hexachord.dsp.features import LogMel, dequantise
from hexachord.errors import InputError
from hexachord.models.chunks import Mel, chunk_starts, cut_chunk, open_mel
from hexachord.models.networks import Network, open_network

_BATCH = 16


@dataclass(frozen=True, kw_only=True, eq=False)
class Classifier:
    """An open classifier.

    Attributes
    ----------
    network : (chunks, frames, bands) decibels → ``chance`` (chunks, classes), ``step_chance`` (chunks, steps, classes)
    classes : names, in the order of the scores
    multi_label : whether several may hold at once
    thresholds : (classes,) from which chance on a label counts, where several may; tuned on validation tracks where there were any
    feature : what it is shown
    chunk_frames, step_frames : how long a chunk and a step are
    """

    network: Network
    classes: tuple[str, ...]
    multi_label: bool
    thresholds: Float64Array
    feature: LogMel
    chunk_frames: int
    step_frames: int

    @property
    def step_s(self) -> float:
        """Seconds from one step to the next."""
        return self.step_frames * self.feature.hop_s


def open_classifier(path: str | Path) -> Classifier:
    """Open a classifier's ONNX file.

    Raises
    ------
    InputError : if there is none, or it is something else.
    """
    network = open_network(Path(path))
    try:
        about = json.loads(network.metadata["classifier"])
        return Classifier(
            network=network,
            classes=tuple(about["classes"]),
            multi_label=bool(about["multi_label"]),
            thresholds=np.array(about["thresholds"], dtype=np.float64),
            feature=LogMel(**about["feature"]),
            chunk_frames=int(about["chunk_frames"]),
            step_frames=int(about["step_frames"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(path, found="a network of another kind", expected="a classifier (written by hexachord)") from error


def score_tracks(
    classifier: Classifier | str | Path,
    mels: Sequence[Mel],
    *,
    overlap: float = 0.5,
    most_chunks: int | None = None,
    on_progress: Callable[[int, int], Any] = lambda done, total: None,
) -> Float64Array:
    """Tell how likely each class is for each track: the mean of the chances of its chunks.

    Parameters
    ----------
    classifier : an open one, or its file
    mels : for each track (frames, bands) bytes of the classifier's feature, or the ``.npy`` file that holds them
    overlap : the share of a chunk that the next one has as well
    most_chunks : so many chunks of a track at most, evenly chosen; all when None

    Returns
    -------
    (tracks, classes) chances; of several classes that exclude each other they sum to 1

    Raises
    ------
    InputError : if a spectrogram is something else.
    """
    model = classifier if isinstance(classifier, Classifier) else open_classifier(classifier)
    scores = np.zeros((len(mels), len(model.classes)))
    for row, mel in enumerate(mels):
        whole = open_mel(mel, bands=model.feature.bands)
        starts = chunk_starts(len(whole), model.chunk_frames, overlap=overlap, most=most_chunks)
        scores[row] = np.concatenate([part["chance"] for part in _answers(model, whole, starts)]).mean(axis=0, dtype=np.float64)
        on_progress(row + 1, len(mels))
    return scores


def score_steps(classifier: Classifier | str | Path, mel: Mel) -> Float32Array:
    """Tell how likely each class is over time, (steps, classes): chunks stand side by side, the last one ends with the track.

    Step `i` begins at ``i * classifier.step_s`` seconds.

    Raises
    ------
    InputError : if the spectrogram is something else.
    """
    model = classifier if isinstance(classifier, Classifier) else open_classifier(classifier)
    whole = open_mel(mel, bands=model.feature.bands)
    per_chunk = model.chunk_frames // model.step_frames
    stride = per_chunk * model.step_frames
    starts = np.arange(0, max(1, len(whole)), stride)
    steps = np.concatenate([part["step_chance"] for part in _answers(model, whole, starts, repeat=False)])
    return np.asarray(steps[:, :per_chunk].reshape(-1, len(model.classes))[: max(1, len(whole) // model.step_frames)])


def decide(classifier: Classifier, scores: Float64Array) -> IntArray:
    """Decide by scores, (tracks, classes): the index of the likeliest class of each track, or 0 and 1 for each label."""
    if classifier.multi_label:
        return np.asarray(scores >= classifier.thresholds, dtype=np.int64)
    return np.asarray(scores.argmax(axis=1), dtype=np.int64)


def _answers(model: Classifier, mel: Any, starts: IntArray, *, repeat: bool = True) -> list[dict[str, Float32Array]]:
    """What the network says of chunks, a few at a time; a last one that is too short is repeated from the beginning, or silent."""
    found = []
    network = model.network
    for first in range(0, len(starts), _BATCH):
        cut = []
        for start in starts[first : first + _BATCH].tolist():
            chunk = cut_chunk(mel, start, model.chunk_frames)
            if not repeat and start + model.chunk_frames > len(mel):
                chunk = chunk.copy()
                chunk[len(mel) - start :] = 0
            cut.append(chunk)
        answers = network.session.run(None, {network.input: dequantise(np.stack(cut), model.feature)})
        found.append(dict(zip(network.outputs, answers, strict=True)))
    return found
