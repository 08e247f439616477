"""Which accidentals a page shows: the state of each staff, line and space through a bar."""

from collections.abc import Iterable

from hexachord.score.model import Note

_SHARP_ORDER = "FCGDAEB"
ACCIDENTAL_NAMES: dict[int, str] = {
    -3: "triple-flat", -2: "flat-flat", -1: "flat", 0: "natural", 1: "sharp", 2: "double-sharp", 3: "triple-sharp",
}  # fmt: skip


def key_alters(fifths: int) -> dict[str, int]:
    """What a key signature does to each step.

    Examples
    --------
    >>> key_alters(-2)
    {'B': -1, 'E': -1}
    """
    if fifths >= 0:
        return {_SHARP_ORDER[place % 7]: 1 + place // 7 for place in range(fifths)}
    return {_SHARP_ORDER[6 - place % 7]: -1 - place // 7 for place in range(-fifths)}


class AccidentalState:
    """Decides note by note, in time order within a bar, whether an accidental must be drawn.

    An accidental holds for its line or space of its staff until the bar line. A note tied over the bar line needs none and sets none.
    """

    def __init__(self) -> None:
        self._signature: dict[str, int] = {}
        self._shown: dict[tuple[int, str, int], int] = {}

    def start_bar(self) -> None:
        """Forget the accidentals of the bar before."""
        self._shown.clear()

    def set_key(self, fifths: int) -> None:
        """Change the signature; what the bar has shown so far no longer counts."""
        self._signature = key_alters(fifths)
        self._shown.clear()

    def needed(self, staff: int, step: str, alter: int, octave: int, *, tied: bool) -> str:
        """The accidental to draw, by its MusicXML name, or an empty string."""
        place = (staff, step, octave)
        current = self._shown.get(place)
        if current is None:
            current = self._signature.get(step, 0)
        if tied or current == alter:
            return ""
        self._shown[place] = alter
        return ACCIDENTAL_NAMES.get(alter, "")


def time_order(notes: Iterable[Note]) -> list[Note]:
    """Notes in the order in which accidentals take effect: by onset, grace notes first."""
    return sorted(notes, key=lambda note: (note.onset, not note.grace))
