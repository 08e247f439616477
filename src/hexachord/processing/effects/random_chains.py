"""Chains drawn at random with taste: what might have been done to a part, a mix, or the medium that a mix went through.

What is drawn is a `Chain` with every number that matters in it, so it can be stored as a label and played again.
"""

from typing import Literal, get_args

import numpy as np

from hexachord.processing.effects.amplifier import amplifier, cabinet
from hexachord.processing.effects.chain import Chain
from hexachord.processing.effects.codecs import mp3, opus, vorbis
from hexachord.processing.effects.delay import delay
from hexachord.processing.effects.dynamics import bus_compressor, compressor, gate, limiter
from hexachord.processing.effects.effect import Step
from hexachord.processing.effects.equalizer import Band, Kind, band_pass, high_pass, low_pass, parametric_eq
from hexachord.processing.effects.levels import clip, gain, polarity, width
from hexachord.processing.effects.modulation import chorus, flanger, phaser, rotary, tremolo, wow_flutter
from hexachord.processing.effects.noises import crackle, crowd, hum, noise, rumble
from hexachord.processing.effects.presets import PRESETS
from hexachord.processing.effects.rates import band_limit
from hexachord.processing.effects.reverberation import network_reverb, room
from hexachord.processing.effects.saturation import Shape, saturate

Role = Literal["drums", "bass", "chords", "pad", "lead", "sung", "counter", "piano", "solo", "guitar", "organ", "mix", "medium"]
"""A part by what it does, the whole ``mix``, or the ``medium`` that it was kept on."""
Taste = Literal["clean", "usual", "rough"]
"""``clean``: hardly more than level and room; ``rough``: everything more often and further."""

_AMOUNT: dict[str, float] = {"clean": 0.35, "usual": 1.0, "rough": 1.6}


class _Draw:
    """Chances and ranges, scaled by taste."""

    def __init__(self, rng: np.random.Generator, amount: float) -> None:
        self._rng, self.amount = rng, amount

    def chance(self, usual: float) -> bool:
        return bool(self._rng.random() < 1 - (1 - min(usual, 0.98)) ** self.amount)

    def between(self, low: float, high: float) -> float:
        return float(round(self._rng.uniform(low, high), 4))

    def near(self, low: float, high: float) -> float:
        """For frequencies and times: as likely in each octave."""
        return float(f"{np.exp(self._rng.uniform(np.log(low), np.log(high))):.4g}")

    def bend_db(self, spread: float) -> float:
        return float(np.clip(round(self._rng.normal(0.0, spread * self.amount), 2), -12.0, 12.0))

    def seed(self) -> int:
        return int(self._rng.integers(0, 2**31 - 1))

    def pick(self, *choices: str, weights: tuple[float, ...] = ()) -> str:
        share = np.asarray(weights or (1.0,) * len(choices))
        return choices[int(self._rng.choice(len(choices), p=share / share.sum()))]


def random_chain(rng: np.random.Generator, *, role: Role = "mix", taste: Taste = "usual") -> Chain:
    """Draw a chain of effects.

    Parameters
    ----------
    rng : where chance comes from; the same state gives the same chain
    role : of the sound
    taste : how much is done to it

    Raises
    ------
    ValueError : if there is no such role or taste.

    Examples
    --------
    >>> chain = random_chain(np.random.default_rng(1), role="drums")
    >>> chain == random_chain(np.random.default_rng(1), role="drums"), chain.name
    (True, 'drums, usual')
    """
    if role not in get_args(Role) or taste not in _AMOUNT:
        raise ValueError(f"no role is called {role!r}, or no taste {taste!r}")
    draw = _Draw(rng, _AMOUNT[taste])
    steps = _medium(draw) if role == "medium" else _mix(draw) if role == "mix" else _part(draw, role)
    return Chain(name=f"{role}, {taste}", steps=tuple(steps))


def _part(draw: _Draw, role: str) -> list[Step]:
    steps = {"guitar": _guitar, "bass": _bass, "drums": _drums, "organ": _organ}.get(role, _keys)(draw, role)
    steps += _tone(draw, low_cut_hz={"bass": 35.0, "drums": 35.0, "sung": 100.0, "guitar": 90.0}.get(role, 70.0))
    if draw.chance({"sung": 0.85, "bass": 0.7, "drums": 0.4, "lead": 0.5, "solo": 0.5}.get(role, 0.3)):
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
    if role in ("lead", "sung", "solo", "guitar", "counter") and draw.chance(0.3):
        steps.append(
            delay.step(
                time_s=draw.near(0.09, 0.55),
                feedback=draw.between(0.1, 0.45),
                damping_hz=draw.near(2000.0, 8000.0),
                wet_db=draw.between(-22.0, -11.0),
                ping_pong=draw.chance(0.3),
            )
        )
    if draw.chance(0.2 if role == "bass" else 0.5):
        steps.append(_space(draw, wet_db=draw.between(-26.0, -18.0 if role in ("bass", "drums") else -11.0)))
    return steps


