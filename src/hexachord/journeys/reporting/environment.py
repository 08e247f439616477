"""Which versions made a report: what has to be the same for the same numbers."""

import platform
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version

from hexachord._version import __version__


def environment(packages: Iterable[str]) -> dict[str, str]:
    """Name the versions of Python, of this library and of packages; one that is absent says so.

    Examples
    --------
    >>> environment(["no-such-package"])["no-such-package"]
    'not installed'
    """
    found = {"python": platform.python_version(), "hexachord": __version__}
    for name in packages:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found
