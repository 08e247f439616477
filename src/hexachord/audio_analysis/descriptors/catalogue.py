"""The table of all descriptors: name, unit, what it says, where it comes from.

A name is ``family/descriptor``, with a suffix where a descriptor has several columns: ``timbre/mfcc_03``, ``tonal/chroma_A``. What has a
value for each frame is a column of `FrameDescriptors.values`; what has one for the whole recording is an entry of `FrameDescriptors.song`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from hexachord.dsp.rhythm_patterns import MODULATIONS
from hexachord.errors import InputError

FAMILIES = ("dynamics", "timbre", "spectral", "bands", "tonal", "rhythm")
"""What `describe_frames` gives by default."""

OPTIONAL_FAMILIES = ("patterns", "tempograms")
"""What it gives only when asked: the 1440 numbers of a rhythm pattern, and the tempograms themselves, 577 columns."""

PITCH_CLASSES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
MEL_BANDS, BARK_BANDS, ERB_BANDS = 128, 24, 40
SSD_STATISTICS = ("mean", "median", "var", "skewness", "kurtosis", "min", "max")


@dataclass(frozen=True, kw_only=True)
class CatalogueEntry:
    """One descriptor.

    Attributes
    ----------
    name : ``family/descriptor``
    unit : of its values; empty for a pure number
    meaning : one line
    source : the paper that defines it
    suffixes : of its columns; empty where there is one column, named `name`
    song : it is one number (or one set) for a whole recording, not one per frame
    """

    name: str
    unit: str
    meaning: str
    source: str
    suffixes: tuple[str, ...] = ()
    song: bool = False

    @property
    def family(self) -> str:
        """What stands before the stroke."""
        return self.name.partition("/")[0]

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of all its columns.

        Examples
        --------
        >>> CATALOGUE["timbre/mfcc"].columns[:2]
        ('timbre/mfcc_01', 'timbre/mfcc_02')
        """
        return tuple(f"{self.name}_{suffix}" for suffix in self.suffixes) or (self.name,)


def _numbers(count: int) -> tuple[str, ...]:
    return tuple(f"{number:0{max(2, len(str(count)))}d}" for number in range(1, count + 1))


