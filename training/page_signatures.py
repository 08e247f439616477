"""Learn where pages change their key signature: ``python training/page_signatures.py --data DATA``.

What `hexachord.theory.page_signatures` knows. Songs of OpenScore Lieder (their pianos, and those that change also whole), pieces of
MuseTrainer and lead sheets of OpenEWLD on the training side, under the signatures of their bars. Evidence and costs are found together by
L-BFGS on the chance of the whole path. `EAGER` is added to what a change is worth, chosen in cross-validation.

Prints cross-validation by composers (``--folds 0`` leaves it out), then the valid side: of pages that change, the share of bars under the
right signature, by the path found, by the one that `key_chances` names, and by the best one there is; changes found within a bar; and
false changes on the other pages. Deterministic; half an hour with its folds.
"""

import argparse
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize

from hexachord.errors import InputError
from hexachord.files import atomic_path
from hexachord.rendering.lieder import lieder_names
from hexachord.rendering.musetrainer import musetrainer_names
from hexachord.rendering.openewld import openewld_names
from hexachord.rendering.split import Side, load_split
from hexachord.score.formats import load_score
from hexachord.score.notes import note_array
from hexachord.score.timing import bars_of
from hexachord.theory.page_key import SIGNATURES, key_chances
from hexachord.theory.page_signatures import (
    FEWEST_BARS,
    LINE,
    SIDES,
    VIEWS,
    Evidence,
    likeliest_path,
    score_bars,
    signature_evidence,
    steps_between,
)

WEIGHTS = Path(__file__).parents[1] / "src/hexachord/models/weights"
PAGES = {"openscore_lieder": lieder_names, "musetrainer": musetrainer_names, "openewld": openewld_names}
EAGER = 0.0
"""What is added to each change, in nats: more finds more changes, and more false ones on long pieces that pass through many keys."""
_MOST_BARS = 160
"""Longer pages are seen in pieces of so many bars while learning."""
_SAME = 0.5
"""How many of the pages that do not change are learnt from; each counts for as many as were left out."""
_OF_CORPUS = {"openscore_lieder": 1.0, "musetrainer": 1.5, "openewld": 0.3}
_CHANGING = 2.0
_ROUNDS, _DECAY, _SIDE_DECAY, _MOVE_DECAY = 80, 1e-4, 3e-4, 1e-6
_SIZES = (12 * VIEWS, 12 * SIDES, 12 * SIDES, 12, LINE)


class Page(NamedTuple):
    """Evidence of a page, and the tonic of the major key of each bar's signature."""

    id: str
    view: np.ndarray
    line: np.ndarray
    tonic: np.ndarray
    chances: np.ndarray
    is_piano: bool

    @property
    def changes(self) -> bool:
        """Whether it changes its signature."""
        return bool((np.diff(self.tonic) != 0).any())

    @property
    def fold(self) -> int:
        """One of five, the same for all songs of a composer."""
        return int(hashlib.md5("/".join(self.id.split("/")[:2]).encode()).hexdigest(), 16) % 5


def pages(data: Path, side: Side) -> Iterator[Page]:
    """Read all pages of a side: their pianos where they have one, and those that change their signature also whole."""
    split, train = load_split(), data / "train"
    for corpus, names in PAGES.items():
        for name in names(train / corpus):
            path = train / corpus / f"{name}.mxl"
            if split.side(f"{corpus}/{name}") == side and path.is_file():
                yield from _page(path, f"{corpus}/{name}")


