"""The index: facts of real files, kept and measured again only where a file changed; bad files cost themselves alone."""

import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from small_music import RATE_HZ, tune, write_tune

from hexachord.audio import Audio, AudioWriter, load_audio, save_audio
from hexachord.errors import InputError
from hexachord.learning.datasets.dataset import Dataset, Track
from hexachord.learning.datasets.facts import measure_file
from hexachord.learning.datasets.index import DatasetIndex, index_dataset, save_index
from hexachord.learning.datasets.loading import load_dataset
from hexachord.retrieval import match


def with_tag(path: Path, target: Path) -> Path:
    """Copy an mp3 behind an ID3v2 tag of 5000 bytes."""
    size = 5000
    head = b"ID3\x04\x00\x00" + bytes((size >> shift) & 0x7F for shift in (21, 14, 7, 0))
    frame = b"TIT2" + bytes((0, 0, 0, 9)) + b"\x00\x00\x03another "
    target.write_bytes(head + frame + bytes(size - len(frame)) + path.read_bytes())
    return target


def test_facts_of_a_tone_are_known(tmp_path: Path) -> None:
    time_s = np.arange(10 * 48000) / 48000
    tone = 10 ** (-23 / 20) * np.sin(2 * np.pi * 1000 * time_s)
    tone *= np.clip((time_s - 4.0) / 0.05, 0.0, 1.0)  # 4 s of silence, and no click after them
    path = save_audio(Audio(samples=np.stack([tone, tone]).astype(np.float32), rate_hz=48000), tmp_path / "tone.wav", subtype="FLOAT")
    facts = measure_file(path).facts
    assert (facts.format, facts.codec, facts.rate_hz, facts.channels) == ("wav", "FLOAT", 48000, 2)
    assert facts.duration_s == 10.0
    assert facts.loudness_lufs == pytest.approx(-23.0, abs=0.15)  # blocks half in the silence pass the gate
    assert facts.peak_dbfs == pytest.approx(-23.0, abs=0.01)
    assert facts.silence_share == pytest.approx(0.4, abs=0.006)
    assert facts.bitrate_kbps == pytest.approx(48 * 2 * 32, rel=0.01)
    assert 1000 <= facts.bandwidth_hz < 1150


def test_the_same_samples_hash_alike_whatever_holds_them(tmp_path: Path) -> None:
    audio = tune(1, seconds=2.0)
    wav = save_audio(audio, tmp_path / "a.wav", subtype="PCM_16")
    flac = save_audio(load_audio(wav), tmp_path / "a.flac", subtype="PCM_16")
    mp3 = save_audio(audio, tmp_path / "a.mp3")
    tagged = with_tag(mp3, tmp_path / "tagged.mp3")
    hashes = {path.name: measure_file(path).facts.content_sha256 for path in (wav, flac, mp3, tagged)}
    assert hashes["a.wav"] == hashes["a.flac"]
    assert hashes["a.mp3"] == hashes["tagged.mp3"] != hashes["a.wav"]
    assert measure_file(tagged).facts.bitrate_kbps == pytest.approx(measure_file(mp3).facts.bitrate_kbps, rel=1e-3)
    louder = save_audio(Audio(samples=audio.samples * np.float32(1.01), rate_hz=RATE_HZ), tmp_path / "b.wav", subtype="PCM_16")
    assert measure_file(louder).facts.content_sha256 != hashes["a.wav"]


def test_bandwidth_tells_what_a_coder_cut(tmp_path: Path) -> None:
    noise = 0.1 * np.random.default_rng(0).standard_normal(44100 * 4).astype(np.float32)
    full = save_audio(Audio(samples=noise, rate_hz=44100), tmp_path / "full.wav")
    coded = tmp_path / "low.mp3"
    with AudioWriter(coded, rate_hz=44100, channels=1, bitrate_kbps=64) as writer:
        writer.write(noise[None])
    again = save_audio(load_audio(coded), tmp_path / "again.flac")
    bands = [measure_file(path).facts.bandwidth_hz for path in (full, coded, again)]
    assert bands[0] > 21500
    assert bands[1] < 18500
    assert bands[2] == pytest.approx(bands[1], abs=100)  # kept in a lossless copy: the trace of its history
    old = Audio(samples=noise, rate_hz=44100).resampled(16000).resampled(44100)
    assert measure_file(save_audio(old, tmp_path / "old.wav")).facts.bandwidth_hz == pytest.approx(8000, abs=300)


@pytest.mark.parametrize("seconds", [0.0005, 0.03, 0.9])
def test_short_files_have_facts(tmp_path: Path, seconds: float) -> None:
    facts = measure_file(save_audio(tune(1, seconds=1.0).excerpt(0, seconds), tmp_path / "a.wav")).facts
    assert facts.duration_s == pytest.approx(seconds, abs=1e-4)
    assert np.isfinite(facts.bandwidth_hz)


