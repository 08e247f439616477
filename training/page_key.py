"""Learn in which key a page would be written: ``python training/page_key.py --data DATA``.

What `hexachord.theory.page_key` knows. Songs of OpenScore Lieder (whole, and their pianos alone), pieces of MuseTrainer and lead sheets of
OpenEWLD on the training side under their key signatures; songs of POP909 with their annotated keys; and the performances of GiantMIDI
whose key the title or the work's name tells (`WORKS`). Each is seen whole, as far as three minutes, and in excerpts that end or begin
elsewhere; of pages that change their signature the shares of time are what is to be said. A signature leaves the mode open: where a piece
ends on one of its two tonics in the bass, that is a hint. Most pages are read as if somebody played them (other lengths, hands that
stray). Prints five-fold cross-validation by composers (``--folds 0`` leaves it out), then the valid side. Deterministic; some minutes.
"""

import argparse
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from hexachord.errors import InputError
from hexachord.files import atomic_path
from hexachord.rendering.lieder import lieder_names
from hexachord.rendering.midi_notes import seconds_of
from hexachord.rendering.musetrainer import musetrainer_names
from hexachord.rendering.openewld import openewld_names
from hexachord.rendering.split import Side, load_split
from hexachord.score.formats import load_score
from hexachord.score.notes import note_array
from hexachord.score.timing import tempo_map_of
from hexachord.theory.chord_labels import parse_pitch_class
from hexachord.theory.keys import KEY_NAMES, key_fifths, key_number
from hexachord.theory.page_key import SIGNATURES, key_views

Random = np.random.Generator

WHOLE_S = 180.0
PAGES = {"openscore_lieder": lieder_names, "musetrainer": musetrainer_names, "openewld": openewld_names}
WEIGHTS = {"openscore_lieder": 1.0, "musetrainer": 2.0, "giantmidi": 4.0, "pop909": 0.5, "openewld": 0.5}
"""How much an excerpt of each corpus counts: what is played by pianists most, there is least of it."""
WORKS = {
    "Bach_Prelude_and_Fugue_in_A-flat": "Ab major",
    "Bach_Prelude_and_Fugue_in_F-sharp_major": "F# major",
    "Bach_Prelude_and_Fugue_in_G-sharp": "G# minor",
    "Beethoven_Piano_Sonata_No_10": "G major",
    "Beethoven_Piano_Sonata_No_15": "D major",
    "Beethoven_Piano_Sonata_No_3_": "C major",
    "Beethoven_Rondo": "G major",
    "Brahms_Johannes_Piano_Sonata_No2_Op2_RhZqUE63B9g_mov_1": "F# minor",
    "Brahms_Johannes_Piano_Sonata_No2_Op2_RhZqUE63B9g_mov_2": "B minor",
    "Brahms_Johannes_Piano_Sonata_No2_Op2_RhZqUE63B9g_mov_3": "B minor",
    "Chopin_Etudes_Op10_g0hoN6_HDVU_no_12": "C minor",
    "Chopin_Etudes_Op10_g0hoN6_HDVU_no_9": "F minor",
    "Chopin_Polonaise-fantaisie": "Ab major",
    "Chopin_Polonaise_in_F-sharp": "F# minor",
    "Debussy_Estampes_R-YcnPXY2yE_cut_no_1": "B major",
    "Debussy_Pour_le_piano_KLicw5ryMpQ_cut_no_1": "A minor",
    "Debussy_Pour_le_piano_KLicw5ryMpQ_cut_no_2": "C# minor",
    "Debussy_Pour_le_piano_KLicw5ryMpQ_cut_no_3": "C# minor",
    "Debussy_Suite_bergamasque_xAKeiyjjTKk_cut_no_1": "F major",
    "Debussy_Suite_bergamasque_xAKeiyjjTKk_cut_no_2": "A minor",
    "Debussy_Suite_bergamasque_xAKeiyjjTKk_cut_no_3": "Db major",
    "Debussy_Suite_bergamasque_xAKeiyjjTKk_cut_no_4": "F# minor",
    "Handel": "E major",
    "Haydn_Keyboard_Sonata_in_C_minor": "C minor",
    "Haydn_Keyboard_Sonata_in_E-flat": "Eb major",
    "Liszt_2_Konzertetuden_S_145_6GQ2otGSr0k_cut_no_1": "Db major",
    "Liszt_2_Konzertetuden_S_145_6GQ2otGSr0k_cut_no_2": "F# minor",
    "Liszt_Hungarian_Rhapsody_No9": "Eb major",
    "Ravel": "E major",
    "Scarlatti_Keyboard_Sonata_in_C_major": "C major",
    "Scarlatti_Keyboard_Sonata_in_D_minor": "D minor",
    "Scarlatti_Keyboard_Sonata_in_F_major": "F major",
    "Scarlatti_Keyboard_Sonata_in_F_minor": "F minor",
    "Schubert_Fantasie_in_C_major_D760_lR43Ti4w5MM_cut_mov_1": "C major",
    "Schubert_Fantasie_in_C_major_D760_lR43Ti4w5MM_cut_mov_2": "C# minor",
    "Schubert_Fantasie_in_C_major_D760_lR43Ti4w5MM_cut_mov_3": "Ab major",
    "Schubert_Fantasie_in_C_major_D760_lR43Ti4w5MM_cut_mov_4": "C major",
    "Schubert_Franz_Piano_Sonata_in_A_minor": "A minor",
    "Schubert_Impromptus_D935": "F minor",
    "Schubert_Piano_Sonata_in_A_major_D664_HsMHHlDYlMM_cut_mov_1": "A major",
    "Schubert_Piano_Sonata_in_A_major_D664_HsMHHlDYlMM_cut_mov_2": "D major",
    "Schubert_Piano_Sonata_in_A_major_D664_HsMHHlDYlMM_cut_mov_3": "A major",
    "Schumann_Robert_Toccata": "C major",
    "Scriabin_op_42": "F# major",
}
"""The keys of GiantMIDI's pieces by the beginnings of their names: from the titles, and of numbered works as they are known."""
_MODE_SAY = 0.3  # nats of a mode that is known or hinted at, to one of the signature
_EPOCHS, _BATCH, _RATE, _DECAY = 8, 128, 2e-3, 1e-3


