"""Draw the pages of docs/composition.md: what the tools make of nothing, of a gap, of a tune.

OMP_NUM_THREADS=1 python docs/make_composition_pictures.py
"""

import argparse
from pathlib import Path

from PIL import Image

from hexachord.composition.band.accompanying import AccompanyOptions, accompany_in_style
from hexachord.composition.chorale.setting import ChoraleOptions, chorale
from hexachord.composition.tools import generate
from hexachord.composition.writing import Draw
from hexachord.score.abc import read_abc
from hexachord.score.engraving import PageOptions, engrave
from hexachord.score.model import Score

PICTURES = Path(__file__).resolve().parent / "pictures"
COLOURS = 16
TUNE = read_abc("""X:1
T:Ode to Joy
M:4/4
L:1/4
Q:1/4=104
K:D
F F G A | A G F E | D D E F | F3/2 E/ E2 | F F G A | A G F E | D D E F | E3/2 D/ D2 |]
""")


def song() -> Score:
    """Sixteen bars out of nothing."""
    return generate(16, key="G major", quarter_bpm=84, draw=Draw(candidates=8, seed=2)).score


def band() -> Score:
    """The tune with a band."""
    return accompany_in_style(TUNE, options=AccompanyOptions(style="bossa")).score


def voices() -> Score:
    """The tune for four voices."""
    return chorale(TUNE, options=ChoraleOptions(seed=2)).score


def main() -> None:
    """Compose, engrave, save."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=PICTURES)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    for name, make in (("song", song), ("band", band), ("chorale", voices)):
        path = options.out / f"compose-{name}.png"
        page = engrave(make(), page=PageOptions(height_mm=0.0))
        page.save_png(path, dots_per_inch=110.0)
        Image.open(path).convert("RGB").quantize(COLOURS).save(path, optimize=True)
        print(path, f"{path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
