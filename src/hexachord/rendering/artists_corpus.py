"""A corpus of artists who do not exist, laid out like artist20 (Ellis, *Classifying music audio with timbral and chroma features*,
ISMIR 2007).

What is costly, playing and mixing, is done once: the unmastered songs, each with its lead apart, are kept in the user's cache. An album's
mastering takes a hundredth of the song's time, so a corpus of any strength is made of the same songs: nothing else differs between two.
"""

import csv
import hashlib
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from hexachord.arrays import Float32Array
from hexachord.audio import load_audio
from hexachord.corpus.workers import in_order
from hexachord.errors import InputError
from hexachord.files import read_text, write_text
from hexachord.rendering.artists import Artist, draw_artist
from hexachord.rendering.artists_mastering import DEFAULT_STRENGTH, draw_mastering, master_song
from hexachord.rendering.artists_songs import lead_track, mix_song, play_song, write_song
from hexachord.rendering.features import identity_of
from hexachord.rendering.instruments import Instruments
from hexachord.rendering.labels_json import labels_from_json, labels_to_json
from hexachord.rendering.model import Take
from hexachord.rendering.shelf import Shelf
from hexachord.rendering.sound import render_take
from hexachord.rendering.split import Split
from hexachord.rendering.stream import unopened
from hexachord.rendering.suite_files import cache_folder, engine_fingerprint, instruments_identity, make_room, passing_folder, write_sound

Progress = Callable[[str, int, int], None]
"""Called as ``progress(what, done, total)``."""

_PEAK = 0.98
_DRUMMERS = ("groove", "drum_machine_patterns")  # all of the shelf that artists play with
_OURS = ("artists.py", "artists_songs.py", "artists_corpus.py")


@dataclass(frozen=True, kw_only=True)
class ArtistCorpus:
    """Which corpus: the same for the same numbers, music and instruments; a smaller one is the beginning of a larger one.

    Attributes
    ----------
    artists, albums, songs : how many; albums of each artist, songs of each album
    seconds : of each song
    mastering : how far albums are from neutral (see `hexachord.rendering.artists_mastering`)
    rate_hz : of the sound, one channel
    seed : of everything
    """

    artists: int = 20
    albums: int = 6
    songs: int = 4
    seconds: float = 15.0
    mastering: float = DEFAULT_STRENGTH
    rate_hz: int = 22_050
    seed: int = 0

    def __post_init__(self) -> None:
        if min(self.artists, self.albums, self.songs) < 1 or self.seconds < 1 or self.mastering < 0 or self.rate_hz < 8000 or self.seed < 0:
            raise ValueError(f"not a corpus: {self}")

    @property
    def places(self) -> tuple["SongPlace", ...]:
        """Every song's place, artist by artist."""
        return tuple(
            SongPlace(artist=artist, album=album, song=song)
            for artist in range(self.artists)
            for album in range(self.albums)
            for song in range(self.songs)
        )

    def song_seed(self, place: "SongPlace") -> int:
        """Return the seed of a song."""
        return int(np.random.default_rng([self.seed, place.artist, place.album, place.song, 12]).integers(2**31))


@dataclass(frozen=True, kw_only=True)
class SongPlace:
    """Where a song stands: numbers from 0 on."""

    artist: int
    album: int
    song: int

    @property
    def names(self) -> tuple[str, str, str]:
        """Artist, album and song as folders and files are called.

        Examples
        --------
        >>> SongPlace(artist=0, album=2, song=11).names
        ('artist_01', 'album_3', 'song_12')
        """
        return f"artist_{self.artist + 1:02d}", f"album_{self.album + 1}", f"song_{self.song + 1:02d}"

    @property
    def id(self) -> str:
        """All three in one: ``artist_01/album_3/song_12``."""
        return "/".join(self.names)


@dataclass(frozen=True, kw_only=True)
class UnmasteredSong:
    """A song as it leaves the mixing desk.

    Attributes
    ----------
    place : in its corpus
    mix, lead : sound files of one channel; the lead is as loud as it is in the mix, with its share of the room
    labels : what is true about it, and how it was made
    """

    place: SongPlace
    mix: Path
    lead: Path
    labels: Path

    @property
    def id(self) -> str:
        """``artist_01/album_3/song_12``."""
        return self.place.id

    @property
    def take(self) -> Take:
        """Everything that is true about it (strokes are not kept)."""
        return labels_from_json(read_text(self.labels, what="the labels of a rendered song"), source=str(self.labels))[0]


