"""A recording explained by notes that are known: each note's own course and sound.

Whoever has the score of a recording, brought to its time, knows where each note may sound and where its partials lie. Everything else
in templates and activations starts at zero, and multiplicative updates leave it so (`hexachord.dsp.nmf`): what is left to find is how
loud each note is, and how its spectrum is shaped. Each pitch has two templates, one for its attacks and one for its tone. S. Ewert & M.
Müller, "Using score-informed constraints for NMF-based source separation", ICASSP 2012; Müller, *Fundamentals of Music Processing* (FMP),
§8.3.3 and §8.3.4.

`explain_notes` factorises, `refine_notes` reads better onsets, ends and velocities from the result, and
`hexachord.transcription.note_audio` makes the notes' own sound of it.
"""

from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np

from hexachord.arrays import BoolArray, Float64Array, FloatArray, IntArray
from hexachord.dsp.frames import frame_count, padded_slice
from hexachord.dsp.frontend import FrontEnd
from hexachord.dsp.nmf import KULLBACK_LEIBLER, nmf
from hexachord.dsp.stft import fft_frequencies_hz, power_spectrogram
from hexachord.knowledge import Notes
from hexachord.transcription.nmf import harmonic_templates, with_onset_templates

ENGINE = "refined-notes/score-informed"
RATE_HZ = 22_050
_WINDOW, _HOP = 2048, 256
_HOP_S = _HOP / RATE_HZ
_STRETCH_FRAMES, _CONTEXT_FRAMES = 2600, 170  # half a minute, two seconds
_SHORTEST_S = 0.03
_PEAK_FRAMES = 12  # in which a note gets as loud as it will
_LATE = 0.25  # frames after the steepest rise
_DAMPED_WITHIN = 26  # frames around the end that is given, 0.3 s
_FALL, _DAMPED_DB, _DAMPER_LATE = 12, 12.0, -1.0  # frames of a fall, how far it goes, where in it the damper is
_LOUD_VELOCITY, _VELOCITY_DB = 0.68, 45.0
_NARROW, _NARROW_HZ = 0.015, 12.0  # a quarter of a semitone, a bin
_FAINT = 1e-3  # of the energy of loud notes
_JUST_BEFORE, _JUST_AFTER = (-8, -1), (1, 10)  # frames around an onset; the window's own length lies between
_ROUNDING = 1e-9  # an onset on a frame belongs to it, whatever floating point makes of it


@dataclass(frozen=True, kw_only=True)
class ScoreInformedOptions:
    """How exactly the notes are thought to fit the recording, and how long is spent on it.

    Attributes
    ----------
    before_s, after_s : a note may sound from so long before its onset until so long after its end (FMP: 0.2 and 0.5)
    attack_before_s, attack_after_s : its attack only so long around its onset (FMP: 0.3 and 0.1)
    tolerance : how far beside a partial a template may sound, in parts of its frequency
    updates : of the factorisation; with more, templates of pitches that sound together take over each other's partials
    """

    before_s: float = 0.1
    after_s: float = 0.5
    attack_before_s: float = 0.1
    attack_after_s: float = 0.1
    tolerance: float = 0.05
    updates: int = 15


@dataclass(frozen=True, kw_only=True, eq=False)
class Explained:
    """A spectrogram as a sum of notes.

    Attributes
    ----------
    pitches : (p,) the different pitches, ascending
    templates : (2 p, bins), attack and tone of each pitch in turn, each of sum 1
    activations : (frames, 2 p)
    owner : (frames, p) which note a pitch belongs to at each moment, -1 for none
    hop_s : from one frame to the next
    """

    pitches: Float64Array
    templates: FloatArray
    activations: FloatArray
    owner: IntArray
    hop_s: float

    def note_activations(self, chosen: BoolArray) -> FloatArray:
        """Leave the activations of some notes alone, (notes,) bool, and put all others to zero: (frames, 2 p)."""
        mine = np.append(chosen, False)[self.owner]  # the last is for -1
        return np.where(np.repeat(mine, 2, axis=1), self.activations, 0)

    def course(self, number: int) -> "Course | None":
        """Say how loud a note is at each moment that it owns; None where it owns none."""
        frames, rows = np.nonzero(self.owner == number)
        if not len(frames):
            return None
        both = self.activations[frames][:, [2 * rows[0], 2 * rows[0] + 1]]
        return Course(int(frames[0]), both.sum(axis=1).astype(np.float64))