def _pairs(letter: str, count: int, others: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{letter}{number}_{other}" for number in _numbers(count) for other in others)


_MODULATION_NAMES = tuple(f"m{number}" for number in _numbers(MODULATIONS))

_PEETERS = "Peeters 2004"
_TZANETAKIS = "Tzanetakis & Cook 2002"
_LIDY = "Lidy & Rauber 2005"
_PAMPALK = "Pampalk 2006"
_LERCH = "Lerch 2012"
_GOMEZ = "Gómez 2006"
_BOERSMA = "Boersma 1993"

_FRAME_ROWS: tuple[tuple[str, str, str, str, tuple[str, ...]], ...] = (
    ("dynamics/rms", "", "root of the mean square of the samples, full scale 1", _LERCH, ()),
    ("dynamics/peak", "", "highest absolute sample", _LERCH, ()),
    ("dynamics/crest", "", "highest absolute sample over the RMS", _LERCH, ()),
    ("dynamics/std", "", "standard deviation of the samples: RMS without a constant offset", _LERCH, ()),
    ("dynamics/loudness_stevens", "", "energy of the frame's samples to the power of 0.67", "Stevens 1955", ()),
    ("dynamics/momentary_lufs", "LUFS", "K-weighted loudness of the last 0.4 s, -100 for silence", "EBU Tech 3341", ()),
    ("dynamics/short_term_lufs", "LUFS", "K-weighted loudness of the last 3 s, -100 for silence", "EBU Tech 3341", ()),
    ("timbre/zero_crossing_rate", "", "changes of sign per sample", _LERCH, ()),
    ("timbre/acf_19", "", "autocorrelation at a lag of 19 samples", _LERCH, ()),
    ("timbre/acf_max", "", "highest autocorrelation after its first fall", _LERCH, ()),
    ("timbre/mfcc", "dB", "cosine coefficients of 128 mel bands; the first is level", "Davis & Mermelstein 1980", _numbers(20)),
    ("timbre/bfcc", "dB", "cosine coefficients of 24 Bark bands", "Zwicker 1961", _numbers(13)),
    ("timbre/gfcc", "dB", "cosine coefficients of 40 gammatone bands", "Shao et al. 2009", _numbers(13)),
    ("timbre/lpc", "", "coefficients of linear prediction", "Makhoul 1975", _numbers(10)),
    ("timbre/reflection", "", "reflection coefficients of the same predictor", "Makhoul 1975", _numbers(10)),
    ("timbre/prediction_error", "", "part of the power that linear prediction does not foretell", "Makhoul 1975", ()),
    ("timbre/inharmonicity", "", "distance of partials from multiples of the pitch", _PEETERS, ()),
    ("timbre/odd_even_ratio", "", "energy of odd harmonics over that of even ones, at most 1000", _PEETERS, ()),
    ("timbre/tristimulus", "", "shares of harmonic 1, of 2 to 4, of 5 and above", "Pollard & Jansson 1982", ("1", "2", "3")),
    ("timbre/noisiness", "", "part of the power beside the harmonics", _PEETERS, ()),
    ("timbre/hnr_db", "dB", "harmonic over noise power, -40 to 40", _BOERSMA, ()),
    ("timbre/dissonance", "", "mean beating of pairs of the 20 strongest partials, 0 to 1", "Sethares 1993", ()),
    ("timbre/roughness", "", "sum of the roughness of pairs of the 20 strongest partials", "Vassilakis 2001", ()),
    ("timbre/irregularity", "", "squared steps between neighbouring partials over their energy", "Jensen 1999", ()),
    ("timbre/irregularity_krimphoff", "", "partials' distance from their neighbours' mean", "Krimphoff et al. 1994", ()),
    ("spectral/centroid_hz", "Hz", "mean of the magnitude spectrum over frequency", _PEETERS, ()),
    ("spectral/bandwidth_hz", "Hz", "its standard deviation: spread", _PEETERS, ()),
    ("spectral/skewness", "", "its third standardised moment", _PEETERS, ()),
    ("spectral/kurtosis", "", "its fourth standardised moment, 3 for a bell", _PEETERS, ()),
    ("spectral/slope", "1/Hz", "slope of a line through the magnitudes of unit sum", _PEETERS, ()),
    ("spectral/decrease", "", "fall from the lowest bin, near bins more", _PEETERS, ()),
    ("spectral/poly", "", "line through the magnitudes over Hz: slope, then value at 0 Hz", "librosa", ("1", "0")),
    ("spectral/crest", "", "largest magnitude over the mean", _PEETERS, ()),
    ("spectral/flatness", "", "geometric over arithmetic mean of the power", _PEETERS, ()),
    ("spectral/flatness_magnitude", "", "geometric over arithmetic mean of the magnitude", _LERCH, ()),
    ("spectral/flatness_band", "", "flatness of 250-500, 500-1000, 1000-2000, 2000-4000 Hz", "MPEG-7", _numbers(4)),
    ("spectral/entropy", "", "entropy of the magnitudes, 1 for white noise", "Shannon 1948", ()),
    ("spectral/flux", "", "distance of successive spectra of unit length, 0 to 1.41", _LERCH, ()),
    ("spectral/flux_magnitude", "", "distance of successive magnitude spectra", _LERCH, ()),
    ("spectral/rolloff85_hz", "Hz", "85 % of the magnitude lies below", "Tzanetakis & Cook 2002", ()),
    ("spectral/rolloff95_hz", "Hz", "95 % of the magnitude lies below", _PEETERS, ()),
    ("spectral/brightness", "", "part of the magnitude above 1500 Hz", "Juslin 2000", ()),
    ("spectral/hfc", "", "power weighted by the bin's number", "Masri & Bateman 1996", ()),
    ("spectral/strong_peak", "", "highest peak over the mean, over its width in octaves", "Gouyon & Herrera 2001", ()),
    ("spectral/complexity", "", "peaks below 5 kHz above half a percent of the largest", "Laurier et al. 2007", ()),
    ("spectral/tonal_power_ratio", "", "power in local peaks over all power", _LERCH, ()),
    ("spectral/energy", "", "sum of the power", _PEETERS, ()),
    ("spectral/energy_low", "", "power from 20 to 150 Hz", "", ()),
    ("spectral/energy_middle_low", "", "power from 150 to 800 Hz", "", ()),
    ("spectral/energy_middle_high", "", "power from 800 to 4000 Hz", "", ()),
    ("spectral/energy_high", "", "power above 4000 Hz", "", ()),
    ("spectral/contrast", "dB", "peaks over valleys in seven octaves", "Jiang et al. 2002", _numbers(7)),
    ("spectral/valley", "dB", "the valleys of those octaves", "Jiang et al. 2002", _numbers(7)),
    ("bands/mel", "", "power in mel bands", "Slaney 1998", _numbers(MEL_BANDS)),
    ("bands/bark", "", "power in critical bands", "Zwicker 1961", _numbers(BARK_BANDS)),
    ("bands/erb", "", "power in gammatone bands", "Patterson et al. 1992", _numbers(ERB_BANDS)),
    *(
        (f"bands/{bank}_{shape}", "", f"{shape} of the power over the {bank} bands", _PEETERS, ())
        for bank in ("mel", "bark", "erb")
        for shape in ("crest", "flatness", "spread", "skewness", "kurtosis")
    ),
    ("tonal/pitch_hz", "Hz", "pitch of the strongest repetition, 50 to 2000 Hz, 0 for none", _BOERSMA, ()),
    ("tonal/pitch_salience", "", "autocorrelation at that period: 1 periodic, 0 noise", _BOERSMA, ()),
    ("tonal/chroma", "", "pitch classes from the Fourier transform, each frame's maximum 1", "Ellis 2007", PITCH_CLASSES),
    ("tonal/chroma_cqt", "", "pitch classes from the constant-Q transform, maximum 1", "Brown 1991", PITCH_CLASSES),
    ("tonal/cens", "", "quantised and smoothed pitch classes, unit length", "Müller et al. 2005", PITCH_CLASSES),
    ("tonal/hpcp", "", "harmonic pitch-class profile in thirds of a semitone, maximum 1", _GOMEZ, _numbers(36)),
    ("tonal/hpcp_entropy", "", "its entropy, 1 when all classes are alike", _GOMEZ, ()),
    ("tonal/hpcp_crest", "", "its maximum over its mean", _GOMEZ, ()),
    ("tonal/chroma_peak", "", "semitone above C of the strongest pitch class", "Lartillot & Toiviainen 2007", ()),
    ("tonal/chroma_centroid", "", "mean semitone above C of the pitch classes", "Lartillot & Toiviainen 2007", ()),
    ("tonal/tonnetz", "", "x and y on the circles of fifths, minor and major thirds", "Harte et al. 2006", _numbers(6)),
    ("tonal/harmonic_change", "", "speed of the smoothed tonal centroid (HCDF)", "Harte et al. 2006", ()),
    ("rhythm/onset_strength", "dB", "mean rise of the mel spectrogram", "Bello et al. 2005", ()),
    ("rhythm/tempogram_ratio", "", "strength of 13 multiples of the tempo, sixteenths to whole notes", "Prockup et al. 2015", _numbers(13)),
    ("tempograms/autocorrelation", "", "autocorrelation of the onset strength over 384 lags", "Müller 2015", _numbers(384)),
    ("tempograms/fourier", "", "magnitude of its Fourier transform over 384 frames", "Müller 2015", _numbers(193)),
)

_SONG_ROWS: tuple[tuple[str, str, str, str, tuple[str, ...]], ...] = (
    ("dynamics/duration_s", "s", "length of the recording", "", ()),
    ("dynamics/peak_dbfs", "dB", "highest absolute sample to full scale", "", ()),
    ("dynamics/crest_db", "dB", "highest sample over the RMS of the whole", _LERCH, ()),
    ("dynamics/leq_db", "dB", "equivalent level: mean power", "IEC 61672-1", ()),
    ("dynamics/larm_db", "dB", "power mean over an envelope that holds peaks", "Skovenborg & Nielsen 2004", ()),
    ("dynamics/vickers_loudness_db", "dB", "mean level, loud moments weighted more", "Vickers 2001", ()),
    ("dynamics/dynamic_complexity_db", "dB", "mean distance of the level from that loudness", "Streich 2006", ()),
    ("dynamics/integrated_lufs", "LUFS", "gated K-weighted loudness, -100 for silence", "ITU-R BS.1770-4", ()),
    ("dynamics/loudness_range_lu", "LU", "loudness range", "EBU Tech 3342", ()),
    ("dynamics/max_momentary_lufs", "LUFS", "loudest 0.4 s", "EBU Tech 3341", ()),
    ("dynamics/max_short_term_lufs", "LUFS", "loudest 3 s", "EBU Tech 3341", ()),
    ("dynamics/low_energy_ratio", "", "part of the frames below the mean RMS", "Tzanetakis & Cook 2002", ()),
    ("dynamics/silence_rate_20db", "", "part of the frames below -20 dB to full scale", "", ()),
    ("dynamics/silence_rate_30db", "", "part of the frames below -30 dB to full scale", "", ()),
    ("dynamics/silence_rate_60db", "", "part of the frames below -60 dB to full scale", "", ()),
    ("dynamics/log_attack_time", "log10 s", "time to the maximum of the envelope, by weakest effort", _PEETERS, ()),
    ("dynamics/temporal_centroid_s", "s", "centre of mass of the energy", _PEETERS, ()),
    ("dynamics/effective_duration_s", "s", "time above 40 % of the envelope's maximum", _PEETERS, ()),
    ("dynamics/decay_db_per_s", "dB/s", "fall of the level after its maximum", _PEETERS, ()),
    ("dynamics/envelope_flatness", "", "geometric over arithmetic mean of the envelope", _PEETERS, ()),
    ("dynamics/envelope_crest", "", "maximum over mean of the envelope", _PEETERS, ()),
    ("dynamics/envelope_skewness", "", "third standardised moment of the envelope over time", _PEETERS, ()),
    ("dynamics/envelope_kurtosis", "", "fourth standardised moment of the envelope over time", _PEETERS, ()),
    ("tonal/tuning_hz", "Hz", "frequency of A4", "Müller 2015", ()),
    ("tonal/tuning_cents", "cents", "deviation from A4 = 440 Hz", "Müller 2015", ()),
    ("tonal/tuning_confidence", "", "how far the partials agree on it", "Müller 2015", ()),
    ("tonal/equal_tempered_deviation", "", "distance of the energy from semitones, 1 a quarter-tone", _GOMEZ, ()),
    ("tonal/nontempered_energy_ratio", "", "energy further than 25 cents from any semitone", _GOMEZ, ()),
    ("tonal/diatonic_strength", "", "highest correlation with a diatonic scale", _GOMEZ, ()),
    ("tonal/key_tonic", "", "tonic of the best key in semitones above C", "Krumhansl 1990", ()),
    ("tonal/key_is_major", "", "1 when the best key is major", "Krumhansl 1990", ()),
    ("tonal/key_clarity", "", "correlation of the chroma with the best key's profile", "Krumhansl 1990", ()),
    ("tonal/mode", "", "best major less best minor correlation", "Lartillot & Toiviainen 2007", ()),
    ("tonal/chord_change_rate", "1/s", "changes of the best triad per second", _GOMEZ, ()),
    ("tonal/chord_strength", "", "mean correlation with the best triad", _GOMEZ, ()),
    ("rhythm/tempo_bpm", "BPM", "strongest tempo of the onset envelope, 0 for none", "Müller 2015", ()),
    ("rhythm/tempo_weight", "", "its share among the five strongest", "Müller 2015", ()),
    ("rhythm/second_tempo_bpm", "BPM", "second strongest tempo", "Müller 2015", ()),
    ("rhythm/second_tempo_weight", "", "its share among the five strongest", "Müller 2015", ()),
    ("rhythm/onset_rate", "1/s", "onsets per second", "Bello et al. 2005", ()),
    ("rhythm/attack_time_s", "s", "mean rise time of the onsets", "Lartillot & Toiviainen 2007", ()),
    ("rhythm/attack_slope", "1/s", "mean rise of the RMS per second at the onsets", "Lartillot & Toiviainen 2007", ()),
    ("rhythm/pulse_clarity", "", "highest autocorrelation of the onset strength at a beat's period", "Lartillot et al. 2008", ()),
    ("rhythm/danceability", "", "inverse exponent of detrended fluctuation analysis, 0 to 3", "Streich & Herrera 2005", ()),
    ("rhythm/tempogram", "", "mean tempogram at 24 tempi from 40 to 240 BPM", "Müller 2015", _numbers(24)),
    ("rhythm/tempogram_entropy", "", "entropy of the mean tempogram over tempi, 1 for no preference", "Müller 2015", ()),
    ("rhythm/tempogram_peak", "", "mean height of the strongest tempo of each frame", "Müller 2015", ()),
    ("rhythm/beat_histogram_a0", "", "share of the strongest beat period in the histogram", _TZANETAKIS, ()),
    ("rhythm/beat_histogram_a1", "", "share of the second", _TZANETAKIS, ()),
    ("rhythm/beat_histogram_ra", "", "second over first", _TZANETAKIS, ()),
    ("rhythm/beat_histogram_p1_bpm", "BPM", "the strongest beat period", _TZANETAKIS, ()),
    ("rhythm/beat_histogram_p2_bpm", "BPM", "the second", _TZANETAKIS, ()),
    ("rhythm/beat_histogram_sum", "", "strength of all beat periods", _TZANETAKIS, ()),
    ("rhythm/beats_loudness", "", "mean energy at the given beats", "Gouyon 2005", ()),
    ("rhythm/beats_loudness_std", "", "its standard deviation", "Gouyon 2005", ()),
    ("rhythm/beats_loudness_band_ratio", "", "mean shares of six groups of Bark bands at the beats", "Gouyon 2005", _numbers(6)),
    ("rhythm/transform", "", "spectrum of how band energies move, to 10 Hz", "Guaus & Herrera 2005", _numbers(MODULATIONS)),
    ("rhythm/histogram", "", "modulation of loudness over all bands, to 10 Hz", _LIDY, _numbers(MODULATIONS)),
    ("rhythm/fluctuation_max", "", "largest value of the rhythm pattern", _PAMPALK, ()),
    ("rhythm/fluctuation_bass", "", "its sum in the two lowest bands above 3 Hz", _PAMPALK, ()),
    ("rhythm/fluctuation_focus", "", "its mean over its maximum", _PAMPALK, ()),
    ("rhythm/fluctuation_gravity_hz", "Hz", "its centre of mass over modulations", _PAMPALK, ()),
    ("rhythm/fluctuation_aggressiveness", "", "its part below 1 Hz above 300 Hz, over its maximum", _PAMPALK, ()),
    ("rhythm/ssd", "sone", "seven statistics of the loudness of 24 bands", _LIDY, _pairs("b", BARK_BANDS, SSD_STATISTICS)),
    ("patterns/rhythm_pattern", "", "modulation of the loudness of 24 bands, to 10 Hz", _LIDY, _pairs("b", BARK_BANDS, _MODULATION_NAMES)),
)


def _entries() -> Iterator[CatalogueEntry]:
    for song, rows in ((False, _FRAME_ROWS), (True, _SONG_ROWS)):
        for name, unit, meaning, source, suffixes in rows:
            yield CatalogueEntry(name=name, unit=unit, meaning=meaning, source=source, suffixes=suffixes, song=song)


CATALOGUE: dict[str, CatalogueEntry] = {entry.name: entry for entry in _entries()}
"""Every descriptor by its name, in the order of the columns."""


def chosen_families(families: Iterable[str] | None) -> tuple[str, ...]:
    """Check a choice of families; all of `FAMILIES` for None.

    Raises
    ------
    InputError : if there is no such family.
    """
    if families is None:
        return FAMILIES
    wanted = tuple(families)
    for family in wanted:
        if family not in FAMILIES + OPTIONAL_FAMILIES:
            raise InputError(
                f"descriptor family {family}", found="no such family", expected="one of " + ", ".join(FAMILIES + OPTIONAL_FAMILIES)
            )
    return wanted


def catalogue_json() -> list[dict[str, object]]:
    """Return the table as plain data, one row for each descriptor."""
    return [
        {
            "name": entry.name,
            "family": entry.family,
            "unit": entry.unit,
            "scope": "song" if entry.song else "frame",
            "source": entry.source,
            "meaning": entry.meaning,
            "columns": list(entry.columns),
        }
        for entry in CATALOGUE.values()
    ]