@dataclass(frozen=True, kw_only=True)
class UnmasteredCorpus:
    """Songs that can be mastered at any strength, and where they are kept."""

    corpus: ArtistCorpus
    songs: tuple[UnmasteredSong, ...]
    folder: Path

    def mastered(self, song: UnmasteredSong, strength: float) -> Float32Array:
        """Return a song as its album has it, ``(n,)``."""
        place = song.place
        mastering = draw_mastering(self.corpus.seed, place.artist, place.album, strength=strength)
        mix = load_audio(song.mix)
        sound: Float32Array = master_song(mix.samples, mastering, rate_hz=mix.rate_hz, seed=self.corpus.song_seed(place))[0]
        return sound


def render_unmastered(
    corpus: ArtistCorpus,
    *,
    data: Path,
    split: Split,
    instruments: Instruments,
    workers: int = 2,
    folder: Path | None = None,
    progress: Progress | None = None,
) -> UnmasteredCorpus:
    """Play and mix what is not there yet of a corpus; killed at any time, it goes on where it was.

    Parameters
    ----------
    data : the folder with ``train/``, whose drummers play
    instruments : of any side of the split; drummers and patterns are of the same side
    workers : processes (0: this one); how many makes no difference to what is rendered
    folder : in which corpora are kept; `hexachord.rendering.suite_files.cache_folder` when not given

    Returns
    -------
    UnmasteredCorpus, songs in the order of `ArtistCorpus.places`.

    Raises
    ------
    InputError : if `data` has no ``train/``.
    """
    from filelock import FileLock

    kept = cache_folder() if folder is None else folder
    home = passing_folder() if kept is None else kept / "artists"
    shelf, instruments = unopened(Shelf(data=data, split=split, side=instruments.side), instruments)
    place = home / f"artists-{instruments.side}-{_fingerprint(corpus, shelf, instruments)}"
    place.mkdir(parents=True, exist_ok=True)
    songs = tuple(_song_of(one, place) for one in corpus.places)
    with FileLock(place / ".lock"):
        rest = tuple(song for song in songs if not song.labels.exists())
        what = f"rendering {corpus.artists} artists into {place}"
        for done, _ in enumerate(in_order(_Maker(corpus, shelf, instruments, rest), count=len(rest), workers=workers)):
            if progress is not None:
                progress(what, done + 1, len(rest))
        (place / ".used").touch()
    make_room(home, keep=place)
    return UnmasteredCorpus(corpus=corpus, songs=songs, folder=place)


def write_artists(
    made: UnmasteredCorpus,
    root: Path,
    *,
    strength: float | None = None,
    leads: Path | None = None,
    workers: int = 2,
    progress: Progress | None = None,
) -> Path:
    """Master a corpus and write it as ``root/artist/album/song.flac`` with ``root/index.csv``; stopped, it goes on where it was.

    Parameters
    ----------
    strength : of the mastering; that of the corpus when not given
    leads : also write the leads alone, unmastered, as a tree of the same names in this folder
    workers : processes (0: this one)

    Returns
    -------
    The path of ``index.csv``: ``path label artist album song genre mastering``, one line a song.

    Raises
    ------
    InputError : if the folder holds another corpus, or this one mastered otherwise.
    """
    how_far = made.corpus.mastering if strength is None else strength
    _claim(root, made, how_far)
    job = _Writer(made, root, how_far, leads)
    for done, _ in enumerate(in_order(job, count=len(made.songs), workers=workers)):
        if progress is not None:
            progress(f"mastering into {root}", done + 1, len(made.songs))
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(("path", "label", "artist", "album", "song", "genre", "mastering"))
    for song in made.songs:
        artist, album, _ = song.place.names
        rows.writerow((f"{song.id}.flac", artist, artist, f"{artist}/{album}", song.id, song.take.genre, f"{how_far:g}"))
    return write_text(root / "index.csv", text.getvalue())


