"""The names that librosa, Essentia, MIRtoolbox and pyACA give to what the catalogue has, and results written under them.

A name in these tables means: the same thing is measured. Whether the numbers are the same too is another question, since windows, scales
and constants differ from tool to tool; where they are equal to rounding, `EQUAL` says so, and tests hold it to that.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from hexachord.arrays import Float64Array
from hexachord.audio_analysis.descriptors.catalogue import CATALOGUE
from hexachord.errors import InputError

if TYPE_CHECKING:
    from hexachord.audio_analysis.descriptors.frames import FrameDescriptors

_SHAPES = ("crest", "flatness", "spread", "skewness", "kurtosis")

ALIASES: Mapping[str, Mapping[str, str]] = {
    "librosa": {
        "chroma_stft": "tonal/chroma",
        "chroma_cqt": "tonal/chroma_cqt",
        "chroma_cens": "tonal/cens",
        "melspectrogram": "bands/mel",
        "mfcc": "timbre/mfcc",
        "rms": "dynamics/rms",
        "spectral_centroid": "spectral/centroid_hz",
        "spectral_bandwidth": "spectral/bandwidth_hz",
        "spectral_contrast": "spectral/contrast",
        "spectral_flatness": "spectral/flatness",
        "spectral_rolloff": "spectral/rolloff85_hz",
        "poly_features": "spectral/poly",
        "tonnetz": "tonal/tonnetz",
        "zero_crossing_rate": "timbre/zero_crossing_rate",
        "tempogram": "tempograms/autocorrelation",
        "fourier_tempogram": "tempograms/fourier",
        "tempogram_ratio": "rhythm/tempogram_ratio",
        "onset_strength": "rhythm/onset_strength",
        "tempo": "rhythm/tempo_bpm",
    },
    "essentia": {
        "lowlevel.average_loudness": "dynamics/loudness_stevens",
        "lowlevel.barkbands": "bands/bark",
        "lowlevel.melbands128": "bands/mel",
        "lowlevel.melbands": "bands/mel",
        "lowlevel.erbbands": "bands/erb",
        **{
            f"lowlevel.{name}bands_{shape}": f"bands/{name}_{shape}"
            for name in ("bark", "mel", "erb")
            for shape in _SHAPES
            if shape != "flatness"
        },
        **{f"lowlevel.{name}bands_flatness_db": f"bands/{name}_flatness" for name in ("bark", "mel", "erb")},
        "lowlevel.mfcc": "timbre/mfcc",
        "lowlevel.bfcc": "timbre/bfcc",
        "lowlevel.gfcc": "timbre/gfcc",
        "lowlevel.lpc": "timbre/lpc",
        "lowlevel.dissonance": "timbre/dissonance",
        "lowlevel.inharmonicity": "timbre/inharmonicity",
        "lowlevel.oddtoevenharmonicenergyratio": "timbre/odd_even_ratio",
        "lowlevel.tristimulus": "timbre/tristimulus",
        "lowlevel.zerocrossingrate": "timbre/zero_crossing_rate",
        "lowlevel.dynamic_complexity": "dynamics/dynamic_complexity_db",
        "lowlevel.hfc": "spectral/hfc",
        "lowlevel.loudness_ebu128.integrated": "dynamics/integrated_lufs",
        "lowlevel.loudness_ebu128.loudness_range": "dynamics/loudness_range_lu",
        "lowlevel.loudness_ebu128.momentary": "dynamics/momentary_lufs",
        "lowlevel.loudness_ebu128.short_term": "dynamics/short_term_lufs",
        "lowlevel.larm": "dynamics/larm_db",
        "lowlevel.leq": "dynamics/leq_db",
        "lowlevel.loudness_vickers": "dynamics/vickers_loudness_db",
        "lowlevel.pitch": "tonal/pitch_hz",
        "lowlevel.pitch_salience": "tonal/pitch_salience",
        "lowlevel.silence_rate_20dB": "dynamics/silence_rate_20db",
        "lowlevel.silence_rate_30dB": "dynamics/silence_rate_30db",
        "lowlevel.silence_rate_60dB": "dynamics/silence_rate_60db",
        "lowlevel.spectral_centroid": "spectral/centroid_hz",
        "lowlevel.spectral_complexity": "spectral/complexity",
        "lowlevel.spectral_contrast_coeffs": "spectral/contrast",
        "lowlevel.spectral_contrast_valleys": "spectral/valley",
        "lowlevel.spectral_crest": "spectral/crest",
        "lowlevel.spectral_decrease": "spectral/decrease",
        "lowlevel.spectral_energy": "spectral/energy",
        "lowlevel.spectral_energyband_high": "spectral/energy_high",
        "lowlevel.spectral_energyband_low": "spectral/energy_low",
        "lowlevel.spectral_energyband_middle_high": "spectral/energy_middle_high",
        "lowlevel.spectral_energyband_middle_low": "spectral/energy_middle_low",
        "lowlevel.spectral_entropy": "spectral/entropy",
        "lowlevel.spectral_flux": "spectral/flux_magnitude",
        "lowlevel.spectral_kurtosis": "spectral/kurtosis",
        "lowlevel.spectral_rms": "dynamics/rms",
        "lowlevel.spectral_rolloff": "spectral/rolloff85_hz",
        "lowlevel.spectral_skewness": "spectral/skewness",
        "lowlevel.spectral_spread": "spectral/bandwidth_hz",
        "lowlevel.spectral_strongpeak": "spectral/strong_peak",
        "sfx.logattacktime": "dynamics/log_attack_time",
        "sfx.temporal_centroid": "dynamics/temporal_centroid_s",
        "sfx.temporal_kurtosis": "dynamics/envelope_kurtosis",
        "sfx.temporal_skewness": "dynamics/envelope_skewness",
        "sfx.temporal_decrease": "dynamics/decay_db_per_s",
        "sfx.effective_duration": "dynamics/effective_duration_s",
        "sfx.flatness": "dynamics/envelope_flatness",
        "metadata.audio_properties.length": "dynamics/duration_s",
        "rhythm.bpm": "rhythm/tempo_bpm",
        "rhythm.bpm_histogram_first_peak_bpm": "rhythm/tempo_bpm",
        "rhythm.bpm_histogram_first_peak_weight": "rhythm/tempo_weight",
        "rhythm.bpm_histogram_second_peak_bpm": "rhythm/second_tempo_bpm",
        "rhythm.bpm_histogram_second_peak_weight": "rhythm/second_tempo_weight",
        "rhythm.beats_loudness": "rhythm/beats_loudness",
        "rhythm.beats_loudness_band_ratio": "rhythm/beats_loudness_band_ratio",
        "rhythm.danceability": "rhythm/danceability",
        "rhythm.onset_rate": "rhythm/onset_rate",
        "rhythm.rhythm_transform": "rhythm/transform",
        "tonal.chords_changes_rate": "tonal/chord_change_rate",
        "tonal.chords_strength": "tonal/chord_strength",
        "tonal.hpcp": "tonal/hpcp",
        "tonal.hpcp_crest": "tonal/hpcp_crest",
        "tonal.hpcp_entropy": "tonal/hpcp_entropy",
        "tonal.key_krumhansl.strength": "tonal/key_clarity",
        "tonal.tuning_diatonic_strength": "tonal/diatonic_strength",
        "tonal.tuning_equal_tempered_deviation": "tonal/equal_tempered_deviation",
        "tonal.tuning_frequency": "tonal/tuning_hz",
        "tonal.tuning_nontempered_energy_ratio": "tonal/nontempered_energy_ratio",
    },
    "mirtoolbox": {
        "dynamics.rms": "dynamics/rms",
        "rhythm.tempo": "rhythm/tempo_bpm",
        "rhythm.attack.time": "rhythm/attack_time_s",
        "rhythm.attack.slope": "rhythm/attack_slope",
        "rhythm.pulseclarity": "rhythm/pulse_clarity",
        "rhythm.fluctuation": "rhythm/histogram",
        "spectral.centroid": "spectral/centroid_hz",
        "spectral.brightness": "spectral/brightness",
        "spectral.spread": "spectral/bandwidth_hz",
        "spectral.skewness": "spectral/skewness",
        "spectral.kurtosis": "spectral/kurtosis",
        "spectral.rolloff95": "spectral/rolloff95_hz",
        "spectral.rolloff85": "spectral/rolloff85_hz",
        "spectral.spectentropy": "spectral/entropy",
        "spectral.flatness": "spectral/flatness_magnitude",
        "spectral.roughness": "timbre/roughness",
        "spectral.irregularity": "timbre/irregularity",
        "spectral.mfcc": "timbre/mfcc",
        "timbre.zerocross": "timbre/zero_crossing_rate",
        "timbre.lowenergy": "dynamics/low_energy_ratio",
        "timbre.spectralflux": "spectral/flux_magnitude",
        "tonal.chromagram.peak": "tonal/chroma_peak",
        "tonal.chromagram.centroid": "tonal/chroma_centroid",
        "tonal.keyclarity": "tonal/key_clarity",
        "tonal.mode": "tonal/mode",
        "tonal.hcdf": "tonal/harmonic_change",
    },
    "pyaca": {
        "SpectralCentroid": "spectral/centroid_hz",
        "SpectralCrestFactor": "spectral/crest",
        "SpectralDecrease": "spectral/decrease",
        "SpectralFlatness": "spectral/flatness_magnitude",
        "SpectralFlux": "spectral/flux_magnitude",
        "SpectralKurtosis": "spectral/kurtosis",
        "SpectralMfccs": "timbre/mfcc",
        "SpectralPitchChroma": "tonal/chroma",
        "SpectralRolloff": "spectral/rolloff85_hz",
        "SpectralSkewness": "spectral/skewness",
        "SpectralSlope": "spectral/poly",
        "SpectralSpread": "spectral/bandwidth_hz",
        "SpectralTonalPowerRatio": "spectral/tonal_power_ratio",
        "TimeAcfCoeff": "timbre/acf_19",
        "TimeMaxAcf": "timbre/acf_max",
        "TimePeakEnvelope": "dynamics/peak",
        "TimeRms": "dynamics/rms",
        "TimeStd": "dynamics/std",
        "TimeZeroCrossingRate": "timbre/zero_crossing_rate",
    },
}
"""Their name → the name in `CATALOGUE`."""

EQUAL: Mapping[str, frozenset[str]] = {
    "librosa": frozenset(
        (
            "melspectrogram",
            "mfcc",
            "rms",
            "spectral_centroid",
            "spectral_bandwidth",
            "spectral_contrast",
            "spectral_flatness",
            "spectral_rolloff",
            "poly_features",
            "zero_crossing_rate",
            "onset_strength",
            "chroma_stft",
            "chroma_cqt",
            "chroma_cens",
            "tonnetz",
            "tempogram",
            "fourier_tempogram",
            "tempogram_ratio",
        )
    ),
    "pyaca": frozenset(("SpectralCentroid", "SpectralDecrease", "SpectralFlatness", "SpectralRolloff", "SpectralSpread")),
    "essentia": frozenset(),
    "mirtoolbox": frozenset(),
}
"""Their names whose values are ours, to rounding, for the same frames (chroma and tempo ratios: at the same tuning and tempo)."""

Numbers = float | list[float]

_STATISTICS: Mapping[str, Mapping[str, Callable[[Float64Array], Float64Array]]] = {
    "essentia": {
        "mean": lambda x: x.mean(axis=0),
        "median": lambda x: np.asarray(np.median(x, axis=0)),
        "var": lambda x: x.var(axis=0),
        "stdev": lambda x: x.std(axis=0),
        "min": lambda x: x.min(axis=0),
        "max": lambda x: x.max(axis=0),
        "dmean": lambda x: np.abs(_steps(x, 1)).mean(axis=0),
        "dvar": lambda x: np.abs(_steps(x, 1)).var(axis=0),
        "dmean2": lambda x: np.abs(_steps(x, 2)).mean(axis=0),
        "dvar2": lambda x: np.abs(_steps(x, 2)).var(axis=0),
    },
    "mirtoolbox": {"Mean": lambda x: x.mean(axis=0), "Std": lambda x: x.std(axis=0)},
    "librosa": {"mean": lambda x: x.mean(axis=0), "std": lambda x: x.std(axis=0)},
    "pyaca": {"mean": lambda x: x.mean(axis=0), "std": lambda x: x.std(axis=0)},
}


def as_tool(found: "FrameDescriptors", tool: str) -> dict[str, Numbers]:
    """Write a result under another tool's names, frames summed up by that tool's statistics.

    Parameters
    ----------
    found : what `describe_frames` gave
    tool : one of `ALIASES`

    Returns
    -------
    flat dictionary: ``lowlevel.spectral_centroid.mean`` → a number, or a list where a descriptor has several columns. What belongs to
    families that were left out is absent.

    Raises
    ------
    InputError : if there is no table for that tool.
    """
    if tool not in ALIASES:
        raise InputError(f"tool {tool}", found="no table of its names", expected="one of " + ", ".join(ALIASES))
    out: dict[str, Numbers] = {}
    names = set(found.names)
    for theirs, ours in ALIASES[tool].items():
        entry = CATALOGUE[ours]
        if entry.song:
            values = [found.song[column] for column in entry.columns if column in found.song]
            if values:
                out[theirs] = values[0] if len(values) == 1 else values
        elif entry.columns[0] in names and len(found.values):
            matrix = found.columns(ours).astype(np.float64)
            for statistic, measure in _STATISTICS[tool].items():
                row = measure(matrix)
                out[f"{theirs}.{statistic}"] = float(row[0]) if len(row) == 1 else row.tolist()
    return out


def nested(flat: Mapping[str, Numbers]) -> dict[str, object]:
    """Turn dotted names into dictionaries within dictionaries, as Essentia's Pool is written to JSON.

    Examples
    --------
    >>> nested({"lowlevel.hfc.mean": 1.0, "lowlevel.hfc.var": 0.5})
    {'lowlevel': {'hfc': {'mean': 1.0, 'var': 0.5}}}
    """
    tree: dict[str, object] = {}
    for name, value in flat.items():
        *path, last = name.split(".")
        place = tree
        for part in path:
            child = place.setdefault(part, {})
            if not isinstance(child, dict):
                raise ValueError(f"{name} lies below a number")
            place = child
        place[last] = value
    return tree


def _steps(values: Float64Array, order: int) -> Float64Array:
    return np.diff(values, n=order, axis=0) if len(values) > order else np.zeros_like(values[:1])
