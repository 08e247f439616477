"""Learn how pitches are named: ``python training/spelling.py --data DATA``.

What `hexachord.theory.spelling_context` knows, from the names on the pages of OpenScore Lieder, MuseTrainer and OpenEWLD on the training
side: whole pages, their pianos, or one other part alone, two in ten under a signature that is not theirs, for the one that is found may
be wrong; and short passages. Names that everybody would give are left out for the most part. Writes ``spelling.npz`` into the package and
prints, for the valid side, how many notes get the editor's name, under the signature of the page and under one beside it. Deterministic;
some minutes.
"""

import argparse
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from hexachord.errors import InputError
from hexachord.files import atomic_path
from hexachord.rendering.lieder import lieder_names
from hexachord.rendering.musetrainer import musetrainer_names
from hexachord.rendering.openewld import openewld_names
from hexachord.rendering.split import Side, load_split
from hexachord.score.formats import load_score
from hexachord.score.model import Score
from hexachord.score.notes import merge_ties
from hexachord.theory.spelling import STEPS
from hexachord.theory.spelling_context import MIDDLE, VIEW, line_places, name_chances, spelling_views

Random = np.random.Generator

WEIGHTS = Path(__file__).parents[1] / "src/hexachord/models/weights"
PAGES = {"openscore_lieder": lieder_names, "musetrainer": musetrainer_names, "openewld": openewld_names}
_HIDDEN = (64, 32)
_EPOCHS, _BATCH, _RATE, _DECAY = 6, 1024, 4e-3, 1e-5
_LEAST_NOTES = 20
_PLAIN = 0.12
"""How much of the notes of the scale under their plain names is looked at; each counts for as many as were left out."""
_PASSAGES, _LONGEST = 8, 40
"""How many passages of each page are seen alone, and their notes at most."""
_ASTRAY, _BESIDE = 0.2, (-3, -2, -1, -1, -1, 1, 1, 1, 2, 3)
_FIFTHS_OF_STEP = np.array([0, 2, 4, -1, 1, 3, 5])


class Page(NamedTuple):
    """Notes by onset, then pitch: (n,) onset, graces just before their main note; pitch, place on the line of fifths, signature, part."""

    corpus: str
    onset: np.ndarray
    pitch: np.ndarray
    fifth: np.ndarray
    fifths: np.ndarray
    part: np.ndarray
    pianos: tuple[int, ...]

    def taken(self, kept: np.ndarray) -> "Page":
        """Some of its notes."""
        return self._replace(
            onset=self.onset[kept], pitch=self.pitch[kept], fifth=self.fifth[kept], fifths=self.fifths[kept], part=self.part[kept]
        )


def pages(data: Path, side: Side) -> Iterator[Page]:
    """Read all pages of a side."""
    split, train = load_split(), data / "train"
    for corpus, names in PAGES.items():
        for name in names(train / corpus):
            path = train / corpus / f"{name}.mxl"
            if split.side(f"{corpus}/{name}") == side and path.is_file():
                try:
                    score = load_score(path)
                except InputError:
                    continue
                page = page_of(score, corpus)
                if page is not None:
                    yield page


def page_of(score: Score, corpus: str) -> Page | None:
    """Take the names of a score; None where it says no key or has too few notes."""
    rows = [
        (2 * note.onset - bool(note.grace), note.pitch, STEPS.index(note.spelling.step), note.spelling.alter, number)
        for number, part in enumerate(score.parts)
        if not part.is_percussion
        for note in merge_ties(part.notes)
        if note.spelling is not None
    ]
    if len(rows) < _LEAST_NOTES or not score.keys:
        return None
    onset, pitch, step, alter, part = np.array(sorted(rows)).T
    ticks, signs = np.array([(mark.tick, mark.fifths) for mark in score.keys]).T
    fifths = signs[np.clip(np.searchsorted(2 * ticks, onset + 1, side="right") - 1, 0, None)]
    pianos = tuple(number for number, each in enumerate(score.parts) if each.staves == 2)
    return Page(corpus, onset, pitch, _FIFTHS_OF_STEP[step] + 7 * alter, fifths, part, pianos)


