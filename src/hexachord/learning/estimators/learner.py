"""What a learner is: a name, the settings that it knows, how it is made, and what an inner search should try."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from hexachord.errors import InputError, MissingExtraError

Value = bool | int | float | str | None | tuple[int, ...]
Settings = Mapping[str, Value]

_NO_SETTINGS: Settings = {}


@dataclass(frozen=True, kw_only=True)
class Size:
    """What a grid may depend on: rows and columns to learn from, and how many classes they have."""

    rows: int
    columns: int
    classes: int


@dataclass(frozen=True, kw_only=True)
class Learner:
    """A named way to learn.

    Attributes
    ----------
    name, about : as in tables and in ``--model``
    task : ``classes``, ``numbers`` (regression) or ``one class``
    defaults : every setting it knows
    build : makes an estimator of all settings and a seed
    candidates : what to try, by size
    """

    name: str
    about: str
    defaults: Settings
    build: Callable[[Settings, int], Any]
    candidates: Callable[[Size], tuple[Settings, ...]] = lambda size: ({},)
    task: str = "classes"

    def make(self, options: Settings = _NO_SETTINGS, *, seed: int = 0) -> Any:
        """Make an unfitted estimator: the same settings and seed give the same model.

        Raises
        ------
        InputError : for a setting that it does not know.
        MissingExtraError : without scikit-learn.
        """
        for name in options:
            if name not in self.defaults:
                raise InputError(
                    f"learner {self.name}",
                    found=f"the setting {name!r}",
                    expected=", ".join(sorted(self.defaults)) or "none",
                    next_step="check its spelling",
                )
        require_scikit_learn(f"learner {self.name}")
        return self.build({**self.defaults, **options}, seed)

    def grid(self, *, rows: int, columns: int, classes: int) -> tuple[Settings, ...]:
        """Give what an inner search should try, at least one."""
        return self.candidates(Size(rows=rows, columns=columns, classes=classes))


def require_scikit_learn(subject: str) -> None:
    """Say what to install where scikit-learn is absent.

    Raises
    ------
    MissingExtraError : if it is.
    """
    try:
        import sklearn  # noqa: F401
    except ImportError as error:
        raise MissingExtraError(subject, extra="learn", need="scikit-learn") from error


def settings_grid(values: Mapping[str, tuple[Value, ...]]) -> tuple[Settings, ...]:
    """Give every combination of these values, the last name's changing fastest.

    Examples
    --------
    >>> settings_grid({"C": (1, 10), "gamma": (0.1,)})
    ({'C': 1, 'gamma': 0.1}, {'C': 10, 'gamma': 0.1})
    """
    return tuple(dict(zip(values, choice, strict=True)) for choice in product(*values.values()))
