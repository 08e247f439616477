"""From recordings to a table: what is in it, what is not and why, found again, the same each time."""

import csv
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hexachord.audio import Audio, load_audio, save_audio
from hexachord.audio_analysis.descriptors import describe_frames
from hexachord.corpus.batch import BatchStep
from hexachord.errors import InputError
from hexachord.learning.datasets.dataset import Dataset, Track
from hexachord.learning.features import extraction
from hexachord.learning.features.extraction import (
    ExtractionOptions,
    Stretch,
    describe_stretch,
    extract_features,
    extract_frames,
    feature_table,
    load_frames,
)
from hexachord.learning.features.pooling import SOUNDING, VOICED, PoolingOptions, pool

RATE = 22050
FEW = ExtractionOptions(families=("dynamics", "timbre"))


@pytest.fixture(scope="module")
def songs(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """Two tones, a part of one of them, silence, noise called a flac, a file that is not there, and a track without one."""
    folder = tmp_path_factory.mktemp("songs")
    time = np.arange(3 * RATE) / RATE
    rng = np.random.default_rng(0)
    for name, f0_hz in [("low", 220.0), ("high", 1760.0)]:
        tone = 0.3 * np.sin(2 * np.pi * f0_hz * time) * (1 + 0.5 * np.sin(2 * np.pi * 3 * time)) + 0.01 * rng.normal(size=len(time))
        save_audio(Audio(samples=tone.astype(np.float32)[None], rate_hz=RATE), folder / f"{name}.flac")
    save_audio(Audio(samples=np.zeros((1, RATE), dtype=np.float32), rate_hz=RATE), folder / "silent.wav")
    (folder / "broken.flac").write_bytes(rng.bytes(5000))
    tracks = [
        Track(id="high", path=folder / "high.flac", labels=("h",)),
        Track(id="low", path=folder / "low.flac", labels=("l",)),
        Track(id="low end", path=folder / "low.flac", labels=("l",), start_s=1.0, end_s=2.5),
        Track(id="silent", path=folder / "silent.wav"),
        Track(id="broken", path=folder / "broken.flac"),
        Track(id="absent", path=folder / "absent.wav"),
        Track(id="numbers only"),
    ]
    return Dataset(name="tones", root=folder, tracks=tuple(tracks))


@pytest.mark.parametrize("workers", [0, 2])
def test_table_is_pooled_descriptors(songs: Dataset, tmp_path: Path, workers: int) -> None:
    steps: list[BatchStep] = []
    frames = extract_frames(songs, tmp_path, options=FEW, workers=workers, progress=steps.append)
    assert [step.done for step in steps] == list(range(1, 7))
    found = feature_table(frames, tmp_path, workers=workers)
    assert found.table.ids == ("high", "low", "low end")
    assert found.table.times_s is None
    track = songs.tracks[2]
    assert track.path is not None
    samples = load_audio(track.path, rate_hz=RATE, mono=True, start_s=1.0, end_s=2.5).samples[0]
    direct = describe_frames(samples, families=FEW.families)
    pooled = pool(direct.values, direct.names, hop_s=direct.hop_s, song=direct.song)
    assert found.table.names == pooled.names
    np.testing.assert_array_equal(found.table.values[2], pooled.values[0])
    assert set(found.table.blocks) == set(FEW.families)
    assert np.isfinite(found.table.values).all()
    kept = load_frames(frames.paths["low end"])
    np.testing.assert_array_equal(kept.values, direct.values)
    assert kept.names == direct.names
    assert kept.song == pytest.approx(dict(direct.song))
    assert list(found.skipped) == ["numbers only", "silent", "broken", "absent"]
    assert "only silence (no sample above -80 dBFS)" in found.skipped["silent"]
    assert all(line.startswith(str(songs.root)) for name, line in found.skipped.items() if name != "numbers only")
    assert "found no file" in found.skipped["numbers only"]


def test_found_again_and_the_same(songs: Dataset, tmp_path: Path) -> None:
    first = extract_frames(songs, tmp_path, options=FEW, workers=0)
    again = extract_frames(songs, tmp_path, options=FEW, workers=0)
    assert (first.batch.computed, again.batch.computed, again.batch.reused) == (6, 3, 3), "only failures are tried again"
    other = extract_frames(songs, tmp_path, options=replace(FEW, rate_hz=16000), workers=0)
    assert other.batch.reused == 0
    new = extract_frames(songs, tmp_path / "elsewhere", options=FEW, workers=1)
    for name in first.paths:
        assert first.paths[name].read_bytes() == new.paths[name].read_bytes(), "the same bytes, whoever computes them"


def test_with_and_without_frames_on_the_disk(songs: Dataset, tmp_path: Path) -> None:
    pooling = PoolingOptions(statistics=("median", "delta_std"), chunk_s=1.0, choices=(SOUNDING,), covariance=("timbre/mfcc_",))
    kept = feature_table(extract_frames(songs, tmp_path, options=FEW, workers=0), tmp_path, pooling=pooling, workers=0)
    direct = extract_features(songs, tmp_path / "rows", options=FEW, pooling=pooling, workers=0)
    assert direct.table.names == kept.table.names
    assert direct.table.ids == kept.table.ids == ("high",) * 3 + ("low",) * 3 + ("low end",) * 2
    np.testing.assert_array_equal(direct.table.values, kept.table.values)
    assert direct.table.times_s is not None
    np.testing.assert_allclose(direct.table.times_s, [0, 1, 2, 0, 1, 2, 1, 2], atol=0.02)
    assert dict(direct.skipped) == dict(kept.skipped)
    assert not list((tmp_path / "rows").rglob("frames/*"))


def test_from_beat_to_beat(songs: Dataset, tmp_path: Path) -> None:
    good = songs.take([0, 1])
    frames = extract_frames(good, tmp_path, options=FEW, workers=0)
    pooling = PoolingOptions(beats=True, statistics=("mean",))
    found = feature_table(frames, tmp_path, pooling=pooling, beats={"high": np.array([0.5, 1.0, 1.5])}, workers=0)
    assert found.table.ids == ("high",)
    assert "found 0 within the recording" in found.skipped["low"]


def test_pieces_without_a_frame_that_counts_have_no_row(tmp_path: Path) -> None:
    time = np.arange(2 * RATE) / RATE
    tone = 0.3 * np.sin(2 * np.pi * 330 * time)
    silence = np.zeros(2 * RATE)
    for name, parts in [("late", [silence, silence, tone]), ("quiet", [1e-3 * np.random.default_rng(0).normal(size=3 * RATE)])]:
        save_audio(Audio(samples=np.concatenate(parts).astype(np.float32)[None], rate_hz=RATE), tmp_path / f"{name}.wav")
    tracks = tuple(Track(id=name, path=tmp_path / f"{name}.wav") for name in ("late", "quiet"))
    pooling = PoolingOptions(chunk_s=1.0, choices=(SOUNDING, VOICED))
    options = ExtractionOptions(families=("dynamics", "tonal"))
    found = extract_features(Dataset(name="late", tracks=tracks), tmp_path / "kept", options=options, pooling=pooling, workers=0)
    assert found.table.ids == ("late", "late")
    assert found.table.times_s is not None
    np.testing.assert_allclose(found.table.times_s, [4.0, 5.0], atol=0.05)
    assert np.isfinite(found.table.values).all()
    assert "found hardly a frame that counts (dynamics/rms and tonal/pitch_salience); expected 10% of them" in found.skipped["quiet"]


def test_frames_with_a_pitch(songs: Dataset) -> None:
    path = songs.tracks[1].path
    assert path is not None
    frames = describe_stretch(Stretch(path=path))
    from hexachord.learning.features.pooling import chosen_frames

    assert chosen_frames(frames.values, frames.names, VOICED).mean() > 0.9
    rng = np.random.default_rng(1)
    noise = describe_frames(rng.normal(size=RATE).astype(np.float32) * 0.1)
    assert chosen_frames(noise.values, noise.names, VOICED).mean() < 0.1


def test_long_recordings_go_by_way_of_the_disk(songs: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    path = songs.tracks[0].path
    assert path is not None
    item = Stretch(path=path, start_s=0.25, end_s=2.75)
    options = ExtractionOptions(families=("dynamics",), rate_hz=16000)
    short = describe_stretch(item, options)
    monkeypatch.setattr(extraction, "_LONG_S", 0.1)
    long = describe_stretch(item, options)
    np.testing.assert_array_equal(long.values, short.values)
    with pytest.raises(InputError, match="only silence"):
        describe_stretch(Stretch(path=path.with_name("silent.wav")))


def test_nothing_to_describe(songs: Dataset, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no recording that could be described; the first: .*only silence"):
        extract_features(songs.take([3, 4]), tmp_path, options=FEW, workers=0)
    with pytest.raises(InputError, match="melody"):
        extract_frames(songs, tmp_path, options=ExtractionOptions(families=("melody",)))
    wrong = tmp_path / "wrong.npz"
    np.savez(wrong, a=np.zeros(3))
    with pytest.raises(InputError, match="no frames of descriptors"):
        load_frames(wrong)


def excerpts(data_dir: Path, count: int) -> Dataset:
    folder = data_dir / "bench" / "artists"
    if not (folder / "index.csv").is_file():
        pytest.skip("no bench/artists in HEXACHORD_DATA")
    with open(folder / "index.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))[:count]
    return Dataset(name="artists", root=folder, tracks=tuple(Track(id=row["file"], path=folder / row["file"]) for row in rows))


@pytest.mark.data
@pytest.mark.slow
def test_real_music(data_dir: Path, tmp_path: Path) -> None:
    """Everything there is to say of six excerpts: no number is missing, pieces too, and twice the same."""
    music = excerpts(data_dir, 6)
    pooling = PoolingOptions(
        statistics=("mean", "std", "min", "max", "median", "p10", "p90", "skew", "kurtosis", "delta_mean", "delta_std", "delta2_std"),
        covariance=("timbre/mfcc_",),
    )
    frames = extract_frames(music, tmp_path, workers=2)
    found = feature_table(frames, tmp_path, pooling=pooling, workers=2)
    assert found.table.ids == music.ids
    assert found.skipped == {}
    assert len(found.table.names) > 4000
    assert np.isfinite(found.table.values).all()
    assert {"dynamics", "timbre", "spectral", "bands", "tonal", "rhythm"} <= set(found.table.blocks)
    again = extract_features(music, tmp_path / "again", pooling=pooling, workers=1)
    assert again.table.names == found.table.names
    np.testing.assert_array_equal(again.table.values, found.table.values)
    textures = feature_table(frames, tmp_path, pooling=PoolingOptions(texture_s=1.0, chunk_s=5.0), workers=2)
    assert len(textures.table.ids) == 6 * 4
    assert np.isfinite(textures.table.values).all()


MANY = """
import sys
from pathlib import Path
from hexachord.learning.datasets.dataset import Dataset, Track
from hexachord.learning.features.extraction import ExtractionOptions, extract_frames
if __name__ == "__main__":
    files = sorted(Path(sys.argv[1]).iterdir())
    frames = extract_frames(
        Dataset(name="many", tracks=tuple(Track(id=file.name, path=file) for file in files)),
        sys.argv[2], workers=2, options=ExtractionOptions(families=("dynamics", "timbre", "tonal")),
        progress=lambda step: print(step.done, step.peak_rss_bytes, flush=True),
    )
    batch = frames.batch
    print(batch.computed, batch.reused, batch.cpu_s / (batch.wall_s * batch.workers), *sorted(frames.skipped))
"""


@pytest.mark.data
@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="signals are sent as on POSIX systems")
def test_sixty_files_killed_in_the_middle(data_dir: Path, tmp_path: Path) -> None:
    """A small one of the measured run over a thousand files: four of them bad, killed, resumed; memory does not grow."""
    cut = tmp_path / "cut"
    cut.mkdir()
    for number, track in enumerate(excerpts(data_dir, 14).tracks):
        assert track.path is not None
        for part in range(4):
            piece = load_audio(track.path, start_s=4.0 * part, end_s=4.0 * part + 3.0)
            save_audio(replace(piece, samples=0.5 * piece.samples), cut / f"{number:02d}-{part}.flac")
    rng = np.random.default_rng(0)
    (cut / "01-corrupt.flac").write_bytes(rng.bytes(20000))
    (cut / "02-empty.flac").write_bytes(b"")
    save_audio(Audio(samples=np.zeros((1, 3 * RATE), dtype=np.float32), rate_hz=RATE), cut / "03-silent.wav")
    import soundfile

    soundfile.write(cut / "04-nan.wav", np.full(RATE, np.nan, dtype=np.float32), RATE, subtype="FLOAT")
    command = [sys.executable, "-c", MANY, str(cut), str(tmp_path / "kept")]
    run = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert run.stdout is not None
    for _ in range(20):
        run.stdout.readline()
    run.send_signal(signal.SIGKILL)
    run.communicate(timeout=30)
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "kept").rglob("*.npz") if not path.name.startswith(".")}
    assert 15 <= len(before) < 50
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    computed, reused, _, *skipped = lines[-1].split()
    assert (int(computed), int(reused)) == (60 - len(before), len(before))
    assert skipped == ["01-corrupt.flac", "02-empty.flac", "03-silent.wav", "04-nan.wav"]
    after = {path: path.stat().st_mtime_ns for path in (tmp_path / "kept").rglob("*.npz")}
    assert len(after) == 56
    assert before.items() <= after.items(), "nothing is done twice"
    for path in after:
        load_frames(path)
    peaks = [int(line.split()[1]) for line in lines[:-1]]
    settled = peaks[len(before) + 12]
    assert peaks[-1] < 1.25 * settled + 10e6
