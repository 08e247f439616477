"""Chains of effects: what is done to a sound, as data that can be read, stored and done again."""

import inspect
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np

from hexachord.arrays import Float32Array, FloatArray
from hexachord.errors import InputError
from hexachord.files import read_text
from hexachord.processing.effects import (
    amplifier,
    codecs,
    delay,
    dynamics,
    equalizer,
    levels,
    modulation,
    noises,
    rates,
    reverberation,
    saturation,
    speaking,
)
from hexachord.processing.effects.effect import Effect, Processor, Series, Step, as_channels, run

__all__ = ["EFFECTS", "Chain", "Step", "chain_from_json", "load_chain"]

EFFECTS: dict[str, Effect[Any]] = {
    one.name: one
    for one in (
        levels.gain,
        levels.polarity,
        levels.pan,
        levels.width,
        levels.clip,
        levels.gain_curve,
        levels.duck,
        levels.silence_gaps,
        levels.fade,
        equalizer.parametric_eq,
        equalizer.high_pass,
        equalizer.low_pass,
        equalizer.band_pass,
        dynamics.compressor,
        dynamics.bus_compressor,
        dynamics.expander,
        dynamics.gate,
        dynamics.limiter,
        saturation.saturate,
        amplifier.amplifier,
        amplifier.cabinet,
        modulation.chorus,
        modulation.doubler,
        modulation.flanger,
        modulation.phaser,
        modulation.tremolo,
        modulation.vibrato,
        modulation.rotary,
        modulation.wow_flutter,
        delay.delay,
        reverberation.network_reverb,
        reverberation.room,
        rates.band_limit,
        codecs.vorbis,
        codecs.opus,
        codecs.mp3,
        noises.noise,
        noises.hum,
        noises.rumble,
        noises.crackle,
        noises.crowd,
        speaking.speech,
    )
}
"""All effects by name."""


@dataclass(frozen=True, kw_only=True)
class Chain:
    """Effects one after the other.

    Attributes
    ----------
    name : what it is called
    steps : the effects, in order
    about : one line for those who choose
    """

    name: str
    steps: tuple[Step, ...]
    about: str = ""

    def __call__(self, samples: FloatArray, rate_hz: int) -> Float32Array:
        """Treat a whole signal, ``(channels, n)`` or ``(n,)``."""
        signal = as_channels(samples)
        treated = run(self.processor(rate_hz, signal.shape[0]), signal)
        return treated[0] if samples.ndim == 1 and treated.shape[0] == 1 else treated

    def processor(self, rate_hz: int, channels: int) -> Processor:
        """Start a processor for blocks of so many channels."""
        processors: list[Processor] = []
        now = channels
        for step in self.steps:
            processors.append(EFFECTS[step.effect].processor(rate_hz, now, **step.parameters))
            now = processors[-1].channels
        return Series(processors, channels)

    @property
    def streams(self) -> bool:
        """Whether long files go through block by block; else they must fit into memory."""
        return all(EFFECTS[step.effect].streams for step in self.steps)

    def to_json(self) -> dict[str, Any]:
        """The chain as plain data, with the parameters that it sets."""
        steps = [{"effect": step.effect, **{name: _plain(value) for name, value in step.parameters.items()}} for step in self.steps]
        return {"name": self.name, "about": self.about, "steps": steps}

    def then(self, other: "Chain", *, name: str = "") -> "Chain":
        """This chain, and another after it."""
        return Chain(name=name or f"{self.name}, {other.name}", steps=self.steps + other.steps)


def chain_from_json(document: Any, *, source: str = "chain", try_out: bool = True) -> Chain:
    """Read what `Chain.to_json` wrote.

    Parameters
    ----------
    source : where it is from, for errors
    try_out : start the effects, so that a value which does not fit is found here; long rooms take their time

    Raises
    ------
    InputError : if an effect or a parameter is unknown, or a value is not one that the effect takes.
    """
    if not isinstance(document, Mapping) or not isinstance(document.get("steps"), list):
        raise InputError(source, found="no chain of effects", expected='{"name": ..., "steps": [{"effect": ...}, ...]}')
    steps = tuple(_step(entry, f"{source}, step {index + 1}") for index, entry in enumerate(document["steps"]))
    chain = Chain(name=str(document.get("name", "")), steps=steps, about=str(document.get("about", "")))
    if not try_out:
        return chain
    try:
        chain.processor(44100, 2).process(np.zeros((2, 8), dtype=np.float32))
    except (TypeError, ValueError, KeyError) as error:
        raise InputError(source, found=f"a value that does not fit ({error})", next_step="see `hexachord transform fx --list`") from error
    return chain


def load_chain(path: str | Path) -> Chain:
    """Read a chain from a JSON file.

    Raises
    ------
    InputError : if the file is not a chain of effects.
    """
    try:
        document = json.loads(read_text(path, what="a chain of effects"))
    except json.JSONDecodeError as error:
        raise InputError(path, found=f"no JSON ({error})", expected="a chain of effects") from error
    return chain_from_json(document, source=str(path))


def parameters_of(name: str) -> dict[str, Any]:
    """The parameters of an effect and what they are when nobody sets them.

    Examples
    --------
    >>> parameters_of("gain")
    {'gain_db': 0.0}
    """
    signature = inspect.signature(EFFECTS[name]._start)
    return {key: value.default for key, value in signature.parameters.items() if value.kind is inspect.Parameter.KEYWORD_ONLY}


def _step(entry: Any, source: str) -> Step:
    if not isinstance(entry, Mapping) or entry.get("effect") not in EFFECTS:
        name = entry.get("effect") if isinstance(entry, Mapping) else entry
        raise InputError(source, found=f"the effect {name!r}", expected=f"one of {', '.join(EFFECTS)}")
    known = parameters_of(entry["effect"])
    parameters: dict[str, Any] = {}
    for name, value in entry.items():
        if name == "effect":
            continue
        if name not in known:
            raise InputError(source, found=f"the parameter {name!r}", expected=f"one of {', '.join(known)}")
        if name == "bands":
            try:
                value = tuple(equalizer.Band(**band) for band in value)
            except TypeError as error:
                raise InputError(source, found=f"a band that does not fit ({error})") from error
        parameters[name] = tuple(value) if isinstance(value, list) else value
    return Step(entry["effect"], parameters)


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value.item() if isinstance(value, np.generic) else value