def test_silence_is_silent(tmp_path: Path) -> None:
    record = measure_file(save_audio(Audio(samples=np.zeros((1, 32000), np.float32), rate_hz=16000), tmp_path / "a.wav"))
    assert (record.facts.loudness_lufs, record.facts.peak_dbfs, record.facts.silence_share) == (None, None, 1.0)
    assert record.print is not None
    assert len(record.print) == 0


def test_scores_have_a_hash_of_their_notes(tmp_path: Path) -> None:
    from hexachord.score.abc import read_abc
    from hexachord.score.formats import save_score

    score = read_abc("X:1\nM:4/4\nL:1/4\nK:C\nCDEF|GABc|\n")
    one, two = (save_score(score, tmp_path / name) for name in ("a.mid", "b.mid"))
    other = save_score(read_abc("X:1\nM:4/4\nL:1/4\nK:C\nCDEF|GABB|\n"), tmp_path / "c.mid")
    facts = [measure_file(saved.path).facts for saved in (one, two, other)]
    assert facts[0].content_sha256 == facts[1].content_sha256 != facts[2].content_sha256
    assert facts[0].codec == "notes"
    assert facts[0].duration_s == pytest.approx(4.0, abs=0.1)


@pytest.fixture
def collection(tmp_path: Path) -> Dataset:
    root = tmp_path / "music"
    for number, name in enumerate(("a/1.wav", "a/2.flac", "b/3.ogg", "b/4.mp3")):
        write_tune(root / name, number, seconds=3.0)
    (root / "b" / "empty.wav").write_bytes(b"")
    (root / "b" / "text.mp3").write_text("this is no sound " * 50)
    torn = (root / "a" / "2.flac").read_bytes()
    (root / "b" / "torn.flac").write_bytes(torn[: len(torn) // 2])
    return load_dataset(root)


def mended(index: DatasetIndex) -> dict[str, str]:
    return {name: line.partition("found ")[2] for name, line in index.failures.items()}


def test_an_index_goes_on_where_it_was(collection: Dataset, tmp_path: Path) -> None:
    steps = []
    index = index_dataset(collection, tmp_path / "cache", workers=1, progress=lambda step: steps.append(step.done))
    assert list(index.facts) == ["a/1.wav", "a/2.flac", "b/3.ogg", "b/4.mp3"]
    assert steps == list(range(1, 8))
    failures = mended(index)
    assert set(failures) == {"b/empty.wav", "b/text.mp3", "b/torn.flac"}
    assert "an empty file (0 bytes)" in failures["b/empty.wav"]
    again = index_dataset(collection, tmp_path / "cache", workers=0)
    assert again.to_plain() == index.to_plain()
    assert all(np.array_equal(again.prints[key].hashes, index.prints[key].hashes) for key in index.prints)

    path = collection.tracks[0].path
    assert path is not None
    write_tune(path, 9, seconds=3.0)
    os.utime(path, (1, 1))
    changed = index_dataset(collection, tmp_path / "cache", workers=0)
    assert changed.facts["a/1.wav"].content_sha256 != index.facts["a/1.wav"].content_sha256
    assert changed.facts["a/2.flac"] == index.facts["a/2.flac"]


def test_a_damaged_record_says_so(collection: Dataset, tmp_path: Path) -> None:
    index_dataset(collection, tmp_path / "cache", workers=0)
    record = next((tmp_path / "cache").rglob("*.npz"))
    record.write_bytes(record.read_bytes()[:100])
    with pytest.raises(InputError, match="delete it and run it again"):
        index_dataset(collection, tmp_path / "cache", workers=0)


def test_pieces_share_what_their_file_is(tmp_path: Path) -> None:
    path = write_tune(tmp_path / "a.wav", 1, seconds=3.0)
    tracks = tuple(Track(id=f"a#{start}", path=path, labels=("x",), start_s=start, end_s=start + 1.0) for start in range(3))
    index = index_dataset(Dataset(name="d", tracks=(*tracks, Track(id="numbers", labels=("y",)))), tmp_path / "cache", workers=0)
    assert len(index.facts) == 3
    assert len(set(index.facts.values())) == 1


def test_an_index_is_written(collection: Dataset, tmp_path: Path) -> None:
    import json

    index = index_dataset(collection, tmp_path / "cache", workers=0)
    plain = json.loads(save_index(index, tmp_path / "index.json").read_text(encoding="utf-8"))
    assert plain["facts"]["a/1.wav"]["rate_hz"] == RATE_HZ
    assert set(plain["failures"]) == set(index.failures)


def test_a_fingerprint_of_the_index_is_the_signal_s(tmp_path: Path) -> None:
    path = write_tune(tmp_path / "a.flac", 4, seconds=12.0)  # longer than a block
    shutil.copy(path, tmp_path / "b.flac")
    from hexachord.retrieval import fingerprint

    audio = load_audio(path)
    stored = measure_file(path).print
    assert stored is not None
    found = match(stored, fingerprint(audio.samples, audio.rate_hz))
    assert found.score > 0.98
    assert found.offset_s == pytest.approx(0.0, abs=0.01)
