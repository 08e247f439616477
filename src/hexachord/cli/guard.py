"""Every error becomes words and an exit code; a traceback is for those who ask with --debug."""

import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from hexachord.errors import InputError

OK, BUG, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130


class Interrupted(Exception):
    """Ctrl-C, carried past the command-line library, which would make an exit code of its own of it."""


def guard(command: Callable[[], Any], *, arguments: Sequence[str], debug: bool) -> int:
    """Run a command and return the exit code; what went wrong is said on standard error, and as JSON too when `--json` asked for it."""
    if debug:
        return _guarded(command, arguments=arguments, debug=True)
    with native_chatter_silenced():
        return _guarded(command, arguments=arguments, debug=False)


@contextmanager
def native_chatter_silenced() -> Iterator[None]:
    """Keep C libraries off standard error (mp3 decoders comment on every odd frame there); Python's own messages still arrive."""
    ours = sys.stderr
    try:
        is_shared = ours.fileno() == 2
        ours.flush()
        saved = os.dup(2)
    except (AttributeError, OSError, ValueError):  # there is no standard error to keep apart
        yield
        return
    if is_shared:
        sys.stderr = os.fdopen(os.dup(2), "w", buffering=1, encoding=ours.encoding, errors=ours.errors)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)
    try:
        yield
    finally:
        if is_shared:
            sys.stderr.close()
            sys.stderr = ours
        os.dup2(saved, 2)
        os.close(saved)


def _guarded(command: Callable[[], Any], *, arguments: Sequence[str], debug: bool) -> int:
    try:
        command()
    except SystemExit as done:
        return done.code if isinstance(done.code, int) else (OK if done.code is None else BUG)
    except (Interrupted, KeyboardInterrupt):
        return _leave("stopped; run the same command again to go on where it ended")
    except BrokenPipeError:  # the reader (head, less) went away: not an error
        _silence_stdout()
        return OK
    except InputError as error:
        if debug:
            _traceback()
        _say(f"error: {error}")
        _say_json(arguments, "input", error)
        return BAD_INPUT
    except Exception as error:
        if debug:
            _traceback()
        _say(f"bug: {type(error).__name__}: {error}")
        _say("This is a bug in hexachord. Run the command again with --debug and report what it prints, with `hexachord doctor --json`.")
        _say_json(arguments, "bug", error)
        return BUG
    return OK


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _say_json(arguments: Sequence[str], kind: str, error: Exception) -> None:
    if "--json" in arguments:
        document: dict[str, Any] = {"kind": kind, "message": str(error)}
        if isinstance(error, InputError):
            document |= {"subject": error.subject, "found": error.found, "expected": error.expected, "next_step": error.next_step}
        print(json.dumps({"error": document}, ensure_ascii=False), flush=True)


def _traceback() -> None:
    import traceback

    traceback.print_exc()


def _leave(message: str) -> int:
    """End at once: worker threads may be in the middle of a long computation, and everything on disk is consistent at any time."""
    _say(message)
    sys.stdout.flush()
    import threading

    if threading.active_count() > 1:
        os._exit(INTERRUPTED)
    return INTERRUPTED


def _silence_stdout() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
