"""Engines: named, interchangeable implementations of one job, each with a card.

A package lists its engines in a plain tuple (`ENGINES`); nothing registers itself at import and nothing is loaded before it is asked
for, because an engine's code is named by a string (``"hexachord.audio_analysis.beats:track_beats"``). All engines of one task share a
signature; the result says which one ran.
"""

import importlib
import importlib.util
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from hexachord.errors import InputError, MissingExtraError


@dataclass(frozen=True, kw_only=True)
class Card:
    """What a user should know before trusting an engine: what it is, its source, licence, training data, numbers and limits."""

    summary: str
    source: str = ""
    licence: str = "MIT"
    data: str = "none: no training"
    limits: str = ""
    numbers: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Engine:
    """One way of doing a task.

    `name` is ``task/method`` (``beats/dynamic-programming``); `target` is ``module:function``; `version` changes when results
    change, so caches know; `modules` are importable names it needs and `extra` the optional part that brings them, or `install` the
    command that does, where they are nobody's part but the user's.
    """

    name: str
    target: str
    card: Card
    version: str = "1"
    modules: tuple[str, ...] = ()
    extra: str = ""
    install: str = ""

    @property
    def task(self) -> str:
        """The job this engine does, the part of its name before the slash."""
        return self.name.partition("/")[0]

    @property
    def available(self) -> bool:
        """Whether everything it needs is installed."""
        return all(importlib.util.find_spec(module) is not None for module in self.modules)

    def load(self) -> Callable[..., Any]:
        """Import and return the function.

        Raises
        ------
        MissingExtraError : if an optional part is absent.
        InputError : if a package that the user may install is.
        """
        if not self.available and self.install:
            raise InputError(self.name, found=f"an engine whose package is not installed ({self.card.licence})", next_step=self.install)
        if not self.available:
            raise MissingExtraError(self.name, extra=self.extra, need="an engine that is not installed")
        module, _, function = self.target.partition(":")
        loaded: Callable[..., Any] = getattr(importlib.import_module(module), function)
        return loaded


def pick_engine(engines: Iterable[Engine], *, task: str, name: str | None = None) -> Engine:
    """Pick an engine by task: the first listed is the default, a name (with or without ``task/``) chooses another.

    Raises
    ------
    InputError : if there is no such engine; the message lists those there are.
    """
    candidates = [engine for engine in engines if engine.task == task]
    if not candidates:
        raise ValueError(f"no engine is listed for the task {task!r}")
    if name is None:
        return candidates[0]
    wanted = name if "/" in name else f"{task}/{name}"
    for engine in candidates:
        if engine.name == wanted:
            return engine
    names = ", ".join(engine.name for engine in candidates)
    raise InputError(f"--engine {name}", found=f"no such engine for {task}", expected=f"one of {names}")
