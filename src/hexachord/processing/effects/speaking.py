"""Somebody speaks over the music: a made voice that says nothing, in syllables.

The voice is a source and a filter (Fant, *Acoustic theory of speech production*, 1960): harmonics of a falling, accented pitch, as strong
as a glottis (12 dB an octave down) and the formants of vowels make them, gliding from one vowel to the next; fricatives and bursts of
noise between; phrases and pauses. It is drawn phrase by phrase, so it does not depend on how the signal is cut.
"""

import numpy as np

from hexachord.arrays import Float32Array, Float64Array
from hexachord.processing.effects.effect import Pointwise, Processor, amplitude, effect, within

_VOWELS_HZ = np.array(
    [[730, 1090, 2440], [270, 2290, 3010], [530, 1840, 2480], [300, 870, 2240], [570, 840, 2410], [660, 1720, 2410], [490, 1350, 1690]],
    dtype=np.float64,
)  # Peterson & Barney, *Control methods used in a study of the vowels*, JASA 24(2), 1952: men
_MAN_CM = 17.0  # the vocal tract that they had
_WIDTH_HZ = np.array([70.0, 100.0, 140.0, 250.0])
_STEP_S = 0.005
_HIGHEST_HZ = 5000.0
_HISS_HZ = ((4200.0, 9000.0), (2200.0, 6000.0), (1200.0, 7000.0))  # s, sh, f


@effect
def speech(
    rate_hz: int,
    channels: int,
    *,
    level_db: float = -26.0,
    pitch_hz: float = 120.0,
    tract_cm: float = 17.0,
    syllables_hz: float = 4.5,
    pause: float = 0.3,
    position: float = 0.0,
    seed: int = 0,
) -> Processor:
    """Add a voice that speaks no language.

    Parameters
    ----------
    level_db : root mean square while it speaks
    pitch_hz : around which it speaks
    tract_cm : length of its vocal tract: 17 a man, 14.5 a woman, 12 a child
    syllables_hz : how fast
    pause : share of the time in which it is silent
    position : from left (-1) to right (1)
    seed : of what it says
    """
    voice = _Voice(
        rate_hz,
        within(pitch_hz, 50.0, 500.0),
        _MAN_CM / within(tract_cm, 8.0, 22.0),
        within(syllables_hz, 1.0, 10.0),
        within(pause, 0.0, 0.95),
        np.random.default_rng([seed, 67]),
    )
    angle = 0.25 * np.pi * (1 + within(position, -1.0, 1.0))
    sides = np.array([np.cos(angle), np.sin(angle)]) * np.sqrt(2.0) if channels == 2 else np.ones(channels)
    gains = (amplitude(level_db) * sides[:, None]).astype(np.float32)
    return Pointwise(lambda block: block + gains * voice(block.shape[1]), channels)


