"""The drum staff: strokes of a kit as one percussion part, hands with stems up, the foot with stems down.

Places and noteheads follow from the keys (`hexachord.score.drums`). A stroke has no length: on the page it lasts until the next one of its
voice, but never hides a beat. (N. Weinberg, *Guide to Standardized Drumset Notation*, 1998; E. Gould, *Behind Bars*, Faber 2011, chapter
"Percussion".)
"""

import numpy as np

from hexachord.arrays import IntArray
from hexachord.knowledge import Beats, Drums, Metre, Segments
from hexachord.score.model import Clef, KeyMark, Note, Part, Score
from hexachord.transcription.notation.grid import BarGrid
from hexachord.transcription.notation.lead_sheet import fitting_grid, frame_score
from hexachord.transcription.notation.quantise import QuantiseOptions, quantise
from hexachord.transcription.notation.ties import tie_at_beats

ENGINE = "notation/drum-staff"
KEYS = {"kick": 36, "snare": 38, "hihat_closed": 42, "hihat_open": 46, "tom": 47, "ride": 51, "crash": 49}
"""General MIDI keys of the pieces of `Drums`; all toms are one, for nobody has told how high they are."""

_FEET = ("kick",)
_STROKE_S = 0.05


def drum_staff(
    drums: Drums,
    *,
    beats: Beats,
    metre: Metre,
    sections: Segments | None = None,
    title: str = "",
    part_name: str = "Drums",
    compound: bool | None = None,
    options: QuantiseOptions = QuantiseOptions(),
) -> Score:
    """Write strokes on a drum staff.

    Parameters
    ----------
    drums : strokes in seconds
    beats, metre, sections, compound : as in `hexachord.transcription.notation.lead_sheet.lead_sheet`

    Returns
    -------
    Score of one percussion part, voice 1 the hands and voice 2 the foot, whose clock (`tempos`) follows the recording

    Raises
    ------
    ValueError : if there are fewer than two beats.

    Examples
    --------
    >>> from hexachord.knowledge import Beats, Drums, Metre
    >>> beats = Beats(time_s=np.arange(5) * 0.5, position=np.array([1, 2, 3, 4, 1]))
    >>> drums = Drums(time_s=np.array([0.01, 0.49, 0.76]), label=("kick", "snare", "snare"), velocity=np.array([90, 100, 40]))
    >>> score = drum_staff(drums, beats=beats, metre=Metre(beats_per_bar=4))
    >>> [(note.onset / 10080, note.duration / 10080, note.pitch, note.voice) for note in score.parts[0].notes]
    [(0.0, 1.0, 36, 2), (1.0, 0.5, 38, 1), (1.5, 0.5, 38, 1)]
    """
    onset_s = np.asarray(drums.time_s, dtype=np.float64)
    end_s = float(max([0.0, *onset_s]) + _STROKE_S)
    grid = fitting_grid(onset_s, beats=beats, metre=metre, end_s=end_s, compound=compound, options=options)
    onset = quantise(onset_s, onset_s + _STROKE_S, grid=grid, options=options).onset
    key = np.array([KEYS.get(label, 0) for label in drums.label], dtype=np.int64)
    kept = _one_each(onset, key, np.asarray(drums.velocity, dtype=np.float64))
    notes = list[Note]()
    for voice in (1, 2):
        rows = kept[[(drums.label[row] in _FEET) == (voice == 2) for row in kept]] if len(kept) else kept
        ends = _ends(onset[rows], grid)
        for row, end in zip(rows.tolist(), ends.tolist(), strict=True):
            velocity = int(np.clip(round(float(drums.velocity[row])), 1, 127))
            notes.append(Note(int(onset[row]), int(end - onset[row]), int(key[row]), velocity=velocity, voice=voice))
    part = Part(name=part_name, notes=tie_at_beats(notes, grid=grid), clefs=(Clef(0, 1, "percussion", 2),), is_percussion=True)
    return frame_score(grid, keys=(KeyMark(0, 0),), chords=None, sections=sections, title=title, composer="", part=part, engine=ENGINE)


def _one_each(onset: IntArray, key: IntArray, velocity: np.ndarray[tuple[int], np.dtype[np.float64]]) -> IntArray:
    """Of strokes on one tick and key keep the hardest; what is no piece of the kit is left out. Rows in order of time."""
    order = np.lexsort((-velocity, key, onset))
    fresh = np.ones(len(order), dtype=bool)
    fresh[1:] = (np.diff(onset[order]) != 0) | (np.diff(key[order]) != 0)
    return order[fresh & (key[order] > 0)]


def _ends(onset: IntArray, grid: BarGrid) -> IntArray:
    """Where the strokes of a voice end: at the next one, at the latest at the next beat."""
    following = np.unique(onset)
    after = np.append(following[1:], np.iinfo(np.int64).max)[np.searchsorted(following, onset)]
    return np.asarray(np.minimum(after, (onset // grid.beat_ticks + 1) * grid.beat_ticks), dtype=np.int64)