def _claim(root: Path, made: UnmasteredCorpus, strength: float) -> None:
    """Write down whose folder it is, so that songs of two corpora, or of two strengths, never stand side by side."""
    mark = root / "corpus.json"
    mine = {"unmastered": made.folder.name, "mastering": strength, "seed": made.corpus.seed}
    if mark.exists():
        try:
            found = json.loads(read_text(mark, what="the mark of a rendered corpus"))
        except json.JSONDecodeError:
            found = None
        if found != mine:
            raise InputError(root, found="another corpus, or this one mastered otherwise", expected="an empty folder, or the same corpus")
    else:
        write_text(mark, json.dumps(mine, indent=1) + "\n")


def render_song(corpus: ArtistCorpus, song: UnmasteredSong, artist: Artist, shelf: Shelf, instruments: Instruments) -> None:
    """Render a song and write it: sounds first, its labels last, so that a song with labels is whole."""
    seed = corpus.song_seed(song.place)
    piece = write_song(artist, shelf, seed=seed, length_s=corpus.seconds)
    take = play_song(artist, piece, seed=seed, length_s=corpus.seconds, name=song.id)
    production = mix_song(artist, take, instruments, seed=seed)
    rendered = render_take(take, production, instruments, rate_hz=corpus.rate_hz, stems=True)
    lead = lead_track(rendered.take)
    mix = rendered.mix.mean(axis=0, keepdims=True)
    alone = rendered.stems[lead].mean(axis=0, keepdims=True) if lead is not None else np.zeros_like(mix)
    gain = np.float32(min(1.0, _PEAK / max(float(np.abs(mix).max(initial=0.0)), float(np.abs(alone).max(initial=0.0)), 1e-9)))
    song.mix.parent.mkdir(parents=True, exist_ok=True)
    write_sound(song.mix, gain * mix, corpus.rate_hz)
    write_sound(song.lead, gain * alone, corpus.rate_hz)
    write_text(song.labels, labels_to_json(rendered.take, production))


@dataclass(frozen=True)
class _Maker:
    """Renders one of some songs."""

    corpus: ArtistCorpus
    shelf: Shelf
    instruments: Instruments
    songs: tuple[UnmasteredSong, ...]

    def __call__(self, index: int) -> None:
        song = self.songs[index]
        artist = draw_artist(song.place.artist, self.instruments, seed=self.corpus.seed)
        render_song(self.corpus, song, artist, self.shelf, self.instruments)


@dataclass(frozen=True)
class _Writer:
    """Masters and writes one of some songs."""

    made: UnmasteredCorpus
    root: Path
    strength: float
    leads: Path | None

    def __call__(self, index: int) -> None:
        song = self.made.songs[index]
        target = self.root / f"{song.id}.flac"
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            write_sound(target, self.made.mastered(song, self.strength)[None], self.made.corpus.rate_hz)
        if self.leads is not None and not (lead := self.leads / f"{song.id}.flac").exists():
            lead.parent.mkdir(parents=True, exist_ok=True)
            write_sound(lead, load_audio(song.lead).samples, self.made.corpus.rate_hz)


def _song_of(place: SongPlace, folder: Path) -> UnmasteredSong:
    """Name the files of a song."""
    artist, album, name = place.names
    where = folder / artist / album
    return UnmasteredSong(place=place, mix=where / f"{name}.mix.flac", lead=where / f"{name}.lead.flac", labels=where / f"{name}.json")


def _fingerprint(corpus: ArtistCorpus, shelf: Shelf, instruments: Instruments) -> str:
    """Hash what unmastered songs depend on; not how many there are, so that a larger corpus goes on from a smaller one."""
    return identity_of(
        [
            engine_fingerprint(),
            _own_fingerprint(),
            [corpus.seconds, corpus.rate_hz, corpus.seed],
            *instruments_identity(instruments),
            [[name, shelf.names(name)] for name in _DRUMMERS],
        ]
    )


@cache
def _own_fingerprint() -> str:
    """Hash the code that artists are made of, which has no say in anything else."""
    digest = hashlib.sha256()
    for name in _OURS:
        digest.update(name.encode() + b"\0" + Path(__file__).with_name(name).read_bytes())
    return digest.hexdigest()
