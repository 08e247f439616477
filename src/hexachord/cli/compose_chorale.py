"""`hexachord compose chorale`: four voices below, above or around what is given."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hexachord.cli.composing import Made, Model, Result, Seed, Source, Temperature, add_tool
from hexachord.errors import InputError

if TYPE_CHECKING:
    from hexachord.composition.chorale.setting import ChoraleOptions
    from hexachord.score.model import Score


@dataclass(frozen=True, kw_only=True)
class Sampling:
    """How often, how long, and how chance decides."""

    candidates: Annotated[int, typer.Option("--candidates", "-n", min=1, max=64, help="How many are written; the best are kept.")] = 4
    keep: Annotated[int, typer.Option("--keep", min=1, max=64, help="How many of them are handed over, the best first.")] = 1
    sweeps: Annotated[int, typer.Option("--sweeps", min=1, max=500, help="How often the voices are written over.")] = 12
    repairs: Annotated[int, typer.Option("--repairs", min=0, max=100, help="Rounds of mending voice-leading faults.")] = 10
    temperature: Temperature = 0.9
    seed: Seed = 0
    model: Model = None


def chorale(
    score: Source,
    lock_part: Annotated[
        list[str] | None,
        typer.Option(
            "--lock-part",
            metavar="VOICE[=PART]",
            help="What stays: soprano, alto, tenor or bass, and which part it is; may be repeated. Default: the tune is the soprano.",
            show_default=False,
        ),
    ] = None,
    bars: Annotated[
        str,
        typer.Option("--bars", metavar="FIRST-LAST", help="Write these bars of a four-part score anew, keep the rest.", show_default=False),
    ] = "",
    beat: Annotated[str, typer.Option("--beat", help="What the tune moves in: eighth, quarter, half.", show_default=False)] = "",
    numerals: Annotated[bool, typer.Option("--numerals", help="Say the Roman numerals.", show_default=False)] = False,
    sampling: Sampling = Sampling(),
    result: Result = Result(),
) -> None:
    """Set a tune for soprano, alto, tenor and bass, in the manner of Bach's chorales.

    Examples: `hexachord compose chorale hymn.abc -o hymn.pdf` · `hexachord compose chorale song.musicxml --lock-part soprano=Voice -n 8` ·
    `hexachord compose chorale bassline.mid --lock-part bass` · `hexachord compose chorale hymn.musicxml --bars 5-8`
    """
    from hexachord.composition.chorale.report import chorale_facts, chorale_lines
    from hexachord.composition.chorale.setting import chorale as compose_chorale

    options = _options(lock_part or (), bars, beat, sampling)

    def tool(music: "Score", progress: Callable[[float], None]) -> Made:
        made = compose_chorale(music, options=options, progress=progress)
        return Made(
            scores=tuple(each.score for each in made.candidates[: sampling.keep]),
            facts=chorale_facts(made),
            warnings=made.warnings,
            lines=chorale_lines(made, numerals=numerals),
        )

    result.make("chorale", score, tool)


def _options(locks: "list[str] | tuple[str, ...]", bars: str, beat: str, sampling: Sampling) -> "ChoraleOptions":
    from hexachord.composition.chorale.network import NETWORK
    from hexachord.composition.chorale.setting import ChoraleOptions

    given = {}
    for text in locks:
        voice, _, part = text.partition("=")
        given[voice.strip().lower()] = part.strip()
    return ChoraleOptions(
        seed=sampling.seed,
        candidates=sampling.candidates,
        sweeps=sampling.sweeps,
        temperature=sampling.temperature,
        repairs=sampling.repairs,
        beat=beat.strip().lower(),
        given=given if locks or bars else {"soprano": ""},
        bars=_bars(bars) if bars else None,
        model=str(_checked(sampling.model)) if sampling.model else NETWORK,
    )


def _bars(text: str) -> tuple[int, int]:
    first, dash, last = text.replace("–", "-").partition("-")
    if not first.strip().isdigit() or (dash and not last.strip().isdigit()):
        raise InputError(f"--bars {text}", found="no bars", expected="one bar or two, as 5-8")
    return int(first), int(last) if dash else int(first)


def _checked(model: Path) -> Path:
    if model.suffix != ".onnx":
        raise InputError(model, found=f"the suffix '{model.suffix}'", expected="a network (.onnx)")
    return model


def add_to(app: typer.Typer) -> None:
    """Add this file's command."""
    add_tool(app, "chorale", chorale)
