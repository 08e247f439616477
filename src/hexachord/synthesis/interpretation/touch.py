"""How long keys stay down: articulations, slurs, fermatas, and keys struck again.

A note lasts as long as it is written, unless a dot or a wedge says otherwise. Where the same key follows at once, it is let go a moment
early, so that it can speak again. A fermata does not stop the clock (page and sound go by one clock): the note rings on as long again, as
far as there is room.
"""

from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache

from hexachord.score.model import Note
from hexachord.synthesis.interpretation.sounds import Sound

_SHARES = {
    "staccato": 0.5, "staccatissimo": 0.3, "spiccato": 0.35, "detached-legato": 0.75, "strong-accent": 0.85, "breath-mark": 0.85,
    "caesura": 0.8, "falloff": 0.9, "snap-pizzicato": 0.5,
}  # fmt: skip
_PORTATO = 0.75  # staccato under a slur or with a tenuto
_SHORTEST_S = 0.05  # below this a dot is a click
_LONGEST_SLUR_QUARTERS = 32  # one that is still open then was never closed
_LONGEST_RING_S = 2.0
_SAME_MOMENT_S = 0.004
_UNISON_S = 0.025  # strokes of one key closer than this are one: no finger comes back so soon
_GAP_SHARE = 0.25  # of the time between two strokes of one key is the most that their gap takes


@lru_cache(maxsize=4096)
def length_share(marks: tuple[str, ...], *, is_slurred: bool = False) -> float:
    """What share of its written time a note sounds.

    Examples
    --------
    >>> length_share(("staccato",)), length_share(("staccato", "tenuto")), length_share(("accent",))
    (0.5, 0.75, 1.0)
    """
    share = min((_SHARES[mark] for mark in marks if mark in _SHARES), default=1.0)
    if share < _PORTATO and ("tenuto" in marks or (is_slurred and "staccato" in marks)):
        return _PORTATO
    return share


def shorten(sounds: Sequence[Sound], *, ticks_per_quarter: int) -> None:
    """Apply articulations to sounds, which are in the order of a part's notes."""
    slurs: dict[tuple[int, str], int] = {}  # (staff, number) → where it began
    for sound in sounds:
        note = sound.note
        if not note.marks:
            continue
        share = length_share(note.marks)
        if share < _PORTATO:
            share = length_share(note.marks, is_slurred=_is_slurred(note, slurs, _LONGEST_SLUR_QUARTERS * ticks_per_quarter))
        for mark in note.marks:
            if mark.startswith("slur-start"):
                slurs[note.staff, mark[10:]] = note.onset
            elif mark.startswith("slur-stop"):
                slurs.pop((note.staff, mark[9:]), None)
        if share < 1.0:
            length = sound.end_s - sound.onset_s
            sound.end_s = sound.onset_s + min(length, max(share * length, _SHORTEST_S))


def _is_slurred(note: Note, slurs: dict[tuple[int, str], int], longest: int) -> bool:
    if any(mark.startswith("slur-st") for mark in note.marks):
        return True
    return any(staff == note.staff and note.onset - start < longest for (staff, _), start in slurs.items())


def ring_on(sounds: Sequence[Sound]) -> None:
    """Let notes under a fermata ring as long again, and those marked l. v., until the part's next note (or that key's) begins."""
    held = [sound for sound in sounds if sound.note.marks and not _RINGING.isdisjoint(sound.note.marks)]
    if not held:
        return
    onsets = sorted({sound.onset_s for sound in sounds})
    by_key: dict[int, list[float]] = {}
    for sound in sorted(sounds, key=lambda sound: sound.onset_s):
        by_key.setdefault(sound.key, []).append(sound.onset_s)
    for sound in held:
        lets_ring = "let-ring" in sound.note.marks
        others = by_key[sound.key] if lets_ring else onsets
        place = bisect_left(others, sound.end_s - _SAME_MOMENT_S)
        room = others[place] - sound.end_s if place < len(others) else _LONGEST_RING_S
        sound.end_s += max(0.0, min(room, _LONGEST_RING_S if lets_ring else min(_LONGEST_RING_S, sound.end_s - sound.onset_s)))


_RINGING = frozenset(("fermata", "fermata-inverted", "let-ring"))


def part_hands(sounds: Sequence[Sound], *, gap_s: float) -> list[Sound]:
    """See to it that every key is struck once at a time.

    A unison of two voices is one stroke, as long and loud as the longer and louder. A key struck while it is down is let go for it, and
    then stays down as long as either says. Between two strokes of one key lies a gap of `gap_s`, at most a quarter of their distance.
    """
    struck: list[Sound] = []
    last: dict[int, Sound] = {}
    for sound in sorted(sounds, key=lambda sound: sound.onset_s):
        before = last.get(sound.key)
        if before is not None and sound.onset_s - before.onset_s < _UNISON_S:
            before.end_s = max(before.end_s, sound.end_s)
            before.velocity = max(before.velocity, sound.velocity)
            continue
        if before is not None:
            distance = sound.onset_s - before.onset_s
            latest = sound.onset_s - min(gap_s, _GAP_SHARE * distance)
            if before.end_s > latest:
                if before.end_s > sound.onset_s + _SAME_MOMENT_S:
                    sound.end_s = max(sound.end_s, before.end_s)
                before.end_s = latest
        last[sound.key] = sound
        struck.append(sound)
    return struck
