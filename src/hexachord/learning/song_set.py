"""A folder of MIDI as songs to learn from and songs to be judged by: bad files apart, doubles found, sides drawn song by song.

Songs once read are kept, since finding the beats of a performance takes seconds; what was kept is found again by the hash of the file.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from hexachord._version import __version__
from hexachord.composition.clips import Clip
from hexachord.errors import InputError
from hexachord.files import atomic_path, sha256_of_file
from hexachord.learning.midi_folder import MidiFolder
from hexachord.learning.piano_songs import BEATS, PLAYER, PianoSong, ReadOptions, read_piano_song
from hexachord.theory.copying import Words, copy_index, note_words, shared_ngrams

Heard = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and of how much."""

_FORMAT = 1
_SAME = 0.5
"""Two songs that share more than half of their 8-grams of notes are taken for one: a cover in another key, or a second take."""


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """A file that is not learnt from, and why."""

    name: str
    why: str


@dataclass(frozen=True, kw_only=True, eq=False)
class SongSet:
    """Songs on two sides.

    Attributes
    ----------
    train, held_out : in the order of their names; no song, and no second version of one, is on both
    refused : files that could not be read
    doubles : songs that are another one again, note for note
    alike : songs that were drawn for the held-out side and resemble one to learn from so much that they went to it
    hashes : SHA-256 of every file that was read, by name
    """

    train: tuple[PianoSong, ...]
    held_out: tuple[PianoSong, ...]
    refused: tuple[LeftOut, ...] = ()
    doubles: tuple[LeftOut, ...] = ()
    alike: tuple[LeftOut, ...] = ()
    hashes: dict[str, str]

    @property
    def identity(self) -> str:
        """A hash of what is learnt from and judged by."""
        told = {"train": [[song.name, note_hash(song.clip)] for song in self.train]}
        told["held out"] = [[song.name, note_hash(song.clip)] for song in self.held_out]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def read_songs(
    folder: MidiFolder, *, options: ReadOptions = ReadOptions(), keep: Path | None = None, heard: Heard | None = None
) -> tuple[list[PianoSong], list[LeftOut], dict[str, str]]:
    """Read all songs of a folder; a bad file costs nothing but itself.

    Parameters
    ----------
    keep : a folder for songs once read
    heard : told how far it is

    Returns
    -------
    The songs, the files that are none, and hashes of all files by name
    """
    songs: list[PianoSong] = []
    refused: list[LeftOut] = []
    hashes: dict[str, str] = {}
    for done, path in enumerate(folder.files):
        name = folder.name(path)
        if heard is not None:
            heard(name, done, len(folder.files))
        try:
            hashes[name] = sha256_of_file(path)
            songs.append(_read(path, name, folder, options, hashes[name], keep))
        except InputError as error:
            refused.append(LeftOut(name=name, why=_reason(error)))
        except OSError as error:
            refused.append(LeftOut(name=name, why=f"cannot be read ({error.strerror or error})"))
    return songs, refused, hashes


def _reason(error: InputError) -> str:
    return f"{error.found}; expected {error.expected}" if error.expected else error.found


def _read(path: Path, name: str, folder: MidiFolder, options: ReadOptions, digest: str, keep: Path | None) -> PianoSong:
    beside = "".join(sha256_of_file(each) for each in sorted(path.parent.glob("*.txt"))) if folder.layout == "pop909" else ""
    asked = json.dumps([_FORMAT, __version__, folder.layout, asdict(options), digest, beside])
    kept = None if keep is None else keep / f"{hashlib.sha256(asked.encode()).hexdigest()[:24]}.npz"
    if kept is not None and kept.is_file():
        try:
            with np.load(kept, allow_pickle=False) as stored:
                clip = Clip(bars=stored["bars"], notes=stored["notes"], chords=stored["chords"], parts=(PLAYER,))
                return PianoSong(name=name, clip=clip, beats=BEATS[int(stored["beats"])])
        except (OSError, ValueError, KeyError, IndexError, BadZipFile):
            pass  # a torn or foreign file: read the song again
    song = read_piano_song(path, name=name, layout=folder.layout, options=options)
    if kept is not None:
        with atomic_path(kept) as temporary, temporary.open("wb") as file:
            clip = song.clip
            np.savez_compressed(file, bars=clip.bars, notes=clip.notes, chords=clip.chords, beats=np.array(BEATS.index(song.beats)))
    return song


