"""The main job: a song goes in, a folder that knows itself comes out."""

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from hexachord._version import __version__
from hexachord.errors import InputError
from hexachord.journeys.pipeline import Event, Listener, Outcome, Stage, run_stages
from hexachord.knowledge.json_format import knowledge_document
from hexachord.knowledge.model import Knowledge
from hexachord.provenance import Provenance
from hexachord.song import Song, default_folder

if TYPE_CHECKING:
    from hexachord.audio_analysis.rhythm.hints import RhythmHints

_MOST_THREADS = 4  # beyond it, there are not enough stages that could run side by side


@dataclass(frozen=True, kw_only=True)
class Analysis:
    """What the main job made of a song.

    `failed` names steps that a bug of ours stopped (with `errors`); what could not be done for good reasons is in `knowledge.skipped`;
    `page` is None when none was wanted or could be written.
    """

    song: Song
    knowledge: Knowledge
    wall_s: float
    stage_s: Mapping[str, float] = field(default_factory=dict)
    recalled: tuple[str, ...] = ()
    failed: Mapping[str, str] = field(default_factory=dict)
    errors: tuple[Exception, ...] = ()
    page: Path | None = None

    @property
    def redone(self) -> tuple[str, ...]:
        """The steps that were done in this run, not recalled."""
        return tuple(name for name in self.stage_s if name not in self.recalled)

    def to_json(self) -> dict[str, Any]:
        """Return plain data for `hexachord SONG --json`."""
        return {
            "page": str(self.page) if self.page else None,
            "folder": str(self.song.folder),
            "files": list(self.song.files),
            "wall_s": round(self.wall_s, 3),
            "stage_s": {name: round(seconds, 3) for name, seconds in self.stage_s.items()},
            "recalled": list(self.recalled),
            "failed": dict(self.failed),
            "knowledge": knowledge_document(self.knowledge),
        }


def analyse(
    source: str | Path,
    *,
    out: str | Path | None = None,
    name: str = "",
    stems: bool = True,
    pdf: bool = True,
    page: bool = True,
    sound: bool = True,
    soundfont: str | Path | None = None,
    engines: Mapping[str, str] | None = None,
    hints: "RhythmHints | None" = None,
    salvage: bool = False,
    fresh: bool = False,
    threads: int | None = None,
    listener: Listener | None = None,
    on_wait: Callable[[], None] | None = None,
) -> Analysis:
    """Analyse a song and keep everything in its folder.

    Parameters
    ----------
    source : a recording or a score
    out : the folder; by default ``NAME.hexachord`` in the current directory
    name : what to call the song; by default what its file is called
    stems, pdf, page : whether to split the recording, to engrave the scores, and to write the page (what takes longest)
    sound, soundfont : whether to play a score, and with which font (by default the first that is at hand)
    engines : task → engine, for those that should not be the default
    hints : what is known about the rhythm of a recording; kept in the folder, with what was said there before
    salvage : work with what a damaged sound file still holds
    fresh : do every step again
    threads : stages at once; by default the usable processor cores, at most 4
    listener : told of every stage that starts and ends, with what it found
    on_wait : called when another process is working in the folder

    Raises
    ------
    InputError : if the source is missing, damaged or of an unknown kind.
    OutputError : if the folder cannot be written or the disk is full.

    Examples
    --------
    >>> analysis = analyse("song.flac")  # doctest: +SKIP
    >>> analysis.knowledge.tempo.bpm, analysis.song.folder  # doctest: +SKIP
    (120.2, PosixPath('song.hexachord'))
    """
    source = Path(source)
    check_source(source)
    return analyse_in(
        Song.create(out if out is not None else default_folder(source), source=source, name=name),
        stems=stems,
        pdf=pdf,
        page=page,
        sound=sound,
        soundfont=soundfont,
        engines=engines or {},
        hints=hints,
        salvage=salvage,
        fresh=fresh,
        threads=threads,
        listener=listener,
        on_wait=on_wait,
    )


