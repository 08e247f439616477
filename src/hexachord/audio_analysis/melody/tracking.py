"""The melody: its fundamental frequency over time, and the notes in it.

A network says which line is the melody, in a mix and alone (`melody.network`). Two classics are here as well. pYIN follows one voice alone:
its idea of periodicity is exact where one tone sounds. In polyphony the predominant pitch is the likeliest path through the salience of
all pitches (`melody.salience`; Müller, *Fundamentals of Music Processing*, §8.2; Salamon & Gómez, IEEE TASLP 20(6), 2012), and a melody is
said to sound where that path is strong. Whether a recording is one voice alone is told by pYIN itself on a few excerpts: polyphony is
hardly ever periodic.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from hexachord.arrays import Float64Array, FloatArray
from hexachord.audio_analysis.engines import ENGINES
from hexachord.audio_analysis.melody.grid import MelodyOptions, grid_hop, melody_of
from hexachord.audio_analysis.melody.notes import NoteOptions, segment_notes
from hexachord.audio_analysis.melody.salience import BINS, BINS_PER_OCTAVE, LOWEST_HZ, Salience, bin_frequencies_hz, pitch_salience
from hexachord.dsp.frontend import FrontEnd
from hexachord.dsp.peaks import moving_median
from hexachord.dsp.pyin import PitchTrack, PyinOptions, pyin
from hexachord.dsp.shape import rms
from hexachord.dsp.viterbi import viterbi_local
from hexachord.dsp.yin import YinFrame
from hexachord.knowledge import F0
from hexachord.models.engine import pick_engine

__all__ = ["MelodyOptions", "NoteOptions", "is_monophonic", "melody_by_pyin", "melody_by_salience", "segment_notes", "track_melody"]

_EXCERPTS = (0.2, 0.5, 0.8)  # where a recording is probed, as parts of it
_EXCERPT_S = 8.0
_ONE_TONE = 0.7  # median probability of being periodic: solo voices reach 0.8 and more even in rooms, polyphony stays below 0.6
_TELLING_FRAME_S = 0.093  # polyphony is least periodic in long frames
_NIMBLE_FRAME_S = 0.05  # three periods of the lowest pitch: longer frames blur where one note goes over into the next
_LEVEL_WINDOW_S = 0.023
_OVERTONES = ((BINS_PER_OCTAVE, 0.5), (round(BINS_PER_OCTAVE * np.log2(3)), 1.0))  # (distance, weight) of the second and third partial
_MOST_DOUBT = 1.0
_SURE_EXCESS = 0.2  # in natural logarithms of salience


def track_melody(frontend: FrontEnd, *, engine: str | None = None, options: MelodyOptions = MelodyOptions()) -> F0:
    """Track the fundamental frequency of the melody.

    Parameters
    ----------
    frontend : the recording's front end; its signal and hop are used (frames twice as dense)
    engine : name of an engine of the task ``melody``; "network" (default), "pyin", "swift-f0", "salience"
    options : see `MelodyOptions`

    Returns
    -------
    F0 with a frame every 12 ms at the default hop; `engine` says which one ran.

    Raises
    ------
    InputError : if there is no such engine.

    Examples
    --------
    >>> t = np.arange(33075) / 22050
    >>> tone = sum(np.sin(2 * np.pi * 220 * h * t) / h for h in (1, 2, 3)).astype(np.float32)
    >>> melody = track_melody(FrontEnd(tone))
    >>> melody.engine, round(float(np.median(melody.f0_hz[20:-20])), -1)
    ('melody/network', 220.0)
    """
    follow: Callable[..., F0] = pick_engine(ENGINES, task="melody", name=engine).load()
    return follow(frontend, options=options)


def is_monophonic(frontend: FrontEnd) -> bool:
    """Tell whether one tone sounds at a time, from a few excerpts."""
    signal, length = frontend.signal, round(_EXCERPT_S * frontend.rate_hz)
    if signal.shape[0] <= len(_EXCERPTS) * length:
        excerpts = [signal]
    else:
        starts = (round(part * signal.shape[0] - length / 2) for part in _EXCERPTS)
        excerpts = [signal[start : start + length] for start in starts]
    probability = []
    for excerpt in excerpts:
        track, level = _pyin(excerpt, frontend, frame_s=_TELLING_FRAME_S)
        probability.append(track.probability[level > 0.1 * level.max(initial=0.0)])
    heard = np.concatenate(probability)
    return len(heard) > 0 and float(np.median(heard)) > _ONE_TONE


def melody_by_pyin(frontend: FrontEnd, *, options: MelodyOptions = MelodyOptions()) -> F0:
    """Track a solo with pYIN: the engine ``melody/pyin``."""
    track, level = _pyin(frontend.signal, frontend, frame_s=_NIMBLE_FRAME_S)
    loud = np.quantile(level, 0.95) if len(level) else 0.0
    voiced = track.voiced & (track.probability >= options.least_probability) & (level > loud * 10 ** (options.gate_db / 20))
    return melody_of(track.f0_hz, voiced, track.probability, track.hop_s, options, engine="melody/pyin")


def melody_by_salience(frontend: FrontEnd, *, options: MelodyOptions = MelodyOptions()) -> F0:
    """Track the predominant pitch of polyphony: the engine ``melody/salience``."""
    salience = pitch_salience(frontend.signal, rate_hz=frontend.rate_hz, hop=grid_hop(frontend))
    frames = len(salience.strength)
    reach = BINS_PER_OCTAVE // 10
    price = options.low_cost * np.clip(np.log2(options.low_hz / bin_frequencies_hz()), 0.0, 1.5)
    _, path, _ = viterbi_local(
        lambda first, last: _preference(salience.log_relative(first, last), price)[:, None, :],
        frames,
        log_kernel=-options.glide_cost * np.abs(np.arange(-reach, reach + 1.0)),
        log_switch=np.zeros((1, 1)),
        log_initial=np.zeros((1, BINS)),
        log_jump=-options.leap_cost,
    )
    f0_hz, strength = _along_path(salience, path)
    sounding = salience.strength > 0
    loud = np.quantile(strength[sounding], 0.9) if sounding.any() else 0.0
    above = strength - (loud - options.strength_range)
    smooth = moving_median(above, before=4, after=4) if frames else above
    voicing = np.where(sounding, 1.0 / (1.0 + np.exp(-np.clip(above / 0.4, -30, 30))), 0.0)
    return melody_of(f0_hz, sounding & (smooth > 0), voicing, salience.hop_s, options, engine="melody/salience")


def _preference(relative: Float64Array, price: Float64Array) -> Float64Array:
    """Take the price of its register from every pitch, and doubt one that stands an octave or a twelfth above a stronger one.

    It may be that one's overtone; then it pays that one's price too, or basses would come back as their octaves.
    """
    preferred = relative - price
    for bins, weight in _OVERTONES:
        excess = relative[:, :-bins] - relative[:, bins:]
        preferred[:, bins:] -= np.clip(weight * excess, 0.0, _MOST_DOUBT)
        preferred[:, bins:] -= np.clip(excess / _SURE_EXCESS, 0.0, 1.0) * (price[:-bins] - price[bins:])
    return preferred


def _along_path(salience: Salience, path: np.ndarray) -> tuple[Float64Array, Float64Array]:
    """Refine the pitch by a parabola through the levels around the path, and read the absolute strength there."""
    frames = np.arange(len(path))
    levels = salience.levels
    left, centre, right = (levels[frames, np.clip(path + step, 0, BINS - 1)].astype(np.float64) for step in (-1, 0, 1))
    curvature = left - 2 * centre + right
    shift = np.where((curvature < 0) & (centre > 0), 0.5 * (left - right) / np.minimum(curvature, -1e-9), 0.0)
    f0_hz = LOWEST_HZ * 2.0 ** ((path + np.clip(shift, -0.5, 0.5)) / BINS_PER_OCTAVE)
    relative = salience.log_relative(0, len(path))[frames, path] if len(path) else np.empty(0)
    return f0_hz, np.log(np.maximum(salience.strength, 1e-9)) + relative


def _pyin(signal: FloatArray, frontend: FrontEnd, *, frame_s: float) -> tuple[PitchTrack, FloatArray]:
    rate_hz, hop = frontend.rate_hz, grid_hop(frontend)
    frame = YinFrame(frame_length=2 * round(0.5 * frame_s * rate_hz), hop=hop, highest_hz=min(2093.0, rate_hz / 2))
    track = pyin(signal, rate_hz=rate_hz, options=replace(PyinOptions(), frame=frame))
    return track, rms(signal, frame_length=2 * round(_LEVEL_WINDOW_S * rate_hz / 2), hop=hop)
