"""The walk over the spectra: families spectral, timbre and bands, and what the other families need of each spectrum."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from hexachord.arrays import Float32Array, FloatArray
from hexachord.audio_analysis.descriptors.catalogue import BARK_BANDS, ERB_BANDS, MEL_BANDS
from hexachord.audio_analysis.descriptors.sheet import Sheet
from hexachord.dsp.auditory_bands import bark_filterbank, gammatone_filterbank
from hexachord.dsp.chroma import chroma_from_power
from hexachord.dsp.dissonance import dissonance, roughness
from hexachord.dsp.frames import frame_count, padded_slice
from hexachord.dsp.harmonicity import (
    autocorrelation_of_power,
    find_harmonics,
    inharmonicity,
    irregularity_jensen,
    irregularity_krimphoff,
    odd_to_even_ratio,
    pitch_of_autocorrelation,
    tristimulus,
    window_autocorrelation,
)
from hexachord.dsp.hpcp import fine_profile, hpcp
from hexachord.dsp.linear_prediction import linear_prediction
from hexachord.dsp.mel import mel_from_power, mfcc, power_to_db
from hexachord.dsp.partials import keep_strongest, strongest_partials
from hexachord.dsp.spectral_contrast import OCTAVES, contrast_db, peaks_and_valleys
from hexachord.dsp.spectral_measures import (
    band_flatness,
    crest,
    entropy,
    flatness_of_logs,
    flux,
    local_peaks,
    rolloff_hz,
    share_above,
    spectral_complexity,
    strong_peak,
    tonal_power_ratio,
)
from hexachord.dsp.spectral_moments import high_frequency_content, line_fit, spectral_decrease, weighted_moments
from hexachord.dsp.stft import fft_frequencies_hz, power_blocks
from hexachord.dsp.tuning import Tuning
from hexachord.errors import InputError

N_FFT, HOP = 2048, 512

_POWER_FLOOR = 1e-10  # -100 dB: below, a bin is silent
_RANGE_DB = 80.0  # of mel powers under the recording's strongest, and of contrasts
_PARTIALS, _BEATING = 40, 20  # partials that vote for pitch classes, and those whose beating is measured
_ORDER = 10
_LOWEST_PITCH_HZ = 50.0
_FLATNESS_EDGES_HZ = (250.0, 500.0, 1000.0, 2000.0, 4000.0)
_ENERGY_EDGES_HZ = {"low": (20.0, 150.0), "middle_low": (150.0, 800.0), "middle_high": (800.0, 4000.0), "high": (4000.0, 1e9)}
_BRIGHT_HZ = 1500.0
_COMPLEX_HZ = 5000.0
_MOST_HNR_DB = 40.0


@dataclass
class Spectra:
    """What the other families need of the spectra.

    Attributes
    ----------
    mel : (frames, 128) power
    bark : (frames, 24) power
    profile : (120,) energy by pitch class in steps of 10 cents, summed over the recording
    """

    mel: Float32Array
    bark: Float32Array
    profile: FloatArray = field(default_factory=lambda: np.zeros(120))


def describe_spectra(signal: FloatArray, sheet: Sheet, *, rate_hz: float, tuning: Tuning | None, block_frames: int) -> Spectra:
    """Walk through the spectra of a signal and write what can be said of each."""
    frames = frame_count(signal.shape[0], frame_length=N_FFT, hop=HOP)
    mel, bark, erb = sheet.columns("bands/mel"), sheet.columns("bands/bark"), sheet.columns("bands/erb")
    spectra = Spectra(
        mel=np.empty((frames, MEL_BANDS), dtype=np.float32) if mel is None else mel,
        bark=np.empty((frames, BARK_BANDS), dtype=np.float32) if bark is None else bark,
    )
    if erb is None:
        erb = np.empty((frames, ERB_BANDS), dtype=np.float32) if sheet.wants("timbre") else None
    walker = _Walker(sheet, rate_hz=rate_hz, tuning=tuning, frames=frames)
    for first, power in _power_blocks(signal, frames=frames, block_frames=block_frames):
        if not np.isfinite(power[:, 0]).all():  # one sample that is not spoils every bin of its frame
            raise InputError("signal", found="samples that are not finite", expected="finite samples")
        rows = slice(first, first + len(power))
        spectra.mel[rows] = mel_from_power(power, rate_hz=rate_hz, bands=MEL_BANDS)
        spectra.bark[rows] = power @ bark_filterbank(rate_hz=rate_hz, n_fft=N_FFT)
        if erb is not None:
            erb[rows] = power @ gammatone_filterbank(rate_hz=rate_hz, n_fft=N_FFT, bands=ERB_BANDS)
        walker.take(first, power, spectra)
    walker.finish()
    _finish_bands(sheet, spectra, erb, rate_hz=rate_hz)
    return spectra


def _power_blocks(signal: FloatArray, *, frames: int, block_frames: int) -> Iterator[tuple[int, Float32Array]]:
    """Walk through the power spectra, transformed in double precision: in single, the peaks' rounding would fill the valleys."""
    for first in range(0, frames, block_frames):
        last = min(first + block_frames, frames)
        start = first * HOP - N_FFT // 2
        stretch = padded_slice(signal, start, start + (last - 1 - first) * HOP + N_FFT).astype(np.float64)
        for _, power in power_blocks(stretch, n_fft=N_FFT, hop=HOP, centre=False, block_frames=block_frames):
            yield first, power.astype(np.float32)


