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

from hexachord.arrays import Float64Array, IntArray
from hexachord.composition.clips import Clip, ClipPart, on_vocabulary
from hexachord.composition.laying import laid, laid_chords, lay_bars
from hexachord.composition.scores import clip_of, followed_keys
from hexachord.composition.vocabulary import GRID, Vocabulary
from hexachord.errors import InputError
from hexachord.rendering.music import DURATION, ONSET, PITCH, VELOCITY, BarLine, Line, Piece
from hexachord.rendering.shelf import Shelf
from hexachord.rendering.split import Side, load_split
from hexachord.score.formats import load_score
from hexachord.score.unfold import unfold
from hexachord.theory.keys import key_number

CORPORA = ("pop909", "openscore_lieder", "openewld", "musetrainer", "jsb_chorales", "groove")
_PAGES = {"openscore_lieder": "art song", "musetrainer": "classical"}
_ROLES = {
    "pop909": {"melody": "melody", "bridge": "bridge", "piano": "piano"},
    "jsb_chorales": {"soprano": "soprano", "alto": "alto", "tenor": "tenor", "bass": "low voice"},
    "groove": {"drums": "drums"},
}
_EARLY = 0.12  # quarters by which a played note may come before the first bar and still belong to it


def clip_of_piece(piece: Piece, *, roles: dict[str, str], vocabulary: Vocabulary) -> Clip:
    """Lay material of the data engine on the grid; lines whose name `roles` does not know are melodies."""
    lines = piece.lines
    first = min((float(line.notes[0, ONSET]) for line in lines if len(line.notes)), default=0.0)
    last = max((float((line.notes[:, ONSET]).max()) for line in lines if len(line.notes)), default=0.0)
    lined = _covering(piece.bars or _quarter_bars(piece), first + (0.0 if all(line.written for line in lines) else _EARLY), last)
    zero = lined[0].start
    lengths = [(round(bar.length * GRID), bar.beats, bar.beat_type, 0) for bar in lined]
    lengths[0] = (*lengths[0][:3], round(max(0.0, lined[0].full - lined[0].length) * GRID))  # only the first may be a pick-up
    bars, _ = lay_bars(lengths, max_quarters=vocabulary.max_quarters)
    columns = [_placed(line, zero, vocabulary.roles.index(roles.get(line.name, "melody"))) for line in lines if len(line.notes)]
    notes = tuple(np.concatenate(column) for column in zip(*columns, strict=True)) if columns else tuple(np.empty((5, 0), dtype=np.int64))
    spans = [(round((span.start - zero) * GRID), round((span.end - zero) * GRID), span.label) for span in piece.chords or ()]
    chords = laid_chords(bars, spans, vocabulary=vocabulary)
    parts = [ClipPart(role=vocabulary.roles.index(roles.get(line.name, "melody")), name=line.name, program=line.program) for line in lines]
    style = piece.style.partition("/")[0]
    clip = laid(bars, (notes[0], notes[1], notes[2], notes[3], notes[4]), chords, parts=parts, style=style)
    bars["bpm"] = _tempi(piece, clip.starts[:-1] / GRID + zero)
    if piece.keys:
        moment = clip.starts[:-1] / GRID + zero + 0.25
        for span in (piece.keys[0]._replace(start=-1e9), *piece.keys[1:]):  # a pick-up is in the key of what follows
            bars["key"][(moment >= span.start) & (moment < span.end)] = key_number(span.label)
    else:
        bars["key"] = followed_keys(clip, vocabulary=vocabulary)
    return clip


def _quarter_bars(piece: Piece) -> tuple[BarLine, ...]:
    """Bars of 4/4 where nobody wrote them down: of the four ways to count, the one in which long notes begin bars."""
    weight = np.zeros(4)
    for line in piece.lines:
        at = np.round(line.notes[:, ONSET] * 4) / 4
        change = np.diff(line.notes[:, PITCH], append=-1) != 0
        whole = (at % 1.0 == 0) & ~change  # a note struck again: it lasts
        np.add.at(weight, at[whole].astype(int) % 4, 1.0)
        np.add.at(weight, (at[whole].astype(int) + 2) % 4, 0.5)
    end = piece.end
    for phase in range(4):
        weight[phase] += 4.0 * (round(end - phase) % 4 == 3) + 2.0 * (phase in (0, 1))
    phase = int(np.argmax(weight))
    count = int(np.ceil((end - phase) / 4))
    bars = [BarLine(phase + 4.0 * index, 4.0, 4, 4) for index in range(count)]
    return (BarLine(0.0, float(phase), 4, 4), *bars) if phase else tuple(bars)


