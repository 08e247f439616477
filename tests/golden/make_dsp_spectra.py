"""Expected numbers for the spectral front end of `hexachord.dsp`, from librosa 0.11 as the oracle.

Run in an environment with the `peers` extra: `python tests/golden/make_dsp_spectra.py`. Time runs down axis 0 in what is stored; of wide
matrices only every so-manieth frame is kept.
"""

import sys
from pathlib import Path

import librosa
import numpy as np

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "dsp"))

from spectra_signal import RATE_HZ, golden_signal  # noqa: E402


def make_spectra() -> dict[str, np.ndarray]:
    y = golden_signal()
    spectrum = librosa.stft(y)
    mel = librosa.feature.melspectrogram(y=y, sr=RATE_HZ)
    htk = librosa.feature.melspectrogram(y=y, sr=RATE_HZ, n_mels=40, fmin=30, fmax=8000, htk=True, norm=None)
    mfcc = librosa.feature.mfcc(y=y, sr=RATE_HZ, lifter=22)
    magnitude = np.abs(spectrum)
    return {
        "stft_27": spectrum.T[::27],
        "mel_9": mel.T[::9],
        "mel_htk_9": htk.T[::9],  # norm is None: triangles of height 1 (this librosa stores them so)
        "mfcc": mfcc.T,
        "delta": librosa.feature.delta(mfcc).T,
        "delta2": librosa.feature.delta(mfcc, order=2, width=7).T,
        "rms": librosa.feature.rms(y=y)[0],
        "zero_crossings": librosa.feature.zero_crossing_rate(y)[0],
        "centroid": librosa.feature.spectral_centroid(S=magnitude, sr=RATE_HZ)[0],
        "bandwidth": librosa.feature.spectral_bandwidth(S=magnitude, sr=RATE_HZ)[0],
        "rolloff": librosa.feature.spectral_rolloff(S=magnitude, sr=RATE_HZ)[0],
        "flatness": librosa.feature.spectral_flatness(S=magnitude)[0],
    }


def make_pitch_spectra() -> dict[str, np.ndarray]:
    y = golden_signal()
    # sparsity=0: librosa otherwise drops 1 % of each kernel's weight to save time, which costs it 2 % of accuracy.
    fine = np.abs(librosa.cqt(y, sr=RATE_HZ, n_bins=252, bins_per_octave=36, sparsity=0))
    return {
        "cqt_9": librosa.cqt(y, sr=RATE_HZ, sparsity=0).T[::9],
        "cqt_36_27": librosa.cqt(y, sr=RATE_HZ, n_bins=252, bins_per_octave=36, tuning=0.6, sparsity=0).T[::27],
        "chroma_stft": librosa.feature.chroma_stft(y=y, sr=RATE_HZ, tuning=0.12).T,
        "chroma_cqt": librosa.feature.chroma_cqt(C=fine, sr=RATE_HZ).T,
        "chroma_cens": librosa.feature.chroma_cens(C=fine, sr=RATE_HZ).T,
    }


if __name__ == "__main__":
    np.savez_compressed(HERE / "dsp_spectra.npz", **make_spectra())
    np.savez_compressed(HERE / "dsp_pitch_spectra.npz", **make_pitch_spectra())
