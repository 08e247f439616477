"""Sounds worth keeping: a byte-bounded store that forgets what was not asked for longest."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TypeVar, cast

Kept = TypeVar("Kept")


class SoundCache:
    """A least-recently-used store bounded in bytes.

    What is thrown out here may live on in the voices that still sound with it; it is only computed anew when asked for again.

    Examples
    --------
    >>> cache = SoundCache(max_bytes=100)
    >>> cache.keep("a", "first", n_bytes=60); cache.keep("b", "second", n_bytes=60)
    >>> cache.find("a"), cache.find("b")
    (None, 'second')
    """

    def __init__(self, *, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self.held_bytes = 0
        self._entries: OrderedDict[Hashable, tuple[object, int]] = OrderedDict()

    def find(self, key: Hashable) -> object | None:
        """What is kept under `key`, which is now the most recent; None when there is nothing."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        self._entries.move_to_end(key)
        return entry[0]

    def keep(self, key: Hashable, value: object, *, n_bytes: int) -> None:
        """Keep `value`, forget the oldest others until the bytes fit; the newest stays even when it alone is too large."""
        self.forget(key)
        self._entries[key] = (value, n_bytes)
        self.held_bytes += n_bytes
        while self.held_bytes > self.max_bytes and len(self._entries) > 1:
            _, (_, freed) = self._entries.popitem(last=False)
            self.held_bytes -= freed

    def forget(self, key: Hashable) -> None:
        """Drop what is kept under `key`, if anything is."""
        entry = self._entries.pop(key, None)
        if entry is not None:
            self.held_bytes -= entry[1]

    def find_or_make(self, key: Hashable, make: Callable[[], Kept], size: Callable[[Kept], int]) -> Kept:
        """What is kept under `key`, made and kept first when there is nothing. A key stands for one type of value."""
        found = self.find(key)
        if found is not None:
            return cast(Kept, found)
        made = make()
        self.keep(key, made, n_bytes=size(made))
        return made