def _page(path: Path, name: str) -> Iterator[Page]:
    try:
        score = load_score(path)
    except InputError:
        return
    bars, notes = bars_of(score), note_array(score, percussion=False)
    if len(bars) < FEWEST_BARS or len(notes) < 20 or not score.keys or any(bar.duration <= 0 for bar in bars):
        return
    lines = np.array([bar.tick for bar in bars] + [bars[-1].end])
    ticks, signs = np.array([(mark.tick, mark.fifths) for mark in score.keys]).T
    tonic = signs[np.clip(np.searchsorted(ticks, lines[:-1], side="right") - 1, 0, None)] * 7 % 12
    piano = np.isin(notes["part"], [number for number, part in enumerate(score.parts) if part.staves == 2])
    kinds = [piano] if piano.any() else []
    if not kinds or (not piano.all() and len(set(tonic.tolist())) > 1):
        kinds.append(np.ones(len(notes), dtype=bool))
    for kind, kept in enumerate(kinds):
        onset, length, pitch = (notes[column][kept].astype(np.int64) for column in ("onset_tick", "duration_tick", "pitch"))
        found = signature_evidence(onset, onset + length, pitch, lines)
        keys = key_chances(notes["onset_s"][kept], (notes["onset_s"] + notes["duration_s"])[kept], pitch)
        chances = np.bincount(SIGNATURES * 7 % 12, weights=keys, minlength=12)
        yield Page(name, found.view.astype(np.float32), found.line.astype(np.float32), tonic, chances, kind == 0)


class Batch:
    """Pages side by side, longest first: at each bar those that are still there are a beginning of the list."""

    def __init__(self, group: list[Page], random: np.random.Generator) -> None:
        pieces = list[tuple[Page, slice, float]]()
        for page in group:
            weight = _OF_CORPUS[page.id.partition("/")[0]] * len(page.tonic) ** -0.5
            if page.changes:
                weight *= _CHANGING / (1 if page.id.startswith("musetrainer") else 2)
            elif random.random() < _SAME:
                weight /= _SAME
            else:
                continue
            pieces += [(page, slice(at, at + _MOST_BARS), weight) for at in range(0, len(page.tonic), _MOST_BARS)]
        pieces.sort(key=lambda piece: -len(piece[0].tonic[piece[1]]))
        lengths = np.array([len(page.tonic[span]) for page, span, _ in pieces])
        self.begin = np.cumsum(lengths) - lengths
        self.last = self.begin + lengths - 1
        self.there = [int((lengths > bar).sum()) for bar in range(int(lengths[0]))]
        self.view = np.concatenate([page.view[span].reshape(-1, 12 * VIEWS) for page, span, _ in pieces])
        self.line = np.concatenate([page.line[span] for page, span, _ in pieces]).astype(np.float64)
        self.tonic = np.concatenate([page.tonic[span] for page, span, _ in pieces])
        self.weight = np.repeat([weight for _, _, weight in pieces], lengths)

    def rows(self, bar: int) -> np.ndarray:
        """The rows of a bar of all pages that have it."""
        return np.asarray(self.begin[: self.there[bar]] + bar)


class Sums(NamedTuple):
    """Of all paths, weighted: their log sum, (rows, 12) chances of signatures and of changes from and to them, (12, 12) of moves."""

    log_sum: float
    chance: np.ndarray
    left: np.ndarray
    entered: np.ndarray
    moves: np.ndarray


class Numbers(NamedTuple):
    """What is learnt: weights (12, VIEWS) of bars, (12, SIDES) of the last bar before a change and the first after it, moves, lines."""

    bars: np.ndarray
    last: np.ndarray
    first: np.ndarray
    moves: np.ndarray
    lines: np.ndarray

    @classmethod
    def of(cls, flat: np.ndarray) -> "Numbers":
        """Take them apart."""
        bars, last, first, moves, lines = np.split(flat, np.cumsum(_SIZES)[:-1])
        return cls(bars.reshape(12, VIEWS), last.reshape(12, SIDES), first.reshape(12, SIDES), moves, lines)