def _covering(bars: tuple[BarLine, ...], first: float, last: float) -> list[BarLine]:
    """Bars that hold every onset: more of the same at both ends where some stand outside."""
    lined = list(bars)
    while first < lined[0].start - 1e-6:
        head = lined[0]
        if head.length < head.full - 1e-6:
            lined[0] = head._replace(start=head.end - head.full, length=head.full)
        else:
            lined.insert(0, head._replace(start=head.start - head.full))
    while last >= lined[-1].end - 1 / GRID:
        tail = lined[-1]
        lined.append(tail._replace(start=tail.end, length=tail.full))
    made: list[BarLine] = []
    for bar in lined:  # an annotated bar that overlaps or leaves a gap is stretched to the next
        if made and abs(made[-1].end - bar.start) > 1e-6:
            made[-1] = made[-1]._replace(length=bar.start - made[-1].start)
        made.append(bar)
    return made


def _placed(line: Line, zero: float, role: int) -> tuple[IntArray, IntArray, IntArray, IntArray, IntArray]:
    onset = line.notes[:, ONSET] - zero
    end = onset + line.notes[:, DURATION]
    if line.written:
        begin, stop = np.rint(onset * GRID).astype(np.int64), np.rint(end * GRID).astype(np.int64)
    else:
        begin = felt_places(onset)
        stop = begin + np.maximum(np.rint((end - onset) * 8).astype(np.int64) * 3, 3)
    velocity = np.zeros(len(onset), dtype=np.int64) if line.written and np.ptp(line.notes[:, VELOCITY]) == 0 else line.notes[:, VELOCITY]
    return (
        np.maximum(begin, 0), np.maximum(stop - np.maximum(begin, 0), 1), line.notes[:, PITCH].astype(np.int64),
        np.asarray(velocity).astype(np.int64), np.full(len(onset), role),
    )  # fmt: skip


def felt_places(quarters: Float64Array) -> IntArray:
    """Bring played onsets to sixteenths, or to triplets of eighths where a beat's notes are nearer to those."""
    beat = np.floor(quarters + 1 / 8).astype(np.int64)
    beat -= beat.min(initial=0)
    straight, triplet = np.rint(quarters * 4) / 4, np.rint(quarters * 3) / 3
    off = [np.bincount(beat, weights=np.abs(quarters - grid), minlength=1) for grid in (straight, triplet)]
    threes = off[1] < 0.5 * off[0]
    return np.asarray(np.rint(np.where(threes[beat], triplet, straight) * GRID).astype(np.int64))


def _tempi(piece: Piece, quarters: Float64Array) -> Float64Array:
    if piece.clock is None:
        return np.full(len(quarters), piece.quarter_bpm)
    at, seconds = piece.clock
    begin, end = np.interp(quarters, at, seconds), np.interp(quarters + 4.0, at, seconds)
    inside = (quarters >= at[0]) & (quarters + 4.0 <= at[-1]) & (end > begin)
    return np.where(inside, 240.0 / np.maximum(end - begin, 1e-3), piece.quarter_bpm)


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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder with train/ in it")
    parser.add_argument("--keep", type=Path, required=True, help="keep the songs in this folder")
    options = parser.parse_args()
    vocabulary = Vocabulary()
    for side in ("train", "valid"):
        start = time.perf_counter()
        songs = songs_of(options.data, side, vocabulary=vocabulary, keep=options.keep)
        for corpus in CORPORA:
            mine = [clip for origin, clip in songs.items() if origin.startswith(corpus + "/")]
            print(f"{side} {corpus}: {len(mine)} songs, {sum(len(c.bars) for c in mine)} bars, {sum(len(c.notes) for c in mine)} notes")
        print(f"{time.perf_counter() - start:.0f} s", flush=True)


if __name__ == "__main__":
    main()
