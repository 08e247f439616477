"""The predominant local pulse (PLP): at each moment the sinusoid that fits the onsets best, and what all of these add up to.

A tempogram says at each frame which tempo fits best and, being complex, with which phase: a piece of cosine, the frame's *kernel*.
Kernels of neighbouring frames agree where there is a steady pulse and cancel where there is none, so their sum is a smooth curve that
goes on through weak or missing onsets, follows changes of tempo, and whose height says how steady the pulse is. Its peaks are beats.
Grosche & Müller, "Extracting predominant local pulse information from music recordings", IEEE TASLP 2011; Müller, *Fundamentals of Music
Processing* (FMP), §6.3.1.
"""

from dataclasses import dataclass

import numpy as np

from hexachord.arrays import BoolArray, Float32Array, Float64Array, FloatArray
from hexachord.dsp.peaks import local_maxima, refine_peaks
from hexachord.dsp.tempogram import DEFAULT_BPM, Tempogram, fourier_tempogram


@dataclass(frozen=True, kw_only=True, eq=False)
class PulseKernels:
    """The best pulse of every frame.

    Attributes
    ----------
    tempo_bpm : (frames,) its tempo
    phase_turns : (frames,) where in it the frame is; 0 is on a beat, 0.5 between two
    strength : (frames,) magnitude of the tempogram there
    hop_s : seconds from one frame to the next
    window_s : length of a kernel
    """

    tempo_bpm: Float64Array
    phase_turns: Float64Array
    strength: Float64Array
    hop_s: float
    window_s: float

    def kernel(self, frame: int) -> tuple[Float64Array, Float64Array]:
        """Offsets from a frame in seconds, and its kernel there: a cosine under a window of sum 1."""
        half = max(1, round(self.window_s / self.hop_s / 2))
        offset_s = np.asarray(np.arange(-half, half + 1) * self.hop_s, dtype=np.float64)
        turns = self.tempo_bpm[frame] / 60.0 * offset_s + self.phase_turns[frame]
        return offset_s, np.asarray(_window(half) * np.cos(2 * np.pi * turns), dtype=np.float64)


def pulse_kernels(tempogram: Tempogram, *, window_s: float, prior: FloatArray | None = None) -> PulseKernels:
    """Choose the best pulse of every frame. FMP §6.3.1.

    Parameters
    ----------
    tempogram : a Fourier tempogram of every frame
    window_s : of the tempogram
    prior : (tempi,) weights of the tempi in the choice (all equal by default)

    Returns
    -------
    PulseKernels; `strength` is 0 where there is nothing but silence
    """
    if not np.iscomplexobj(tempogram.pulse):
        raise ValueError("kernels need a complex tempogram, whose phase says where the pulse falls")
    magnitude = tempogram.magnitude if prior is None else tempogram.magnitude * np.asarray(prior)
    frame = np.arange(magnitude.shape[0])
    best = magnitude.argmax(axis=1)
    chosen = magnitude[frame, best].astype(np.float64)
    heard: BoolArray = chosen > 1e-6 * max(float(chosen.max(initial=0.0)), 1e-30)
    return PulseKernels(
        tempo_bpm=np.asarray(tempogram.bpm[best], dtype=np.float64),
        phase_turns=np.asarray(np.angle(tempogram.pulse[frame, best]) / (2 * np.pi), dtype=np.float64),
        strength=np.where(heard, chosen, 0.0),
        hop_s=tempogram.hop_s,
        window_s=window_s,
    )


def predominant_local_pulse(
    novelty: FloatArray, *, hop_s: float, bpm: FloatArray = DEFAULT_BPM, window_s: float = 6.0, prior: FloatArray | None = None
) -> tuple[Float32Array, FloatArray]:
    """Add up the kernels of all frames and keep what is positive. FMP §6.3.1.

    Parameters
    ----------
    novelty, hop_s, bpm, window_s : see `hexachord.dsp.tempogram.fourier_tempogram`
    prior : (tempi,) weights of the tempi in the choice (all equal by default)

    Returns
    -------
    pulse : (frames,) float32, non-negative, at most 1
    tempo_bpm : (frames,) the tempo chosen at each frame

    Examples
    --------
    >>> curve = np.zeros(1200); curve[25::50] = 1.0; curve[525] = 0.0  # one beat is missing
    >>> pulse, tempo = predominant_local_pulse(curve, hop_s=0.01, bpm=np.arange(80.0, 161.0))
    >>> float(tempo[600]), bool(pulse[525] > 0.9 * pulse[475])
    (120.0, True)
    """
    frames = novelty.shape[0]
    if frames == 0:
        return np.zeros(0, dtype=np.float32), np.zeros(0)
    kernels = pulse_kernels(fourier_tempogram(novelty, hop_s=hop_s, bpm=bpm, window_s=window_s), window_s=window_s, prior=prior)
    half = max(1, round(window_s / hop_s / 2))
    window, offsets = _window(half), np.arange(-half, half + 1)
    pulse = np.zeros(frames + 2 * half)
    block = max(1, 1_000_000 // offsets.size)
    for first in range(0, frames, block):
        chosen = np.flatnonzero(kernels.strength[first : first + block] > 0) + first
        turns = np.outer(hop_s / 60.0 * kernels.tempo_bpm[chosen], offsets) + kernels.phase_turns[chosen, None]
        np.add.at(pulse, (chosen + half)[:, None] + offsets, window * np.cos(2 * np.pi * turns))
    kept = np.maximum(pulse[half : half + frames], 0.0)
    return kept.astype(np.float32), kernels.tempo_bpm


def track_beats_plp(
    novelty: FloatArray,
    *,
    hop_s: float,
    bpm: FloatArray = DEFAULT_BPM,
    window_s: float = 6.0,
    prior: FloatArray | None = None,
    steadiness: float = 0.1,
) -> Float64Array:
    """Track beats as the peaks of the predominant local pulse. FMP §6.3.1.

    Nothing ties a beat to the one before it, so tempo may change freely, and where no pulse is steady there are no beats; a tracker by
    dynamic programming (`hexachord.dsp.beat_dp`) is the opposite.

    Parameters
    ----------
    novelty, hop_s, bpm, window_s, prior : see `predominant_local_pulse`; the range of tempi decides which pulse level is tracked
    steadiness : least height of the pulse at a beat, of 1

    Returns
    -------
    (beats,) times in seconds, refined between frames

    Examples
    --------
    >>> curve = np.zeros(1200); curve[25::50] = 1.0; curve[525] = 0.0
    >>> track_beats_plp(curve, hop_s=0.01, bpm=np.arange(80.0, 161.0))[8:12].round(2)
    array([4.25, 4.75, 5.25, 5.75])
    """
    pulse, _ = predominant_local_pulse(novelty, hop_s=hop_s, bpm=bpm, window_s=window_s, prior=prior)
    peaks = np.flatnonzero(local_maxima(pulse) & (pulse >= steadiness * float(pulse.max(initial=0.0))) & (pulse > 0))
    position, _ = refine_peaks(pulse, peaks)
    return np.asarray(position * hop_s, dtype=np.float64)


def _window(half: int) -> Float64Array:
    """A Hann window of 2 * half + 1 samples whose ends are not quite 0, of sum 1."""
    window = np.hanning(2 * half + 3)[1:-1]
    return np.asarray(window / window.sum(), dtype=np.float64)
