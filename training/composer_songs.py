"""What the composer learns from: every song of the training side as a clip on the vocabulary's grid, read once and kept in one file.

Pop songs with melody, bridge and piano, their chords and keys; songs for voice and piano; piano pages; lead sheets; chorales in four
voices; drummers. Pages are read with both hands; what people played is brought to sixteenths or triplets beat by beat.

    python training/composer_songs.py --data DATA --keep songs.npz
"""

import argparse
import json
import time
from collections.abc import Iterator
from dataclasses import astuple
from pathlib import Path

import numpy as np

from hexachord.composition.clips import Clip, ClipPart, on_vocabulary
from hexachord.composition.controls import measured
from hexachord.composition.scores import clip_of
from hexachord.composition.vocabulary import Vocabulary
from hexachord.errors import InputError
from hexachord.rendering.piece_clips import clip_of_piece
from hexachord.rendering.shelf import Shelf
from hexachord.rendering.split import Side, load_split
from hexachord.score.formats import load_score
from hexachord.score.unfold import unfold

CORPORA = ("pop909", "openscore_lieder", "openewld", "musetrainer", "jsb_chorales", "groove")
_PAGES = {"openscore_lieder": "art song", "musetrainer": "classical"}
_ROLES = {
    "pop909": {"melody": "melody", "bridge": "bridge", "piano": "piano"},
    "jsb_chorales": {"soprano": "soprano", "alto": "alto", "tenor": "tenor", "bass": "low voice"},
    "groove": {"drums": "drums"},
}


def clip_of_page(path: Path, *, style: str, vocabulary: Vocabulary) -> Clip:
    """Read a page as it is played: repeats written out, both hands of a piano."""
    return clip_of(unfold(load_score(path)).score, vocabulary=vocabulary, style=style)


def read_songs(
    shelf: Shelf, *, vocabulary: Vocabulary, corpora: tuple[str, ...] = CORPORA, limit: int | None = None
) -> Iterator[tuple[str, Clip]]:
    """Read the songs of one side: their origins, and clips on the vocabulary."""
    for corpus in corpora:
        for name in shelf.names(corpus)[:limit]:
            origin = f"{corpus}/{name}"
            try:
                if corpus in _PAGES:
                    clip = clip_of_page(shelf.folder(corpus) / f"{name}.mxl", style=_PAGES[corpus], vocabulary=vocabulary)
                else:
                    clip = clip_of_piece(shelf.piece(corpus, name), roles=_ROLES.get(corpus, {}), vocabulary=vocabulary)
            except InputError as error:
                print(f"{origin} left out: {error}", flush=True)
                continue
            if len(clip.notes) and len(clip.bars) >= 2:
                yield origin, on_vocabulary(clip, vocabulary)


def save_songs(songs: dict[str, Clip], path: Path, *, vocabulary: Vocabulary) -> None:
    """Keep clips in one file."""
    clips = list(songs.values())
    kept = {field: np.concatenate([getattr(clip, field) for clip in clips]) for field in ("bars", "notes", "chords")} | {
        f"{field}_count": np.array([len(getattr(clip, field)) for clip in clips]) for field in ("bars", "notes", "chords")
    }
    facts = {
        "vocabulary": vocabulary.to_json(),
        "songs": [
            {"origin": origin, "style": clip.style, "parts": [list(astuple(part)) for part in clip.parts]} for origin, clip in songs.items()
        ],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(path, facts=np.array(json.dumps(facts)), **kept)


def load_songs(path: Path, *, vocabulary: Vocabulary) -> dict[str, Clip]:
    """Read clips that `save_songs` kept.

    Raises
    ------
    InputError : if they were made with another vocabulary.
    """
    with np.load(path) as kept:
        facts = json.loads(str(kept["facts"]))
        if facts["vocabulary"] != vocabulary.to_json():
            raise InputError(path, found="songs on another vocabulary", next_step="remove the file, it will be made again")
        tables = {field: np.split(kept[field], np.cumsum(kept[f"{field}_count"])[:-1]) for field in ("bars", "notes", "chords")}
    return {
        song["origin"]: Clip(
            bars=tables["bars"][index],
            notes=tables["notes"][index],
            chords=tables["chords"][index],
            parts=tuple(
                ClipPart(role=role, name=name, program=program, part=part, staff=staff)
                for role, name, program, part, staff in song["parts"]
            ),
            style=song["style"],
        )
        for index, song in enumerate(facts["songs"])
    }


def _part(role: int, name: str, program: int, part: int, staff: int) -> ClipPart:
    return ClipPart(role=role, name=name, program=program, part=part, staff=staff)


def songs_of(data: Path, side: Side, *, vocabulary: Vocabulary, keep: Path | None = None) -> dict[str, Clip]:
    """Read the songs of a side of ``train/``, or recall them from `keep` (a folder)."""
    path = None if keep is None else keep / f"composer-songs-{side}.npz"
    if path is not None and path.exists():
        return load_songs(path, vocabulary=vocabulary)
    songs = dict(read_songs(Shelf(data=data, split=load_split(), side=side), vocabulary=vocabulary))
    if path is not None:
        save_songs(songs, path, vocabulary=vocabulary)
    return songs


def tell_usual(songs: dict[str, Clip], *, vocabulary: Vocabulary, least: int = 30) -> None:
    """Print what parts usually do, by style and role: the table of `hexachord.composition.usual`."""
    told: dict[tuple[str, str], list[tuple[float, ...]]] = {}
    for clip in songs.values():
        for role, part in measured(clip, drums=vocabulary.drums).parts:
            pitch = clip.notes["pitch"][clip.notes["role"] == role]
            if len(pitch) >= least and part.density is not None and part.polyphony is not None:
                row = (part.density, part.polyphony, *np.percentile(pitch, (1, 99)))
                told.setdefault((clip.style, vocabulary.roles[role]), []).append(row)
    for (style, role), rows in sorted(told.items()):
        table = np.array(rows)
        density, polyphony = np.median(table[:, :2], axis=0)
        lowest, highest = np.percentile(table[:, 2], 10), np.percentile(table[:, 3], 90)
        print(f"{style} {role}: {density:.1f} a quarter, {polyphony:.1f} together, {lowest:.0f} to {highest:.0f} ({len(rows)} songs)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder with train/ in it")
    parser.add_argument("--keep", type=Path, required=True, help="keep the songs in this folder")
    parser.add_argument("--usual", action="store_true", help="print what parts usually do")
    options = parser.parse_args()
    vocabulary = Vocabulary()
    if options.usual:
        tell_usual(songs_of(options.data, "train", vocabulary=vocabulary, keep=options.keep), vocabulary=vocabulary)
        return
    for side in ("train", "valid"):
        start = time.perf_counter()
        songs = songs_of(options.data, side, vocabulary=vocabulary, keep=options.keep)
        for corpus in CORPORA:
            mine = [clip for origin, clip in songs.items() if origin.startswith(corpus + "/")]
            print(f"{side} {corpus}: {len(mine)} songs, {sum(len(c.bars) for c in mine)} bars, {sum(len(c.notes) for c in mine)} notes")
        print(f"{time.perf_counter() - start:.0f} s", flush=True)


if __name__ == "__main__":
    main()