@dataclass(frozen=True, kw_only=True, eq=False)
class Piece:
    """Notes in seconds, in order; signatures as (start_s, end_s, sharps); the piano's notes; the number of the key, −1 where unknown."""

    id: str
    onset_s: np.ndarray
    duration_s: np.ndarray
    pitch: np.ndarray
    signatures: tuple[tuple[float, float, int], ...]
    piano: np.ndarray
    key: int

    @property
    def corpus(self) -> str:
        return self.id.partition("/")[0]

    @property
    def fold(self) -> int:
        """One of five, the same for all songs of a composer."""
        parts = self.id.split("/")
        return int(hashlib.md5("/".join(parts[:2]).encode()).hexdigest(), 16) % 5


class Seen(NamedTuple):
    """Excerpts: views (n, 12, VIEW), shares of signatures (n, 12), keys or −1, pieces they are of, and whether they are the whole."""

    view: np.ndarray
    share: np.ndarray
    key: np.ndarray
    piece: np.ndarray
    whole: np.ndarray


def pieces(data: Path, side: Side) -> Iterator[Piece]:
    """Read everything of a side that says its key."""
    split, train = load_split(), data / "train"
    for corpus, names in PAGES.items():
        for name in names(train / corpus):
            path = train / corpus / f"{name}.mxl"
            if split.side(f"{corpus}/{name}") == side and path.is_file():
                yield from _page(path, f"{corpus}/{name}")
    for name in split.names("pop909", side):
        rows = [line.split() for line in (train / "pop909" / name / "key_audio.txt").read_text().splitlines() if line.strip()]
        if len(rows) == 1:
            tonic, _, mode = rows[0][2].partition(":")
            key = parse_pitch_class(tonic) + 12 * (mode == "min")
            yield _played(train / "pop909" / name / f"{name}.mid", f"pop909/{name}", key)
    for name in split.names("giantmidi", side):
        for beginning, key_name in WORKS.items():
            if name.startswith(beginning):
                yield _played(train / "giantmidi" / f"{name}.mid", f"giantmidi/{name}", key_number(key_name))


def _page(path: Path, name: str) -> Iterator[Piece]:
    try:
        score = load_score(path)
    except InputError:
        return
    notes = note_array(score, percussion=False)
    if len(notes) < 20 or not score.keys:
        return
    clock = tempo_map_of(score)
    ends = [*(mark.tick for mark in score.keys[1:]), score.end_tick]
    spans = [(float(clock.seconds(mark.tick)), float(clock.seconds(end)), mark.fifths) for mark, end in zip(score.keys, ends, strict=True)]
    last = notes["onset_s"] >= notes["onset_s"].max() - 0.01
    lowest, fifths = int(notes["pitch"][last].min()) % 12, spans[-1][2]
    ends_on = {fifths * 7 % 12: 0, (fifths * 7 + 9) % 12: 12}
    hinted = spans[0][2] == fifths and lowest in ends_on
    yield Piece(
        id=name,
        onset_s=notes["onset_s"].astype(float),
        duration_s=notes["duration_s"].astype(float),
        pitch=notes["pitch"].astype(int),
        signatures=tuple(spans),
        piano=np.isin(notes["part"], [index for index, part in enumerate(score.parts) if part.staves == 2]),
        key=lowest + ends_on[lowest] if hinted else -1,
    )


