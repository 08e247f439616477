"""How likely rows are to a language model: what each field of each row costs."""

import numpy as np

from hexachord.arrays import BoolArray, Float32Array, IntArray
from hexachord.models.networks import log_softmax
from hexachord.models.row_steps import RowSteps


def row_nats(steps: RowSteps, rows: IntArray, counts: BoolArray) -> Float32Array:
    """Measure what rows cost, given those before them: nats, minus the logarithm of their chance, with no grammar's help.

    Parameters
    ----------
    steps : the model; its candidates are left as they are
    rows : (n, fields) a piece, of any length: every row is judged with half a context before it, or all there is
    counts : (n, fields) which fields are judged

    Returns
    -------
    (n, fields) nats, 0 where nothing is judged; the first row never is
    """
    nats = np.zeros(rows.shape, dtype=np.float32)
    half = steps.context // 2
    for begin in range(0, max(1, len(rows) - half), half):
        end = min(begin + steps.context, len(rows) - 1)
        first = begin + half + 1 if begin else 1  # the first row that is judged here
        if end < first:
            break
        said = steps.hear(rows[begin:end])[first - 1 - begin :]
        judged = slice(first, end + 1)
        for field in range(steps.fields):
            asked = counts[judged, field]
            if asked.any():
                here = rows[judged][asked]
                logits = steps.field_logits(field, here[:, :field].astype(np.int64), said=said[asked])
                nats[judged, field][asked] = -log_softmax(logits)[np.arange(len(here)), here[:, field]]
    return nats
