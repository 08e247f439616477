"""The shelf of music for one side of the split: what is there, read when asked for, the latest pieces kept."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from hexachord.errors import InputError
from hexachord.rendering.billboard import billboard_names, read_billboard
from hexachord.rendering.chorales import chorale_names, read_chorale
from hexachord.rendering.drum_patterns import pattern_names, read_pattern
from hexachord.rendering.giantmidi import giantmidi_names, read_giantmidi
from hexachord.rendering.groove import GrooveRow, groove_rows, read_groove
from hexachord.rendering.lieder import lieder_names, read_lied
from hexachord.rendering.musetrainer import musetrainer_names, read_musetrainer
from hexachord.rendering.music import Piece
from hexachord.rendering.openewld import openewld_names, read_openewld
from hexachord.rendering.pop909 import read_pop909
from hexachord.rendering.split import Side, Split


def _pop909_names(folder: Path) -> tuple[str, ...]:
    return tuple(sorted(path.name for path in folder.iterdir() if path.is_dir()))


def _groove_names(folder: Path) -> tuple[str, ...]:
    return tuple(sorted(groove_rows(folder)))


CORPORA: dict[str, tuple[Callable[[Path], tuple[str, ...]], Callable[[Path, str], Piece]]] = {
    "pop909": (_pop909_names, read_pop909),
    "groove": (_groove_names, read_groove),
    "openscore_lieder": (lieder_names, read_lied),
    "openewld": (openewld_names, read_openewld),
    "billboard": (billboard_names, read_billboard),
    "giantmidi": (giantmidi_names, read_giantmidi),
    "musetrainer": (musetrainer_names, read_musetrainer),
    "jsb_chorales": (chorale_names, read_chorale),
    "drum_machine_patterns": (pattern_names, read_pattern),
}
"""What the engine draws from: how a corpus lists its pieces, and how it reads one."""

_KEPT = 512


@dataclass(frozen=True, kw_only=True, eq=False)
class Shelf:
    """The pieces of one side. `data` is the folder that holds ``train/``; nothing else of it is read."""

    data: Path
    split: Split
    side: Side = "train"
    _names: dict[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    _pieces: OrderedDict[tuple[str, str], Piece] = field(default_factory=OrderedDict, repr=False)

    def folder(self, corpus: str) -> Path:
        """Return where a corpus lies."""
        return self.data / "train" / corpus

    def names(self, corpus: str) -> tuple[str, ...]:
        """Return the pieces of a corpus on this side, in order; none where the corpus is not there.

        Raises
        ------
        InputError : if there is no ``train`` folder at all.
        """
        if corpus not in self._names:
            if not (self.data / "train").is_dir():
                raise InputError(self.data, found="no folder train/", expected="the folder of real music", next_step="set HEXACHORD_DATA")
            folder = self.folder(corpus)
            listed = CORPORA[corpus][0](folder) if folder.is_dir() else ()
            self._names[corpus] = tuple(name for name in listed if self.split.side(f"{corpus}/{name}") == self.side)
        return self._names[corpus]

    def piece(self, corpus: str, name: str) -> Piece:
        """Read a piece, or recall it.

        Raises
        ------
        ValueError : if the piece stands on another side.
        """
        origin = f"{corpus}/{name}"
        if self.split.side(origin) != self.side:
            raise ValueError(f"{origin} is on the side {self.split.side(origin)}, this shelf is {self.side}")
        known = self._pieces.get((corpus, name))
        if known is None:
            known = CORPORA[corpus][1](self.folder(corpus), name)
            self._pieces[corpus, name] = known
            if len(self._pieces) > _KEPT:
                self._pieces.popitem(last=False)
        else:
            self._pieces.move_to_end((corpus, name))
        return known

    def grooves(self) -> tuple[GrooveRow, ...]:
        """Return the index lines of the drummers' takes on this side."""
        names = self.names("groove")
        rows = groove_rows(self.folder("groove")) if names else {}
        return tuple(rows[name] for name in names)
