"""The .osu file format, version 14, for the game mode Taiko: beatmap → text and back.

Written from the format's description in the osu! wiki (".osu (file format)", CC BY-NC 4.0). In Taiko a circle is a don, with a whistle or
a clap a kat, with a finish big; a slider is a drum roll whose length in pixels stands for its time; a spinner is read as a roll.
"""

import math
from collections.abc import Iterator
from pathlib import Path

from hexachord.composition.charts.beatmap import Beatmap, Hit, RedLine, line_at
from hexachord.errors import InputError
from hexachord.files import read_text

VERSION = "osu file format v14"
_TAIKO = 1
_WHISTLE, _FINISH, _CLAP = 2, 4, 8
_CIRCLE, _SLIDER, _NEW_COMBO, _SPINNER = 1, 2, 4, 8
_SLIDER_SPEED = 1.4
_PIXELS = 100.0
_KIAI = 1
_LEAD_MS = 1500  # music that begins at once gives nobody time


def beatmap_text(beatmap: Beatmap) -> str:
    """Write a beatmap as an .osu file.

    Raises
    ------
    InputError : if it has no red line.

    Examples
    --------
    >>> text = beatmap_text(Beatmap(title="Song", lines=(RedLine(0, 500.0),), hits=(Hit(500), Hit(1000, is_kat=True, is_big=True))))
    >>> text.splitlines()[-2:]
    ['256,192,500,5,0,0:0:0:0:', '256,192,1000,1,12,0:0:0:0:']
    """
    if not beatmap.lines:
        raise InputError(beatmap.title or "beatmap", found="no tempo", expected="at least one red line")
    first = beatmap.hits[0].time_ms if beatmap.hits else _LEAD_MS
    sections: dict[str, dict[str, object]] = {
        "General": {
            "AudioFilename": beatmap.audio_name, "AudioLeadIn": max(0, _LEAD_MS - first), "PreviewTime": beatmap.preview_ms,
            "Countdown": 0, "SampleSet": "Normal", "StackLeniency": 0.7, "Mode": _TAIKO, "LetterboxInBreaks": 0, "WidescreenStoryboard": 0,
        },
        "Editor": {"DistanceSpacing": 1, "BeatDivisor": 4, "GridSize": 32, "TimelineZoom": 1},
        "Metadata": {
            "Title": _ascii(beatmap.title), "TitleUnicode": _line(beatmap.title), "Artist": _ascii(beatmap.artist),
            "ArtistUnicode": _line(beatmap.artist), "Creator": _line(beatmap.creator), "Version": _line(beatmap.version), "Source": "",
            "Tags": "taiko hexachord", "BeatmapID": 0, "BeatmapSetID": -1,
        },
        "Difficulty": {
            "HPDrainRate": f"{beatmap.drain:g}", "CircleSize": 5, "OverallDifficulty": f"{beatmap.accuracy:g}", "ApproachRate": 5,
            "SliderMultiplier": _SLIDER_SPEED, "SliderTickRate": 1,
        },
    }  # fmt: skip
    out = [VERSION]
    for name, values in sections.items():
        gap = " " if name in ("General", "Editor") else ""
        out += ["", f"[{name}]", *(f"{key}:{gap}{value}" for key, value in values.items())]
    out += ["", "[Events]", "//Background and Video events", "//Break Periods", "//Storyboard Sound Samples"]
    out += ["", "[TimingPoints]", *_timing_rows(beatmap)]
    out += ["", "[HitObjects]", *(_hit_row(hit, beatmap, is_first=number == 0) for number, hit in enumerate(beatmap.hits))]
    return "\n".join(out) + "\n"


def _timing_rows(beatmap: Beatmap) -> Iterator[str]:
    """Red lines, and green ones where it begins and ends to be celebrated."""
    starts, ends = {span[0] for span in beatmap.kiai}, {span[1] for span in beatmap.kiai}

    def is_kiai(time_ms: int) -> bool:
        return any(start <= time_ms < end for start, end in beatmap.kiai)

    rows = [(line.time_ms, 0, f"{line.beat_ms:.15g},{line.beats_per_bar}", 1) for line in beatmap.lines]
    red = {line.time_ms for line in beatmap.lines}
    for time_ms in sorted((starts | ends) - red):
        rows.append((time_ms, 1, f"-100,{beatmap.lines[line_at(beatmap.lines, time_ms)].beats_per_bar}", 0))
    for time_ms, _, tempo, is_red in sorted(rows):
        yield f"{time_ms},{tempo},1,0,100,{is_red},{_KIAI if is_kiai(time_ms) else 0}"


def _hit_row(hit: Hit, beatmap: Beatmap, *, is_first: bool) -> str:
    sound = (_CLAP if hit.is_kat else 0) | (_FINISH if hit.is_big else 0)
    new = _NEW_COMBO if is_first else 0
    if not hit.is_roll:
        return f"256,192,{hit.time_ms},{_CIRCLE | new},{sound},0:0:0:0:"
    line = beatmap.lines[line_at(beatmap.lines, hit.time_ms)]
    length = (hit.end_ms - hit.time_ms) / line.beat_ms * _SLIDER_SPEED * _PIXELS
    return f"256,192,{hit.time_ms},{_SLIDER | new},{sound},L|{round(256 + length)}:192,1,{length:.12g}"


