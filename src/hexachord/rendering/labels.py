"""The truth about a take as it sounds: what the production changes of it, and nothing else.

Instruments, rooms and effects leave the clock alone. What they change is who is heard (`Presence`), at which pitch (the common A, each
player's own deviation, stretched octaves), and, where a production cuts holes or fades, whether anything is heard at all: what falls into
silence is taken out of what sounds (notes, drums, melody, chords), and stays in what goes on silently (beats, metre, key, sections).
"""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from hexachord.arrays import FloatArray
from hexachord.knowledge.model import F0, Beats, Events, Notes, Segments, Tuning
from hexachord.processing.effects.chain import Chain
from hexachord.rendering.model import LocalTempo, Take
from hexachord.rendering.presence import presence
from hexachord.rendering.production import PartSound, Production

_ENGINE = "rendering"
_FADERS = ("fade", "silence_gaps", "gain_curve")
_TUNES = ("sung", "lead", "solo")
_SILENT = 0.01  # of full level: 40 dB down nobody hears music any more
_CLOCK_HZ = 1000  # of the faders' movements
_LEAST_S = 0.02
_DROP_S = 0.25  # a shorter hole is a drop-out, through which music goes on


def labelled(take: Take, production: Production) -> Take:
    """Return the take with everything that is true of its sound.

    Returns
    -------
    The take with tuning, presence of instruments, local tempo, its melody at the pitch at which it sounds, and, if the production fades or
    cuts, `heard` and nothing that sounds outside of it.
    """
    cents = 1200.0 * float(np.log2(production.a4_hz / 440.0))
    truth = replace(take.truth, tuning=Tuning(cents=cents, confidence=1.0, engine=_ENGINE))
    singer = next((index for index, role in enumerate(take.roles) if role in _TUNES), None)
    if truth.melody is not None and singer is not None:
        truth = replace(truth, melody=_as_tuned(truth.melody, production.parts[singer], a4_hz=production.a4_hz))
    drums, pedal = take.drums, take.pedal
    spans = heard_spans((production.mix, production.medium, production.ends), duration_s=truth.duration_s)
    if spans is not None:
        truth = replace(
            truth,
            notes=None if truth.notes is None else _notes_in(truth.notes, spans),
            melody_notes=None if truth.melody_notes is None else _notes_in(truth.melody_notes, spans),
            melody=None if truth.melody is None else _f0_in(truth.melody, spans),
            chords=None if truth.chords is None else _chords_in(truth.chords, spans, duration_s=truth.duration_s),
        )
        drums = None if drums is None else _events_in(drums, spans)
    return replace(
        take,
        truth=truth,
        drums=drums,
        pedal=pedal,
        presence=presence(take.tracks, take.roles, production.parts),
        local_tempo=None if truth.beats is None else local_tempo(truth.beats),
        heard=spans,
    )


def local_tempo(beats: Beats) -> LocalTempo | None:
    """Return the tempo from each beat to the next; None with fewer than two beats.

    Examples
    --------
    >>> local_tempo(Beats(time_s=np.array([0.0, 0.5, 1.25]), position=np.array([1, 2, 3]))).bpm.tolist()
    [120.0, 80.0]
    """
    if len(beats) < 2:
        return None
    return LocalTempo(time_s=beats.time_s[:-1], bpm=60.0 / np.diff(beats.time_s))


def heard_spans(chains: Iterable[Chain], *, duration_s: float) -> Segments | None:
    """Return where a signal that goes through chains is not faded out or cut; None where nothing of that kind is in them.

    Examples
    --------
    >>> from hexachord.processing.effects.levels import silence_gaps
    >>> cut = Chain(name="", steps=(silence_gaps.step(start_s=[2.0], end_s=[3.0]),))
    >>> spans = heard_spans([cut], duration_s=10.0)
    >>> spans.start_s.round(2).tolist(), spans.end_s.round(2).tolist()
    ([0.0, 3.0], [2.0, 10.0])
    """
    steps = tuple(step for chain in chains for step in chain.steps if step.effect in _FADERS)
    if not steps:
        return None
    frames = round(duration_s * _CLOCK_HZ)
    level = Chain(name="", steps=steps)(np.ones((1, frames), dtype=np.float32), _CLOCK_HZ)[0]
    edges = np.flatnonzero(np.diff(np.concatenate([[False], np.abs(level) > _SILENT, [False]]).astype(np.int8)))
    starts, ends = edges[::2] / _CLOCK_HZ, np.minimum(edges[1::2] / _CLOCK_HZ, duration_s)
    long = np.flatnonzero(starts[1:] - ends[:-1] >= _DROP_S)
    start_s, end_s = (np.concatenate([starts[:1], starts[long + 1]]), np.concatenate([ends[long], ends[-1:]]))
    return Segments(start_s=start_s, end_s=end_s, label=("heard",) * len(start_s), engine=_ENGINE)


