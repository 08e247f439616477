"""Which sound a part is played with: its program and bank, or what its name asks for."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from hexachord.score.model import Part, Score
from hexachord.synthesis.interpretation.instrument_names import is_drum_name, program_of_name

_RHYTHM_BANKS = (120, 127)  # General MIDI 2's and XG's
_DRUM_KEYS = range(22, 92)  # where drum kits have sounds: GM is 35–81, GM 2 and GS go further


class PartSound(NamedTuple):
    """What a track asks a bank for."""

    program: int
    bank: int = 0
    is_percussion: bool = False


def sounds_of_parts(score: Score, banks: Sequence[tuple[int, int]], found: Counter[str]) -> list[PartSound]:
    """Choose the sound of every part.

    A program other than 0 is what the file wants. Program 0 is a piano or silence about the matter: then a name that is an instrument's
    decides. Bank numbers are controller 0, or 32 where only that is used.

    Parameters
    ----------
    banks : for each part, controllers 0 and 32 as its first note sounds
    found : counts what was decided against the letter of the file
    """
    programs = [part.program for part in score.parts]
    asked = [program_of_name(part.name) if not part.program else part.program for part in score.parts]
    others = [program for program in asked if program is not None]
    chosen: list[PartSound] = []
    for part, program, (coarse, fine) in zip(score.parts, programs, banks, strict=True):
        bank = coarse or fine
        is_percussion = part.is_percussion
        named = None
        if not program:
            is_sung = any(note.lyrics for note in part.notes)
            named = program_of_name(part.name, is_sung=is_sung, others=others)
        if not is_percussion and coarse in _RHYTHM_BANKS:
            is_percussion, bank = True, 0
        elif not is_percussion and not program and named is None and is_drum_name(part.name) and _all_drum_keys(part):
            found[f"parts called like drums on a melodic sound, played as drums ({part.name.strip()})"] += 1
            is_percussion = True
        elif is_percussion and _is_pitched(part):
            melodic = program_of_name(part.name) if not is_drum_name(part.name) else None
            if melodic is not None:
                found[f"pitched parts marked as percussion, played as what they are called ({part.name.strip()})"] += 1
                is_percussion, named = False, melodic
        chosen.append(PartSound(program if is_percussion or named is None else named, bank, is_percussion))
    return chosen


def _all_drum_keys(part: Part) -> bool:
    return all(note.pitch in _DRUM_KEYS for note in part.notes)


def _is_pitched(part: Part) -> bool:
    """Whether the notes of a percussion part are written where they sound (timpani under a percussion clef), not where drums stand."""
    spelled = [note for note in part.notes if note.spelling is not None]
    return bool(spelled) and all(note.spelling is not None and note.spelling.pitch == note.pitch for note in spelled)