class _Walker:
    """What is written while walking, with what has to be remembered from block to block."""

    def __init__(self, sheet: Sheet, *, rate_hz: float, tuning: Tuning | None, frames: int) -> None:
        self._sheet = sheet
        self._rate_hz = rate_hz
        self._cents = 0.0 if tuning is None else tuning.cents
        self._before: FloatArray | None = None
        self._hz = fft_frequencies_hz(rate_hz=rate_hz, n_fft=N_FFT)
        self._peaks, self._valleys = np.zeros((2, frames if sheet.wants("spectral") else 0, OCTAVES), dtype=np.float32)

    def take(self, first: int, power: Float32Array, spectra: Spectra) -> None:
        magnitude = np.sqrt(power)
        if self._sheet.wants("spectral"):
            self._spectral(first, power, magnitude)
        if self._sheet.wants("timbre", "tonal"):
            self._periodic(first, power)
            self._partials(first, magnitude, spectra)
        if self._sheet.wants("tonal"):
            chroma = chroma_from_power(power, rate_hz=self._rate_hz, tuning_cents=self._cents)
            self._sheet.put("tonal/chroma", chroma, first=first)

    def _bin(self, hz: float) -> int:
        return int(np.searchsorted(self._hz, hz))

    def _spectral(self, first: int, power: Float32Array, magnitude: Float32Array) -> None:
        def put(name: str, values: FloatArray) -> None:
            self._sheet.put(f"spectral/{name}", values, first=first)

        wide = magnitude.astype(np.float64)
        moments = weighted_moments(wide, self._hz)
        for name, values in zip(("centroid_hz", "bandwidth_hz", "skewness", "kurtosis"), moments, strict=True):
            put(name, values)
        line = line_fit(wide, rate_hz=self._rate_hz)
        total = wide.sum(axis=1)
        put("poly", line)
        put("slope", np.divide(line[:, 0], total, out=np.zeros_like(total), where=total > 0))
        put("decrease", spectral_decrease(wide))
        put("hfc", high_frequency_content(power))
        put("crest", crest(magnitude))
        log_power = np.log(np.maximum(power, np.float32(_POWER_FLOOR)))
        heard = total > 0
        put("flatness", np.where(heard, flatness_of_logs(log_power), 0))
        log_power *= np.float32(0.5)
        put("flatness_magnitude", np.where(heard, flatness_of_logs(log_power), 0))
        edges = [min(self._bin(hz), len(self._hz) - 1 - (4 - k)) for k, hz in enumerate(_FLATNESS_EDGES_HZ)]
        put("flatness_band", np.where(heard[:, None], band_flatness(2 * log_power[:, : edges[-1]], edges), 0))
        put("entropy", entropy(magnitude, log_power))
        put("rolloff85_hz", (edge := rolloff_hz(magnitude, rate_hz=self._rate_hz))[:, 0])
        put("rolloff95_hz", edge[:, 1])
        put("brightness", share_above(magnitude, self._bin(_BRIGHT_HZ)))
        put("flux", flux(magnitude, self._before))
        put("flux_magnitude", flux(magnitude, self._before, unit_length=False))
        self._before = magnitude[-1].copy()
        peaks = local_peaks(magnitude)
        put("tonal_power_ratio", tonal_power_ratio(power, peaks))
        put("complexity", spectral_complexity(magnitude, peaks, last_bin=self._bin(_COMPLEX_HZ)))
        put("strong_peak", strong_peak(magnitude))
        put("energy", power.sum(axis=1, dtype=np.float64))
        for name, (low, high) in _ENERGY_EDGES_HZ.items():
            put(f"energy_{name}", power[:, self._bin(low) : self._bin(high)].sum(axis=1, dtype=np.float64))
        rows = slice(first, first + len(power))
        self._peaks[rows], self._valleys[rows] = peaks_and_valleys(magnitude, rate_hz=self._rate_hz)

    def _periodic(self, first: int, power: Float32Array) -> None:
        """Autocorrelation, and what follows from it: prediction, pitch, harmonics."""
        sheet, rate_hz = self._sheet, self._rate_hz
        lags = min(int(np.ceil(rate_hz / _LOWEST_PITCH_HZ)) + 2, N_FFT // 2)
        repeats = autocorrelation_of_power(power, lags=lags)
        f0_hz, salience = pitch_of_autocorrelation(repeats, rate_hz=rate_hz, n_fft=N_FFT, low_hz=_LOWEST_PITCH_HZ)
        sheet.put("tonal/pitch_hz", f0_hz, first=first)
        sheet.put("tonal/pitch_salience", salience, first=first)
        if not sheet.wants("timbre"):
            return
        coefficients, reflection, error = linear_prediction(repeats, order=_ORDER)
        level = np.where(repeats[:, :1] > 0, repeats[:, :1], 1) * window_autocorrelation("hann", N_FFT, lags)
        ratio = np.where(repeats[:, :1] > 0, repeats / level, 0)
        harmonics = find_harmonics(power, f0_hz, rate_hz=rate_hz)
        noise_db = 10 * np.log10(np.maximum(salience, 1e-6) / np.maximum(1 - salience, 1e-6))
        for name, values in {
            "lpc": coefficients,
            "reflection": reflection,
            "prediction_error": error,
            "acf_19": ratio[:, 19],
            "acf_max": highest_return(ratio, first_lag=int(rate_hz / 2000)),
            "inharmonicity": inharmonicity(harmonics, f0_hz),
            "odd_even_ratio": np.where(f0_hz > 0, odd_to_even_ratio(harmonics.amplitude), 0),
            "tristimulus": tristimulus(harmonics.amplitude),
            "noisiness": np.where(power.any(axis=1), 1 - harmonics.part, 0),
            "hnr_db": np.where(power.any(axis=1), np.clip(noise_db, -_MOST_HNR_DB, _MOST_HNR_DB), 0),
        }.items():
            sheet.put(f"timbre/{name}", values, first=first)

    def _partials(self, first: int, magnitude: Float32Array, spectra: Spectra) -> None:
        sheet = self._sheet
        hz, amplitude = strongest_partials(magnitude, rate_hz=self._rate_hz, count=_PARTIALS)
        if sheet.wants("timbre"):
            few_hz, few = keep_strongest(hz, amplitude, _BEATING)
            sheet.put("timbre/dissonance", dissonance(few_hz, few), first=first)
            sheet.put("timbre/roughness", roughness(few_hz, few), first=first)
            sheet.put("timbre/irregularity", irregularity_jensen(few), first=first)
            sheet.put("timbre/irregularity_krimphoff", irregularity_krimphoff(few), first=first)
        if sheet.wants("tonal"):
            fine = fine_profile(hz, amplitude, tuning_cents=self._cents)
            spectra.profile += (
                fine_profile(hz, amplitude).sum(axis=0, dtype=np.float64) if self._cents else fine.sum(axis=0, dtype=np.float64)
            )
            profile = hpcp(fine)
            sheet.put("tonal/hpcp", profile, first=first)
            sheet.put("tonal/hpcp_entropy", entropy(profile), first=first)
            sheet.put("tonal/hpcp_crest", crest(profile), first=first)

    def finish(self) -> None:
        if self._sheet.wants("spectral"):
            self._sheet.put("spectral/contrast", contrast_db(self._peaks, self._valleys, range_db=_RANGE_DB))
            self._sheet.put("spectral/valley", power_to_db(self._valleys, range_db=_RANGE_DB))


def highest_return(ratio: FloatArray, *, first_lag: int, fallen: float = 0.35) -> FloatArray:
    """Highest autocorrelation after it has fallen below `fallen` and begun to rise again. Lerch 2012, §3.2.

    Parameters
    ----------
    ratio : (frames, lags) 1 at lag 0
    first_lag : earlier ones do not count

    Examples
    --------
    >>> highest_return(np.array([[1.0, 0.2, 0.1, 0.6, 0.3]]), first_lag=1)
    array([0.6])
    """
    low = ratio[:, 1:] < fallen
    start = np.where(low.any(axis=1), low.argmax(axis=1) + 1, ratio.shape[1])
    lag = np.arange(ratio.shape[1] - 1)
    rising = (np.diff(ratio, axis=1) > 0) & (lag >= np.maximum(start, first_lag)[:, None])
    turn = np.where(rising.any(axis=1), rising.argmax(axis=1), ratio.shape[1])
    after = np.where(np.arange(ratio.shape[1]) > turn[:, None], ratio, -np.inf).max(axis=1)
    return np.where(np.isfinite(after), np.clip(after, -1, 1), 0)


def _finish_bands(sheet: Sheet, spectra: Spectra, erb: Float32Array | None, *, rate_hz: float) -> None:
    """Write cepstra and shapes of bands, for which the whole recording is known."""
    if sheet.wants("timbre") and erb is not None:
        strongest = float(spectra.mel.max(initial=0.0))
        floor = max(_POWER_FLOOR, strongest * 10 ** (-_RANGE_DB / 10))  # as `power_to_db(range_db=80)` of the whole would
        bark_used = int(bark_filterbank(rate_hz=rate_hz, n_fft=N_FFT).any(axis=0).sum())  # bands beyond half the rate say nothing
        erb_used = int(gammatone_filterbank(rate_hz=rate_hz, n_fft=N_FFT, bands=ERB_BANDS).any(axis=0).sum())
        cepstra = (
            ("mfcc", spectra.mel, 20, floor),
            ("bfcc", spectra.bark[:, :bark_used], 13, _POWER_FLOOR),
            ("gfcc", erb[:, :erb_used], 13, _POWER_FLOOR),
        )
        for name, bands, count, low in cepstra:
            for first in range(0, len(bands), 4096):
                part = bands[first : first + 4096]
                sheet.put(f"timbre/{name}", mfcc(power_to_db(part, floor=low), coefficients=count), first=first)
    if sheet.wants("bands") and erb is not None:
        for name, bands in (("mel", spectra.mel), ("bark", spectra.bark), ("erb", erb)):
            axis = np.arange(1, bands.shape[1] + 1, dtype=np.float64)
            for first in range(0, len(bands), 4096):
                part = np.asarray(bands[first : first + 4096])
                moments = weighted_moments(part, axis)
                heard = part.any(axis=1)
                flat = flatness_of_logs(np.log(np.maximum(part, np.float32(_POWER_FLOOR))))
                shapes = (crest(part), np.where(heard, flat, 0), moments.spread, moments.skewness, moments.kurtosis)
                for shape, values in zip(("crest", "flatness", "spread", "skewness", "kurtosis"), shapes, strict=True):
                    sheet.put(f"bands/{name}_{shape}", values, first=first)
