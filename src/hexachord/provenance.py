"""Where a result came from: source, version, parameters, engine and licence."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from hexachord._version import __version__


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """The trail of one result.

    `source_sha256` is the hash of the file the result was made from; `engine` the registry name (``beats/dp``);
    `parameters` what differed from the defaults; `model` and `model_licence` name a network, when one ran.
    """

    source: str = ""
    source_sha256: str = ""
    engine: str = ""
    version: str = __version__
    parameters: Mapping[str, str | int | float | bool | None] = field(default_factory=dict)
    model: str = ""
    model_licence: str = ""
