"""The family of dynamics: level, loudness and the outline in time. Also zero crossings, which need the samples themselves."""

import numpy as np

from hexachord.arrays import Float64Array, FloatArray
from hexachord.audio_analysis.descriptors.sheet import Sheet
from hexachord.audio_analysis.descriptors.spectra import HOP, N_FFT
from hexachord.dsp.block_filter import filtered_blocks
from hexachord.dsp.loudness import k_weighting, programme_loudness
from hexachord.dsp.programme_dynamics import equivalent_level_db, larm_db, long_term_loudness, stevens_loudness, vickers_emphasis
from hexachord.dsp.shape import rms, zero_crossing_rate
from hexachord.dsp.spectral_measures import crest, flatness_of_logs
from hexachord.dsp.spectral_moments import weighted_moments
from hexachord.dsp.temporal_envelope import decay_db_per_s, effective_duration_s, log_attack_time, low_energy_ratio, temporal_centroid
from hexachord.dsp.waveform import frame_extremes, moments_of

MOMENT_S = 0.01  # of envelopes
_ENVELOPE_MOMENTS = 5  # that make one value of the outline, 50 ms: outlines of songs, not of waves
_LEVEL_S = 0.2  # of Vickers' loudness and of dynamic complexity
_SLOT_S = 0.1
_MEMORY_S = 0.1  # after which K-weighting's high-pass and Vickers' have died away by more than 120 dB
_SILENT_LUFS = -100.0


def describe_dynamics(signal: FloatArray, sheet: Sheet, *, rate_hz: float) -> None:
    """Write the family of dynamics."""
    if sheet.wants("timbre"):
        sheet.put("timbre/zero_crossing_rate", zero_crossing_rate(signal, frame_length=N_FFT, hop=HOP))
    if not sheet.wants("dynamics"):
        return
    level = rms(signal, frame_length=N_FFT, hop=HOP)
    peak, mean = frame_extremes(signal, frame_length=N_FFT, hop=HOP)
    square = np.square(level, dtype=np.float64)
    sheet.put("dynamics/rms", level)
    sheet.put("dynamics/peak", peak)
    sheet.put("dynamics/crest", np.divide(peak, level, out=np.zeros_like(level), where=level > 0))
    sheet.put("dynamics/std", np.sqrt(np.maximum(square - np.square(mean, dtype=np.float64), 0)))
    sheet.put("dynamics/loudness_stevens", stevens_loudness(square * N_FFT))
    sheet.put_song("dynamics/low_energy_ratio", low_energy_ratio(level))
    decibels = 20 * np.log10(np.maximum(level, 1e-10))
    for threshold in (20, 30, 60):
        sheet.put_song(f"dynamics/silence_rate_{threshold}db", float(np.mean(decibels < -threshold)))
    _whole(signal, sheet, rate_hz=rate_hz)
    _perceived(signal, sheet, rate_hz=rate_hz, frames=len(level))


def _whole(signal: FloatArray, sheet: Sheet, *, rate_hz: float) -> None:
    length = max(1, round(MOMENT_S * rate_hz))
    power, peak, _ = moments_of(signal, length=length)
    hop_s = length / rate_hz
    leq_db = equivalent_level_db(power)
    top_db = 20 * float(np.log10(max(float(peak.max()), 1e-5)))
    sheet.put_song("dynamics/duration_s", len(signal) / rate_hz)
    sheet.put_song("dynamics/peak_dbfs", top_db)
    sheet.put_song("dynamics/crest_db", max(0.0, top_db - leq_db))
    sheet.put_song("dynamics/leq_db", leq_db)
    sheet.put_song("dynamics/larm_db", larm_db(peak, hop_s=hop_s))
    energy = outline(power, _ENVELOPE_MOMENTS)
    envelope, step_s = np.sqrt(energy), _ENVELOPE_MOMENTS * hop_s
    sheet.put_song("dynamics/log_attack_time", log_attack_time(envelope, hop_s=step_s))
    sheet.put_song("dynamics/temporal_centroid_s", temporal_centroid(energy, hop_s=step_s))
    sheet.put_song("dynamics/effective_duration_s", effective_duration_s(envelope, hop_s=step_s))
    sheet.put_song("dynamics/decay_db_per_s", decay_db_per_s(energy, hop_s=step_s))
    row = envelope[None, :]
    moments = weighted_moments(row, np.arange(len(envelope), dtype=np.float64))
    flat = flatness_of_logs(np.log(np.maximum(row, 1e-5)))[0] if envelope.any() else 0.0
    sheet.put_song("dynamics/envelope_flatness", float(flat))
    sheet.put_song("dynamics/envelope_crest", crest(row)[0])
    sheet.put_song("dynamics/envelope_skewness", moments.skewness[0])
    sheet.put_song("dynamics/envelope_kurtosis", moments.kurtosis[0])


