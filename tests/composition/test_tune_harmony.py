"""Chords to a tune: kept frames, keys, real lead sheets, and better than the rule of a first lesson."""

from dataclasses import replace

import numpy as np
import pytest

from hexachord.composition.harmony.lead_sheets import (
    chord_number,
    chord_spans,
    chords_of_beats,
    keys_of_beats,
    score_beats,
    sung_in,
    tune_of,
)
from hexachord.composition.harmony.melody_harmony import HarmonyOptions, explain_score, harmonise_melody
from hexachord.composition.harmony.part_writing import four_part
from hexachord.composition.harmony.tune_harmony import KINDS, following_chances, harmonise_tune
from hexachord.errors import InputError
from hexachord.score.abc import read_abc
from hexachord.score.formats import load_score
from hexachord.score.model import Note, Part, Score
from hexachord.theory.chord_labels import parse_chord
from hexachord.theory.keys import KEY_NAMES
from hexachord.theory.voice_leading import voice_leading_faults, voices_of_notes

TUNE = read_abc("X:1\nM:4/4\nL:1/4\nQ:1/4=100\nK:C\nG|c c e g|f d B G|A c B A|G3 G|c c e g|f d B2|c4|]")
MINOR = read_abc("X:1\nM:3/4\nL:1/4\nK:Am\nA c e|e d c|B ^G B|A3|d f a|e c A|B ^G E|A3|]")
SEVEN = read_abc("X:1\nM:7/8\nL:1/8\nK:Em\nE2 G2 B3|e2 d2 B3|A2 c2 B3|E2 B2 E3|]")


