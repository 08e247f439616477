"""Random locks: which notes of a crop are given, in the ways in which people ask.

Each kind of question that a tool puts is one of `QUESTIONS`: continue, fill in, accompany a tune, find the tune, harmonise, arrange,
vary, a pitch range, single notes, and mixtures of these (after the random spans of the Anticipatory Music Transformer, and MIDI-GPT's
tracks and bars).
"""

from collections.abc import Callable

import numpy as np

from hexachord.arrays import BoolArray
from hexachord.composition.clips import Clip
from hexachord.composition.vocabulary import Vocabulary

Given = tuple[BoolArray, BoolArray]
Question = Callable[[Clip, np.random.Generator, Vocabulary], Given]


def _all(clip: Clip, value: bool) -> Given:
    return np.full(len(clip.notes), value), np.full(len(clip.chords), value)


def infill(clip: Clip, random: np.random.Generator, vocabulary: Vocabulary) -> Given:
    """Everything is given but some bars in a row."""
    count = len(clip.bars)
    length = int(np.clip(random.geometric(0.25), 1, max(1, count * 3 // 4)))
    first = int(random.integers(0, count - length + 1))
    outside = [(table["bar"] < first) | (table["bar"] >= first + length) for table in (clip.notes, clip.chords)]
    notes, chords = (np.asarray(given) for given in outside)
    return notes, chords | (random.random() < 0.5)


def bars_at_random(clip: Clip, random: np.random.Generator, vocabulary: Vocabulary) -> Given:
    """Some bars here and there are given."""
    given = random.random(len(clip.bars)) < random.uniform(0.1, 0.9)
    return given[clip.notes["bar"]], given[clip.chords["bar"]]


def parts(clip: Clip, random: np.random.Generator, vocabulary: Vocabulary) -> Given:
    """Some parts are given, and the chords or not: accompany, find a tune, a second hand, three voices under a soprano."""
    roles = np.unique(clip.notes["role"])
    given = random.random(len(roles)) < 0.5
    if len(roles) > 1 and given.all():
        given[random.integers(len(roles))] = False
    if len(roles) == 1:
        given[:] = False
    return np.isin(clip.notes["role"], roles[given]), np.full(len(clip.chords), bool(random.random() < 0.6))


def tune(clip: Clip, random: np.random.Generator, vocabulary: Vocabulary) -> Given:
    """The tune is given (melody, soprano, or what is highest), and the chords or not."""
    names = [vocabulary.roles.index(name) for name in ("melody", "soprano", "bridge")]
    present = [role for role in names if np.any(clip.notes["role"] == role)]
    given = clip.notes["role"] == present[0] if present else highest(clip)
    return np.asarray(given), np.full(len(clip.chords), bool(random.random() < 0.6))


def chords_only(clip: Clip, random: np.random.Generator, vocabulary: Vocabulary) -> Given:
    """The chords are given, everything else is wanted; without chords, the parts that are not the tune."""
    if len(clip.chords):
        return np.zeros(len(clip.notes), dtype=bool), np.ones(len(clip.chords), dtype=bool)
    notes, chords = tune(clip, random, vocabulary)
    return ~notes, chords


def harmonise(clip: Clip, random: np.random.Generator, vocabulary: Vocabulary) -> Given:
    """All notes, or the tune, are given and the chords are wanted."""
    if not len(clip.chords):
        return tune(clip, random, vocabulary)
    notes, _ = tune(clip, random, vocabulary) if random.random() < 0.5 else _all(clip, True)
    return notes, np.zeros(len(clip.chords), dtype=bool)


def pitch_range(clip: Clip, random: np.random.Generator, vocabulary: Vocabulary) -> Given:
    """What lies above a pitch, below it, or outside a range is given; drums are, too."""
    low, high = np.sort(random.integers(36, 90, size=2))
    pitch = clip.notes["pitch"]
    given = (pitch >= low) if (kind := random.random()) < 0.35 else (pitch <= high) if kind < 0.7 else (pitch < low) | (pitch > high)
    return np.asarray(given | (clip.notes["role"] == vocabulary.drums)), np.full(len(clip.chords), bool(random.random() < 0.6))


def single_notes(clip: Clip, random: np.random.Generator, vocabulary: Vocabulary) -> Given:
    """Notes here and there are given: vary, more or less."""
    share = random.uniform(0.1, 0.9)
    return random.random(len(clip.notes)) < share, random.random(len(clip.chords)) < share


def downbeats(clip: Clip, random: np.random.Generator, vocabulary: Vocabulary) -> Given:
    """What falls on the beats is given, what lies between is wanted, or the other way round."""
    on = clip.notes["place"] % (24 * int(random.integers(1, 3))) == 0
    return np.asarray(on if random.random() < 0.7 else ~on), np.full(len(clip.chords), bool(random.random() < 0.6))


def begun(clip: Clip, random: np.random.Generator, vocabulary: Vocabulary) -> Given:
    """The first bars are given, the rest is wanted."""
    first = int(random.integers(1, max(2, len(clip.bars))))
    return np.asarray(clip.notes["bar"] < first), np.asarray((clip.chords["bar"] < first) | (random.random() < 0.4))


def mixture(clip: Clip, random: np.random.Generator, vocabulary: Vocabulary) -> Given:
    """Two questions at once: what either gives is given, or what both do."""
    kinds = random.choice(len(_PLAIN), size=2)
    (one, one_chords), (two, two_chords) = (_PLAIN[kind](clip, random, vocabulary) for kind in kinds)
    if random.random() < 0.5:
        return one | two, one_chords | two_chords
    return one & two, one_chords & two_chords


def highest(clip: Clip) -> BoolArray:
    """Notes that are the highest of those that begin with them, drums apart."""
    moment = clip.notes["bar"].astype(np.int64) * 256 + clip.notes["place"]
    top = np.zeros(len(moment), dtype=bool)
    order = np.lexsort((clip.notes["pitch"], moment))
    last = np.ones(len(order), dtype=bool)
    last[:-1] = moment[order][1:] != moment[order][:-1]
    top[order[last]] = True
    return top


_PLAIN: tuple[Question, ...] = (infill, bars_at_random, parts, tune, pitch_range, single_notes, downbeats)
QUESTIONS: tuple[tuple[Question, float], ...] = (
    (infill, 0.18), (bars_at_random, 0.06), (parts, 0.18), (tune, 0.16), (chords_only, 0.12), (harmonise, 0.06), (pitch_range, 0.05),
    (single_notes, 0.06), (downbeats, 0.03), (begun, 0.05), (mixture, 0.05),
)  # fmt: skip


def draw_given(clip: Clip, random: np.random.Generator, *, vocabulary: Vocabulary) -> Given:
    """Draw which notes and which chords of a clip are given; something is always left to fill."""
    chance = np.array([weight for _, weight in QUESTIONS])
    question = QUESTIONS[int(random.choice(len(QUESTIONS), p=chance / chance.sum()))][0]
    notes, chords = question(clip, random, vocabulary)
    if notes.all() and (not len(chords) or chords.all()):
        notes, chords = _all(clip, False)
    return notes, chords
