"""`hexachord compose`: tools that work on a score by rules and small networks, without the language model."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hexachord.cli.composing import Made, MidiResult, Result, Seed, Source, add_tool
from hexachord.cli.options import Json, Quiet
from hexachord.errors import InputError

if TYPE_CHECKING:
    from hexachord.composition.pages.keeping import Kept
    from hexachord.score.model import Score

Strength = Annotated[float, typer.Option("--strength", min=0.0, max=1.0, help="How far from the page: 0 not at all.")]
DrumStyle = Annotated[str, typer.Option("--style", help="rock, funk, jazz, jazz/swing, latin, hiphop ...", show_default=False)]


def humanise(
    score: Source,
    strength: Strength = 1.0,
    style: DrumStyle = "",
    drummer: Annotated[
        str, typer.Option("--drummer", help="drummer1, drummer3, 4, 6, 7 or 8 of the Groove dataset.", show_default=False)
    ] = "",
    variety: Annotated[float, typer.Option("--variety", min=0.0, max=1.0, help="0 plays the same bar the same way.")] = 0.5,
    seed: Seed = 0,
    result: MidiResult = MidiResult(),
) -> None:
    """Play the drums of a score as a drummer would: how hard, and how early or late.

    Examples: `hexachord compose humanise song.mid --style funk` · `hexachord compose humanise song.musicxml --strength 0.5 --listen`
    """
    from hexachord.composition.drums.groove import humanise as play

    def tool(music: "Score", progress: Callable[[float], None]) -> Made:
        played = play(music, strength=strength, style=style, drummer=drummer, variety=variety, seed=seed)
        strokes = sum(len(part.notes) for part in played.parts if part.is_percussion)
        return Made(scores=(played,), facts={"seed": seed, "strokes": strokes})

    result.make("humanise", score, tool, suffix=".mid", doing="Drumming")


def drumify(
    score: Source,
    part: Annotated[
        list[str] | None, typer.Option("--part", metavar="NAME", help="Whose rhythm; may be repeated. Default: all.", show_default=False)
    ] = None,
    style: DrumStyle = "",
    strength: Strength = 1.0,
    variety: Annotated[float, typer.Option("--variety", min=0.0, max=1.0, help="How much chance there is in what is struck.")] = 0.0,
    seed: Seed = 0,
    result: MidiResult = MidiResult(),
) -> None:
    """Add drums that follow the rhythm of a score, or of one of its parts.

    Examples: `hexachord compose drumify riff.mid --style rock` · `hexachord compose drumify song.musicxml --part Bass --listen`
    """
    from hexachord.composition.drums.drumify import drumify as add_drums
    from hexachord.composition.part_names import part_ids

    def tool(music: "Score", progress: Callable[[float], None]) -> Made:
        wanted = part_ids(music, part or ())
        made = add_drums(music, parts=wanted, style=style, strength=strength, variety=variety, seed=seed)
        return Made(scores=(made,), facts={"seed": seed, "strokes": len(made.parts[-1].notes)})

    result.make("drumify", score, tool, suffix=".mid", doing="Drumming")


def simplify(
    score: Source,
    level: Annotated[int, typer.Option("--level", min=1, max=5, help="1 very easy, 2 easy, 3 intermediate, 4 advanced.")] = 2,
    part: Annotated[str, typer.Option("--part", metavar="NAME", help="Which piano.", show_default=False)] = "",
    result: Result = Result(),
) -> None:
    """Make piano music easier, down to a level of `hexachord read`'s difficulty; tune and bass go last.

    Examples: `hexachord compose simplify sonata.musicxml --level 1` · `hexachord compose simplify rag.mxl --level 2 -o easy.pdf`
    """
    from hexachord.composition.pages.simplify import level_of
    from hexachord.composition.pages.simplify import simplify as ease
    from hexachord.composition.pages.simplify_dials import dials_text
    from hexachord.composition.part_names import part_ids

    def tool(music: "Score", progress: Callable[[float], None]) -> Made:
        made = ease(music, level=level, part=part_ids(music, [part])[0] if part else "")
        kept = made.kept
        given = dials_text(made.dials) or "nothing"
        facts = {
            "difficulty": {"before": round(made.before.level, 4), "after": round(made.after.level, 4)},
            "level": {"before": level_of(made.before), "after": level_of(made.after), "asked": level},
            "criteria": {name: round(value, 4) for name, value in made.after.criteria.items()},
            "given_up": given,
            "kept": {name: round(value, 4) for name, value in vars(kept).items()},
        }
        words = f"level {level_of(made.before)} → {level_of(made.after)}; given up: {given}; {kept_words(kept)}"
        return Made(scores=(made.score,), facts=facts, warnings=made.warnings, lines=(words,))

    result.make("simplify", score, tool, doing="Simplifying")


def reduce(
    score: Source,
    span: Annotated[int, typer.Option("--span", min=7, max=19, help="Semitones that a hand reaches.")] = 12,
    most: Annotated[int, typer.Option("--most", min=1, max=5, help="Notes that a hand strikes together.")] = 4,
    result: Result = Result(),
) -> None:
    """Put an orchestra, a choir or a song on one piano: tune, bass and harmony stay, doublings go.

    Examples: `hexachord compose reduce symphony.mxl -o piano.pdf` · `hexachord compose reduce choir.musicxml --span 10`
    """
    from hexachord.composition.pages.reduce import reduce_for_piano

    def tool(music: "Score", progress: Callable[[float], None]) -> Made:
        made = reduce_for_piano(music, span=span, most=most)
        facts = {
            "difficulty": round(made.difficulty.level, 4),
            "kept": {name: round(value, 4) for name, value in vars(made.kept).items()},
            "faults": [
                {"time_s": round(fault.time_s, 3), "hand": ("left", "right")[fault.hand], "why": fault.why} for fault in made.faults
            ],
        }
        words = f"{made.difficulty.words}; {kept_words(made.kept)}"
        told = (f"{len(made.faults)} places that hands can hardly play; --json lists them",) if made.faults else ()
        return Made(scores=(made.score,), facts=facts, warnings=told, lines=(words,))

    result.make("piano", score, tool, doing="Reducing")


def interpolate(
    first: Source,
    second: Annotated[Path, typer.Argument(help="Another score.")],
    steps: Annotated[int, typer.Option("--steps", min=1, max=64, help="How many lie between the two.")] = 6,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="DIR|FILE", help="A folder, or one file.  [default: FIRST-to-SECOND/]", show_default=False),
    ] = None,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Turn one clip into another in steps: each is farther from the first and nearer to the second.

    A folder gets a file for each step and one with all of them in a row; a file gets all of them in a row.

    Examples: `hexachord compose interpolate a.mid b.mid --steps 6 -o morph` · `hexachord compose interpolate a.abc b.abc -o morph.mid`
    """
    from hexachord.cli.output import print_json, save_score_as
    from hexachord.composition.morph.interpolating import interpolate as between
    from hexachord.composition.morph.joining import in_a_row
    from hexachord.journeys.composing import check_out
    from hexachord.score.formats import load_score, with_notes

    target = out or Path(f"{first.stem}-to-{second.stem}")
    is_folder = not target.suffix
    if not is_folder:
        check_out(target)
    one, other = (with_notes(load_score(path), path) for path in (first, second))
    made = between(one, other, steps=steps)
    whole = in_a_row((made.ends[0], *made.scores, made.ends[1]), title=f"{first.stem} → {second.stem}")
    paths: list[Path] = []
    if is_folder:
        for number, score in enumerate(made.scores, start=1):
            paths += save_score_as(score, target / f"step-{number}.mid")[0]
    paths += save_score_as(whole, target / "all.mid" if is_folder else target)[0]
    if json:
        rows = [
            {"from_first": round(far, 4), "to_second": round(near, 4)} for far, near in zip(made.from_first, made.to_second, strict=True)
        ]
        print_json({"files": [str(path) for path in paths], "steps": rows, "warnings": list(made.warnings)})
        return
    for warning in () if quiet else made.warnings:
        typer.echo(f"note: {warning}", err=True)
    for path in paths:
        typer.echo(str(path))


