"""Audio or score → a Taiko beatmap: `chart` makes the levels, `write_osz` packs them with the sound.

A recording's tempo is that of the beats that are heard in it, a score's that of its page. An mp3 or ogg goes into the archive as it is;
other sound is encoded as ogg, which adds nothing at its beginning. A score is played.
"""

import shutil
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from hexachord.arrays import Float64Array
from hexachord.composition.charts.beatmap import LEVELS, Beatmap, Level, RedLine, beatmap_faults
from hexachord.composition.charts.charting import Sounds, chart_sounds
from hexachord.composition.charts.osu_file import beatmap_text
from hexachord.composition.charts.timing import TOLERANCE_S, red_lines, share_on_quarters, shifted_lines
from hexachord.errors import InputError
from hexachord.files import atomic_path, temporary_folder, write_text
from hexachord.journeys.analyse import check_source, is_score
from hexachord.journeys.chart_sounds import sounds_of_recording, sounds_of_score
from hexachord.journeys.pipeline import Listener
from hexachord.knowledge.model import Knowledge
from hexachord.score.formats import load_score, with_notes
from hexachord.score.model import Score
from hexachord.score_analysis.performed import is_performance
from hexachord.synthesis.stem_names import file_safe

_COPIED = (".mp3", ".ogg")
_CHORUS = "chorus"
_SAME_TIME = (1980, 1, 1, 0, 0, 0)  # archives of the same content are the same bytes
_LONGEST_S = 3600.0
_EXACT_S = 0.0005
_ON_THE_PAGE = 0.75


@dataclass(frozen=True, kw_only=True)
class ChartOptions:
    """What is wished of beatmaps.

    Attributes
    ----------
    levels : names; all four when empty
    rolls : whether long notes of a score become drum rolls
    kiai : whether choruses are celebrated
    title, artist, creator : for the list of songs; of the file's name where nothing is said ("Artist - Title.mp3")
    """

    levels: tuple[str, ...] = ()
    rolls: bool = False
    kiai: bool = True
    title: str = ""
    artist: str = ""
    creator: str = "hexachord"

    def chosen(self) -> tuple[Level, ...]:
        """Return the levels, the easiest first.

        Raises
        ------
        InputError : if there is no such level.
        """
        known = {level.name.lower(): level.name for level in LEVELS}
        for name in self.levels:
            if name.lower() not in known:
                raise InputError(f"level {name!r}", found="no such level", expected=f"one of {', '.join(known.values())}")
        wanted = {name.lower() for name in self.levels}
        return tuple(level for level in LEVELS if not wanted or level.name.lower() in wanted)


@dataclass(frozen=True, kw_only=True, eq=False)
class Chart:
    """The levels of a song, and what they were made of.

    Attributes
    ----------
    beatmaps : the easiest first
    sounds : what was heard
    knowledge : of the song
    score : what is to be played; None where the source is a recording
    """

    beatmaps: tuple[Beatmap, ...]
    sounds: Sounds
    knowledge: Knowledge
    score: Score | None = field(default=None)

    def snap_ms(self) -> Float64Array:
        """How far the hardest level's notes are from the nearest sound, in milliseconds, (n,)."""
        times = np.array([hit.time_ms for hit in self.beatmaps[-1].hits], dtype=np.float64)
        heard = 1000.0 * np.asarray(self.sounds.time_s)
        return np.asarray(np.abs(times[:, None] - heard[None, :]).min(axis=1)) if len(times) else np.zeros(0)


def chart(source: str | Path, *, options: ChartOptions = ChartOptions(), listener: Listener | None = None) -> Chart:
    """Make beatmaps of a recording or a score.

    Parameters
    ----------
    source : a sound file, or a score file, whose repeats are played out
    listener : hears how far a recording's analysis is

    Raises
    ------
    InputError : if the source is neither, has no pulse, or nothing sounds.
    """
    source = Path(source)
    check_source(source)
    levels = options.chosen()
    score = None
    if is_score(source):
        score, known, sounds = _read(source)
    else:
        known, sounds = _heard(source, sections=options.kiai, listener=listener)
    if known.beats is None or len(known.beats) < 2:
        raise InputError(source, found="no beats", expected="music with a pulse")
    exact = score is not None and not is_performance(score)
    lines = red_lines(known.beats.time_s, known.beats.position, tolerance_s=_EXACT_S if exact else TOLERANCE_S)
    if score is not None and share_on_quarters(lines, sounds.time_s, sounds.weight) < _ON_THE_PAGE:
        known, lines, exact = _as_played(score, known, sounds, lines)
    if not exact:
        lines = shifted_lines(lines, sounds.time_s, sounds.weight)
    compound = known.metre is not None and known.metre.is_compound
    hits = chart_sounds(sounds, lines, is_compound=compound, rolls=options.rolls)
    artist, title = _names(source, score, options)
    spans = _choruses(known) if options.kiai else ()
    made = []
    for level in levels:
        beatmap = Beatmap(
            title=title,
            artist=artist,
            creator=options.creator,
            version=level.name,
            audio_name=_audio_name(source),
            drain=level.drain,
            accuracy=level.accuracy,
            lines=lines,
            hits=hits[level.name],
            kiai=spans,
            preview_ms=spans[0][0] if spans else round(400 * known.duration_s),
        )
        faults = beatmap_faults(beatmap, level=level, is_compound=compound)
        assert not faults, faults[:3]
        made.append(beatmap)
    return Chart(beatmaps=tuple(made), sounds=sounds, knowledge=known, score=score)