def all_paths(batch: Batch, scores: np.ndarray, leave: np.ndarray, enter: np.ndarray, moves: np.ndarray) -> Sums:
    """Add up all paths, forwards and backwards (L. Rabiner, Proc. IEEE 77(2), 1989)."""
    highest = scores.max(axis=1, keepdims=True)
    likely, goes_out, comes_in = np.exp(scores - highest), np.exp(leave), np.exp(enter)
    beyond = np.exp(steps_between(moves)) * (1.0 - np.eye(12))
    forward, backward = np.zeros_like(likely), np.zeros_like(likely)
    scale = np.zeros(len(likely))
    for bar in range(len(batch.there)):
        rows = batch.rows(bar)
        now = likely[rows]
        if bar:
            before = forward[rows - 1]
            now = now * (before + ((before * goes_out[rows - 1]) @ beyond) * comes_in[rows])
        scale[rows] = now.sum(axis=1)
        forward[rows] = now / scale[rows][:, None]
    backward[batch.last] = 1.0
    left, entered, moved = np.zeros_like(likely), np.zeros_like(likely), np.zeros((12, 12))
    for bar in range(len(batch.there) - 1, 0, -1):
        rows = batch.rows(bar)
        after = likely[rows] * backward[rows] / scale[rows][:, None]
        new = after * comes_in[rows]
        changed = (new @ beyond.T) * goes_out[rows - 1]
        backward[rows - 1] = after + changed
        weight, before = batch.weight[rows][:, None], forward[rows - 1] * goes_out[rows - 1]
        moved += (before * weight).T @ new
        left[rows - 1] = forward[rows - 1] * changed * weight
        entered[rows] = (before @ beyond) * new * weight
    log_sum = float(((np.log(scale) + highest[:, 0]) * batch.weight).sum())
    return Sums(log_sum, forward * backward * batch.weight[:, None], left, entered, moved * beyond)


def cost(flat: np.ndarray, batch: Batch, decay: np.ndarray) -> tuple[float, np.ndarray]:
    """How unlikely the right signatures are, and its slope."""
    numbers, sides = Numbers.of(flat), batch.view.reshape(-1, 12, VIEWS)[:, :, :SIDES].reshape(len(batch.view), -1)
    scores, leave = score_bars(batch.view, numbers.bars), score_bars(sides, numbers.last)
    enter = score_bars(sides, numbers.first) + (batch.line @ numbers.lines)[:, None]
    free = all_paths(batch, scores, leave, enter, numbers.moves)
    row, fresh = np.arange(len(scores)), np.isin(np.arange(len(scores)), batch.begin)
    change = np.flatnonzero(~fresh & (np.diff(batch.tonic, prepend=batch.tonic[0]) != 0))
    old, new = batch.tonic[change - 1], batch.tonic[change]
    weight, step = batch.weight[change], (new - old) % 12
    held = float((scores[row, batch.tonic] * batch.weight).sum())
    held += float(((numbers.moves[step] + leave[change - 1, old] + enter[change, new]) * weight).sum())
    chance, left, entered = free.chance, free.left, free.entered
    chance[row, batch.tonic] -= batch.weight
    left[change - 1, old] -= weight
    entered[change, new] -= weight
    far = (np.arange(12)[None, :] - np.arange(12)[:, None]) % 12
    moves = np.bincount(far.ravel(), weights=free.moves.ravel(), minlength=12) - np.bincount(step, weights=weight, minlength=12)
    moves[0] = 0.0
    slopes = [_turned_back(batch.view, chance), _turned_back(sides, left), _turned_back(sides, entered), moves]
    total = float(batch.weight.sum())
    slope = np.concatenate([*slopes, batch.line.T @ entered.sum(axis=1)]) / total
    return (free.log_sum - held) / total + 0.5 * float((decay * flat**2).sum()), slope + decay * flat


def _turned_back(view: np.ndarray, slope: np.ndarray) -> np.ndarray:
    """The slope of weights that are seen from each of the twelve tonics, flat."""
    each = (view.T @ slope.astype(view.dtype)).astype(np.float64).reshape(12, -1, 12)
    return np.asarray(sum(np.roll(each[:, :, tonic], -tonic, axis=0) for tonic in range(12))).ravel()


