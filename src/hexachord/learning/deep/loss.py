"""What a network of events is judged by."""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional


def known_mean(each: Tensor, known: Tensor) -> Tensor:
    """Mean of what each place costs over those that are known, (...) of 0 and 1 both alike in shape; 0 where nothing is."""
    return (each * known).sum() / known.sum().clamp(min=1.0)


def tolerant_loss(
    logits: Tensor, target: Tensor, known: Tensor, *, tolerance: int = 1, weight: Tensor | None = None, share: Tensor | None = None
) -> Tensor:
    """Cross entropy that forgives a peak up to `tolerance` frames beside its event.

    Every frame is judged by the highest logit within the tolerance: at an event it should be high, away from events all of them low; frames
    nearer than twice the tolerance to an event see its peak and are not judged. Foscarin, Schlüter & Widmer, "Beat this!", ISMIR 2024.

    Parameters
    ----------
    logits, target, known : (batch, frames, outputs); `target` is 1 where an event is, else 0; `known` is 0 where nothing is known
    tolerance : frames; 0 is plain cross entropy
    weight : (outputs,) what an event counts against a frame without; 1 keeps chances honest
    share : (outputs,) what each output counts in all; 1 each when None

    Returns
    -------
    The mean over outputs, weighed by `share`, of the mean over judged frames; outputs of which nothing is known do not count.
    """
    logits, target, known = (each.transpose(1, 2).float() for each in (logits, target, known))
    highest = functional.max_pool1d(logits, 2 * tolerance + 1, stride=1, padding=tolerance)
    near = functional.max_pool1d(target, 4 * tolerance + 1, stride=1, padding=2 * tolerance)
    judged = known * (target + 1.0 - near)
    per_event = None if weight is None else weight[:, None]
    loss = functional.binary_cross_entropy_with_logits(highest, target, pos_weight=per_event, reduction="none")
    frames = judged.sum(dim=(0, 2))
    each = (loss * judged).sum(dim=(0, 2)) / frames.clamp(min=1.0)
    counts = (frames > 0).float() if share is None else share * (frames > 0)
    return (each * counts).sum() / counts.sum().clamp(min=1e-9)


def trait_loss(logits: Tensor, target: Tensor, known: Tensor, *, traits: Sequence[int]) -> Tensor:
    """Cross entropy of classes that hold for a while, in nats: the mean over traits of the mean over frames where each is known.

    Parameters
    ----------
    logits, target, known : (batch, frames, classes of all traits); the targets of a trait sum to 1, `known` is alike for all its classes
    traits : how many classes each has

    Examples
    --------
    >>> target = torch.tensor([[[1.0, 0.0, 0.5, 0.5]]])
    >>> round(float(trait_loss(torch.zeros(1, 1, 4), target, torch.ones(1, 1, 4), traits=(2, 2))), 3)
    0.693
    """
    total, count = logits.new_zeros(()), 0
    for logit, wanted, judged in zip(*(torch.split(each.float(), list(traits), dim=2) for each in (logits, target, known)), strict=True):
        frames = judged[:, :, 0]
        if float(frames.sum()) == 0.0:
            continue
        each = -(wanted * functional.log_softmax(logit, dim=2)).sum(dim=2)
        total = total + (each * frames).sum() / frames.sum()
        count += 1
    return total / max(1, count)
