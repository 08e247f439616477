"""Writes ``suites.json``: which songs the held-out suites are made of, and how many strokes each has.

python tests/golden/make_suites.py DATA
"""

import json
import sys
from pathlib import Path

from hexachord.rendering.shelf import Shelf
from hexachord.rendering.split import load_split
from hexachord.rendering.suites import SUITES, choose, draw_song


def main(data: Path) -> None:
    shelf = Shelf(data=data, split=load_split(), side="held_out")
    songs = {
        about: {
            slot.name: [
                [choice.seed, sum(len(track.strokes) for track in draw_song(suite, choice, shelf).tracks)]
                for choice in choose(suite, number, shelf)
            ]
            for number, slot in enumerate(suite.slots)
        }
        for about, suite in SUITES.items()
    }
    lines = [
        f' "{about}": {{\n' + ",\n".join(f'  "{name}": {json.dumps(rows)}' for name, rows in slots.items()) + "\n }"
        for about, slots in songs.items()
    ]
    names = json.dumps({about: suite.name for about, suite in SUITES.items()})
    text = f'{{"names": {names},\n"songs": {{\n' + ",\n".join(lines) + "\n}}\n"
    Path(__file__).with_name("suites.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