def names_of(page: Page) -> np.ndarray:
    """Which of the three names each note has, 1 for the one in the middle; others than 0, 1, 2 are beyond them."""
    return np.asarray((page.fifth - page.fifths - MIDDLE[(page.pitch - 7 * page.fifths) % 12]) // 12 + 1)


def seen(page: Page, random: Random) -> Page:
    """A page, its piano, or another part; sometimes under a signature beside its own."""
    draw, others = random.random(), sorted(set(page.part.tolist()) - set(page.pianos))
    if draw < 0.45 and page.pianos:
        page = page.taken(np.isin(page.part, page.pianos))
    elif draw < 0.65 and others:
        page = page.taken(page.part == random.choice(others))
    return astray(page, random) if random.random() < _ASTRAY else page


def passages(page: Page, random: Random) -> Iterator[Page]:
    """Some notes of a page, or of one of its parts, without what is around them: there the signature says most."""
    for _ in range(_PASSAGES):
        part = page if random.random() < 0.3 else page.taken(page.part == random.choice(page.part))
        begin = int(random.integers(len(part.onset)))
        length = round(float(np.exp(random.uniform(0.0, np.log(_LONGEST)))))
        yield part.taken(np.arange(len(part.onset))[begin : begin + length])


def astray(page: Page, random: Random) -> Page:
    """The page under another signature."""
    return page._replace(fifths=np.clip(page.fifths + int(random.choice(_BESIDE)), -7, 7))


def study(group: list[Page], random: Random) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Collect (rows, VIEW) views, names and how much each counts."""
    views, names, weights = list[np.ndarray](), list[np.ndarray](), list[np.ndarray]()
    for page in [piece for whole in group for piece in (seen(whole, random), *passages(whole, random))]:
        if len(page.onset) == 0:
            continue
        name = names_of(page)
        above = page.fifth - page.fifths
        plain = (name == 1) & (above >= -1) & (above <= 5)
        kept = (~plain | (random.random(len(name)) < _PLAIN)) & (name >= 0) & (name <= 2)
        views.append(spelling_views(page.onset, page.pitch, page.fifths)[kept].astype(np.float16))
        names.append(name[kept])
        weights.append(np.where(plain, 1.0 / _PLAIN, 1.0)[kept])
    return np.concatenate(views), np.concatenate(names), np.concatenate(weights).astype(np.float32)


def fit(views: np.ndarray, names: np.ndarray, weights: np.ndarray) -> dict[str, np.ndarray]:
    """Teach the network; weights and biases by the names that `name_chances` reads."""
    torch.manual_seed(0)
    sizes = (VIEW, *_HIDDEN, 3)
    layers = [nn.Linear(before, after) for before, after in pairwise(sizes)]
    modules: list[nn.Module] = []
    for layer in layers:
        modules += [layer, nn.ReLU()]
    network = nn.Sequential(*modules[:-1])
    steps = _EPOCHS * (len(views) // _BATCH)
    adam = torch.optim.Adam(network.parameters(), lr=_RATE, weight_decay=_DECAY)
    slowly = torch.optim.lr_scheduler.OneCycleLR(adam, _RATE, total_steps=steps + 1)
    rows, targets, counts = torch.from_numpy(views), torch.from_numpy(names.astype(np.int64)), torch.from_numpy(weights)
    random = np.random.default_rng(0)
    for epoch in range(_EPOCHS):
        order, total = torch.from_numpy(random.permutation(len(views))), 0.0
        for at in range(0, len(order) - _BATCH + 1, _BATCH):
            batch = order[at : at + _BATCH]
            each = functional.cross_entropy(network(rows[batch].float()), targets[batch], reduction="none")
            loss = (each * counts[batch]).sum() / counts[batch].sum()
            adam.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            adam.step()
            slowly.step()
            total += float(loss.detach())
        print(f"epoch {epoch + 1}: {total / (steps // _EPOCHS):.4f} nats", flush=True)
    found = dict[str, np.ndarray]()
    for number, layer in enumerate(layers):
        found[f"weight_{number}"] = layer.weight.detach().numpy().T.astype(np.float16)
        found[f"bias_{number}"] = layer.bias.detach().numpy().astype(np.float16)
    return found


def report(group: list[Page]) -> None:
    """Print the share of notes with the editor's name per corpus."""
    random = np.random.default_rng(1)
    for words, change in (("their own", False), ("another", True)):
        right, count = dict.fromkeys(PAGES, 0), dict.fromkeys(PAGES, 0)
        for page in group:
            page = astray(page, random) if change else page
            best = name_chances(page.onset, page.pitch, page.fifths).argmax(axis=1)
            place = line_places(page.pitch, page.fifths)[np.arange(len(best)), best]
            right[page.corpus] += int((place == page.fifth).sum())
            count[page.corpus] += len(best)
        shares = ", ".join(f"{name} {right[name] / count[name]:.4f} of {count[name]}" for name in PAGES if count[name])
        print(f"valid side under {words} signature: {shares}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=WEIGHTS / "spelling.npz")
    options = parser.parse_args()
    torch.set_num_threads(1)
    group = list(pages(options.data, "train"))
    views, names, weights = study(group, np.random.default_rng(0))
    print(f"{len(group)} pages, {len(views)} notes", flush=True)
    found = fit(views, names, weights)
    with atomic_path(options.out) as temporary, temporary.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **found)
    report(list(pages(options.data, "valid")))


if __name__ == "__main__":
    main()
