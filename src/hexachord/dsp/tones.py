"""Sounds made from formulas: sinusoids, tones, chirps, Shepard tones, clicks, envelopes; and facts made audible.

Müller, *Fundamentals of Music Processing* (FMP), §1.3 (frequency, pitch, loudness, timbre) and part B (sonification). Signals are
(n,) float32; where a partial would lie above half the rate it is left out rather than folded back.
"""

import numpy as np

from hexachord.arrays import Float32Array, Float64Array, FloatArray


def midi_to_hz(midi: FloatArray | float, *, a4_hz: float = 440.0) -> Float64Array:
    """Turn MIDI pitch (69 is A4, fractions allowed) into frequency. FMP §1.3.2.

    Examples
    --------
    >>> midi_to_hz(np.array([69.0, 60.0])).round(2)
    array([440.  , 261.63])
    """
    return np.asarray(a4_hz * 2.0 ** ((np.asarray(midi, dtype=np.float64) - 69) / 12))


def hz_to_midi(hz: FloatArray | float, *, a4_hz: float = 440.0) -> Float64Array:
    """Turn frequency into MIDI pitch; 0 Hz ("no pitch") becomes nan.

    Examples
    --------
    >>> hz_to_midi(np.array([440.0, 0.0]))
    array([69., nan])
    """
    frequency = np.asarray(hz, dtype=np.float64)
    return np.asarray(69 + 12 * np.log2(np.where(frequency > 0, frequency, np.nan) / a4_hz))


def cents_between(low_hz: FloatArray | float, high_hz: FloatArray | float) -> Float64Array:
    """Measure an interval in hundredths of an equal-tempered semitone. FMP §1.3.2.

    Examples
    --------
    >>> round(float(cents_between(2.0, 3.0)), 3)  # a just fifth
    701.955
    """
    return np.asarray(1200 * np.log2(np.asarray(high_hz, dtype=np.float64) / np.asarray(low_hz, dtype=np.float64)))


def tone(
    f0_hz: FloatArray | float,
    *,
    rate_hz: float,
    seconds: float | None = None,
    partials: tuple[float, ...] = (1.0,),
    phase: float = 0.0,
    gain: float = 1.0,
) -> Float32Array:
    """Add up harmonic partials over a steady or moving fundamental.

    Parameters
    ----------
    f0_hz : a number (then `seconds` is needed), or (n,) one frequency per sample
    rate_hz : sampling rate
    partials : amplitude of each harmonic, the fundamental first; `(1.0,)` is a sinusoid
    phase : of the fundamental at the first sample, in turns
    gain : factor on everything

    Examples
    --------
    >>> tone(1.0, rate_hz=4, seconds=1.0).round(6) + 0.0
    array([ 0.,  1.,  0., -1.], dtype=float32)
    """
    if np.ndim(f0_hz) == 0:
        if seconds is None:
            raise ValueError("a steady tone needs its length in seconds")
        turns = phase + float(np.asarray(f0_hz)) / rate_hz * np.arange(round(seconds * rate_hz))
        highest = np.full(turns.shape, float(np.asarray(f0_hz)))
    else:
        highest = np.asarray(f0_hz, dtype=np.float64)
        turns = phase + np.concatenate([[0.0], np.cumsum(highest[:-1] / rate_hz)])[: highest.size]
    out = np.zeros(turns.shape)
    for number, amplitude in enumerate(partials, start=1):
        if amplitude:
            out += np.where(number * highest < rate_hz / 2, amplitude, 0.0) * np.sin(2 * np.pi * number * turns)
    return (gain * out).astype(np.float32)


def chirp(start_hz: float, end_hz: float, *, seconds: float, rate_hz: float, exponential: bool = False, gain: float = 1.0) -> Float32Array:
    """Glide from one frequency to another, linearly or (equal pitch steps per second) exponentially. FMP §1.3.2, §2.5."""
    position = np.arange(round(seconds * rate_hz)) / max(1, round(seconds * rate_hz))
    if exponential:
        frequency = start_hz * (end_hz / start_hz) ** position
    else:
        frequency = start_hz + (end_hz - start_hz) * position
    return tone(frequency, rate_hz=rate_hz, gain=gain)


