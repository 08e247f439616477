"""Folders that are labels: ``root/label/track`` and ``root/label/album/track``, for sound and for scores.

Above the labels there may stand sides: ``root/train/label/track``, ``root/test/track``.
"""

from pathlib import Path

from hexachord.errors import InputError
from hexachord.learning.datasets.dataset import Dataset, Track
from hexachord.learning.datasets.files_below import FoundFile, music_below
from hexachord.learning.datasets.sides import SIDES, TEST, side_of


def load_folders(root: str | Path, *, name: str = "") -> Dataset:
    """Read a tree of folders: the first folder below the root is the label, the second (if there is one) the album.

    Tracks get the groups ``artist`` (the label) and, where there is a second folder, ``album`` (label and folder, since two artists may
    both have a *Greatest Hits*); deeper folders, as of discs, belong to their album. Where every folder below the root is called train,
    valid or test (or as they are called elsewhere), they are sides and the labels stand one folder deeper; on the test side tracks may
    lie without a label.

    Raises
    ------
    InputError : if there is no such folder, or no music in folders below it.
    """
    root = Path(root)
    files, skipped = music_below(root)
    tops = {file.parts[0] for file in files if len(file.parts) > 1}
    sided = len(tops) > 1 and all(top.lower() in SIDES for top in tops)
    tracks = []
    for file in files:
        side = side_of(file.parts[0]) if sided and len(file.parts) > 1 else ""
        track = _track(file, side=side, names=file.parts[1:] if side else file.parts)
        if track is None:
            skipped.append(f"{file.id}: it lies in no folder that could be its label")
        else:
            tracks.append(track)
    if not tracks:
        raise InputError(
            root,
            found=f"{len(files)} files of music, none in a folder of its own" if files else "no music (sound, MIDI or MusicXML)",
            expected="a folder for each label, with its tracks (or folders of albums) inside: root/label/album/track",
            next_step="put the tracks of each class in a folder of its name, or give a list in CSV",
        )
    layout = "a folder for each label" + (", below folders for the sides" if sided else "")
    layout += ", with albums" if any("album" in track.groups for track in tracks) else ""
    return Dataset(name=name or root.resolve().name, root=root, tracks=tuple(tracks), skipped=tuple(skipped), layout=layout)


def _track(file: FoundFile, *, side: str, names: tuple[str, ...]) -> Track | None:
    if len(names) < 2:
        return Track(id=file.id, path=file.path, side=side) if side == TEST else None
    return Track(id=file.id, path=file.path, labels=(names[0],), groups=folder_groups(names), side=side)


def folder_groups(names: tuple[str, ...]) -> dict[str, str]:
    """Give the groups of a track from the folders it lies in, the first being its label and the last its own name.

    Examples
    --------
    >>> folder_groups(("abba", "arrival", "disc 1", "tiger.mp3"))
    {'artist': 'abba', 'album': 'abba/arrival'}
    >>> folder_groups(("abba", "tiger.mp3"))
    {'artist': 'abba'}
    """
    groups = {"artist": names[0]}
    if len(names) > 2:
        groups["album"] = f"{names[0]}/{names[1]}"
    return groups