def _line(text: str) -> str:
    return " ".join(text.split())


def _ascii(text: str) -> str:
    """What old fonts can show: accents are dropped, other letters are left out."""
    import unicodedata

    plain = unicodedata.normalize("NFKD", text.replace("ß", "ss").replace("ø", "o")).encode("ascii", "ignore").decode()
    return _line(plain) or "untitled"


def load_beatmap(path: str | Path) -> Beatmap:
    """Read an .osu file.

    Raises
    ------
    InputError : if it is missing, no beatmap, or one of another game mode.
    """
    return parse_beatmap(read_text(path, what="a beatmap (.osu)"), subject=path)


def parse_beatmap(text: str, *, subject: str | Path = "beatmap") -> Beatmap:
    """Read the text of an .osu file of the mode Taiko.

    Raises
    ------
    InputError : if it is no beatmap, of another mode, or holds a line that cannot be read; the message has its number.

    Examples
    --------
    >>> made = Beatmap(title="Song", lines=(RedLine(120, 461.5),), hits=(Hit(120), Hit(581, is_kat=True), Hit(1043, end_ms=1504)))
    >>> parse_beatmap(beatmap_text(made)) == made
    True
    """
    rows = text.lstrip("\ufeff").splitlines()
    if not rows or not rows[0].strip().startswith("osu file format v"):
        raise InputError(subject, found="no beatmap", expected=f"a file that begins with {VERSION!r}")
    section, said, tables = (
        "",
        dict[str, str](),
        {"TimingPoints": list[tuple[int, list[str]]](), "HitObjects": list[tuple[int, list[str]]]()},
    )
    for number, row in enumerate(rows[1:], start=2):
        word = row.strip()
        if not word or word.startswith("//"):
            continue
        if word.startswith("[") and word.endswith("]"):
            section = word[1:-1]
        elif section in tables:
            tables[section].append((number, word.split(",")))
        elif ":" in word:
            key, _, value = word.partition(":")
            said[key.strip()] = value.strip()
    if _number(said.get("Mode", "0"), subject, 0) != _TAIKO:
        raise InputError(subject, found=f"mode {said.get('Mode', '0')}", expected="mode 1 (Taiko)")
    lines, kiai = _read_timing(tables["TimingPoints"], subject)
    speed = _number(said.get("SliderMultiplier", "1.4"), subject, 0)
    return Beatmap(
        title=said.get("TitleUnicode") or said.get("Title", ""),
        artist=said.get("ArtistUnicode") or "",
        creator=said.get("Creator", ""),
        version=said.get("Version", ""),
        audio_name=said.get("AudioFilename", ""),
        drain=_number(said.get("HPDrainRate", "5"), subject, 0),
        accuracy=_number(said.get("OverallDifficulty", "5"), subject, 0),
        lines=lines,
        hits=tuple(_read_hit(row, lines, speed, subject, number) for number, row in tables["HitObjects"]),
        kiai=kiai,
        preview_ms=int(_number(said.get("PreviewTime", "-1"), subject, 0)),
    )


def _read_timing(rows: list[tuple[int, list[str]]], subject: str | Path) -> tuple[tuple[RedLine, ...], tuple[tuple[int, int], ...]]:
    lines, marks = list[RedLine](), list[tuple[int, bool]]()
    for number, row in rows:
        if len(row) < 2:
            raise InputError(f"{subject}, line {number}", found=f"a timing point of {len(row)} values", expected="time,beatLength,...")
        time_ms, beat_ms = round(_number(row[0], subject, number)), _number(row[1], subject, number)
        if len(row) < 7 or row[6].strip() == "1":
            lines.append(RedLine(time_ms, beat_ms, int(_number(row[2], subject, number)) if len(row) > 2 else 4))
        if len(row) > 7:
            marks.append((time_ms, bool(int(_number(row[7], subject, number)) & _KIAI)))
    spans, since = list[tuple[int, int]](), None
    for time_ms, is_on in marks:
        if is_on and since is None:
            since = time_ms
        elif not is_on and since is not None:
            spans.append((since, time_ms))
            since = None
    return tuple(lines), tuple(spans)


def _read_hit(row: list[str], lines: tuple[RedLine, ...], speed: float, subject: str | Path, number: int) -> Hit:
    if len(row) < 5:
        raise InputError(f"{subject}, line {number}", found=f"a note of {len(row)} values", expected="x,y,time,type,hitSound,...")
    time_ms, kind, sound = (round(_number(row[place], subject, number)) for place in (2, 3, 4))
    end_ms = 0
    if kind & _SPINNER and len(row) > 5:
        end_ms = round(_number(row[5], subject, number))
    elif kind & _SLIDER and len(row) > 7 and lines:
        times = max(1.0, _number(row[6], subject, number))
        pixels = _number(row[7], subject, number) * times
        end_ms = time_ms + round(pixels / (speed * _PIXELS) * lines[line_at(lines, time_ms)].beat_ms)
    return Hit(time_ms, bool(sound & (_WHISTLE | _CLAP)), bool(sound & _FINISH), end_ms)


def _number(text: str, subject: str | Path, number: int) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        where = f"{subject}, line {number}" if number else str(subject)
        raise InputError(where, found=f"{text!r}", expected="a number")
    return value