def shepard_tone(
    midi: FloatArray | float,
    *,
    rate_hz: float,
    seconds: float | None = None,
    centre_midi: float = 64.0,
    width: float = 12.0,
    gain: float = 1.0,
) -> Float32Array:
    """Sound a pitch class in all octaves at once, weighted by a bell curve: a height that goes round in a circle. FMP §1.3.2, part B.

    Parameters
    ----------
    midi : a pitch (its octave does not matter; then `seconds` is needed), or (n,) one per sample: a rising line is Shepard's glissando
    rate_hz : sampling rate
    centre_midi, width : of the bell curve over pitch, in semitones
    """
    if np.ndim(midi) == 0:
        if seconds is None:
            raise ValueError("a steady tone needs its length in seconds")
        midi = np.full(round(seconds * rate_hz), float(np.asarray(midi)))
    pitch = np.asarray(midi, dtype=np.float64)
    # phase of pitch class "octave 0", advanced continuously; octave k runs 2**k times as fast, so that a line that has risen by an
    # octave sounds as it began
    out = np.zeros(pitch.shape)
    lowest, highest = int(np.floor(pitch.min(initial=60) / 12)), int(np.ceil(pitch.max(initial=60) / 12))
    for octave in range(-highest, 12 - lowest):
        height = pitch + 12 * octave
        frequency = midi_to_hz(height)
        weight = np.exp(-0.5 * ((height - centre_midi) / width) ** 2) * ((frequency > 16) & (frequency < rate_hz / 2))
        if weight.max(initial=0.0) > 1e-4:
            turns = np.concatenate([[0.0], np.cumsum(frequency[:-1] / rate_hz)])[: frequency.size]
            out += weight * np.sin(2 * np.pi * turns)
    total = np.exp(-0.5 * (12 * np.arange(-5, 6) / width) ** 2).sum()
    return np.asarray(gain * out / total, dtype=np.float32)


def adsr_envelope(
    seconds: float, *, rate_hz: float, attack_s: float = 0.01, decay_s: float = 0.1, sustain: float = 0.7, release_s: float = 0.1
) -> Float32Array:
    """Shape a note: rise, fall to a level, hold, fade. FMP §1.3.4.

    The parts share out what there is: a note shorter than attack, decay and release together has them all in proportion.

    Examples
    --------
    >>> adsr_envelope(1.0, rate_hz=8, attack_s=0.25, decay_s=0.25, sustain=0.5, release_s=0.25).round(2)
    array([0.  , 0.5 , 1.  , 0.75, 0.5 , 0.5 , 0.5 , 0.25], dtype=float32)
    """
    shrink = min(1.0, seconds / max(attack_s + decay_s + release_s, 1e-12))
    corners = np.array([0.0, attack_s * shrink, (attack_s + decay_s) * shrink, seconds - release_s * shrink, seconds])
    time_s = np.arange(round(seconds * rate_hz)) / rate_hz
    return np.asarray(np.interp(time_s, np.maximum.accumulate(corners), [0.0, 1.0, sustain, sustain, 0.0]), dtype=np.float32)


def amplitude_envelope(signal: FloatArray, *, rate_hz: float, window_s: float = 0.01) -> Float32Array:
    """Follow the outline of a waveform: the maximum of its magnitude in a centred window. FMP §1.3.4."""
    from scipy import ndimage

    size = max(1, round(window_s * rate_hz))
    return np.asarray(ndimage.maximum_filter1d(np.abs(signal), size=size, mode="constant"), dtype=np.float32)


def tremolo(signal: FloatArray, *, rate_hz: float, speed_hz: float = 5.0, depth: float = 0.5) -> Float32Array:
    """Let the loudness swing: between full and `1 - depth`. FMP §1.3.4."""
    swing = np.cos(2 * np.pi * speed_hz * np.arange(signal.shape[-1]) / rate_hz)
    return np.asarray(signal * (1 - depth / 2 + depth / 2 * swing), dtype=np.float32)


def vibrato(signal: FloatArray, *, rate_hz: float, speed_hz: float = 5.0, depth_cents: float = 30.0) -> Float32Array:
    """Let the pitch swing, by reading the signal at a pace that does. FMP §1.3.4.

    Parameters
    ----------
    signal : (n,)
    speed_hz : swings per second
    depth_cents : largest deviation to either side
    """
    depth = np.log(2.0) * depth_cents / 1200  # relative change of pace
    time_s = np.arange(signal.shape[0]) / rate_hz
    read = time_s + depth / (2 * np.pi * speed_hz) * (1 - np.cos(2 * np.pi * speed_hz * time_s))
    return np.asarray(np.interp(read * rate_hz, np.arange(signal.shape[0]), signal), dtype=np.float32)


def click_track(
    times_s: FloatArray, *, rate_hz: float, seconds: float | None = None, accented: FloatArray | None = None, gain: float = 0.5
) -> Float32Array:
    """Sound a click at each time, a higher one where `accented` (downbeats, say) is true.

    Parameters
    ----------
    times_s : (clicks,) seconds
    rate_hz : sampling rate
    seconds : length of the result; by default a little beyond the last click
    accented : (clicks,) booleans
    gain : peak

    Examples
    --------
    >>> track = click_track(np.array([0.5, 1.0]), rate_hz=8000, seconds=2.0)
    >>> track.shape, bool(np.abs(track[:4000]).max() == 0), bool(np.abs(track[4000:4400]).max() > 0.3)
    ((16000,), True, True)
    """
    times = np.asarray(times_s, dtype=np.float64)
    marks = np.zeros(times.shape, dtype=np.bool_) if accented is None else np.asarray(accented, dtype=np.bool_)
    length = round((seconds if seconds is not None else (times.max(initial=0.0) + 0.1)) * rate_hz)
    out = np.zeros(length, dtype=np.float32)
    time_s = np.arange(round(0.05 * rate_hz)) / rate_hz
    for f_hz, chosen in ((1000.0, ~marks), (1600.0, marks)):
        click = (gain * np.exp(-60 * time_s) * np.sin(2 * np.pi * f_hz * time_s)).astype(np.float32)
        for start in np.rint(times[chosen] * rate_hz).astype(np.int64).tolist():
            add_at(out, click, start)
    return out


