"""Embeddings of others, from folders that the user has: MERT and CLAP through transformers, MuQ through its authors' package.

Nothing is fetched: a folder is what ``save_pretrained`` writes, or a download of the model's page.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from hexachord.arrays import Float32Array
from hexachord.errors import InputError
from hexachord.files import read_text
from hexachord.learning.embedding.listener import Listener


def mert_listener(weights: Path | None = None) -> Listener:
    """Open MERT: a HuBERT of music (Li et al., "MERT", ICLR 2024), five seconds at 24 kHz, the mean of all layers and of time.

    Raises
    ------
    InputError : if the folder is not there, or of another model.
    """
    from transformers import HubertConfig, HubertModel

    folder = _folder(weights, kinds=("mert_model", "hubert"), what="a folder of MERT (config.json and weights)")
    settings = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    for name, what in (("feature_extractor_cqt", "that is shown a constant-Q spectrogram as well"), ("deepnorm", "with norms of its own")):
        if settings.get(name):
            raise InputError(folder, found=f"a MERT {what} ({name})", expected="a plain one, as MERT-v1-95M")
    known = {name: value for name, value in settings.items() if name not in ("auto_map", "architectures", "model_type")}
    net = _loaded(folder, lambda: HubertModel.from_pretrained(folder, config=HubertConfig(**known), local_files_only=True))
    normalised = _setting(folder, "do_normalize", default=True)

    def hear(pieces: Tensor) -> Tensor:
        if normalised:
            pieces = (pieces - pieces.mean(dim=1, keepdim=True)) / torch.sqrt(pieces.var(dim=1, keepdim=True, correction=0) + 1e-7)
        layers = net(pieces, output_hidden_states=True).hidden_states
        return torch.stack(layers[1:]).mean(dim=(0, 2))

    return Listener(rate_hz=int(settings.get("sample_rate", 24000)), chunk_s=5.0, hop_s=5.0, vectors=_calm(hear))


def clap_listener(weights: Path | None = None) -> Listener:
    """Open CLAP (Wu et al., ICASSP 2023): ten seconds at 48 kHz in the space that sound and words share, of length 1.

    Raises
    ------
    InputError : if the folder is not there, or of another model.
    """
    from transformers import ClapFeatureExtractor, ClapModel

    folder = _folder(weights, kinds=("clap",), what="a folder of CLAP (config.json, preprocessor_config.json and weights)")
    net = _loaded(folder, lambda: ClapModel.from_pretrained(folder, local_files_only=True))
    prepare = _loaded(folder, lambda: ClapFeatureExtractor.from_pretrained(folder, local_files_only=True))

    def hear(pieces: Tensor) -> Tensor:
        torch.manual_seed(0)  # it crops at random what is too long, by a rounding error
        shown = prepare(list(pieces.numpy()), sampling_rate=prepare.sampling_rate, return_tensors="pt")
        found = net.get_audio_features(**shown)
        return torch.nn.functional.normalize(found if isinstance(found, Tensor) else found.pooler_output, dim=1)

    seconds = prepare.nb_max_samples / prepare.sampling_rate
    return Listener(rate_hz=int(prepare.sampling_rate), chunk_s=seconds, hop_s=seconds, vectors=_calm(hear))


def muq_listener(weights: Path | None = None) -> Listener:
    """Open MuQ (Zhu et al., 2025): ten seconds at 24 kHz, the mean of its last layer over time.

    Raises
    ------
    InputError : if the folder is not there, or of another model.
    """
    from muq import MuQ  # type: ignore[import-not-found, unused-ignore]

    folder = _folder(weights, kinds=(), what="a folder of MuQ (config.json and weights)")
    net = _loaded(folder, lambda: MuQ.from_pretrained(str(folder)))

    def hear(pieces: Tensor) -> Tensor:
        found: Tensor = net(pieces, output_hidden_states=False).last_hidden_state.mean(dim=1)
        return found

    return Listener(rate_hz=24000, chunk_s=10.0, hop_s=10.0, vectors=_calm(hear))


def _folder(weights: Path | None, *, kinds: tuple[str, ...], what: str) -> Path:
    """The user's folder, made sure of: a model's name would be fetched from the network, and is refused."""
    if weights is None:
        raise InputError("embedding", found="no weights", expected=what, next_step="download them, and name the folder with weights=")
    kind = ""
    try:
        kind = str(json.loads(read_text(weights / "config.json", what=what)).get("model_type", ""))
    except ValueError as error:
        raise InputError(weights / "config.json", found=f"no valid JSON ({error})", expected=what) from error
    if kinds and kind not in kinds:
        raise InputError(weights, found=f"a model of type {kind!r}", expected=what)
    return weights


def _setting(folder: Path, name: str, *, default: bool) -> bool:
    path = folder / "preprocessor_config.json"
    return bool(json.loads(path.read_text(encoding="utf-8")).get(name, default)) if path.is_file() else default


def _loaded(folder: Path, load: Callable[[], Any]) -> Any:
    """Load a network for use; what transformers says of a folder that it cannot read is passed on."""
    try:
        found = load()
    except (OSError, ValueError, RuntimeError, KeyError, TypeError) as error:
        raise InputError(folder, found=f"a model that cannot be opened ({error})", next_step="download it again") from error
    return found.eval() if isinstance(found, torch.nn.Module) else found


def _calm(hear: Callable[[Tensor], Tensor]) -> Callable[[Float32Array], Float32Array]:
    """From arrays to arrays, without learning."""

    def vectors(pieces: Float32Array) -> Float32Array:
        with torch.no_grad():
            return np.asarray(hear(torch.from_numpy(np.ascontiguousarray(pieces))).float().numpy())

    return vectors
