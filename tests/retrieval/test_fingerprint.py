"""Fingerprints: the same recording is found whatever was done to it, others are not."""

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from scipy import signal

from hexachord.arrays import Float32Array
from hexachord.audio import Audio, AudioWriter, load_audio
from hexachord.retrieval import Fingerprint, FingerprintOptions, fingerprint, match, near_duplicates
from hexachord.retrieval.inverted import candidate_pairs
from hexachord.retrieval.landmarks import pair_peaks, thin_peaks

RATE_HZ = 16000


def melody(number: int, *, seconds: float = 15.0) -> Float32Array:
    """Two voices of plucked notes, drawn by the number."""
    random = np.random.default_rng([number, 3])
    samples = 0.002 * random.standard_normal(round(seconds * RATE_HZ))
    for voice in range(2):
        at = 0
        while at < len(samples) - 2000:
            length = int(random.choice([2000, 3200, 4800, 6400]))
            time_s = np.arange(min(2 * length, len(samples) - at)) / RATE_HZ
            f0_hz = 110 * 2 ** (voice + int(random.integers(0, 24)) / 12)
            samples[at : at + len(time_s)] += sum(np.sin(2 * np.pi * f0_hz * k * time_s) / k for k in range(1, 7)) * np.exp(-5 * time_s)
            at += length
    return (0.1 * samples).astype(np.float32)


@pytest.fixture(scope="module")
def melodies() -> list[Float32Array]:
    return [melody(number) for number in range(12)]


@pytest.fixture(scope="module")
def prints(melodies: list[Float32Array]) -> list[Fingerprint]:
    return [fingerprint(one, RATE_HZ) for one in melodies]


def noisy(samples: Float32Array, *, seed: int = 1) -> Float32Array:
    noise = np.random.default_rng(seed).standard_normal(len(samples))
    return (samples + noise * np.sqrt(np.mean(samples**2)) * 10 ** (-10 / 20)).astype(np.float32)


def equalised(samples: Float32Array) -> Float32Array:
    b, a = signal.butter(2, [300, 2500], btype="band", fs=RATE_HZ)
    return signal.lfilter(b, a, samples).astype(np.float32)


CHANGES: dict[str, Callable[[Float32Array], Float32Array]] = {
    "softer": lambda samples: samples * np.float32(0.01),
    "clipped": lambda samples: np.clip(4 * samples, -0.2, 0.2),
    "inverted": lambda samples: -samples,
    "noise at 10 dB": noisy,
    "telephone": equalised,
    "an excerpt": lambda samples: samples[53_211:149_001],
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_copy_is_found_and_nothing_else(melodies: list[Float32Array], prints: list[Fingerprint], change: str) -> None:
    changed = fingerprint(CHANGES[change](melodies[4]), RATE_HZ)
    found = [number for number, one in enumerate(prints) if match(changed, one).same]
    assert found == [4]
    offset_s = match(changed, prints[4]).offset_s
    assert offset_s == pytest.approx(53_211 / RATE_HZ if change == "an excerpt" else 0.0, abs=0.05)
    assert match(prints[4], changed).offset_s == pytest.approx(-offset_s, abs=0.05)


def test_coding_at_32_kbit_s_is_survived(melodies: list[Float32Array], prints: list[Fingerprint], tmp_path: Path) -> None:
    with AudioWriter(tmp_path / "a.mp3", rate_hz=RATE_HZ, channels=1, bitrate_kbps=32) as writer:
        writer.write(melodies[2][None])
    coded = load_audio(tmp_path / "a.mp3")
    found = match(fingerprint(coded.samples, coded.rate_hz), prints[2])
    assert found.same
    assert found.score > 0.3


def test_rates_and_channels_do_not_matter(melodies: list[Float32Array], prints: list[Fingerprint]) -> None:
    other = Audio(samples=np.stack([melodies[1], 0.5 * melodies[1]]), rate_hz=RATE_HZ).resampled(44100)
    assert match(fingerprint(other.samples, 44100), prints[1]).score > 0.9


def test_a_recording_fits_itself(prints: list[Fingerprint]) -> None:
    found = match(prints[0], prints[0])
    assert (found.score, found.offset_s) == (1.0, 0.0)
    assert found.votes == len(prints[0])


@pytest.mark.parametrize("samples", [np.zeros(0), np.zeros(40_000), np.ones(40_000), np.array([0.5]), np.zeros((2, 100))])
def test_what_holds_no_music_matches_nothing(samples: Float32Array, prints: list[Fingerprint]) -> None:
    empty = fingerprint(samples, 8000)
    assert not match(empty, prints[0]).same
    assert not match(empty, empty).same
    assert not near_duplicates([empty, empty])


def test_samples_that_are_no_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="finite"):
        fingerprint(np.array([0.0, np.nan]), 8000)


