import warnings
from pathlib import Path

import numpy as np
import pytest
import soundfile

from hexachord.audio import Audio, AudioFile, AudioWriter, ClippedAudioWarning, load_audio, save_audio
from hexachord.errors import InputError, MissingExtraError, OutputError

RATE_HZ = 44100


def noise(seconds: float = 1.0, channels: int = 2, rate_hz: int = RATE_HZ, seed: int = 0) -> Audio:
    samples = np.random.default_rng(seed).uniform(-0.5, 0.5, (channels, round(seconds * rate_hz))).astype(np.float32)
    return Audio(samples=samples, rate_hz=rate_hz)


@pytest.mark.parametrize(
    ("suffix", "subtype", "tolerance"), [(".wav", "FLOAT", 0), (".wav", "PCM_16", 2**-15), (".flac", "PCM_24", 2**-22)]
)
def test_lossless_formats_return_what_was_written(tmp_path: Path, suffix: str, subtype: str, tolerance: float) -> None:
    audio = noise()
    back = load_audio(save_audio(audio, tmp_path / f"a{suffix}", subtype=subtype))
    assert back.rate_hz == RATE_HZ
    np.testing.assert_allclose(back.samples, audio.samples, atol=tolerance)


@pytest.mark.parametrize("suffix", [".ogg", ".mp3", ".opus"])
def test_lossy_formats_keep_length_and_place(tmp_path: Path, suffix: str) -> None:
    rate_hz = 48000
    tone = 0.3 * np.sin(2 * np.pi * np.cumsum(np.linspace(200, 2000, 2 * rate_hz)) / rate_hz)  # a sweep: no other shift matches it
    back = load_audio(save_audio(Audio(samples=tone.astype(np.float32), rate_hz=rate_hz), tmp_path / f"a{suffix}"))
    assert back.frames == len(tone)
    assert np.corrcoef(back.samples[0], tone)[0, 1] > 0.998


@pytest.mark.parametrize("suffix", [".ogg", ".mp3", ".flac"])
def test_a_second_pass_and_an_excerpt_are_as_exact_as_the_first(tmp_path: Path, suffix: str) -> None:
    sweep = 0.3 * np.sin(2 * np.pi * np.cumsum(np.linspace(200, 2000, 2 * RATE_HZ)) / RATE_HZ)
    with AudioFile(save_audio(Audio(samples=sweep.astype(np.float32), rate_hz=RATE_HZ), tmp_path / f"a{suffix}")) as file:
        first, second = (np.concatenate([b.samples for b in file.blocks(block_s=0.1)], axis=1) for _ in range(2))
        part = next(file.blocks(block_s=0.5, start_s=1.0))
    np.testing.assert_array_equal(first, second)
    np.testing.assert_allclose(part.samples, first[:, RATE_HZ : RATE_HZ + part.frames], atol=1e-4)


def test_opus_takes_any_rate_by_resampling(tmp_path: Path) -> None:
    back = load_audio(save_audio(noise(0.5), tmp_path / "a.opus"))
    assert back.rate_hz == 48000
    assert back.duration_s == pytest.approx(0.5, abs=1e-3)


@pytest.mark.parametrize(("codec", "suffix"), [("aac", ".m4a"), ("alac", ".m4a"), ("aac", ".mp4")])
def test_m4a_comes_in_exact_length_and_place(tmp_path: Path, codec: str, suffix: str) -> None:
    av = pytest.importorskip("av")
    sweep = 0.3 * np.sin(2 * np.pi * np.cumsum(np.linspace(200, 2000, 3 * RATE_HZ)) / RATE_HZ)
    path = tmp_path / f"a{suffix}"
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=RATE_HZ, layout="mono")
        stream.format = "fltp" if codec == "aac" else "s16p"
        dtype, scale = (np.float32, 1) if codec == "aac" else (np.int16, 32767)
        for start in range(0, len(sweep), 1024):
            block = (sweep[np.newaxis, start : start + 1024] * scale).astype(dtype)
            frame = av.AudioFrame.from_ndarray(block, format=stream.format.name, layout="mono")
            frame.sample_rate, frame.pts = RATE_HZ, start
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    back = load_audio(path)
    assert back.frames == len(sweep)
    assert np.corrcoef(back.samples[0], sweep)[0, 1] > 0.99


def test_m4a_without_the_extra_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "song.m4a").write_bytes(b"\0\0\0\x20ftypM4A " + bytes(500))
    monkeypatch.setattr("hexachord.audio.decode_av.is_installed", lambda: False)
    with pytest.raises(MissingExtraError, match=r"pip install 'hexachord\[av\]'"):
        load_audio(tmp_path / "song.m4a")


@pytest.mark.parametrize("overlap_s", [0.0, 0.05])
@pytest.mark.parametrize("rate_hz", [None, 22050])
def test_blocks_joined_equal_the_whole(tmp_path: Path, overlap_s: float, rate_hz: int | None) -> None:
    path = save_audio(noise(1.37), tmp_path / "a.wav", subtype="FLOAT")
    whole = load_audio(path, rate_hz=rate_hz)
    with AudioFile(path) as file:
        blocks = list(file.blocks(block_s=0.2, overlap_s=overlap_s, rate_hz=rate_hz))
    overlap = round(overlap_s * whole.rate_hz)
    joined = np.concatenate([blocks[0].samples, *(block.samples[:, overlap:] for block in blocks[1:])], axis=1)
    np.testing.assert_allclose(joined, whole.samples, atol=1e-6)
    assert {block.duration_s for block in blocks[:-1]} == {0.2}


