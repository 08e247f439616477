"""MIDI files ↔ scores, through symusic.

Reading gives a performance: parts with notes, controllers and bends at a file's own ticks, its tempo, metre and key maps, markers as
sections, and no bars. Writing turns noteheads into sounding notes (ties merged), which is exact for performances; what notation holds
beyond that is counted in the warnings.

A MIDI note-off does not say which of several notes on one key it ends; the convention is the oldest. A note inside another on the same
key would come back with swapped ends, so such notes go to a companion track, ``NAME (overlaps)``, which reading joins again.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from hexachord.errors import InputError
from hexachord.files import read_bytes
from hexachord.score.edit import map_ticks, with_ticks_per_quarter
from hexachord.score.garbage import collection_paused
from hexachord.score.midi_check import check_midi
from hexachord.score.model import (
    DEFAULT_VELOCITY,
    TICKS_PER_QUARTER,
    Bend,
    Control,
    KeyMark,
    Lyric,
    MetreMark,
    Note,
    Part,
    Score,
    SectionMark,
    TempoMark,
)
from hexachord.score.notes import merge_ties

MAX_TICKS_PER_QUARTER = 0x7FFF
OVERLAPS = " (overlaps)"
_MICROSECONDS_PER_MINUTE = 60_000_000
_MAX_TICK = (1 << 31) - 1
_MAX_MSPQ = (1 << 24) - 1
_GRACE_QUARTERS = 8  # a grace note takes an eighth of a quarter from the time before its note


class MidiBytes(NamedTuple):
    """A MIDI file, and what it could not hold: one line per kind, with its count."""

    data: bytes
    warnings: tuple[str, ...]


def load_midi(path: str | Path) -> Score:
    """Read a .mid file of format 0 or 1.

    Raises
    ------
    InputError : if it is missing, no MIDI, or truncated. A file without notes is an empty score.
    """
    return read_midi(read_bytes(path, what="a MIDI file"), subject=path)


def read_midi(data: bytes, *, subject: str | Path = "MIDI") -> Score:
    """Read the bytes of a MIDI file; `subject` names it in errors."""
    symusic = _symusic()
    warnings = Counter[str]()
    skipped = check_midi(data, subject=subject)
    try:
        raw = symusic.Score.from_midi(data)
    except (RuntimeError, ValueError, MemoryError) as error:
        raise InputError(subject, found=f"broken MIDI ({error})", expected="a standard MIDI file") from error
    with collection_paused():
        parts = _parts(raw, warnings)
    return Score(
        parts=parts,
        ticks_per_quarter=int(raw.ticks_per_quarter),
        tempos=tuple(TempoMark(int(mark.time), _MICROSECONDS_PER_MINUTE / mark.mspq) for mark in raw.tempos if mark.mspq > 0),
        metres=tuple(_metres(raw, warnings)),
        keys=tuple(
            KeyMark(int(key.time), int(key.key), "minor" if key.tonality else "major") for key in raw.key_signatures if abs(key.key) <= 7
        ),
        sections=tuple(SectionMark(int(marker.time), str(marker.text)) for marker in raw.markers),
        warnings=(*skipped, *_lines(warnings)),
    )


def _symusic() -> Any:
    # Imported late, for it costs a tenth of a second; untyped, for its stubs unite three units of time in every signature.
    import symusic

    return symusic


def _metres(raw: Any, warnings: Counter[str]) -> Iterable[MetreMark]:
    for mark in raw.time_signatures:
        beats, kind = int(mark.numerator), int(mark.denominator)
        if beats > 0 and 0 < kind <= 128 and kind & (kind - 1) == 0 and beats * int(raw.ticks_per_quarter) * 4 >= kind:
            yield MetreMark(int(mark.time), beats, kind)
        else:
            warnings["impossible time signatures"] += 1


def _parts(raw: Any, warnings: Counter[str]) -> tuple[Part, ...]:
    parts: list[Part] = []
    for track in raw.tracks:
        name = str(track.name)
        if not len(track.notes):
            _attach_lyrics(parts, name, track.lyrics, warnings)
            continue
        notes = _notes(track)
        previous = parts[-1] if parts else None
        if (
            previous is not None
            and name == previous.name + OVERLAPS
            and (int(track.program), bool(track.is_drum)) == (previous.program, previous.is_percussion)
        ):
            together = sorted((*previous.notes, *notes), key=lambda note: (note.onset, note.pitch, note.duration))
            parts[-1] = replace(previous, notes=tuple(together))
            continue
        parts.append(
            Part(
                notes=notes,
                id=f"P{len(parts) + 1}",
                name=name,
                program=int(track.program),
                is_percussion=bool(track.is_drum),
                controls=tuple(Control(*row) for row in _rows(track.controls, "time", "number", "value")),
                bends=tuple(Bend(*row) for row in _rows(track.pitch_bends, "time", "value")),
            )
        )
        _attach_lyrics(parts, name, track.lyrics, warnings)
    return tuple(parts)


def _rows(events: Any, *columns: str) -> list[tuple[int, ...]]:
    if not len(events):
        return []
    arrays = events.numpy()
    order = np.argsort(arrays["time"], kind="stable")
    return list(zip(*(arrays[column][order].tolist() for column in columns), strict=True))


def _notes(track: Any) -> tuple[Note, ...]:
    arrays = track.notes.numpy()
    order = np.lexsort((arrays["duration"], arrays["pitch"], arrays["time"]))
    columns = (arrays[name][order].tolist() for name in ("time", "duration", "pitch", "velocity"))
    return tuple(map(Note, *columns))


def _attach_lyrics(parts: list[Part], name: str, lyrics: Sequence[Any], warnings: Counter[str]) -> None:
    """Hang lyric events on the notes that start with them; a hyphen at the end joins a syllable to the next."""
    if not len(lyrics):
        return
    part_index = next((index for index in reversed(range(len(parts))) if parts[index].name == name), None)
    syllables = {int(event.time): str(event.text) for event in lyrics}
    if part_index is None:
        warnings["lyrics without notes"] += len(syllables)
        return
    notes = list(parts[part_index].notes)
    inside = False
    for index, note in enumerate(notes):
        text = syllables.pop(note.onset, None)
        if text is None:
            continue
        goes_on = text.endswith("-")
        syllabic = ("middle" if inside else "begin") if goes_on else ("end" if inside else "single")
        inside = goes_on
        notes[index] = note._replace(lyrics=(Lyric(text[:-1] if goes_on else text, syllabic),))
    if syllables:
        warnings["lyrics between notes"] += len(syllables)
    parts[part_index] = replace(parts[part_index], notes=tuple(notes))


# --- writing -----------------------------------------------------------------------------------------------------------------------


def write_midi(score: Score) -> MidiBytes:
    """Write a score as a MIDI file of format 1, with the score's own ticks where MIDI can count them.

    Examples
    --------
    >>> score = Score(parts=(Part(notes=(Note(0, 480, 60, 90),)),), ticks_per_quarter=480)
    >>> read_midi(write_midi(score).data).parts[0].notes[0][:4]
    (0, 480, 60, 90)
    """
    symusic = _symusic()
    warnings = Counter[str]()
    score = _countable(score, warnings)
    raw = symusic.Score(score.ticks_per_quarter)
    for mark in score.tempos:
        mspq = min(_MAX_MSPQ, max(1, round(_MICROSECONDS_PER_MINUTE / mark.quarter_bpm)))
        if abs(_MICROSECONDS_PER_MINUTE / mspq / mark.quarter_bpm - 1) > 1e-5:
            warnings["tempos that MIDI cannot count"] += 1
        warnings["tempo words and metronome marks"] += bool(mark.text or mark.metronome)
        raw.tempos.append(symusic.Tempo(mark.tick, mspq=mspq))
    for metre in score.metres:
        raw.time_signatures.append(symusic.TimeSignature(metre.tick, metre.beats, metre.beat_type))
        warnings["additive groups and symbols of time signatures"] += bool(metre.groups or metre.symbol)
    for key in score.keys:
        raw.key_signatures.append(symusic.KeySignature(key.tick, key.fifths, int(key.mode == "minor")))
        warnings["modes other than major and minor"] += key.mode not in ("major", "minor")
    for section in score.sections:
        raw.markers.append(symusic.TextMeta(section.tick, section.label))
        warnings["ends of sections"] += section.end is not None
    for part in score.parts:
        _write_part(part, raw, score.ticks_per_quarter, warnings)
    _count_notation(score, warnings)
    return MidiBytes(raw.dumps_midi(), _lines(warnings))


def _countable(score: Score, warnings: Counter[str]) -> Score:
    """A score whose ticks fit into MIDI's fifteen bits."""
    if score.end_tick > _MAX_TICK:
        raise InputError("MIDI", found=f"a score of {score.end_tick} ticks", expected=f"at most {_MAX_TICK}")
    tpq = score.ticks_per_quarter
    if tpq <= MAX_TICKS_PER_QUARTER:
        return score
    with suppress(ValueError):
        return with_ticks_per_quarter(score, TICKS_PER_QUARTER)
    warnings[f"times rounded to {TICKS_PER_QUARTER} ticks a quarter"] += 1
    return _rounded(score)


