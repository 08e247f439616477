"""Notes by non-negative matrix factorisation with harmonic templates: the engine ``notes/nmf``, and the templates.

A template of a pitch may sound only where its partials lie, the higher ones softer, and is then fitted to the recording: a pitch is heard
by its partials, and nothing was learnt beforehand. Müller, *Fundamentals of Music Processing* (FMP), §8.3.2 and §8.3.3; Raczyński, Ono &
Sagayama, "Multipitch analysis with harmonic nonnegative matrix approximation", ISMIR 2007. The divergence is Itakura and Saito's, in which
a soft partial counts as much as a loud one (Févotte, Bertin & Durrieu, Neural Computation 21(3), 2009): better here than Kullback and
Leibler's (onset F .67 and .60 on rendered pianos of the valid side). A few free components take up what is no tone. Half a minute at a
time, so that long recordings cost little memory.
"""

from dataclasses import dataclass

import numpy as np

from hexachord.arrays import Float32Array, Float64Array, FloatArray
from hexachord.dsp.frames import padded_slice
from hexachord.dsp.frontend import FrontEnd
from hexachord.dsp.nmf import ITAKURA_SAITO, nmf
from hexachord.knowledge import Events, Notes
from hexachord.transcription.activations import HOP, LOWEST_PITCH, PITCHES, RATE_HZ, note_spectrum, spectrum_frequencies_hz
from hexachord.transcription.onset_features import loud_part
from hexachord.transcription.options import TranscriptionOptions, moved_to

ENGINE = "notes/nmf"
_HOP_S = HOP / RATE_HZ
_STRETCH_FRAMES = 1300
_CONTEXT_FRAMES = 40
_TOLERANCE = 0.03  # half a semitone
_SPREAD_HZ = 8.0  # a Hann window of 186 ms does not resolve less
_OTHERS = 4
_SHORTEST_S = 0.03
_AFTER = 2  # a rise is steepest from the frame before to two frames after
_APART = 3  # frames between two onsets of a pitch
_HEIGHT_FRAMES = 9  # in which a note gets as loud as it will
_LATE = 1.0  # frames, of the steepest rise's beginning
_LOUD_VELOCITY, _VELOCITY_DB = 0.7, 60.0


@dataclass(frozen=True, kw_only=True)
class NmfOptions:
    """What is a note in the activations; chosen on pianos and ensembles of the valid side of the data engine.

    Attributes
    ----------
    updates : of the factorisation
    rise : least rise of an activation, in parts of the recording's loud ones
    share : likewise in parts of the strongest pitch of the moment
    ended : a note has ended when this part of its height is left
    """

    updates: int = 30
    rise: float = 0.1
    share: float = 0.15
    ended: float = 0.03


def harmonic_templates(
    pitches: FloatArray, frequencies_hz: FloatArray, *, tolerance: float = 0.05, spread_hz: float = 0.0, falloff: float = 1.0
) -> Float64Array:
    """Make a template for each pitch that is nothing but its partials (FMP §8.3.2).

    Parameters
    ----------
    pitches : (n,) MIDI numbers, fractions allowed
    frequencies_hz : (bins,) ascending; a bin reaches from its frequency to the next
    tolerance : how far beside a partial its template may sound, in parts of its frequency
    spread_hz : or this far, if that is more
    falloff : partial m has 1 / m ** falloff

    Returns
    -------
    (n, bins), zero beside the partials; where bands of partials meet the higher one counts

    Examples
    --------
    >>> harmonic_templates(np.array([69]), np.arange(0, 1200, 100.0)).round(2).tolist()
    [[0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.5, 0.5, 0.0, 0.0]]
    """
    bins = len(frequencies_hz)
    made = np.zeros((len(pitches), bins))
    if not bins:
        return made
    top_hz = 2.0 * frequencies_hz[-1] - frequencies_hz[-2] if bins > 1 else frequencies_hz[-1]
    for row, pitch in zip(made, pitches, strict=True):
        f0_hz = 440.0 * 2.0 ** ((float(pitch) - 69.0) / 12.0)
        for partial in range(1, int(np.ceil(top_hz / ((1.0 - tolerance) * f0_hz))) + 1):
            beside_hz = max(tolerance * partial * f0_hz, spread_hz)
            low_hz, high_hz = partial * f0_hz - beside_hz, partial * f0_hz + beside_hz
            if low_hz >= top_hz:
                break
            first, last = np.searchsorted(frequencies_hz, [low_hz, high_hz], side="right") - 1
            row[max(first, 0) : last + 1] = partial**-falloff
    return made


def with_onset_templates(templates: FloatArray, *, level: float = 0.1) -> Float64Array:
    """Put a template of the attack before each pitch's own (FMP §8.3.3): at first all of it sounds alike, for an attack is noise.

    Parameters
    ----------
    templates : (n, bins)

    Returns
    -------
    (2 n, bins): rows 0, 2, 4 ... are the attacks

    Examples
    --------
    >>> with_onset_templates(np.array([[0.0, 1.0]])).tolist()
    [[0.1, 0.1], [0.0, 1.0]]
    """
    both = np.empty((2 * len(templates), templates.shape[1]))
    both[0::2], both[1::2] = level, templates
    return both


