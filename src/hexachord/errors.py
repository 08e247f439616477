"""What went wrong, in words a user can act on.

Every error that bad input can cause is an `InputError`: it names the thing, what was found, what was expected and the next step.
The command line prints it without a traceback and exits with 2. Anything else that escapes is a bug of ours and exits with 1.
"""

from pathlib import Path
from typing import Any


class HexachordError(Exception):
    """Base of every error this library raises on purpose; whole again after a journey between processes."""

    def __reduce__(self) -> tuple[Any, ...]:
        return _recalled, (type(self), self.args, self.__dict__)


def _recalled(kind: type[HexachordError], args: tuple[Any, ...], attributes: dict[str, Any]) -> HexachordError:
    error = kind.__new__(kind, *args)  # not made again by __init__: what it is told is not what `args` keeps
    error.__dict__.update(attributes)
    return error


class InputError(HexachordError):
    """Bad input, named.

    Parameters
    ----------
    subject : the file, folder or option that is at fault
    found : what was found there
    expected : what would have been right (optional)
    next_step : what the user can do now (optional)

    Examples
    --------
    >>> print(InputError("song.mp3", found="plain text", expected="audio", next_step="check the file's name"))
    song.mp3: found plain text; expected audio. Next: check the file's name.
    """

    def __init__(self, subject: str | Path, *, found: str, expected: str = "", next_step: str = "") -> None:
        self.subject = str(subject)
        self.found = found
        self.expected = expected
        self.next_step = next_step
        text = f"{self.subject}: found {found}"
        if expected:
            text += f"; expected {expected}"
        text += "."
        if next_step:
            text += f" Next: {next_step}."
        super().__init__(text)


class MissingExtraError(InputError):
    """An optional dependency is needed and absent; the message names the extra that brings it."""

    def __init__(self, subject: str | Path, *, extra: str, need: str) -> None:
        self.extra = extra
        super().__init__(subject, found=f"{need}, which needs the optional part '{extra}'", next_step=f"pip install 'hexachord[{extra}]'")


class OutputError(InputError):
    """A result could not be written: folder not writable, disk full. Nothing half-written stays behind."""
