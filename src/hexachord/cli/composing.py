"""What the tools of `hexachord compose` share: their options in groups, and the one way to read, make, write and tell.

A tool is a function with a docstring, in a module of its own kind (`compose_commands` holds those of the language model). It takes what it
needs of the groups below, and `add_to(app)` of its module adds it with `add_tool`; `compose_commands.add_to` calls that:

    def echo(score: Source, times: ... = 2, drawing: Drawing = Drawing(temperature=0.8), result: Result = Result()) -> None:
        from hexachord.composition.echo import echo_score

        result.compose("echo", score, drawing, lambda music, draw: echo_score(music, times=times, draw=draw))

    def add_to(app: typer.Typer) -> None:
        add_tool(app, "echo", echo)

A tool that returns `Composed` goes through `Result.compose`, any other through `Result.make` with a `Made`. The default value of a group
is the default of its options.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hexachord.cli.option_groups import spread
from hexachord.cli.options import Json, Quiet, Soundfont, add_command
from hexachord.errors import InputError

if TYPE_CHECKING:
    from hexachord.composition.composing import Composed, Request
    from hexachord.composition.writing import Draw
    from hexachord.score.model import Score

Source = Annotated[Path, typer.Argument(help="A score: .musicxml, .mxl, .mid, .abc, .json.")]
To = Annotated[
    Path | None, typer.Option("--out", "-o", metavar="FILE", help="By its suffix.  [default: NAME-TOOL.musicxml]", show_default=False)
]
ToMidi = Annotated[
    Path | None, typer.Option("--out", "-o", metavar="FILE", help="By its suffix.  [default: NAME-TOOL.mid]", show_default=False)
]
Candidates = Annotated[int, typer.Option("--candidates", "-n", min=1, max=64, help="How many, the likeliest first.")]
Seed = Annotated[int, typer.Option("--seed", min=0, help="The same seed composes the same.")]
Temperature = Annotated[float, typer.Option("--temperature", min=0.0, max=3.0, help="Below 1 what is likely gets likelier.")]
TopP = Annotated[float, typer.Option("--top-p", min=0.01, max=1.0, help="Only the likeliest that together have this chance.")]
Guidance = Annotated[float, typer.Option("--guidance", min=1.0, max=8.0, help="Above 1 wishes are followed more strictly; slower.")]
StyleName = Annotated[
    str, typer.Option("--style", help="pop, piano pop, art song, classical, tune, chorale, rock, funk, jazz ...", show_default=False)
]
Parts = Annotated[
    str, typer.Option("--parts", metavar="ROLES", help="Who gets notes: melody, piano, bass, strings ...", show_default=False)
]
InScale = Annotated[bool, typer.Option("--scale", help="Notes of the key's scale alone.", show_default=False)]
ChordTones = Annotated[bool, typer.Option("--chord-tones", help="Chord tones alone on strong beats.", show_default=False)]
Range = Annotated[
    list[str] | None, typer.Option("--range", metavar="ROLE=LOW-HIGH", help="As melody=C4-C6; may be repeated.", show_default=False)
]
Listen = Annotated[bool, typer.Option("--listen", help="Play the likeliest into a .wav beside it.", show_default=False)]
Engine = Annotated[str | None, typer.Option("--engine", metavar="NAME", help="rows or chance.", show_default=False)]
Model = Annotated[Path | None, typer.Option("--model", metavar="FILE.onnx", help="Weights of your own.", show_default=False)]
Like = Annotated[
    str | None, typer.Option("--like", metavar="NAME", help="As your files that `compose personalise` learnt from.", show_default=False)
]


@dataclass(frozen=True, kw_only=True)
class StyleWish:
    """What may be wished where the notes follow from it: a style."""

    style: StyleName = ""

    def request(self) -> "Request":
        """Say it as the composer takes it."""
        from hexachord.composition.composing import Request

        return Request(style=self.style)


@dataclass(frozen=True, kw_only=True)
class ToneWishes(StyleWish):
    """Which tones may come, too."""

    scale: InScale = False
    chord_tones: ChordTones = False

    def request(self) -> "Request":
        """Say it as the composer takes it."""
        return replace(super().request(), scale=self.scale, chord_tones=self.chord_tones)


@dataclass(frozen=True, kw_only=True)
class Wishes(ToneWishes):
    """How low and high each part goes, too."""

    pitch_range: Range = None

    def request(self) -> "Request":
        """Say it as the composer takes it.

        Raises
        ------
        InputError : if a range is none.
        """
        from hexachord.composition.lock_text import parse_pitch

        limits = {}
        for text in self.pitch_range or ():
            role, equals, span = text.partition("=")
            low, dash, high = span.rpartition("-")
            if not (role and equals and low and dash and high):
                raise InputError(f"--range {text}", found="no range", expected="a part and two pitches, as melody=C4-C6")
            limits[role] = (parse_pitch(low), parse_pitch(high))
        return replace(super().request(), ranges=limits)


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """How often the model draws, and how chance decides."""

    candidates: Candidates = 1
    seed: Seed = 0
    temperature: Temperature = 0.95
    top_p: TopP = 0.97
    guidance: Guidance = 1.0
    engine: Engine = None
    model: Model = None
    like: Like = None

    def draw(self) -> "Draw":
        """Say it as the composer takes it."""
        from hexachord.composition.writing import MODEL, Draw
        from hexachord.models.row_sampling import Chance

        chance = Chance(temperature=self.temperature, top_p=self.top_p)
        return Draw(
            candidates=self.candidates,
            seed=self.seed,
            chance=chance,
            guidance=self.guidance,
            engine=self.engine,
            model=self.model or MODEL,
            like=self.like,
        )


@dataclass(frozen=True, kw_only=True)
class Made:
    """What a tool hands over to be written: scores, the best first, plain data for ``--json``, and lines to say besides the paths."""

    scores: "tuple[Score, ...]"
    facts: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Result:
    """Where it goes, and what is said about it."""

    out: To = None
    listen: Listen = False
    soundfont: Soundfont = None
    quiet: Quiet = False
    json: Json = False

    def compose(self, name: str, source: Path | None, drawing: Drawing, tool: "Callable[[Score, Draw], Composed]") -> None:
        """Let the language model compose; without a source, from nothing."""
        from hexachord.journeys.composing import composed_facts

        draw = drawing.draw()

        def made(music: "Score", progress: Callable[[float], None]) -> Made:
            composed = tool(music, replace(draw, progress=progress))
            return Made(
                scores=tuple(each.score for each in composed.candidates), facts=composed_facts(composed), warnings=composed.warnings
            )

        self.make(name, source, made)

    def make(
        self,
        name: str,
        source: Path | None,
        tool: "Callable[[Score, Callable[[float], None]], Made]",
        *,
        suffix: str = ".musicxml",
        doing: str = "Composing",
    ) -> None:
        """Read a score, let a tool make others of it, write them, tell.

        Parameters
        ----------
        name : of the tool, for the names of the files; ``NAME-TOOL`` with a source
        source : nothing to make something from nothing
        tool : gets the score and whom to tell how far it is (0 to 1)
        suffix : of the file where ``--out`` says none
        doing : what is shown while it works
        """
        from hexachord.cli.output import Reporter, print_json, save_score_as
        from hexachord.journeys.composing import candidate_paths, check_out, compose_file, play_candidate
        from hexachord.journeys.pipeline import Event
        from hexachord.score.model import Score

        out = self.out or Path(f"{name if source is None else f'{source.stem}-{name}'}{suffix}")
        check_out(out)
        reporter = Reporter(quiet=self.quiet or self.json, title=source.name if source else name)
        with reporter:
            reporter.hear(Event(kind="plan", total=1))
            reporter.hear(Event(kind="start", stage=name, title=doing))

            def progress(fraction: float) -> None:
                reporter.hear(Event(kind="progress", stage=name, title=doing, fraction=fraction))

            made = tool(Score(), progress) if source is None else compose_file(source, lambda music: tool(music, progress))
        names = candidate_paths(out, len(made.scores))
        paths: list[Path] = []
        warnings = dict.fromkeys(made.warnings)
        for score, path in zip(made.scores, names, strict=True):
            written, lost = save_score_as(score, path)
            paths += written
            warnings |= dict.fromkeys(lost)
        if self.listen:
            paths.append(play_candidate(made.scores[0], names[0], soundfont=self.soundfont))
        if self.json:
            print_json({"files": [str(path) for path in paths], **made.facts, "warnings": list(warnings)})
            return
        if not self.quiet:
            for warning in warnings:
                typer.echo(f"note: {warning}", err=True)
            for line in made.lines:
                typer.echo(line, err=True)
        for path in paths:
            typer.echo(str(path))


@dataclass(frozen=True, kw_only=True)
class MidiResult(Result):
    """The same for tools whose notes are played, not written: MIDI where nothing is said."""

    out: ToMidi = None


def role_names(text: str) -> tuple[str, ...] | None:
    """Read ``melody, piano``; nothing is None.

    Examples
    --------
    >>> role_names("melody, piano"), role_names("")
    (('melody', 'piano'), None)
    """
    return tuple(word.strip() for word in text.split(",") if word.strip()) or None


def add_tool(app: typer.Typer, name: str, function: Callable[..., None]) -> None:
    """Add a tool to `hexachord compose`, its groups spread into options."""
    add_command(app, name, spread(function), panel="Tools")
