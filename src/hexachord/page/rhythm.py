"""What a page shows of the rhythm beside its beats: the other ways to hear it, the groove, the drums."""

import math

import numpy as np

from hexachord.journeys.correcting import is_corrected, readings_of
from hexachord.knowledge import model
from hexachord.knowledge.report import KIND_WORDS
from hexachord.page import contract
from hexachord.page.columns import confidence_or_none, confidences, seconds
from hexachord.page.commands import reading_commands
from hexachord.song import Song

_MOST_READINGS = 6
_MOST_BEATS = 60_000  # of all readings together: three hours with five readings each would be most of a page
_MOST_POINTS = 4_000  # of the tempo curve


def reading_rows(knowledge: model.Knowledge, *, folder: str) -> list[contract.Reading]:
    """List the ways to hear a rhythm; what the user corrected comes first, with number 0."""
    rows: list[contract.Reading] = []
    beats, tempo = knowledge.beats, knowledge.tempo
    if is_corrected(knowledge) and beats is not None:
        metre = knowledge.metre or model.Metre(beats_per_bar=4)
        said = model.RhythmReading(
            bpm=tempo.bpm if tempo is not None else math.nan,
            beats_per_bar=metre.beats_per_bar,
            beat_type=metre.beat_type,
            beat_division=metre.beat_division,
            beats=beats,
            confidence=1.0,
        )
        rows.append(_row(0, said, how="as you corrected it", commands=[]))
    room = _MOST_BEATS - sum(len(row["time_s"]) for row in rows)
    for number, reading in enumerate(readings_of(knowledge)[:_MOST_READINGS], 1):
        room -= len(reading.beats)
        if room < 0 and rows:
            break
        commands = reading_commands(number, folder=folder)
        rows.append(_row(number, reading, how=KIND_WORDS[reading.kind] or "as it was heard", commands=commands if rows else []))
    return rows


def correction_words(song: Song, knowledge: model.Knowledge) -> list[str]:
    """Say what the user corrected, as far as it is in what is shown."""
    from hexachord.errors import InputError
    from hexachord.song.corrections import load_corrections

    if not is_corrected(knowledge):
        return []
    try:
        return [edit.words() for edit in load_corrections(song.folder).rhythm]
    except InputError:
        return []


def groove_columns(groove: model.Groove | None) -> contract.Groove | None:
    """Write the groove, its tempo curve thinned to what an eye can see."""
    if groove is None or len(groove.tempo_time_s) == 0:
        return None
    thin = slice(None, None, math.ceil(len(groove.tempo_time_s) / _MOST_POINTS))
    return {
        "time_s": seconds(groove.tempo_time_s[thin]),
        "bpm": np.round(groove.tempo_bpm[thin], 2).tolist(),
        "stability": _or_none(groove.stability),
        "swing": _or_none(groove.swing_ratio),
        "engine": groove.engine,
    }


def drum_columns(drums: model.Drums | None) -> contract.Drums | None:
    """Write strokes as columns."""
    if drums is None:
        return None
    return {
        "time_s": seconds(drums.time_s),
        "label": list(drums.label),
        "velocity": np.round(np.nan_to_num(drums.velocity, nan=80.0) / 127.0, 3).tolist(),
        "confidence": confidences(drums.confidence),
        "engine": drums.engine,
    }


def _row(number: int, reading: model.RhythmReading, *, how: str, commands: list[str]) -> contract.Reading:
    return {
        "number": number,
        "bpm": round(reading.bpm, 4) if math.isfinite(reading.bpm) else 0.0,
        "metre": reading.signature,
        "how": how,
        "confidence": confidence_or_none(reading.confidence),
        "time_s": seconds(reading.beats.time_s),
        "position": [int(position) for position in reading.beats.position],
        "commands": commands,
    }


def _or_none(value: float) -> float | None:
    return round(float(value), 5) if math.isfinite(value) else None
