"""`hexachord hum`: what somebody hums, as a query."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hexachord.cli.options import EngineChoice, Json, Out, Quiet, Salvage, add_command, parse_engines
from hexachord.errors import InputError

if TYPE_CHECKING:
    from hexachord.journeys.humming import Hum


def hum(
    recording: Annotated[Path, typer.Argument(help="Somebody who hums, sings or whistles, alone.")],
    out: Out = None,
    engine: EngineChoice = None,
    salvage: Salvage = False,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Write down a hum as a query: its intervals and rhythm, whatever its key, its tempo, and however it drifts.

    `--json` prints it, and `--out FILE.json` writes it: the intervals in semitones from note to note, the contour (Up, Down, Repeated), the
    rhythm as ratios, and each note with how sure it is.

    Examples: `hexachord hum hum.wav` · `hexachord hum hum.wav --json | jq .intervals`
    """
    from hexachord.cli.output import Reporter, print_json
    from hexachord.files import write_text
    from hexachord.journeys.humming import read_hum
    from hexachord.journeys.pipeline import Event

    chosen = parse_engines(engine)
    if others := set(chosen) - {"melody"}:
        raise InputError(f"--engine {min(others)}", found="no such task here", expected="melody")
    if out is not None and out.suffix.lower() != ".json":
        raise InputError(out, found=f"the suffix '{out.suffix}'", expected=".json")
    reporter = Reporter(quiet=quiet or json, title=recording.name)
    with reporter:
        reporter.hear(Event(kind="plan", total=1))
        reporter.hear(Event(kind="start", stage="hum", title="Listening"))
        heard = read_hum(recording, engine=chosen.get("melody"), salvage=salvage)
    if out is not None:
        from json import dumps

        write_text(out, dumps(heard.to_json(), indent=1, allow_nan=False) + "\n")
    if json:
        print_json(heard.to_json())
        return
    if not quiet:
        for name, words in _lines(heard):
            typer.echo(f"{name:<13} {words}")
    if out is not None:
        typer.echo(str(out))


def _lines(heard: "Hum") -> list[tuple[str, str]]:
    query = heard.query
    count = len(query)
    drift = float(query.drift_semitones[-1])
    lines = [
        ("Notes", f"{count}, {heard.confidence.mean():.0%} sure"),
        ("Intervals", " ".join(f"{step:+d}" if step else "0" for step in query.intervals.tolist()) or "none: one note alone"),
        ("Contour", heard.contour or "none"),
        ("Rhythm", " ".join(f"{2.0**ratio:.2g}" for ratio in query.duration_ratios.tolist()) or "none"),
    ]
    if abs(drift) >= 0.1:
        lines.append(("Drift", f"{'rises' if drift > 0 else 'sinks'} by {abs(drift):.1f} semitones"))
    return [*lines, ("By", query.notes.engine)]


def add_to(app: typer.Typer) -> None:
    """Add this file's command."""
    add_command(app, "hum", hum, panel="The arrows")
