"""What can be made of beats beside knowledge: a recording with a click on every beat, and a tempo map."""

from pathlib import Path
from typing import Literal

import numpy as np

from hexachord.errors import InputError
from hexachord.knowledge.model import Beats, Knowledge, Metre

Spot = Literal["mix", "split", "alone"]
CLICK_SPOTS: tuple[Spot, ...] = ("mix", "split", "alone")
_LONGEST_S = 3600.0  # music and clicks are in memory together


def write_click(source: Path, knowledge: Knowledge, path: Path, *, spot: Spot = "mix", salvage: bool = False) -> Path:
    """Write a recording with a click on every beat, a higher one on downbeats.

    Parameters
    ----------
    source : the recording
    knowledge : with its beats
    path : a sound file to write
    spot : "mix" over the music, "split" music left and clicks right, "alone" without the music

    Raises
    ------
    InputError : if there are no beats, the recording is longer than an hour, or the suffix names no sound.
    OutputError : if it cannot be written.
    """
    from hexachord.audio import load_audio, save_audio
    from hexachord.audio_analysis.rhythm.click import click_track, with_click

    beats = _beats_of(knowledge, source, least=1)
    if knowledge.duration_s > _LONGEST_S:
        raise InputError(source, found=f"{knowledge.duration_s / 60:.0f} minutes", expected="at most 60 for a click track")
    if spot == "alone":
        return save_audio(click_track(beats, duration_s=knowledge.duration_s), path)
    return save_audio(with_click(load_audio(source, salvage=salvage), beats, spot=spot), path)


def write_tempo_map(source: Path, knowledge: Knowledge, path: Path) -> Path:
    """Write a recording's beats as a tempo map: MIDI whose bars and beats fall where they do in the sound, with a wood block on each.

    Raises
    ------
    InputError : if there are fewer than two beats, or the suffix names no score.
    OutputError : if it cannot be written.
    """
    from hexachord.audio_analysis.rhythm.tempo_map import tempo_map_score
    from hexachord.score.formats import save_score

    beats = _beats_of(knowledge, source, least=2)
    metre = knowledge.metre or Metre(beats_per_bar=4)
    return save_score(tempo_map_score(beats, metre, clicks=True, title=source.stem), path).path


def _beats_of(knowledge: Knowledge, source: Path, *, least: int) -> Beats:
    """Return the beats, none before the start and no two at one time."""
    beats = knowledge.beats
    if beats is None or len(beats) < least:
        found = "no beats" if beats is None or len(beats) == 0 else "a single beat"
        raise InputError(source, found=found, expected="music with a pulse", next_step="say what you know: --tempo, --tap")
    time_s = np.maximum(beats.time_s, 0.0)
    keep = np.append(True, np.diff(time_s) > 0)
    return Beats(time_s=time_s[keep], position=beats.position[keep], confidence=beats.confidence[keep], engine=beats.engine)
