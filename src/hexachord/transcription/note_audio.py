"""The sound of single notes, hands or voices, taken out of a recording whose notes are known.

What `score_informed` finds of each note makes a soft mask: the share of a cell of the spectrogram that the notes of a group have in all
that is explained there. Masks keep the phases, all channels share them, and what no note explains is the rest; together they are the
recording, to rounding. S. Ewert & M. Müller, ICASSP 2012; Müller, *Fundamentals of Music Processing* (FMP), §8.3.4.

The recording is worked on in overlapping segments that are cross-faded, each with templates of its own, so that long ones cost little time
and no more memory than their parts.
"""

from typing import NamedTuple

import numpy as np

from hexachord.arrays import Float32Array, Float64Array, FloatArray, IntArray
from hexachord.dsp.stft import fft_frequencies_hz, istft, stft
from hexachord.knowledge import Notes
from hexachord.score.model import Score
from hexachord.score.notes import note_array
from hexachord.transcription.notation.hands import split_hands
from hexachord.transcription.score_informed import Explained, ScoreInformedOptions, explain_notes

_WINDOW_S = 0.093
_SEGMENT_S, _FADE_S = 40.0, 2.0
_NOTHING = 1e-9  # of the loudest cell: what is fainter was not explained
RIGHT, LEFT = 1, 2


class NoteAudio(NamedTuple):
    """`parts` (groups, channels, n), one for each number in `groups`, ascending; `rest` (channels, n). Their sum is the recording."""

    groups: IntArray
    parts: Float32Array
    rest: Float32Array


def separate_notes(
    samples: Float32Array,
    rate_hz: int,
    notes: Notes,
    group: IntArray,
    *,
    mask_power: float = 1.5,
    options: ScoreInformedOptions = ScoreInformedOptions(),
) -> NoteAudio:
    """Take groups of notes out of a recording.

    Parameters
    ----------
    samples : (channels, n) or (n,) float
    rate_hz : sample rate
    notes : all that is played, in the recording's time
    group : (notes,) which group each belongs to: 1 and 2 for hands, or a number of its own for a note that is wanted alone
    mask_power : of the magnitudes from which shares are made (FMP: 1); with more, a cell goes rather to the stronger alone
    options : see `ScoreInformedOptions`

    Returns
    -------
    NoteAudio

    Raises
    ------
    ValueError : if samples or groups have another shape.

    Examples
    --------
    >>> time_s = np.arange(16000) / 8000
    >>> low, high = np.sin(2 * np.pi * 220 * time_s), np.sin(2 * np.pi * 660 * time_s)
    >>> notes = Notes(onset_s=np.zeros(2), offset_s=np.full(2, 2.0), pitch=np.array([57.0, 76.02]), velocity=np.ones(2))
    >>> found = separate_notes((low + high).astype(np.float32), 8000, notes, np.array([2, 1]))
    >>> found.groups.tolist(), bool(np.abs(found.parts.sum(axis=0) + found.rest - (low + high)).max() < 1e-5)
    ([1, 2], True)
    """
    mix = np.atleast_2d(np.asarray(samples, dtype=np.float32))
    if mix.ndim != 2:
        raise ValueError(f"expected samples of shape (channels, n), not {samples.shape}")
    if group.shape != (len(notes),):
        raise ValueError(f"{len(notes)} notes, but groups of shape {group.shape}")
    groups = np.unique(group)
    parts = np.zeros((len(groups), *mix.shape), dtype=np.float32)
    fade, segment = round(_FADE_S * rate_hz), round(_SEGMENT_S * rate_hz)
    rise = np.sin(0.5 * np.pi * (np.arange(fade, dtype=np.float32) + 0.5) / fade) ** 2
    begins = list(range(0, max(1, mix.shape[1] - fade), segment))
    for first in begins:
        last = mix.shape[1] if first == begins[-1] else min(first + segment + fade, mix.shape[1])
        found = _segment(mix[:, first:last], rate_hz, notes, group, groups, start_s=first / rate_hz, mask_power=mask_power, options=options)
        if first > 0:
            found[..., :fade] *= rise
        if last < mix.shape[1]:
            found[..., -fade:] *= 1 - rise
        parts[..., first:last] += found
    return NoteAudio(groups, parts, mix - parts.sum(axis=0))


