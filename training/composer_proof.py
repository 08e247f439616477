"""Proof that nothing is lost: every song of ``train/`` as rows and back, as a score and back, in the other vocabularies and back.

python training/composer_proof.py --data DATA --keep FOLDER
"""

import argparse
from collections import Counter
from pathlib import Path

import numpy as np
from composer_masks import draw_given
from composer_songs import songs_of

from hexachord.composition.clips import Clip, on_vocabulary
from hexachord.composition.decode import decode, is_clean
from hexachord.composition.encode import encode
from hexachord.composition.flat import flat_clip
from hexachord.composition.midi_like import MidiLike
from hexachord.composition.remi import Remi
from hexachord.composition.scores import clip_of, score_of, written_roles
from hexachord.composition.vocabulary import ROLES, Vocabulary

FLAT = {"remi": Remi(), "remi, all parts": Remi(roles=ROLES[1:], steps=24, chords=True), "midi-like": MidiLike(roles=ROLES[1:])}
_BAR = ["beats", "beat_type", "first", "last"]


def same_music(one: Clip, two: Clip, *, maps: bool = True) -> bool:
    """Whether two clips are equal: notes, chords, and bars with their keys and tempi (`maps`)."""
    tables = [(one.notes, two.notes), (one.chords, two.chords)]
    if maps:
        tables.append((one.bars, two.bars))
    return all(len(left) == len(right) and bool(np.all(left == right)) for left, right in tables)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder with train/ in it")
    parser.add_argument("--keep", type=Path, help="the folder in which songs are kept")
    options = parser.parse_args()
    words = Vocabulary()
    counts: Counter[str] = Counter()
    wrong: dict[str, list[str]] = {}
    for side in ("train", "valid"):
        for index, (origin, clip) in enumerate(songs_of(options.data, side, vocabulary=words, keep=options.keep).items()):
            corpus = origin.partition("/")[0]
            counts[f"{corpus} songs"] += 1
            counts[f"{corpus} notes"] += len(clip.notes)
            given = draw_given(clip, np.random.default_rng(index), vocabulary=words)
            for name, (held, told) in {"free": (None, None), "locked": given}.items():
                rows = encode(clip, vocabulary=words, given_notes=held, given_chords=told).rows
                found, held_found, told_found = decode(rows, vocabulary=words, like=None)
                fine = same_music(_full(clip), found) and is_clean(rows, vocabulary=words)
                if held is not None and told is not None:
                    fine = fine and bool(np.array_equal(held, held_found) and np.array_equal(told, told_found))
                counts[f"rows, {name}"] += fine
                if not fine:
                    wrong.setdefault(f"rows, {name}", []).append(origin)
            score = score_of(clip, vocabulary=words)
            again = on_vocabulary(clip_of(score, vocabulary=words, roles=written_roles(clip, vocabulary=words)), words)
            fine = same_music(clip, again, maps=False) and bool(np.all(clip.bars[_BAR] == again.bars[_BAR]))
            counts["scores"] += fine
            if not fine:
                wrong.setdefault("scores", []).append(origin)
            for name, flat in FLAT.items():
                plain = flat_clip(clip, vocabulary=flat)
                fine = same_music(plain, flat.decode(flat.encode(plain), like=plain), maps=False)
                counts[name] += fine
                if not fine:
                    wrong.setdefault(name, []).append(origin)
    for name, count in sorted(counts.items()):
        print(f"{name}: {count}")
    for name, origins in wrong.items():
        print(f"WRONG {name}: {len(origins)}: {origins[:5]}")


def _full(clip: Clip) -> Clip:
    """A clip whose bars are full, as rows know them."""
    bars = clip.bars.copy()
    bars["first"], bars["last"] = 0, clip.lengths
    return Clip(bars=bars, notes=clip.notes, chords=clip.chords)


if __name__ == "__main__":
    main()
