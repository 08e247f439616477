"""Finding an instrument's files without ever leaving its library.

Libraries come from strangers, so a path written in one must not reach the rest of the disk. Many keep their programs in one folder and
the samples in a neighbour (``Programs/piano.sfz`` with ``default_path=../Samples/``), so what may be read is the .sfz file's own folder
and, no further, the folder that holds it. Symbolic links are followed and judged by where they end.
"""

from dataclasses import dataclass, field
from pathlib import Path, PureWindowsPath
from typing import NewType

Refusal = NewType("Refusal", str)
"""Why a path is not read, as the end of a sentence: "there is no such file"."""

MISSING = Refusal("there is no such file")
OUTSIDE = Refusal("it leads out of the instrument's library")


@dataclass(frozen=True, eq=False)
class Library:
    """The folders an SFZ file may read from.

    Parameters
    ----------
    file : the main .sfz file, resolved
    """

    file: Path
    _names: dict[Path, dict[str, Path]] = field(default_factory=dict, repr=False)

    @property
    def folder(self) -> Path:
        """The folder of the .sfz file: what its paths are relative to."""
        return self.file.parent

    @property
    def root(self) -> Path:
        """The outermost folder that may be read: the parent of `folder`, unless that is the whole disk."""
        parent = self.folder.parent
        return self.folder if parent == Path(parent.anchor) else parent

    def find(self, text: str, *, folder: Path | None = None) -> Path | Refusal:
        """Find the file that a path in the SFZ text means: backslashes and wrong letter case are forgiven, leaving the library is not."""
        parts = PureWindowsPath(text)  # knows both separators and drive letters
        if not text.strip() or "\0" in text:
            return MISSING
        if parts.anchor:
            return OUTSIDE
        at = folder or self.folder
        depth_left = len(at.relative_to(self.root).parts) if at.is_relative_to(self.root) else 0
        for part in parts.parts:
            if part == "..":
                depth_left -= 1
                if depth_left < 0:
                    return OUTSIDE
                at = at.parent
                continue
            depth_left += 1
            found = self._entry(at, part)
            if found is None:
                return MISSING
            at = found
        resolved = at.resolve()
        if not resolved.is_relative_to(self.root):
            return OUTSIDE
        return resolved if resolved.is_file() else MISSING

    def _entry(self, folder: Path, name: str) -> Path | None:
        if folder not in self._names:
            try:
                entries = sorted(folder.iterdir())
            except OSError:
                entries = []
            names = {entry.name.lower(): entry for entry in entries}
            names.update({entry.name: entry for entry in entries})  # the right case wins
            self._names[folder] = names
        names = self._names[folder]
        return names.get(name) or names.get(name.lower())
