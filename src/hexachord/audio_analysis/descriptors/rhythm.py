"""The family of rhythm: onsets, tempo and its multiples, from one onset envelope."""

import numpy as np

from hexachord.arrays import FloatArray
from hexachord.audio_analysis.descriptors.sheet import Sheet
from hexachord.audio_analysis.descriptors.spectra import HOP, Spectra
from hexachord.dsp.mel import power_to_db
from hexachord.dsp.onset import onset_strength, pick_onsets
from hexachord.dsp.tempogram import (
    DEFAULT_BPM,
    Tempogram,
    autocorrelation_tempogram,
    rank_tempi,
    tempo_prior,
    tempo_salience,
    tempogram_ratio,
)


def describe_rhythm(signal: FloatArray, sheet: Sheet, spectra: Spectra, *, rate_hz: float, beats_s: FloatArray | None = None) -> None:
    """Write the family of rhythm."""
    hop_s = HOP / rate_hz
    novelty = onset_strength(power_to_db(spectra.mel, range_db=80.0))
    sheet.put("rhythm/onset_strength", novelty)
    onsets = pick_onsets(novelty, hop_s=hop_s)
    sheet.put_song("rhythm/onset_rate", len(onsets.time_s) / max(len(signal) / rate_hz, hop_s))
    salience = tempo_salience(novelty, hop_s=hop_s)
    tempi, weights = rank_tempi(salience, bpm=DEFAULT_BPM, prior=tempo_prior(DEFAULT_BPM))
    padded = np.zeros((2, 2))
    padded[:, : min(2, len(tempi))] = np.stack([tempi, weights])[:, :2]
    for place, name in enumerate(("tempo", "second_tempo")):
        sheet.put_song(f"rhythm/{name}_bpm", padded[0, place])
        sheet.put_song(f"rhythm/{name}_weight", padded[1, place])
    if padded[0, 0] > 0:
        lags = autocorrelation_tempogram(novelty)
        bpm = 60.0 / (np.arange(1, lags.shape[1])[::-1] * hop_s)
        by_tempo = Tempogram(pulse=lags[:, :0:-1], bpm=bpm, hop_s=hop_s)
        sheet.put("rhythm/tempogram_ratio", tempogram_ratio(by_tempo, bpm=float(padded[0, 0])))