def _guitar(draw: _Draw, role: str) -> list[Step]:
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
        steps.append(_wobble(draw))
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


def _bass(draw: _Draw, role: str) -> list[Step]:
    if not draw.chance(0.55):
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


def _drums(draw: _Draw, role: str) -> list[Step]:
    steps: list[Step] = []
    if draw.chance(0.35):
        steps.append(saturate.step(shape=_shape(draw), drive_db=draw.between(1.0, 8.0), mix=draw.between(0.3, 1.0)))
    if draw.chance(0.3):  # crushed beside itself
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


def _organ(draw: _Draw, role: str) -> list[Step]:
    steps = [saturate.step(shape="tube", drive_db=draw.between(0.0, 14.0))] if draw.chance(0.6) else []
    if draw.chance(0.7):
        steps.append(rotary.step(speed_hz=draw.near(0.6, 1.1) if draw.chance(0.4) else draw.near(5.5, 7.2), depth=draw.between(0.6, 1.1)))
    return steps


def _keys(draw: _Draw, role: str) -> list[Step]:
    steps: list[Step] = []
    if role in ("lead", "solo", "sung") and draw.chance(0.2):
        steps.append(saturate.step(shape=_shape(draw), drive_db=draw.between(1.0, 10.0), mix=draw.between(0.3, 1.0)))
    if draw.chance({"pad": 0.5, "chords": 0.25, "lead": 0.15}.get(role, 0.05)):
        steps.append(_wobble(draw))
    return steps


def _wobble(draw: _Draw) -> Step:
    kind = draw.pick("chorus", "phaser", "flanger", "tremolo", weights=(0.5, 0.2, 0.12, 0.18))
    if kind == "chorus":
        return chorus.step(speed_hz=draw.near(0.2, 1.5), depth_s=draw.near(0.0008, 0.004), mix=draw.between(0.2, 0.5), seed=draw.seed())
    if kind == "phaser":
        return phaser.step(speed_hz=draw.near(0.1, 1.5), feedback=draw.between(0.0, 0.6), mix=draw.between(0.25, 0.5))
    if kind == "flanger":
        return flanger.step(speed_hz=draw.near(0.05, 0.6), feedback=draw.between(-0.6, 0.6), mix=draw.between(0.2, 0.45))
    return tremolo.step(speed_hz=draw.near(2.5, 7.0), depth_db=draw.between(2.0, 9.0), stereo_phase=0.5 if draw.chance(0.5) else 0.0)


def _tone(draw: _Draw, *, low_cut_hz: float) -> list[Step]:
    bands = [Band(kind="low_cut", frequency_hz=draw.near(0.5 * low_cut_hz, 1.3 * low_cut_hz))]
    shelves: tuple[tuple[Kind, float, float], ...] = (("low_shelf", 80.0, 250.0), ("high_shelf", 4000.0, 12000.0))
    for kind, low, high in shelves:
        if draw.chance(0.4):
            bands.append(Band(kind=kind, frequency_hz=draw.near(low, high), gain_db=draw.bend_db(2.0)))
    for low, high in ((180.0, 700.0), (700.0, 5000.0)):
        if draw.chance(0.4):
            bands.append(Band(frequency_hz=draw.near(low, high), gain_db=draw.bend_db(2.5), q=draw.near(0.5, 2.5)))
    return [parametric_eq.step(bands=tuple(bands))]


def _space(draw: _Draw, *, wet_db: float) -> Step:
    if draw.chance(0.5):
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


def _mix(draw: _Draw) -> list[Step]:
    steps: list[Step] = []
    if draw.chance(0.15):
        steps.append(_space(draw, wet_db=draw.between(-26.0, -16.0)))
    if draw.chance(0.75):
        steps += _tone(draw, low_cut_hz=28.0)
    if draw.chance(0.6):
        steps.append(bus_compressor.step(threshold_db=draw.between(-26.0, -14.0), makeup_db=draw.between(0.5, 4.0)))
    if draw.chance(0.35):
        steps.append(saturate.step(shape=_shape(draw), drive_db=draw.between(0.0, 6.0), mix=draw.between(0.2, 1.0)))
    if draw.chance(0.35):
        steps.append(width.step(width=draw.between(0.6, 1.35), mono_below_hz=draw.near(60.0, 150.0) if draw.chance(0.4) else 0.0))
    if draw.chance(0.8):
        steps.append(
            limiter.step(
                ceiling_db=draw.between(-2.0, -0.1),
                drive_db=max(0.0, draw.between(-3.0, 3.0 + 6.0 * draw.amount)),
                release_s=draw.near(0.03, 0.3),
            )
        )
    elif draw.chance(0.1):
        steps.append(clip.step(ceiling_db=-0.1, drive_db=draw.between(0.0, 4.0 * draw.amount)))
    return steps


