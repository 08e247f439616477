"""How well a network of voices predicts a chorale, by the definitions of Coconet (Huang et al., ISMIR 2017, section 4.1; Apache-2.0 code).

*Notewise*: cells are told one after the other in random order, each given the true ones before it. *Framewise*: sixteenths come in random
(or in musical) order, the four voices of each in random order, all other sixteenths that came before being known. Coconet's loss is judged
by what the network itself thinks of the voices of a sixteenth it has told already, not by what they are; the plain chain of likelihoods
uses the true ones. Both are here. Coconet averages five orders as chances; here one order counts. Moments are a random sample of those of
a piece, which changes no mean.
"""

import numpy as np

from hexachord.arrays import BoolArray, Float64Array, IntArray
from hexachord.composition.chorale.network import DOWN, NETWORK, UP, VOICES, classes_of, log_chances, move_of


def likelihoods(rows: IntArray, *, moments: int = 12, seed: int = 0, model: str = NETWORK, chunk: int = 16) -> dict[str, float]:
    """Measure a chorale.

    Parameters
    ----------
    rows : (sixteenths, voices) MIDI numbers, -1 where a voice is silent
    moments : how many sixteenths (and cells) are asked
    seed : of orders and sample

    Returns
    -------
    nats, the lower the better: ``note_nll`` of a cell; of a sixteenth with its four cells ``frame_nll`` (random order, true voices),
    ``frame_nll_guessed`` (the same, Coconet's way), ``frame_nll_forward`` and ``frame_nll_forward_guessed`` (in musical order). Each bears
    its share of the nats that say which of twelve keys the piece is in
    """
    random = np.random.default_rng(seed)
    classes, move = classes_of(rows), move_of(rows)
    steps = len(rows)
    key = float(np.log(DOWN + UP + 1)) / steps
    asked = random.permutation(steps)[: min(moments, steps)]
    found = {}
    for name, rank in (("frame_nll", random.permutation(steps)), ("frame_nll_forward", np.arange(steps))):
        order = np.stack([random.permutation(VOICES) for _ in asked])
        hidden = np.asarray(rank[None, :] >= rank[asked][:, None])
        for suffix, own in (("", False), ("_guessed", True)):
            parts = [
                _frames(classes, asked[at : at + chunk], hidden[at : at + chunk], order[at : at + chunk], move, own=own, model=model)
                for at in range(0, len(asked), chunk)
            ]
            found[name + suffix] = float(np.mean(np.concatenate(parts))) + key
    cells = random.permutation(steps * VOICES)
    rank = np.argsort(cells).reshape(steps, VOICES)
    nats = []
    chosen = random.permutation(steps * VOICES)[: min(2 * moments, steps * VOICES)]
    for at in range(0, len(chosen), chunk):
        step, voice = np.divmod(chosen[at : at + chunk], VOICES)
        masked = rank[None] >= rank[step, voice][:, None, None]
        told = log_chances(np.repeat(classes[None], len(step), axis=0), masked, move, model=model)
        nats.append(-told[np.arange(len(step)), step, voice, classes[step, voice]])
    return {"note_nll": float(np.mean(np.concatenate(nats))) + key / VOICES, **found}


def _frames(classes: IntArray, asked: IntArray, hidden: BoolArray, order: IntArray, move: int, *, own: bool, model: str) -> Float64Array:
    """Nats of some sixteenths, each given those that are not hidden from it."""
    pieces = np.arange(len(asked))
    state = np.repeat(classes[None], len(asked), axis=0)
    masked = np.repeat(hidden[:, :, None], VOICES, axis=2)
    total = np.zeros(len(asked))
    for place in range(VOICES):
        voice = order[:, place]
        told = log_chances(state, masked, move, model=model)[pieces, asked, voice]
        total -= told[pieces, classes[asked, voice]]
        if own:
            state[pieces, asked, voice] = told.argmax(axis=1)
        masked[pieces, asked, voice] = False
    return total
