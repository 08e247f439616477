"""`hexachord compose`: the tools on harmony: chords, harmonise, reharmonise, accompany."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hexachord.cli.composing import Drawing, Made, Parts, Result, Seed, Source, ToneWishes, add_tool, role_names
from hexachord.errors import InputError

if TYPE_CHECKING:
    from hexachord.composition.harmony.melody_harmony import ExplainedChord
    from hexachord.score.model import Score

Key = Annotated[str, typer.Option("--key", help="As 'D major'.", show_default=False)]


def chords(
    score: Annotated[
        Path | None, typer.Argument(help="A score whose chords are to go on; without one a progression is written.", show_default=False)
    ] = None,
    bars: Annotated[int, typer.Option("--bars", min=0, help="How many.  [default: 4 after a score, else 8]", show_default=False)] = 0,
    key: Key = "",
    mood: Annotated[str, typer.Option("--mood", help="happy, sad, calm, tense, romantic, epic, dreamy ...", show_default=False)] = "",
    style: Annotated[str, typer.Option("--style", help="pop, rock, folk, jazz, bossa, blues or classical.")] = "pop",
    loop: Annotated[str, typer.Option("--loop", help="A named one: axis, doo-wop, andalusian, blues, folia ...", show_default=False)] = "",
    cadence: Annotated[
        str, typer.Option("--cadence", help="How it ends: authentic, half, plagal, deceptive or open.", show_default=False)
    ] = "",
    metre: Annotated[str, typer.Option("--metre", help="As 3/4.")] = "4/4",
    places: Annotated[int, typer.Option("--places", min=0, max=8, help="Chords a bar; 0 leaves it to style and mood.")] = 0,
    after: Annotated[str, typer.Option("--after", metavar="CHORDS", help="Only say what may follow: 'C Am F'.", show_default=False)] = "",
    following: Annotated[
        bool, typer.Option("--next", help="Only say what may follow the last chord of a score.", show_default=False)
    ] = False,
    names: Annotated[
        bool, typer.Option("--list", help="Say which styles, loops, moods and cadences there are.", show_default=False)
    ] = False,
    drawing: Drawing = Drawing(temperature=0.8, top_p=0.9),
    result: Result = Result(),
) -> None:
    """Write a chord progression by mood, key, style and cadence; say which chord may follow; let a score's chords go on.

    Examples: `hexachord compose chords --mood sad --key "A minor" --cadence half` · `hexachord compose chords --loop andalusian --key Am` ·
    `hexachord compose chords --after "Dm7 G7" --style jazz` · `hexachord compose chords song.musicxml --bars 4 -n 3`
    """
    from hexachord.composition.harmony.progression_tables import CADENCES, LOOPS, MOODS, STYLES

    if names:
        _say_names({"styles": STYLES, "loops": LOOPS, "moods": MOODS, "cadences": CADENCES}, json=result.json)
        return
    if style not in STYLES:
        raise InputError(f"the style {style!r}", found="no such style", expected=f"one of {', '.join(STYLES)}")
    if after:
        _say_following(_chords(after), key=_key_name(key), flavour=STYLES[style].flavour, cadence=cadence, json=result.json)
        return
    if following and score is not None:
        from hexachord.composition.harmony.melody_harmony import explain_score
        from hexachord.journeys.composing import compose_file

        told = compose_file(score, explain_score).chords
        home = _key_name(key) or told[-1].key
        _say_following([each.label for each in told], key=home, flavour=STYLES[style].flavour, cadence=cadence, json=result.json)
        return
    if score is not None:
        from hexachord.composition.harmonising import next_chords

        result.compose("chords", score, drawing, lambda music, draw: next_chords(music, bars=bars or 4, draw=draw))
        return
    from hexachord.composition.harmony.progressions import ProgressionOptions, write_progression

    def tool(_: "Score", __: Callable[[float], None]) -> Made:
        made = [
            write_progression(
                ProgressionOptions(
                    key=_key_name(key), bars=bars or len(LOOPS[loop].numerals) // LOOPS[loop].places if loop in LOOPS else bars or 8,
                    metre=_metre(metre), style=style, loop=loop, mood=mood, cadence=cadence, places=places, seed=drawing.seed + number,
                )
            )
            for number in range(drawing.candidates)
        ]  # fmt: skip
        rows = [
            f"bar {chord.bar:<3} {_name(chord.label):<9} {chord.numeral:<9} tension {chord.tension:>4.0f}  {chord.reason}"
            for chord in made[0].chords
        ]
        facts = {
            "key": made[0].key,
            "seed": drawing.seed,
            "progressions": [[{**asdict(chord), "name": _name(chord.label)} for chord in each.chords] for each in made],
        }
        return Made(scores=tuple(each.score for each in made), facts=facts, lines=tuple(rows))

    result.make("chords", None, tool)


def harmonise(
    score: Source,
    style: Annotated[str, typer.Option("--style", help="pop, jazz or chorale.")] = "pop",
    rhythm: Annotated[str, typer.Option("--rhythm", help="Where chords may change: beat, half, bar, or free.")] = "free",
    triads: Annotated[bool, typer.Option("--triads", help="No sevenths but dominant ones.", show_default=False)] = False,
    keep: Annotated[bool, typer.Option("--keep", help="Chord symbols that are there stay.", show_default=False)] = False,
    voices: Annotated[bool, typer.Option("--voices", help="Alto, tenor and bass below the tune, too.", show_default=False)] = False,
    drawing: Drawing = Drawing(temperature=0.8, top_p=0.9),
    result: Result = Result(),
) -> None:
    """Find chord symbols for a tune (or read them off a whole score), and say what each does and why.

    With `--engine rows` the language model does it its way.

    Examples: `hexachord compose harmonise tune.abc --style jazz -n 3` ·
    `hexachord compose harmonise hymn.musicxml --style chorale --voices -o chorale.pdf`
    """
    if drawing.engine is not None:
        from hexachord.composition.composing import Request
        from hexachord.composition.harmonising import harmonise as find_chords

        request = Request(style="" if style == "jazz" else style)
        result.compose("harmonise", score, drawing, lambda music, draw: find_chords(music, voices=voices, request=request, draw=draw))
        return
    from hexachord.composition.harmony.melody_harmony import HarmonyOptions, harmonise_melody
    from hexachord.composition.harmony.part_writing import four_part

    options = HarmonyOptions(flavour=style, rhythm=rhythm, triads=triads, keep=keep, candidates=drawing.candidates, seed=drawing.seed)

    def tool(music: "Score", _: Callable[[float], None]) -> Made:
        made = harmonise_melody(music, options=options)
        scores = tuple(four_part(each.score) if voices else each.score for each in made)
        facts = {
            "engine": made[0].engine,
            "seed": drawing.seed,
            "key": made[0].chords[0].key if made[0].chords else "",
            "cadence": made[0].cadence,
            "candidates": [{"nats": round(each.nats, 3), "chords": _facts(each.chords)} for each in made],
        }
        return Made(scores=scores, facts=facts, lines=tuple(_rows(made[0].chords)))

    result.make("harmonise", score, tool, doing="Harmonising")


def reharmonise(
    score: Source,
    amount: Annotated[float, typer.Option("--amount", min=0.0, max=1.0, help="The share of chords that change.")] = 0.5,
    style: Annotated[str, typer.Option("--style", help="jazz, pop or classical.")] = "jazz",
    kind: Annotated[
        list[str] | None,
        typer.Option("--kind", metavar="NAME", help="Only this: 'tritone substitution', 'ii–V' ...; may be repeated.", show_default=False),
    ] = None,
    alternatives: Annotated[int, typer.Option("--alternatives", min=0, max=20, help="How many to name for each chord.")] = 4,
    variety: Annotated[float, typer.Option("--variety", min=0.0, help="How much chance there is; 0 takes the best.")] = 0.5,
    seed: Seed = 0,
    result: Result = Result(),
) -> None:
    """Put other chords under a tune, each with its reason: substitutes, dominants of their own, borrowed chords, moving basses.

    Examples: `hexachord compose reharmonise sheet.musicxml --amount 0.4` ·
    `hexachord compose reharmonise hymn.abc --style classical --alternatives 6 --json`
    """
    from hexachord.composition.harmony.reharmonising import ReharmoniseOptions
    from hexachord.composition.harmony.reharmonising import reharmonise as find_others

    kinds = tuple(name.replace("ii-V", "ii–V") for name in kind or ())
    options = ReharmoniseOptions(amount=amount, style=style, kinds=kinds, alternatives=alternatives, variety=variety, seed=seed)

    def tool(music: "Score", _: Callable[[float], None]) -> Made:
        made = find_others(music, options=options)
        rows = []
        for place in made.places:
            if place.chosen is not None:
                fresh = " ".join(_name(label) for _, label in place.chosen.chords)
                rows.append(f"bar {place.bar:<3} {_name(place.label):<9} → {fresh:<20} {place.chosen.kind}: {place.chosen.reason}")
        facts = {
            "seed": made.seed,
            "changed": made.changed,
            "places": [asdict(place) for place in made.places],
            "chords": _facts(made.chords),
        }
        return Made(scores=(made.score,), facts=facts, lines=tuple(rows))

    result.make("reharmonise", score, tool, doing="Reharmonising")


def accompany(
    score: Annotated[
        Path | None, typer.Argument(help="A lead sheet or a tune: .musicxml, .mxl, .mid, .abc, .json.", show_default=False)
    ] = None,
    parts: Parts = "",
    intensity: Annotated[
        float | None, typer.Option("--intensity", min=0.0, max=1.0, help="Of all bars; by sections when left out.", show_default=False)
    ] = None,
    human: Annotated[float, typer.Option("--human", min=0.0, max=1.0, help="How far drums leave the grid.")] = 0.0,
    names: Annotated[bool, typer.Option("--list", help="Say which styles there are, and who plays in them.", show_default=False)] = False,
    wishes: ToneWishes = ToneWishes(),
    drawing: Drawing = Drawing(),
    result: Result = Result(),
) -> None:
    """Write a band to a lead sheet or a tune in a style: piano, guitar, bass, drums, strings; chords are found where there are none.

    Styles: `--list`. With `--engine rows` the language model writes the parts its way.

    Examples: `hexachord compose accompany leadsheet.musicxml --style bossa` ·
    `hexachord compose accompany tune.abc --style swing --parts piano,bass,drums --listen`
    """
    from hexachord.composition.band.styles import STYLES

    if names:
        _say_names({"styles": STYLES}, json=result.json)
        return
    if score is None:
        raise InputError(
            "hexachord compose accompany", found="no score", expected="a lead sheet or a tune", next_step="--list says the styles"
        )
    if drawing.engine is not None:
        from hexachord.composition.harmonising import accompany as write_parts

        request = wishes.request()
        result.compose(
            "accompany",
            score,
            drawing,
            lambda music, draw: write_parts(music, roles=role_names(parts) or ("piano",), request=request, draw=draw),
        )
        return
    from hexachord.composition.band.accompanying import ENGINE, AccompanyOptions, accompany_in_style

    options = AccompanyOptions(style=wishes.style, roles=role_names(parts) or (), intensity=intensity, human=human, seed=drawing.seed)

    def tool(music: "Score", _: Callable[[float], None]) -> Made:
        made = accompany_in_style(music, options=options)
        facts = {
            "engine": ENGINE, "seed": made.seed, "style": made.style, "parts": list(made.parts), "found_chords": made.found_chords,
            "chord_tones": made.chord_tones,
        }  # fmt: skip
        said = f"{made.style}: {', '.join(made.parts)}" + ("; its chords were found first" if made.found_chords else "")
        return Made(scores=(made.score,), facts=facts, lines=(said,))

    result.make("accompany", score, tool, doing="Accompanying")


def _rows(found: "Sequence[ExplainedChord]") -> list[str]:
    made = []
    for chord in found:
        others = " ".join(_name(other.label) for other in chord.alternatives)
        made.append(f"bar {chord.bar:<3} {chord.name:<9} {chord.numeral:<9} {chord.reason}" + (f"  [or {others}]" if others else ""))
    return made


def _facts(found: "Sequence[ExplainedChord]") -> list[dict[str, Any]]:
    return [
        {
            "tick": chord.tick, "bar": chord.bar, "label": chord.label, "name": chord.name, "key": chord.key, "numeral": chord.numeral,
            "function": chord.function, "reason": chord.reason, "chance": chord.chance, "fit": chord.fit._asdict(),
            "alternatives": [other._asdict() for other in chord.alternatives],
        }
        for chord in found
    ]  # fmt: skip


def _chords(after: str) -> list[str]:
    """Read ``C Am | F`` as labels."""
    from hexachord.score.musicxml_harmony import chord_label

    labels = []
    for text in after.replace("|", " ").replace(",", " ").split():
        label = chord_label(text)
        if label is None:
            raise InputError(f"--after {after!r}", found=f"{text!r}, which is no chord", expected="chords as 'C Am F'")
        labels.append(label)
    return labels


def _say_following(labels: "Sequence[str]", *, key: str, flavour: str, cadence: str, json: bool) -> None:
    """Say what may follow some chords."""
    from hexachord.cli.output import print_json
    from hexachord.composition.harmony.progressions import key_of_chords, next_chords_of

    home = key or key_of_chords(labels)
    found = next_chords_of(labels, home, flavour=flavour, cadence=cadence)
    if json:
        print_json({"key": home, "next": [{"label": label, "chance": chance, "reason": reason} for label, chance, reason in found]})
        return
    for label, chance, reason in found:
        typer.echo(f"{_name(label):<9} {chance:>4.0%}  {reason}")


def _say_names(tables: dict[str, Any], *, json: bool) -> None:
    from hexachord.cli.output import print_json

    if json:
        print_json({kind: list(table) for kind, table in tables.items()})
        return
    for kind, table in tables.items():
        typer.echo(f"{kind}: {', '.join(table)}")


def _name(label: str) -> str:
    from hexachord.theory.chord_names import chord_name

    return chord_name(label, unicode=True)


def _key_name(text: str) -> str:
    """``Am`` and ``Eb`` as keys, too."""
    if not text.strip() or " " in text.strip():
        return text.strip()
    minor = text.strip().endswith("m")
    return f"{text.strip().removesuffix('m')} {'minor' if minor else 'major'}"


def _metre(text: str) -> tuple[int, int]:
    beats, _, beat_type = text.partition("/")
    if not (beats.isdigit() and beat_type in ("1", "2", "4", "8", "16") and 0 < int(beats) <= 32):
        raise InputError(f"--metre {text}", found="no metre", expected="one as 3/4")
    return int(beats), int(beat_type)


def add_to(app: typer.Typer) -> None:
    """Add this file's commands."""
    for name, function in (("harmonise", harmonise), ("reharmonise", reharmonise), ("accompany", accompany), ("chords", chords)):
        add_tool(app, name, function)