def notes_from_nmf(
    frontend: FrontEnd,
    *,
    onsets: Events | None = None,
    options: TranscriptionOptions = TranscriptionOptions(),
    settings: NmfOptions = NmfOptions(),
) -> Notes:
    """Transcribe by factorisation: the engine ``notes/nmf``.

    Parameters
    ----------
    frontend : the recording's front end; its signal is used
    onsets, options : see `hexachord.transcription.notes.transcribe_notes`
    settings : see `NmfOptions`

    Returns
    -------
    Notes in order of onset, then pitch; `confidence` says how far the activation's rise stands above the least that counts (0.5).
    """
    signal = np.asarray(frontend.signal_at(RATE_HZ), dtype=np.float32)
    resting = signal.mean() if signal.size else np.float32(0.0)  # a constant would begin and end like a note
    frames = 1 + signal.shape[0] // HOP if signal.shape[0] else 0
    activation = np.zeros((frames, PITCHES), dtype=np.float16)
    for first in range(0, frames, _STRETCH_FRAMES):
        last = min(first + _STRETCH_FRAMES, frames)
        begin, end = max(0, first - _CONTEXT_FRAMES), min(frames, last + _CONTEXT_FRAMES)
        stretch = padded_slice(signal, begin * HOP, min(end * HOP, signal.shape[0])) - resting
        activation[first:last] = pitch_activations(stretch, updates=settings.updates)[first - begin : last - begin]
    least = 0.5 if options.threshold is None else options.threshold
    rows = notes_of_activations(activation, settings)
    rows = rows[rows[:, 4] >= least]
    onset_s = rows[:, 0] * _HOP_S
    if onsets is not None and len(onsets):
        onset_s = moved_to(onset_s, np.asarray(onsets.time_s, dtype=np.float64), options.onset_reach_s)
    offset_s = np.maximum(np.minimum(rows[:, 1] * _HOP_S, frontend.duration_s), onset_s + _SHORTEST_S)
    order = np.lexsort((rows[:, 2], onset_s))
    return Notes(
        onset_s=onset_s[order],
        offset_s=offset_s[order],
        pitch=rows[order, 2] + LOWEST_PITCH,
        velocity=rows[order, 3],
        confidence=rows[order, 4],
        engine=ENGINE,
    )


def pitch_activations(signal: FloatArray, *, updates: int = 30) -> Float32Array:
    """Say how strongly each of 88 pitches sounds: (n,) samples at `RATE_HZ` to (1 + n // HOP, 88)."""
    spectrum = note_spectrum(signal)
    frequencies_hz = spectrum_frequencies_hz()
    pitches = LOWEST_PITCH + np.arange(PITCHES, dtype=np.float64)
    tones = harmonic_templates(pitches, frequencies_hz, tolerance=_TOLERANCE, spread_hz=_SPREAD_HZ)
    others = np.random.default_rng(0).random((_OTHERS, len(frequencies_hz))) + 0.5
    found = nmf(spectrum, np.concatenate([tones, others]), beta=ITAKURA_SAITO, updates=updates)
    return np.asarray(found.activations[:, :PITCHES], dtype=np.float32)


def notes_of_activations(activation: FloatArray, settings: NmfOptions = NmfOptions()) -> Float64Array:
    """Find notes where activations rise.

    Parameters
    ----------
    activation : (frames, pitches), of any scale

    Returns
    -------
    (n, 5) rows: frame of the onset and of the end, pitch, velocity, confidence
    """
    reference = loud_part(activation)
    if not reference > 0:
        return np.zeros((0, 5))
    frames = len(activation)
    level = np.pad(activation.astype(np.float32) / np.float32(reference), ((1, _HEIGHT_FRAMES), (0, 0)))
    course = level[1:]
    steep = level[1 + _AFTER : 1 + _AFTER + frames] - level[:frames]
    around = np.pad(steep, ((_APART, _APART), (0, 0)), constant_values=-1.0)
    earlier = np.max([around[shift : shift + frames] for shift in range(_APART)], axis=0)
    later = np.max([around[shift : shift + frames] for shift in range(_APART + 1, 2 * _APART + 1)], axis=0)
    ahead = np.stack([course[shift : shift + frames] for shift in range(_AFTER, _HEIGHT_FRAMES)])
    stays = np.median(ahead, axis=0)  # the noise of an attack rouses its neighbours, for a moment
    rise, soon = stays - level[:frames], ahead.max(axis=0)
    counts = (steep > earlier) & (steep >= later) & (rise >= settings.rise / 4) & (soon >= settings.share * soon.max(axis=1, keepdims=True))
    frame, pitch = np.nonzero(counts)
    height = soon[frame, pitch]
    end = np.array([_end(course[:frames, p], int(f), settings.ended * h) for f, p, h in zip(frame, pitch, height, strict=True)])
    risen = rise[frame, pitch]
    velocity = np.clip(_LOUD_VELOCITY + 20.0 * np.log10(np.maximum(height, 1e-3)) / _VELOCITY_DB, 0.05, 1.0)
    rows = np.stack([np.maximum(frame + _LATE, 0.0), end, pitch, velocity, risen / (risen + settings.rise)], axis=1)
    return _cut_at_next(rows[np.lexsort((rows[:, 0], rows[:, 2]))])


def _end(course: FloatArray, frame: int, least: float) -> int:
    """First frame, a moment after the onset or later, where a pitch is below the least."""
    after = course[frame + 2 :] < least
    return frame + 2 + (int(after.argmax()) if after.any() else len(after))


def _cut_at_next(rows: Float64Array) -> Float64Array:
    """End notes where the next of their pitch begins; rows in order of pitch, then onset."""
    if len(rows) > 1:
        same = rows[1:, 2] == rows[:-1, 2]
        rows[:-1, 1] = np.where(same, np.minimum(rows[:-1, 1], rows[1:, 0]), rows[:-1, 1])
    return rows
