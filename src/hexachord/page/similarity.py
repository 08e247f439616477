"""The self-similarity picture: every moment of a song beside every other, dark where they sound alike.

Moments are half a second to some seconds long, each compared with its surroundings by what notes sound (chroma of notes, bass and treble),
as the engine of sections does: what returns is a stripe beside the diagonal, what stays is a square. Müller, *Fundamentals of Music
Processing*, §4.2.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hexachord.arrays import FloatArray
from hexachord.audio_analysis.change_points import span_means
from hexachord.audio_analysis.harmony.chroma_frames import normalise_chroma
from hexachord.audio_analysis.structure.matrices import similarity
from hexachord.dsp.frontend import FrontEnd, FrontEndOptions
from hexachord.page import contract
from hexachord.page.blobs import BlobBox
from hexachord.page.png import png_bytes

SHORTEST_S = 12.0  # what is shorter is one section
_MOMENT_S = 0.5  # the finest
_MOST_MOMENTS = 320  # to a side: as many points as the picture has on a screen; an hour then has moments of eleven seconds
_CONTEXT_S = 4.0  # what stands around a moment counts: two bars of a quick song
_HOP = 2048  # a quarter of the frames that chords are heard with: moments are longer by far
_LEVELS = 32
_BLANK, _FULL = 0.5, 0.99  # shares of all pairs that are white, and that are no darker than black


@dataclass(frozen=True, kw_only=True, eq=False)
class SimilarityPicture:
    """(side, side) uint8, symmetric, 255 where two moments are most alike; both axes run from 0 to `end_s`."""

    pixels: npt.NDArray[np.uint8]
    end_s: float


def similarity_picture(signal: FloatArray, *, rate_hz: float) -> SimilarityPicture | None:
    """Draw how alike the moments of a mono signal are.

    Parameters
    ----------
    signal : (n,) mono, may be a memory map
    rate_hz : its sample rate

    Returns
    -------
    SimilarityPicture; None where there is too little to compare: less than `SHORTEST_S`, or nothing that sounds like notes
    """
    duration_s = len(signal) / rate_hz
    if duration_s < SHORTEST_S:
        return None
    front = FrontEnd(signal, rate_hz=rate_hz, options=FrontEndOptions(hop=_HOP))
    chroma = np.hstack(front.note_chroma)
    return picture_of_chroma(chroma, duration_s=duration_s) if chroma.max(initial=0.0) > 0 else None


def picture_of_chroma(chroma: FloatArray, *, duration_s: float) -> SimilarityPicture:
    """Draw how alike the moments of a chroma sequence are.

    Parameters
    ----------
    chroma : (frames, 24) bass and treble chroma on an even grid, non-negative
    duration_s : what all frames together last
    """
    side = max(1, min(_MOST_MOMENTS, len(chroma), math.floor(duration_s / _MOMENT_S)))
    edges = np.rint(np.linspace(0, len(chroma), side + 1)).astype(np.int64)
    context = max(1, round(_CONTEXT_S * side / duration_s))
    alike = similarity(normalise_chroma(span_means(chroma, edges)), context=context)
    apart = np.abs(np.subtract.outer(np.arange(side), np.arange(side))) > context  # what is next to itself is alike anyway
    blank, full = np.quantile(alike[apart] if apart.any() else alike, (_BLANK, _FULL))
    shade = np.clip((alike - blank) / max(float(full - blank), 1e-6), 0.0, 1.0)
    pixels = np.rint(np.rint(shade * (_LEVELS - 1)) * (255 / (_LEVELS - 1))).astype(np.uint8)
    return SimilarityPicture(pixels=pixels, end_s=duration_s)


def similarity_columns(picture: SimilarityPicture, box: BlobBox) -> contract.Similarity:
    """Put a picture into the box and say what it shows."""
    element = box.add("similarity", png_bytes(picture.pixels))
    return {"element": element, "side": len(picture.pixels), "start_s": 0.0, "end_s": round(picture.end_s, 4)}
