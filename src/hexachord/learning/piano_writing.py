"""New piano music from a trained model: so many bars from nothing, or after a beginning, under a named way of drawing.

Inference only: onnxruntime and numpy.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np

from hexachord.composition.clips import Clip, empty_chords, empty_notes, excerpt, make_bars
from hexachord.composition.identity import vocabulary_from_json
from hexachord.errors import InputError
from hexachord.learning.piano_songs import PLAYER
from hexachord.learning.piano_tokens import PianoTokens, PianoWalk
from hexachord.models.row_sampling import Chance, stream_rows
from hexachord.models.row_scoring import row_nats
from hexachord.models.row_steps import RowSteps


@dataclass(frozen=True, kw_only=True)
class Sampling:
    """A named way of drawing."""

    name: str
    chance: Chance

    @property
    def words(self) -> str:
        """What differs from plain drawing, in words."""
        plain = Chance()
        told = [f"temperature {self.chance.temperature:g}"]
        told += [
            f"{each.name.replace('_', '-')} {getattr(self.chance, each.name):g}"
            for each in fields(Chance)
            if each.name != "temperature" and getattr(self.chance, each.name) != getattr(plain, each.name)
        ]
        return ", ".join(told)


SAMPLINGS = (
    Sampling(name="plain", chance=Chance(temperature=1.0)),
    Sampling(name="nucleus", chance=Chance(temperature=1.0, top_p=0.9)),
    Sampling(name="top-k", chance=Chance(temperature=1.1, top_k=10)),
)
"""As the model has learnt it; without its least likely tenth; flatter, among the ten likeliest."""


def parse_sampling(text: str) -> Sampling:
    """Read ``NAME:temperature=0.9,top_p=0.95``.

    Raises
    ------
    InputError : if it cannot be read.

    Examples
    --------
    >>> parse_sampling("cool:temperature=0.8,top_k=20").words
    'temperature 0.8, top-k 20'
    """
    name, _, rest = text.partition(":")
    kinds: dict[str, type] = {each.name: int if each.name == "top_k" else float for each in fields(Chance)}
    values: dict[str, float] = {}
    expected = f"NAME:KEY=NUMBER,... with {', '.join(kinds)}"
    if not name or not all(letter.isalnum() or letter in "-_." for letter in name):
        raise InputError(f"--sampling {text}", found="no name that a folder can have", expected=expected)
    for pair in filter(None, rest.split(",")):
        key, equals, value = pair.partition("=")
        key = key.strip().replace("-", "_")
        try:
            values[key] = kinds[key](value)
        except (KeyError, ValueError) as error:
            raise InputError(f"--sampling {text}", found=f"{pair!r}", expected=expected) from error
        if not equals:
            raise InputError(f"--sampling {text}", found=f"{pair!r}", expected=expected)
    try:
        return Sampling(name=name, chance=Chance(**values))  # type: ignore[arg-type]  # top_k is whole, see kinds
    except ValueError as error:
        raise InputError(
            f"--sampling {text}", found="numbers that chance cannot go by", expected="temperature >= 0, 0 < top_p <= 1"
        ) from error


def blank_pieces(songs: Sequence[Clip], count: int, *, bars: int, seed: int = 0) -> list[Clip]:
    """Lay out pieces to be written: each has the usual metre and the tempo of a song drawn by chance.

    Examples
    --------
    >>> song = Clip(bars=make_bars(9, 3, 4, bpm=90.0), notes=empty_notes(), chords=empty_chords())
    >>> blank = blank_pieces([song], 1, bars=4)[0].bars
    >>> blank["beats"].tolist(), float(blank["bpm"][0])
    ([3, 3, 3, 3], 90.0)
    """
    random = np.random.default_rng([seed, 32])
    made = []
    for index in random.integers(len(songs), size=count).tolist():
        table = songs[index].bars
        metres, often = np.unique(np.stack([table["beats"], table["beat_type"]]), axis=1, return_counts=True)
        beats, kind = metres[:, often.argmax()].tolist()
        blank = make_bars(bars, int(beats), int(kind), bpm=float(table["bpm"][0]))
        made.append(Clip(bars=blank, notes=empty_notes(), chords=empty_chords(), parts=(PLAYER,)))
    return made


def begun_piece(song: Clip, *, prompt_bars: int, bars: int) -> Clip:
    """Lay out a piece to go on with: the first bars of a song, and blank ones in the metre of the last of them up to `bars`.

    Raises
    ------
    InputError : if nothing is left to write.
    """
    given = excerpt(song, 0, prompt_bars)
    more = bars - len(given.bars)
    if more < 1 or not len(given.bars):
        raise InputError("the prompt", found=f"{len(given.bars)} of {bars} bars", expected="one bar at least on each side of its end")
    last = given.bars[-1:]
    blank = make_bars(more, int(last["beats"][0]), int(last["beat_type"][0]), bpm=float(last["bpm"][0]))
    return replace(given, bars=np.concatenate([given.bars, blank]), parts=(PLAYER,))


def check_model(steps: RowSteps, tokens: PianoTokens, model: Path) -> None:
    """Refuse a model that speaks of something else.

    Raises
    ------
    InputError : if its vocabulary is not that of the tokens.
    """
    if vocabulary_from_json(steps.vocabulary) != tokens.vocabulary:
        raise InputError(model, found="a model with other words", expected=f"one that was trained for {tokens.name}")


def write_pieces(
    model: Path,
    pieces: Sequence[Clip],
    *,
    tokens: PianoTokens,
    sampling: Sampling,
    prompt_bars: Sequence[int] | None = None,
    seed: int = 0,
    progress: Callable[[float], None] | None = None,
) -> list[Clip]:
    """Write pieces side by side.

    Parameters
    ----------
    model : the ONNX file
    pieces : laid out by `blank_pieces` or `begun_piece`
    prompt_bars : how many bars of each are given; none when left out
    seed : the same seed and number of pieces write the same
    progress : told the part that is done

    Returns
    -------
    The pieces, each with exactly its bars.
    """
    given = [0] * len(pieces) if prompt_bars is None else list(prompt_bars)
    steps = RowSteps.open(model, candidates=len(pieces))
    check_model(steps, tokens, model)
    walks: list[PianoWalk] = [tokens.walk(tokens.told(piece), prompt_bars=count) for piece, count in zip(pieces, given, strict=True)]
    usual = 16 if tokens.name == "compound" else 60  # rows of a bar, about: for the progress bar alone
    half = usual * max(len(piece.bars) - count for piece, count in zip(pieces, given, strict=True)) / 2
    for rows, _ in enumerate(stream_rows(steps, walks, chance=tokens.chances(sampling.chance), seed=seed)):
        if progress is not None and rows % 32 == 0:
            progress(rows / (rows + half))
    for walk in walks:
        walk.feed()
    return [walk.clip() for walk in walks]


def song_nats(model: Path, song: Clip, *, tokens: PianoTokens, steps: RowSteps | None = None) -> tuple[float, int]:
    """Measure a whole song by the shipped file.

    Returns
    -------
    Its nats, and its notes: each is judged with at least half a context before it, as far as there is so much.
    """
    steps = RowSteps.open(model) if steps is None else steps
    rows, counts = tokens.encode(tokens.told(song), begins=True, after=0)
    nats = row_nats(steps, rows.astype(np.int64), counts)
    return float(nats.sum()), tokens.notes_in(rows, counts)
