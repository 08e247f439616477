"""Albums: what mastering does to all songs of one, drawn once, and how far from neutral.

Between albums of one artist the engineer, the year and the medium change. An album is a set of standard normal numbers; what they mean is
fixed by `SPREAD`, and a strength scales all of them: 0 masters every album alike, 1 is the default, 2 twice as far.

`DEFAULT_STRENGTH` is 1 with these spreads, and both were written down before any classifier had seen a song:

- equalization: a tilt of 0.5 dB an octave (one standard deviation, ±2 dB from end to end) and 1.5 dB in each octave on its own, 2.5 dB at
  the ends of the spectrum. The long-term spectra of commercial recordings spread by 3 to 5 dB in third octaves (Pestana et al., *Spectral
  characteristics of popular commercial recordings 1950-2010*, AES 135, 2013), songs' own music included; remasters of the same songs differ
  by 2 to 4 dB. Our part has to be less than the former and near the latter.
- loudness: 3 LU around -14, as releases between 1985 and 2005 are, with a limiter that takes down what does not fit.
- compression: a ratio around 1.6, from 1.25 to 2.4 within one deviation; saturation of 2 dB, more or less by 2.
- bandwidth: from a little under the Nyquist frequency down, by a sixth of an octave in the mean: tapes, lossy files.
- noise: 72 dB under full scale, 6 dB more or less; a room of half a second, 28 dB under the mix, 3 dB more or less.
"""

from dataclasses import dataclass

import numpy as np

from hexachord.arrays import Float32Array, Float64Array
from hexachord.dsp.fir import Fir, minimum_phase
from hexachord.processing.effects.dynamics import compressor, limiter
from hexachord.processing.effects.effect import amplitude
from hexachord.processing.effects.noises import noise
from hexachord.processing.effects.reverberation import room
from hexachord.processing.effects.saturation import saturate
from hexachord.rendering.balance import active_loudness_db
from hexachord.rendering.mastering import OCTAVES_HZ, held

DEFAULT_STRENGTH = 1.0
"""How far albums are from neutral where nobody says otherwise; fixed before anything was trained."""

STRENGTHS = (0.0, 0.5, 1.0, 2.0)
"""What is swept."""


@dataclass(frozen=True, kw_only=True)
class Spread:
    """One standard deviation of each thing that mastering decides."""

    tilt_db_per_octave: float = 0.5
    octave_db: float = 1.5
    end_db: float = 2.5
    loudness_lu: float = 3.0
    ratio_log: float = 0.7
    drive_db: float = 2.0
    bandwidth_octaves: float = 0.2
    noise_db: float = 6.0
    room_db: float = 3.0
    room_log: float = 0.3


SPREAD = Spread()
_OCTAVES = len(OCTAVES_HZ)
_ENDS = (0, _OCTAVES - 2, _OCTAVES - 1)
_NEUTRAL_LUFS, _NEUTRAL_NOISE_DB, _NEUTRAL_ROOM_DB, _NEUTRAL_ROOM_S, _NEUTRAL_DRIVE_DB = -14.0, -72.0, -28.0, 0.5, 2.0
_FULL_BANDWIDTH = 0.96  # of the Nyquist frequency
_WORKING_LUFS = -18.0  # where thresholds mean something
_THRESHOLD_DB = -20.0


@dataclass(frozen=True, kw_only=True)
class AlbumMastering:
    """What is done to every song of an album.

    Attributes
    ----------
    octaves_db : gain at each of `hexachord.rendering.mastering.OCTAVES_HZ`
    ratio : of a compressor over the whole mix
    drive_db : into a saturation
    aim_lufs : how loud; peaks over the ceiling are limited
    bandwidth : highest frequency that is left, as a share of the Nyquist frequency
    noise_db : of the floor, against full scale
    room_db, room_s : how much room is added, against the mix, and how long it lasts
    """

    octaves_db: tuple[float, ...] = (0.0,) * _OCTAVES
    ratio: float = 1.6
    drive_db: float = _NEUTRAL_DRIVE_DB
    aim_lufs: float = _NEUTRAL_LUFS
    bandwidth: float = _FULL_BANDWIDTH
    noise_db: float = _NEUTRAL_NOISE_DB
    room_db: float = _NEUTRAL_ROOM_DB
    room_s: float = _NEUTRAL_ROOM_S


