"""The predominant melody by a network: the engine ``melody/network``.

The network (`hexachord.learning.deep.melody`, trained by ``training/melody.py``) says for every moment how likely each pitch is the
melody's, and how likely there is none; the likeliest path through that is the melody, with voiced and unvoiced states and the pitch
remembered through rests, as in pYIN (Mauch & Dixon, ICASSP 2014).
"""

from dataclasses import dataclass

import numpy as np

from hexachord.arrays import BoolArray, Float64Array, IntArray
from hexachord.audio_analysis.melody.grid import MelodyOptions, grid_hop, melody_of, on_grid
from hexachord.dsp.frames import frame_count
from hexachord.dsp.frontend import FrontEnd
from hexachord.dsp.pitch_spectrum import BINS_PER_OCTAVE, HOP, LOWEST_HZ, RATE_HZ, STEP_DB, as_heard, loudest_level, pitch_spectrum
from hexachord.dsp.viterbi import viterbi_local
from hexachord.knowledge import F0
from hexachord.models.networks import Network, log_softmax, open_network, run_network

ENGINE, SHIPPED = "melody/network", "melody"
_SILENT_DB = -60.0  # below the loud parts: nothing sings there
_BLOCK_FRAMES = 2048
_AROUND = 2  # bins either way that a pitch is the mean of


@dataclass(frozen=True, kw_only=True)
class PathCosts:
    """What the path through the network's chances costs, in nats; chosen on the valid side of the data engine.

    Attributes
    ----------
    evidence : how much a frame's opinion counts: neighbours say nearly the same
    bin_cost : of moving a third of a semitone from frame to frame
    leap_cost : of leaping anywhere
    switch_chance : of beginning or ending from frame to frame
    voice : how much likelier a melody is than its absence, beside what the network says
    rest_evidence : how much the pitch counts while nothing is said to sing: so the path waits where the melody goes on
    """

    evidence: float = 1.0
    bin_cost: float = 0.3
    leap_cost: float = 4.0
    switch_chance: float = 0.02
    voice: float = 0.3
    rest_evidence: float = 0.6


def melody_by_network(
    frontend: FrontEnd, *, options: MelodyOptions = MelodyOptions(), costs: PathCosts = PathCosts(), network: Network | None = None
) -> F0:
    """Follow the melody of polyphony: the engine ``melody/network``.

    Parameters
    ----------
    frontend : the recording's front end; its signal and hop are used
    options : `shortest_s` counts; a `least_probability` of 0 keeps the pitch wherever there is one
    network : another one than the shipped

    Returns
    -------
    F0 on the grid of the other engines; `voicing` is the network's chance that there is a melody.

    Raises
    ------
    InputError : if this installation lacks the network.
    """
    hop = grid_hop(frontend)
    frames, hop_s = frame_count(frontend.signal.shape[0], frame_length=frontend.options.n_fft, hop=hop), hop / frontend.rate_hz
    levels = pitch_spectrum(frontend.signal_at(RATE_HZ))
    loudest = loudest_level(levels)
    if loudest <= 0:
        nothing = np.zeros(frames)
        return melody_of(nothing, nothing > 0, nothing, hop_s, options, engine=ENGINE)
    opened = open_network(SHIPPED) if network is None else network
    said = run_network(opened, lambda first, last: as_heard(levels[first:last], loudest=loudest), len(levels), block_frames=_BLOCK_FRAMES)
    chance: Float64Array = np.asarray(log_softmax(said[opened.outputs[0]].astype(np.float64)), dtype=np.float64)
    voiced, place = follow(chance, costs)
    pitch_hz = LOWEST_HZ * 2.0 ** (_between_bins(chance, place) / BINS_PER_OCTAVE)
    sounding = levels[:, 0].max(axis=1) > loudest + _SILENT_DB / STEP_DB
    keep = sounding if options.least_probability <= 0 else voiced & sounding
    heard = on_grid(pitch_hz, keep, np.where(sounding, -np.expm1(chance[:, -1]), 0.0), period_s=HOP / RATE_HZ, frames=frames, hop_s=hop_s)
    return melody_of(*heard, hop_s, options, engine=ENGINE)


def follow(chance: Float64Array, costs: PathCosts) -> tuple[BoolArray, IntArray]:
    """Find the likeliest path.

    Parameters
    ----------
    chance : (frames, pitches + 1) log chances, the last of "none"

    Returns
    -------
    voiced : (frames,) whether there is a melody
    place : (frames,) its bin, through rests too
    """
    pitches = chance.shape[1] - 1
    reach = BINS_PER_OCTAVE // 12 * 2
    distance = np.abs(np.arange(-reach, reach + 1.0))
    stay, leave = np.log1p(-costs.switch_chance), np.log(costs.switch_chance)

    voice = np.log(-np.expm1(np.minimum(chance[:, -1:], -1e-6))) + costs.voice

    def observe(first: int, last: int) -> Float64Array:
        pitch = chance[first:last, :-1] - voice[first:last] + costs.voice  # given that there is a melody
        seen = np.empty((len(pitch), 2, pitches))
        seen[:, 0] = pitch + voice[first:last]
        seen[:, 1] = costs.rest_evidence * pitch + chance[first:last, -1:]
        return costs.evidence * seen

    group, place, _ = viterbi_local(
        observe,
        len(chance),
        log_kernel=-costs.bin_cost * distance,
        log_switch=np.array([[stay, leave], [leave, stay]]),
        log_initial=np.zeros((2, pitches)),
        log_jump=-costs.leap_cost,
    )
    return group == 0, place


def _between_bins(chance: Float64Array, place: IntArray) -> Float64Array:
    """Refine the bins of a path by the mean of what is likely around them."""
    near = place[:, None] + np.arange(-_AROUND, _AROUND + 1)
    inside = (near >= 0) & (near < chance.shape[1] - 1)
    near = np.where(inside, near, 0)
    weight = np.where(inside, np.exp(chance[np.arange(len(place))[:, None], near]), 0.0) + 1e-12 * (near == place[:, None])
    return np.asarray((weight * near).sum(axis=1) / weight.sum(axis=1))
