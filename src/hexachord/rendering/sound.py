"""A take and a production become sound.

Each track is played dry, goes through its chain, is brought to its level, panned, and sent to the common room; stems are parts with
their share of the room; the mix is the sum of the stems. What the mix then goes through (effects, mastering, a medium, fades) is not
linear, so the sound as it is heard (`audio`) is not the sum of stems, `mix` is.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hexachord.arrays import Float32Array
from hexachord.processing.effects.effect import amplitude
from hexachord.rendering.answering import Prompt, unanswered, without
from hexachord.rendering.balance import active_loudness_db
from hexachord.rendering.instruments import Instruments
from hexachord.rendering.labels import labelled
from hexachord.rendering.mastering import held, mastered, toned
from hexachord.rendering.model import Take
from hexachord.rendering.percussionist import WithPercussionist
from hexachord.rendering.production import PartSound, Production
from hexachord.synthesis.model import Instrument
from hexachord.synthesis.player import render_tracks
from hexachord.synthesis.synthesizers.retuned import Retuned

_BLOCK_S = 8.0
_TAIL_S = 3.0
_NOT_SENT_DB = -60.0
_PLAYED_LUFS = -20.0  # of a dry track before its own effects, which are drawn for sound of about that level


@dataclass(frozen=True, kw_only=True, eq=False)
class Rendered:
    """A take that can be heard.

    Attributes
    ----------
    take : the music, its truth as it sounds (tuning and instruments included)
    production : how it was made
    audio : ``(2, n)`` float32, as it is heard
    mix : ``(2, n)``, the sum of the stems, before the effects of mix and medium
    stems : ``(2, n)`` of each track with its share of the room, in the order of ``take.tracks``; empty when they were not asked for
    """

    take: Take
    production: Production
    rate_hz: int
    audio: Float32Array
    mix: Float32Array
    stems: tuple[Float32Array, ...] = ()


def render_take(take: Take, production: Production, instruments: Instruments, *, rate_hz: int = 44100, stems: bool = False) -> Rendered:
    """Render a take.

    Parameters
    ----------
    rate_hz : of everything; at a low rate it is sooner done
    stems : keep the tracks apart as well

    Returns
    -------
    Rendered, as long as the take to the sample; the same for the same arguments.
    """
    frames = round(take.truth.duration_s * rate_hz)
    players = [_player(take, index, part, production, instruments) for index, part in enumerate(production.parts)]
    take = without(take, tuple(map(unanswered, take.tracks, players)))
    dry = _played(take, players, seed=production.seed, rate_hz=rate_hz, frames=frames)
    mix, sent = np.zeros((2, frames), dtype=np.float32), np.zeros((2, frames), dtype=np.float32)
    kept: list[Float32Array] = []
    for part, sound in zip(production.parts, dry, strict=True):
        placed = _levelled(part, _treated(part, sound, rate_hz=rate_hz), production, rate_hz=rate_hz)
        send = np.float32(amplitude(part.send_db) if part.send_db > _NOT_SENT_DB else 0.0)
        if stems:
            kept.append(_in_room(placed, send * placed, production, rate_hz=rate_hz) if send else placed)
            mix += kept[-1]
        else:
            mix += placed
            sent += send * placed
    mix = _in_room(mix, sent, production, rate_hz=rate_hz)
    loudness_db = active_loudness_db(mix, rate_hz=rate_hz)
    if np.isfinite(loudness_db):
        gain = np.float32(amplitude(production.level_lufs - loudness_db))
        mix *= gain
        for stem in kept:
            stem *= gain
    audio = toned(production.mix(mix, rate_hz), rate_hz=rate_hz, target_db=production.tone_db, strength=production.tone_strength)
    audio = mastered(audio, rate_hz=rate_hz, aim_lufs=production.aim_lufs, push_db=production.push_db, ceiling_db=production.ceiling_db)
    audio = held(production.ends(production.medium(audio, rate_hz), rate_hz))
    return Rendered(take=labelled(take, production), production=production, rate_hz=rate_hz, audio=audio, mix=mix, stems=tuple(kept))


def _played(take: Take, players: Sequence[Instrument], *, seed: int, rate_hz: int, frames: int) -> Float32Array:
    """The dry tracks, ``(tracks, 2, frames)``."""
    blocks = render_tracks(take.tracks, players, rate_hz=rate_hz, separate=True, block_s=_BLOCK_S, seed=seed, tail_s=_TAIL_S)
    sound = np.zeros((len(take.tracks), 2, frames), dtype=np.float32)
    for block in blocks:
        first = round(block.start_s * rate_hz)
        if first >= frames:
            break
        count = min(block.dry.shape[2], frames - first)
        sound[:, :, first : first + count] = block.dry[:, :, :count]
    return sound


def _player(take: Take, index: int, part: PartSound, production: Production, instruments: Instruments) -> Instrument:
    bank = instruments.bank(part.origin, seed=part.seed, variation=part.variation)
    tuned = Retuned(bank, a4_hz=production.a4_hz, stretch_cents_per_octave=part.stretch_cents_per_octave, detune_cents=part.detune_cents)
    is_percussion = take.tracks[index].is_percussion
    player = tuned.instrument(program=part.program, bank=part.bank, is_percussion=is_percussion)
    if part.lender:
        lender = instruments.bank(part.lender).instrument(program=0, is_percussion=True)
        player = WithPercussionist(kit=player, lender=lender)
    return Prompt(player) if is_percussion else player


def _treated(part: PartSound, sound: Float32Array, *, rate_hz: int) -> Float32Array:
    """A track through its own chain: ``(2, n)`` or ``(1, n)``."""
    if not part.stereo:
        sound = sound.mean(axis=0, keepdims=True, dtype=np.float32)
    if not part.chain.steps:
        return sound
    loudness_db = active_loudness_db(sound, rate_hz=rate_hz)
    if not np.isfinite(loudness_db):
        return sound
    return part.chain(sound * np.float32(amplitude(_PLAYED_LUFS - loudness_db)), rate_hz)


def _levelled(part: PartSound, sound: Float32Array, production: Production, *, rate_hz: int) -> Float32Array:
    """A track at its level, in its place, ``(2, n)``."""
    loudness_db = active_loudness_db(sound, rate_hz=rate_hz)
    gain = amplitude(part.level_db + production.level_lufs - loudness_db) if np.isfinite(loudness_db) else 0.0
    angle = (part.pan + 1.0) * np.pi / 4.0  # constant power, and as loud in the middle as it was
    sides = np.sqrt(2.0) * gain * np.array([np.cos(angle), np.sin(angle)])
    if sound.shape[0] == 1:
        return np.asarray(sides[:, None].astype(np.float32) * sound)
    same, other = 0.5 * (1.0 + part.width), 0.5 * (1.0 - part.width)
    return np.asarray((sides[:, None] * np.array([[same, other], [other, same]])).astype(np.float32) @ sound)


def _in_room(dry: Float32Array, send: Float32Array, production: Production, *, rate_hz: int) -> Float32Array:
    if not production.room.steps or not np.any(send):
        return dry
    return np.asarray(dry + production.room(send, rate_hz), dtype=np.float32)
