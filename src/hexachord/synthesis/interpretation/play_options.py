"""How a page is played where it leaves room."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class PlayOptions:
    """What a player adds to the page. Times in seconds, the rest in MIDI velocity steps.

    `expression` False plays strictly as written: dynamics, articulations and ornaments, and nothing that is not on the page (no metrical
    accents, no voicing). Performances, whose notes sit where they were played, are never changed by any of this.
    """

    expression: bool = True
    ornaments: bool = True  # grace notes, trills, turns, arpeggios, tremolos; off, main notes are played plainly and grace notes left out
    downbeat_accent: int = 6
    strong_beat_accent: int = 3
    offbeat_accent: int = -3
    top_voice_accent: int = 4  # of the uppermost note where several sound at once on a keyboard
    grace_s: float = 0.07
    arpeggio_s: float = 0.03  # from one note of a rolled chord to the next
    trill_notes_per_s: float = 12.0
    fastest_tremolo_notes_per_s: float = 16.0
    repeated_note_gap_s: float = 0.03  # the silence that lets a repeated key speak again
    soft_pedal_share: float = 0.85  # of the velocity, while the soft pedal is down
