"""Every engine that needs nobody's package survives what sound can be, and says the same of a file in blocks as of the whole."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from bundles import small_musicnn, write_bundle

from hexachord.audio import Audio, save_audio
from hexachord.dsp.features import feature_bytes
from hexachord.errors import InputError
from hexachord.journeys.engines import all_engines
from hexachord.learning.embedding.embedding import embed
from hexachord.learning.embedding.engines import ENGINES
from hexachord.learning.embedding.production import embed_mels, open_production

RATE_HZ = 22050
OWN = ("embedding/production", "embedding/musicnn")


def chord(seconds: float, rate_hz: int = RATE_HZ, *, seed: int = 0) -> np.ndarray:
    time_s = np.arange(round(seconds * rate_hz)) / rate_hz
    noise = np.random.default_rng(seed).normal(0, 0.002, len(time_s))
    return (noise + 0.1 * np.exp(-4 * (time_s % 0.5)) * sum(np.sin(2 * np.pi * f0 * time_s) for f0 in (261.6, 329.6, 392.0))).astype("f4")


SOUNDS: dict[str, tuple[np.ndarray, int]] = {
    "silence": (np.zeros(4 * RATE_HZ), RATE_HZ),
    "one sample": (np.ones(1), RATE_HZ),
    "one sample at 96 kHz": (np.ones(1), 96000),
    "a fifth of a second": (chord(0.2), RATE_HZ),
    "direct current": (np.full(4 * RATE_HZ, 0.5), RATE_HZ),
    "clipped": (np.clip(50 * chord(4), -1, 1), RATE_HZ),
    "beyond full scale": (30 * chord(4), RATE_HZ),
    "white noise": (np.random.default_rng(0).normal(0, 0.1, 4 * RATE_HZ), RATE_HZ),
    "almost nothing": (1e-7 * chord(4), RATE_HZ),
    "stereo": (np.stack([chord(4), chord(4, seed=1)]), RATE_HZ),
    "at 8 kHz": (chord(4, 8000), 8000),
    "at 96 kHz": (chord(4, 96000), 96000),
}


@pytest.fixture(scope="module")
def musicnn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_bundle(tmp_path_factory.mktemp("musicnn"), small_musicnn())


@pytest.fixture(params=OWN)
def engine(request: pytest.FixtureRequest, musicnn: Path) -> dict[str, object]:
    return {"engine": request.param, "weights": musicnn if "musicnn" in request.param else None}


@pytest.mark.parametrize("name", SOUNDS)
def test_whatever_sound_is_there_is_a_vector(engine: dict[str, object], name: str) -> None:
    samples, rate_hz = SOUNDS[name]
    found = embed(Audio(samples=samples.astype(np.float32), rate_hz=rate_hz), **engine)  # type: ignore[arg-type]
    assert np.isfinite(found.vector).all()
    assert found.vectors.shape == (len(found.time_s), len(found.vector))
    assert found.silent == (name in ("silence", "almost nothing"))
    assert found.engine == engine["engine"]


def test_what_is_no_sound_is_refused(engine: dict[str, object], tmp_path: Path) -> None:
    broken = chord(4)
    broken[500] = np.nan
    with pytest.raises(InputError, match="not numbers"):
        embed(Audio(samples=broken, rate_hz=RATE_HZ), **engine)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="no sound"):
        embed(Audio(samples=np.zeros((1, 0), np.float32), rate_hz=RATE_HZ), **engine)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="no sound"):
        embed(Audio(samples=chord(4), rate_hz=RATE_HZ), start_s=9.0, **engine)  # type: ignore[arg-type]
    (tmp_path / "text.wav").write_text("no sound")
    with pytest.raises(InputError, match=r"text\.wav"):
        embed(tmp_path / "text.wav", **engine)  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"one of embedding/production, embedding/musicnn"):
        embed(Audio(samples=chord(4), rate_hz=RATE_HZ), engine="openl3")


@pytest.mark.parametrize("rate_hz", [22050, 44100])
def test_a_file_in_blocks_is_the_whole(engine: dict[str, object], tmp_path: Path, rate_hz: int) -> None:
    sound = Audio(samples=np.stack([chord(20.3, rate_hz), chord(20.3, rate_hz, seed=2)]), rate_hz=rate_hz)
    save_audio(sound, tmp_path / "sound.wav", subtype="FLOAT")
    whole, read = embed(sound, **engine), embed(tmp_path / "sound.wav", **engine)  # type: ignore[arg-type]
    assert len(whole.vectors) == len(read.vectors) > 5
    np.testing.assert_allclose(read.vectors, whole.vectors, atol=2e-3 * np.abs(whole.vectors).max())
    part = embed(tmp_path / "sound.wav", start_s=3.0, end_s=10.0, **engine)  # type: ignore[arg-type]
    assert part.time_s[0] == 3.0
    assert part.time_s[-1] + part.chunk_s <= 10.0 + 1e-6


def test_silence_does_not_count_beside_music(engine: dict[str, object]) -> None:
    music = chord(6)
    both = np.concatenate([music, np.zeros(20 * RATE_HZ, np.float32)])
    one, other = (embed(Audio(samples=samples, rate_hz=RATE_HZ), **engine).vector for samples in (music, both))  # type: ignore[arg-type]
    quiet = embed(Audio(samples=np.zeros(6 * RATE_HZ, np.float32), rate_hz=RATE_HZ), **engine).vector  # type: ignore[arg-type]
    assert np.linalg.norm(one - other) < 0.4 * np.linalg.norm(one - quiet)


def test_spectrograms_that_are_there_need_not_be_made_again() -> None:
    feature = open_production().feature
    sounds = [chord(12), np.clip(20 * chord(12, seed=3), -0.5, 0.5), np.random.default_rng(1).normal(0, 0.1, 12 * RATE_HZ).astype("f4")]
    made = embed_mels([feature_bytes(sound, feature) for sound in sounds])
    heard = np.stack([embed(Audio(samples=sound, rate_hz=RATE_HZ)).vector for sound in sounds])
    apart = np.linalg.norm(made[:, None] - heard[None], axis=2)
    np.testing.assert_array_equal(apart.argmin(axis=1), np.arange(3))
    assert np.diag(apart).max() < 0.2 * apart[~np.eye(3, dtype=bool)].min()
    assert np.isfinite(embed_mels([np.zeros((400, feature.bands), np.uint8), np.ones((1, feature.bands), np.uint8)])).all()


def test_the_default_is_small_and_quick_and_its_card_speaks() -> None:
    import json
    import time

    path = open_production().network.path
    assert path.stat().st_size < 4_000_000
    numbers = json.loads(path.with_suffix(".json").read_text())["numbers"]
    assert numbers["act"] > numbers["cepstrum_act"]
    assert numbers["held_out_act"] > numbers["held_out_cepstrum_act"]
    began_s = time.process_time()
    embed(Audio(samples=chord(60), rate_hz=RATE_HZ))
    assert time.process_time() - began_s < 6.0


def test_engines_are_listed_with_the_others_and_say_what_they_need() -> None:
    listed = all_engines()
    assert all(engine in listed for engine in ENGINES)
    for engine in ENGINES:
        assert engine.task == "embedding"
        if engine.modules and importlib.util.find_spec(engine.modules[-1]) is None:
            with pytest.raises(InputError, match="pip install"):
                engine.load()
    licences = {engine.name: engine.card.licence for engine in ENGINES}
    assert "not for commercial use" in licences["embedding/mert"]
    assert "not for commercial use" in licences["embedding/muq"]
