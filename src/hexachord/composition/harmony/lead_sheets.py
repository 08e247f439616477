"""Lead sheets as arrays: beats of any metre, the tune, the chords over it, the key of every beat.

What the tools on harmony share. Beats are the felt ones (`hexachord.score.grid`): dotted quarters in 6/8, the groups of 7/8.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from hexachord.arrays import Float64Array, IntArray
from hexachord.composition.harmony.tune_harmony import KINDS, Sung, harmonise_tune, sung_between
from hexachord.composition.roles import roles_of
from hexachord.composition.vocabulary import Vocabulary
from hexachord.errors import InputError
from hexachord.score.grid import beats_of_bar, skipped_before
from hexachord.score.model import Score
from hexachord.score.notes import note_array
from hexachord.score.timing import bars_of, metre_at
from hexachord.theory.chord_labels import NO_CHORD, UNKNOWN_CHORD, format_chord, parse_chord, simplify_chord
from hexachord.theory.keys import KEY_NAMES, key_of, key_scores, local_keys, pitch_class_weights
from hexachord.theory.phrases import top_line
from hexachord.theory.roman import chord_of_numeral, roman_numeral

_TUNES = ("melody", "soprano", "bridge", "right", "winds", "strings")
_OTHER_MODE, _MINOR = 0.1, 0.05  # nats a beat that the mode a signature does not name must gain, and minor where it names none: on the
# valid side and every sixth tune of the training side 86 of 89 modes are right with this
_JUDGE = "jazz"  # whose counts say which mode it is: those of tunes with signatures
_IN_SCALE = 0.8  # of a tune: below, a signature is not believed
_MODULATION = 10.0
_SCALE = np.isin(np.arange(12), (0, 2, 4, 5, 7, 9, 11))


class Beats(NamedTuple):
    """Beats of a score: (n,) where each starts and ends in ticks, the bar it is in, and where in the bar it lies: 0 on its first place, 1
    on the middle one of an even number, 2 elsewhere."""

    start: IntArray
    end: IntArray
    bar: IntArray
    position: IntArray


class ChordSpan(NamedTuple):
    """A chord from one tick to another, in Harte syntax; ``N`` where there is none."""

    start: int
    end: int
    label: str


class Tune(NamedTuple):
    """A single line: (n,) onsets and ends in ticks, MIDI pitches; and the index of the part that has it."""

    onset: IntArray
    end: IntArray
    pitch: IntArray
    part: int


def score_beats(score: Score) -> Beats:
    """Cut the bars of a score into beats.

    Examples
    --------
    >>> from hexachord.score.abc import read_abc
    >>> beats = score_beats(read_abc("X:1\\nM:7/8\\nL:1/8\\nK:G\\nGABcdef|g7|]"))
    >>> (beats.end - beats.start).tolist(), beats.position.tolist()
    ([10080, 10080, 15120, 10080, 10080, 15120], [0, 2, 2, 0, 2, 2])
    """
    bars = bars_of(score)
    rows: list[tuple[int, int, int, int]] = []
    for index, bar in enumerate(bars):
        if bar.duration <= 0:
            continue
        metre = metre_at(score, bar.tick)
        skipped = skipped_before(bars, index, metre, ticks_per_quarter=score.ticks_per_quarter)
        full = beats_of_bar(metre, duration=bar.duration + skipped, skipped=0, ticks_per_quarter=score.ticks_per_quarter)
        for place, beat in enumerate(full):
            start, end = bar.tick + max(0, beat.start - skipped), bar.tick + beat.end - skipped
            if end <= bar.tick:
                continue
            middle = len(full) % 2 == 0 and place == len(full) // 2
            rows.append((start, end, index, 0 if place == 0 else 1 if middle else 2))
    table = np.array(rows, dtype=np.int64).reshape(-1, 4)
    return Beats(*(table[:, column] for column in range(4)))


def tune_of(score: Score) -> Tune:
    """Find who has the tune, and read it as one line: of several notes at once the highest.

    Raises
    ------
    InputError : if nobody plays a pitched note.
    """
    words = Vocabulary()
    pitched = [index for index, part in enumerate(score.parts) if part.notes and not part.is_percussion]
    if not pitched:
        raise InputError(score.title or "the score", found="no pitched notes", expected="a tune")
    names = [{words.roles[role] for role in roles.values()} for roles in roles_of(score, vocabulary=words)]
    part = next((index for name in _TUNES for index in pitched if name in names[index]), pitched[0])
    notes = note_array(score)
    notes = notes[notes["part"] == part]
    highest = top_line(notes["onset_tick"], notes["pitch"])
    line = notes[highest]
    onset = line["onset_tick"].astype(np.int64)
    end = onset + line["duration_tick"].astype(np.int64)
    end[:-1] = np.minimum(end[:-1], np.maximum(onset[1:], onset[:-1] + 1))
    return Tune(onset, end, line["pitch"].astype(np.int64), part)


def sung_in(tune: Tune, beats: Beats) -> Sung:
    """What the tune does in every beat."""
    borders = np.append(beats.start, beats.end[-1:]).astype(np.float64)
    return sung_between(tune.onset.astype(np.float64), tune.end.astype(np.float64), tune.pitch, borders=borders)


def chord_spans(score: Score) -> tuple[ChordSpan, ...]:
    """Read the chord symbols as spans: each lasts until its own end or the next; what cannot be read is ``N``."""
    bars = bars_of(score)
    end = max([score.end_tick, *(bar.end for bar in bars[-1:])])
    latest = {symbol.tick: symbol for symbol in sorted(score.chords, key=lambda symbol: symbol.tick)}
    symbols = list(latest.values())
    if not symbols:
        return ()
    found: list[ChordSpan] = []
    for symbol, after in zip(symbols, [*(each.tick for each in symbols[1:]), end], strict=True):
        stop = after if symbol.end is None else min(symbol.end, after)
        if stop > symbol.tick:
            found.append(ChordSpan(symbol.tick, stop, readable(symbol.label)))
    return tuple(found)


def readable(label: str) -> str:
    """A label in Harte's syntax as it is, anything else ``N``."""
    try:
        return label if parse_chord(label).is_chord else NO_CHORD
    except ValueError:
        return NO_CHORD


