"""Folders of MIDI: which files are songs, in the layouts that people have.

A folder may hold anything; two data sets have more than one file for a song, and only one of them is to be learnt from. *Pop1K7* (Hsiao et
al., "Compound Word Transformer", AAAI 2021) keeps every song up to three times: ``midi_transcribed`` as it was played,
``midi_synchronized`` with a tempo map laid through its beats, and ``midi_analyzed`` with chords as markers and the melody once more as a
track of its own. *POP909* (Wang et al., ISMIR 2020) has a folder for each song, with annotated beats beside it and other versions below.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from hexachord.errors import InputError

Layout = Literal["plain", "pop1k7", "pop909"]

_SUFFIXES = (".mid", ".midi")
_POP1K7 = ("midi_analyzed", "midi_synchronized", "midi_transcribed")
"""Folders of Pop1K7, the best first."""


@dataclass(frozen=True, kw_only=True)
class MidiFolder:
    """Songs of a folder.

    Attributes
    ----------
    root : the folder
    layout : what kind of folder it is
    files : paths below it, in order
    note : what was chosen of it, in words; empty where there was nothing to choose
    """

    root: Path
    layout: Layout
    files: tuple[Path, ...]
    note: str = ""

    def name(self, path: Path) -> str:
        """What a song is called: its path below the folder, without the suffix; in POP909 that of its own folder."""
        below = path.parent if self.layout == "pop909" else path.with_suffix("")
        return below.relative_to(self.root).as_posix() if below != self.root else path.stem


def find_midi(folder: str | Path) -> MidiFolder:
    """List the songs of a folder and of those in it.

    Raises
    ------
    InputError : if there is no such folder, or no MIDI in it.
    """
    root = Path(folder)
    if not root.is_dir():
        found = "a file" if root.exists() else "no such folder"
        raise InputError(root, found=found, expected="a folder of MIDI files", next_step="name the folder with --data")
    files = tuple(sorted(path for path in root.rglob("*") if path.suffix.lower() in _SUFFIXES and path.is_file()))
    if not files:
        raise InputError(root, found="no MIDI in it", expected=f"files that end in {' or '.join(_SUFFIXES)}")
    for name in _POP1K7:
        inside = tuple(path for path in files if name in (root.name, *path.relative_to(root).parts[:-1]))
        if inside:
            return MidiFolder(root=root, layout="pop1k7", files=inside, note=f"Pop1K7's layout: {name}")
    songs = tuple(path for path in files if path.stem == path.parent.name and (path.parent / "beat_midi.txt").is_file())
    if songs:
        return MidiFolder(root=root, layout="pop909", files=songs, note="POP909's layout: one file a song, on its annotated beats")
    return MidiFolder(root=root, layout="plain", files=files)
