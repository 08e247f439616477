"""How fast the composer's language model writes, beside GPT-2 of the same number of parameters as transformers generates with it.

Both read the same number of rows (tokens) and write the last ones of a full context, one candidate, on one thread, in turns. Reading the
prompt is not counted for either, and processor time is what counts, so that other work on the machine does not.

**A row of ours is one step, and holds all that is said of a note; a token is one step of theirs, and most vocabularies spend four or more
on a note.** Steps are compared with steps: note by note the number would be so many times as large.
"""

import statistics
import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from hexachord.arrays import BoolArray, IntArray
from hexachord.bench.harness import NOT_INSTALLED, PeerResult, installed, peer_version
from hexachord.models.row_sampling import Chance, stream_rows
from hexachord.models.row_steps import RowSteps

_WRITTEN = 128
_TOKENS = 512
_TOP_P = 0.95


class _Anything:
    """Rules by which everything is legal: what the model costs, without a grammar."""

    def __init__(self, sizes: Sequence[int], *, rows: IntArray, count: int) -> None:
        self.legal = [np.ones(size, dtype=bool) for size in sizes]
        self.pending, self.left, self.done = rows, count, False

    def feed(self) -> IntArray:
        rows, self.pending = self.pending, self.pending[:0]
        return rows

    def mask(self, chosen: Sequence[int]) -> BoolArray:
        return self.legal[len(chosen)]

    def push(self, row: Sequence[int]) -> None:
        self.pending = np.array([row])
        self.left -= 1
        self.done = self.left <= 0


def row_speed(
    steps: RowSteps, *, parameters: int, context: int = 1024, repeats: int = 3, peer: bool = True
) -> tuple[dict[str, float], PeerResult]:
    """Measure `rows_per_s` and `transformers_x`.

    Parameters
    ----------
    steps : the model, with any number of candidates: all of them count
    parameters : how many it has
    context : how many rows there are in the end
    repeats : the median of so many
    peer : also time transformers, when it is installed

    Returns
    -------
    What was measured, and the peer's row (``tokens_per_s``)
    """
    ours, theirs = [], []
    model = _gpt2(parameters, context) if peer and installed("transformers") and installed("torch") else None
    for _ in range(repeats):
        ours.append(_ours_s(steps, context))
        if model is not None:
            theirs.append(_theirs_s(model, context))
    metrics = {"rows_per_s": steps.candidates * _WRITTEN / statistics.median(ours)}
    if model is None:
        return metrics, NOT_INSTALLED
    tokens_per_s = _WRITTEN / statistics.median(theirs)
    metrics["transformers_x"] = metrics["rows_per_s"] / tokens_per_s
    said = {"tokens_per_s": tokens_per_s, "parameters": float(model.num_parameters())}
    return metrics, PeerResult(version=peer_version("transformers"), metrics=said, wall_s=sum(theirs))


def _ours_s(steps: RowSteps, context: int) -> float:
    random = np.random.default_rng(0)
    rows = np.stack([random.integers(1, size, context - _WRITTEN) for size in steps.sizes], axis=1)
    walks = [_Anything(steps.sizes, rows=rows, count=_WRITTEN + 1) for _ in range(steps.candidates)]
    turns = stream_rows(steps, walks, chance=Chance(top_p=_TOP_P))
    next(turns)  # the prompt is read before the first row is written
    begun_s = time.process_time()
    for _ in turns:
        pass
    return time.process_time() - begun_s


def _gpt2(parameters: int, context: int) -> Any:
    """Make a GPT-2 with random weights, and layers so wide that it has about as many."""
    import torch
    from transformers import GPT2Config, GPT2LMHeadModel  # type: ignore[import-not-found, unused-ignore]

    torch.set_num_threads(1)
    layers = 6
    widths = range(64, 2048, 32)
    wide = min(widths, key=lambda width: abs(12 * layers * width**2 + (_TOKENS + context) * width - parameters))
    config = GPT2Config(
        vocab_size=_TOKENS, n_positions=context, n_embd=wide, n_layer=layers, n_head=max(1, wide // 32), bos_token_id=0, eos_token_id=None
    )
    return GPT2LMHeadModel(config).train(False)


def _theirs_s(model: Any, context: int) -> float:
    import torch

    prompt = torch.randint(0, _TOKENS, (1, context - _WRITTEN), generator=torch.Generator().manual_seed(0))

    def generated_s(count: int) -> float:
        begun_s = time.process_time()
        found = model.generate(
            prompt, attention_mask=torch.ones_like(prompt), do_sample=True, top_p=_TOP_P, top_k=0,
            min_new_tokens=count, max_new_tokens=count, pad_token_id=0,
        )  # fmt: skip
        assert found.shape[1] == context - _WRITTEN + count
        return time.process_time() - begun_s

    return generated_s(_WRITTEN) - generated_s(1)
