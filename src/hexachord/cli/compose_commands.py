"""`hexachord compose`: score → score, one command for each tool."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hexachord.cli.options import Json, Quiet, Soundfont, add_command
from hexachord.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hexachord.composition.composing import Composed, Request
    from hexachord.composition.writing import Draw
    from hexachord.score.model import Score

Source = Annotated[Path, typer.Argument(help="A score: .musicxml, .mxl, .mid, .abc, .json.")]
To = Annotated[
    Path | None, typer.Option("--out", "-o", metavar="FILE", help="By its suffix.  [default: NAME-TOOL.musicxml]", show_default=False)
]
Candidates = Annotated[int, typer.Option("--candidates", "-n", min=1, max=64, help="How many, the likeliest first.")]
Seed = Annotated[int, typer.Option("--seed", min=0, help="The same seed composes the same.")]
Temperature = Annotated[float, typer.Option("--temperature", min=0.0, max=3.0, help="Below 1 what is likely gets likelier.")]
TopP = Annotated[float, typer.Option("--top-p", min=0.01, max=1.0, help="Only the likeliest that together have this chance.")]
Guidance = Annotated[float, typer.Option("--guidance", min=1.0, max=8.0, help="Above 1 wishes are followed more strictly; slower.")]
Style = Annotated[
    str, typer.Option("--style", help="pop, piano pop, art song, classical, tune, chorale, rock, funk, jazz ...", show_default=False)
]
Parts = Annotated[
    str, typer.Option("--parts", metavar="ROLES", help="Who gets notes: melody, piano, bass, strings ...", show_default=False)
]
Scale = Annotated[bool, typer.Option("--scale", help="Notes of the key's scale alone.", show_default=False)]
ChordTones = Annotated[bool, typer.Option("--chord-tones", help="Chord tones alone on strong beats.", show_default=False)]
Range = Annotated[
    list[str] | None, typer.Option("--range", metavar="ROLE=LOW-HIGH", help="As melody=C4-C6; may be repeated.", show_default=False)
]
Listen = Annotated[bool, typer.Option("--listen", help="Play the likeliest into a .wav beside it.", show_default=False)]
Engine = Annotated[str | None, typer.Option("--engine", metavar="NAME", help="rows or chance.", show_default=False)]
Model = Annotated[Path | None, typer.Option("--model", metavar="FILE.onnx", help="Weights of your own.", show_default=False)]


def continue_(
    score: Source,
    bars: Annotated[int, typer.Option("--bars", min=1, help="How many follow.")] = 8,
    out: To = None,
    parts: Parts = "",
    style: Style = "",
    scale: Scale = False,
    chord_tones: ChordTones = False,
    pitch_range: Range = None,
    candidates: Candidates = 1,
    seed: Seed = 0,
    temperature: Temperature = 0.95,
    top_p: TopP = 0.97,
    guidance: Guidance = 1.0,
    listen: Listen = False,
    soundfont: Soundfont = None,
    engine: Engine = None,
    model: Model = None,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Go on where a score ends, in its metre, key and tempo.

    Examples: `hexachord compose continue tune.abc --bars 8 -o longer.musicxml` ·
    `hexachord compose continue song.mid -n 4 --seed 1 --listen`
    """
    from hexachord.composition.tools import continue_score

    request = _request(style=style, scale=scale, chord_tones=chord_tones, ranges=pitch_range)
    session = _Session("continue", score, out, listen=listen, soundfont=soundfont, quiet=quiet, json=json)
    draw = _draw(candidates, seed, temperature, top_p, guidance, engine, model)
    session.run(draw, lambda music, drawn: continue_score(music, bars=bars, roles=_roles(parts), request=request, draw=drawn))