def chord_number(label: str) -> int:
    """The number that a chord has in `hexachord.composition.harmony.tune_harmony`; -1 where it has none.

    Examples
    --------
    >>> chord_number("D:min9"), chord_number("N")
    (50, -1)
    """
    chord = parse_chord(label)
    if not chord.is_chord:
        return -1
    plain = simplify_chord(label, KINDS)
    return -1 if plain == UNKNOWN_CHORD else KINDS.index(parse_chord(plain).quality) * 12 + chord.root


def chords_of_beats(spans: Sequence[ChordSpan], beats: Beats) -> IntArray:
    """(n,) which span holds most of each beat, -1 for none."""
    found = np.full(len(beats.start), -1, dtype=np.int64)
    most = np.zeros(len(beats.start), dtype=np.int64)
    for number, span in enumerate(spans):
        shared = np.minimum(beats.end, span.end) - np.maximum(beats.start, span.start)
        better = shared > most
        found[better], most[better] = number, shared[better]
    return found


def keys_of_beats(score: Score, beats: Beats, tune: Tune, *, chords: IntArray | None = None) -> IntArray:
    """(n,) the key of every beat, a place in `KEY_NAMES`.

    Signatures say two keys each, and files often call both major: the one whose chords explain the tune (or the chords that are there)
    better is taken. A signature that fits no tune, as files that know none have it, is not believed; then, and where there is none, the
    key is followed through the notes.

    Parameters
    ----------
    chords : (n,) numbers of chords that are there, -1 for none
    """
    sung = sung_in(tune, beats)
    segments = _signatures(score, beats, tune) or _followed(beats, tune)
    keys = np.zeros(len(beats.start), dtype=np.int64)
    for first, last, choices in segments:
        rows = slice(first, last)

        def cost(choice: tuple[int, float], rows: slice = rows) -> float:
            key, handicap = choice
            count = len(beats.start[rows])
            found = harmonise_tune(
                Sung(*(each[rows] for each in sung)),
                keys=np.full(count, key),
                positions=beats.position[rows],
                flavour=_JUDGE,
                held=None if chords is None else chords[rows],
                network=False,
            )
            return found.nats + handicap * count

        keys[rows] = min(choices, key=cost)[0] if len(choices) > 1 else choices[0][0]
    return keys


