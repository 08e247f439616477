"""A part of a page, repeats written out and ties joined, as sounds: touch, grace notes, ornaments, pedal."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from hexachord.score.model import KeyMark, Note, Part, Score
from hexachord.score.timing import TempoMap, bars_of
from hexachord.synthesis.interpretation.grace_notes import play_graces
from hexachord.synthesis.interpretation.ornaments import Neighbours, has_ornament, play_ornament, play_tremolos_between, roll_chords
from hexachord.synthesis.interpretation.play_options import PlayOptions
from hexachord.synthesis.interpretation.sounds import Chords, Sound, sounds_of
from hexachord.synthesis.interpretation.touch import part_hands, ring_on, shorten

_PEDAL_DELAYS_PER_QUARTER = 32  # the foot goes down just after the hands, so what ends there is not caught

_SAME_MOMENT_S = 0.004
_ORNAMENT_REACH, _ORNAMENT_NOTES = 4, 3  # semitones around the main note; the least notes that make an ornament


def is_page(score: Score) -> bool:
    """Whether a score is to be interpreted: it has bars or signs. A performance has neither."""
    return bool(score.bars) or any(part.directions or any(note.marks or note.grace for note in part.notes) for part in score.parts)


def play_page(
    notes: Sequence[Note], keys: Sequence[KeyMark], clock: TempoMap, *, ticks_per_quarter: int, is_percussion: bool, options: PlayOptions
) -> list[Sound]:
    """Play the notes of a part.

    Parameters
    ----------
    notes : in order, ties joined, marks shared among chords (`with_shared_marks`), velocities given
    keys : the score's key signatures, for ornaments

    Returns
    -------
    sounds in order of onset.
    """
    graces = [note for note in notes if note.grace]
    sounds = sounds_of([note for note in notes if not note.grace] if graces else notes, clock)
    shorten(sounds, ticks_per_quarter=ticks_per_quarter)
    if options.ornaments:
        sounds = _ornamented(sounds, graces, keys, clock, ticks_per_quarter, is_percussion, options)
    ring_on(sounds)
    return part_hands(sounds, gap_s=0.0 if is_percussion else options.repeated_note_gap_s)


def _ornamented(
    sounds: list[Sound],
    graces: list[Note],
    keys: Sequence[KeyMark],
    clock: TempoMap,
    ticks_per_quarter: int,
    is_percussion: bool,
    options: PlayOptions,
) -> list[Sound]:
    marks = {mark.partition("-")[0] for sound in sounds for mark in sound.note.marks}
    added: list[Sound] = []
    if graces or "tremolo" in marks:
        chords = Chords(sounds)
        added = play_graces(graces, chords, clock, ticks_per_quarter=ticks_per_quarter, options=options)
        if "tremolo" in marks:
            tremolos, replaced = play_tremolos_between(chords, clock, ticks_per_quarter=ticks_per_quarter, options=options)
            added += tremolos
            sounds = [sound for sound in sounds if id(sound) not in replaced] if replaced else sounds
    if "arpeggiate" in marks:
        roll_chords(sounds, options=options)
    if not any(has_ornament(sound.note) for sound in sounds):
        return sounds + added
    hidden = sorted((sound.onset_s, sound.key) for sound in sounds if "hidden" in sound.note.marks)
    played: list[Sound] = []
    neighbours = {fifths: Neighbours(fifths=fifths) for fifths in {0, *(key.fifths for key in keys)}}
    for sound in sounds:
        if not has_ornament(sound.note):
            played.append(sound)
            continue
        if hidden and _is_written_out(sound, hidden):
            continue
        tick = sound.note.onset
        place = bisect_right(keys, tick, key=lambda key: key.tick) - 1
        quarter_s = float(clock.seconds(tick + ticks_per_quarter) - clock.seconds(tick))
        scale = neighbours[keys[place].fifths if place >= 0 else 0]
        played += play_ornament(sound, scale, quarter_s=quarter_s, is_percussion=is_percussion, options=options)
    return played + added


def _is_written_out(sound: Sound, hidden: Sequence[tuple[float, int]]) -> bool:
    """Whether the editor has put invisible notes under an ornament that say how it goes; then the visible one is for the eye."""
    under = hidden[bisect_left(hidden, (sound.onset_s - _SAME_MOMENT_S, 0)) : bisect_left(hidden, (sound.end_s, 0))]
    return sum(abs(key - sound.key) <= _ORNAMENT_REACH for _, key in under) >= _ORNAMENT_NOTES


def pedal_ticks(part: Part, score: Score) -> list[tuple[int, int]]:
    """The pedal as the page has it: (tick, value) of the sustain pedal. One without an end lasts to the next, or to the end of its bar."""
    signs = sorted({(sign.tick, sign.end) for sign in part.directions if sign.kind == "pedal"}, key=lambda sign: (sign[0], sign[1] or 0))
    if not signs:
        return []
    bars = bars_of(score)
    delay = max(1, score.ticks_per_quarter // _PEDAL_DELAYS_PER_QUARTER)
    presses: list[list[int]] = []
    for place, (tick, end) in enumerate(signs):
        if end is None:
            bar = bars[max(0, bisect_right(bars, tick, key=lambda bar: bar.tick) - 1)]
            following = next((start for start, _ in signs[place + 1 :] if start > tick), bar.end)
            end = min(max(bar.end, tick + 1), following)
        if presses and tick < presses[-1][1]:
            presses[-1][1] = max(presses[-1][1], end)
        elif end > tick:
            presses.append([tick, end])
    return [point for start, end in presses for point in ((min(start + delay, end - 1), 127), (end, 0))]