def outline(power: FloatArray, moments: int) -> Float64Array:
    """Average so many successive moments into one; the last of them may be fewer."""
    starts = np.arange(0, len(power), moments)
    return np.asarray(np.add.reduceat(power, starts) / np.diff(np.append(starts, len(power))), dtype=np.float64)


def _perceived(signal: FloatArray, sheet: Sheet, *, rate_hz: float, frames: int) -> None:
    """Loudness after the filters of BS.1770 and of Vickers."""
    slots = len(signal) * 10 // int(rate_hz) if rate_hz == int(rate_hz) else int(len(signal) / (rate_hz * _SLOT_S))
    ends = np.rint(np.arange(1, slots + 1) * rate_hz * _SLOT_S).astype(np.int64)
    cumulative_at = np.zeros(slots)
    weighed = total = 0.0
    filters = (k_weighting(rate_hz), vickers_emphasis(rate_hz))
    moment = max(1, round(_LEVEL_S * rate_hz))
    emphasised = np.zeros(-(-len(signal) // moment))
    for start, (k_weighted, emphasis) in filtered_blocks(signal, filters, memory=max(64, round(_MEMORY_S * rate_hz))):
        running = np.cumsum(np.square(k_weighted, out=k_weighted))
        inside = (ends > start) & (ends <= start + len(running))
        cumulative_at[inside] = total + running[ends[inside] - start - 1]
        total += float(running[-1])
        place = np.arange(start, start + len(emphasis)) // moment
        emphasised[place[0] : place[-1] + 1] += np.bincount(place - place[0], weights=np.square(emphasis, out=emphasis))
    weighed = total - (cumulative_at[-1] if slots else 0.0)
    programme = programme_loudness(
        np.maximum(np.diff(cumulative_at, prepend=0.0), 0), samples_per_slot=rate_hz * _SLOT_S, rest=(weighed, len(signal))
    )
    sheet.put_song("dynamics/integrated_lufs", max(_SILENT_LUFS, programme.integrated_lufs))
    sheet.put_song("dynamics/loudness_range_lu", programme.range_lu)
    for name, curve, window in (("momentary", programme.momentary_lufs, 4), ("short_term", programme.short_term_lufs, 30)):
        heard = np.maximum(curve, _SILENT_LUFS)
        sheet.put_song(f"dynamics/max_{name}_lufs", float(heard.max(initial=_SILENT_LUFS)))
        # the window that ended last before a frame's centre; before the first there is none
        ended = np.floor(np.arange(frames) * HOP / rate_hz / _SLOT_S + 1e-9).astype(np.int64) - window
        known = (ended >= 0) & (len(heard) > 0)
        sheet.put(
            f"dynamics/{name}_lufs",
            np.where(known, np.append(heard, _SILENT_LUFS)[np.clip(ended, 0, max(0, len(heard) - 1))], _SILENT_LUFS),
        )
    sizes = np.minimum(moment, len(signal) - moment * np.arange(len(emphasised)))
    levels_db = 10 * np.log10(np.maximum(emphasised / sizes, 1e-9))
    loudness, complexity = long_term_loudness(levels_db)
    sheet.put_song("dynamics/vickers_loudness_db", loudness)
    sheet.put_song("dynamics/dynamic_complexity_db", complexity)