def sonify_notes(
    onset_s: FloatArray,
    duration_s: FloatArray,
    midi: FloatArray,
    *,
    rate_hz: float,
    velocity: FloatArray | None = None,
    seconds: float | None = None,
    partials: tuple[float, ...] = (1.0, 0.5, 0.25, 0.12),
) -> Float32Array:
    """Sound a piano roll with plain decaying tones: to hear what a transcription says, not to make music. FMP part B.

    Parameters
    ----------
    onset_s, duration_s, midi : (notes,) each
    rate_hz : sampling rate
    velocity : (notes,) in [0, 1]; 0.7 by default
    seconds : length of the result; by default up to the last note's end
    partials : amplitudes of the harmonics

    Returns
    -------
    (n,) float32, scaled down if it would exceed full scale
    """
    starts, lengths = np.asarray(onset_s, dtype=np.float64), np.asarray(duration_s, dtype=np.float64)
    loud = np.full(starts.shape, 0.7) if velocity is None else np.asarray(velocity, dtype=np.float64)
    end = float((starts + lengths).max(initial=0.0)) if seconds is None else seconds
    out = np.zeros(round(end * rate_hz), dtype=np.float32)
    for start, length, pitch, level in zip(starts, lengths, midi_to_hz(np.asarray(midi)), loud, strict=True):
        note = tone(float(pitch), rate_hz=rate_hz, seconds=float(length), partials=partials, gain=0.2 * float(level))
        note *= adsr_envelope(float(length), rate_hz=rate_hz, attack_s=0.005, decay_s=0.3, sustain=0.5, release_s=0.03)[: note.size]
        add_at(out, note, round(float(start) * rate_hz))
    return out / np.float32(max(1.0, float(np.abs(out).max(initial=0.0))))


def sonify_chroma(chroma: FloatArray, *, hop_s: float, rate_hz: float, gain: float = 0.5) -> Float32Array:
    """Sound a chromagram with twelve Shepard tones, one per pitch class, as loud as its row says. FMP part B.

    Parameters
    ----------
    chroma : (frames, 12), column 0 is C
    hop_s : seconds from one frame to the next
    rate_hz : sampling rate
    """
    if chroma.ndim != 2 or chroma.shape[1] != 12:
        raise ValueError(f"expected a chromagram of shape (frames, 12), not {chroma.shape}")
    samples = round(chroma.shape[0] * hop_s * rate_hz)
    frame = np.arange(samples) / (hop_s * rate_hz)
    out = np.zeros(samples, dtype=np.float32)
    for pitch_class in range(12):
        level = np.interp(frame, np.arange(chroma.shape[0]), chroma[:, pitch_class])
        if level.max(initial=0.0) > 0:
            out += (level * shepard_tone(60.0 + pitch_class, rate_hz=rate_hz, seconds=samples / rate_hz)[:samples]).astype(np.float32)
    return out * np.float32(gain / max(1e-9, float(np.abs(out).max(initial=0.0))))


def sonify_pitch(
    f0_hz: FloatArray, *, hop_s: float, rate_hz: float, partials: tuple[float, ...] = (1.0, 0.3), gain: float = 0.5
) -> Float32Array:
    """Sound a pitch track; frames of 0, negative or nan Hz are silent.

    Parameters
    ----------
    f0_hz : (frames,) at `i * hop_s` seconds
    """
    track = np.asarray(f0_hz, dtype=np.float64)
    heard = np.isfinite(track) & (track > 0)
    samples = round(track.shape[0] * hop_s * rate_hz)
    if not heard.any():
        return np.zeros(samples, dtype=np.float32)
    frame = np.arange(samples) / (hop_s * rate_hz)
    where = np.flatnonzero(heard)
    smooth = np.exp(np.interp(frame, where, np.log(track[where])))  # glides across gaps, where the level is 0
    level = np.interp(frame, np.arange(track.shape[0]), heard.astype(np.float64))
    return (tone(smooth, rate_hz=rate_hz, partials=partials, gain=gain) * level).astype(np.float32)


def add_at(target: Float32Array, sound: Float32Array, start: int) -> None:
    """Mix `sound` into `target` from sample `start` on; what lies outside is cut off."""
    first, last = max(0, start), min(target.shape[0], start + sound.shape[0])
    if last > first:
        target[first:last] += sound[first - start : last - start]
