"""Families of effects: what the split of the data engine keeps apart, so that a network meets what it has never heard.

The split (``training/splits.json``) names families, not functions: one of them may be several effects, and a medium such as a record is a
family although it is made of noise, clicks and a wow. Gains, pans and fades belong to none: they are always allowed.
"""

from hexachord.processing.effects.chain import Chain

FAMILIES: dict[str, str] = {
    "clip": "clipping",
    "parametric_eq": "equalizer",
    "high_pass": "equalizer",
    "low_pass": "equalizer",
    "band_pass": "equalizer",
    "compressor": "compressor",
    "bus_compressor": "compressor",
    "expander": "compressor",
    "gate": "compressor",
    "limiter": "limiter",
    "saturate": "saturation",
    "amplifier": "amplifier",
    "cabinet": "amplifier",
    "chorus": "chorus",
    "doubler": "chorus",
    "vibrato": "chorus",
    "flanger": "flanger",
    "phaser": "phaser",
    "tremolo": "tremolo",
    "rotary": "rotary",
    "wow_flutter": "tape",
    "delay": "delay",
    "network_reverb": "reverb",
    "room": "reverb",
    "band_limit": "bandlimit",
    "vorbis": "codec",
    "opus": "codec",
    "mp3": "codec",
    "noise": "noise",
    "hum": "noise",
    "rumble": "vinyl",
    "crackle": "vinyl",
    "crowd": "crowd",
    "speech": "speech",
}
"""Effect → family, for those that have one."""

EVERYTHING: tuple[str, ...] = tuple(sorted({*FAMILIES.values(), "radio", "phone"}))
"""All families, those of whole media included."""


def families_of(chain: Chain) -> frozenset[str]:
    """Name the families that a chain needs.

    Examples
    --------
    >>> from hexachord.processing.effects.presets import PRESETS
    >>> sorted(families_of(PRESETS["low-bitrate"]))
    ['codec']
    """
    return frozenset(FAMILIES[step.effect] for step in chain.steps if step.effect in FAMILIES)
