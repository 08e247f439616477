"""Who plays when: the instruments of a take over time, short rests joined."""

import numpy as np

from hexachord.rendering.model import Presence, Role
from hexachord.rendering.production import PartSound
from hexachord.synthesis.model import Track
from hexachord.synthesis.synthesizers.patches import SYNTHESIZERS

REST_S = 1.0
"""A rest shorter than this is part of the playing."""

FAMILIES = (
    "piano", "mallets", "organ", "guitar", "bass", "strings", "ensemble", "brass", "reed", "pipe", "synth_lead", "synth_pad",
    "synth_effects", "world", "percussive", "sound_effects", "voice", "drums",
)  # fmt: skip
"""Kinds of instruments: the sixteen of General MIDI, voices (its 52 to 54) and drum kits."""

_VOICES = range(52, 55)
_SYNTHESIZED = "synthesizer/"


def family_of(program: int, *, is_percussion: bool = False) -> str:
    """Return the family of a General MIDI program.

    Examples
    --------
    >>> family_of(0), family_of(33), family_of(53), family_of(8, is_percussion=True)
    ('piano', 'bass', 'voice', 'drums')
    """
    if is_percussion:
        return "drums"
    return "voice" if program in _VOICES else FAMILIES[program // 8]


def sounding_program(part: PartSound) -> int:
    """Return the program that is really heard: a synthesizer that was chosen by name plays itself, whatever it is asked for.

    Examples
    --------
    >>> sounding_program(PartSound(origin="font/fluid_r3", program=24)), sounding_program(PartSound(origin="synthesizer/Trumpet"))
    (24, 56)
    """
    if part.origin.startswith(_SYNTHESIZED):
        name = part.origin.removeprefix(_SYNTHESIZED).lower()
        patch = next((patch for patch in SYNTHESIZERS if patch.name.lower() == name), None)
        if patch is not None and patch.programs and part.program not in patch.programs:
            return patch.programs[0]
    return part.program


def presence(tracks: tuple[Track, ...], roles: tuple[Role, ...], parts: tuple[PartSound, ...]) -> Presence:
    """Tell who plays when.

    Parameters
    ----------
    tracks, roles, parts : of a take and its production, row by row

    Examples
    --------
    >>> from hexachord.synthesis.model import Stroke
    >>> flute = Track(program=73, strokes=(Stroke(1.0, 1.5, 70, 90), Stroke(2.0, 2.5, 72, 90), Stroke(8.0, 9.0, 74, 90)))
    >>> who = presence((flute,), ("lead",), (PartSound(origin="font/fluid_r3", program=73),))
    >>> who.start_s.tolist(), who.end_s.tolist(), who.family
    ([1.0, 8.0], [2.5, 9.0], ('pipe', 'pipe'))
    """
    rows: list[tuple[float, float, int]] = []
    for index, track in enumerate(tracks):
        if not track.strokes:
            continue
        onset = np.array([stroke.onset_s for stroke in track.strokes])
        end = np.maximum.accumulate([stroke.release_s for stroke in track.strokes])
        breaks = np.flatnonzero(onset[1:] - end[:-1] >= REST_S)
        firsts, lasts = np.concatenate([[0], breaks + 1]), np.concatenate([breaks, [len(onset) - 1]])
        rows += [(float(onset[first]), float(end[last]), index) for first, last in zip(firsts, lasts, strict=True)]
    rows.sort()
    which = [index for _, _, index in rows]
    programs = [sounding_program(part) for part in parts]
    return Presence(
        start_s=np.array([start for start, _, _ in rows]),
        end_s=np.array([end for _, end, _ in rows]),
        track=np.array(which, dtype=np.int64),
        role=tuple(roles[index] for index in which),
        family=tuple(family_of(programs[index], is_percussion=tracks[index].is_percussion) for index in which),
        program=np.array([programs[index] for index in which], dtype=np.int64),
        origin=tuple(parts[index].origin for index in which),
    )
