"""`hexachord compose`: score → score, one command for each tool; those of the language model are here.

How a tool is added: see `hexachord.cli.composing`. One in a module of its own gets its line in `add_to` below.
"""

from typing import Annotated

import typer

from hexachord.cli import compose_chart, compose_chorale, compose_chords, compose_genie, compose_personal, compose_scores
from hexachord.cli.composing import Drawing, Parts, Result, Source, StyleWish, ToneWishes, Wishes, add_tool, role_names
from hexachord.errors import InputError


def continue_(
    score: Source,
    bars: Annotated[int, typer.Option("--bars", min=1, help="How many follow.")] = 8,
    parts: Parts = "",
    wishes: Wishes = Wishes(),
    drawing: Drawing = Drawing(),
    result: Result = Result(),
) -> None:
    """Go on where a score ends, in its metre, key and tempo.

    Examples: `hexachord compose continue tune.abc --bars 8 -o longer.musicxml` ·
    `hexachord compose continue song.mid -n 4 --seed 1 --listen`
    """
    from hexachord.composition.tools import continue_score

    request = wishes.request()
    result.compose(
        "continue",
        score,
        drawing,
        lambda music, draw: continue_score(music, bars=bars, roles=role_names(parts), request=request, draw=draw),
    )


def infill(
    score: Source,
    bars: Annotated[str, typer.Option("--bars", metavar="FIRST-LAST", help="Which bars, counted from 1: 5-8.")],
    parts: Parts = "",
    chords: Annotated[bool, typer.Option("--chords", help="Find other chord symbols, too.", show_default=False)] = False,
    wishes: Wishes = Wishes(),
    drawing: Drawing = Drawing(),
    result: Result = Result(),
) -> None:
    """Write bars anew between those before and those after.

    Examples: `hexachord compose infill song.musicxml --bars 5-8` · `hexachord compose infill song.mid --bars 9 --parts piano -n 3`
    """
    from hexachord.composition.tools import infill as fill_bars

    first, last = _span(bars)
    request = wishes.request()
    result.compose(
        "infill",
        score,
        drawing,
        lambda music, draw: fill_bars(music, first, last, roles=role_names(parts), chords=chords, request=request, draw=draw),
    )


def fill(
    score: Source,
    lock: Annotated[
        str, typer.Option("--lock", metavar="TEXT", help="What stays: 'bars 1-4 or part melody', 'highest', 'pitch above C5'.")
    ],
    parts: Parts = "",
    wishes: Wishes = Wishes(),
    drawing: Drawing = Drawing(),
    result: Result = Result(),
) -> None:
    """Lock some notes, compose the rest: what every other tool is made of.

    A lock joins `bars 5-8`, `part piano`, `pitch C4-C6`, `beat 1`, `section A`, `note 5:2.5 C4`, `highest`, `lowest`, `chords`, `notes`
    by `and`, `or`, `not`.

    Example: `hexachord compose fill song.musicxml --lock "part melody or chords or bars 1-4"`
    """
    from hexachord.composition.composing import compose
    from hexachord.composition.lock_text import parse_lock

    held = parse_lock(lock)
    request = wishes.request()
    result.compose(
        "fill", score, drawing, lambda music, draw: compose(music, held, roles=role_names(parts), request=request, draw=draw, tool="fill")
    )


def vary(
    score: Source,
    amount: Annotated[float, typer.Option("--amount", min=0.0, max=1.0, help="The share of notes that go.")] = 0.3,
    parts: Parts = "",
    wishes: ToneWishes = ToneWishes(),
    drawing: Drawing = Drawing(),
    result: Result = Result(),
) -> None:
    """Write a share of the notes anew; those between the beats go first.

    Example: `hexachord compose vary tune.musicxml --amount 0.2 --seed 3`
    """
    from hexachord.composition.tools import vary as change

    request = wishes.request()
    result.compose(
        "vary", score, drawing, lambda music, draw: change(music, amount=amount, roles=role_names(parts), request=request, draw=draw)
    )


