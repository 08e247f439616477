"""One split for the whole project: which song, font, kit, effect and room may teach, may tune, and must never be learnt from.

Origins are paths: ``pop909/001``, ``groove/drummer1/session1/10``, ``openscore_lieder/Schubert,_Franz/...``, ``font/upright_kw``,
``room/007``. The side of an origin is that of its longest listed beginning, so that one line covers a composer or a drummer and another
one takes a single song out again.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from hexachord.errors import InputError
from hexachord.files import read_text

Side = Literal["train", "valid", "held_out"]
SIDES: tuple[Side, ...] = get_args(Side)


@dataclass(frozen=True, kw_only=True)
class Split:
    """Where everything stands: `sides` maps beginnings of origins to a side."""

    sides: Mapping[str, Side]

    def side(self, origin: str) -> Side:
        """Return the side of an origin.

        Raises
        ------
        ValueError : if nothing is said about it: what is not listed is not used.

        Examples
        --------
        >>> split = Split(sides={"groove/drummer1": "train", "groove/drummer1/session1/5": "held_out"})
        >>> split.side("groove/drummer1/session1/10"), split.side("groove/drummer1/session1/5")
        ('train', 'held_out')
        """
        beginning = origin
        while beginning:
            found = self.sides.get(beginning)
            if found is not None:
                return found
            beginning = beginning.rpartition("/")[0]
        raise ValueError(f"the split does not name {origin!r}: add it in training/make_splits.py and run that again")

    def names(self, kind: str, side: Side) -> tuple[str, ...]:
        """Return what is listed under a kind or corpus (``font``, ``pop909``) on one side, without the kind, in order.

        Examples
        --------
        >>> Split(sides={"font/a": "train", "font/b": "held_out"}).names("font", "held_out")
        ('b',)
        """
        beginning = kind + "/"
        return tuple(sorted(name.removeprefix(beginning) for name, at in self.sides.items() if at == side and name.startswith(beginning)))


_BESIDE = Path(__file__).with_name("splits.json")  # in an installed package: the build puts it here
_CHECKOUT = Path(__file__).parents[3] / "training" / "splits.json"


def find_split() -> Path:
    """Return where the project's split lies: in the package when it is installed, else in the checkout's ``training/``.

    Raises
    ------
    InputError : if it is in neither place.
    """
    found = next((path for path in (_BESIDE, _CHECKOUT) if path.is_file()), None)
    if found is None:
        raise InputError(
            _BESIDE,
            found="no such file",
            expected="the project's split, which comes with the package",
            next_step="install hexachord again, or run training/make_splits.py in a clone",
        )
    return found


def load_split(path: str | Path | None = None) -> Split:
    """Read ``splits.json``: ``{kind: {side: [name, ...]}}``.

    Parameters
    ----------
    path : of the file; the project's own when not given (see `find_split`)

    Raises
    ------
    InputError : if there is no such file, if it is no split, or puts one name on two sides.
    """
    path = find_split() if path is None else path
    try:
        content = json.loads(read_text(Path(path), what="a split"))
    except json.JSONDecodeError as error:
        raise InputError(path, found=f"no JSON ({error})", expected="a split written by training/make_splits.py") from error
    sides: dict[str, Side] = {}
    for kind, lists in content.items():
        for side, names in lists.items():
            if side not in SIDES:
                raise InputError(path, found=f"the side {side!r}", expected="train, valid or held_out")
            for name in names:
                origin = f"{kind}/{name}"
                if sides.setdefault(origin, side) != side:
                    raise InputError(path, found=f"{origin} on two sides", expected="one side for everything")
    return Split(sides=sides)
