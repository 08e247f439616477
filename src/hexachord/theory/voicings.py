"""Chords as notes that a player would take: close positions whose voices move little, over their bass.

Each chord takes the inversion nearest to the one before, as keyboard players lead voices; the bass goes alone, an octave below. From there
a chart of symbols becomes a part that can be heard.
"""

from dataclasses import replace
from functools import lru_cache

from hexachord.score.model import Clef, Note, Part, Score, SectionMark
from hexachord.theory.chord_labels import Chord, parse_chord
from hexachord.theory.chord_names import chord_name

LOWEST_BASS = 40  # E2: a keyboard's left hand, clear of the chord above
_CENTRE = 62.0  # of the upper voices
_VOICES = 4  # above the bass
_VELOCITY, _BASS_VELOCITY = 64, 76


@lru_cache(maxsize=8192)
def voicing(chord: Chord, previous: tuple[int, ...], *, centre: float) -> tuple[int, ...]:
    """Choose the close position nearest to the previous chord (to `centre` at first), at most four voices; big chords go without a fifth.

    Examples
    --------
    >>> voicing(parse_chord("C:maj"), (), centre=60), voicing(parse_chord("F:maj"), (60, 64, 67), centre=60)
    ((55, 60, 64), (57, 60, 65))
    """
    classes = [(chord.root + semitone) % 12 for semitone in chord.intervals]
    if len(classes) > 4:
        classes = [c for c, semitone in zip(classes, chord.intervals, strict=True) if semitone % 12 != 7][-4:]
    classes = sorted(set(classes))
    best: tuple[int, ...] = ()
    best_cost = float("inf")
    for turn in range(len(classes)):
        turned = classes[turn:] + [c + 12 for c in classes[:turn]]
        for octave in range(3, 7):
            pitches = tuple(c + 12 * octave for c in turned)
            middle = abs(sum(pitches) / len(pitches) - centre)
            move = sum(min(abs(p - q) for q in previous) for p in pitches) if previous else 0.0
            cost = middle * (0.35 if previous else 1.0) + move + max(0.0, middle - 7.0) * 4.0
            if cost < best_cost - 1e-9:
                best, best_cost = pitches, cost
    return best


def bass_pitch(chord: Chord) -> int:
    """Place the bass of a chord between E2 and D sharp 3.

    Examples
    --------
    >>> bass_pitch(parse_chord("C:maj")), bass_pitch(parse_chord("C:maj/3")), bass_pitch(parse_chord("Eb:min"))
    (48, 40, 51)
    """
    return LOWEST_BASS + (chord.root + chord.bass - LOWEST_BASS) % 12


def block_chords(score: Score) -> Score:
    """Play the chord symbols of a score: one part with a chord and its bass for each, held until the next.

    Parameters
    ----------
    score : with chord symbols in Harte's syntax; what is none (``N``, words) rests

    Returns
    -------
    The score with this part instead of its own; bars, tempi, keys, sections and symbols stay

    Raises
    ------
    ValueError : if no symbol is a chord.

    Examples
    --------
    >>> from hexachord.score.model import ChordSymbol
    >>> chart = Score(chords=(ChordSymbol(0, "C:maj"), ChordSymbol(960, "G:7/3")), parts=(Part(notes=(Note(0, 1920, 72),)),))
    >>> [(note.onset, note.duration, note.pitch) for note in block_chords(chart).parts[0].notes if note.staff == 2]
    [(0, 960, 48), (960, 960, 47)]
    """
    symbols = sorted(score.chords, key=lambda symbol: symbol.tick)
    end_tick = max([score.end_tick, *(symbol.end or symbol.tick + 1 for symbol in symbols[-1:])])
    following = [*(symbol.tick for symbol in symbols[1:]), end_tick]
    notes: list[Note] = []
    upper: tuple[int, ...] = ()
    for symbol, after in zip(symbols, following, strict=False):
        chord = _parsed(symbol.label)
        end = after if symbol.end is None else min(symbol.end, after)
        if chord is None or end <= symbol.tick:
            continue
        low = bass_pitch(chord)
        upper = voicing(_four_voices(chord), upper, centre=_CENTRE)
        notes.append(Note(symbol.tick, end - symbol.tick, low, velocity=_BASS_VELOCITY, voice=5, staff=2))
        notes += [Note(symbol.tick, end - symbol.tick, pitch, velocity=_VELOCITY) for pitch in upper if pitch != low]
    if not notes:
        raise ValueError("no symbol of this score is a chord")
    part = Part(name="Chords", notes=tuple(notes), staves=2, clefs=(Clef(0, 1, "G", 2), Clef(0, 2, "F", 4)))
    return replace(score, parts=(part,), groups=())


def chord_markers(score: Score) -> Score:
    """Name the chords where a sequencer shows names: among the sections, which MIDI keeps as markers.

    Examples
    --------
    >>> from hexachord.score.model import ChordSymbol
    >>> chart = Score(chords=(ChordSymbol(0, "A:min7"), ChordSymbol(480, "N")), sections=(SectionMark(0, "verse"),))
    >>> [mark.label for mark in chord_markers(chart).sections]
    ['verse', 'Am7', 'N.C.']
    """
    named = [SectionMark(symbol.tick, symbol.text or chord_name(symbol.label)) for symbol in score.chords]
    marks = sorted((*score.sections, *named), key=lambda mark: mark.tick)
    return replace(score, sections=tuple(marks), chords=())


def _four_voices(chord: Chord) -> Chord:
    """Leave out of a big chord what is missed least: its fifth, a root that the bass has, the eleventh and ninth below a thirteenth."""
    kept = list(chord.intervals)
    for semitones in (7, *((0,) if chord.bass == 0 else ()), 17, 14):
        if len({step % 12 for step in kept}) > _VOICES and semitones in kept:
            kept.remove(semitones)
    return replace(chord, intervals=tuple(kept))


def _parsed(label: str) -> Chord | None:
    try:
        chord = parse_chord(label)
    except ValueError:
        return None
    return chord if chord.is_chord else None
