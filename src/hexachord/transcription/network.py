"""The notes of a recording by a network: the engine ``notes/network``.

The network (`hexachord.learning.deep.notes`, trained by ``training/note_network.py``) says of every pitch at every moment whether a note
begins, sounds or ends there; the likeliest course of every pitch (`note_paths`) gives the notes.
"""

import numpy as np

from hexachord.dsp.frontend import FrontEnd
from hexachord.dsp.pitch_spectrum import HOP, NOTES, RATE_HZ, as_heard, loudest_level, pitch_spectrum
from hexachord.knowledge import Events, Notes
from hexachord.models.networks import Network, network_blocks, open_network
from hexachord.models.tables import load_table
from hexachord.transcription.note_paths import HEADS, PathCosts, follow_notes
from hexachord.transcription.note_velocity import velocity_features, velocity_of
from hexachord.transcription.options import TranscriptionOptions, moved_to

ENGINE, SHIPPED, VELOCITY = "notes/network", "notes_network", "notes_velocity"
LOWEST_PITCH = 21
_BLOCK_FRAMES = 2048
_SHORTEST_S = 0.03


def notes_from_network(
    frontend: FrontEnd,
    *,
    onsets: Events | None = None,
    options: TranscriptionOptions = TranscriptionOptions(),
    costs: PathCosts = PathCosts(),
    network: Network | None = None,
) -> Notes:
    """Transcribe with the network: the engine ``notes/network``.

    Parameters
    ----------
    frontend : the recording's front end; its signal is used
    onsets, options : see `hexachord.transcription.notes.transcribe_notes`
    costs : of the courses of pitches
    network : another one than the shipped

    Returns
    -------
    Notes in order of onset, then pitch; `confidence` is the network's chance that one begins there.

    Raises
    ------
    InputError : if this installation lacks the network.
    """
    opened = open_network(SHIPPED) if network is None else network
    levels = pitch_spectrum(frontend.signal_at(RATE_HZ), NOTES)
    loudest = loudest_level(levels)
    said = np.zeros((len(levels), 0), dtype=np.float16)
    if loudest > 0:
        blocks = network_blocks(opened, lambda a, b: as_heard(levels[a:b], loudest=loudest), len(levels), block_frames=_BLOCK_FRAMES)
        for first, block in blocks:
            part = block[opened.outputs[0]]
            if not said.shape[1]:
                said = np.zeros((len(levels), part.shape[1]), dtype=np.float16)  # an hour takes 140 MB
            said[first : first + len(part)] = part
    found = follow_notes(said, costs)
    kept = found.chance >= (0.0 if options.threshold is None else options.threshold)
    frame, pitch = np.minimum(np.rint(found.onset[kept]).astype(np.int64), len(levels) - 1), found.pitch[kept]
    heads = said.reshape(len(said), HEADS, said.shape[1] // HEADS)
    table = load_table(VELOCITY)
    features = velocity_features(levels, heads[:, 3], frame, pitch, loudest=loudest)
    velocity = velocity_of(features, weight=table["weight"], bias=float(table["bias"]))
    onset_s = found.onset[kept] * (HOP / RATE_HZ)
    if onsets is not None and len(onsets):
        onset_s = moved_to(onset_s, np.asarray(onsets.time_s, dtype=np.float64), options.onset_reach_s)
    offset_s = np.maximum(np.minimum(found.end[kept] * (HOP / RATE_HZ), frontend.duration_s), onset_s + _SHORTEST_S)
    order = np.lexsort((pitch, onset_s))
    return Notes(
        onset_s=onset_s[order],
        offset_s=offset_s[order],
        pitch=pitch[order] + float(LOWEST_PITCH),
        velocity=velocity[order],
        confidence=found.chance[kept][order],
        engine=ENGINE,
    )
