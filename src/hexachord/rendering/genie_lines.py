"""Lines and pianos out of music: what presses of a genie's buttons stand for, note after note.

Pop songs give their tune, their second tune, their piano, the tune over the piano, and the highest notes of that piano; lead sheets give
tunes; everything else gives all that is played, and the highest notes of it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from hexachord.arrays import Float32Array, Float64Array, IntArray
from hexachord.composition.genie.cues import KEYS, LOWEST, in_moments, scale_of, tones_of
from hexachord.rendering.music import ONSET, PITCH, Piece
from hexachord.theory.phrases import top_line


@dataclass(frozen=True, kw_only=True, eq=False)
class GenieLine:
    """Notes one after the other, as buttons would be pressed.

    Attributes
    ----------
    id : ``pop909/001/melody``
    kind : of `hexachord.composition.genie.cues.KINDS`
    moment_s : (n,) when each note's moment begins
    pitch : (n,) MIDI numbers of the 88 keys
    scale : (12,) pitch classes; nothing where the key is not known
    chords : (n, 12) pitch classes; nothing where no chord is known
    """

    id: str
    kind: str
    moment_s: Float64Array
    pitch: IntArray
    scale: Float32Array
    chords: Float32Array

    @property
    def source(self) -> str:
        """Corpus and kind of line, as ``pop909/melody``."""
        return f"{self.id.partition('/')[0]}/{self.id.rpartition('/')[2]}"


def lines_of(piece: Piece) -> Iterator[GenieLine]:
    """Take the lines out of a piece."""
    named = {line.name: line.notes for line in piece.lines if len(line.notes)}
    everything = [line.notes for line in piece.lines if len(line.notes)]
    if not everything:
        return
    corpus = piece.origins[0].partition("/")[0]
    if corpus == "pop909":
        if "melody" in named:
            yield line_of(piece, "melody", named["melody"], top=True)
        if "bridge" in named:
            yield line_of(piece, "bridge", named["bridge"], top=True)
        if "piano" in named:
            yield line_of(piece, "piano", named["piano"])
            yield line_of(piece, "top", named["piano"], top=True)
            yield line_of(piece, "both", np.concatenate([named["piano"], named.get("melody", named["piano"][:0])]))
    elif corpus == "openewld":
        yield line_of(piece, "melody", everything[0], top=True)
    else:
        both = np.concatenate(everything)
        yield line_of(piece, "piano", both)
        yield line_of(piece, "top", both, top=True)


def line_of(piece: Piece, name: str, notes: Float64Array, *, top: bool = False) -> GenieLine:
    """Put notes of a piece in order; `top` takes the highest of each moment alone."""
    notes = notes[(notes[:, PITCH] >= LOWEST) & (notes[:, PITCH] < LOWEST + KEYS)]
    onset_s = notes[:, ONSET] * 60.0 / piece.quarter_bpm
    order, moment_s = in_moments(onset_s, notes[:, PITCH].astype(np.int64))
    pitch, at = notes[order, PITCH].astype(np.int64), notes[order, ONSET]
    if not top:  # the tune over a piano that doubles it: one key is struck once
        single = np.append(True, (np.diff(moment_s) > 0) | (np.diff(pitch) != 0)) if len(pitch) else np.zeros(0, dtype=bool)
        pitch, at, moment_s = pitch[single], at[single], moment_s[single]
    else:
        highest = top_line(moment_s, pitch)
        pitch, at, moment_s = pitch[highest], at[highest], moment_s[highest]
    chords = np.zeros((len(pitch), 12), dtype=np.float32)
    for span in piece.chords or ():
        inside = (at >= span.start - 1e-3) & (at < span.end - 1e-3)
        if inside.any():
            chords[inside] = tones_of(span.label)
    key = piece.keys[0].label if piece.keys and len(piece.keys) == 1 else ""
    kind = "melody" if top else "piano"
    return GenieLine(id=f"{piece.origins[0]}/{name}", kind=kind, moment_s=moment_s, pitch=pitch, scale=scale_of(key), chords=chords)
