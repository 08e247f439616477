"""Where harmony leans: chord symbols to their key, accompaniment to its chord, tunes to the scale."""

import numpy as np
import pytest

from hexachord.composition.clips import Clip, empty_notes, make_bars
from hexachord.composition.extending import blank_clip
from hexachord.composition.grammar import Walk
from hexachord.composition.harmony_steering import HarmonySteering
from hexachord.composition.plan import Plan
from hexachord.composition.vocabulary import BEAT, CHORD, DURATION, FILLED, KIND, NO_ROOT, PITCH, PLACE, Vocabulary

WORDS = Vocabulary()
PIANO, MELODY, DRUMS = (WORDS.roles.index(name) for name in ("piano", "melody", "drums"))


def steering(clip: Clip, *roles: int) -> HarmonySteering:
    fill = np.zeros((len(clip.bars), len(WORDS.roles)), dtype=bool)
    fill[:, roles] = True
    plan = Plan(clip=clip, fill=fill)
    return HarmonySteering(plan, [Walk(plan, vocabulary=WORDS)], vocabulary=WORDS)


def chosen(role: int, **fields: int) -> np.ndarray:
    row = np.zeros((1, 7), dtype=np.int64)
    row[0, KIND], row[0, BEAT], row[0, PLACE] = WORDS.kind(role, FILLED), 1, 1
    row[0, PITCH] = fields.get("pitch", 0)
    return row


def classes(added: np.ndarray) -> np.ndarray:
    """What the twelve pitch classes from C4 on get."""
    return np.asarray(added[0, 61:73])


def test_accompaniment_leans_to_its_chord_and_the_tune_to_the_scale() -> None:
    clip = blank_clip(2, key="C major", chords="C | E7", vocabulary=WORDS)
    leans = steering(clip, PIANO, MELODY)
    piano = classes(leans.lean(PITCH, chosen(PIANO)))
    assert piano[[0, 4, 7]].tolist() == [0.0, 0.0, 0.0]
    assert piano[2] < 0  # outside the chord
    assert piano[1] < piano[2]  # outside the scale, too
    melody = classes(leans.lean(PITCH, chosen(MELODY)))
    assert melody[[0, 2, 4, 5, 7, 9, 11]].tolist() == [0.0] * 7
    assert np.all(melody[[1, 3, 6, 8, 10]] < 0)
    assert leans.lean(BEAT, chosen(PIANO)) is None
    waits = leans.lean(KIND, np.zeros((1, 0), dtype=np.int64))
    assert waits[0, WORDS.kind(CHORD, FILLED)] < 0 == waits[0, WORDS.kind(PIANO, FILLED)]


def test_a_chord_from_elsewhere_brings_its_own_tones() -> None:
    clip = blank_clip(1, key="C major", chords="E7", vocabulary=WORDS)
    piano = classes(steering(clip, PIANO).lean(PITCH, chosen(PIANO)))
    assert piano[8] == 0.0  # the G sharp of E7


def test_drums_lean_to_nothing() -> None:
    clip = blank_clip(1, key="C major", chords="C", vocabulary=WORDS)
    assert not np.any(steering(clip, DRUMS).lean(PITCH, chosen(DRUMS)))


@pytest.mark.parametrize("key", ["C major", "A minor", "Eb major"])
def test_pieces_begin_near_their_tonic_and_chords_follow_as_in_songs(key: str) -> None:
    clip = blank_clip(4, key=key, vocabulary=WORDS)
    leans = steering(clip, CHORD, PIANO)
    tonic = int(clip.bars["key"][0]) % 12
    roots = leans.lean(PITCH, chosen(CHORD))[0, 1:13]
    assert int(np.argmax(roots)) == tonic
    assert roots[(tonic + 6) % 12] < roots[(tonic + 5) % 12] - 1
    qualities = leans.lean(DURATION, chosen(CHORD, pitch=tonic + 1))[0]
    major, minor = (qualities[1 + WORDS.qualities.index(name)] for name in ("maj", "min"))
    assert (major > minor) == key.endswith("major")
    row = chosen(CHORD, pitch=(tonic + 7) % 12 + 1)
    row[0, DURATION] = 1 + WORDS.qualities.index("maj")
    leans.count(row)  # a dominant stands
    after = leans.lean(PITCH, chosen(CHORD))[0]
    assert after[tonic + 1] > after[(tonic + 1) % 12 + 1]
    assert after[NO_ROOT] < 0


def test_without_a_key_nothing_leans() -> None:
    clip = Clip(bars=make_bars(2, 4, 4), notes=empty_notes(), chords=blank_clip(2, vocabulary=WORDS).chords)
    assert not np.any(steering(clip, CHORD, PIANO).lean(PITCH, chosen(CHORD)))
