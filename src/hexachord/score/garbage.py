"""Building large trees without the garbage collector looking over one's shoulder."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collection_paused() -> Iterator[None]:
    """Pause cyclic garbage collection while many objects without cycles are made.

    A score or its XML is hundreds of thousands of small objects that all stay; the collector would walk them again and again (a third
    of the reading time). Reference counting frees memory meanwhile, as ever. Nested or parallel use leaves the collector on at the end.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