def _as_tuned(melody: F0, part: PartSound, *, a4_hz: float) -> F0:
    """The melody as its player is tuned: everybody's A, its own deviation, and octaves stretched by key around A."""
    voiced = melody.f0_hz > 0
    octaves = np.log2(np.where(voiced, melody.f0_hz, 440.0) / 440.0)
    ratio = a4_hz / 440.0 * 2.0 ** ((part.detune_cents + part.stretch_cents_per_octave * octaves) / 1200.0)
    return replace(melody, f0_hz=melody.f0_hz * ratio)


def _inside(time_s: FloatArray, spans: Segments) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    index = np.searchsorted(spans.start_s, time_s, side="right") - 1
    return np.asarray((index >= 0) & (time_s < np.append(spans.end_s, -np.inf)[index]))


def _notes_in(notes: Notes, spans: Segments) -> Notes:
    """What is heard of notes: those that begin in silence begin with the sound, those that end there end with it."""
    rows = [
        (max(on, start), min(off, end), pitch, velocity)
        for on, off, pitch, velocity in zip(notes.onset_s, notes.offset_s, notes.pitch, notes.velocity, strict=True)
        for start, end in zip(spans.start_s, spans.end_s, strict=True)
        if min(off, end) - max(on, start) >= _LEAST_S
    ]
    table = np.array(sorted(rows, key=lambda row: (row[0], row[2])), dtype=np.float64).reshape(-1, 4)
    return Notes(onset_s=table[:, 0], offset_s=table[:, 1], pitch=table[:, 2], velocity=table[:, 3], engine=notes.engine)


def _events_in(events: Events, spans: Segments) -> Events:
    kept = np.flatnonzero(_inside(events.time_s, spans))
    label = tuple(events.label[index] for index in kept) if events.label else ()
    return Events(time_s=events.time_s[kept], confidence=events.confidence[kept], label=label, engine=events.engine)


def _f0_in(melody: F0, spans: Segments) -> F0:
    kept = _inside(melody.time_s, spans)
    return replace(melody, f0_hz=np.where(kept, melody.f0_hz, 0.0), voicing=np.where(kept, melody.voicing, 0.0))


def _chords_in(chords: Segments, spans: Segments, *, duration_s: float) -> Segments:
    """Chords, with N where nothing is heard."""
    cuts = np.unique(np.clip(np.concatenate([chords.start_s, chords.end_s, spans.start_s, spans.end_s]), 0.0, duration_s))
    start, end = cuts[:-1], cuts[1:]
    middle = (start + end) / 2
    index = np.searchsorted(chords.start_s, middle, side="right") - 1
    known = (index >= 0) & (middle < chords.end_s[index])
    audible = _inside(middle, spans)
    label = [chords.label[i] if sounds else "N" for i, sounds in zip(index, audible, strict=True)]
    rows: list[tuple[float, float, str]] = []
    for begin, stop, name, keep in zip(start.tolist(), end.tolist(), label, (known | ~audible).tolist(), strict=True):
        if not keep:
            continue
        if rows and rows[-1][2] == name and rows[-1][1] == begin:
            rows[-1] = (rows[-1][0], stop, name)
        else:
            rows.append((begin, stop, name))
    return Segments(
        start_s=np.array([row[0] for row in rows]),
        end_s=np.array([row[1] for row in rows]),
        label=tuple(row[2] for row in rows),
        engine=chords.engine,
    )
