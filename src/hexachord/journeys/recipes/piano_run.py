"""The recipe "piano", step by step: read, train, judge, compose, continue, measure, play, write down.

Every step is remembered (`hexachord.journeys.recipes.run_folder`): after a kill the same command goes on where it was, the training from
its last checkpoint.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from hexachord.composition.clips import Clip
from hexachord.errors import InputError
from hexachord.files import sha256_of_file
from hexachord.journeys.perform import perform_file
from hexachord.journeys.pipeline import Event, Listener
from hexachord.journeys.recipes.piano import PianoOptions
from hexachord.journeys.recipes.piano_measures import Row, distance, measured_row, real_clips
from hexachord.journeys.recipes.piano_report import Found, write_reports
from hexachord.journeys.recipes.piano_scores import Prompt, continued_score, piece_score, prompt_of, read_prompt, save_page
from hexachord.journeys.recipes.recipe import Cooked
from hexachord.journeys.recipes.run_folder import RunFolder, open_run
from hexachord.learning.midi_folder import MidiFolder, find_midi
from hexachord.learning.piano_songs import PLAYER, ReadOptions
from hexachord.learning.piano_tokens import PianoTokens
from hexachord.learning.piano_writing import SAMPLINGS, Sampling, blank_pieces, parse_sampling, song_nats, write_pieces
from hexachord.learning.song_set import SongSet, load_song_set, words_of_clip
from hexachord.metrics.bootstrap import mean_interval
from hexachord.models.row_steps import RowSteps
from hexachord.score.formats import save_score
from hexachord.theory.copying import CopyIndex, copy_index

if TYPE_CHECKING:
    from hexachord.learning.deep.piano_model import Point, TrainOptions

_MODEL = "model/piano.onnx"
_PROMPTS = 3  # held-out songs that are gone on with where no prompts are given
_WAVS = ("best", "all", "none")
Progress = Callable[[float], None]


@dataclass(frozen=True, kw_only=True, eq=False)
class _Run:
    """What the steps share."""

    options: PianoOptions
    tokens: PianoTokens
    samplings: tuple[Sampling, ...]
    songs: SongSet
    folder: RunFolder
    prompts: tuple[Prompt, ...]


def cook_piano(options: PianoOptions, out: Path, *, listener: Listener | None = None) -> Cooked:
    """Do the assignment.

    Parameters
    ----------
    options : what is asked
    out : the folder of the run
    listener : hears how far it is

    Raises
    ------
    InputError : if the data, a prompt or an option cannot be used; before anything is trained.
    """
    tokens = PianoTokens(name=_tokenisation(options.tokens), steps=options.grid, chords=options.chords)
    samplings = _samplings(options)
    folder_of_midi = find_midi(options.data)
    with open_run(out, recipe="piano", listener=listener) as run:
        run.plan(5 + 2 * len(samplings) + (options.wav != "none"))
        reading = _reading(options)
        songs = _read(folder_of_midi, reading, options, run)
        prompts = _prompts(options, reading, songs)
        shared = _Run(options=options, tokens=tokens, samplings=samplings, songs=songs, folder=run, prompts=prompts)
        trained = _train(shared)
        nats = _judge(shared)
        made = {sampling.name: _compose(shared, sampling) for sampling in samplings}
        continued = {sampling.name: _continue(shared, sampling) for sampling in samplings}
        rows = _measure(shared, made)
        apart = {row.name: distance(row, rows[0]) for row in rows[1:]}
        best = min(apart, key=lambda name: apart[name])
        pages = _pages(shared, made[best], continued[best], best)
        sounds = _play(shared, made, continued, best)
        found = Found(
            options=options, folder=folder_of_midi, songs=songs, tokens=tokens, samplings=samplings, trained=trained, nats=nats, rows=rows,
            distances=apart, best=best, prompts=prompts, made=made, continued=continued, pages=pages, sounds=sounds, wall_s=run.wall_s(),
        )  # fmt: skip
        return write_reports(found, run)


def _tokenisation(name: str) -> Any:
    return name.strip().lower().replace("_", "-")


def _samplings(options: PianoOptions) -> tuple[Sampling, ...]:
    if options.wav not in _WAVS:
        raise InputError(f"--wav {options.wav}", found="no such choice", expected=", ".join(_WAVS))
    if options.prompt_bars >= options.bars:
        raise InputError(
            f"--prompt-bars {options.prompt_bars}", found="nothing left to write", expected=f"fewer than --bars {options.bars}"
        )
    found = tuple(parse_sampling(text) for text in options.sampling) or SAMPLINGS
    names = [sampling.name for sampling in found]
    if len(set(names)) < len(names) or "real" in names:
        raise InputError("--sampling", found=f"the names {', '.join(names)}", expected="names that differ, none of them 'real'")
    return found


def _reading(options: PianoOptions) -> ReadOptions:
    return ReadOptions(steps=options.grid, track=options.track, chords=options.chords, track_beats=options.track_beats)


def _read(folder: MidiFolder, reading: ReadOptions, options: PianoOptions, run: RunFolder) -> SongSet:
    """Read the data: never a stage to skip, since it says what all others depend on; songs once read are kept."""
    title = "Reading MIDI"
    run.tell(Event(kind="start", stage="data", title=title))
    share = run.progress("data", title)
    songs = load_song_set(
        folder, options=reading, held_out=options.held_out, seed=options.seed, keep=run.work / "songs",
        heard=lambda name, done, total: share(done / total),
    )  # fmt: skip
    if options.chords and not any(len(song.clip.chords) for song in songs.train):
        raise InputError(folder.root, found="no chord symbols in the data", expected="some, for --chords", next_step="leave --chords out")
    run.tell(Event(kind="done", stage="data", title=title))
    return songs


def _prompts(options: PianoOptions, reading: ReadOptions, songs: SongSet) -> tuple[Prompt, ...]:
    if options.prompt:
        found = [read_prompt(path, options=reading, given=options.prompt_bars, bars=options.bars) for path in options.prompt]
    else:
        chosen = songs.held_out[:_PROMPTS]
        found = [
            prompt_of(song.clip, name=song.name.replace("/", "-"), given=options.prompt_bars, bars=options.bars, note="held out")
            for song in chosen
        ]
    counted: dict[str, int] = {}
    named = []
    for prompt in found:
        counted[prompt.name] = counted.get(prompt.name, 0) + 1
        again = counted[prompt.name]
        named.append(prompt if again == 1 else replace(prompt, name=f"{prompt.name}-{again}"))
    return tuple(named)


def _train_options(options: PianoOptions) -> "TrainOptions":
    from hexachord.learning.deep.piano_model import TrainOptions

    return TrainOptions(
        minutes=None if options.steps else options.minutes, steps=options.steps or None, seed=options.seed, batch=options.batch,
        rows=options.context, rate=options.rate, width=options.width, layers=options.layers, heads=options.heads, inner=4 * options.width,
        dropout=options.dropout, bfloat16=options.bfloat16, tell_every=min(50, max(1, options.steps // 4)) if options.steps else 50,
    )  # fmt: skip


@contextmanager
def _threads(count: int) -> Iterator[None]:
    """Let torch use so many threads."""
    import torch

    before = torch.get_num_threads()
    if count:
        torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _train(run: _Run) -> dict[str, Any]:
    asked = {"songs": run.songs.identity, "tokens": asdict(run.tokens), "training": asdict(_train_options(run.options))}

    def do(progress: Progress) -> tuple[dict[str, Any], Sequence[str]]:
        from hexachord.learning.deep.piano_model import train_piano

        def tell(part: float, point: "Point | None") -> None:
            progress(part)

        with _threads(run.options.threads):
            made = train_piano(
                [song.clip for song in run.songs.train], [song.clip for song in run.songs.held_out], tokens=run.tokens,
                options=_train_options(run.options), model=run.folder.path(_MODEL), work=run.folder.work, identity=run.songs.identity,
                tell=tell,
            )  # fmt: skip
        facts = {
            "parameters": made.parameters, "size": asdict(made.size), "curve": [asdict(point) for point in made.curve],
            "export": asdict(made.export), "spent_s": made.spent_s, "steps": made.curve[-1].step if made.curve else 0,
        }  # fmt: skip
        return facts, [_MODEL, "model/piano.npz", "model/piano.safetensors"]

    return dict(run.folder.stage("train", "Training", asked, do).facts)


def _model_hash(run: _Run) -> str:
    return sha256_of_file(run.folder.folder / _MODEL) + sha256_of_file(run.folder.folder / "model/piano.npz")


def _judge(run: _Run) -> dict[str, Any]:
    """What a note of every held-out song costs, by the file that composes."""

    def do(progress: Progress) -> tuple[dict[str, Any], Sequence[str]]:
        model = run.folder.folder / _MODEL
        steps = RowSteps.open(model)
        each = {}
        for done, song in enumerate(run.songs.held_out):
            total, notes = song_nats(model, song.clip, tokens=run.tokens, steps=steps)
            each[song.name] = total / max(notes, 1)
            progress((done + 1) / len(run.songs.held_out))
        values = np.array(list(each.values()))
        low, high = mean_interval(values)
        return {"mean": float(values.mean()), "low": low, "high": high, "each": {name: round(value, 4) for name, value in each.items()}}, []

    asked = {"model": _model_hash(run), "songs": run.songs.identity}
    return dict(run.folder.stage("nats", "Nats a note", asked, do).facts)


def _compose(run: _Run, sampling: Sampling) -> list[Clip]:
    """Pieces from nothing; all samplings get the same metres, tempi and chances."""
    options = run.options
    blanks = blank_pieces([song.clip for song in run.songs.train], options.pieces, bars=options.bars, seed=options.seed)

    def do(progress: Progress) -> tuple[dict[str, Any], Sequence[str]]:
        made = write_pieces(run.folder.folder / _MODEL, blanks, tokens=run.tokens, sampling=sampling, seed=options.seed, progress=progress)
        names = []
        for number, clip in enumerate(made, start=1):
            name = f"midi/{sampling.name}/{number:02d}.mid"
            save_score(piece_score(clip, title=f"{sampling.name} {number}"), run.folder.path(name))
            names.append(name)
        _keep(made, run.folder.path(f"work/pieces-{sampling.name}.npz"))
        return {}, [*names, f"work/pieces-{sampling.name}.npz"]

    asked = {
        "model": _model_hash(run), "sampling": asdict(sampling), "pieces": options.pieces, "bars": options.bars, "seed": options.seed,
        "songs": run.songs.identity, "tokens": asdict(run.tokens),
    }  # fmt: skip
    run.folder.stage(f"compose-{sampling.name}", f"Composing ({sampling.name})", asked, do)
    return _kept(run.folder.folder / f"work/pieces-{sampling.name}.npz")


def _continue(run: _Run, sampling: Sampling) -> list[Clip]:
    options = run.options

    def do(progress: Progress) -> tuple[dict[str, Any], Sequence[str]]:
        made = write_pieces(
            run.folder.folder / _MODEL, [prompt.clip for prompt in run.prompts], tokens=run.tokens, sampling=sampling,
            prompt_bars=[prompt.given for prompt in run.prompts], seed=options.seed, progress=progress,
        )  # fmt: skip
        names = []
        for prompt, clip in zip(run.prompts, made, strict=True):
            name = f"continued/{sampling.name}/{prompt.name}.mid"
            save_score(continued_score(prompt, clip, title=f"{prompt.name}, continued"), run.folder.path(name))
            names.append(name)
        _keep(made, run.folder.path(f"work/continued-{sampling.name}.npz"))
        return {}, [*names, f"work/continued-{sampling.name}.npz"]

    prompts = [[prompt.name, prompt.given, prompt.line, _digest(prompt.clip)] for prompt in run.prompts]
    asked = {
        "model": _model_hash(run), "sampling": asdict(sampling), "prompts": prompts, "bars": options.bars, "seed": options.seed,
        "tokens": asdict(run.tokens),
    }  # fmt: skip
    run.folder.stage(f"continue-{sampling.name}", f"Continuing ({sampling.name})", asked, do)
    return _kept(run.folder.folder / f"work/continued-{sampling.name}.npz")


def _digest(clip: Clip) -> str:
    return hashlib.sha256(clip.bars.tobytes() + clip.notes.tobytes() + clip.chords.tobytes()).hexdigest()


def _keep(clips: Sequence[Clip], path: Path) -> None:
    """Keep clips as arrays: MIDI does not know of bars that are empty."""
    tables = {f"{field}_{number}": getattr(clip, field) for number, clip in enumerate(clips) for field in ("bars", "notes", "chords")}
    with path.open("wb") as file:
        np.savez_compressed(file, count=np.array(len(clips)), **tables)


def _kept(path: Path) -> list[Clip]:
    with np.load(path, allow_pickle=False) as stored:
        tables = [[stored[f"{field}_{number}"] for field in ("bars", "notes", "chords")] for number in range(int(stored["count"]))]
    return [Clip(bars=bars, notes=notes, chords=chords, parts=(PLAYER,)) for bars, notes, chords in tables]


def _index(songs: SongSet) -> CopyIndex:
    return copy_index([words_of_clip(song.clip) for song in songs.train], [song.name for song in songs.train])


def _measure(run: _Run, made: dict[str, list[Clip]]) -> list[Row]:
    """The real row first, then one for each sampling."""
    bars = run.options.bars

    def do(progress: Progress) -> tuple[dict[str, Any], Sequence[str]]:
        sets = {"real": real_clips([song.clip for song in run.songs.held_out], bars=bars), **made}
        index, rows, total = _index(run.songs), [], sum(len(clips) for clips in sets.values())
        done = 0
        for name, clips in sets.items():
            share = partial(_share, progress, done / total, len(clips) / total)
            rows.append(measured_row(name, clips, bars=bars, index=index, progress=share))
            done += len(clips)
        return {"rows": [row.to_json() for row in rows]}, []

    stamps = {name: [_digest(clip) for clip in clips] for name, clips in made.items()}
    asked = {"made": stamps, "songs": run.songs.identity, "bars": bars}
    facts = run.folder.stage("measures", "Measuring", asked, do).facts
    return [Row.from_json(row) for row in facts["rows"]]


def _share(progress: Progress, first: float, size: float, part: float) -> None:
    progress(first + size * part)


def _pages(run: _Run, made: list[Clip], continued: list[Clip], best: str) -> tuple[str, ...]:
    """Sheets of a few pieces, and of the continuations."""
    named = {f"sheets/{best}-{number:02d}": clip for number, clip in enumerate(made[: run.options.sheets], start=1)}
    named |= {f"sheets/{prompt.name}-continued": clip for prompt, clip in zip(run.prompts, continued, strict=True)}

    def do(progress: Progress) -> tuple[dict[str, Any], Sequence[str]]:
        files: list[str] = []
        for done, (name, clip) in enumerate(named.items()):
            if len(clip.notes):
                paths = save_page(clip, run.folder.path(name), title=Path(name).name)
                files += [path.relative_to(run.folder.folder).as_posix() for path in paths]
            progress((done + 1) / len(named))
        return {}, files

    asked = {name: _digest(clip) for name, clip in named.items()}
    return run.folder.stage("sheets", "Engraving", asked, do).files


def _play(run: _Run, made: dict[str, list[Clip]], continued: dict[str, list[Clip]], best: str) -> tuple[str, ...]:
    """Sound of one sampling, or of all."""
    if run.options.wav == "none":
        return ()
    chosen = list(made) if run.options.wav == "all" else [best]
    wanted = [f"midi/{name}/{number:02d}.mid" for name in chosen for number, clip in enumerate(made[name], start=1) if len(clip.notes)]
    wanted += [
        f"continued/{name}/{prompt.name}.mid"
        for name in chosen
        for prompt, clip in zip(run.prompts, continued[name], strict=True)
        if len(clip.notes)
    ]

    def do(progress: Progress) -> tuple[dict[str, Any], Sequence[str]]:
        files = []
        for done, name in enumerate(wanted):
            target = "wav/" + name.removeprefix("midi/").removesuffix(".mid") + ".wav"
            perform_file(run.folder.folder / name, run.folder.path(target), soundfont=run.options.soundfont or None, bits="16", seed=0)
            files.append(target)
            progress((done + 1) / len(wanted))
        return {}, files

    asked = {"files": {name: sha256_of_file(run.folder.folder / name) for name in wanted}, "soundfont": run.options.soundfont}
    return run.folder.stage("play", "Playing", asked, do).files
