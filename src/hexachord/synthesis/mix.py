"""From a score to the sound of its parts, each in its room, and how loud the whole should be.

`render_score` is the engine of the task ``perform``: a score and a bank of instruments go in, blocks of sound come out, in bounded memory.
Reverb is linear, so a stem that takes its own share of the room along adds up with the others to the mix.
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from hexachord.arrays import Float32Array
from hexachord.dsp.loudness import Loudness
from hexachord.dsp.reverb import Reverb, Room, room_named
from hexachord.score.model import Score
from hexachord.synthesis.model import Instrument, SoundBank, Track
from hexachord.synthesis.player import Block, render_tracks
from hexachord.synthesis.strokes import interpret

MOST_GAIN_DB = 30.0
MOST_REDUCTION_DB = 6.0
_SILENCE = 10 ** (-90 / 20)  # what a room returns below it is not waited for


def render_score(
    score: Score,
    bank: SoundBank,
    *,
    rate_hz: int = 44100,
    reverb: str | Room | None = "room",
    groups: Sequence[Sequence[int]] | None = None,
    repeats: bool = True,
    seed: int = 0,
    block_s: float = 4.0,
    progress: Callable[[float], None] | None = None,
    warn: Callable[[str], None] | None = None,
) -> Iterator[Float32Array]:
    """Play a score: the engine ``perform/player``.

    Parameters
    ----------
    score : any; a page is interpreted, a performance played as it stands
    bank : where the instruments come from
    rate_hz : frames a second of the result
    reverb : a room by name, a `Room`, or None
    groups : indices of the parts of each stem; None for one mix of all
    repeats : play them out
    seed : of everything left to chance
    block_s : length of a block; the sound does not depend on it
    progress : hears the part done, 0 to 1
    warn : hears what could not be played as written or recorded

    Yields
    ------
    (stems, 2, n) float32 blocks, until the last sound and its room have faded; nothing for a score in which nothing sounds
    """
    interpretation = interpret(score, repeats=repeats)
    if warn is not None:
        for warning in interpretation.warnings:
            warn(warning)
    tracks = interpretation.tracks
    instruments = [bank.instrument(program=track.program, bank=track.bank, is_percussion=track.is_percussion) for track in tracks]
    return mix_tracks(
        tracks,
        instruments,
        rate_hz=rate_hz,
        room=room_named(reverb),
        groups=groups,
        seed=seed,
        block_s=block_s,
        progress=progress,
        warn=warn,
    )


def mix_tracks(
    tracks: Sequence[Track],
    instruments: Sequence[Instrument],
    *,
    rate_hz: int,
    room: Room | None,
    groups: Sequence[Sequence[int]] | None = None,
    seed: int = 0,
    block_s: float = 4.0,
    progress: Callable[[float], None] | None = None,
    warn: Callable[[str], None] | None = None,
) -> Iterator[Float32Array]:
    """Render tracks into stems that carry their own reverb; the options are those of `render_score`."""
    stems = 1 if groups is None else len(groups)
    rooms = [Reverb(room, rate_hz=rate_hz, seed=seed) for _ in range(stems)] if room is not None else []
    blocks = render_tracks(
        tracks, instruments, rate_hz=rate_hz, separate=groups is not None, block_s=block_s, seed=seed, progress=progress, warn=warn
    )
    sounded = False
    for block in blocks:
        sounded = True
        dry, sent = _grouped(block, groups)
        for stem, reverb in enumerate(rooms):
            dry[stem] += reverb.process(sent[stem])
        yield dry
    if sounded and rooms:
        yield _without_silence(np.stack([reverb.tail() for reverb in rooms]), rate_hz)


def gain_for(loudness: Loudness, *, level_lufs: float, ceiling_db: float, most_reduction_db: float = MOST_REDUCTION_DB) -> float:
    """Choose the gain in dB that brings a mix to a loudness, within reason.

    It is at most `MOST_GAIN_DB`, and never so high that the peaks would have to come down by more than `most_reduction_db`: a lone
    drum stroke is not made as loud as an orchestra.

    Examples
    --------
    >>> from hexachord.dsp.loudness import measure_loudness
    >>> tone = 0.02 * np.sin(np.arange(5 * 48000) / 7)[np.newaxis]
    >>> round(gain_for(measure_loudness(tone, rate_hz=48000), level_lufs=-16, ceiling_db=-1), 1)
    20.8
    """
    if not np.isfinite(loudness.integrated_lufs) or not np.isfinite(loudness.true_peak_dbtp):
        return 0.0  # silence stays silence
    return min(level_lufs - loudness.integrated_lufs, ceiling_db + most_reduction_db - loudness.true_peak_dbtp, MOST_GAIN_DB)


def _grouped(block: Block, groups: Sequence[Sequence[int]] | None) -> tuple[Float32Array, Float32Array]:
    """Sum the tracks of each stem: dry and sent, ``(stems, 2, n)`` each."""
    if groups is None:
        return block.dry, block.reverb_send[np.newaxis]
    if all(len(group) == 1 for group in groups):
        one_each = [group[0] for group in groups]
        return block.dry[one_each], block.reverb_send[one_each]
    dry = np.stack([block.dry[list(group)].sum(axis=0, dtype=np.float32) for group in groups])
    sent = np.stack([block.reverb_send[list(group)].sum(axis=0, dtype=np.float32) for group in groups])
    return dry, sent


def _without_silence(tail: Float32Array, rate_hz: int) -> Float32Array:
    """Cut off the end of all stems where nothing is heard of their sum; to a hundredth of a second, so that rounding has no say."""
    heard = np.flatnonzero(np.abs(tail.sum(axis=0)).max(axis=0) > _SILENCE)
    step = max(1, rate_hz // 100)
    return tail[:, :, : -(-(int(heard[-1]) + 1) // step) * step if heard.size else 0]
