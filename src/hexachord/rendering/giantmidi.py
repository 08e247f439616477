"""GiantMIDI-Piano: recitals transcribed from recordings, in free time (Kong et al., TISMIR 2022; CC BY 4.0)."""

from pathlib import Path

import numpy as np

from hexachord.rendering.midi_notes import pedal_of, seconds_of
from hexachord.rendering.music import Line, Piece, ordered

_QUARTER_BPM = 120.0  # nobody wrote the beats down: quarters are half seconds, and there are no bars


def giantmidi_names(folder: Path) -> tuple[str, ...]:
    """Return the recitals by file name without ending."""
    return tuple(sorted(path.stem for path in folder.glob("*.mid")))


def read_giantmidi(folder: Path, name: str) -> Piece:
    """Read a recital; no bars, no chords, no key: nobody annotated them."""
    path = folder / f"{name}.mid"
    notes = np.concatenate([rows for _, rows in seconds_of(path)])
    scale = _QUARTER_BPM / 60.0
    notes[:, :2] *= scale
    line = Line(role="piano", program=0, name="piano", notes=ordered(notes), pedal=pedal_of(path) * scale, written=False)
    return Piece(origins=(f"giantmidi/{name}",), lines=(line,), bars=None, quarter_bpm=_QUARTER_BPM, style="classical")