def _rounded(score: Score) -> Score:
    tpq = score.ticks_per_quarter
    return replace(map_ticks(score, lambda tick: (tick * TICKS_PER_QUARTER + tpq // 2) // tpq), ticks_per_quarter=TICKS_PER_QUARTER)


def _write_part(part: Part, raw: Any, ticks_per_quarter: int, warnings: Counter[str]) -> None:
    symusic = _symusic()
    if not part.notes:
        warnings["parts without notes"] += 1
        return
    sounding = _sounding(part.notes, ticks_per_quarter, warnings)
    columns = np.array([note[:3] for note in sounding], dtype=np.int64).reshape(-1, 3)
    velocities = np.array([DEFAULT_VELOCITY if note.velocity is None else note.velocity for note in sounding], dtype=np.int64)
    warnings["notes of velocity 0, which MIDI reads as silence, written as 1"] += int(np.count_nonzero(velocities == 0))
    velocities = np.clip(velocities, 1, 127)
    onsets, durations, pitches = columns.T
    order = np.lexsort((onsets + durations, onsets))
    onsets, durations, pitches, velocities = onsets[order], durations[order], pitches[order], velocities[order]
    layers = _layers(onsets, onsets + durations, pitches)
    for layer in range(int(layers.max()) + 1):
        name = part.name + (OVERLAPS if layer else "")
        track = symusic.Track(name=name, program=part.program, is_drum=part.is_percussion)
        mine = layers == layer
        track.notes = symusic.Note.from_numpy(
            onsets[mine].astype(np.int32), durations[mine].astype(np.int32), pitches[mine].astype(np.int8), velocities[mine].astype(np.int8)
        )
        track.controls.extend([symusic.ControlChange(*control) for control in part.controls])
        track.pitch_bends.extend([symusic.PitchBend(*bend) for bend in part.bends])
        if layer == 0:
            track.lyrics.extend([symusic.TextMeta(tick, text) for tick, text in _syllables(sounding, warnings)])
        raw.tracks.append(track)


def _sounding(notes: tuple[Note, ...], ticks_per_quarter: int, warnings: Counter[str]) -> list[Note]:
    """Ties merged, grace notes given a short time of their own."""
    merged = merge_ties(notes) if any(note.tied_to_next for note in notes) else list(notes)
    if not any(note.grace for note in merged):
        return merged
    length = max(1, ticks_per_quarter // _GRACE_QUARTERS)
    waiting: dict[tuple[int, int], list[int]] = {}
    for index, note in enumerate(merged):
        if note.grace:
            waiting.setdefault((note.onset, note.voice), []).append(index)
    for (onset, _), indexes in waiting.items():
        for place, index in enumerate(indexes):
            start = max(0, onset - length * (len(indexes) - place))
            merged[index] = merged[index]._replace(onset=start, duration=length)
    warnings["grace notes, played just before their notes"] += sum(map(len, waiting.values()))
    return merged


def _layers(onsets: np.ndarray, ends: np.ndarray, pitches: np.ndarray) -> np.ndarray:
    """Deal notes to tracks so that on each, of two notes on one key the one that starts first ends first (0 for nearly all)."""
    layers = np.zeros(len(onsets), dtype=np.int64)
    by_pitch = np.lexsort((ends, onsets, pitches))
    onset, end, pitch = onsets[by_pitch], ends[by_pitch], pitches[by_pitch]
    if len(onset) < 2 or not np.any((pitch[1:] == pitch[:-1]) & (onset[1:] <= end[:-1])):
        return layers  # no two notes of one key even touch
    last: dict[tuple[int, int], tuple[int, int]] = {}  # (pitch, layer) → onset and end of the latest note there
    for index, start, stop, key in zip(by_pitch.tolist(), onset.tolist(), end.tolist(), pitch.tolist(), strict=True):
        layer = 0
        while (before := last.get((key, layer))) is not None and not _may_follow(before, start, stop):
            layer += 1
        last[key, layer] = (start, stop)
        layers[index] = layer
    return layers


def _may_follow(before: tuple[int, int], start: int, stop: int) -> bool:
    """Whether a note can share a track and key with an earlier one and both come back whole."""
    if start > before[1]:
        return True
    # At one tick, ends come before beginnings: a note of no length must not touch another.
    return stop > start and before[1] > before[0] and stop >= before[1]


def _syllables(notes: list[Note], warnings: Counter[str]) -> Iterable[tuple[int, str]]:
    for note in notes:
        for lyric in note.lyrics:
            if lyric.verse == 1:
                yield note.onset, lyric.text + ("-" if lyric.syllabic in ("begin", "middle") else "")
            else:
                warnings["syllables of further verses"] += 1


def _count_notation(score: Score, warnings: Counter[str]) -> None:
    """Count what is written and not played."""
    warnings["chord symbols"] += len(score.chords)
    warnings["repeats and endings (not played out)"] += sum(bool(bar.repeat_end or bar.endings) for bar in score.bars)
    for part in score.parts:
        warnings["directions"] += len(part.directions)
        warnings["clefs"] += len(part.clefs)
        warnings["notes with articulations and other marks"] += sum(bool(note.marks) for note in part.notes)
        warnings["notes with a spelling"] += sum(note.spelling is not None for note in part.notes)
        warnings["parts in several voices or staves, joined"] += len({(note.staff, note.voice) for note in part.notes}) > 1


def _lines(warnings: Counter[str]) -> tuple[str, ...]:
    return tuple(f"{kind}: {count}" for kind, count in sorted(warnings.items()) if count)
