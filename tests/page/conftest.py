from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from hexachord.journeys.analyse import Analysis, analyse
from hexachord.score.builtin import builtin_score
from hexachord.score.formats import save_score
from hexachord.score.model import Bar

RATE_HZ = 44100
TEMPLATE = "<!doctype html>\n<title>Hexachord</title>\n<body>\n<!--hexachord:data-->\n<p>after</p>\n"


def _song(seconds: float = 16.0) -> np.ndarray:
    """Four chords with a bass and a click on every beat at 120 a minute; (n, 2)."""
    t = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    chord = (t // 2 % 4).astype(int)
    left = np.zeros_like(t)
    for voice in ((60, 65, 67, 60), (64, 69, 71, 64), (67, 72, 74, 67), (36, 41, 43, 36)):
        f0_hz = 440 * 2 ** ((np.array(voice)[chord] - 69) / 12)
        left += np.sin(2 * np.pi * np.cumsum(f0_hz) / RATE_HZ) * np.exp(-(t % 2) * 1.5)
    noise = np.random.default_rng(0).normal(size=len(t)) * np.exp(-(t % 0.5) * 60)
    mix = np.stack([left + noise, 0.8 * left + noise], axis=1)
    return mix / np.abs(mix).max() * 0.8


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A built page with nothing on it."""
    path = tmp_path_factory.mktemp("template") / "page.html"
    path.write_text(TEMPLATE)
    return path


@pytest.fixture(scope="session")
def heard(tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    """A recording, analysed, without a page; its name is not a friendly one."""
    folder = tmp_path_factory.mktemp("heard")
    soundfile.write(folder / "it's a song.flac", _song(), RATE_HZ)
    return analyse(folder / "it's a song.flac", out=folder / "song", page=False, sound=False)


@pytest.fixture(scope="session")
def read(tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    """A score whose first four bars are repeated, analysed, without a page."""
    folder = tmp_path_factory.mktemp("read")
    score = builtin_score("six-small-notes")
    bars = [Bar(*bar) for bar in score.bars]
    bars[0] = bars[0]._replace(repeat_start=True)
    bars[3] = bars[3]._replace(repeat_end=2)
    save_score(replace(score, bars=tuple(bars)), folder / "repeats.musicxml")
    return analyse(folder / "repeats.musicxml", out=folder / "song", page=False, sound=False)