def _medium(draw: _Draw) -> list[Step]:
    steps: list[Step] = []
    if draw.chance(0.22):
        steps += _old_medium(draw)
    if draw.chance(0.08):
        steps.append(crowd.step(level_db=draw.between(-52.0, -32.0), applause=draw.between(0.0, 0.6), seed=draw.seed()))
    if draw.chance(0.12):
        colour = draw.pick("white", "pink", "brown", weights=(0.3, 0.5, 0.2))
        steps.append(noise.step(colour=colour, level_db=draw.between(-72.0, -48.0), seed=draw.seed()))  # type: ignore[arg-type]
    if draw.chance(0.05):
        mains_hz = 50.0 if draw.chance(0.5) else 60.0
        steps.append(hum.step(mains_hz=mains_hz, level_db=draw.between(-72.0, -52.0), buzz=draw.between(0.1, 0.8), seed=draw.seed()))
    if draw.chance(0.1):
        steps.append(polarity.step())
    if draw.chance(0.5):
        steps.append(gain.step(gain_db=draw.between(-14.0, 0.0)))
    if draw.chance(0.06):
        steps.append(clip.step(ceiling_db=-0.05, drive_db=draw.between(1.0, 8.0)))
    if draw.chance(0.1):
        steps.append(band_limit.step(to_hz=float(draw.pick("16000", "22050", "32000"))))
    if draw.chance(0.4):
        steps.append(_lossy(draw))
    return steps


def _old_medium(draw: _Draw) -> list[Step]:
    kind = draw.pick("tape", "vinyl", "radio", "telephone", "shellac", "phone-recording", weights=(0.35, 0.25, 0.12, 0.05, 0.08, 0.15))
    if kind == "tape":
        return [
            wow_flutter.step(wow=draw.near(0.0002, 0.003), flutter=draw.near(0.0001, 0.0015), seed=draw.seed()),
            saturate.step(shape="tanh", drive_db=draw.between(1.0, 9.0)),
            parametric_eq.step(bands=(Band(frequency_hz=draw.near(45.0, 110.0), gain_db=draw.between(0.0, 3.0), q=1.0),)),
            low_pass.step(cutoff_hz=draw.near(8000.0, 18000.0), order=2),
            noise.step(colour="white", level_db=draw.between(-72.0, -50.0), seed=draw.seed()),
        ]
    if kind == "vinyl":
        return [
            width.step(width=draw.between(0.7, 1.0), mono_below_hz=150.0),
            wow_flutter.step(wow=draw.near(0.0004, 0.002), flutter=0.0001, wow_hz=0.55, seed=draw.seed()),
            noise.step(colour="pink", level_db=draw.between(-68.0, -52.0), seed=draw.seed()),
            rumble.step(level_db=draw.between(-64.0, -46.0), seed=draw.seed()),
            crackle.step(per_s=draw.near(1.0, 30.0), level_db=draw.between(-46.0, -28.0), seed=draw.seed()),
        ]
    if kind == "radio":
        return [
            band_pass.step(low_hz=draw.near(100.0, 300.0), high_hz=draw.near(4000.0, 9000.0), order=2),
            compressor.step(threshold_db=-26.0, ratio=4.0, attack_s=0.005, release_s=0.2, makeup_db=draw.between(3.0, 7.0)),
            noise.step(colour="pink", level_db=draw.between(-62.0, -46.0), seed=draw.seed()),
        ]
    if kind == "phone-recording":
        return [
            width.step(width=draw.between(0.0, 0.5)),
            room.step(
                decay_s=draw.near(0.4, 1.6), size_m=draw.near(6.0, 30.0), wet_db=draw.between(-9.0, -2.0), dry_db=-3.0, seed=draw.seed()
            ),
            high_pass.step(cutoff_hz=draw.near(90.0, 220.0), order=2),
            low_pass.step(cutoff_hz=draw.near(7000.0, 15000.0), order=2),
            crowd.step(level_db=draw.between(-55.0, -36.0), applause=draw.between(0.0, 0.4), seed=draw.seed()),
            compressor.step(threshold_db=-28.0, ratio=6.0, attack_s=0.005, release_s=0.4, makeup_db=draw.between(5.0, 9.0)),
            clip.step(ceiling_db=-0.5),
        ]
    return list(PRESETS[kind].steps)


def _lossy(draw: _Draw) -> Step:
    kind = draw.pick("mp3", "vorbis", "opus", weights=(0.45, 0.35, 0.2))
    if kind == "mp3":
        rates = ("64", "96", "128", "192", "256", "320")
        return mp3.step(bitrate_kbps=float(draw.pick(*rates, weights=(0.1 * draw.amount, 0.15, 0.25, 0.25, 0.1, 0.15))))
    if kind == "vorbis":
        return vorbis.step(quality=draw.between(0.05, 0.8))
    return opus.step(bitrate_kbps=draw.near(40.0, 192.0))


def _cabinet(draw: _Draw, *kinds: str) -> Step:
    return cabinet.step(kind=draw.pick(*kinds), off_axis=draw.between(0.0, 0.7), seed=draw.seed() % 1000)  # type: ignore[arg-type]


def _shape(draw: _Draw) -> Shape:
    return draw.pick("tanh", "soft", "tube")  # type: ignore[return-value]