def generate(
    bars: Annotated[int, typer.Option("--bars", min=1, help="How many.")] = 16,
    metre: Annotated[str, typer.Option("--metre", help="As 3/4.")] = "4/4",
    key: Annotated[str, typer.Option("--key", help="As 'D major', or Bm.", show_default=False)] = "",
    tempo: Annotated[float, typer.Option("--tempo", metavar="BPM", min=0.0, help="Quarters a minute.", show_default=False)] = 0.0,
    parts: Parts = "",
    chords: Annotated[str, typer.Option("--chords", metavar="TEXT", help="'C | Am F | G7'; they go round.", show_default=False)] = "",
    sections: Annotated[
        str | None, typer.Option("--sections", metavar="TEXT", help="'A8 A8 B8 A8', or AABA; none. As many songs.", show_default=False)
    ] = None,
    valence: Annotated[float | None, typer.Option("--valence", min=-1.0, max=1.0, help="Sad to happy.", show_default=False)] = None,
    arousal: Annotated[float | None, typer.Option("--arousal", min=-1.0, max=1.0, help="Calm to excited.", show_default=False)] = None,
    title: Annotated[str, typer.Option("--title", help="Of the page.", show_default=False)] = "",
    wishes: Wishes = Wishes(style="pop"),
    drawing: Drawing = Drawing(),
    result: Result = Result(),
) -> None:
    """Compose from nothing: bars, metre, key, tempo, chords and form as you say.

    Examples: `hexachord compose generate --bars 16 --key "D major" --tempo 90 --sections AABA -o song.musicxml` ·
    `hexachord compose generate --chords "C | Am | F | G7" --parts melody,piano --listen` ·
    `hexachord compose generate --valence -0.6 --arousal -0.4 --sections none`
    """
    from hexachord.composition.mood import Mood
    from hexachord.composition.tools import generate as make

    mood = Mood(valence=valence, arousal=arousal)
    request = wishes.request()
    result.compose(
        "generated",
        None,
        drawing,
        lambda _, draw: make(
            bars,
            metre=metre,
            key=key,
            quarter_bpm=tempo,
            style=wishes.style,
            roles=role_names(parts),
            chords=chords,
            sections="" if sections == "none" else sections,
            mood=mood,
            title=title,
            request=request,
            draw=draw,
        ),
    )


def arrange(
    score: Source,
    for_: Annotated[str, typer.Option("--for", metavar="WHOM", help="piano, quartet (strings) or band.")] = "piano",
    level: Annotated[float | None, typer.Option("--level", min=0.0, max=1.0, help="How hard, 0 to 1.", show_default=False)] = None,
    wishes: StyleWish = StyleWish(),
    drawing: Drawing = Drawing(temperature=0.9, top_p=0.95),
    result: Result = Result(),
) -> None:
    """Arrange a score: for one piano tune and bass stay and what lies between is written anew; for a string quartet (violins, viola, cello)
    or a band (lead, keys, bass, drums) its own notes are dealt to the players.

    Examples: `hexachord compose arrange band.mid --level 0.3 -o piano.pdf` · `hexachord compose arrange sonata.mxl --for quartet`
    """
    from hexachord.composition.harmonising import arrange_for_piano

    if for_ != "piano":
        compose_scores.arrange_for(for_, score, result, style=wishes.style, seed=drawing.seed)
        return
    request = wishes.request()
    result.compose("arrange", score, drawing, lambda music, draw: arrange_for_piano(music, level=level, request=request, draw=draw))


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
        ("arrange", arrange),
    ):
        add_tool(compose, name, function)
    compose_chords.add_to(compose)
    compose_scores.add_to(compose)
    compose_genie.add_to(compose)
    compose_chart.add_to(compose)
    compose_chorale.add_to(compose)
    compose_personal.add_to(compose)
    app.add_typer(compose, name="compose", rich_help_panel="The arrows")
