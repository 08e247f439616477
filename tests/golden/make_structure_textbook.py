"""Expected numbers for the textbook's structure techniques, where librosa 0.11 has the same definition.

Run in an environment with the `peers` extra: `python tests/golden/make_structure_textbook.py`.
"""

from pathlib import Path

import librosa
import numpy as np

HERE = Path(__file__).parent

if __name__ == "__main__":
    random = np.random.default_rng(0)
    features = random.normal(size=(40, 5))
    features[25:38] = features[5:18] + 0.1 * random.normal(size=(13, 5))
    matrix = librosa.segment.recurrence_matrix(features.T, k=6, sym=True).astype(np.float64)
    np.savez_compressed(
        HERE / "structure_textbook.npz",
        features=features,
        matrix=matrix,
        time_lag=librosa.segment.recurrence_to_lag(matrix, pad=False).T,
        affinity=librosa.segment.recurrence_matrix(features.T, k=5, width=3, metric="sqeuclidean", sym=True, mode="affinity"),
    )