def note_masks(explained: Explained, group: IntArray, groups: IntArray, *, mask_power: float = 1.5) -> list[FloatArray]:
    """Make a mask of each group, (frames, bins) in [0, 1]: its share in what is explained, 0 where nothing is; they sum to 1 at most."""
    each = [explained.note_activations(group == number) @ explained.templates for number in groups]
    if mask_power != 1.0:
        each = [part**mask_power for part in each]
    total = np.sum(each, axis=0) if each else np.zeros(0)
    least = _NOTHING**mask_power * total.max(initial=0.0)
    return [np.divide(part, total, out=np.zeros_like(part), where=total > least) for part in each]


def hands_of_notes(notes: Notes) -> IntArray:
    """Say which hand plays each note, `RIGHT` or `LEFT`, for `separate_notes` (see `hexachord.transcription.notation.hands`)."""
    pitch = np.rint(np.asarray(notes.pitch)).astype(np.int64)
    order = np.lexsort((pitch, notes.onset_s))
    hand = np.empty(len(notes), dtype=np.int64)
    hand[order] = split_hands(np.asarray(notes.onset_s)[order], np.asarray(notes.offset_s)[order], pitch[order])
    return hand


def notes_of_score(score: Score) -> tuple[Notes, IntArray]:
    """List the notes of a score whose tempo map fits a recording, and their staves: 1 and 2 of a piano are the hands.

    Returns
    -------
    (notes, staff); parts after the first go on counting, so that every staff of every part has a number of its own
    """
    rows = note_array(score, percussion=False)
    notes = Notes(
        onset_s=rows["onset_s"].astype(np.float64),
        offset_s=(rows["onset_s"] + rows["duration_s"]).astype(np.float64),
        pitch=rows["pitch"].astype(np.float64),
        velocity=rows["velocity"] / 127.0,
    )
    pairs = np.stack([rows["part"].astype(np.int64), rows["staff"].astype(np.int64)], axis=1).reshape(-1, 2)
    return notes, np.unique(pairs, axis=0, return_inverse=True)[1].reshape(-1) + 1


def _segment(
    mix: Float32Array,
    rate_hz: int,
    notes: Notes,
    group: IntArray,
    groups: IntArray,
    *,
    start_s: float,
    mask_power: float,
    options: ScoreInformedOptions,
) -> Float32Array:
    """Take one segment apart: (groups, channels, n)."""
    parts = np.zeros((len(groups), *mix.shape), dtype=np.float32)
    onset_s, offset_s = (np.asarray(times, dtype=np.float64) - start_s for times in (notes.onset_s, notes.offset_s))
    margin_s = max(options.before_s, options.attack_before_s)
    near = (offset_s + options.after_s > 0) & (onset_s - margin_s < mix.shape[1] / rate_hz)
    if not near.any() or not mix.any():
        return parts
    n_fft = 4 * max(16, round(_WINDOW_S * rate_hz / 4))
    hop = n_fft // 4
    spectra = [stft(channel, n_fft=n_fft, hop=hop) for channel in mix]
    magnitude = np.sqrt(sum(spectrum.real**2 + spectrum.imag**2 for spectrum in spectra) / len(spectra))
    pitch: Float64Array = np.asarray(notes.pitch, dtype=np.float64)[near]
    here = Notes(onset_s=onset_s[near], offset_s=offset_s[near], pitch=pitch, velocity=np.ones(len(pitch)))
    explained = explain_notes(magnitude, fft_frequencies_hz(rate_hz=rate_hz, n_fft=n_fft), here, hop_s=hop / rate_hz, options=options)
    for part, mask in zip(parts, note_masks(explained, group[near], groups, mask_power=mask_power), strict=True):
        for channel, spectrum in zip(part, spectra, strict=True):
            channel[:] = istft(mask.astype(np.float32) * spectrum, length=mix.shape[1], hop=hop)
    return parts
