"""Rendered suites beside real recordings: the same items, the same engines, the same scores, under names of their own.

A rendered figure has the name of the real one after ``render_`` (``render_seen_`` when the songs are played with instruments and effects
that training may use): the two are never averaged. Suites are rendered when a bench first asks for them and kept (see
`hexachord.rendering.suite_files`); where music or held-out instruments are missing, the bench goes on without and says so.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple, TypeVar

import numpy as np

from hexachord.bench.billboard import BillboardSong
from hexachord.bench.datasets import BeatItem, F0Item, NoteItem, Recording, StemItem
from hexachord.bench.engine import instrument_folders, music_folder
from hexachord.bench.harness import BenchItem, BenchResult, Progress, mean_metrics, report
from hexachord.bench.loop import front_end, measure
from hexachord.errors import InputError
from hexachord.rendering.instruments import find_instruments
from hexachord.rendering.split import Side, load_split
from hexachord.rendering.suite_files import SuiteSong, render_suite
from hexachord.rendering.suites import find_suite
from hexachord.score.timing import felt_metre

Item = TypeVar("Item")
Estimate = TypeVar("Estimate")

PREFIX: Mapping[Side, str] = {"held_out": "render_", "train": "render_seen_", "valid": "render_valid_"}
_WORKERS = 2


class SuiteItems(NamedTuple):
    """The songs of a suite, what was missing, and a line that says where they are."""

    songs: tuple[SuiteSong, ...]
    skipped: tuple[str, ...] = ()
    kept: str = ""


def load_suite(about: str, data: Path, *, side: Side, instruments: Path | None = None, progress: Progress | None = None) -> SuiteItems:
    """Render a suite, or find it rendered.

    Parameters
    ----------
    about : ``rhythm harmony melody ensembles separation``
    data : the bench folder, or the folder above it; ``train/`` lies beside it
    side : of the instruments
    instruments : a folder to look for instruments in, before the usual ones
    """
    suite = find_suite(about)
    music = music_folder(data)
    if music is None:
        return SuiteItems((), (f"{suite.name}: no music to render (no folder train/ beside the bench data)",))
    split, folders = load_split(), instrument_folders(music, instruments)
    found = find_instruments(split, side, folders=folders)
    if not found.names("font", covers="general"):
        wanted = ", ".join(name for name in found.missing if name.startswith("font/")) or f"a font of the side {side}"
        return SuiteItems((), (f"{suite.name}: not rendered: no {wanted} in {', '.join(map(str, folders))}",))
    rendered = render_suite(suite, data=music, split=split, instruments=found, workers=_WORKERS, progress=progress)
    players = ", ".join(name.partition("/")[2] for name in sorted(found.paths))
    missing = tuple(f"{suite.name}: played without {name}: not found" for name in found.missing)
    kept = f"{suite.name}: {len(rendered.songs)} songs rendered with instruments of the side {side} ({players}), kept in {rendered.folder}"
    return SuiteItems(rendered.songs, (*missing, *rendered.missing), kept)


def with_suite(
    result: BenchResult,
    about: str,
    data: Path,
    *,
    side: Side | None,
    instruments: Path | None,
    item: Callable[[SuiteSong], Item | None],
    name: Callable[[Item], str],
    estimate: Callable[[Item], Estimate],
    score: Callable[[Item, Estimate], Mapping[str, float]],
    summary: Callable[[Sequence[BenchItem]], Mapping[str, float]] = mean_metrics,
    by_trait: Sequence[str] = (),
    engines: Callable[[], str] = str,
    progress: Progress | None = None,
) -> BenchResult:
    """Measure a suite like the recordings and put its figures beside theirs.

    Parameters
    ----------
    result : of the real recordings
    side : of the instruments that play the suite; None leaves the result as it is
    item : makes what the bench measures out of a rendered song; None where the song has nothing to measure (no notes, no chords)
    name, estimate, score : as in `hexachord.bench.loop.measure`
    summary : of the rendered items
    by_trait : metrics that are also averaged over the songs of each trait: ``render_beat_f_7_8``
    engines : names the engine, where there were no recordings to name it
    """
    if side is None:
        return result
    suite = load_suite(about, data, side=side, instruments=instruments, progress=progress)
    if not suite.songs:
        return replace(result, skipped=result.skipped + suite.skipped)
    songs, items = list[SuiteSong](), list[Item]()
    for done, song in enumerate(suite.songs):
        report(progress, f"reading {song.id}", done, len(suite.songs))
        made = item(song)
        if made is not None:
            songs.append(song)
            items.append(made)
    found = measure(items, what=f"rendered {result.bench}", name=name, estimate=estimate, score=score, progress=progress)
    traits = {song.id: song.traits for song in songs}
    metrics = {**summary(found.items), **means_by_trait(found.items, traits, by_trait)}
    prefix = PREFIX[side]
    length_s = find_suite(about).length_s
    return replace(
        result,
        engine=result.engine or engines(),
        metrics={**result.metrics, **{prefix + key: value for key, value in metrics.items()}},
        items=(*result.items, *(_prefixed(scored, prefix) for scored in found.items)),
        seconds_of_audio=result.seconds_of_audio + length_s * len(found.items),
        wall_s=result.wall_s + found.wall_s,
        cpu_s=result.cpu_s + found.cpu_s,
        skipped=result.skipped + suite.skipped + found.skipped,
        rendered=(*result.rendered, suite.kept),
    )


def means_by_trait(items: Sequence[BenchItem], traits: Mapping[str, tuple[str, ...]], metrics: Sequence[str]) -> dict[str, float]:
    """Average metrics over the items of each trait: ``beat_f_drums`` and so on.

    Examples
    --------
    >>> items = [BenchItem(id="a", metrics={"f": 1.0}), BenchItem(id="b", metrics={"f": 0.0})]
    >>> means_by_trait(items, {"a": ("x", "y"), "b": ("x",)}, ["f"])
    {'f_x': 0.5, 'f_y': 1.0}
    """
    found: dict[str, list[float]] = {}
    for metric in metrics:
        for one in items:
            for trait in traits[one.id] if metric in one.metrics else ():
                found.setdefault(f"{metric}_{trait}", []).append(one.metrics[metric])
    return {name: sum(values) / len(values) for name, values in sorted(found.items())}


def beat_item(song: SuiteSong) -> BeatItem | None:
    """Its beats, with bars where they are known."""
    beats = song.truth.beats
    if beats is None:
        return None
    position = beats.position if len(beats) and int(beats.position.min()) > 0 else None
    metres = song.take.metres
    parts = {felt_metre(*(int(number) for number in label.split("/")))[1] for label in metres.label} if metres is not None else set[int]()
    return BeatItem(
        recording=_recording(song),
        kind="rendered",
        time_s=np.asarray(beats.time_s, dtype=np.float64),
        position=position,
        beat_division=parts.pop() if len(parts) == 1 else 0,
    )


def note_item(song: SuiteSong) -> NoteItem | None:
    """Its notes, at the pitch at which they sound; None for drums alone."""
    truth = song.truth
    if truth.notes is None or not len(truth.notes):
        return None
    intervals = np.stack([truth.notes.onset_s, np.maximum(truth.notes.offset_s, truth.notes.onset_s + 0.001)], axis=1)
    pitch = np.asarray(truth.notes.pitch + _cents(song) / 100.0, dtype=np.float64)
    velocity = np.asarray(truth.notes.velocity, dtype=np.float64)
    return NoteItem(recording=_recording(song), kind="rendered", intervals_s=intervals, pitch=pitch, velocity=velocity)


def f0_item(song: SuiteSong) -> F0Item | None:
    """The pitch of its melody and the melody's notes."""
    truth = song.truth
    if truth.melody is None:
        return None
    sung = truth.melody_notes
    notes: tuple[NoteItem, ...] = ()
    if sung is not None and len(sung):
        intervals = np.stack([sung.onset_s, np.maximum(sung.offset_s, sung.onset_s + 0.001)], axis=1)
        pitch = np.asarray(sung.pitch + _cents(song) / 100.0, dtype=np.float64)
        notes = (NoteItem(recording=_recording(song), kind="rendered", intervals_s=intervals, pitch=pitch),)
    time_s, f0_hz = np.asarray(truth.melody.time_s, dtype=np.float64), np.asarray(truth.melody.f0_hz, dtype=np.float64)
    return F0Item(recording=_recording(song), kind="rendered", time_s=time_s, f0_hz=f0_hz[None], notes=notes)


