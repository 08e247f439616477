"""Options of extraction and pooling as words, so that a table or a model can say how its columns came about, and they be made again."""

import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from hexachord.errors import InputError
from hexachord.learning.features.extraction import ExtractionOptions
from hexachord.learning.features.pooling import FrameChoice, PoolingOptions


def options_to_json(options: ExtractionOptions | PoolingOptions) -> str:
    """Write options as JSON in one line.

    Examples
    --------
    >>> options_to_json(ExtractionOptions(families=("timbre",)))
    '{"families": ["timbre"], "rate_hz": 22050, "silence_dbfs": -80.0}'
    """
    return json.dumps(asdict(options))


def extraction_from_json(text: str, *, source: str) -> ExtractionOptions:
    """Read what `options_to_json` wrote.

    Parameters
    ----------
    source : what an error names

    Raises
    ------
    InputError : if it is something else.
    """
    plain = _plain(text, ExtractionOptions, source)
    try:
        return ExtractionOptions(**plain | {"families": tuple(plain.get("families", ()))})
    except TypeError as error:
        raise _strange(source, str(error)) from error


def pooling_from_json(text: str, *, source: str) -> PoolingOptions:
    """Read what `options_to_json` wrote.

    Parameters
    ----------
    source : what an error names

    Raises
    ------
    InputError : if it is something else, or a statistic is not known.

    Examples
    --------
    >>> pooling_from_json('{"statistics": ["mean"], "chunk_s": 5.0}', source="model.npz").chunk_s
    5.0
    """
    plain = _plain(text, PoolingOptions, source)
    try:
        found: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in plain.items()}
        if "choices" in found:
            found["choices"] = tuple(FrameChoice(**choice) for choice in found["choices"])
        return PoolingOptions(**found)
    except TypeError as error:
        raise _strange(source, str(error)) from error


def _plain(text: str, kind: type, source: str) -> dict[str, Any]:
    try:
        plain = json.loads(text)
    except json.JSONDecodeError as error:
        raise _strange(source, error.msg) from error
    known = {field.name for field in fields(kind)}
    if not isinstance(plain, Mapping) or set(plain) - known:
        raise _strange(source, f"{', '.join(sorted(set(plain) - known))[:60]!r}" if isinstance(plain, Mapping) else "no object")
    return dict(plain)


def _strange(source: str, why: str) -> InputError:
    return InputError(
        source, found=f"options of features that are none ({why})", expected="those that a table was made by", next_step="make it again"
    )
