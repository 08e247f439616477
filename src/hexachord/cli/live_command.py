"""`listen --live`: beats as they are found, a line each."""

import json
import sys
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hexachord.errors import InputError

if TYPE_CHECKING:
    from hexachord.audio_analysis.rhythm.hints import RhythmHints
    from hexachord.audio_analysis.rhythm.online import OnlineBeat
    from hexachord.journeys.live import Pcm, Sound

STANDARD_INPUT, MICROPHONE = "-", "mic"

_PANEL = "While it plays"

Live = Annotated[
    bool,
    typer.Option(
        "--live",
        help="Print beats as they are found, without looking ahead. SONG may be `-` (standard input) or `mic`.",
        show_default=False,
        rich_help_panel=_PANEL,
    ),
]
RealTime = Annotated[
    bool, typer.Option("--real-time", help="With --live: let a file take as long as it lasts.", show_default=False, rich_help_panel=_PANEL)
]
PlainSamples = Annotated[
    str | None,
    typer.Option(
        "--pcm",
        metavar="RATE,CHANNELS,KIND",
        help="With --live: what plain samples on standard input are (44100,2,s16). Without it they are a WAV.",
        show_default=False,
        rich_help_panel=_PANEL,
    ),
]


def listen_live(
    song: Path,
    *,
    hints: "RhythmHints | None" = None,
    pcm: str | None = None,
    real_time: bool = False,
    salvage: bool = False,
    as_json: bool = False,
) -> None:
    """Print the beats of a sound that is coming.

    Parameters
    ----------
    song : a file, ``-`` for standard input, ``mic`` for the microphone
    pcm : what plain samples on standard input are: ``RATE[,CHANNELS[,KIND]]``
    real_time : a file takes as long as it lasts
    as_json : a JSON object a line, else words

    Raises
    ------
    InputError : if there is no such sound.
    """
    from hexachord.audio_analysis.rhythm.hints import RhythmHints
    from hexachord.journeys.live import live_beats, open_file, open_microphone, open_stream

    source: AbstractContextManager[Sound]
    if str(song) == STANDARD_INPUT:
        source = nullcontext(open_stream(sys.stdin.buffer, pcm=None if pcm is None else parse_pcm(pcm)))
    elif str(song) == MICROPHONE and not song.exists():
        source = open_microphone()
    else:
        source = open_file(song, salvage=salvage)
    with source as sound:
        for beat in live_beats(sound, hints=hints or RhythmHints(), real_time=real_time):
            print(json_line(beat) if as_json else text_line(beat), flush=True)


def text_line(beat: "OnlineBeat") -> str:
    """Write a beat for a reader."""
    return f"{beat.time_s:9.2f} s   {beat.position}/{beat.beats_per_bar}   {beat.bpm:6.1f} BPM   {beat.confidence:4.0%}"


def json_line(beat: "OnlineBeat") -> str:
    """Write a beat for a program: times to the millisecond."""
    rounded = {name: round(value, 3) if isinstance(value, float) else value for name, value in asdict(beat).items()}
    return json.dumps(rounded, allow_nan=False)


def parse_pcm(text: str) -> "Pcm":
    """Read what plain samples are.

    Raises
    ------
    InputError : if it cannot be understood.

    Examples
    --------
    >>> parse_pcm("48000,2")
    Pcm(rate_hz=48000, channels=2, kind='s16')
    """
    from hexachord.journeys.live import Pcm

    rate, channels, kind, *more = [*text.split(","), "", ""][: max(3, text.count(",") + 1)]
    if more or not rate.strip().isdigit() or not (channels.strip() or "1").isdigit():
        raise InputError(
            f"--pcm {text}", found="no description of samples", expected="RATE, RATE,CHANNELS or RATE,CHANNELS,KIND: 44100,2,s16"
        )
    return Pcm(rate_hz=int(rate), channels=int(channels.strip() or 1), kind=kind.strip() or "s16")
