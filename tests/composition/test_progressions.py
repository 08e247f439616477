"""Progressions end as they are asked to, moods lean where they should, and every chord has its reason."""

import numpy as np
import pytest

from hexachord.composition.harmony.progression_tables import CADENCES, LOOPS, MOODS, STYLES
from hexachord.composition.harmony.progressions import ProgressionOptions, brightness, key_of_chords, next_chords_of, write_progression
from hexachord.errors import InputError
from hexachord.score.timing import bars_of
from hexachord.theory.cadences import cadence_kind
from hexachord.theory.chord_labels import parse_chord
from hexachord.theory.chord_tension import chord_tension
from hexachord.theory.keys import parse_key


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("key", ["Eb major", "F# minor"])
def test_every_style_writes_whole_bars_with_reasons(style, key):
    made = write_progression(ProgressionOptions(style=style, key=key, bars=8, seed=3))
    assert len(bars_of(made.score)) == 8
    assert made.key == key
    assert all(chord.numeral and chord.reason for chord in made.chords)
    assert [symbol.tick for symbol in made.score.chords] == [chord.tick for chord in made.chords]
    assert made.chords[0].tick == 0
    assert made.score.note_count  # it can be heard
    assert made.score.keys[0].fifths == -3 if key == "Eb major" else made.score.keys[0].fifths == 3


@pytest.mark.parametrize(
    ("cadence", "kind"), [("authentic", "authentic"), ("half", "half"), ("plagal", "plagal"), ("deceptive", "deceptive")]
)
@pytest.mark.parametrize("mood", ["happy", "sad"])
def test_cadences_are_those_asked_for(cadence, kind, mood):
    for seed in range(6):
        made = write_progression(ProgressionOptions(mood=mood, style="classical", cadence=cadence, seed=seed))
        last = [chord.numeral for chord in made.chords[-2:]]
        assert kind in cadence_kind(*last), last


def test_moods_choose_mode_speed_and_colour():
    happy, sad = (write_progression(ProgressionOptions(mood=mood)) for mood in ("happy", "sad"))
    assert (parse_key(happy.key)[1], parse_key(sad.key)[1]) == ("major", "minor")
    assert happy.score.tempos[0].quarter_bpm > sad.score.tempos[0].quarter_bpm

    def mean(measure, **wish):
        made = [write_progression(ProgressionOptions(key="C major", style="pop", seed=seed, **wish)) for seed in range(12)]
        return np.mean([measure(chord.label, "C major") for each in made for chord in each.chords])

    assert mean(brightness, valence=1.0) > mean(brightness, valence=-1.0)
    assert mean(chord_tension, arousal=1.0) > mean(chord_tension, arousal=-1.0)
    assert all(-1 <= value <= 1 for place in MOODS.values() for value in place)


@pytest.mark.parametrize("loop", LOOPS)
def test_loops_are_what_they_are_called(loop):
    named = LOOPS[loop]
    bars = len(named.numerals) // named.places
    made = write_progression(ProgressionOptions(loop=loop, key=f"D {named.mode}", bars=max(1, bars)))
    assert made.key == f"D {named.mode}"
    assert all(parse_chord(chord.label).is_chord for chord in made.chords)


def test_loops_go_round_and_may_end():
    made = write_progression(ProgressionOptions(loop="axis", bars=8, key="G major"))
    assert [chord.label for chord in made.chords] == ["G:maj", "D:maj", "E:min", "C:maj"] * 2
    ended = write_progression(ProgressionOptions(loop="axis", bars=8, key="G major", cadence="plagal"))
    assert [chord.numeral for chord in ended.chords[-2:]] == ["IV", "I"]


def test_the_same_seed_writes_the_same():
    same = [write_progression(ProgressionOptions(style="jazz", seed=9)).chords for _ in range(2)]
    assert same[0] == same[1]
    assert len({write_progression(ProgressionOptions(style="jazz", seed=seed)).chords for seed in range(6)}) > 3


def test_what_may_follow():
    after = next_chords_of(["C:maj", "D:min7", "G:7"], "C major", flavour="jazz")
    assert after[0][0] == "C:maj"
    assert [chance for _, chance, _ in after] == sorted((chance for _, chance, _ in after), reverse=True)
    ends = {cadence: next_chords_of(["G:7"], "C major", cadence=cadence)[0][0] for cadence in ("authentic", "deceptive")}
    assert parse_chord(ends["authentic"]).root == 0
    assert parse_chord(ends["deceptive"]).root == 9


def test_keys_of_chords():
    assert key_of_chords(["E:min7", "A:7"]) == "D major"
    assert key_of_chords(["D:min", "G:min", "A:7", "D:min"]) == "D minor"


@pytest.mark.parametrize(
    "wish", [{"mood": "blue"}, {"style": "ska"}, {"loop": "nothing"}, {"cadence": "sudden"}, {"bars": 0}, {"places": 9}]
)
def test_bad_wishes(wish):
    with pytest.raises(InputError):
        ProgressionOptions(**wish)


def test_no_key_and_no_chord():
    with pytest.raises(InputError, match="no key"):
        write_progression(ProgressionOptions(key="H major"))
    with pytest.raises(InputError, match="no chord to go on from"):
        next_chords_of([], "C major")
    assert set(CADENCES) >= {"authentic", "half", "plagal", "deceptive"}