def analyse_in(
    song: Song,
    *,
    stems: bool,
    pdf: bool,
    page: bool,
    sound: bool = True,
    soundfont: str | Path | None = None,
    engines: Mapping[str, str],
    hints: "RhythmHints | None" = None,
    salvage: bool,
    fresh: bool,
    threads: int | None,
    listener: Listener | None,
    on_wait: Callable[[], None] | None,
) -> Analysis:
    """Do the main job in a folder that is already there; the options are those of `analyse`."""
    from hexachord.journeys.correcting import keep_hints
    from hexachord.journeys.exports import write_exports
    from hexachord.journeys.following import begin_to_follow, note_followed
    from hexachord.journeys.truth import renew_comparison

    began = time.perf_counter()
    try:
        with song.locked(on_wait=on_wait):
            if is_score(song.source):
                from hexachord.journeys.score_stages import score_stages

                if hints:
                    raise InputError(song.source, found="hints about a rhythm that is written", expected="a recording")
                said = keep_hints(song, None)
                stages = score_stages(pdf=pdf, sound=sound, stems=stems, soundfont=soundfont, corrections=said)
            else:
                from hexachord.journeys.audio_stages import audio_stages

                said = keep_hints(song, hints)
                stages = audio_stages(engines=engines, stems=stems, pdf=pdf, salvage=salvage, corrections=said)
            font = None if soundfont is None else str(soundfont)
            asked = {
                "stems": stems,
                "pdf": pdf,
                "page": page,
                "sound": sound,
                "soundfont": font,
                "engines": dict(engines),
                "salvage": salvage,
            }
            begin_to_follow(song, said, asked=asked)
            outcome = run(song, stages, listener=_with_page(listener) if page else listener, fresh=fresh, threads=threads)
            for stage in stages:
                if stage.name not in outcome.wall_s:  # what cannot be done any more left files of an earlier run
                    song.forget(stage.name)
            knowledge = with_sentences(outcome.knowledge)
            write_exports(song, knowledge)
            if page:
                renew_comparison(song, knowledge)
            written = write_page_of(song, knowledge, listener=listener, fresh=fresh) if page else PageOutcome()
            if not outcome.failed and not written.failed:
                note_followed(song, said, done=[stage.name for stage in stages], page=written.path is not None)
    except KeyboardInterrupt:
        song.sweep()
        raise
    except Exception:
        song.discard()
        raise
    return Analysis(
        song=song,
        knowledge=knowledge,
        wall_s=time.perf_counter() - began,
        stage_s=outcome.wall_s,
        recalled=outcome.recalled,
        failed={**outcome.failed, **written.failed},
        errors=(*outcome.errors, *written.errors),
        page=written.path,
    )


@dataclass(frozen=True, kw_only=True)
class PageOutcome:
    """How the writing of a page ended: where it is, or what stopped it."""

    path: Path | None = None
    failed: Mapping[str, str] = field(default_factory=dict)
    errors: tuple[Exception, ...] = ()


def write_page_of(song: Song, knowledge: Knowledge, *, listener: Listener | None = None, fresh: bool = False) -> PageOutcome:
    """Write the page of a song, whose folder the caller holds; an installation without the built page, or a bug, costs nothing else.

    Raises
    ------
    OutputError : if the disk is full.
    """
    from hexachord.assets_folder import AssetMissing
    from hexachord.page.build import make_page

    def tell(kind: Literal["start", "done", "recalled", "skipped", "failed"], *, message: str = "", wall_s: float = 0.0) -> None:
        if listener is not None:
            listener(Event(kind=kind, stage="page", title="Page", message=message, wall_s=wall_s))

    begun: list[float] = []

    def start() -> None:
        begun.append(time.perf_counter())
        tell("start")

    try:
        path = make_page(song, knowledge, fresh=fresh, on_start=start)
    except AssetMissing as missing:
        tell("skipped", message=str(missing))
        return PageOutcome()
    except InputError:
        raise
    except Exception as error:  # a bug in the page must not cost the user what was found
        message = f"{type(error).__name__}: {error}"
        tell("failed", message=message)
        return PageOutcome(failed={"page": message}, errors=(error,))
    tell("done" if begun else "recalled", wall_s=time.perf_counter() - begun[0] if begun else 0.0)
    return PageOutcome(path=path)


def _with_page(listener: Listener | None) -> Listener | None:
    """Count the page among the stages that are announced."""

    def hear(event: Event) -> None:
        assert listener is not None
        listener(replace(event, total=event.total + 1) if event.kind == "plan" else event)

    return None if listener is None else hear


def run(song: Song, stages: Sequence[Stage], *, listener: Listener | None, fresh: bool = False, threads: int | None = None) -> Outcome:
    """Run stages on a song of which nothing is known yet."""
    provenance = Provenance(source=song.source.name, source_sha256=song.source_sha256, engine="journey/analyse", version=__version__)
    blank = Knowledge(duration_s=0.0, provenance=provenance)
    return run_stages(stages, song, knowledge=blank, listener=listener, fresh=fresh, threads=threads or usable_cores())


def with_sentences(knowledge: Knowledge) -> Knowledge:
    """Add the paragraph; of what was skipped it tells the facts that are missing, not the files."""
    from hexachord.journeys.sentences import write_sentences

    names = {f.name for f in fields(Knowledge)}
    told = replace(knowledge, skipped={name: why for name, why in knowledge.skipped.items() if name in names})
    return replace(knowledge, sentences=write_sentences(told))


def is_score(source: Path) -> bool:
    """Whether a file is a score, by its suffix."""
    from hexachord.score.formats import is_score_file

    return is_score_file(source)


def check_source(source: Path) -> None:
    """Refuse what cannot be a song before a folder is made for it.

    Raises
    ------
    InputError : if it is missing, a folder, empty, or (a recording) not readable as sound.
    """
    check_file(source)
    if not is_score(source):
        from hexachord.audio import AudioFile

        with AudioFile(source):
            pass


def check_file(source: Path) -> None:
    """Refuse what is not a file with something in it; raises InputError."""
    if source.is_dir():
        raise InputError(source, found="a folder", expected="a sound or score file", next_step="name a file inside it")
    if not source.exists():
        raise InputError(source, found="no such file", expected="a sound or score file", next_step="check the path")
    if source.stat().st_size == 0:
        raise InputError(source, found="an empty file", expected="a sound or score file", next_step="check that it was saved completely")


def usable_cores() -> int:
    """Count the processor cores this process may use, at most 4."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores, _MOST_THREADS)
