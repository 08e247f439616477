"""The lead brought forward: out of a mastered song, with the help of a separation or of what was really played."""

import numpy as np

from hexachord.arrays import Float32Array
from hexachord.dsp.stft import istft, stft
from hexachord.processing.effects.effect import amplitude

REST_DB = -12.0
"""How much of everybody else stays where a lead is brought forward."""

_WINDOW, _HOP = 2048, 512


def brought_forward(song: Float32Array, lead: Float32Array, *, rest_db: float = REST_DB) -> Float32Array:
    """Turn down what is not the lead.

    Parameters
    ----------
    song, lead : (n,) the lead as an engine (or the ideal share) takes it out of the song
    rest_db : of everybody else; -200 leaves the lead alone

    Examples
    --------
    >>> brought_forward(np.array([1.0, 1.0], np.float32), np.array([1.0, 0.0], np.float32), rest_db=-20.0).tolist()
    [1.0, 0.10000000149011612]
    """
    return np.asarray(lead + np.float32(amplitude(rest_db)) * (song - lead), dtype=np.float32)


def ideal_lead(song: Float32Array, *, mix: Float32Array, lead: Float32Array) -> Float32Array:
    """Take a lead out of a mastered song as well as any mask can: by the share of power that it really has in each cell of the spectrogram.

    The ideal ratio mask is what the field judges separators against (Vincent, Gribonval and Plumbley, *Oracle estimators for the
    benchmarking of source separation algorithms*, Signal Processing 87, 2007). What mastering did to the lead stays in it.

    Parameters
    ----------
    song : (n,) mastered
    mix, lead : (n,) before mastering: everybody, and the lead alone at its level in the mix

    Raises
    ------
    ValueError : if lengths differ.
    """
    if not song.shape == mix.shape == lead.shape:
        raise ValueError(f"sounds of different shapes: {song.shape}, {mix.shape}, {lead.shape}")
    powers = [np.square(np.abs(stft(sound, n_fft=_WINDOW, hop=_HOP))) for sound in (lead, mix - lead)]
    share = powers[0] / np.maximum(powers[0] + powers[1], 1e-12)
    return np.asarray(istft(stft(song, n_fft=_WINDOW, hop=_HOP) * share, length=len(song), hop=_HOP), dtype=np.float32)