def minor_third(states):
    return np.isin(states // 12, [at for at, kind in enumerate(KINDS) if kind in ("min", "min7", "dim", "hdim7", "dim7")])


@pytest.mark.parametrize("tune", [TUNE, MINOR, SEVEN])
@pytest.mark.parametrize("flavour", ["pop", "jazz", "chorale"])
def test_notes_and_bars_stay_and_symbols_come_on_beats(tune, flavour):
    made = harmonise_melody(tune, options=HarmonyOptions(flavour=flavour))[0]
    assert made.score.parts == tune.parts
    assert made.score.bars == tune.bars
    assert {symbol.tick for symbol in made.score.chords} <= set(score_beats(tune).start.tolist())
    assert all(chord.numeral and chord.reason for chord in made.chords)


def test_a_plain_tune_gets_its_tonic_and_ends_at_home():
    made = harmonise_melody(TUNE)[0]
    assert (made.chords[0].key, made.chords[-1].numeral) == ("C major", "I")
    assert made.score.chords[0].tick == TUNE.bars[1].tick  # nothing over the pick-up
    assert np.mean([chord.fit.chord_tones for chord in made.chords]) > 0.6
    assert harmonise_melody(MINOR)[0].chords[-1].label.startswith("A:min")


def test_rhythm_keep_triads_and_candidates():
    bars = {bar.tick for bar in TUNE.bars}
    assert {symbol.tick for symbol in harmonise_melody(TUNE, options=HarmonyOptions(rhythm="bar"))[0].score.chords} <= bars
    plain = harmonise_melody(TUNE, options=HarmonyOptions(flavour="jazz", triads=True))[0]
    assert {symbol.label.partition(":")[2] for symbol in plain.score.chords} <= {"maj", "min", "dim", "7", "aug", "sus4"}
    given = replace(TUNE, chords=(*harmonise_melody(TUNE)[0].score.chords[:1],))
    given = replace(given, chords=(given.chords[0]._replace(label="A:min7", end=TUNE.bars[2].tick),))
    kept = harmonise_melody(given, options=HarmonyOptions(keep=True))[0].score.chords
    assert (kept[0].tick, kept[0].label) == (given.chords[0].tick, "A:min7")
    assert len(kept) > 1
    several = harmonise_melody(TUNE, options=HarmonyOptions(candidates=3, seed=5))
    again = harmonise_melody(TUNE, options=HarmonyOptions(candidates=3, seed=5))
    assert [each.score.chords for each in several] == [each.score.chords for each in again]
    assert len({each.score.chords for each in several}) == 3
    assert several[0].nats <= min(each.nats for each in several)


def test_alternatives_are_other_chords_by_their_chance():
    for chord in harmonise_melody(TUNE)[0].chords:
        chances = [other.chance for other in chord.alternatives]
        assert chances == sorted(chances, reverse=True)
        assert chord.label not in [other.label for other in chord.alternatives]
        assert all(other.reason for other in chord.alternatives)


def test_a_whole_score_is_read_instead():
    chords = tuple(
        Note(at * 20160, 20160, pitch) for at, each in enumerate([(48, 64, 67), (53, 65, 69), (43, 62, 71), (48, 64, 67)]) for pitch in each
    )
    made = harmonise_melody(Score(parts=(Part(name="Piano", notes=chords),)))[0]
    assert [symbol.label for symbol in made.score.chords] == ["C:maj", "F:maj", "G:maj", "C:maj"]
    assert made.engine == "chords/notes"
    flat = tuple(note._replace(pitch=note.pitch + 3) for note in chords)
    assert [symbol.label for symbol in harmonise_melody(Score(parts=(Part(name="Piano", notes=flat),)))[0].score.chords][:1] == ["Eb:maj"]


def test_bad_input_is_put_into_words():
    with pytest.raises(InputError, match="no pitched notes"):
        harmonise_melody(Score())
    with pytest.raises(InputError, match="no such flavour"):
        HarmonyOptions(flavour="ska")
    with pytest.raises(InputError, match="harmonise it first"):
        explain_score(TUNE)


def test_chances_of_what_follows_move_with_the_key():
    in_c, in_d = following_chances("jazz", 0), following_chances("jazz", 2)
    five, one = 2 * 12 + 7, 0
    assert in_c[five, one] == pytest.approx(in_d[2 * 12 + 9, 2], rel=1e-6)
    assert in_c[five].argmax() % 12 == 0


def test_four_voices_keep_the_rules():
    lead = harmonise_melody(TUNE, options=HarmonyOptions(flavour="chorale"))[0].score
    made = four_part(lead)
    assert made.parts[0] == TUNE.parts[0]
    assert [part.name for part in made.parts[1:]] == ["Alto", "Tenor", "Bass"]
    rows = [(note, voice) for voice, part in enumerate(made.parts) for note in part.notes]
    _, voices = voices_of_notes(
        np.array([note.onset for note, _ in rows]), np.array([note.end for note, _ in rows]), np.array([note.pitch for note, _ in rows]),
        np.array([voice for _, voice in rows]),
    )  # fmt: skip
    kinds = ("parallel fifths", "parallel octaves", "crossing")
    assert not voice_leading_faults(voices, kinds=kinds)
    spans = chord_spans(made)
    for part in made.parts[1:]:
        for note in part.notes:
            span = next(span for span in spans if span.start <= note.onset < span.end)
            assert note.pitch % 12 in parse_chord(span.label).pitch_classes()


def test_signatures_say_the_mode_through_the_notes(data_dir):
    for name, key in (("'O_sole_mio", "C major"), ("Calon_Lân", "F major")):
        score = load_score(data_dir / "train" / "openewld" / f"{name}.mxl")
        beats, tune = score_beats(score), tune_of(score)
        assert {KEY_NAMES[number] for number in keys_of_beats(score, beats, tune).tolist()} == {key}
    unsaid = replace(MINOR, keys=())
    assert KEY_NAMES[int(keys_of_beats(unsaid, score_beats(unsaid), tune_of(unsaid))[0])] == "A minor"


@pytest.mark.slow
def test_people_agree_more_than_with_three_chords(data_dir):
    """Roots and thirds of lead sheets of the valid side, against the tonic chord alone and against chance."""
    names = ("A_Hundred_Years_from_Today", "Bill_Bailey,_Won't_You_Please_Come_Home", "Pretty_Baby", "When_Irish_Eyes_Are_Smiling")
    found, alone = [], []
    for path in sorted((data_dir / "train" / "openewld").glob("*.mxl")):
        if not path.stem.startswith(names):
            continue
        score = load_score(path)
        beats, tune = score_beats(score), tune_of(score)
        spans = chord_spans(score)
        truth = np.array([chord_number(spans[at].label) if at >= 0 else -1 for at in chords_of_beats(spans, beats).tolist()])
        keys = keys_of_beats(score, beats, tune)
        path_of = harmonise_tune(sung_in(tune, beats), keys=keys, positions=beats.position, flavour="jazz").path
        known = truth >= 0
        right = (truth % 12 == path_of % 12) & (minor_third(truth) == minor_third(path_of))
        found.append(right[known].mean())
        alone.append((truth % 12 == keys % 12)[known].mean())
    assert len(found) == 4
    assert np.mean(found) > np.mean(alone) + 0.1
    assert np.mean(found) > 0.5


def test_a_change_of_signature_is_a_change_of_key():
    tune = read_abc("X:1\nM:4/4\nL:1/4\nK:C\nC E G c|d B G2|c A F D|G B c2|\\\nK:Eb\nE G B e|f d B2|e c A F|B d e2|]")
    made = harmonise_melody(tune)[0]
    keys = [chord.key for chord in made.chords]
    assert (keys[0], keys[-1]) == ("C major", "Eb major")
    assert keys == sorted(keys)  # and it stays
    assert (made.chords[0].numeral, made.chords[-1].numeral) == ("I", "I")
    assert "b" in made.chords[-2].label.partition(":")[0]  # flats in flat keys