def chord_in_key(root: int, quality: str, key: str, *, bass: int = 0) -> str:
    """Write a chord with the name its root has in a key.

    Examples
    --------
    >>> chord_in_key(10, "maj", "C major"), chord_in_key(8, "dim7", "A minor"), chord_in_key(3, "min7", "B major", bass=3)
    ('Bb:maj', 'G#:dim7', 'D#:min7/b3')
    """
    label = format_chord(root, quality, bass=bass, flats=True)
    named = chord_of_numeral(roman_numeral(label.partition("/")[0], key), key)
    return f"{named.partition(':')[0]}:{label.partition(':')[2]}"


_Segment = tuple[int, int, list[tuple[int, float]]]  # beats from and to, keys with their handicaps a beat


def _signatures(score: Score, beats: Beats, tune: Tune) -> list[_Segment]:
    marks = sorted({mark.tick: mark for mark in score.keys}.values())
    if not marks:
        return []
    first = np.searchsorted(beats.start, [mark.tick for mark in marks]).tolist()
    first[0] = 0
    found: list[_Segment] = []
    for mark, begin, end in zip(marks, first, [*first[1:], len(beats.start)], strict=True):
        if end <= begin:
            continue
        tonic = mark.fifths * 7 % 12
        inside = (tune.onset >= beats.start[begin]) & (tune.onset < beats.end[end - 1])
        weights = pitch_class_weights(tune.pitch[inside], (tune.end - tune.onset)[inside].astype(np.float64))
        if len(marks) == 1 and _misfit(weights, tonic):
            return []
        major, minor = (tonic, 0.0), (12 + (tonic + 9) % 12, 0.0)
        if mark.mode == "minor":
            major = (major[0], _OTHER_MODE)
        else:
            minor = (minor[0], _OTHER_MODE if mark.mode == "major" else _MINOR)
        found.append((begin, end, [major, minor]))
    return found


def _misfit(weights: Float64Array, tonic: int) -> bool:
    total = weights.sum()
    return bool(total > 0 and weights[np.roll(_SCALE, tonic)].sum() < _IN_SCALE * total)


def _followed(beats: Beats, tune: Tune) -> list[_Segment]:
    borders = beats.start[np.flatnonzero(np.diff(beats.bar, prepend=-1))].astype(np.float64)
    found = local_keys(tune.onset.astype(float), tune.end.astype(float), tune.pitch, step_s=borders, change_cost=_MODULATION)
    if len(found) > 1:
        starts = np.searchsorted(beats.start, found.start_s).tolist()
        starts[0] = 0
        rows = zip(found.label, starts, [*starts[1:], len(beats.start)], strict=True)
        return [(begin, end, [(_number(label), 0.0)]) for label, begin, end in rows if end > begin]
    weights = pitch_class_weights(tune.pitch, (tune.end - tune.onset).astype(np.float64))
    best = key_of(tune.pitch, (tune.end - tune.onset).astype(np.float64))
    order = np.argsort(-key_scores(weights), kind="stable")[:4] if best.confidence else [0]
    return [(0, len(beats.start), [(int(key), 0.0) for key in order])]


def _number(label: str) -> int:
    return KEY_NAMES.index(label)
