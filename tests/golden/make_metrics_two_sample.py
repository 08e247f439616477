"""Make metrics_two_sample.npz: features by librosa and a fit by scikit-learn, for tests/metrics/test_two_sample.py.

python tests/golden/make_metrics_two_sample.py
"""

from pathlib import Path

import librosa
import numpy as np
from sklearn.linear_model import LogisticRegression

RATE_HZ = 22050


def features(signal):
    mel = librosa.feature.melspectrogram(
        y=signal, sr=RATE_HZ, n_fft=2048, hop_length=512, n_mels=40, fmin=30.0, fmax=11025.0, pad_mode="constant"
    )
    level_db = 10 * np.log10(mel + 1e-10)
    return np.concatenate([level_db.mean(axis=1), level_db.std(axis=1)])


def main():
    random = np.random.default_rng(8)
    times = np.arange(RATE_HZ) / RATE_HZ
    signal = np.sin(2 * np.pi * 220 * times) * np.exp(-3 * times) + 0.01 * random.normal(0, 1, RATE_HZ)
    signal = np.round(signal * 2**14).astype(np.int16).astype(np.float32) / 2**15
    rows = random.normal(0, 1, (60, 8)).astype(np.float32)
    labels = rows[:, 0] - 0.7 * rows[:, 3] + random.normal(0, 1, 60) > 0.5
    fit = LogisticRegression(C=1.0, class_weight="balanced", tol=1e-12, max_iter=10000).fit(rows.astype(np.float64), labels)
    np.savez_compressed(
        Path(__file__).with_name("metrics_two_sample.npz"),
        signal=signal,
        features=features(signal),
        rows=rows,
        labels=labels,
        weights=fit.coef_[0],
        intercept=fit.intercept_[0],
    )


if __name__ == "__main__":
    main()
