"""Chains drawn at random with taste: what might have been done to a part, a mix, or the medium that a mix went through.

What is drawn is a `Chain` with every number that matters in it, so it can be stored as a label and played again.
"""

from collections.abc import Collection
from typing import Literal, get_args

import numpy as np

from hexachord.processing.effects.amplifier import amplifier, cabinet
from hexachord.processing.effects.chain import Chain
from hexachord.processing.effects.delay import delay
from hexachord.processing.effects.drawing import AMOUNT, Draw, Taste
from hexachord.processing.effects.dynamics import bus_compressor, compressor, gate, limiter
from hexachord.processing.effects.effect import Step
from hexachord.processing.effects.equalizer import Band, Kind, parametric_eq
from hexachord.processing.effects.families import EVERYTHING
from hexachord.processing.effects.levels import clip, width
from hexachord.processing.effects.modulation import chorus, flanger, phaser, rotary, tremolo
from hexachord.processing.effects.random_media import draw_medium
from hexachord.processing.effects.reverberation import network_reverb, room
from hexachord.processing.effects.saturation import Shape, saturate

__all__ = ["Role", "Taste", "random_chain"]

Role = Literal["drums", "bass", "chords", "pad", "lead", "sung", "counter", "piano", "solo", "guitar", "driven", "organ", "mix", "medium"]
"""A part by what it does (``guitar``: as it leaves the instrument; ``driven``: as it leaves an amplifier), the whole ``mix``, or the
``medium`` that it was kept on."""

_LOW_CUT_HZ = {"bass": 32.0, "drums": 30.0, "sung": 100.0, "guitar": 90.0, "driven": 90.0, "piano": 40.0, "solo": 35.0, "mix": 24.0}
_COMPRESSED = {"sung": 0.85, "bass": 0.7, "drums": 0.4, "lead": 0.5, "solo": 0.3, "piano": 0.3, "driven": 0.15}


def random_chain(
    rng: np.random.Generator,
    *,
    role: Role = "mix",
    taste: Taste = "usual",
    families: Collection[str] = EVERYTHING,
    space: float = 0.5,
    level_db: float = -16.0,
) -> Chain:
    """Draw a chain of effects.

    Parameters
    ----------
    rng : where chance comes from; the same state gives the same chain
    role : of the sound
    taste : how much is done to it
    families : which effects may be used, in the words of `hexachord.processing.effects.families`
    space : how often a part has a room or a plate of its own
    level_db : loudness of what comes in, which noise and thresholds of a medium go by; parts are expected at about -20, as in a mix

    Raises
    ------
    ValueError : if there is no such role or taste.

    Examples
    --------
    >>> chain = random_chain(np.random.default_rng(1), role="drums")
    >>> chain == random_chain(np.random.default_rng(1), role="drums"), chain.name
    (True, 'drums, usual')
    >>> random_chain(np.random.default_rng(1), role="drums", families=()).steps
    ()
    """
    if role not in get_args(Role) or taste not in AMOUNT:
        raise ValueError(f"no role is called {role!r}, or no taste {taste!r}")
    draw = Draw(rng, amount=AMOUNT[taste], families=families)
    if role == "medium":
        steps = draw_medium(draw, level_db=level_db)
    else:
        steps = _mix(draw) if role == "mix" else _part(draw, role, space)
    return Chain(name=f"{role}, {taste}", steps=tuple(steps))


def _part(draw: Draw, role: str, space: float) -> list[Step]:
    steps = {"guitar": _guitar, "bass": _bass, "drums": _drums, "organ": _organ, "driven": _nothing}.get(role, _keys)(draw, role)
    steps += _tone(draw, low_cut_hz=_LOW_CUT_HZ.get(role, 70.0))
    if draw.chance(_COMPRESSED.get(role, 0.25), "compressor"):
        threshold_db, ratio = draw.between(-32.0, -16.0), draw.near(1.8, 6.0)
        taken_db = (-10.0 - threshold_db) * (1 - 1 / ratio)  # of what peaks at -10 dB
        steps.append(
            compressor.step(
                threshold_db=threshold_db,
                ratio=ratio,
                attack_s=draw.near(0.002, 0.04),
                release_s=draw.near(0.06, 0.4),
                makeup_db=round(0.8 * taken_db + draw.between(-1.0, 1.0), 2),
            )
        )
    if role in ("lead", "sung", "solo", "guitar", "driven", "counter") and draw.chance(0.25, "delay"):
        steps.append(
            delay.step(
                time_s=draw.near(0.09, 0.55),
                feedback=draw.between(0.1, 0.45),
                damping_hz=draw.near(2000.0, 8000.0),
                wet_db=draw.between(-22.0, -11.0),
                ping_pong=draw.chance(0.3),
            )
        )
    if draw.chance(0.4 * space if role == "bass" else space, "reverb"):
        steps.append(_space(draw, wet_db=draw.between(-26.0, -18.0 if role in ("bass", "drums") else -11.0)))
    return steps