def test_long_signals_are_worked_on_in_blocks_without_seams() -> None:
    noise = np.random.default_rng(0).standard_normal(8000 * 90).astype(np.float32)  # more than one block of 2048 frames
    whole = fingerprint(noise, 8000)
    seam = 2048 * 256
    part = fingerprint(noise[seam - 150 * 256 : seam + 150 * 256], 8000)
    assert match(part, whole).score > 0.9


def test_the_same_signal_gives_the_same_print(melodies: list[Float32Array], prints: list[Fingerprint]) -> None:
    again = fingerprint(melodies[0], RATE_HZ)
    np.testing.assert_array_equal(again.hashes, prints[0].hashes)
    np.testing.assert_array_equal(again.frames, prints[0].frames)
    assert np.all(np.diff(again.hashes.astype(np.int64)) >= 0)
    assert again.hashes.max() < 1 << 22


def test_options_decide_density_and_threshold(melodies: list[Float32Array]) -> None:
    few = fingerprint(melodies[0], RATE_HZ, options=FingerprintOptions(peaks_per_s=4, fan_out=2))
    assert 0 < len(few) < 15 * 4 * 2 * 1.5
    strict = FingerprintOptions(min_votes=10_000)
    assert not match(few, few, options=strict).same


def test_thinning_keeps_the_highest_of_a_neighbourhood() -> None:
    frames, levels = np.array([0, 1, 2, 3, 50, 51]), np.array([1.0, 5.0, 3.0, 4.0, 0.1, 0.2])
    assert thin_peaks(frames, levels, most=2, within=10).tolist() == [False, True, False, True, True, True]


def test_pairs_are_numbers_of_bin_and_distance() -> None:
    hashes, times = pair_peaks(np.array([10, 12, 13, 90]), np.array([100, 110, 300, 100]), fan_out=4)
    assert times.tolist() == [10]  # the third is too far in bins, the fourth in frames
    assert hashes.tolist() == [(100 << 13) | (74 << 6) | 2]


def test_the_inverted_index_finds_what_comparing_all_finds(melodies: list[Float32Array], prints: list[Fingerprint]) -> None:
    pieces = [
        fingerprint(noisy(melodies[number][start : start + 100_000]), RATE_HZ) for number, start in ((0, 9_000), (7, 100_000), (3, 31_000))
    ]
    everything = [*prints, *pieces]
    brute = [(i, j) for i in range(len(everything)) for j in range(i + 1, len(everything)) if match(everything[i], everything[j]).same]
    assert brute == [(0, 12), (3, 14), (7, 13)]
    assert [(first, second) for first, second, _ in near_duplicates(everything)] == brute
    assert near_duplicates([]) == near_duplicates(prints[:1]) == []


def test_a_thinned_index_still_finds_pairs(
    monkeypatch: pytest.MonkeyPatch, melodies: list[Float32Array], prints: list[Fingerprint]
) -> None:
    monkeypatch.setattr("hexachord.retrieval.inverted._MOST_PAIRS", 400)
    everything = [*prints, fingerprint(melodies[5][20_000:], RATE_HZ)]
    assert (5, 12) in candidate_pairs([(one.hashes, one.frames) for one in everything])


@pytest.mark.data
@pytest.mark.slow
def test_real_excerpts_are_told_apart_and_their_copies_found(data_dir: Path, tmp_path: Path) -> None:
    folder = data_dir / "bench" / "artists"
    if not (folder / "index.csv").exists():
        pytest.skip("no bench/artists in HEXACHORD_DATA")
    with open(folder / "index.csv", encoding="utf-8") as file:
        paths = [folder / row["file"] for row in csv.DictReader(file)][::3]
    random = np.random.default_rng(0)
    originals, copies = [], []
    for path in paths:
        audio = load_audio(path, mono=True, rate_hz=16000)
        start = int(random.integers(0, audio.frames // 2))
        piece = noisy(audio.samples[0][start : start + audio.frames // 2], seed=len(copies))  # one noise in all would be one recording
        with AudioWriter(tmp_path / "copy.mp3", rate_hz=16000, channels=1, bitrate_kbps=32) as writer:
            writer.write(np.clip(0.5 * piece, -1, 1)[None])
        coded = load_audio(tmp_path / "copy.mp3")
        originals.append(fingerprint(audio.samples, 16000))
        copies.append(fingerprint(coded.samples, coded.rate_hz))
    found = {(first, second) for first, second, _ in near_duplicates([*originals, *copies])}
    right = {(number, number + len(paths)) for number in range(len(paths))}
    assert len(found & right) >= len(right) - 1
    assert not found - right