def test_a_file_of_exactly_one_block_is_one_block(tmp_path: Path) -> None:
    path = save_audio(noise(0.4), tmp_path / "a.wav")
    with AudioFile(path) as file:
        assert [block.frames for block in file.blocks(block_s=0.2, overlap_s=0.1)] == [8820, 8820, 8820]
        assert [block.frames for block in file.blocks(block_s=0.4)] == [17640]


def test_an_excerpt_starts_and_ends_where_asked(tmp_path: Path) -> None:
    audio = noise(1.0)
    path = save_audio(audio, tmp_path / "a.wav", subtype="FLOAT")
    part = load_audio(path, start_s=0.25, end_s=0.5)
    np.testing.assert_array_equal(part.samples, audio.excerpt(0.25, 0.5).samples)
    with pytest.raises(InputError, match="nothing between 2 s"):
        load_audio(path, start_s=2.0)


def test_eight_bits_and_many_channels(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "small.wav", noise(0.1, 1, 8000).samples.T, 8000, subtype="PCM_U8")
    small = load_audio(tmp_path / "small.wav")
    assert (small.rate_hz, small.channels) == (8000, 1)
    soundfile.write(tmp_path / "large.wav", noise(0.1, 6, 192_000).samples.T, 192_000)
    large = load_audio(tmp_path / "large.wav", rate_hz=22050, mono=True)
    assert large.samples.shape == (1, 2205)


def test_a_sine_survives_resampling_in_pitch_and_level() -> None:
    time_s = np.arange(RATE_HZ) / RATE_HZ
    tone = Audio(samples=(0.5 * np.sin(2 * np.pi * 1000 * time_s)).astype(np.float32), rate_hz=RATE_HZ)
    down = tone.resampled(22050).samples[0]
    expected = 0.5 * np.sin(2 * np.pi * 1000 * np.arange(22050) / 22050)
    assert np.abs(down - expected)[500:-500].max() < 1e-4


def damaged_files(folder: Path) -> dict[str, Path]:
    audio = noise(3.0, 1)
    (folder / "empty.wav").write_bytes(b"")
    (folder / "text.mp3").write_text("these are words, not sound\n" * 300)
    (folder / "junk.flac").write_text("these are words, not sound\n" * 300)
    (folder / "junk.m4a").write_bytes(bytes(range(256)) * 40)
    soundfile.write(folder / "zero.wav", np.zeros((0, 1), np.float32), RATE_HZ)
    for suffix in (".mp3", ".flac"):
        whole = save_audio(audio, folder / f"whole{suffix}").read_bytes()
        (folder / f"half{suffix}").write_bytes(whole[: len(whole) // 2])
    samples = audio.samples.copy()
    samples[0, 22050] = np.nan
    soundfile.write(folder / "nan.wav", samples.T, RATE_HZ, subtype="FLOAT")
    return {path.name: path for path in folder.iterdir()}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("empty.wav", "empty file"),
        ("text.mp3", "no decoder here knows"),
        ("junk.flac", "no decoder here knows"),
        ("junk.m4a", "no decoder here knows"),
        ("zero.wav", "without samples"),
        ("half.mp3", "truncated"),
        ("half.flac", "truncated"),
        ("nan.wav", r"not numbers .* the first at 0\.500 s"),
        ("missing.wav", "no such file"),
    ],
)
def test_bad_files_are_refused_in_words(tmp_path: Path, name: str, words: str) -> None:
    damaged_files(tmp_path)
    with pytest.raises(InputError, match=words) as caught:
        load_audio(tmp_path / name)
    assert name in str(caught.value)


@pytest.mark.parametrize("name", ["half.mp3", "half.flac", "nan.wav"])
def test_salvage_takes_what_is_there(tmp_path: Path, name: str) -> None:
    audio = load_audio(damaged_files(tmp_path)[name], salvage=True)
    assert audio.duration_s > 0.9
    assert np.isfinite(audio.samples).all()


def test_clipping_is_said_aloud_and_float_does_not_clip(tmp_path: Path) -> None:
    loud = Audio(samples=np.array([[0.0, 1.5, -2.0]], np.float32), rate_hz=RATE_HZ)
    with pytest.warns(ClippedAudioWarning, match="2 samples"):
        save_audio(loud, tmp_path / "a.wav")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        back = load_audio(save_audio(loud, tmp_path / "b.wav", subtype="FLOAT"))
    np.testing.assert_array_equal(back.samples, loud.samples)


def test_a_failed_write_leaves_nothing(tmp_path: Path) -> None:
    target = tmp_path / "a.wav"
    writer = AudioWriter(target, rate_hz=RATE_HZ, channels=1)

    def write_half() -> None:
        with writer:
            writer.write(np.zeros((1, 100), np.float32))
            raise RuntimeError("halfway")

    with pytest.raises(RuntimeError, match="halfway"):
        write_half()
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(OutputError):
        save_audio(noise(0.1, 9), tmp_path / "nine.mp3")
    assert list(tmp_path.iterdir()) == []


def test_unknown_suffixes_and_rates_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"'\.aiff2'"):
        save_audio(noise(0.1), tmp_path / "a.aiff2")
    with pytest.raises(InputError, match="44100 Hz"):
        AudioWriter(tmp_path / "a.opus", rate_hz=44100, channels=1)


@pytest.mark.parametrize("samples", [np.zeros((2, 3, 4), np.float32), np.zeros(5, np.int16), np.zeros((0, 5), np.float32)])
def test_arrays_of_the_wrong_kind_are_refused(samples: np.ndarray) -> None:
    with pytest.raises(ValueError, match="samples must"):
        Audio(samples=samples, rate_hz=RATE_HZ)