def _nothing(draw: Draw, role: str) -> list[Step]:
    return []


def _guitar(draw: Draw, role: str) -> list[Step]:
    if not draw.allows("amplifier"):
        return []
    style = draw.pick("clean", "crunch", "high", "fuzz", weights=(0.4, 0.3, 0.25 * draw.amount, 0.05 * draw.amount))
    steps: list[Step] = []
    if style == "fuzz":
        steps += [gate.step(threshold_db=-58.0), saturate.step(shape="fuzz", drive_db=draw.between(24.0, 38.0))]
    drive_db = {
        "clean": draw.between(2.0, 10.0),
        "crunch": draw.between(14.0, 26.0),
        "high": draw.between(34.0, 48.0),
        "fuzz": draw.between(4.0, 12.0),
    }[style]
    if style == "clean" and draw.chance(0.25):
        steps += _wobble(draw)
    steps += [
        amplifier.step(
            drive_db=drive_db,
            bass_db=draw.bend_db(2.5),
            middle_db=draw.bend_db(3.0),
            treble_db=draw.bend_db(2.0),
            presence_db=draw.bend_db(1.5),
            tight_hz=draw.near(60.0, 160.0),
            power_drive_db=draw.between(0.0, 8.0),
            gate_db=-200.0 if style == "clean" else draw.between(-62.0, -50.0),
        ),
        _cabinet(draw, "open_1x12", "open_2x12", "closed_4x12"),
    ]
    return steps


def _bass(draw: Draw, role: str) -> list[Step]:
    if not draw.chance(0.45, "amplifier"):
        return []
    return [
        amplifier.step(
            drive_db=draw.between(2.0, 14.0 + 8.0 * draw.amount),
            bass_db=draw.bend_db(2.0),
            middle_db=draw.bend_db(2.5),
            treble_db=draw.bend_db(2.0),
            tight_hz=30.0,
        ),
        _cabinet(draw, "bass_8x10", "bass_1x15"),
    ]


def _drums(draw: Draw, role: str) -> list[Step]:
    steps: list[Step] = []
    if draw.chance(0.3, "saturation"):
        steps.append(saturate.step(shape=_shape(draw), drive_db=draw.between(1.0, 8.0), mix=draw.between(0.3, 1.0), oversampling=4))
    if draw.chance(0.45, "compressor"):  # crushed beside itself
        steps.append(
            compressor.step(
                threshold_db=draw.between(-40.0, -28.0),
                ratio=10.0,
                attack_s=draw.near(0.001, 0.01),
                release_s=draw.near(0.05, 0.2),
                makeup_db=draw.between(8.0, 14.0),
                mix=draw.between(0.1, 0.3),
            )
        )
    return steps


def _organ(draw: Draw, role: str) -> list[Step]:
    steps = [saturate.step(shape="tube", drive_db=draw.between(0.0, 14.0), oversampling=4)] if draw.chance(0.5, "saturation") else []
    if draw.chance(0.65, "rotary"):
        steps.append(rotary.step(speed_hz=draw.near(0.6, 1.1) if draw.chance(0.4) else draw.near(5.5, 7.2), depth=draw.between(0.6, 1.1)))
    return steps


def _keys(draw: Draw, role: str) -> list[Step]:
    steps: list[Step] = []
    if role in ("lead", "solo", "sung") and draw.chance(0.2, "saturation"):
        steps.append(saturate.step(shape=_shape(draw), drive_db=draw.between(1.0, 10.0), mix=draw.between(0.3, 1.0), oversampling=4))
    if draw.chance({"pad": 0.5, "chords": 0.25, "lead": 0.15}.get(role, 0.05)):
        steps += _wobble(draw)
    return steps


