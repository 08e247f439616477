"""The notes of a recording by a network: the engines ``notes/network``, and ``notes/piano`` for pianos alone.

The network (`hexachord.learning.deep.notes`, trained by ``training/note_network.py``) says of every pitch at every moment whether a note
begins, sounds or ends there; the likeliest course of every pitch (`note_paths`) gives the notes, and the spectrum says how far from its key
each one sounds (`note_pitch`). The piano's is the same network, which has gone on learning from pianos; its notes are all as far from their
keys as the instrument.
"""

from dataclasses import dataclass, replace

import numpy as np

from hexachord.arrays import FloatArray, UInt8Array
from hexachord.dsp.frames import frame_count
from hexachord.dsp.frontend import FrontEnd
from hexachord.dsp.pitch_spectrum import HOP, NOTES, RATE_HZ, SpectrumShape, as_heard, loudest_level, pitch_spectrum
from hexachord.knowledge import Events, Notes
from hexachord.models.networks import Network, network_blocks, open_network
from hexachord.models.tables import load_table
from hexachord.transcription.note_paths import HEADS, NoteCourses, PathCosts
from hexachord.transcription.note_pitch import notes_at_pitch, notes_at_tuning
from hexachord.transcription.note_velocity import velocity_features, velocity_of
from hexachord.transcription.options import TranscriptionOptions, moved_to

LOWEST_PITCH = 21
_BLOCK_FRAMES = 512  # 12 seconds: 140 MB in the network, whatever the length of the recording
_LONG = replace(NOTES, windows=NOTES.windows[:1])
_REACH = NOTES.windows[0][0] // (2 * HOP)  # hops that a frame looks at before its centre
_KEPT_FRAMES = 4  # frames of which a note may still begin or be told how hard
_SHORTEST_S = 0.03


@dataclass(frozen=True, kw_only=True)
class NoteModel:
    """What an engine is made of.

    Attributes
    ----------
    engine : its name
    network, velocity : the names of its network and of its table of velocities in this installation
    keys_are_fixed : whether its notes are all as far from 440 Hz as the instrument is; otherwise each is measured
    """

    engine: str
    network: str
    velocity: str
    keys_are_fixed: bool = False


ANY = NoteModel(engine="notes/network", network="notes_network", velocity="notes_velocity")
PIANO = NoteModel(engine="notes/piano", network="notes_piano", velocity="notes_piano_velocity", keys_are_fixed=True)


class _Levels:
    """The spectrum of a signal, a stretch at a time; the last one is kept."""

    def __init__(self, signal: FloatArray) -> None:
        self._signal = signal
        self.frames = frame_count(signal.shape[0], frame_length=NOTES.windows[0][0], hop=HOP)
        self._first, self._kept = 0, np.zeros((0, NOTES.views, NOTES.bins), dtype=np.uint8)

    def levels(self, first: int, last: int) -> UInt8Array:
        """Compute frames `first` to `last`, and keep them and those just before."""
        self._first = max(0, first - _KEPT_FRAMES)
        self._kept = _stretch(self._signal, NOTES, self._first, last)
        return self.last_levels(first, last)

    def last_levels(self, first: int, last: int) -> UInt8Array:
        """Show part of what was computed last."""
        return self._kept[first - self._first : last - self._first]

    def loudest(self) -> float:
        """Measure the loud parts of the whole, see `hexachord.dsp.pitch_spectrum.loudest_level`."""
        strongest = [
            _stretch(self._signal, _LONG, first, min(first + _BLOCK_FRAMES, self.frames)).max(axis=2)[..., None]
            for first in range(0, self.frames, _BLOCK_FRAMES)
        ]
        return loudest_level(np.concatenate(strongest)) if strongest else 0.0


def _stretch(signal: FloatArray, shape: SpectrumShape, first: int, last: int) -> UInt8Array:
    """Compute frames `first` to `last` of a spectrum as they are in that of the whole signal."""
    begin = max(0, first - _REACH)
    part = signal[begin * HOP : (last + _REACH) * HOP]
    return pitch_spectrum(part, shape)[first - begin : last - begin]


def notes_from_network(
    frontend: FrontEnd,
    *,
    onsets: Events | None = None,
    options: TranscriptionOptions = TranscriptionOptions(),
    costs: PathCosts = PathCosts(),
    model: NoteModel = ANY,
    network: Network | None = None,
) -> Notes:
    """Transcribe with the network: the engine ``notes/network``.

    Parameters
    ----------
    frontend : the recording's front end; its signal is used
    onsets, options : see `hexachord.transcription.notes.transcribe_notes`
    costs : of the courses of pitches
    model : which of the shipped networks
    network : another one than those

    Returns
    -------
    Notes in order of onset, then key; `confidence` is the network's chance that one begins there. Pitches have fractions of a semitone, and
    their nearest whole number is the key.

    Raises
    ------
    InputError : if this installation lacks the network.
    """
    opened = open_network(model.network) if network is None else network
    signal = frontend.signal_at(RATE_HZ)
    heard = _Levels(signal)
    loudest = heard.loudest()
    courses, table, velocities = NoteCourses(costs), load_table(model.velocity), [np.zeros(0)]
    tail = np.zeros((0, 0, 0), dtype=np.float32)  # what was said of the last frames
    for first, block in network_blocks(
        opened, lambda a, b: as_heard(heard.levels(a, b), loudest=loudest), heard.frames if loudest > 0 else 0, block_frames=_BLOCK_FRAMES
    ):
        said = block[opened.outputs[0]]
        begun = [courses.hear(said)]
        if first + len(said) == heard.frames:
            begun.append(courses.close())
        heads = said.reshape(len(said), HEADS, said.shape[1] // HEADS)
        recent = np.concatenate([tail, heads]) if len(tail) else heads
        frame, pitch = (np.concatenate(parts) for parts in zip(*begun, strict=True))
        origin = first + len(said) - len(recent)
        features = velocity_features(heard.last_levels(origin, first + len(said)), recent[:, 3], frame - origin, pitch, loudest=loudest)
        velocities.append(velocity_of(features, weight=table["weight"], bias=float(table["bias"])))
        tail = recent[-_KEPT_FRAMES:]
    found = courses.notes()
    kept = found.chance >= (0.0 if options.threshold is None else options.threshold)
    pitch, velocity = found.pitch[kept], np.concatenate(velocities)[found.candidate[kept]]
    onset_s = found.onset[kept] * (HOP / RATE_HZ)
    if onsets is not None and len(onsets):
        onset_s = moved_to(onset_s, np.asarray(onsets.time_s, dtype=np.float64), options.onset_reach_s)
    offset_s = np.maximum(np.minimum(found.end[kept] * (HOP / RATE_HZ), frontend.duration_s), onset_s + _SHORTEST_S)
    order = np.lexsort((pitch, onset_s))
    notes = Notes(
        onset_s=onset_s[order],
        offset_s=offset_s[order],
        pitch=pitch[order] + float(LOWEST_PITCH),
        velocity=velocity[order],
        confidence=found.chance[kept][order],
        engine=model.engine,
    )
    return notes_at_tuning(notes, frontend.tuning) if model.keys_are_fixed and len(notes) else notes_at_pitch(signal, notes)


def notes_of_piano(frontend: FrontEnd, *, onsets: Events | None = None, options: TranscriptionOptions = TranscriptionOptions()) -> Notes:
    """Transcribe a piano with the network that knows pianos: the engine ``notes/piano``; as `notes_from_network`."""
    return notes_from_network(frontend, onsets=onsets, options=options, model=PIANO)
