"""What a user may say about a rhythm on the command line, before the analysis or after it."""

import math
import re
from typing import TYPE_CHECKING, Annotated

import typer

from hexachord.errors import InputError

if TYPE_CHECKING:
    from hexachord.audio_analysis.rhythm.hints import RhythmHints

_AROUND = 0.08  # a single tempo stands for this much on either side
_SLOWEST_BPM, _FASTEST_BPM = 10.0, 400.0
_MOST_BEATS = 32
_PANEL = "What you know about the rhythm"

TempoHint = Annotated[
    str | None,
    typer.Option(
        "--tempo", metavar="BPM", help="How fast it is: 96 (± 8 %), or a range, 80-120.", show_default=False, rich_help_panel=_PANEL
    ),
]
MetreHint = Annotated[
    str | None,
    typer.Option("--metre", metavar="N", help="Felt beats in a bar: 3; or 6/8 (two).", show_default=False, rich_help_panel=_PANEL),
]
TapHint = Annotated[
    str | None,
    typer.Option(
        "--tap", metavar="S,S,S", help="Seconds at which you tapped beats: 1.2,1.8,2.4.", show_default=False, rich_help_panel=_PANEL
    ),
]
StartHint = Annotated[
    str | None,
    typer.Option("--starts-at", metavar="S", help="A time, in seconds, at which a bar starts.", show_default=False, rich_help_panel=_PANEL),
]


def parse_hints(*, tempo: str | None, metre: str | None, tap: str | None, starts_at: str | None) -> "RhythmHints | None":
    """Turn the options into hints; None without any.

    Raises
    ------
    InputError : naming the option that cannot be understood.

    Examples
    --------
    >>> parse_hints(tempo="80-120", metre="6/8", tap=None, starts_at="0.53")
    RhythmHints(tempo_bpm=(80.0, 120.0), beats_per_bar=2, beat_division=3, tapped_s=(), downbeat_s=0.53)
    """
    if tempo is None and metre is None and tap is None and starts_at is None:
        return None
    from hexachord.audio_analysis.rhythm.hints import RhythmHints

    beats, _, parts = (None, None, None) if metre is None else parse_metre(metre)
    return RhythmHints(
        tempo_bpm=None if tempo is None else parse_tempo(tempo),
        beats_per_bar=beats,
        beat_division=parts,
        tapped_s=() if tap is None else parse_taps(tap),
        downbeat_s=None if starts_at is None else parse_time("--starts-at", starts_at),
    )


def parse_tempo(text: str) -> tuple[float, float]:
    """Read a tempo or a range of tempi.

    Examples
    --------
    >>> parse_tempo("80-120"), parse_tempo("100")
    ((80.0, 120.0), (92.0, 108.0))
    """
    low, dash, high = (part.strip() for part in re.sub("[–—]|\\.\\.", "-", text).partition("-"))
    slow, fast = _number(low), _number(high) if dash else math.nan
    expected = "beats a minute (96) or a range of them (80-120)"
    if math.isnan(slow) or (dash and math.isnan(fast)):
        raise InputError(f"--tempo {text}", found="no tempo", expected=expected)
    if not dash:
        slow, fast = round(slow * (1 - _AROUND), 6), round(slow * (1 + _AROUND), 6)
    if not _SLOWEST_BPM <= slow <= fast <= _FASTEST_BPM:
        found = "a range that ends before it begins" if slow > fast else "a tempo that no music has"
        raise InputError(f"--tempo {text}", found=found, expected=f"{expected}, between {_SLOWEST_BPM:.0f} and {_FASTEST_BPM:.0f}")
    return slow, fast


def parse_metre(text: str) -> tuple[int, int | None, int | None]:
    """Read beats in a bar, and, of a time signature, its lower number and the parts of a beat: 6/8 is two beats in threes.

    Examples
    --------
    >>> parse_metre("3"), parse_metre("3/4"), parse_metre("6/8")
    ((3, None, None), (3, 4, 2), (2, 8, 3))
    """
    match = re.fullmatch(r"\s*(\d{1,3})\s*(?:/\s*(\d{1,3})\s*)?", text)
    beats, kind = (int(match[1]), int(match[2]) if match[2] else None) if match else (0, None)
    if not 1 <= beats <= _MOST_BEATS or kind not in (None, 1, 2, 4, 8, 16, 32):
        raise InputError(f"--metre {text}", found="no metre", expected=f"beats in a bar, 1 to {_MOST_BEATS} (3), or a metre (6/8)")
    if kind is None:
        return beats, None, None
    from hexachord.score.timing import felt_metre

    felt, parts = felt_metre(beats, kind)
    return felt, kind, parts


def parse_taps(text: str) -> tuple[float, ...]:
    """Read times, in seconds, between commas or spaces; they are put in order.

    Examples
    --------
    >>> parse_taps("1.2, 2.4 1.8")
    (1.2, 1.8, 2.4)
    """
    parts = [part for part in re.split(r"[,;\s]+", text) if part]
    if not parts:
        raise InputError("--tap", found="no times", expected="seconds between commas: 1.2,1.8,2.4")
    return tuple(sorted(parse_time("--tap", part) for part in parts))


def parse_time(option: str, text: str) -> float:
    """Read a time in seconds, or as minutes and seconds.

    Examples
    --------
    >>> parse_time("--downbeat-at", "12.3"), parse_time("--downbeat-at", "1:02.5")
    (12.3, 62.5)
    """
    minutes, colon, seconds = text.strip().rpartition(":")
    value = _number(seconds) + (60 * _number(minutes) if colon else 0.0)
    if not value >= 0:
        raise InputError(f"{option} {text}", found="no time", expected="seconds (12.3) or minutes and seconds (1:02.5)")
    return value


def _number(text: str) -> float:
    return float(text) if re.fullmatch(r"\d+(\.\d*)?|\.\d+", text.strip()) else math.nan
