"""What the composer must not forget: ``python training/composer_reminder.py --keep SONGS``.

Stretches of songs of the valid side, from corpora that anybody may pass on (CC0 and public domain), as rows: ``hexachord compose
personalise`` tells by them how much of the general is lost. ``--keep`` is the folder in which `composer_songs` keeps songs.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from composer_songs import load_songs

from hexachord.composition.vocabulary import Vocabulary
from hexachord.files import atomic_path
from hexachord.learning.personal_crops import stretches

WEIGHTS = Path(__file__).parents[1] / "src/hexachord/models/weights"
CORPORA = ("openscore_lieder", "musetrainer", "jsb_chorales", "openewld")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keep", type=Path, required=True)
    parser.add_argument("--each", type=int, default=3, help="songs of each corpus")
    parser.add_argument("--rows", type=int, default=384)
    options = parser.parse_args()
    vocabulary = Vocabulary()
    songs = load_songs(options.keep / "composer-songs-valid.npz", vocabulary=vocabulary)
    random = np.random.default_rng(0)
    rows, scored, origins = [], [], []
    for corpus in CORPORA:
        names = sorted(name for name in songs if name.startswith(f"{corpus}/"))
        for name in random.permutation(names)[: options.each]:
            made = stretches(songs[str(name)], vocabulary=vocabulary, rows=options.rows)[0]
            rows.append(made.rows)
            scored.append(made.scored)
            origins.append(str(name))
    facts = {"vocabulary": vocabulary.to_json(), "origins": origins, "licence": "CC0 and public domain", "side": "valid"}
    with atomic_path(WEIGHTS / "composer_reminder.npz") as temporary:
        np.savez_compressed(
            temporary, rows=np.concatenate(rows), scored=np.concatenate(scored), lengths=np.array([len(each) for each in rows]),
            facts=np.array(json.dumps(facts)),
        )  # fmt: skip
    print(len(rows), "stretches,", sum(len(each) for each in rows), "rows")


if __name__ == "__main__":
    main()