def _played(path: Path, name: str, key: int) -> Piece:
    rows = np.concatenate([notes[:, :3] for _, notes in seconds_of(path) if len(notes)])
    rows = rows[np.argsort(rows[:, 0], kind="stable")]
    rows = rows[rows[:, 0] < rows[0, 0] + (WHOLE_S if name.startswith("giantmidi") else 1e9)]  # a known work's signature may change later
    end = float(rows[:, :2].sum(axis=1).max()) + 1.0
    fifths = key_fifths(*KEY_NAMES[key].split())
    return Piece(
        id=name,
        onset_s=rows[:, 0],
        duration_s=rows[:, 1],
        pitch=rows[:, 2].astype(int),
        signatures=((0.0, end, fifths),),
        piano=np.ones(len(rows), dtype=bool),
        key=key,
    )


def excerpts(piece: Piece, random: Random, *, whole_only: bool) -> Iterator[tuple[np.ndarray, bool]]:
    """Which notes are seen: the whole, and what begins with it or ends elsewhere or is only the piano."""
    onset, begin = piece.onset_s, float(piece.onset_s.min())
    length, everything = float(onset.max()) - begin, np.ones(len(onset), dtype=bool)
    piano = piece.piano if piece.piano.any() else everything
    yield onset < begin + WHOLE_S, True
    if whole_only:
        return
    if piece.corpus in ("openscore_lieder", "musetrainer", "giantmidi"):
        for notes in (piano, everything):
            yield notes & (onset < begin + length * random.uniform(0.35, 0.9)), False
        yield piano & (onset < begin + WHOLE_S), False
    if piece.corpus in ("musetrainer", "giantmidi"):
        for _ in range(4):
            yield onset < begin + length * random.uniform(0.3, 1.0), False
    if piece.corpus != "giantmidi":  # of works only the first section's key is known
        for shortest_s, longest_s in ((20.0, 120.0), (4.0, 20.0)):
            start = begin + random.uniform(0.0, 0.7) * length
            notes = piano if random.random() < 0.5 else everything
            yield notes & (onset >= start) & (onset < start + random.uniform(shortest_s, longest_s)), False


def see(group: list[Piece], *, whole_only: bool = False) -> Seen:
    """Collect the views of all excerpts."""
    rows = list[tuple[np.ndarray, np.ndarray, int, int, bool]]()
    for number, piece in enumerate(group):
        random = np.random.default_rng([7, number])
        for kept, whole in excerpts(piece, random, whole_only=whole_only):
            share = shares(piece, kept)
            if kept.sum() < 8 or share is None:
                continue
            onset, duration = piece.onset_s[kept], piece.duration_s[kept]
            if piece.corpus != "giantmidi" and random.random() < 0.6:
                onset, duration = played(onset, duration, random)
            rows.append((key_views(onset, onset + duration, piece.pitch[kept]).astype(np.float32), share, piece.key, number, whole))
    return Seen(*(np.array(column) for column in zip(*rows, strict=True)))


def shares(piece: Piece, kept: np.ndarray) -> np.ndarray | None:
    """How much of an excerpt's time each signature has."""
    held = np.zeros(12)
    begin = float(piece.onset_s[kept].min(initial=np.inf))
    end = float((piece.onset_s + piece.duration_s)[kept].max(initial=0.0))
    for start_s, end_s, fifths in piece.signatures:
        held[fifths % 12] += max(0.0, min(end, end_s) - max(begin, start_s))
    return held / held.sum() if held.sum() > 0 else None


def played(onset: np.ndarray, duration: np.ndarray, random: Random) -> tuple[np.ndarray, np.ndarray]:
    """Other lengths, another tempo, hands that stray, sometimes a pedal."""
    duration = duration * random.uniform(0.5, 1.3) * np.exp(random.normal(0.0, 0.25, len(duration)))
    if random.random() < 0.3:
        duration = duration + random.uniform(0.0, 1.0)
    slower = random.uniform(0.75, 1.3)
    return (onset + np.abs(random.normal(0.0, 0.012, len(onset)))) * slower, duration * slower


