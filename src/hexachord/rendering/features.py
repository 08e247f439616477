"""The features of a cache: which ones, by name, as data with an identity, and made of a rendered take.

The definitions themselves are in `hexachord.dsp.features`, where engines use them too.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

import numpy as np

from hexachord.arrays import Float32Array, UInt8Array
from hexachord.dsp.features import Feature, LogConstantQ, LogMel, feature_bytes
from hexachord.errors import InputError

_KINDS: dict[str, type[LogMel] | type[LogConstantQ]] = {"log-mel": LogMel, "log-constant-q": LogConstantQ}


def features_of(audio: Float32Array, rate_hz: int, features: Mapping[str, Feature]) -> dict[str, UInt8Array]:
    """Compute the features of ``(channels, n)`` sound, of the mean of its channels.

    Returns
    -------
    name → (frames, bins) uint8

    Raises
    ------
    ValueError : if a feature wants another rate: takes are rendered at their features' own rate, never resampled.
    """
    wrong = {name: feature.rate_hz for name, feature in features.items() if feature.rate_hz != rate_hz}
    if wrong:
        raise ValueError(f"features at {wrong} Hz of sound at {rate_hz} Hz")
    mono = audio.mean(axis=0, dtype=np.float32)
    return {name: feature_bytes(mono, feature) for name, feature in features.items()}


def feature_to_plain(feature: Feature) -> dict[str, Any]:
    """Return a definition as plain data, with its kind.

    Examples
    --------
    >>> feature_to_plain(LogMel())["kind"], feature_from_plain(feature_to_plain(LogMel())) == LogMel()
    ('log-mel', True)
    """
    kind = next(name for name, known in _KINDS.items() if isinstance(feature, known))
    return {"kind": kind, **asdict(feature)}


def feature_from_plain(plain: Mapping[str, Any], *, source: str = "feature") -> Feature:
    """Build a definition from plain data.

    Raises
    ------
    InputError : for an unknown kind or field.
    """
    kind = _KINDS.get(plain.get("kind", ""))
    if kind is None:
        raise InputError(source, found=f"a feature of kind {plain.get('kind')!r}", expected=" or ".join(_KINDS))
    values = {name: value for name, value in plain.items() if name != "kind"}
    known = {f.name for f in fields(kind)}
    if not values.keys() <= known:
        raise InputError(source, found=f"unknown fields {sorted(values.keys() - known)}", expected="one of " + ", ".join(sorted(known)))
    return kind(**values)


def feature_identity(feature: Feature) -> str:
    """Hash a definition: two networks' inputs are the same if and only if this is; a model's card names it.

    Examples
    --------
    >>> feature_identity(LogMel()) == feature_identity(LogMel(hop=441)), feature_identity(LogMel()) == feature_identity(LogMel(hop=220))
    (True, False)
    """
    return identity_of(feature_to_plain(feature))


def identity_of(plain: object) -> str:
    """Hash plain data: sixteen hexadecimal digits of SHA-256 of its canonical JSON."""
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
