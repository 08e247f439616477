"""What a recipe is: an assignment described in one small file.

A recipe says what its data look like, how they are split, what is computed or trained, what it is measured by, and what is handed in; its
options are a frozen dataclass, each field annotated with a `Setting`; its work is a function named by a string, so that listing recipes
loads none of it. A new recipe is a module with a `RECIPE` beside `hexachord.journeys.recipes.piano` and its line in
`hexachord.journeys.recipes.registry`: the command line makes its command from these alone.
"""

import importlib
import importlib.util
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hexachord.errors import MissingExtraError

if TYPE_CHECKING:
    from hexachord.journeys.pipeline import Listener


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What the command line says of an option, in the annotation of a field: ``steps: Annotated[int, Setting(help="...", least=1)]``.

    Attributes
    ----------
    help : one sentence
    least, most : of numbers
    metavar : how its value is called, where its type does not say it
    flag : another name than the field's, as ``--top-k``
    """

    help: str
    least: float | None = None
    most: float | None = None
    metavar: str = ""
    flag: str = ""


@dataclass(frozen=True, kw_only=True)
class Cooked:
    """What a recipe made.

    Attributes
    ----------
    folder : where it is
    report : the page to open
    numbers : what was measured, by name
    lines : the same in words, a line each
    files : what was written, paths below the folder
    """

    folder: Path
    report: Path
    numbers: Mapping[str, Any] = field(default_factory=dict)
    lines: tuple[str, ...] = ()
    files: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return plain data."""
        return {"folder": str(self.folder), "report": str(self.report), "numbers": dict(self.numbers), "files": list(self.files)}


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """An assignment.

    Attributes
    ----------
    name : of the command
    title : in one line
    dataset : the layouts it takes
    split : what is learnt from and what is judged on
    model : features and model
    metrics : what it is measured by
    submission : what is handed in
    options : a frozen dataclass whose defaults are the recipe's; a field ``data`` without a default is the folder
    target : ``module:function`` of (options, out, listener) that does the work
    modules, extra : what must be installed for it, and the optional part that brings it
    """

    name: str
    title: str
    dataset: str
    split: str
    model: str
    metrics: tuple[str, ...]
    submission: str
    options: type
    target: str
    modules: tuple[str, ...] = ()
    extra: str = ""

    def __post_init__(self) -> None:
        if not is_dataclass(self.options):
            raise TypeError(f"the options of {self.name} are a dataclass")

    @property
    def option_names(self) -> tuple[str, ...]:
        """The names of its options."""
        return tuple(each.name for each in fields(self.options))

    @property
    def available(self) -> bool:
        """Whether everything it needs is installed."""
        return all(importlib.util.find_spec(module) is not None for module in self.modules)

    def cook(self, options: Any, out: Path, *, listener: "Listener | None" = None) -> Cooked:
        """Do the work.

        Parameters
        ----------
        options : an instance of `options`
        out : the folder of the run; what an earlier one left there is taken up again
        listener : hears how far it is

        Raises
        ------
        MissingExtraError : if an optional part is absent.
        InputError : if the data cannot be used, or the folder is not a run of this recipe.
        """
        if not self.available:
            missing = ", ".join(module for module in self.modules if importlib.util.find_spec(module) is None)
            raise MissingExtraError(f"recipe {self.name}", extra=self.extra, need=f"training ({missing} not installed)")
        module, _, name = self.target.partition(":")
        work: Callable[..., Cooked] = getattr(importlib.import_module(module), name)
        return work(options, out, listener=listener)