def stem_item(song: SuiteSong) -> StemItem:
    """Its stems by role."""
    return StemItem(id=song.id, kind="rendered", stems={role: (path,) for role, path in song.stems.items()})


def chroma_item(song: SuiteSong) -> BillboardSong | None:
    """Our own chroma of its sound, with its chords and key; None where these are not known.

    Raises
    ------
    InputError : if the sound cannot be read.
    """
    truth = song.truth
    if truth.chords is None or truth.key is None:
        return None
    front = front_end(_recording(song))
    chroma = front.note_chroma
    return BillboardSong(
        id=song.id,
        bass=chroma.bass,
        treble=chroma.treble,
        hop_s=front.hop_s,
        start_s=0.0,
        chord_s=np.stack([truth.chords.start_s, truth.chords.end_s], axis=1),
        chord_labels=truth.chords.label,
        section_s=np.empty((0, 2)),
        section_labels=(),
        tonics=(truth.key.tonic,),
        metre="",
    )


def _recording(song: SuiteSong) -> Recording:
    if song.stems:
        raise InputError(song.id, found="stems", expected="a song of one file")
    return Recording(id=song.id, paths=(song.path,))


def _cents(song: SuiteSong) -> float:
    tuning = song.truth.tuning
    return 0.0 if tuning is None else tuning.cents


def _prefixed(scored: BenchItem, prefix: str) -> BenchItem:
    return BenchItem(id=scored.id, metrics={prefix + name: value for name, value in scored.metrics.items()})
