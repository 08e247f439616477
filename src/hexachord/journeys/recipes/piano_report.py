"""The report of the recipe "piano": what was learnt from, how well, what was composed, and how near it is to the real thing."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from hexachord._version import __version__
from hexachord.composition.clips import Clip
from hexachord.files import write_text
from hexachord.journeys.recipes.piano import PianoOptions
from hexachord.journeys.recipes.piano_handing_in import hand_in
from hexachord.journeys.recipes.piano_measures import JUDGED, NAMES, Row
from hexachord.journeys.recipes.piano_roll import piano_roll
from hexachord.journeys.recipes.piano_scores import Prompt, first_page
from hexachord.journeys.recipes.recipe import Cooked
from hexachord.journeys.recipes.run_folder import RunFolder
from hexachord.journeys.reporting.environment import environment
from hexachord.journeys.reporting.html import html_page
from hexachord.journeys.reporting.markdown import markdown_page
from hexachord.journeys.reporting.report import Block, Figure, Report, Section, Sheet, Sounds, Table, Text
from hexachord.journeys.reporting.svg_plots import Dot, Line, interval_plot, line_plot
from hexachord.journeys.set_reading import Mean
from hexachord.learning.midi_folder import MidiFolder
from hexachord.learning.piano_tokens import PianoTokens
from hexachord.learning.piano_writing import Sampling
from hexachord.learning.song_set import LeftOut, SongSet

_SHORT = {"h1": "H1", "h4": "H4", "gs16": "GS"}
_ROLLS = 3  # of each sampling
_LISTED = 40
_PACKAGES = ("numpy", "torch", "onnxruntime")


@dataclass(frozen=True, kw_only=True, eq=False)
class Found:
    """All that the steps found."""

    options: PianoOptions
    folder: MidiFolder
    songs: SongSet
    tokens: PianoTokens
    samplings: tuple[Sampling, ...]
    trained: Mapping[str, Any]
    nats: Mapping[str, Any]
    rows: Sequence[Row]
    distances: Mapping[str, float]
    best: str
    prompts: Sequence[Prompt]
    made: Mapping[str, Sequence[Clip]]
    continued: Mapping[str, Sequence[Clip]]
    pages: Sequence[str]
    sounds: Sequence[str]
    wall_s: Mapping[str, float]


def write_reports(found: Found, run: RunFolder) -> Cooked:
    """Write ``report.html``, ``report.md``, ``report.json`` and the folder to hand in."""
    submission = hand_in(found.best, found.options.pieces, [prompt.name for prompt in found.prompts], run)
    report = report_of(found, run)
    page = run.path("report.html")
    write_text(page, html_page(report))
    write_text(run.path("report.md"), markdown_page(report))
    document = document_of(found)
    write_text(run.path("report.json"), json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n")
    return Cooked(
        folder=run.folder, report=page, numbers=document["numbers"], lines=tuple(_lines(found)),
        files=(*run.files, *submission, "report.html", "report.md", "report.json"),
    )  # fmt: skip


def _lines(found: Found) -> list[str]:
    nats = found.nats
    lines = [f"{nats['mean']:.3f} nats a note on held-out songs ({nats['low']:.3f}–{nats['high']:.3f})"]
    for row in found.rows:
        told = "  ".join(f"{short} {row.means[name].mean:.3f}" for name, short in _SHORT.items() if name in row.means)
        far = f"  {found.distances[row.name]:.2f} spreads away" if row.name in found.distances else ""
        lines.append(f"{row.name:<10} {told}{far}{'  (handed in)' if row.name == found.best else ''}")
    return lines


def document_of(found: Found) -> dict[str, Any]:
    """Give everything as plain data: what was asked, of which data, with which versions, and all numbers."""
    numbers: dict[str, Any] = {"nats_a_note": found.nats["mean"], "best": found.best}
    for row in found.rows:
        numbers |= {f"{row.name}_{name}": round(mean.mean, 5) for name, mean in row.means.items() if name in JUDGED}
        numbers |= {f"{row.name}_copied_run": float(np.median(row.copied)) if row.copied else 0.0}
    numbers |= {f"{name}_distance": round(value, 4) for name, value in found.distances.items() if np.isfinite(value)}
    asked = {name: _plain(value) for name, value in vars(found.options).items()}
    return {
        "recipe": "piano",
        "version": __version__,
        "numbers": numbers,
        "asked": asked,
        "samplings": [asdict(sampling) for sampling in found.samplings],
        "data": {
            "folder": found.folder.root.name, "layout": found.folder.layout, "identity": found.songs.identity,
            "train": [song.name for song in found.songs.train], "held_out": [song.name for song in found.songs.held_out],
            "refused": [vars(each) for each in found.songs.refused], "doubles": [vars(each) for each in found.songs.doubles],
            "alike": [vars(each) for each in found.songs.alike], "sha256": found.songs.hashes,
        },
        "training": dict(found.trained),
        "nats": dict(found.nats),
        "rows": [row.to_json() for row in found.rows],
        "prompts": [{"name": prompt.name, "bars": prompt.given, "note": prompt.note} for prompt in found.prompts],
        "wall_s": dict(found.wall_s),
        "environment": environment(_PACKAGES),
    }  # fmt: skip


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return str(value) if isinstance(value, Path) else value


def report_of(found: Found, run: RunFolder) -> Report:
    """Lay the report out."""
    songs, nats = found.songs, found.nats
    real, best = found.rows[0], next(row for row in found.rows if row.name == found.best)
    count = len(songs.train) + len(songs.held_out)
    lead = (
        f"A model of {found.trained['parameters'] / 1e6:.1f} million parameters learnt from {len(songs.train)} songs told as "
        f"{_TOLD[found.tokens.name]}. Of {len(found.samplings)} ways to draw, {found.best} comes nearest to {real.pieces} real songs it "
        "never saw. The real row is the target: neither more nor less."
    )
    figures = [("Songs", f"{count}"), ("Nats a note, held out", f"{nats['mean']:.3f}")]
    for name in _SHORT:
        if name in best.means and name in real.means:
            figures.append(
                (f"{name.upper().replace('16', '')}: composed / real", f"{best.means[name].mean:.2f} / {real.means[name].mean:.2f}")
            )
    sections = (
        Section(title="Beside the real row", blocks=tuple(_measures(found))),
        Section(title="Copied or composed", blocks=tuple(_copied(found))),
        Section(title=f"To listen to: {found.best}", blocks=tuple(_listening(found))),
        Section(title="Piano rolls", blocks=tuple(_rolls(found))),
        Section(
            title=f"Prompts continued: {found.options.prompt_bars} bars given, {found.options.bars} in all",
            blocks=tuple(_continuations(found, run)),
        ),
        Section(title="The training", blocks=tuple(_training(found))),
        Section(title="The data", blocks=tuple(_data(found))),
        Section(title="How it was made", blocks=tuple(_making(found)), folded=True),
    )
    return Report(title="Pop piano", lead=lead, figures=tuple(figures), sections=sections)


_TOLD = {"compound": "compound words", "remi": "REMI tokens", "midi-like": "MIDI-like tokens"}


def _measures(found: Found) -> list[Block]:
    real, rows = found.rows[0], list(found.rows)
    names = [name for name in NAMES if name in real.means]
    head = ("", *(f"{row.name} ({row.pieces})" for row in rows))
    table = tuple((NAMES[name], *(_interval(row.means.get(name)) for row in rows)) for name in names)
    away = ("spreads away from real", "", *(f"{found.distances[row.name]:.2f}" for row in rows[1:]))
    plots = []
    for name in (name for name in JUDGED if name in real.means):
        known = [(row.name, row.means[name]) for row in rows if name in row.means]
        dots = [Dot(name=label, mean=mean.mean, low=mean.low, high=mean.high) for label, mean in known]
        plots.append(interval_plot(dots, title=NAMES[name]))
    return [
        Figure(svg=tuple(plots), wide=False, caption="Means with 95 % intervals (bootstrap over pieces); the band is the real row's."),
        Table(
            head=head, rows=(*table, away), strong=(0, 1, 2, len(table)),
            caption=f"The first {found.options.bars} bars of each. H and GS as MusDr has them, GS on 16 positions of a bar.",
        ),
        Text(text="The last line is the mean difference of H1, H4, GS and SI from the real row, each in standard deviations over real "
                  "songs: 1 is how far one real song is from the average one. The sampling to hand in was chosen by it, so its own is the "
                  "smallest of these, not what other pieces of it would have."),
    ]  # fmt: skip


def _interval(mean: Mean | None) -> str:
    return "–" if mean is None else f"{mean.mean:.3f} ({mean.low:.3f}–{mean.high:.3f})"


def _copied(found: Found) -> list[Block]:
    rows = tuple(
        (row.name, f"{np.median(row.copied):.0f}", f"{max(row.copied)}", "–" if not np.isfinite(row.shared) else f"{row.shared:.1%}")
        for row in found.rows
        if row.copied
    )
    return [
        Table(head=("", "median run", "longest run", "8-grams in common"), rows=rows, strong=(0,)),
        Text(text="The longest run of notes that a piece shares with any song learnt from, in any key and at any tempo. Real songs "
                  "that the model never saw say how much is common property."),
    ]  # fmt: skip


def _sound_of(found: Found, name: str) -> str:
    return name if name in set(found.sounds) else ""


def _listening(found: Found) -> list[Block]:
    pages = set(found.pages)
    pieces = []
    for number in range(1, len(found.made[found.best]) + 1):
        files = [("midi", f"midi/{found.best}/{number:02d}.mid")]
        files += [(kind, path) for kind in ("musicxml", "pdf") if (path := f"sheets/{found.best}-{number:02d}.{kind}") in pages]
        pieces.append((f"{found.best} {number}", _sound_of(found, f"wav/{found.best}/{number:02d}.wav"), tuple(files)))
    others = [sampling.name for sampling in found.samplings if sampling.name != found.best]
    note = f"The other samplings lie in {' and '.join(f'midi/{name}/' for name in others)}." if others else ""
    return [Sounds(pieces=tuple(pieces)), *([Text(text=note)] if note else [])]


def _rolls(found: Found) -> list[Block]:
    blocks: list[Block] = []
    for sampling in found.samplings:
        clips = found.made[sampling.name][:_ROLLS]
        svg = tuple(piano_roll(clip, title=f"{sampling.name} {number}") for number, clip in enumerate(clips, start=1))
        blocks.append(
            Figure(svg=svg, caption=f"{sampling.name} ({sampling.words}), pieces 1 to {len(clips)}; a line every bar, darker every fourth.")
        )
    return blocks


def _continuations(found: Found, run: RunFolder) -> list[Block]:
    blocks: list[Block] = []
    pages = set(found.pages)
    for index, prompt in enumerate(found.prompts):
        pieces = []
        for sampling in found.samplings:
            name = f"continued/{sampling.name}/{prompt.name}"
            files = [("midi", f"{name}.mid")]
            if sampling.name == found.best:
                files += [(kind, path) for kind in ("musicxml", "pdf") if (path := f"sheets/{prompt.name}-continued.{kind}") in pages]
            pieces.append((f"{prompt.name}, {sampling.name}", _sound_of(found, f"wav/{name}.wav"), tuple(files)))
        note = f" ({prompt.note})" if prompt.note else ""
        roll = piano_roll(found.continued[found.best][index], title=prompt.name, given=prompt.given)
        blocks += [
            Figure(svg=(roll,), caption=f"{prompt.name}{note}, continued by {found.best}: what was given stands on a ground of its own."),
            Sounds(pieces=tuple(pieces)),
        ]
    made = found.continued[found.best][0] if found.prompts else None
    if made is not None and len(made.notes):
        first = found.prompts[0]
        begin = max(0, first.given - 2)
        picture = first_page(made, run.path("work/page.svg"), title="", begin=begin, bars=8)
        told = f"{first.name}, bars {begin + 1} to {min(begin + 8, len(made.bars))}: the first {first.given - begin} of them were given."
        blocks.append(Sheet(svg=picture.read_text(encoding="utf-8"), caption=told))
    return blocks


def _training(found: Found) -> list[Block]:
    trained, nats = found.trained, found.nats
    curve = trained["curve"]
    x = [point["rows"] / 1e6 for point in curve]
    lines = [
        Line(name="songs learnt from", x=x, y=[point["train"] for point in curve]),
        Line(name="held-out songs", x=x, y=[point["held_out"] for point in curve]),
    ]
    unit = "rows" if found.tokens.name == "compound" else "tokens"
    facts = [
        ("told as", _TOLD[found.tokens.name]), ("parameters", f"{trained['parameters']:,}"), ("steps", f"{trained['steps']:,}"),
        ("minutes", f"{trained['spent_s'] / 60:.1f}"), (f"{unit} looked back", f"{found.options.context:,}"),
        ("nats a note, held-out songs", f"{nats['mean']:.3f} ({nats['low']:.3f}–{nats['high']:.3f})"),
        ("model file", f"{trained['export']['bytes'] / 1e6:.1f} MB, 8 bits"),
    ]  # fmt: skip
    return [
        Figure(svg=(line_plot(lines, x_label=f"millions of {unit} seen", y_label="nats a note", title="Loss"),),
               caption="What a note costs while it learns: all that has to be guessed of a stretch, divided by its notes."),
        Table(head=("", ""), rows=tuple(facts)),
        Text(text="Nats a note of held-out songs are those of the file that composes, song by song, each note judged with half a context "
                  "before it, as far as its song has so much. All three ways to tell music are told the same notes, so this number may be "
                  "compared between them."),
    ]  # fmt: skip


def _data(found: Found) -> list[Block]:
    songs = found.songs
    every = [*songs.train, *songs.held_out]
    beats = Counter(song.beats for song in every)
    notes = sum(len(song.clip.notes) for song in every)
    bars = sum(len(song.clip.bars) for song in every)
    metres = Counter(
        (int(beat), int(kind)) for song in every for beat, kind in zip(song.clip.bars["beats"], song.clip.bars["beat_type"], strict=True)
    )
    usual = ", ".join(f"{beat}/{kind} {count / bars:.0%}" for (beat, kind), count in metres.most_common(3))
    known = {"written": "their tempo map", "annotated": "annotated beats", "tracked": "beats that were found in them"}
    rows = [
        ("folder", f"{found.folder.root.name}: {found.folder.note or 'any folder of MIDI'}"),
        ("songs learnt from", f"{len(songs.train)}"), ("held-out songs", f"{len(songs.held_out)}"),
        ("bars, notes", f"{bars:,}, {notes:,} ({notes / max(bars, 1):.1f} a bar)"), ("metres", usual),
        ("laid on", ", ".join(f"{known[kind]}: {count}" for kind, count in beats.most_common())),
        ("grid", f"{found.tokens.steps} positions of a quarter"), ("identity of both sides", songs.identity[:16]),
    ]  # fmt: skip
    blocks: list[Block] = [Table(head=("", ""), rows=tuple(rows))]
    for title, left in (
        ("Files that could not be learnt from", songs.refused),
        ("The same song again", songs.doubles),
        ("Moved to the songs learnt from", songs.alike),
    ):
        if left:
            blocks.append(_left_out(title, left))
    return blocks


def _left_out(title: str, left: Sequence[LeftOut]) -> Table:
    more = f" ({len(left)}; the first {_LISTED} are listed, all are in report.json)" if len(left) > _LISTED else f" ({len(left)})"
    return Table(head=("file", "why"), rows=tuple((each.name, each.why) for each in left[:_LISTED]), caption=title + more)


def _making(found: Found) -> list[Block]:
    asked = tuple((name.replace("_", " "), _told(value)) for name, value in vars(found.options).items())
    drawn = tuple((sampling.name, sampling.words) for sampling in found.samplings)
    times = tuple((name, f"{spent:.0f} s") for name, spent in found.wall_s.items())
    return [
        Text(text="Every piece was drawn under a grammar: whatever the model says, what is drawn decodes, in exactly the bars asked for. "
                  "All samplings got the same metres, tempi and random numbers. Re-running the same command finds everything done."),
        Table(head=("sampling", "how"), rows=drawn),
        Table(head=("option", "value"), rows=asked),
        Table(head=("step", "took"), rows=times),
        Table(head=("version", ""), rows=tuple(environment(_PACKAGES).items())),
    ]  # fmt: skip


def _told(value: Any) -> str:
    plain = _plain(value)
    return ", ".join(map(str, plain)) if isinstance(plain, list) else str(plain)