class _Voice:
    """Phrases one after the other, as many frames as are asked for."""

    def __init__(self, rate_hz: int, pitch_hz: float, scale: float, syllables_hz: float, pause: float, random: np.random.Generator) -> None:
        self._rate_hz, self._pitch_hz, self._scale = rate_hz, pitch_hz, scale
        self._syllables_hz, self._pause, self._random = syllables_hz, pause, random
        self._left = np.zeros(round(random.uniform(0.0, 2.0) * pause * rate_hz), dtype=np.float32)

    def __call__(self, frames: int) -> Float32Array:
        pieces, have = [self._left], self._left.size
        while have < frames:
            phrase = self._phrase()
            silent = np.zeros(round(phrase.size * self._pause / (1 - self._pause) * self._random.uniform(0.4, 1.6)), dtype=np.float32)
            pieces += [phrase, silent]
            have += phrase.size + silent.size
        joined = np.concatenate(pieces)
        self._left = joined[frames:]
        return joined[:frames]

    def _phrase(self) -> Float32Array:
        """A few syllables in one breath, at a root mean square of 1."""
        random = self._random
        count = int(random.integers(3, 15))
        lengths = random.gamma(9.0, 1.0 / (9.0 * self._syllables_hz), count) + 0.05
        lengths[-1] *= random.uniform(1.2, 1.8)
        ends = np.cumsum(lengths)
        time_s = np.arange(0.0, ends[-1] + 0.06, _STEP_S)
        voiced, hiss = np.zeros(time_s.size), np.zeros((len(_HISS_HZ), time_s.size))
        knots_s, vowels = list[float](), list[Float64Array]()
        for start, length in zip(ends - lengths, lengths, strict=True):
            lead = self._consonant(time_s, start, length, hiss)
            stress = random.uniform(0.5, 1.0)
            rise, fall = (time_s - start - lead) / 0.025, (start + length - time_s) / (0.3 * length)
            voiced = np.maximum(voiced, stress * np.clip(np.minimum(rise, fall), 0.0, 1.0))
            vowel = _VOWELS_HZ[int(random.integers(len(_VOWELS_HZ)))] * self._scale * random.normal(1.0, 0.04, 3)
            knots_s += [start + lead, start + 0.75 * length]
            vowels += [vowel, vowel * random.normal(1.0, 0.06, 3)]
        formants = np.stack([np.interp(time_s, knots_s, np.array(vowels)[:, index]) for index in range(3)], axis=1)
        melody = -2.5 * time_s / ends[-1] + sum(
            random.normal(1.0, 1.8) * np.exp(-np.square((time_s - at) / 0.12)) for at in ends[:: int(random.integers(2, 4))]
        )
        melody += 0.25 * np.sin(2 * np.pi * random.uniform(4.0, 7.0) * time_s)  # in semitones
        sound = self._harmonics(self._pitch_hz * 2 ** ((melody + 1.0) / 12), voiced, formants)
        for (low_hz, high_hz), curve in zip(_HISS_HZ, hiss, strict=True):
            sound = sound + self._noise(curve, low_hz, high_hz, sound.size)
        power = float(np.mean(np.square(sound)))
        return np.asarray(sound / np.sqrt(max(power, 1e-12)), dtype=np.float32)

    def _consonant(self, time_s: Float64Array, start: float, length: float, hiss: Float64Array) -> float:
        """What a syllable begins with; returns how long it is."""
        kind = self._random.random()
        if kind < 0.35:  # none, or one that is voiced
            return float(0.1 * length)
        which = int(self._random.integers(len(_HISS_HZ)))
        lasts = (0.35 if kind < 0.7 else 0.12) * length
        begins = start if kind < 0.7 else start + 0.2 * length  # a stop is silent before it bursts
        shape = np.clip(np.minimum((time_s - begins) / 0.012, (begins + lasts - time_s) / 0.02) + 0.5, 0.0, 1.0)
        hiss[which] = np.maximum(hiss[which], self._random.uniform(0.1, 0.35) * shape)
        return float(begins - start + lasts)

    def _harmonics(self, pitch_hz: Float64Array, voiced: Float64Array, formants: Float64Array) -> Float64Array:
        from scipy.signal import resample_poly

        total = round(pitch_hz.size * _STEP_S * self._rate_hz)
        factor = max(1, int(0.45 * self._rate_hz / _HIGHEST_HZ))  # there is nothing high in a voice: it is made at a lower rate
        frames, rate_hz = -(-total // factor), self._rate_hz / factor
        places = np.arange(frames) / (_STEP_S * rate_hz)
        steps = np.arange(pitch_hz.size)
        jitter = 1.0 + 0.004 * self._random.standard_normal(pitch_hz.size)
        turn = np.exp(2j * np.pi * np.cumsum(np.interp(places, steps, pitch_hz * jitter)) / rate_hz).astype(np.complex64)
        highest_hz = min(_HIGHEST_HZ, 0.45 * rate_hz)
        centres = np.concatenate([formants, np.full((formants.shape[0], 1), 3500.0 * self._scale)], axis=1)
        sound = np.zeros(frames, dtype=np.float32)
        wave = np.ones(frames, dtype=np.complex64)
        for order in range(1, int(highest_hz / pitch_hz.min()) + 1):
            wave *= turn
            hz = order * pitch_hz
            level = np.prod(_resonance(hz[:, None], centres, _WIDTH_HZ), axis=1) * voiced * (hz < highest_hz) / order
            sound += np.interp(places, steps, level).astype(np.float32) * wave.imag
        peak = float(np.sqrt(np.mean(np.square(sound))))
        whole = sound if factor == 1 else resample_poly(sound, factor, 1)[:total]
        return np.asarray(whole / max(peak, 1e-9), dtype=np.float64)

    def _noise(self, curve: Float64Array, low_hz: float, high_hz: float, frames: int) -> Float64Array:
        from scipy.signal import butter, sosfilt

        if not curve.any() or low_hz > 0.4 * self._rate_hz:
            return np.zeros(frames)
        bands = butter(1, (low_hz, min(high_hz, 0.45 * self._rate_hz)), "bandpass", fs=self._rate_hz, output="sos")
        swell = np.interp(np.arange(frames) / (_STEP_S * self._rate_hz), np.arange(curve.size), curve)
        return np.asarray(2.0 * swell * sosfilt(bands, self._random.standard_normal(frames)))


def _resonance(hz: Float64Array, centre_hz: Float64Array, width_hz: Float64Array) -> Float64Array:
    """How strongly a formant answers, 1 well below it; the higher ones that are left out keep it from vanishing above."""
    answer = centre_hz**2 / np.sqrt((centre_hz**2 - hz**2) ** 2 + (width_hz * hz) ** 2)
    return np.asarray(np.maximum(answer, 0.3))
