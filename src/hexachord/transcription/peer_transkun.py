"""Notes of a piano by Transkun, when its package is installed: the engine ``notes/transkun``.

Y. Yan & Z. Duan, "Scoring intervals using non-hierarchical transformer for automatic piano transcription", ISMIR 2024. The package
``transkun`` (MIT) brings network and weights; it needs PyTorch and torchaudio. Its own function transcribes: this module opens the weights
as its command does, gives it sound at its rate, and takes the notes. What it says of the pedals is left out.
"""

import importlib
import importlib.util
import json
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from hexachord.audio import resample
from hexachord.dsp.frontend import FrontEnd
from hexachord.errors import InputError
from hexachord.files import read_text
from hexachord.knowledge import Events, Notes
from hexachord.transcription.options import TranscriptionOptions, moved_to

ENGINE = "notes/transkun"
INSTALL = "pip install transkun moduleconf (with a PyTorch and a torchaudio of the same build)"
_SILENT = 1e-4
_SHORTEST_S = 0.03
_LEAST_S = 0.1


class HeardNote(Protocol):
    """A note as the package gives it: seconds, a MIDI pitch (negative for pedals), a velocity up to 127."""

    start: float
    end: float
    pitch: int
    velocity: float


class PianoModel(Protocol):
    """What is asked of a model: its sampling rate, and the notes of (samples, channels)."""

    fs: int

    def transcribe(self, x: Any) -> Sequence[HeardNote]:
        """Transcribe samples."""


def notes_from_transkun(
    frontend: FrontEnd,
    *,
    onsets: Events | None = None,
    options: TranscriptionOptions = TranscriptionOptions(),
    model: PianoModel | None = None,
) -> Notes:
    """Transcribe a piano with Transkun's network: the engine ``notes/transkun``.

    Parameters
    ----------
    frontend : the recording's front end; its signal is used
    onsets, options : see `hexachord.transcription.notes.transcribe_notes`; there is no threshold, for the network gives no chances
    model : another one than the package's

    Returns
    -------
    Notes in order of onset, then pitch; their confidence is unknown.

    Raises
    ------
    InputError : if the package is not installed or cannot be loaded.
    """
    signal = np.asarray(frontend.signal, dtype=np.float32)
    if frontend.duration_s < _LEAST_S or float(np.ptp(signal)) < _SILENT:
        return _notes(np.zeros((0, 4)))
    piano = open_model() if model is None else model
    torch = importlib.import_module("torch")
    samples = resample(signal, round(frontend.rate_hz), piano.fs)
    with torch.inference_mode():
        heard = piano.transcribe(torch.from_numpy(np.ascontiguousarray(samples)[:, None]))
    rows = np.array([(note.start, note.end, note.pitch, note.velocity) for note in heard if note.pitch >= 0], dtype=np.float64).reshape(
        -1, 4
    )
    rows = rows[rows[:, 0] < frontend.duration_s]
    if onsets is not None and len(onsets):
        rows[:, 0] = moved_to(rows[:, 0], np.asarray(onsets.time_s, dtype=np.float64), options.onset_reach_s)
    rows[:, 1] = np.maximum(np.minimum(rows[:, 1], frontend.duration_s), rows[:, 0] + _SHORTEST_S)
    return _notes(rows[np.lexsort((rows[:, 2], rows[:, 0]))])


@lru_cache(maxsize=1)
def open_model() -> PianoModel:
    """Open the package's network with its weights, as its own command does.

    Raises
    ------
    InputError : if the package, its weights or what it needs is missing; the message says what the import said.
    """
    if importlib.util.find_spec("transkun") is None:
        raise InputError(ENGINE, found="the package transkun is not installed", next_step=INSTALL)
    try:
        torch = importlib.import_module("torch")
        package = importlib.import_module("transkun.ModelTransformer")
        folder = Path(str(package.__file__)).parent / "pretrained"
        settings = json.loads(read_text(folder / "2.0.conf", what="settings of a network"))["Model"]["config"]
        config = package.ModelConfig()
        for name, value in settings.items():
            setattr(config, name, value)
        model = package.TransKun(conf=config)
        kept = torch.load(folder / "2.0.pt", map_location="cpu", weights_only=True)
        model.load_state_dict(kept.get("best_state_dict", kept.get("state_dict")), strict=False)
    except InputError:
        raise
    except Exception as error:  # a package of another version, a torchaudio of another build: anything can come of it
        what = f"a package that cannot be loaded ({type(error).__name__}: {error})"
        raise InputError(ENGINE, found=what, expected="transkun 2.0", next_step=INSTALL) from error
    opened: PianoModel = model.eval()
    return opened


def _notes(rows: np.ndarray) -> Notes:
    return Notes(onset_s=rows[:, 0], offset_s=rows[:, 1], pitch=rows[:, 2], velocity=np.clip(rows[:, 3] / 127.0, 0.0, 1.0), engine=ENGINE)