def note_regions(
    onset_s: FloatArray, offset_s: FloatArray, row: IntArray, *, rows: int, frames: int, hop_s: float, before_s: float, after_s: float
) -> IntArray:
    """Say which note may sound where (FMP §8.3.3: where activations start above zero).

    Parameters
    ----------
    onset_s, offset_s : (n,) of each note
    row : (n,) which pitch each has, from 0 to `rows`
    before_s, after_s : how far a note may reach beyond its onset and end. Two notes of one pitch share what lies between them: the later
        one has what is before its onset, unless the earlier one still sounds there

    Returns
    -------
    (frames, rows) the number of the note, -1 where none may sound

    Examples
    --------
    >>> note_regions(np.array([1.0]), np.array([2.0]), np.array([0]), rows=1, frames=6, hop_s=0.5, before_s=0.5, after_s=0.5)[:, 0].tolist()
    [-1, 0, 0, 0, 0, 0]
    """
    order = np.lexsort((onset_s, row))
    begin, end = onset_s[order] - before_s, offset_s[order] + after_s
    again = np.flatnonzero(row[order][1:] == row[order][:-1])  # a note of the pitch follows
    struck = onset_s[order][again + 1]
    begin[again + 1] = np.maximum(begin[again + 1], np.minimum(offset_s[order][again], struck))
    first = np.floor(begin / hop_s + _ROUNDING).astype(np.int64)
    last = np.floor(end / hop_s + _ROUNDING).astype(np.int64)
    last[again] = np.minimum(last[again], first[again + 1] - 1)
    owner = np.full((frames, rows), -1, dtype=np.int64)
    for number, start, stop in zip(order, np.maximum(first, 0), last + 1, strict=True):
        owner[start : max(stop, start), row[number]] = number
    return owner


def explain_notes(
    magnitude: FloatArray, frequencies_hz: FloatArray, notes: Notes, *, hop_s: float, options: ScoreInformedOptions = ScoreInformedOptions()
) -> Explained:
    """Factorise a spectrogram by the notes that are known to be in it.

    Parameters
    ----------
    magnitude : (frames, bins) of a centred transform
    frequencies_hz : (bins,)
    notes : of the recording, in its time: onsets, offsets and pitches count
    hop_s : from one frame to the next
    options : see `ScoreInformedOptions`

    Returns
    -------
    Explained
    """
    pitches, row = np.unique(np.asarray(notes.pitch, dtype=np.float64), return_inverse=True)
    onset_s, offset_s = np.asarray(notes.onset_s, dtype=np.float64), np.asarray(notes.offset_s, dtype=np.float64)
    regions = partial(note_regions, onset_s, row=row, rows=len(pitches), frames=len(magnitude), hop_s=hop_s)
    owner = regions(offset_s, before_s=max(options.before_s, options.attack_before_s), after_s=options.after_s)
    tone = regions(offset_s, before_s=options.before_s, after_s=options.after_s)
    attack = regions(onset_s, before_s=options.attack_before_s, after_s=options.attack_after_s)
    templates = with_onset_templates(harmonic_templates(pitches, frequencies_hz, tolerance=options.tolerance))
    start = np.empty((len(magnitude), 2 * len(pitches)))
    start[:, 0::2], start[:, 1::2] = (attack >= 0) & (owner >= 0), (tone >= 0) & (owner >= 0)
    found = nmf(magnitude, templates, start * (magnitude.mean() if magnitude.size else 0.0), beta=KULLBACK_LEIBLER, updates=options.updates)
    return Explained(pitches=pitches, templates=found.templates, activations=found.activations, owner=owner, hop_s=hop_s)