def fit(group: list[Page], *, first: np.ndarray | None = None) -> np.ndarray:
    """Find evidence and costs, all flat (`Numbers`)."""
    batch = Batch(group, np.random.default_rng(0))
    decay = np.repeat([_DECAY, _SIDE_DECAY, _SIDE_DECAY, _MOVE_DECAY, _MOVE_DECAY], _SIZES)
    begin = np.repeat([0.0, 0.0, 0.0, -5.0, 0.0], _SIZES) if first is None else first
    found = minimize(cost, begin, args=(batch, decay), jac=True, method="L-BFGS-B", options={"maxiter": _ROUNDS})
    print(f"{len(batch.view)} bars, {found.nit} rounds, {found.fun:.5f} nats a bar", flush=True)
    return np.asarray(found.x)


def report(group: list[Page], numbers: list[np.ndarray], *, eager: float, words: str) -> None:
    """Print how right the paths are, of each page by the numbers of its fold."""
    changing, same = list[tuple[float, ...]](), list[tuple[float, ...]]()
    for page in group:
        if not page.is_piano:
            continue
        own = Numbers.of(numbers[page.fold])
        tables = own._asdict() | {"moves": own.moves + eager}
        path, _ = likeliest_path(Evidence(page.view, page.line), page=page.chances, **tables)
        one = int(page.chances.argmax())
        if one not in path or len(set(path.tolist())) == 1:
            path = np.full_like(path, one)
        wanted, found = (np.flatnonzero(np.diff(tonics)) + 1 for tonics in (page.tonic, path))
        hits = sum(bool((np.abs(found - bar) <= 1).any()) for bar in wanted)
        most = np.bincount(page.tonic).max() / len(page.tonic)
        row = (np.mean(path == page.tonic), np.mean(page.tonic == one), most, hits, len(wanted), len(found))
        (changing if page.changes else same).append(row)
    moved, still = np.array(changing), np.array(same)
    hits, wanted, found = moved[:, 3:].sum(axis=0)
    right, one, most = moved[:, :3].mean(axis=0)
    print(f"{words}: {len(moved)} pages that change, bars right {right:.3f} (one signature {one:.3f}, the best {most:.3f});", end=" ")
    print(f"{wanted:.0f} changes, {found:.0f} found, {hits:.0f} right, F1 {2 * hits / max(wanted + found, 1):.3f};", end=" ")
    print(f"{len(still)} others, bars right {still[:, 0].mean():.3f} (one {still[:, 1].mean():.3f}),", end=" ")
    print(f"false changes a page {still[:, 5].mean():.3f}, on {(still[:, 5] > 0).mean():.3f} of them", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--folds", type=int, default=5, help="how many of five folds are tried (5)")
    parser.add_argument("--out", type=Path, default=WEIGHTS / "page_signatures.npz")
    options = parser.parse_args()
    group = list(pages(options.data, "train"))
    print(f"{len(group)} pages", flush=True)
    tried = list[np.ndarray]()
    for fold in range(options.folds):
        tried.append(fit([page for page in group if page.fold != fold], first=tried[0] if tried else None))
    for eager in (EAGER, EAGER - 1.0, EAGER + 1.0) if tried else ():
        report([page for page in group if page.fold < len(tried)], tried, eager=eager, words=f"folds, eager {eager:g}")
    numbers = fit(group, first=tried[0] if tried else None)
    found = Numbers.of(numbers)
    found = found._replace(moves=found.moves + EAGER)
    with atomic_path(options.out) as temporary, temporary.open("wb") as file:
        np.savez_compressed(file, **{name: table.astype(np.float32) for name, table in found._asdict().items()})
    report(list(pages(options.data, "valid")), [numbers] * 5, eager=EAGER, words="valid side")


if __name__ == "__main__":
    main()
