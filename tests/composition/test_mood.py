"""Moods: cues that lead where the rule of valence and arousal will find the music."""

import numpy as np
import pytest

from hexachord.composition.mood import Mood
from hexachord.composition.tools import generate
from hexachord.composition.vocabulary import Vocabulary
from hexachord.composition.writing import MODEL, Draw
from hexachord.errors import InputError
from hexachord.models.networks import network_path
from hexachord.score.notes import note_array
from hexachord.theory.emotion import emotion_of

WORDS = Vocabulary()
CHANCE = Draw(engine="chance", seed=3)


def test_cues_follow_the_rule() -> None:
    happy, sad = Mood(valence=0.7, arousal=0.6), Mood(valence=-0.7, arousal=-0.6)
    assert happy.quarter_bpm() > 100 > 75 > sad.quarter_bpm()
    assert happy.key(1).endswith("major")
    assert sad.key(1).endswith("minor")
    assert len({happy.key(seed) for seed in range(20)}) > 5
    roles = (WORDS.roles.index("piano"), WORDS.drums)
    high, low = (mood.ranges(roles, style="pop", vocabulary=WORDS)["piano"] for mood in (Mood(valence=0.9), Mood(valence=-0.9)))
    assert high[0] > low[0]
    assert "drums" not in Mood(valence=0.9).ranges(roles, style="pop", vocabulary=WORDS)


def test_nothing_is_wished_where_nothing_is_said() -> None:
    assert not Mood()
    assert Mood(arousal=0.0)
    assert Mood(arousal=0.5).key(0) == ""


def test_what_is_said_goes_before_the_mood() -> None:
    made = generate(4, key="C major", quarter_bpm=60, roles=["melody"], mood=Mood(valence=-0.9, arousal=0.9), draw=CHANCE)
    assert made.score.tempos[0].quarter_bpm == 60
    assert (made.score.keys[0].fifths, made.score.keys[0].mode) == (0, "major")
    other = generate(4, roles=["melody"], mood=Mood(valence=-0.9, arousal=0.9), draw=CHANCE)
    assert other.score.keys[0].mode == "minor"
    assert other.score.tempos[0].quarter_bpm > 100


@pytest.mark.parametrize("wish", [{"valence": 1.5}, {"arousal": -2.0}])
def test_beyond_the_plane(wish: dict[str, float]) -> None:
    with pytest.raises(InputError, match="-1 to 1"):
        Mood(**wish)


@pytest.mark.slow
@pytest.mark.skipif(network_path(MODEL) is None, reason="the composer's weights are not here")
def test_the_rule_finds_what_was_wished() -> None:
    def felt(mood: Mood) -> np.ndarray:
        found = []
        for seed in range(4):
            notes = note_array(generate(16, mood=mood, draw=Draw(seed=seed)).score)
            feeling = emotion_of(notes["onset_s"], notes["duration_s"], notes["pitch"], notes["velocity"])
            assert feeling is not None
            found.append((feeling.valence, feeling.arousal))
        return np.mean(found, axis=0)

    happy, sad = felt(Mood(valence=0.7, arousal=0.6)), felt(Mood(valence=-0.7, arousal=-0.6))
    assert happy[0] > sad[0] + 0.3
    assert happy[1] > sad[1] + 0.5
