import struct
import zlib

import numpy as np
import pytest

from hexachord.page.blobs import BlobBox
from hexachord.page.png import png_bytes
from hexachord.page.spectrogram import BINS_PER_SEMITONE, LOWEST_PITCH, TILE_WIDTH, picture_of, spectrogram_tiles

RATE_HZ = 22050


def _decode(data: bytes) -> np.ndarray:
    """Read a greyscale PNG whose rows use the filters None and Up."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    at, idat, size = 8, b"", (0, 0)
    kinds = []
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        content = data[at + 8 : at + 8 + length]
        assert struct.unpack(">I", data[at + 8 + length : at + 12 + length])[0] == zlib.crc32(kind + content)
        kinds.append(kind)
        if kind == b"IHDR":
            width, height, *rest = struct.unpack(">IIBBBBB", content)
            assert rest == [8, 0, 0, 0, 0]
            size = (height, width)
        elif kind == b"IDAT":
            idat += content
        at += 12 + length
    assert kinds[0] == b"IHDR"
    assert kinds[-1] == b"IEND"
    rows = np.frombuffer(zlib.decompress(idat), np.uint8).reshape(size[0], size[1] + 1)
    picture = np.empty(size, np.uint8)
    for row in range(size[0]):
        assert rows[row, 0] in (0, 2)
        above = picture[row - 1] if row and rows[row, 0] == 2 else np.zeros(size[1], np.uint8)
        picture[row] = rows[row, 1:] + above
    return picture


def test_pictures_come_back():
    rng = np.random.default_rng(0)
    for shape in ((1, 1), (3, 7), (252, 1000)):
        picture = rng.integers(0, 256, shape, dtype=np.uint8)
        assert np.array_equal(_decode(png_bytes(picture)), picture)


def test_what_is_no_picture_is_refused():
    for wrong in (np.zeros((0, 3), np.uint8), np.zeros((3, 3)), np.zeros(3, np.uint8)):
        with pytest.raises(ValueError):
            png_bytes(wrong)


def test_a_note_lies_on_its_pitch_and_time():
    t = np.arange(4 * RATE_HZ) / RATE_HZ
    pitch = 69
    signal = np.where((t >= 1.0) & (t < 2.0), 0.5 * np.sin(2 * np.pi * 440 * t), 0.0).astype(np.float32)
    picture = picture_of(signal, rate_hz=RATE_HZ)
    bins, frames = picture.pixels.shape
    assert frames == 1 + len(signal) // 512
    row = int(picture.pixels.astype(int).sum(axis=1).argmax())
    assert LOWEST_PITCH + (bins - 1 - row) / BINS_PER_SEMITONE == pytest.approx(pitch, abs=0.34)
    loud_s = np.flatnonzero(picture.pixels[row] > 230) / picture.frames_per_s
    assert loud_s.min() == pytest.approx(1.0, abs=0.06)
    assert loud_s.max() == pytest.approx(2.0, abs=0.06)
    assert picture.pixels.max() == 255


def test_blocks_do_not_show(monkeypatch):
    noise = np.random.default_rng(2).normal(0, 0.1, 20 * RATE_HZ).astype(np.float32)
    whole = picture_of(noise, rate_hz=RATE_HZ).pixels
    monkeypatch.setattr("hexachord.page.spectrogram._BLOCK_FRAMES", 100)
    cut = picture_of(noise, rate_hz=RATE_HZ).pixels
    assert np.abs(whole.astype(int) - cut).max() <= 5  # one step of the grey scale


def test_long_recordings_have_fewer_frames(monkeypatch):
    monkeypatch.setattr("hexachord.page.spectrogram._MOST_FRAMES", 300)
    noise = np.random.default_rng(2).normal(0, 0.1, 20 * RATE_HZ).astype(np.float32)
    picture = picture_of(noise, rate_hz=RATE_HZ)
    assert picture.pixels.shape[1] <= 300
    assert picture.pixels.shape[1] / picture.frames_per_s == pytest.approx(20.0, abs=0.15)


def test_tiles_follow_one_another():
    signal = np.random.default_rng(3).normal(0, 0.1, 100 * RATE_HZ).astype(np.float32)
    picture, box = picture_of(signal, rate_hz=RATE_HZ), BlobBox()
    shown = spectrogram_tiles(picture, box)
    assert shown is not None
    tiles = shown["tiles"]
    assert [tile["width"] for tile in tiles] == [TILE_WIDTH, picture.pixels.shape[1] - TILE_WIDTH]
    assert tiles[0]["end_s"] == tiles[1]["start_s"]
    joined = np.concatenate([_decode(blob.content) for blob in box.blobs], axis=1)
    assert np.array_equal(joined, picture.pixels)
    for tile in tiles:
        assert tile["width"] / (tile["end_s"] - tile["start_s"]) == pytest.approx(shown["frames_per_s"], rel=1e-4)


def test_silence_and_nothing():
    black = picture_of(np.zeros(RATE_HZ, np.float32), rate_hz=RATE_HZ)
    assert black.pixels.max() == 0
    assert spectrogram_tiles(picture_of(np.zeros(0, np.float32), rate_hz=RATE_HZ), BlobBox()) is None