def arrange_for(whom: str, score: Path, result: Result, *, style: str, seed: int) -> None:
    """Deal a score to players: what `arrange` does for a quartet and a band.

    Raises
    ------
    InputError : if nobody is called so.
    """
    from hexachord.composition.pages.ensembles import arrange_for_band, arrange_for_players

    def tool(music: "Score", progress: Callable[[float], None]) -> Made:
        made = arrange_for_players(music) if whom == "quartet" else arrange_for_band(music, style=style or "pop", seed=seed)
        facts = {"kept": {name: round(value, 4) for name, value in vars(made.kept).items()}, "moved_by_octaves": made.moved}
        return Made(scores=(made.score,), facts=facts, lines=(f"{kept_words(made.kept)}; {made.moved} notes moved by octaves",))

    if whom not in ("quartet", "band"):
        raise InputError(f"--for {whom}", found="nobody of that name", expected="piano, quartet or band")
    result.make(whom, score, tool, doing="Arranging")


def kept_words(kept: "Kept") -> str:
    """Say how much of a piece is still there."""
    return f"kept: {kept.melody:.0%} of the tune, {kept.bass:.0%} of the bass, {kept.chords:.0%} of the harmony"


def add_to(app: typer.Typer) -> None:
    """Add this file's commands."""
    add_tool(app, "humanise", humanise)
    add_tool(app, "drumify", drumify)
    add_tool(app, "simplify", simplify)
    add_tool(app, "reduce", reduce)
    add_tool(app, "interpolate", interpolate)
