"""The whole of `describe_frames`: its grid, its edges, its families, its blocks."""

from pathlib import Path

import numpy as np
import pytest
from known_signals import HOP, RATE_HZ, described, tone, white

from hexachord.audio_analysis.descriptors import CATALOGUE, FAMILIES, OPTIONAL_FAMILIES, catalogue_json, describe_frames
from hexachord.errors import InputError


def song(seconds: float = 12.0) -> np.ndarray:
    """Tones, noise and strokes, so that every descriptor has something to say."""
    noise = white(level=0.05, seconds=seconds)
    t = np.arange(len(noise)) / RATE_HZ
    strokes = noise * np.exp(-20 * (t % 0.5)) * 4
    return (tone(196, (0.2, 0.1, 0.05), seconds=seconds) * (1 + (t % 3 > 1.5)) / 2 + noise / 10 + strokes).astype(np.float32)


def test_names_are_the_catalogue() -> None:
    found = describe_frames(song(2.0), beats_s=np.array([0.5, 1.0]))
    expected = [column for entry in CATALOGUE.values() if not entry.song and entry.family in FAMILIES for column in entry.columns]
    assert list(found.names) == expected
    assert found.values.shape == (1 + 2 * RATE_HZ // HOP, len(expected))
    assert found.values.dtype == np.float32
    numbers = [column for entry in CATALOGUE.values() if entry.song and entry.family in FAMILIES for column in entry.columns]
    assert list(found.song) == numbers
    assert len(set(found.names) | set(found.song)) == len(found.names) + len(found.song)
    assert found.times_s[1] == pytest.approx(HOP / RATE_HZ)


def test_without_beats_there_is_no_loudness_of_beats() -> None:
    found = describe_frames(song(2.0)).song
    missing = {name for name, entry in CATALOGUE.items() if entry.song and entry.columns[0] not in found}
    assert missing == {"rhythm/beats_loudness", "rhythm/beats_loudness_std", "rhythm/beats_loudness_band_ratio", "patterns/rhythm_pattern"}


def test_every_row_of_the_catalogue_is_explained() -> None:
    for row in catalogue_json():
        assert row["family"] in FAMILIES + OPTIONAL_FAMILIES
        assert len(str(row["meaning"])) > 4
        assert row["scope"] in ("song", "frame")


@pytest.mark.parametrize(
    "signal",
    [np.zeros(1), np.ones(1), np.zeros(RATE_HZ), np.ones(RATE_HZ), -np.ones(700), np.full(5000, 1e-30), np.full(5000, 1e4), np.zeros(0)],
    ids=["one_zero", "one", "silence", "constant", "short", "tiny", "huge", "empty"],
)
def test_edges_are_finite(signal: np.ndarray) -> None:
    with np.errstate(all="raise", under="ignore"):
        found = describe_frames(signal.astype(np.float32), families=FAMILIES + OPTIONAL_FAMILIES, beats_s=np.array([0.0, 0.5]))
    assert np.isfinite(found.values).all()
    assert all(np.isfinite(value) for value in found.song.values())
    assert len(found.values) == (1 + len(signal) // HOP if len(signal) else 0)


def test_silence_is_zero_but_for_decibels() -> None:
    found = described("silence")
    loud = {"dynamics/momentary_lufs", "dynamics/short_term_lufs", "timbre/mfcc", "timbre/bfcc", "timbre/gfcc", "spectral/valley"}
    for entry in CATALOGUE.values():
        if not entry.song and entry.name not in loud:
            assert not found.columns(entry.name).any(), entry.name


@pytest.mark.parametrize("block_frames", [37, 512])
def test_blocks_make_no_difference(block_frames: int) -> None:
    signal = song()
    families = FAMILIES + OPTIONAL_FAMILIES
    whole, pieces = describe_frames(signal, families=families), describe_frames(signal, families=families, block_frames=block_frames)
    scale = np.maximum(np.abs(whole.values).max(axis=0), 1e-6)
    # single precision: how many rows a matrix product has decides in which order it adds
    far = np.abs(whole.values - pieces.values) / scale
    assert far.max() < 2e-6, whole.names[int(far.max(axis=0).argmax())]
    for name, entry in CATALOGUE.items():
        numbers, again = (np.array([found.song[column] for column in entry.columns if column in found.song]) for found in (whole, pieces))
        assert np.abs(numbers - again).max(initial=0.0) <= 2e-6 * np.abs(numbers).max(initial=1e-6), name


def test_a_family_alone_says_the_same() -> None:
    signal = song(4.0)
    whole = describe_frames(signal, families=FAMILIES + OPTIONAL_FAMILIES)
    for family in FAMILIES + OPTIONAL_FAMILIES:
        alone = describe_frames(signal, families=[family])
        assert all(name.startswith(family) for name in (*alone.names, *alone.song))
        for name in alone.names:
            np.testing.assert_allclose(alone.column(name), whole.column(name), rtol=1e-5, atol=1e-6, err_msg=name)
        for name, value in alone.song.items():
            assert value == pytest.approx(whole.song[name], rel=1e-6, abs=1e-9), name


def test_a_memory_map_and_doubles_say_the_same(tmp_path: Path) -> None:
    signal = song(3.0)
    np.save(tmp_path / "song.npy", signal)
    mapped = np.load(tmp_path / "song.npy", mmap_mode="r")
    whole = describe_frames(signal)
    np.testing.assert_array_equal(describe_frames(mapped).values, whole.values)
    double = describe_frames(signal.astype(np.float64))
    name = "spectral/centroid_hz"
    np.testing.assert_allclose(double.column(name), whole.column(name), rtol=1e-4)


@pytest.mark.parametrize("rate_hz", [8000, 16000, 44100, 48000])
def test_other_rates(rate_hz: int) -> None:
    t = np.arange(3 * rate_hz) / rate_hz
    signal = (0.3 * np.sin(2 * np.pi * 440 * t)).astype(np.float32)
    found = describe_frames(signal, rate_hz=rate_hz, families=FAMILIES + OPTIONAL_FAMILIES)
    assert np.isfinite(found.values).all()
    middle = len(found.values) // 2
    assert found.column("tonal/pitch_hz")[middle] == pytest.approx(440, rel=0.01)
    assert found.column("spectral/centroid_hz")[middle] == pytest.approx(440, rel=0.01)
    assert found.column("tonal/chroma_cqt_A")[middle] == pytest.approx(1.0)
    assert found.song["dynamics/leq_db"] == pytest.approx(-13.47, abs=0.05)


def test_the_shape_is_asked_for() -> None:
    found = describe_frames(song(1.0), families=["timbre"])
    assert found.columns("timbre/mfcc").shape == (44, 20)
    with pytest.raises(KeyError):
        found.column("timbre/mfcc_99")
    with pytest.raises(KeyError):
        found.columns("spectral/flux")


def test_bad_input_is_explained() -> None:
    with pytest.raises(InputError, match="no such family"):
        describe_frames(song(1.0), families=["colour"])
    with pytest.raises(InputError, match="mono"):
        describe_frames(np.zeros((2, 100), dtype=np.float32))
    with pytest.raises(InputError, match="mono float"):
        describe_frames(np.zeros(100, dtype=np.int16))
    with pytest.raises(InputError, match="sampling rate"):
        describe_frames(song(1.0), rate_hz=100)
    for wrong in (np.nan, np.inf):
        signal = song(1.0)
        signal[5000] = wrong
        with pytest.raises(InputError, match="finite"):
            describe_frames(signal)
        with pytest.raises(InputError, match="finite"):
            describe_frames(signal, families=["dynamics"])


@pytest.mark.slow
def test_an_hour_in_bounded_memory(tmp_path: Path) -> None:
    """Only the result grows: what is held besides is far below the signal itself."""
    import resource

    short = song(60.0)
    path = tmp_path / "hour.npy"
    mapped = np.lib.format.open_memmap(path, mode="w+", dtype=np.float32, shape=(60 * len(short),))
    for minute in range(60):
        mapped[minute * len(short) : (minute + 1) * len(short)] = short
    mapped.flush()
    describe_frames(short, families=["spectral", "dynamics"])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = describe_frames(np.load(path, mmap_mode="r"), families=["spectral", "dynamics"])
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
    assert len(found.values) > 150_000
    assert grown < 3 * found.values.nbytes + mapped.nbytes + (200 << 20)  # a memory map's pages count while there is room for them
