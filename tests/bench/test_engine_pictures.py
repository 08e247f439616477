"""The pictures of the data engine's page, drawn from made-up sounds."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from hexachord.bench.engine_measures import measure

pytest.importorskip("matplotlib")
SCRIPT = Path(__file__).parents[2] / "docs" / "make_engine_pictures.py"


@pytest.fixture(scope="module")
def pictures():
    if not SCRIPT.exists():
        pytest.skip("the script comes with a clone")
    spec = importlib.util.spec_from_file_location("make_engine_pictures", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def sounds(pictures):
    def sound(number):
        rng = np.random.default_rng(number)
        times = np.arange(6 * pictures.SOUND_HZ) / pictures.SOUND_HZ
        struck = 0.2 * np.sin(2 * np.pi * 110 * (number + 1) * times) * np.exp(-4 * (times % 0.5))
        mono = (struck + 0.01 * rng.normal(0, 1, len(times))).astype(np.float32)
        return pictures.Sound(name=f"sound {number}", mono=mono, measures=measure(mono[None], rate_hz=pictures.SOUND_HZ))

    return [sound(number) for number in range(3)]


def test_a_tone_is_seen_at_its_height(pictures):
    times = np.arange(2 * pictures.SOUND_HZ) / pictures.SOUND_HZ
    grid = pictures.log_spectrogram(np.sin(2 * np.pi * 1000 * times))
    height = pictures.ROWS * np.log(1000 / pictures.LOW_HZ) / np.log(pictures.HIGH_HZ / pictures.LOW_HZ)
    assert abs(grid[:, 12].argmax() - height) < 2
    assert grid.max() == 0.0


def test_noise_of_equal_loudness_has_one_spectrum_whatever_its_level(pictures):
    noise = 0.1 * np.random.default_rng(0).normal(0, 1, 4 * pictures.SOUND_HZ).astype(np.float32)
    hertz = np.geomspace(100, 10_000, 10)
    curves = [
        pictures.third_octaves(
            pictures.Sound(name="", mono=gain * noise, measures=measure(gain * noise[None], rate_hz=pictures.SOUND_HZ)), hertz
        )
        for gain in (1.0, 0.1)
    ]
    np.testing.assert_allclose(curves[0], curves[1], atol=0.1)
    assert np.polyfit(np.log2(hertz), curves[0], 1)[0] == pytest.approx(3.0, abs=0.3)  # a third of an octave is wider the higher it is


def test_pictures_are_small_and_drawn(pictures, sounds, tmp_path, capsys):
    for name, figure in (
        ("one", pictures.spectrograms(sounds[:2], sounds[1:])),
        ("two", pictures.spectra(sounds, sounds)),
        ("three", pictures.distributions(sounds, sounds)),
    ):
        pictures.save(figure, tmp_path / f"{name}.png")
        assert 2_000 < (tmp_path / f"{name}.png").stat().st_size < 300_000
    pictures.table(sounds, sounds)
    assert "crest_db" in capsys.readouterr().out