def infill(
    score: Source,
    bars: Annotated[str, typer.Option("--bars", metavar="FIRST-LAST", help="Which bars, counted from 1: 5-8.")],
    out: To = None,
    parts: Parts = "",
    chords: Annotated[bool, typer.Option("--chords", help="Find other chord symbols, too.", show_default=False)] = False,
    style: Style = "",
    scale: Scale = False,
    chord_tones: ChordTones = False,
    pitch_range: Range = None,
    candidates: Candidates = 1,
    seed: Seed = 0,
    temperature: Temperature = 0.95,
    top_p: TopP = 0.97,
    guidance: Guidance = 1.0,
    listen: Listen = False,
    soundfont: Soundfont = None,
    engine: Engine = None,
    model: Model = None,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Write bars anew between those before and those after.

    Examples: `hexachord compose infill song.musicxml --bars 5-8` · `hexachord compose infill song.mid --bars 9 --parts piano -n 3`
    """
    from hexachord.composition.tools import infill as fill_bars

    first, last = _span(bars)
    request = _request(style=style, scale=scale, chord_tones=chord_tones, ranges=pitch_range)
    session = _Session("infill", score, out, listen=listen, soundfont=soundfont, quiet=quiet, json=json)
    draw = _draw(candidates, seed, temperature, top_p, guidance, engine, model)
    session.run(draw, lambda music, drawn: fill_bars(music, first, last, roles=_roles(parts), chords=chords, request=request, draw=drawn))


def fill(
    score: Source,
    lock: Annotated[
        str, typer.Option("--lock", metavar="TEXT", help="What stays: 'bars 1-4 or part melody', 'highest', 'pitch above C5'.")
    ],
    out: To = None,
    parts: Parts = "",
    style: Style = "",
    scale: Scale = False,
    chord_tones: ChordTones = False,
    pitch_range: Range = None,
    candidates: Candidates = 1,
    seed: Seed = 0,
    temperature: Temperature = 0.95,
    top_p: TopP = 0.97,
    guidance: Guidance = 1.0,
    listen: Listen = False,
    soundfont: Soundfont = None,
    engine: Engine = None,
    model: Model = None,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Lock some notes, compose the rest: what every other tool is made of.

    A lock joins `bars 5-8`, `part piano`, `pitch C4-C6`, `beat 1`, `section A`, `note 5:2.5 C4`, `highest`, `lowest`, `chords`, `notes`
    by `and`, `or`, `not`.

    Example: `hexachord compose fill song.musicxml --lock "part melody or chords or bars 1-4"`
    """
    from hexachord.composition.composing import compose
    from hexachord.composition.lock_text import parse_lock

    held = parse_lock(lock)
    request = _request(style=style, scale=scale, chord_tones=chord_tones, ranges=pitch_range)
    session = _Session("fill", score, out, listen=listen, soundfont=soundfont, quiet=quiet, json=json)
    draw = _draw(candidates, seed, temperature, top_p, guidance, engine, model)
    session.run(draw, lambda music, drawn: compose(music, held, roles=_roles(parts), request=request, draw=drawn, tool="fill"))


def vary(
    score: Source,
    amount: Annotated[float, typer.Option("--amount", min=0.0, max=1.0, help="The share of notes that go.")] = 0.3,
    out: To = None,
    parts: Parts = "",
    style: Style = "",
    scale: Scale = False,
    chord_tones: ChordTones = False,
    candidates: Candidates = 1,
    seed: Seed = 0,
    temperature: Temperature = 0.95,
    top_p: TopP = 0.97,
    guidance: Guidance = 1.0,
    listen: Listen = False,
    soundfont: Soundfont = None,
    engine: Engine = None,
    model: Model = None,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Write a share of the notes anew; those between the beats go first.

    Example: `hexachord compose vary tune.musicxml --amount 0.2 --seed 3`
    """
    from hexachord.composition.tools import vary as change

    request = _request(style=style, scale=scale, chord_tones=chord_tones, ranges=None)
    session = _Session("vary", score, out, listen=listen, soundfont=soundfont, quiet=quiet, json=json)
    draw = _draw(candidates, seed, temperature, top_p, guidance, engine, model)
    session.run(draw, lambda music, drawn: change(music, amount=amount, roles=_roles(parts), request=request, draw=drawn))


def generate(
    bars: Annotated[int, typer.Option("--bars", min=1, help="How many.")] = 16,
    out: To = None,
    metre: Annotated[str, typer.Option("--metre", help="As 3/4.")] = "4/4",
    key: Annotated[str, typer.Option("--key", help="As 'D major', or Bm.", show_default=False)] = "",
    tempo: Annotated[float, typer.Option("--tempo", metavar="BPM", min=0.0, help="Quarters a minute.", show_default=False)] = 0.0,
    style: Style = "pop",
    parts: Parts = "",
    chords: Annotated[str, typer.Option("--chords", metavar="TEXT", help="'C | Am F | G7'; they go round.", show_default=False)] = "",
    sections: Annotated[str, typer.Option("--sections", metavar="TEXT", help="'A8 A8 B8 A8', or AABA.", show_default=False)] = "",
    title: Annotated[str, typer.Option("--title", help="Of the page.", show_default=False)] = "",
    scale: Annotated[bool, typer.Option("--scale/--no-scale", help="Notes of the key's scale alone.")] = True,
    chord_tones: ChordTones = False,
    pitch_range: Range = None,
    candidates: Candidates = 1,
    seed: Seed = 0,
    temperature: Temperature = 0.95,
    top_p: TopP = 0.97,
    guidance: Guidance = 1.0,
    listen: Listen = False,
    soundfont: Soundfont = None,
    engine: Engine = None,
    model: Model = None,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Compose from nothing: bars, metre, key, tempo, chords and form as you say.

    Examples: `hexachord compose generate --bars 16 --key "D major" --tempo 90 --sections AABA -o song.musicxml` ·
    `hexachord compose generate --chords "C | Am | F | G7" --parts melody,piano --listen`
    """
    from hexachord.composition.tools import generate as make

    request = _request(style=style, scale=scale, chord_tones=chord_tones, ranges=pitch_range)
    session = _Session("generated", None, out, listen=listen, soundfont=soundfont, quiet=quiet, json=json)
    draw = _draw(candidates, seed, temperature, top_p, guidance, engine, model)
    session.run(
        draw,
        lambda _, drawn: make(
            bars,
            metre=metre,
            key=key,
            quarter_bpm=tempo,
            style=style,
            roles=_roles(parts),
            chords=chords,
            sections=sections,
            title=title,
            request=request,
            draw=drawn,
        ),
    )


def harmonise(
    score: Source,
    voices: Annotated[bool, typer.Option("--voices", help="Alto, tenor and bass below the tune, too.", show_default=False)] = False,
    out: To = None,
    style: Style = "",
    candidates: Candidates = 1,
    seed: Seed = 0,
    temperature: Temperature = 0.8,
    top_p: TopP = 0.9,
    guidance: Guidance = 1.0,
    listen: Listen = False,
    soundfont: Soundfont = None,
    engine: Engine = None,
    model: Model = None,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Find chord symbols for a tune or a whole score.

    Examples: `hexachord compose harmonise tune.abc -n 3` · `hexachord compose harmonise hymn.musicxml --voices -o chorale.pdf`
    """
    from hexachord.composition.harmonising import harmonise as find_chords

    request = _request(style=style, scale=False, chord_tones=False, ranges=None)
    session = _Session("harmonise", score, out, listen=listen, soundfont=soundfont, quiet=quiet, json=json)
    draw = _draw(candidates, seed, temperature, top_p, guidance, engine, model)
    session.run(draw, lambda music, drawn: find_chords(music, voices=voices, request=request, draw=drawn))


def accompany(
    score: Source,
    out: To = None,
    parts: Annotated[str, typer.Option("--parts", metavar="ROLES", help="Who: piano, bass, strings, drums ...")] = "piano",
    style: Style = "",
    scale: Scale = False,
    chord_tones: ChordTones = False,
    candidates: Candidates = 1,
    seed: Seed = 0,
    temperature: Temperature = 0.95,
    top_p: TopP = 0.97,
    guidance: Guidance = 1.0,
    listen: Listen = False,
    soundfont: Soundfont = None,
    engine: Engine = None,
    model: Model = None,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Write a piano, or other parts, to a tune or a lead sheet; chords are found where there are none.

    Examples: `hexachord compose accompany leadsheet.musicxml` ·
    `hexachord compose accompany tune.abc --parts piano,bass --style pop --listen`
    """
    from hexachord.composition.harmonising import accompany as write_parts

    request = _request(style=style, scale=scale, chord_tones=chord_tones, ranges=None)
    session = _Session("accompany", score, out, listen=listen, soundfont=soundfont, quiet=quiet, json=json)
    draw = _draw(candidates, seed, temperature, top_p, guidance, engine, model)
    session.run(draw, lambda music, drawn: write_parts(music, roles=_roles(parts) or ("piano",), request=request, draw=drawn))


def arrange(
    score: Source,
    out: To = None,
    level: Annotated[float | None, typer.Option("--level", min=0.0, max=1.0, help="How hard, 0 to 1.", show_default=False)] = None,
    style: Style = "",
    candidates: Candidates = 1,
    seed: Seed = 0,
    temperature: Temperature = 0.9,
    top_p: TopP = 0.95,
    guidance: Guidance = 1.0,
    listen: Listen = False,
    soundfont: Soundfont = None,
    engine: Engine = None,
    model: Model = None,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Arrange a score for one piano: tune and bass stay, what lies between is written anew.

    Example: `hexachord compose arrange band.mid --level 0.3 -o piano.pdf`
    """
    from hexachord.composition.harmonising import arrange_for_piano

    request = _request(style=style, scale=False, chord_tones=False, ranges=None)
    session = _Session("arrange", score, out, listen=listen, soundfont=soundfont, quiet=quiet, json=json)
    draw = _draw(candidates, seed, temperature, top_p, guidance, engine, model)
    session.run(draw, lambda music, drawn: arrange_for_piano(music, level=level, request=request, draw=drawn))


def chords(
    score: Source,
    bars: Annotated[int, typer.Option("--bars", min=1, help="How many bars of chords follow.")] = 4,
    out: To = None,
    candidates: Candidates = 1,
    seed: Seed = 0,
    temperature: Temperature = 0.8,
    top_p: TopP = 0.9,
    engine: Engine = None,
    model: Model = None,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Say how the chords of a score may go on.

    Example: `hexachord compose chords song.musicxml --bars 4 -n 3`
    """
    from hexachord.composition.harmonising import next_chords

    session = _Session("chords", score, out, listen=False, soundfont=None, quiet=quiet, json=json)
    draw = _draw(candidates, seed, temperature, top_p, 1.0, engine, model)
    session.run(draw, lambda music, drawn: next_chords(music, bars=bars, draw=drawn))


class _Session:
    """One composition: read, compose, write, tell."""

    def __init__(
        self, tool: str, source: Path | None, out: Path | None, *, listen: bool, soundfont: str | None, quiet: bool, json: bool
    ) -> None:
        from hexachord.journeys.composing import check_out

        stem = f"{source.stem}-{tool}" if source is not None else tool
        self.tool, self.source, self.out = tool, source, out or Path(f"{stem}.musicxml")
        self.listen, self.soundfont, self.quiet, self.json = listen, soundfont, quiet, json
        check_out(self.out)

    def run(self, draw: "Draw", tool: "Callable[[Score, Draw], Composed]") -> None:
        """Let a tool compose and write what it made."""
        from dataclasses import replace

        from hexachord.cli.output import Reporter, print_json, save_score_as
        from hexachord.journeys.composing import candidate_paths, compose_file, composed_facts, play_candidate
        from hexachord.journeys.pipeline import Event
        from hexachord.score.model import Score

        reporter = Reporter(quiet=self.quiet or self.json, title=self.source.name if self.source else self.tool)
        with reporter:
            reporter.hear(Event(kind="plan", total=1))
            reporter.hear(Event(kind="start", stage="compose", title="Composing"))

            def progress(fraction: float) -> None:
                reporter.hear(Event(kind="progress", stage="compose", title="Composing", fraction=fraction))

            drawn = replace(draw, progress=progress)
            made = tool(Score(), drawn) if self.source is None else compose_file(self.source, lambda music: tool(music, drawn))
        paths: list[Path] = []
        warnings = dict.fromkeys(made.warnings)
        for candidate, path in zip(made.candidates, candidate_paths(self.out, len(made.candidates)), strict=True):
            written, lost = save_score_as(candidate.score, path)
            paths += written
            warnings |= dict.fromkeys(lost)
        if self.listen:
            paths.append(play_candidate(made.score, candidate_paths(self.out, len(made.candidates))[0], soundfont=self.soundfont))
        if self.json:
            print_json({"files": [str(path) for path in paths], **composed_facts(made), "warnings": list(warnings)})
            return
        if not self.quiet:
            for warning in warnings:
                typer.echo(f"note: {warning}", err=True)
        for path in paths:
            typer.echo(str(path))


def _draw(candidates: int, seed: int, temperature: float, top_p: float, guidance: float, engine: str | None, model: Path | None) -> "Draw":
    from hexachord.composition.writing import MODEL, Draw
    from hexachord.models.row_sampling import Chance

    chance = Chance(temperature=temperature, top_p=top_p)
    return Draw(candidates=candidates, seed=seed, chance=chance, guidance=guidance, engine=engine, model=model or MODEL)


def _request(*, style: str, scale: bool, chord_tones: bool, ranges: "Sequence[str] | None") -> "Request":
    from hexachord.composition.composing import Request
    from hexachord.composition.lock_text import parse_pitch

    limits = {}
    for text in ranges or ():
        role, equals, span = text.partition("=")
        low, dash, high = span.rpartition("-")
        if not (role and equals and low and dash and high):
            raise InputError(f"--range {text}", found="no range", expected="a part and two pitches, as melody=C4-C6")
        limits[role] = (parse_pitch(low), parse_pitch(high))
    return Request(style=style, scale=scale, chord_tones=chord_tones, ranges=limits)


def _roles(text: str) -> tuple[str, ...] | None:
    return tuple(word.strip() for word in text.split(",") if word.strip()) or None


def _span(text: str) -> tuple[int, int]:
    first, dash, last = text.replace("–", "-").partition("-")
    if not first.strip().isdigit() or (dash and not last.strip().isdigit()):
        raise InputError(f"--bars {text}", found="no bars", expected="one bar or two, as 5-8")
    return int(first), int(last) if dash else int(first)


def add_to(app: typer.Typer) -> None:
    """Add this file's commands."""
    compose = typer.Typer(help="Lock some notes, compose the rest: score → score.", no_args_is_help=True)
    for name, function in (
        ("generate", generate),
        ("continue", continue_),
        ("infill", infill),
        ("fill", fill),
        ("vary", vary),
        ("harmonise", harmonise),
        ("accompany", accompany),
        ("arrange", arrange),
        ("chords", chords),
    ):
        add_command(compose, name, function, panel="Tools")
    app.add_typer(compose, name="compose", rich_help_panel="The arrows")