def _heard(source: Path, *, sections: bool, listener: Listener | None) -> tuple[Knowledge, Sounds]:
    from hexachord.audio import AudioFile, load_audio
    from hexachord.journeys.verbs import listen

    with AudioFile(source) as file:
        if file.duration_s > _LONGEST_S:
            raise InputError(source, found=f"{file.duration_s / 60:.0f} minutes", expected="at most 60 for a beatmap")
    tasks = ("beats", "metre", "onsets", "drums", *(("sections",) if sections else ()))
    known = listen(source, tasks=tasks, listener=listener)
    audio = load_audio(source, mono=True)
    return known, sounds_of_recording(audio.samples[0], audio.rate_hz, onsets=known.onsets, drums=known.drums)


def _read(source: Path) -> tuple[Score, Knowledge, Sounds]:
    from hexachord.score.unfold import unfold
    from hexachord.score_analysis.facts import read_score

    score = unfold(with_notes(load_score(source), source)).score
    return score, read_score(score), sounds_of_score(score)


def _as_played(score: Score, known: Knowledge, sounds: Sounds, lines: tuple[RedLine, ...]) -> tuple[Knowledge, tuple[RedLine, ...], bool]:
    """Find beats from the notes where those of the page are not where the notes are, as in MIDI that was played beside the click."""
    from hexachord.score.notes import note_array
    from hexachord.score_analysis.beats import rhythm_of_note_array

    played = rhythm_of_note_array(note_array(score))
    if played is None or len(played.beats) < 2:
        return known, lines, True
    found = red_lines(played.beats.time_s, played.beats.position)
    if share_on_quarters(found, sounds.time_s, sounds.weight) <= share_on_quarters(lines, sounds.time_s, sounds.weight):
        return known, lines, True
    return replace(known, beats=played.beats, metre=played.metre, tempo=played.tempo), found, False


def _choruses(known: Knowledge) -> tuple[tuple[int, int], ...]:
    spans = known.sections
    if spans is None:
        return ()
    named = [_CHORUS in name.lower() for name in spans.names]
    return tuple(
        (round(1000 * start), round(1000 * end))
        for start, end, is_chorus in zip(spans.start_s.tolist(), spans.end_s.tolist(), named, strict=True)
        if is_chorus
    )


def _names(source: Path, score: Score | None, options: ChartOptions) -> tuple[str, str]:
    artist, dash, title = source.stem.partition(" - ")
    if not dash:
        artist, title = "", source.stem
    if score is not None:
        artist, title = score.composer or artist, score.title or title
    return options.artist or artist.strip() or "Unknown", options.title or title.strip() or "Untitled"


def _audio_name(source: Path) -> str:
    return f"audio{source.suffix.lower()}" if source.suffix.lower() in _COPIED else "audio.ogg"


def level_file_name(beatmap: Beatmap) -> str:
    """Name the file of a level as the game does, fit for any file system.

    Examples
    --------
    >>> level_file_name(Beatmap(title="What? / Why", artist="AC/DC", version="Oni"))
    'AC DC - What Why (hexachord) [Oni].osu'
    """
    parts = [file_safe(text) or "untitled" for text in (beatmap.artist, beatmap.title, beatmap.creator, beatmap.version)]
    return "{} - {} ({}) [{}].osu".format(*parts)


def write_osz(
    made: Chart, source: str | Path, out: str | Path, *, soundfont: str | None = None, progress: Callable[[float], None] | None = None
) -> Path:
    """Pack beatmaps and their sound into an .osz archive; the game opens it with a double click.

    Parameters
    ----------
    made : of `chart`
    source : the file it was made of
    out : ends in .osz
    soundfont, progress : for playing a score, as in `hexachord.journeys.perform.perform_file`

    Raises
    ------
    OutputError : if it cannot be written.
    """
    source, out = Path(source), Path(out)
    with temporary_folder(out) as folder:
        sound = _sound(made, source, folder, soundfont=soundfont, progress=progress)
        with atomic_path(out) as temporary, zipfile.ZipFile(temporary, "w") as archive:
            _pack(archive, made.beatmaps[0].audio_name, sound, zipfile.ZIP_STORED)
            for beatmap in made.beatmaps:
                info = zipfile.ZipInfo(level_file_name(beatmap), _SAME_TIME)
                archive.writestr(info, beatmap_text(beatmap), zipfile.ZIP_DEFLATED)
    return out


def _pack(archive: zipfile.ZipFile, name: str, path: Path, kind: int) -> None:
    info = zipfile.ZipInfo(name, _SAME_TIME)
    info.compress_type = kind
    with path.open("rb") as file, archive.open(info, "w", force_zip64=path.stat().st_size > 1 << 31) as packed:
        shutil.copyfileobj(file, packed)


def _sound(made: Chart, source: Path, folder: Path, *, soundfont: str | None, progress: Callable[[float], None] | None) -> Path:
    if made.score is not None:
        from hexachord.journeys.perform import perform_file

        return perform_file(made.score, folder / "audio.ogg", soundfont=soundfont, repeats=False, progress=progress).path
    if source.suffix.lower() in _COPIED:
        return source
    from hexachord.audio import load_audio, save_audio

    return save_audio(load_audio(source), folder / "audio.ogg")


def write_levels(beatmaps: Sequence[Beatmap], out: str | Path) -> tuple[Path, ...]:
    """Write the .osu files alone: one under the name given, several as ``NAME-Level.osu``.

    Raises
    ------
    OutputError : if one cannot be written.
    """
    out = Path(out)
    names = [out] if len(beatmaps) == 1 else [out.with_name(f"{out.stem}-{beatmap.version}{out.suffix}") for beatmap in beatmaps]
    return tuple(write_text(path, beatmap_text(beatmap)) for path, beatmap in zip(names, beatmaps, strict=True))
