"""`hexachord compose genie`: eight buttons play a piano, from a file, from words, from a score, or live."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hexachord.cli.composing import Made, Result, Seed, add_tool
from hexachord.errors import InputError, MissingExtraError

if TYPE_CHECKING:
    from hexachord.composition.genie.playing import GenieOptions
    from hexachord.composition.genie.presses import Press
    from hexachord.score.model import Score

_PLAYED = (".mid", ".midi")
_USUAL_BPM = 100.0


@dataclass(frozen=True, kw_only=True)
class GenieWishes:
    """What the genie may play."""

    kind: Annotated[str, typer.Option("--kind", help="melody or piano.", show_default=False)] = ""
    key: Annotated[str, typer.Option("--key", help="As 'D major', or Bm; it mostly keeps to it.", show_default=False)] = ""
    scale: Annotated[bool, typer.Option("--scale", help="Notes of the key's scale alone.", show_default=False)] = False
    chord_tones: Annotated[bool, typer.Option("--chord-tones", help="Notes of the chord alone, if there is one.", show_default=False)] = (
        False
    )
    keys: Annotated[int, typer.Option("--keys", help="Of the keyboard: 88, 76, 73, 61, 49, 37, 32 or 25.")] = 88
    pitch_range: Annotated[str, typer.Option("--range", metavar="LOW-HIGH", help="As C4-C6.", show_default=False)] = ""
    temperature: Annotated[float, typer.Option("--temperature", min=0.0, max=3.0, help="Below 1 what is likely gets likelier.")] = 0.8
    top_p: Annotated[float, typer.Option("--top-p", min=0.01, max=1.0, help="Only the likeliest that together have this chance.")] = 0.95
    seed: Seed = 0

    def options(self, kind: str) -> "GenieOptions":
        """Say it as the genie takes it; `kind` is what it plays where nothing is said.

        Raises
        ------
        InputError : if a wish is none.
        """
        from hexachord.composition.extending import parse_key_name
        from hexachord.composition.genie.playing import GenieOptions, keyboard_range
        from hexachord.composition.lock_text import parse_pitch
        from hexachord.models.row_sampling import Chance
        from hexachord.theory.keys import KEY_NAMES

        low, high = keyboard_range(self.keys)
        if self.pitch_range:
            lowest, dash, highest = self.pitch_range.rpartition("-")
            if not (lowest and dash and highest):
                raise InputError(f"--range {self.pitch_range}", found="no range", expected="two pitches, as C4-C6")
            low, high = max(low, parse_pitch(lowest)), min(high, parse_pitch(highest))
        return GenieOptions(
            kind=self.kind or kind,
            key=KEY_NAMES[parse_key_name(self.key)] if self.key else "",
            scale=self.scale,
            chord_tones=self.chord_tones,
            low=low,
            high=high,
            chance=Chance(temperature=self.temperature, top_p=self.top_p),
            seed=self.seed,
        )


def genie(
    presses: Annotated[
        Path | None, typer.Argument(help="Presses: .csv (time, button[, length, velocity]) or .json.", show_default=False)
    ] = None,
    buttons: Annotated[
        str, typer.Option("--buttons", metavar="TEXT", help="'1 3 5 5 8 . 135 -': a step each, '.' silent, '-' held.", show_default=False)
    ] = "",
    source: Annotated[
        Path | None, typer.Option("--from", metavar="SCORE", help="Rhythm and contour of a score's line.", show_default=False)
    ] = None,
    live: Annotated[bool, typer.Option("--live", help="Play on the keys 1 to 8 of this terminal; q ends.", show_default=False)] = False,
    part: Annotated[str, typer.Option("--part", help="With --from: whose line, by name or number.", show_default=False)] = "",
    rule: Annotated[bool, typer.Option("--rule", help="With --from: press by a rule, not by the encoder.", show_default=False)] = False,
    tempo: Annotated[float, typer.Option("--tempo", metavar="BPM", min=10.0, max=600.0, help="Quarters a minute.")] = _USUAL_BPM,
    step: Annotated[str, typer.Option("--step", metavar="VALUE", help="Of --buttons: 1/4, 1/8, 1/16 ...")] = "1/8",
    chords: Annotated[
        str, typer.Option("--chords", metavar="TEXT", help="'C | Am F | G7', bar by bar; they go round.", show_default=False)
    ] = "",
    wishes: GenieWishes = GenieWishes(),
    result: Result = Result(),
) -> None:
    """Play eight buttons: you give rhythm and contour, the genie finds the notes.

    A button further right is never lower, one further left never higher. A .csv of what was pressed is written beside a live take.

    Examples: `hexachord compose genie --buttons "1 2 3 5 8 - 5 3" --key "D major" --listen` ·
    `hexachord compose genie --from tune.abc --scale -o other.musicxml` · `hexachord compose genie take.csv --kind piano -o take.mid` ·
    `hexachord compose genie --live`
    """
    ways = [presses is not None, bool(buttons), source is not None, live]
    if sum(ways) != 1:
        raise InputError(
            "genie", found=f"{sum(ways)} ways to press buttons", expected="one: a file of presses, --buttons, --from SCORE, or --live"
        )
    if source is not None:
        result.make("genie", source, lambda music, progress: _again(music, progress, wishes, part=part, rule=rule))
        return
    from hexachord.composition.extending import parse_progression

    labels = parse_progression(chords) if chords.strip() else []
    if live:
        _live(wishes, result, labels, tempo=tempo)
        return
    if presses is not None:
        from hexachord.composition.genie.presses import read_presses

        pressed = read_presses(presses)
        name, suffix = f"{presses.stem}-genie", ".mid"
    else:
        from hexachord.composition.genie.presses import parse_buttons

        pressed = parse_buttons(buttons, step_s=_step(step) * 4.0 * 60.0 / tempo)
        name, suffix = "genie", ".musicxml"
    written = (result.out or Path(f"{name}{suffix}")).suffix.lower() not in _PLAYED or bool(buttons)

    def tool(_: "Score", progress: Callable[[float], None]) -> Made:
        from hexachord.composition.genie.takes import play_presses

        options = wishes.options("piano" if _chordal(pressed) else "melody")
        pitches = play_presses(pressed, options, chords=labels, bpm=tempo)
        return _made(pressed, pitches, options, labels, tempo=tempo, written=written)

    result.make(name, None, tool, suffix=suffix, doing="Playing")


def _again(music: "Score", progress: Callable[[float], None], wishes: GenieWishes, *, part: str, rule: bool) -> Made:
    from hexachord.composition.genie.scores import line_of_score, reimagine

    kind = "piano" if line_of_score(music, part=part).is_chordal else "melody"
    made = reimagine(music, part=part, options=wishes.options(kind), rule=rule, progress=progress)
    facts = {
        "seed": wishes.seed, "key": made.key, "contour": round(made.contour, 4), "in_key": round(made.in_key, 4),
        "kept": round(made.kept, 4), "buttons": list(made.buttons),
    }  # fmt: skip
    line = f"{made.key}, {made.in_key:.0%} of the notes in its scale; contour kept {made.contour:.1%}; {made.kept:.0%} as they were"
    return Made(scores=(made.score,), facts=facts, lines=(line,))


def _made(
    pressed: "Sequence[Press]",
    pitches: "Sequence[Sequence[int]]",
    options: "GenieOptions",
    labels: Sequence[Sequence[str]],
    *,
    tempo: float,
    written: bool,
    more: dict[str, Any] | None = None,
) -> Made:
    from hexachord.composition.genie.takes import take_score
    from hexachord.provenance import Provenance

    trail = Provenance(
        engine="genie/buttons", model="genie", model_licence="MIT",
        parameters={"tool": "genie", "seed": options.seed, "temperature": options.chance.temperature, "top_p": options.chance.top_p},
    )  # fmt: skip
    score = take_score(
        pressed, pitches, bpm=tempo, written=written, key=options.key, kind=options.kind, chords=labels, title="Genie", provenance=trail
    )
    facts = {"seed": options.seed, "presses": len(pressed), "notes": score.note_count, "pitches": [list(each) for each in pitches]}
    return Made(scores=(score,), facts={**facts, **(more or {})})


def _live(wishes: GenieWishes, result: Result, labels: Sequence[Sequence[str]], *, tempo: float) -> None:
    """Play on the keys of this terminal, then write the take."""
    from hexachord.composition.genie.playing import Genie
    from hexachord.composition.genie.presses import presses_to_csv
    from hexachord.files import write_text
    from hexachord.journeys.composing import check_out
    from hexachord.journeys.genie_live import NoDeviceError, play_live, sounding_piano, terminal_keys
    from hexachord.score.edit import spelled_in_key

    if labels:
        raise InputError(
            "--chords", found="chords with --live", expected="a bar to begin, and nobody counts one here", next_step="use --key"
        )
    out = result.out or Path("genie.mid")
    check_out(out)
    options = wishes.options("melody")
    player = Genie(options)

    def tell(button: int, pitch: int) -> None:
        if not result.quiet and not result.json:
            typer.echo(f"{'·' * (button - 1)}{button}{'·' * (8 - button)}  {spelled_in_key(pitch, None)}", err=True)

    with ExitStack() as stack:
        keys = stack.enter_context(terminal_keys())
        sounder = None
        try:
            sounder = stack.enter_context(sounding_piano(low=options.low, high=options.high, soundfont=result.soundfont))
        except (MissingExtraError, NoDeviceError) as error:
            typer.echo(f"note: it plays silently, and writes the take at the end: {error}", err=True)
        typer.echo("Keys 1 to 8 play; q ends.", err=True)
        take = play_live(player, keys, sounder=sounder, tell=tell)
    if not take.presses:
        raise InputError("--live", found="no key from 1 to 8", expected="something played", next_step="try again")
    milliseconds = sorted(take.latency_ms)
    middle, late = milliseconds[len(milliseconds) // 2], milliseconds[min(len(milliseconds) - 1, int(len(milliseconds) * 0.95))]
    device_ms = None if sounder is None else round(sounder.latency_s * 1000.0, 1)
    more = {"latency_ms": round(middle, 3), "latency_p95_ms": round(late, 3), "device_ms": device_ms}
    beside = write_text(out.with_suffix(".csv"), presses_to_csv(take.presses))
    words = f"{len(milliseconds)} notes; from key to note {middle:.2f} ms, of twenty the slowest {late:.2f} ms"
    line = words + ("" if device_ms is None else f", the sound device adds {device_ms:g} ms")

    def tool(_: "Score", progress: Callable[[float], None]) -> Made:
        written = out.suffix.lower() not in _PLAYED
        made = _made(take.presses, take.pitches, options, (), tempo=tempo, written=written, more=more)
        return replace(made, lines=(line, f"{beside}: what was pressed"))

    replace(result, out=out).make("genie", None, tool, suffix=".mid", doing="Writing")


def _chordal(pressed: "Sequence[Press]") -> bool:
    return sum(len(press.buttons) > 1 for press in pressed) > 0.1 * len(pressed)


def _step(text: str) -> float:
    above, _, below = text.partition("/")
    if not (above.isdigit() and below.isdigit() and int(above) and int(below)):
        raise InputError(f"--step {text}", found="no note value", expected="as 1/8")
    return int(above) / int(below)


def add_to(app: typer.Typer) -> None:
    """Add this file's command."""
    add_tool(app, "genie", genie)