def fit(seen: Seen, chosen: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Fit one linear score for major and one for minor, the same from every tonic, by Adam on the log chance of the signatures.

    Returns
    -------
    (VIEW, 2) weights and (2,) offsets, to be used on views as they are
    """
    views = seen.view[chosen]
    centre, scale = views.mean(axis=(0, 1)), views.std(axis=(0, 1)) + 0.02
    views = (views - centre) / scale
    share, key, weight = seen.share[chosen], seen.key[chosen], weight[chosen]
    told = np.eye(24)[np.maximum(key, 0)] * (key >= 0)[:, None]
    random, step = np.random.default_rng(0), 0
    weights = np.zeros((views.shape[2] + 1, 2))
    first, second = np.zeros_like(weights), np.zeros_like(weights)
    steps = _EPOCHS * (len(views) // _BATCH)
    for _ in range(_EPOCHS):
        order = random.permutation(len(views))
        for at in range(0, len(order) - _BATCH + 1, _BATCH):
            batch = order[at : at + _BATCH]
            seen_now = views[batch].reshape(_BATCH * 12, -1)
            chance = softmax(_scores(seen_now @ weights[:-1].astype(np.float32) + weights[-1]))
            of_signature = (chance @ _SIGNATURE)[:, SIGNATURES]
            slope = chance - share[batch][:, SIGNATURES] * chance / (of_signature + 1e-9)
            slope += _MODE_SAY * (chance * (key[batch] >= 0)[:, None] - told[batch])
            slope = (slope * weight[batch][:, None] / _BATCH).reshape(_BATCH, 2, 12).transpose(0, 2, 1).reshape(-1, 2)
            slope = np.vstack([seen_now.T @ slope.astype(np.float32), slope.sum(axis=0)])
            step += 1
            first, second = 0.9 * first + 0.1 * slope, 0.999 * second + 0.001 * slope**2
            rate = _RATE * min(step / (0.2 * steps), (steps - step) / (0.8 * steps) + 1e-3)
            weights -= rate * (first / (1 - 0.9**step) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8) + _DECAY * weights)
    scaled = weights[:-1] / scale[:, None]
    return scaled, weights[-1] - centre @ scaled


_SIGNATURE = np.eye(12)[SIGNATURES]


def _scores(rows: np.ndarray) -> np.ndarray:
    """(n * 12, 2) to (n, 24), majors first."""
    return np.asarray(rows.reshape(-1, 12, 2).transpose(0, 2, 1).reshape(-1, 24))


def softmax(scores: np.ndarray) -> np.ndarray:
    chance = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(chance / chance.sum(axis=1, keepdims=True))


def report(group: list[Piece], seen: Seen, chance: np.ndarray, chosen: np.ndarray) -> None:
    """Print, per corpus: pieces, share of the time under the signature found, the same of the best one could say, and tonic and mode."""
    corpus = np.array([group[number].corpus for number in seen.piece])
    best = (chance @ _SIGNATURE).argmax(axis=1)
    right = seen.share[np.arange(len(best)), best]
    sure = (chance @ _SIGNATURE).max(axis=1)
    for name in WEIGHTS:
        rows = chosen & (corpus == name)
        if rows.any():
            known = rows & (seen.key >= 0)
            tonics = (chance[known].argmax(axis=1) == seen.key[known]).mean()
            reach = seen.share[rows].max(axis=1).mean()
            print(
                f"  {name:18}{rows.sum():5}  signature {right[rows].mean():.3f} (of {reach:.3f}), said to be {sure[rows].mean():.3f}",
                end="",
            )
            print(f";  key where known or hinted {tonics:.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--folds", type=int, default=5, help="how many of five folds are tried (5)")
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "src/hexachord/models/weights/page_key.npz")
    options = parser.parse_args()
    group = list(pieces(options.data, "train"))
    seen = see(group)
    weight = np.array([WEIGHTS[group[number].corpus] for number in seen.piece])
    fold = np.array([group[number].fold for number in seen.piece])
    print(f"{len(group)} pieces, {len(seen.view)} excerpts", flush=True)
    chance = np.zeros((len(fold), 24))
    for number in range(options.folds):
        weights, offset = fit(seen, fold != number, weight)
        rows = (fold == number) & seen.whole
        chance[rows] = softmax(_scores(seen.view[rows].reshape(-1, seen.view.shape[2]) @ weights + offset))
    report(group, seen, chance, (fold < options.folds) & seen.whole)
    weights, offset = fit(seen, np.ones(len(fold), dtype=bool), weight)
    with atomic_path(options.out) as temporary, temporary.open("wb") as file:
        np.savez_compressed(file, keys=np.vstack([weights, offset]).astype(np.float32))
    others = list(pieces(options.data, "valid"))
    views = see(others, whole_only=True)
    print("valid side")
    chance = softmax(_scores(views.view.reshape(-1, views.view.shape[2]) @ weights + offset))
    report(others, views, chance, np.ones(len(chance), dtype=bool))


if __name__ == "__main__":
    main()