def _wobble(draw: Draw) -> list[Step]:
    kind = draw.pick("chorus", "phaser", "flanger", "tremolo", weights=(0.5, 0.2, 0.12, 0.18))
    if not draw.allows(kind):
        return []
    if kind == "phaser":
        return [phaser.step(speed_hz=draw.near(0.1, 1.5), feedback=draw.between(0.0, 0.6), mix=draw.between(0.25, 0.5))]
    if kind == "flanger":
        return [flanger.step(speed_hz=draw.near(0.05, 0.6), feedback=draw.between(-0.6, 0.6), mix=draw.between(0.2, 0.45))]
    if kind == "tremolo":
        phase = 0.5 if draw.chance(0.5) else 0.0
        return [tremolo.step(speed_hz=draw.near(2.5, 7.0), depth_db=draw.between(2.0, 9.0), stereo_phase=phase)]
    return [
        chorus.step(voices=2, speed_hz=draw.near(0.2, 1.5), depth_s=draw.near(0.0008, 0.004), mix=draw.between(0.2, 0.5), seed=draw.seed())
    ]


def _tone(draw: Draw, *, low_cut_hz: float) -> list[Step]:
    if not draw.allows("equalizer"):
        return []
    bands = [Band(kind="low_cut", frequency_hz=draw.near(0.5 * low_cut_hz, 1.3 * low_cut_hz))]
    shelves: tuple[tuple[Kind, float, float], ...] = (("low_shelf", 80.0, 250.0), ("high_shelf", 4000.0, 12000.0))
    for kind, low, high in shelves:
        if draw.chance(0.4):
            bands.append(Band(kind=kind, frequency_hz=draw.near(low, high), gain_db=draw.bend_db(2.0)))
    for low, high in ((180.0, 700.0), (700.0, 5000.0)):
        if draw.chance(0.4):
            bands.append(Band(frequency_hz=draw.near(low, high), gain_db=draw.bend_db(2.5), q=draw.near(0.5, 2.5)))
    return [parametric_eq.step(bands=tuple(bands))]


def _space(draw: Draw, *, wet_db: float) -> Step:
    if draw.chance(0.3):
        return network_reverb.step(
            decay_s=draw.near(0.6, 3.5),
            treble_decay=draw.between(0.3, 0.8),
            bass_decay=draw.between(0.9, 1.4),
            size=draw.between(0.5, 1.6),
            pre_delay_s=draw.between(0.0, 0.05),
            low_cut_hz=draw.near(90.0, 300.0),
            wet_db=wet_db,
            seed=draw.seed(),
        )
    return room.step(
        decay_s=draw.near(0.2, 1.2),
        size_m=draw.near(3.0, 20.0),
        damping_hz=draw.near(2500.0, 9000.0),
        early_share=draw.between(0.2, 0.7),
        wet_db=wet_db,
        seed=draw.seed(),
    )


def _mix(draw: Draw) -> list[Step]:
    steps: list[Step] = []
    if draw.chance(0.1, "reverb"):
        steps.append(_space(draw, wet_db=draw.between(-26.0, -16.0)))
    if draw.chance(0.75):
        steps += _tone(draw, low_cut_hz=_LOW_CUT_HZ["mix"])
    if draw.chance(0.6, "compressor"):
        steps.append(bus_compressor.step(threshold_db=draw.between(-24.0, -12.0), makeup_db=draw.between(0.5, 3.0)))
    if draw.chance(0.3, "saturation"):
        steps.append(saturate.step(shape=_shape(draw), drive_db=draw.between(0.0, 6.0), mix=draw.between(0.2, 1.0), oversampling=4))
    if draw.chance(0.35):
        steps.append(width.step(width=draw.between(0.6, 1.35), mono_below_hz=draw.near(60.0, 150.0) if draw.chance(0.4) else 0.0))
    if draw.chance(0.8, "limiter"):
        steps.append(
            limiter.step(
                ceiling_db=draw.between(-2.0, -0.1),
                drive_db=max(0.0, draw.between(-3.0, 3.0 + 6.0 * draw.amount)),
                release_s=draw.near(0.03, 0.3),
            )
        )
    elif draw.chance(0.1, "clipping"):
        steps.append(clip.step(ceiling_db=-0.1, drive_db=draw.between(0.0, 4.0 * draw.amount)))
    return steps


def _cabinet(draw: Draw, *kinds: str) -> Step:
    return cabinet.step(kind=draw.pick(*kinds), off_axis=draw.between(0.0, 0.7), seed=draw.seed() % 1000)  # type: ignore[arg-type]


def _shape(draw: Draw) -> Shape:
    return draw.pick("tanh", "soft", "tube")  # type: ignore[return-value]
