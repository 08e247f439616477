"""Steps: what identifies a piece of work on a song, and what it found."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from hexachord._version import __version__
from hexachord.knowledge.json_format import from_plain
from hexachord.knowledge.model import Knowledge

Scalar = str | int | float | bool | None


@dataclass(frozen=True, kw_only=True)
class Step:
    """What identifies a step's result, beside the song itself."""

    name: str
    engine: str
    engine_version: str = "1"
    parameters: Mapping[str, Scalar] = field(default_factory=dict)
    upstream: Mapping[str, str] = field(default_factory=dict)  # step name -> key

    def key(self, source_sha256: str) -> str:
        """Hash the identity; the library's version is part of it, since engines share code that has no version of its own.

        Examples
        --------
        >>> Step(name="beats", engine="beats/dp").key("00") == Step(name="beats", engine="beats/dp", parameters={"a": 1}).key("00")
        False
        """
        identity = [__version__, self.name, self.engine, self.engine_version, dict(self.parameters), dict(self.upstream), source_sha256]
        return hashlib.sha256(json.dumps(identity, sort_keys=True, allow_nan=False).encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class StepResult:
    """What a step found: observations (fields of `Knowledge`), files it wrote (relative to the folder), and plain facts for later steps."""

    observations: Mapping[str, Any] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    facts: Mapping[str, Scalar] = field(default_factory=dict)


def merge_observations(knowledge: Knowledge, observations: Mapping[str, Any]) -> Knowledge:
    """Return knowledge with more fields filled; descriptors and tags are added to what is there."""
    changes = dict(observations)
    if "descriptors" in changes:
        changes["descriptors"] = {**knowledge.descriptors, **changes["descriptors"]}
    if "tags" in changes:
        changes["tags"] = (*knowledge.tags, *changes["tags"])
    return replace(knowledge, **changes)


def read_observations(plain: Mapping[str, Any], *, source: str) -> dict[str, Any]:
    """Turn the plain data of a record back into observations; raises InputError when they are damaged."""
    partial = from_plain(Knowledge, {"duration_s": 0.0, **plain}, source=source)
    return {name: getattr(partial, name) for name in plain}
