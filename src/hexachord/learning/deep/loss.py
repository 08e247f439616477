"""What a network of events is judged by."""

from torch import Tensor
from torch.nn import functional


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
