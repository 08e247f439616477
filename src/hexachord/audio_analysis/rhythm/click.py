"""Beats made audible: a click on every beat, another on every downbeat, alone or beside the music.

Whether beats are right is heard at once and seen hardly at all. A click is a sine that starts at full strength on the beat's own sample
and dies away within some hundredths of a second, so it marks a moment and covers nothing. FMP part B (sonification).
"""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from hexachord.arrays import Float32Array, Float64Array
from hexachord.audio import Audio
from hexachord.dsp.tones import add_at
from hexachord.knowledge import Beats

CLICK_SPOTS = ("mix", "split")
_LEVEL_BLOCK_S = 0.05
_LOUD_PART = 0.9  # of the music's blocks lie below the level that clicks are matched to
_SOFTEST_PEAK = 0.05  # clicks beside silence can still be heard


@dataclass(frozen=True, kw_only=True)
class ClickSounds:
    """What clicks sound like.

    Attributes
    ----------
    downbeat_hz : of position 1
    beat_hz : of the other positions in turn; the last one serves all further positions, and beats whose position is not known
    downbeat_gain_db : how much louder a downbeat is
    decay_s : time in which a click falls by 20 dB
    """

    downbeat_hz: float = 1760.0
    beat_hz: tuple[float, ...] = (1174.7,)
    downbeat_gain_db: float = 4.0
    decay_s: float = 0.025

    def __post_init__(self) -> None:
        if not self.beat_hz or min(self.downbeat_hz, *self.beat_hz) <= 0 or self.decay_s <= 0:
            raise ValueError("clicks need a frequency for downbeats, one for other beats at least, and a decay, all positive")


PLAIN_CLICKS = ClickSounds()
COUNTED_CLICKS = ClickSounds(beat_hz=(880.0, 987.8, 1108.7, 1174.7, 1318.5, 1480.0))  # every place in the bar has a pitch of its own


def click_track(beats: Beats, *, duration_s: float, rate_hz: int = 44100, sounds: ClickSounds = PLAIN_CLICKS, peak: float = 0.5) -> Audio:
    """Sound a click on every beat.

    Parameters
    ----------
    beats : beats outside the duration are left out
    duration_s : length of the result
    rate_hz : sampling rate
    sounds : `PLAIN_CLICKS` has two pitches, `COUNTED_CLICKS` one for each place in the bar
    peak : amplitude of a downbeat, full scale = 1

    Returns
    -------
    Audio of one channel

    Examples
    --------
    >>> beats = Beats(time_s=np.array([0.5, 1.0]), position=np.array([1, 2]))
    >>> track = click_track(beats, duration_s=2.0, rate_hz=8000)
    >>> track.duration_s, int(np.flatnonzero(track.mono())[0])
    (2.0, 4000)
    """
    if duration_s < 0 or rate_hz <= 0:
        raise ValueError(f"a click track has a length and a rate, not {duration_s} s at {rate_hz} Hz")
    out = np.zeros(round(duration_s * rate_hz), dtype=np.float32)
    starts = np.rint(np.asarray(beats.time_s) * rate_hz).astype(np.int64)
    for place in np.unique(beats.position).tolist():
        click = _click(place, rate_hz=rate_hz, sounds=sounds, peak=peak)
        for start in starts[beats.position == place].tolist():
            add_at(out, click, start)
    return Audio(samples=out, rate_hz=rate_hz)


def with_click(
    audio: Audio, beats: Beats, *, spot: Literal["mix", "split"] = "mix", sounds: ClickSounds = PLAIN_CLICKS, click_gain_db: float = 0.0
) -> Audio:
    """Lay a click over music, as loud as the music is where it is loud.

    Parameters
    ----------
    audio : the music
    beats : its beats
    spot : "mix" puts the click in the middle of the music; "split" gives the music to the left ear and the click to the right one
    sounds : see `click_track`
    click_gain_db : louder or softer than matched

    Returns
    -------
    Audio of the music's length and rate, of its channels ("mix") or of two ("split"); turned down as a whole if it would exceed
    full scale

    Examples
    --------
    >>> beats = Beats(time_s=np.array([0.5]), position=np.array([1]))
    >>> with_click(Audio(samples=np.zeros(8000, np.float32), rate_hz=8000), beats, spot="split").channels
    2
    """
    if spot not in CLICK_SPOTS:
        raise ValueError(f"a click sits in one of {', '.join(CLICK_SPOTS)}, not in {spot!r}")
    peak = max(loud_peak(audio), _SOFTEST_PEAK) * 10 ** (click_gain_db / 20)
    track = click_track(beats, duration_s=audio.duration_s, rate_hz=audio.rate_hz, sounds=sounds, peak=peak).samples[0]
    clicks = np.zeros(audio.frames, dtype=np.float32)
    clicks[: len(track)] = track[: audio.frames]
    both = audio.samples + clicks if spot == "mix" else np.stack([audio.mono(), clicks])
    top = max(float(both.max(initial=0.0)), -float(both.min(initial=0.0)))
    if top > 1.0:
        both = both * np.float32(1.0 / top)
    return replace(audio, samples=both)


def loud_peak(audio: Audio) -> float:
    """Measure how high the music reaches where it is loud: the 90th percentile of the peaks of blocks of 50 ms."""
    length = max(1, round(_LEVEL_BLOCK_S * audio.rate_hz))
    blocks = audio.frames // length
    if blocks == 0:
        return float(np.abs(audio.samples).max(initial=0.0))
    whole = audio.samples[:, : blocks * length].reshape(audio.channels, blocks, length)
    return float(np.quantile(np.maximum(whole.max(axis=(0, 2)), -whole.min(axis=(0, 2))), _LOUD_PART))


def _click(place: int, *, rate_hz: int, sounds: ClickSounds, peak: float) -> Float32Array:
    """One click, scaled to its peak; a quarter period into the sine, so that its first sample is its loudest."""
    other = len(sounds.beat_hz) - 1 if place < 1 else min(place - 2, len(sounds.beat_hz) - 1)
    hz = sounds.downbeat_hz if place == 1 else sounds.beat_hz[other]
    gain = peak if place == 1 else peak * 10 ** (-sounds.downbeat_gain_db / 20)
    time_s: Float64Array = np.arange(max(1, round(3 * sounds.decay_s * rate_hz))) / rate_hz
    fade = 10 ** (-time_s / sounds.decay_s) * np.minimum(1.0, (time_s[-1] - time_s) / (0.1 * time_s[-1] + 1e-9))
    return np.asarray(gain * fade * np.cos(2 * np.pi * min(hz, 0.45 * rate_hz) * time_s), dtype=np.float32)