def note_hash(clip: Clip) -> str:
    """A hash of what is struck when: the same for a song in two files."""
    table = np.stack([clip.onsets(), clip.notes["pitch"].astype(np.int64)])
    return hashlib.sha256(table.astype("<i4").tobytes()).hexdigest()


def split_songs(
    songs: Sequence[PianoSong], *, held_out: float = 0.1, most_held_out: int = 60, seed: int = 0
) -> tuple[tuple[PianoSong, ...], tuple[PianoSong, ...], tuple[LeftOut, ...], tuple[LeftOut, ...]]:
    """Leave out doubles, then draw the held-out side, song by song.

    Parameters
    ----------
    held_out : the share of songs that is held out; one song at least, and no more than `most_held_out`
    seed : of the draw

    Returns
    -------
    songs to learn from, held-out songs, doubles, and songs that changed sides (see `SongSet`)

    Raises
    ------
    InputError : if fewer than two different songs are there.
    """
    first: dict[str, str] = {}
    different: list[PianoSong] = []
    doubles: list[LeftOut] = []
    for song in songs:
        digest = note_hash(song.clip)
        if digest in first:
            doubles.append(LeftOut(name=song.name, why=f"the same notes as {first[digest]}"))
            continue
        first[digest] = song.name
        different.append(song)
    if len(different) < 2:
        found = f"{len(different)} song{'' if len(different) == 1 else 's'} that can be learnt from"
        raise InputError("the folder", found=found, expected="two different ones at least: one to learn from, one to be judged by")
    order = np.random.default_rng(seed).permutation(len(different))
    count = min(max(1, round(held_out * len(different))), most_held_out, len(different) - 1)
    chosen = set(order[:count].tolist())
    train = [song for index, song in enumerate(different) if index not in chosen]
    judged = [song for index, song in enumerate(different) if index in chosen]
    train, judged, alike = _apart(train, judged)
    return tuple(train), tuple(judged), tuple(doubles), tuple(alike)


def _apart(train: list[PianoSong], judged: list[PianoSong]) -> tuple[list[PianoSong], list[PianoSong], list[LeftOut]]:
    """Move held-out songs that are nearly one to learn from to its side; the last stays where it is."""
    index = copy_index([words_of_clip(song.clip) for song in train], [song.name for song in train])
    shares = [shared_ngrams(words_of_clip(song.clip), index) for song in judged]
    near = [song for song, share in zip(judged, shares, strict=True) if share > _SAME][: len(judged) - 1]
    alike = [
        LeftOut(name=song.name, why="shares more than half of its 8-grams with songs to learn from: moved to their side") for song in near
    ]
    train = sorted([*train, *near], key=lambda song: song.name)
    return train, [song for song in judged if song not in near], alike


def words_of_clip(clip: Clip) -> Words:
    """The words of a clip for the memorisation check (`hexachord.theory.copying`)."""
    return note_words(clip.onsets() / 24.0, clip.notes["pitch"].astype(np.int64))


def load_song_set(
    folder: MidiFolder, *, options: ReadOptions = ReadOptions(), held_out: float = 0.1, seed: int = 0, keep: Path | None = None,
    heard: Heard | None = None,
) -> SongSet:  # fmt: skip
    """Read a folder and draw its sides; see `read_songs` and `split_songs`."""
    songs, refused, hashes = read_songs(folder, options=options, keep=keep, heard=heard)
    if not songs:
        raise InputError(
            folder.root, found=f"no song that can be learnt from ({refused[0].name}: {refused[0].why})", expected="MIDI with notes"
        )  # fmt: skip
    train, judged, doubles, alike = split_songs(songs, held_out=held_out, seed=seed)
    return SongSet(train=train, held_out=judged, refused=tuple(refused), doubles=doubles, alike=alike, hashes=hashes)