def draw_mastering(seed: int, artist: int, album: int, *, strength: float = DEFAULT_STRENGTH, spread: Spread = SPREAD) -> AlbumMastering:
    """Draw what is done to an album; the same direction at every strength.

    Parameters
    ----------
    seed : of the corpus
    artist, album : numbers from 0 on
    strength : how far from neutral, 0 or more

    Examples
    --------
    >>> draw_mastering(0, 3, 1, strength=0.0) == draw_mastering(0, 7, 2, strength=0.0) == AlbumMastering()
    True
    >>> half, whole = (draw_mastering(0, 3, 1, strength=strength) for strength in (0.5, 1.0))
    >>> np.allclose(2 * np.array(half.octaves_db), whole.octaves_db)
    True

    Raises
    ------
    ValueError : for a strength below 0.
    """
    if strength < 0:
        raise ValueError(f"strength {strength}: expected 0 or more")
    random = np.random.default_rng([seed, artist, album, 51])
    tilt, octaves, loudness, ratio, drive, bandwidth, floor, wet, decay = (
        random.normal(),
        random.normal(size=_OCTAVES),
        *random.normal(size=7),
    )
    widths = np.full(_OCTAVES, spread.octave_db)
    widths[list(_ENDS)] = spread.end_db
    curve = tilt * spread.tilt_db_per_octave * (np.arange(_OCTAVES) - (_OCTAVES - 1) / 2) + octaves * widths
    return AlbumMastering(
        octaves_db=tuple((strength * curve).tolist()),
        ratio=float(1.0 + 0.6 * np.exp(strength * spread.ratio_log * ratio)),
        drive_db=float(np.clip(_NEUTRAL_DRIVE_DB + strength * spread.drive_db * drive, -6.0, 12.0)),
        aim_lufs=float(np.clip(_NEUTRAL_LUFS + strength * spread.loudness_lu * loudness, -30.0, -6.0)),
        bandwidth=float(_FULL_BANDWIDTH * 2.0 ** (-strength * spread.bandwidth_octaves * abs(bandwidth))),
        noise_db=float(min(_NEUTRAL_NOISE_DB + strength * spread.noise_db * floor, -40.0)),
        room_db=float(min(_NEUTRAL_ROOM_DB + strength * spread.room_db * wet, -10.0)),
        room_s=float(_NEUTRAL_ROOM_S * np.exp(strength * spread.room_log * decay)),
    )


def master_song(mix: Float32Array, mastering: AlbumMastering, *, rate_hz: int, seed: int = 0) -> Float32Array:
    """Master a mix for its album.

    Parameters
    ----------
    mix : ``(channels, n)``
    seed : of the noise, which differs from song to song

    Returns
    -------
    float32 of the same shape, within full scale; silence stays silence.
    """
    loudness_db = active_loudness_db(mix, rate_hz=rate_hz)
    if not np.isfinite(loudness_db):
        return mix
    sound = np.asarray(mix * np.float32(amplitude(_WORKING_LUFS - loudness_db)))
    sound = Fir(_response(mastering, rate_hz), channels=sound.shape[0])(sound)
    sound = room(sound, rate_hz, decay_s=round(mastering.room_s, 4), size_m=8.0, wet_db=mastering.room_db, seed=1)
    sound = compressor(sound, rate_hz, threshold_db=_THRESHOLD_DB, ratio=mastering.ratio, attack_s=0.02, release_s=0.2)
    sound = saturate(sound, rate_hz, shape="tanh", drive_db=mastering.drive_db, oversampling=2)
    gain_db = mastering.aim_lufs - active_loudness_db(sound, rate_hz=rate_hz)
    sound = limiter(sound, rate_hz, drive_db=gain_db, ceiling_db=-0.3)
    return held(noise(sound, rate_hz, colour="pink", level_db=mastering.noise_db, seed=seed))


def _response(mastering: AlbumMastering, rate_hz: int) -> Float64Array:
    """One filter for the equalizer and the upper end of the spectrum."""
    hz = np.linspace(0.0, rate_hz / 2, 4097)
    curve_db = np.interp(np.log2(np.maximum(hz, 1.0)), np.log2(OCTAVES_HZ), mastering.octaves_db)
    edge_hz = mastering.bandwidth * rate_hz / 2
    curve_db += np.clip(-60.0 * (hz - edge_hz) / (0.08 * edge_hz), -60.0, 0.0)
    return minimum_phase(10 ** (curve_db / 20), taps=round(0.046 * rate_hz))
