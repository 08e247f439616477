"""Sound that is still coming: plain samples, WAV streams without a length, files at their own speed."""

import io
import struct
import wave
from pathlib import Path

import numpy as np
import pytest

from hexachord.audio_analysis.rhythm.online import OnlineBeat
from hexachord.cli.live_command import json_line, parse_pcm, text_line
from hexachord.errors import InputError
from hexachord.journeys.live import Pcm, open_file, open_stream

RAMP = np.linspace(-0.9, 0.9, 1000)


def written(kind: str) -> bytes:
    match kind:
        case "u8":
            return np.rint((RAMP + 1) * 128).astype(np.uint8).tobytes()
        case "s24":
            whole = np.rint(RAMP * 2**23).astype("<i4")
            return whole.view(np.uint8).reshape(-1, 4)[:, :3].tobytes()
        case "s16" | "s32":
            bits = int(kind[1:])
            return np.rint(RAMP * 2.0 ** (bits - 1)).astype(f"<i{bits // 8}").tobytes()
        case _:
            return RAMP.astype(f"<f{int(kind[1:]) // 8}").tobytes()


@pytest.mark.parametrize(("kind", "tolerance"), [("u8", 0.008), ("s16", 1e-4), ("s24", 1e-6), ("s32", 1e-6), ("f32", 1e-6), ("f64", 1e-6)])
def test_plain_samples_of_every_kind(kind: str, tolerance: float) -> None:
    sound = open_stream(io.BytesIO(written(kind) + (b"" if kind == "u8" else b"\0")), pcm=Pcm(rate_hz=22050, kind=kind))
    blocks = list(sound.blocks)
    assert sound.rate_hz == 22050
    assert all(block.shape == (1, 441) for block in blocks[:-1])
    np.testing.assert_allclose(np.concatenate(blocks, axis=1)[0], RAMP, atol=tolerance)


def wav(frames: bytes, *, channels: int, rate_hz: int, unknown_length: bool) -> bytes:
    into = io.BytesIO()
    with wave.open(into, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(frames)
    content = into.getvalue()
    return content[:40] + struct.pack("<I", 0xFFFFFFFF) + content[44:] if unknown_length else content


@pytest.mark.parametrize("unknown_length", [False, True])
def test_a_wav_need_not_know_its_length(unknown_length: bool) -> None:
    frames = np.stack([RAMP, -RAMP], axis=1)
    raw = np.rint(frames * 2**15).astype("<i2").tobytes()
    content = wav(raw, channels=2, rate_hz=48000, unknown_length=unknown_length)
    sound = open_stream(io.BytesIO(content if unknown_length else content + b"LIST\4\0\0\0more"))
    assert sound.rate_hz == 48000
    np.testing.assert_allclose(np.concatenate(list(sound.blocks), axis=1), frames.T, atol=1e-4)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "nothing"),
        (b"no sound at all, only words", "no WAV header"),
        (b"RIFF\0\0\0\0WAVE", "without sound"),
        (b"RIFF\0\0\0\0WAVEdata\4\0\0\0", "does not say"),
        (b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0" + struct.pack("<HHIIHH", 17, 1, 8000, 8000, 1, 4), "format 17"),
    ],
)
def test_what_is_no_sound_is_named(content: bytes, message: str) -> None:
    with pytest.raises(InputError, match=message):
        open_stream(io.BytesIO(content))


def test_a_file_is_played_through(tmp_path: Path) -> None:
    path = tmp_path / "ramp.wav"
    path.write_bytes(wav(np.rint(RAMP * 2**15).astype("<i2").tobytes(), channels=1, rate_hz=8000, unknown_length=False))
    with open_file(path) as sound:
        assert sound.rate_hz == 8000
        np.testing.assert_allclose(np.concatenate(list(sound.blocks), axis=1)[0], RAMP, atol=1e-4)


def test_the_description_of_plain_samples() -> None:
    assert parse_pcm("8000") == Pcm(rate_hz=8000)
    assert parse_pcm("48000,2,f32") == Pcm(rate_hz=48000, channels=2, kind="f32")
    for wrong in ("", "fast", "44100,two", "44100,2,s16,x", "44100,2,s12", "44100,0"):
        with pytest.raises(InputError):
            parse_pcm(wrong)


def test_lines_for_readers_and_for_programs() -> None:
    beat = OnlineBeat(time_s=1.23456, position=2, beats_per_bar=3, bpm=119.96, confidence=0.875, said_at_s=1.3)
    assert text_line(beat) == "     1.23 s   2/3    120.0 BPM    88%"
    assert json_line(beat) == ('{"time_s": 1.235, "position": 2, "beats_per_bar": 3, "bpm": 119.96, "confidence": 0.875, "said_at_s": 1.3}')
