from pathlib import Path

import numpy as np
import pytest

from hexachord.audio import Audio, load_audio, save_audio
from hexachord.errors import InputError
from hexachord.processing.stems import ENGINES, STEMS, split_file, split_stems, split_stems_blocks

RATE_HZ = 11_025


def residual_db(stems: dict[str, np.ndarray], mix: np.ndarray) -> float:
    error = sum(stems.values()) - mix
    return float(10 * np.log10((np.sum(error.astype(np.float64) ** 2) + 1e-40) / (np.sum(mix.astype(np.float64) ** 2) + 1e-20)))


def energy(signal: np.ndarray) -> float:
    return float(np.sum(signal.astype(np.float64) ** 2))


def sdr_db(truth: np.ndarray, guess: np.ndarray) -> float:
    return 10 * np.log10(energy(truth) / energy(truth - guess))


@pytest.fixture(scope="module")
def parts() -> dict[str, np.ndarray]:
    """Twelve seconds of two chords left and right, a walking bass, clicks, and a wavering voice in the centre that never repeats."""
    t = np.arange(12 * RATE_HZ) / RATE_HZ
    rng = np.random.default_rng(1)
    chord_hz = np.where((t % 2 < 1)[:, None], [262.0, 330.0, 392.0], [294.0, 349.0, 440.0])
    chord = np.sin(2 * np.pi * np.cumsum(chord_hz, axis=0) / RATE_HZ).sum(axis=1) * 0.1
    other = np.stack([chord, 0.3 * chord])
    bass_hz = np.select([t % 2 < 1], [65.4], 73.4)
    phase = 2 * np.pi * np.cumsum(bass_hz) / RATE_HZ
    bass = np.stack([0.2 * np.sin(phase) + 0.1 * np.sin(2 * phase)] * 2)
    drums = np.zeros((2, len(t)))
    for at in np.arange(0, 12, 0.5):
        burst = rng.normal(0, 0.5, 800) * np.exp(-np.arange(800) / 150)
        drums[:, int(at * RATE_HZ) :][:, :800] += burst  # the last one ends before the signal does
    pitch = 60 + np.repeat(rng.integers(0, 12, 25), RATE_HZ // 2)[: len(t)] + 0.4 * np.sin(2 * np.pi * 5.5 * t)
    phase = 2 * np.pi * np.cumsum(440 * 2 ** ((pitch - 57) / 12)) / RATE_HZ
    voice = np.stack([sum(np.sin(h * phase) / h for h in range(1, 6)) * 0.15] * 2)
    return {name: part.astype(np.float32) for name, part in (("vocals", voice), ("drums", drums), ("bass", bass), ("other", other))}


def test_each_part_lands_mostly_in_its_stem(parts: dict[str, np.ndarray]) -> None:
    mix = sum(parts.values())
    stems = split_stems(mix, RATE_HZ)
    for name in STEMS:
        before, after = sdr_db(parts[name], mix), sdr_db(parts[name], stems[name])
        assert after > before + 4.0, (name, before, after)
        assert after > 2.0, (name, after)


@pytest.mark.parametrize("name", ["silence", "one sample", "fifth of a second", "dc", "clipping", "noise", "mono", "impulse"])
def test_stems_sum_to_the_mix(name: str) -> None:
    rng = np.random.default_rng(2)
    t = np.arange(3 * RATE_HZ) / RATE_HZ
    mix = {
        "silence": np.zeros((2, RATE_HZ)),
        "one sample": np.full((2, 1), 0.5),
        "fifth of a second": np.sin(2 * np.pi * 440 * t[: RATE_HZ // 5])[None],
        "dc": np.full((2, RATE_HZ), 0.7),
        "clipping": np.clip(5 * np.sin(2 * np.pi * 110 * np.stack([t, t])), -1, 1),
        "noise": rng.normal(0, 0.3, (2, len(t))),
        "mono": rng.normal(0, 0.3, len(t)),
        "impulse": np.eye(1, RATE_HZ, 500),
    }[name].astype(np.float32)
    stems = split_stems(mix, RATE_HZ)
    assert tuple(stems) == STEMS
    assert all(stem.shape == mix.shape and stem.dtype == np.float32 and np.isfinite(stem).all() for stem in stems.values())
    assert residual_db(stems, mix) < -100


@pytest.mark.parametrize("rate_hz", [8000, 96_000])
def test_any_rate(rate_hz: int) -> None:
    mix = np.random.default_rng(3).normal(0, 0.1, (2, rate_hz)).astype(np.float32)
    assert residual_db(split_stems(mix, rate_hz), mix) < -100


def test_many_channels_keep_their_count() -> None:
    mix = np.random.default_rng(3).normal(0, 0.1, (6, 8000)).astype(np.float32)
    stems = split_stems(mix, 8000)
    assert stems["vocals"].shape == (6, 8000)
    assert residual_db(stems, mix) < -100


def test_blocks_equal_the_whole() -> None:
    rate_hz = 1000
    mix = np.random.default_rng(4).normal(0, 0.1, (2, 150 * rate_hz + 77)).astype(np.float32)
    whole = split_stems(mix, rate_hz)
    sizes = np.random.default_rng(5).integers(1, 30 * rate_hz, 100)
    cuts = np.cumsum(sizes)
    blocks = [block for block in np.split(mix, cuts[cuts < mix.shape[1]], axis=1) if block.shape[1]]
    pieces = list(split_stems_blocks(blocks, rate_hz))
    assert len(pieces) > 2
    for name in STEMS:
        np.testing.assert_array_equal(np.concatenate([piece[name] for piece in pieces], axis=1), whole[name])


def test_no_blocks_give_nothing() -> None:
    assert list(split_stems_blocks([], 8000)) == []


def test_the_same_mix_gives_the_same_stems(parts: dict[str, np.ndarray]) -> None:
    mix = sum(parts.values())[:, : 2 * RATE_HZ]
    first, second = split_stems(mix, RATE_HZ), split_stems(mix, RATE_HZ)
    assert all(np.array_equal(first[name], second[name]) for name in STEMS)


def test_bad_input_is_refused() -> None:
    with pytest.raises(ValueError, match="not finite"):
        split_stems(np.array([[0.0, np.nan]], np.float32), 8000)
    with pytest.raises(ValueError, match="float samples"):
        split_stems(np.zeros((2, 10), np.int16), 8000)
    with pytest.raises(InputError, match="no such engine"):
        split_stems(np.zeros((1, 10), np.float32), 8000, engine="magic")


def test_every_engine_has_a_card() -> None:
    for engine in ENGINES:
        assert callable(engine.load())
        assert engine.card.summary
        assert engine.card.source


def test_a_file_becomes_stems(tmp_path: Path) -> None:
    loud = np.clip(np.random.default_rng(6).normal(0, 0.9, (2, 3 * RATE_HZ)), -1, 1).astype(np.float32)
    source = save_audio(Audio(samples=loud, rate_hz=RATE_HZ), tmp_path / "mix.wav")
    told: list[float] = []
    paths = split_file(source, tmp_path / "stems", progress=told.append)
    assert sorted(path.name for path in paths.values()) == ["bass.flac", "drums.flac", "other.flac", "vocals.flac"]
    total = sum(load_audio(path).samples for path in paths.values())
    assert 20 * np.log10(np.sqrt(np.mean((total - loud) ** 2)) / np.sqrt(np.mean(loud**2))) < -60
    assert told[-1] == 1.0


def test_a_real_mix_is_taken_apart(data_dir: Path, tmp_path: Path) -> None:
    source = data_dir / "bench" / "mdb_drums" / "audio" / "MusicDelta_Rock_MIX.flac"
    if not source.is_file():
        pytest.skip("the mix is not in this data folder")
    mix = load_audio(source, end_s=12.0)
    stems = split_stems(mix.samples, mix.rate_hz)
    assert residual_db(stems, mix.samples) < -100
    assert all(energy(stem) > 1e-3 * energy(mix.samples) for stem in stems.values())
