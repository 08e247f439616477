"""A first argument that is no command is a song."""

import difflib
import os
from collections.abc import Sequence
from pathlib import Path

from hexachord.errors import InputError

_ROOT_OPTIONS = ("-h", "--help", "--version")


def route(arguments: Sequence[str], *, commands: Sequence[str]) -> list[str]:
    """Put ``song`` in front when the first argument is a path or an option of that command.

    Raises
    ------
    InputError : if it is neither a command nor a file but looks like a mistyped command.

    Examples
    --------
    >>> route(["waltz.flac", "--json"], commands=["song", "listen"])
    ['song', 'waltz.flac', '--json']
    >>> route(["listen", "waltz.flac"], commands=["song", "listen"])
    ['listen', 'waltz.flac']
    """
    arguments = list(arguments)
    if not arguments or arguments[0] in _ROOT_OPTIONS or arguments[0] in commands:
        return arguments
    first = arguments[0]
    is_word = not first.startswith("-") and not Path(first).suffix and os.sep not in first
    if is_word and not os.path.lexists(first):
        close = difflib.get_close_matches(first, commands, n=1)
        if close or len(arguments) > 1:
            meant = f"did you mean 'hexachord {close[0]}'?" if close else "see hexachord --help"
            raise InputError(first, found="neither a command nor a file", next_step=meant)
    return ["song", *arguments]
