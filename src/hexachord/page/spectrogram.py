"""The spectrogram behind the piano roll: constant-Q in decibels, as greyscale pictures.

Three bins a semitone from C1 upwards, so that a note lies where the roll draws it; music gets softer upwards by about 3 dB an octave, which
is given back, so that cymbals show as well as basses. Pictures are cut in time, because browsers limit their
width; long recordings have fewer frames a second.
"""

import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from hexachord.arrays import FloatArray
from hexachord.dsp.constantq import ConstantQ, bins_below_nyquist, cqt_magnitude
from hexachord.dsp.frames import frame_count
from hexachord.page import contract
from hexachord.page.blobs import BlobBox
from hexachord.page.png import png_bytes

LOWEST_PITCH = 24
BINS_PER_SEMITONE = 3
RANGE_DB = 60.0
TILE_WIDTH = 4096
_HOP = 512
_BINS = 84 * BINS_PER_SEMITONE
_MOST_FRAMES = 4 * TILE_WIDTH
_BLOCK_FRAMES = 4096
_LEVELS = 64  # about a decibel each: no eye sees more, and the picture is a third smaller
_SHORTER, _WIDER_HZ = 0.9, 1.0  # than constant-Q's own kernels: strokes are drawn sharp, and notes still apart
_TILT_DB_PER_OCTAVE = 3.0
_LOUD_SHARE = 0.9995  # of all cells are no louder than white


@dataclass(frozen=True, kw_only=True, eq=False)
class Picture:
    """A spectrogram as a picture: (bins, frames) uint8, the highest bin in row 0."""

    pixels: npt.NDArray[np.uint8]
    frames_per_s: float


def picture_of(signal: FloatArray, *, rate_hz: float) -> Picture:
    """Draw a mono signal, a block at a time.

    Parameters
    ----------
    signal : (n,) mono, may be a memory map
    rate_hz : its sample rate
    """
    wanted = ConstantQ(
        rate_hz=rate_hz, hop=_HOP, bins=_BINS, bins_per_octave=12 * BINS_PER_SEMITONE, gamma_hz=_WIDER_HZ, length_scale=_SHORTER
    )
    bins = bins_below_nyquist(wanted)
    options = replace(wanted, bins=bins)
    frames = frame_count(signal.shape[0], frame_length=1, hop=_HOP)
    pooled = max(1, math.ceil(frames / _MOST_FRAMES))
    block = _BLOCK_FRAMES // pooled * pooled
    decibels = np.empty((math.ceil(frames / pooled), bins), dtype=np.float32)
    tilt_db = _TILT_DB_PER_OCTAVE * np.arange(bins, dtype=np.float32) / (12 * BINS_PER_SEMITONE)
    for first in range(0, frames, block):
        magnitude = cqt_magnitude(signal, options, first=first, last=min(first + block, frames))
        groups = np.arange(0, len(magnitude), pooled)
        loudest = np.maximum.reduceat(magnitude, groups, axis=0)
        decibels[first // pooled : first // pooled + len(groups)] = 20 * np.log10(np.maximum(loudest, 1e-10)) + tilt_db
    white_db = float(np.quantile(decibels, _LOUD_SHARE)) if decibels.size else 0.0
    shade = np.clip(1.0 + (decibels - max(white_db, -100.0)) / RANGE_DB, 0.0, 1.0)
    pixels = np.rint(np.rint(shade * (_LEVELS - 1)) * (255 / (_LEVELS - 1))).astype(np.uint8)
    return Picture(pixels=np.ascontiguousarray(pixels.T[::-1]), frames_per_s=rate_hz / _HOP / pooled)


def spectrogram_tiles(picture: Picture, box: BlobBox) -> contract.Spectrogram | None:
    """Cut a picture into tiles in the box; None if there is nothing to see."""
    bins, frames = picture.pixels.shape
    if frames == 0:
        return None
    tiles: list[contract.Tile] = []
    for first in range(0, frames, TILE_WIDTH):
        part = np.ascontiguousarray(picture.pixels[:, first : first + TILE_WIDTH])
        width = part.shape[1]
        element = box.add(f"spectrogram-{len(tiles) + 1}", png_bytes(part))
        # a frame is centred on its time, so a pixel reaches half a frame to either side
        start_s, end_s = ((at - 0.5) / picture.frames_per_s for at in (first, first + width))
        tiles.append({"element": element, "start_s": round(start_s, 5), "end_s": round(end_s, 5), "width": width})
    return {
        "tiles": tiles,
        "bins": bins,
        "lowest_pitch": LOWEST_PITCH,
        "bins_per_semitone": BINS_PER_SEMITONE,
        "frames_per_s": round(picture.frames_per_s, 6),
        "range_db": RANGE_DB,
    }