def refine_notes(frontend: FrontEnd, notes: Notes, *, options: ScoreInformedOptions = ScoreInformedOptions()) -> Notes:
    """Read onsets, ends and velocities of known notes from the recording: the engine ``refined-notes/score-informed``.

    Parameters
    ----------
    frontend : the recording's front end; its signal is used
    notes : what is played, in its time: of a score that was brought there, or a rough transcription
    options : see `ScoreInformedOptions`; a note is looked for within `before_s` of where it is said to begin

    Returns
    -------
    As many notes, in order of onset, then pitch. `velocity` says how loud each is among them; `confidence` how much of what sounds on its
    partials is new at its onset: 0 where nothing begins.
    """
    signal = np.asarray(frontend.signal_at(RATE_HZ), dtype=np.float32)
    pitch = np.asarray(notes.pitch, dtype=np.float64)
    onset_s, offset_s = np.array(notes.onset_s, dtype=np.float64), np.array(notes.offset_s, dtype=np.float64)
    (peak, new), frequencies_hz = np.zeros((2, len(notes))), fft_frequencies_hz(rate_hz=RATE_HZ, n_fft=_WINDOW)
    frames = frame_count(signal.shape[0], frame_length=_WINDOW, hop=_HOP)
    for first in range(0, frames, _STRETCH_FRAMES):
        start_s, stop_s = first * _HOP_S, (first + _STRETCH_FRAMES) * _HOP_S
        chosen = np.flatnonzero((onset_s >= start_s) & (onset_s < stop_s))
        begin, end = max(0, first - _CONTEXT_FRAMES), min(first + _STRETCH_FRAMES + _CONTEXT_FRAMES, frames)
        near = np.flatnonzero((offset_s > begin * _HOP_S - options.after_s) & (onset_s < end * _HOP_S + options.before_s))
        if not len(chosen):
            continue
        magnitude = np.sqrt(
            power_spectrogram(padded_slice(signal, begin * _HOP, min(end * _HOP, signal.shape[0])), n_fft=_WINDOW, hop=_HOP)
        )
        known = Notes(
            onset_s=onset_s[near] - begin * _HOP_S, offset_s=offset_s[near] - begin * _HOP_S, pitch=pitch[near], velocity=np.ones(len(near))
        )
        explained = explain_notes(magnitude, frequencies_hz, known, hop_s=_HOP_S, options=options)
        narrow = harmonic_templates(explained.pitches, frequencies_hz, tolerance=_NARROW, spread_hz=_NARROW_HZ)
        on_partials = np.square(magnitude) @ narrow.astype(np.float32).T
        loudest = float(np.percentile(on_partials.max(axis=1), 95))
        for number in chosen:
            place = int(np.searchsorted(near, number))
            course = explained.course(place)
            if course is not None and course.level.max() > 0:
                heard = _heard(course, onset_s[number] - begin * _HOP_S, offset_s[number] - begin * _HOP_S, options)
                peak[number] = heard.peak
                mine = on_partials[:, np.searchsorted(explained.pitches, pitch[number])]
                new[number] = _new_share(mine, heard.onset_s / _HOP_S, floor=_FAINT * loudest)
                onset_s[number], offset_s[number] = heard.onset_s + begin * _HOP_S, heard.offset_s + begin * _HOP_S
    loud = float(np.percentile(peak[peak > 0], 95)) if (peak > 0).any() else 1.0
    level_db = 20.0 * np.log10(np.maximum(peak / loud, 1e-6))
    order = np.lexsort((pitch, onset_s))
    return Notes(
        onset_s=np.maximum(onset_s, 0.0)[order],
        offset_s=np.maximum(offset_s, onset_s + _SHORTEST_S)[order],
        pitch=pitch[order],
        velocity=np.clip(_LOUD_VELOCITY + level_db / _VELOCITY_DB, 0.05, 1.0)[order],
        confidence=new[order],
        engine=ENGINE,
    )


class Course(NamedTuple):
    """How a note goes: `level` (m,) from the frame `first` on, summed magnitude."""

    first: int
    level: Float64Array


class _Heard(NamedTuple):
    onset_s: float
    offset_s: float
    peak: float


def _heard(course: Course, onset_s: float, offset_s: float, options: ScoreInformedOptions) -> _Heard:
    """Find where a course rises steepest near an onset, and where it is damped."""
    level = course.level
    wanted = onset_s / _HOP_S - course.first
    reach = options.before_s / _HOP_S
    rise = np.convolve(np.pad(level, (3, 3)), [1.0, 1.0, 0.0, -1.0, -1.0], mode="same")[3:-3]
    low, high = max(0, int(np.ceil(wanted - reach))), int(wanted + reach) + 1
    near = rise[low:high]
    found = low + int(near.argmax()) if len(near) and near.max() > 0 else wanted
    peak = float(level[max(0, int(found)) : int(found) + _PEAK_FRAMES].max(initial=0.0))
    heard_s = (course.first + found + _LATE) * _HOP_S
    end_s = course.first * _HOP_S + _damped(level, (offset_s / _HOP_S) - course.first, int(found) + _PEAK_FRAMES // 2) * _HOP_S
    return _Heard(heard_s, max(end_s, heard_s + _SHORTEST_S), peak)


def _damped(level: Float64Array, wanted: float, earliest: int) -> float:
    """Find the frame near a wanted one where a course falls steepest; the wanted one where it does not fall as only a damper makes it."""
    low, high = max(earliest, int(wanted - _DAMPED_WITHIN)), min(len(level) - _FALL, int(wanted + _DAMPED_WITHIN))
    if high <= low:
        return wanted
    decibels = 20.0 * np.log10(np.maximum(level, 1e-4 * level.max()))
    fall = decibels[low:high] - decibels[low + _FALL : high + _FALL]
    return low + _DAMPER_LATE + int(fall.argmax()) if fall.max() > _DAMPED_DB else wanted


def _new_share(energy: FloatArray, onset: float, *, floor: float) -> float:
    """Say how much of the energy after an onset was not there before, in [0, 1]; half of it where there is no more than the floor."""
    at = round(onset)
    smooth = np.convolve(energy, np.full(3, 1 / 3), mode="same")
    before, after = (smooth[max(0, at + low) : max(0, at + high)] for low, high in (_JUST_BEFORE, _JUST_AFTER))
    most, least = float(after.max(initial=0.0)), float(before.min()) if len(before) else 0.0
    return max(0.0, (most - least) / (most + floor)) if most > 0 else 0.0
