"""Pages that are served on this machine, for this machine: the extra ``studio`` brings what serves them."""

import importlib.util

from hexachord.errors import MissingExtraError


def need_studio(what: str) -> None:
    """Raise MissingExtraError where the extra ``studio`` is not installed; `what` is the command that wants it."""
    if any(importlib.util.find_spec(module) is None for module in ("fastapi", "uvicorn")):
        raise MissingExtraError(what, extra="studio", need="a local server")
