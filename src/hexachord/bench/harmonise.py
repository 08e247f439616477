"""Chords found for tunes, beside those that people set: pop songs and Bach's sopranos, from the tune and its key alone.

``root`` and ``majmin`` (root and third) are shares of the beats that have a chord, means over pop songs; ``chorale_root`` and
``chorale_majmin`` the same over chorales, whose chords are named from their four voices where these leave no doubt. Rows of the same run:
the tonic chord throughout (``tonic_``), in each bar that of I, IV and V which has most of the tune (``three_``), and the hidden Markov
model without the network (``counts_``). ``parallels`` are parallel fifths and octaves per hundred moves in four voices written below the
sopranos over the chords that were found, ``parallels_bach`` those in the originals. A tune allows more than one harmony: what people chose
is not the only right one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from hexachord.arrays import IntArray
from hexachord.bench.datasets import bench_folder
from hexachord.bench.harness import BenchItem, BenchResult, Progress
from hexachord.bench.loop import measure, result_of
from hexachord.bench.real_row import load_pop_songs
from hexachord.composition.harmony.lead_sheets import chord_number
from hexachord.composition.harmony.part_writing import Moment, write_voices
from hexachord.composition.harmony.tune_harmony import ENGINE, KINDS, Harmonised, Sung, harmonise_tune, sung_between
from hexachord.rendering.chorales import chorale_names, read_chorale
from hexachord.rendering.harmony import certain_chords
from hexachord.rendering.music import Piece
from hexachord.theory.chord_labels import QUALITIES, Chord
from hexachord.theory.keys import key_number, key_of
from hexachord.theory.voice_leading import REST, fault_rates

_MIDDLE = 2  # the position of a beat of which nothing is known


@dataclass(frozen=True, kw_only=True, eq=False)
class TuneSong:
    """A tune over chords, beat by beat: what is sung, the chord there (-1: none), key, place in the bar; and, of a chorale, its voices."""

    name: str
    flavour: str
    sung: Sung
    chords: IntArray
    keys: IntArray
    positions: IntArray
    voices: IntArray | None = None


def run(data: Path, *, peer: bool = False, instruments: Path | None = None, progress: Progress | None = None) -> BenchResult:
    """Measure ``root majmin chorale_root chorale_majmin parallels`` and the rows of the rules.

    Parameters
    ----------
    data : the bench folder, or the folder above it
    peer, instruments : not used: no other library that is at hand harmonises, and nothing is rendered
    """
    del peer, instruments
    loaded = load_pop_songs(data)
    songs = [song_of(piece, piece.origins[0], flavour="pop") for piece in loaded.items]
    folder = bench_folder(data) / "jsb_chorales"
    names = chorale_names(folder) if folder.is_dir() else ()
    songs += [chorale_of(read_chorale(folder, name), f"jsb_chorales/{name}") for name in names]
    tunes = [song for song in songs if song is not None and song.sung.accented.any()]
    skipped = [*loaded.skipped, *(() if names else ("jsb_chorales: no such folder",))]
    if len(tunes) < len(songs):
        skipped.append(f"{len(songs) - len(tunes)} songs without one key, or without doubtless chords")
    found = measure(
        tunes,
        what="harmonise",
        name=lambda song: song.name,
        estimate=estimate,
        score=lambda song, made: score(song, made),
        progress=progress,
    )
    return result_of(
        found, bench="harmonise", data=data, engine=ENGINE, metrics=_means(found.items), seconds_of_audio=0.0, skipped=tuple(skipped)
    )


def estimate(song: TuneSong) -> Harmonised:
    """Harmonise a tune."""
    return harmonise_tune(song.sung, keys=song.keys, positions=song.positions, flavour=song.flavour)


def score(song: TuneSong, made: Harmonised) -> dict[str, float]:
    """Compare with the chords that are there, and with the rules."""
    counts = harmonise_tune(song.sung, keys=song.keys, positions=song.positions, flavour=song.flavour, network=False)
    tonic = song.keys // 12 * 12 + song.keys % 12
    own = "chorale_" if song.flavour == "chorale" else ""
    out = {}
    for row, path in (("", made.path), ("tonic_", tonic), ("three_", three_chords(song)), ("counts_", counts.path)):
        out[f"{own}{row}root"], out[f"{own}{row}majmin"] = agreement(song, path)
    if song.voices is not None:
        rows = np.concatenate([song.voices[:, :1], write_voices(moments_of_path(song, made.path))], axis=1)
        for name, voices in (("parallels", rows), ("parallels_bach", song.voices)):
            rates = fault_rates(voices)
            out[name] = rates["parallel fifths"] + rates["parallel octaves"]
    return out


def song_of(piece: Piece, name: str, *, flavour: str, key: int | None = None) -> TuneSong | None:
    """Cut a piece into beats; None where it has no chords, or a beat no key.

    Parameters
    ----------
    key : a place in `hexachord.theory.keys.KEY_NAMES`; the piece's own where not given
    """
    if not piece.chords:
        return None
    if piece.bars:
        rows = [
            (bar.end - bar.beat * (count - at), bar.felt - count + at, bar.felt)
            for bar in piece.bars
            for count in [max(1, round(bar.length / bar.beat))]
            for at in range(count)
        ]
        starts = np.array([row[0] for row in rows])
        positions = np.array([0 if at == 0 else 1 if felt % 2 == 0 and at == felt // 2 else _MIDDLE for _, at, felt in rows])
        end = piece.bars[-1].end
    else:
        starts = np.arange(0.0, piece.end - 1e-6, piece.pulse or 1.0)
        positions, end = np.full(len(starts), _MIDDLE), piece.end
    keys = np.full(len(starts), -1 if key is None else key)
    if key is None:
        for span in piece.keys or ():
            keys[(starts >= span.start - 1e-6) & (starts < span.end - 1e-6)] = key_number(span.label)
    if (keys < 0).any():
        return None
    chords = np.full(len(starts), -1)
    middle = (starts + np.append(starts[1:], end)) / 2
    for span in piece.chords:
        chords[(middle >= span.start) & (middle < span.end)] = chord_number(span.label)
    tune = next((line.notes for line in piece.lines if line.role == "sung"), np.zeros((0, 4)))
    sung = sung_between(tune[:, 0], tune[:, 0] + tune[:, 1], tune[:, 2], borders=np.append(starts, end))
    return TuneSong(name=name, flavour=flavour, sung=sung, chords=chords, keys=keys, positions=positions)


def chorale_of(piece: Piece, name: str) -> TuneSong | None:
    """Cut a chorale into its quarters, its chords named from all four voices; None where they leave doubt."""
    notes = np.concatenate([line.notes for line in piece.lines])
    spans = certain_chords(notes, np.arange(0.0, piece.end + 1e-6, 1.0))
    if spans is None:
        return None
    known = Piece(
        origins=piece.origins, lines=piece.lines, bars=None, quarter_bpm=piece.quarter_bpm, pulse=1.0,
        chords=tuple(span._replace(label=span.label.partition("/")[0]) for span in spans),
    )  # fmt: skip
    song = song_of(known, name, flavour="chorale", key=key_number(key_of(notes[:, 2], notes[:, 1]).name))
    if song is None:
        return None
    voices = np.full((len(song.keys), len(piece.lines)), REST, dtype=np.int64)
    for column, line in enumerate(piece.lines):
        for beat in range(len(voices)):
            sounding = line.notes[(line.notes[:, 0] <= beat + 1e-6) & (line.notes[:, 0] + line.notes[:, 1] > beat + 1e-6)]
            if len(sounding):
                voices[beat, column] = round(float(sounding[0, 2]))
    return TuneSong(
        name=name, flavour="chorale", sung=song.sung, chords=song.chords, keys=song.keys, positions=song.positions, voices=voices
    )


def moments_of_path(song: TuneSong, path: IntArray) -> list[Moment]:
    """A moment for each beat of a chorale, with the soprano that it has there."""
    assert song.voices is not None
    found = []
    for beat, (state, top) in enumerate(zip(path.tolist(), song.voices[:, 0].tolist(), strict=True)):
        kind = KINDS[state // 12]
        chord = Chord(root=state % 12, quality=kind, intervals=QUALITIES[kind], bass=0)
        found.append(Moment(beat, beat + 1, chord, top, top, top, int(song.keys[beat]) % 12))
    return found


def agreement(song: TuneSong, path: IntArray) -> tuple[float, float]:
    """Share of the beats with a chord whose root is right, and whose root and third are."""
    known = song.chords >= 0
    if not known.any():
        return float("nan"), float("nan")
    truth, found = song.chords[known], path[known]
    return float((truth % 12 == found % 12).mean()), float((_thirds(truth) == _thirds(found)).mean())


def three_chords(song: TuneSong) -> IntArray:
    """The rule of a first lesson: in every bar that of I, IV and V (i, iv and V) which has most of what is sung."""
    starts = np.flatnonzero(song.positions == 0) if (song.positions == 0).any() else np.arange(0, len(song.positions), 4)
    edges = sorted({0, *starts.tolist(), len(song.positions)})
    path = np.zeros(len(song.positions), dtype=np.int64)
    both = song.sung.accented + song.sung.passing
    for first, last in pairwise(edges):
        tonic, mode = int(song.keys[first]) % 12, int(song.keys[first]) // 12
        heard = np.roll(both[first:last].sum(axis=0), -tonic)
        choices = [(0, mode), (5, mode), (7, 0)]
        fits = [heard[[(root + step) % 12 for step in QUALITIES[KINDS[kind]]]].sum() for root, kind in choices]
        root, kind = choices[int(np.argmax(fits))]
        path[first:last] = kind * 12 + (root + tonic) % 12
    return path


def _thirds(states: IntArray) -> IntArray:
    """Root and third alone: the pitch class, plus 12 for a minor third."""
    minor = np.array([3 in QUALITIES[name] for name in KINDS])
    return np.asarray(states % 12 + 12 * minor[states // 12])


def _means(items: Sequence[BenchItem]) -> Mapping[str, float]:
    names = list(dict.fromkeys(name for item in items for name in item.metrics))
    return {name: float(np.nanmean([item.metrics[name] for item in items if name in item.metrics])) for name in names}
