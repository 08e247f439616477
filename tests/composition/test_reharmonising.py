"""Reharmonising: what stands instead, whether the tune bears it, and how much changes."""

import pytest

from hexachord.composition.harmony.reharmonising import STYLES, ReharmoniseOptions, reharmonise
from hexachord.composition.harmony.substitutions import KINDS, Place, substitutions
from hexachord.errors import InputError
from hexachord.score.abc import read_abc
from hexachord.score.formats import load_score
from hexachord.theory.chord_labels import parse_chord

SHEET = read_abc('X:1\nM:4/4\nL:1/4\nK:C\n"C"E G c2|"Am"c e a2|"Dm"f d A2|"G7"B d g2|"C"e c G2|"F"A c f2|"G7"d B G2|"C"c4|]')


def chords_of(kind, label, following="", previous="", key="C major"):
    found = substitutions(Place(label=label, key=key, following=following, previous=previous))
    return [[label for _, label in sub.chords] for sub in found if sub.kind == kind]


@pytest.mark.parametrize(
    ("kind", "label", "following", "expected"),
    [
        ("tritone substitution", "G:7", "C:maj", ["Db:7"]),
        ("secondary dominant", "C:maj", "D:min", ["C:maj", "A:7"]),
        ("leading-tone chord", "C:maj", "D:min", ["C:maj", "C#:dim7"]),
        ("ii–V", "C:maj", "F:maj", ["C:maj", "G:min7", "C:7"]),
        ("ii–V", "G:7", "C:maj", ["D:min7", "G:7"]),
        ("modal interchange", "F:maj", "C:maj", ["F:min"]),
        ("passing diminished", "F:maj", "G:maj", ["F:maj", "F#:dim7"]),
        ("diatonic substitute", "C:maj", "F:maj", ["A:min"]),
        ("suspension", "G:7", "C:maj", ["G:sus4(b7)", "G:7"]),
        ("neapolitan", "D:min", "G:7", ["Db:maj/3"]),
        ("moving bass", "C:maj", "F:maj", ["C:maj/3"]),
    ],
)
def test_substitutions_of_the_textbook(kind, label, following, expected):
    assert expected in chords_of(kind, label, following)


def test_there_is_no_tritone_substitute_of_what_is_no_dominant():
    assert not chords_of("tritone substitution", "C:maj7", "D:min")
    assert not substitutions(Place(label="N", key="C major"))


def test_amount_says_how_much_changes():
    made = {amount: reharmonise(SHEET, options=ReharmoniseOptions(amount=amount)) for amount in (0.0, 0.5, 1.0)}
    assert made[0.0].changed == 0
    assert [symbol.label for symbol in made[0.0].score.chords] == [symbol.label for symbol in SHEET.chords]
    assert 0 < made[0.5].changed <= 4 < made[1.0].changed
    for each in made.values():
        assert each.score.parts == SHEET.parts
        assert each.score.chords[-1].label == "C:maj"  # where it ends is not to be guessed


@pytest.mark.parametrize("style", STYLES)
def test_every_style_on_a_real_lead_sheet(style, data_dir):
    score = load_score(data_dir / "train" / "openewld" / "A_Hundred_Years_from_Today.mxl")
    made = reharmonise(score, options=ReharmoniseOptions(style=style, amount=0.6, seed=2))
    assert made.score.parts == score.parts
    assert made.changed >= 10
    for place in made.places:
        assert len(place.alternatives) <= 4
        if place.chosen is None:
            continue
        assert place.chosen.kind in KINDS
        assert place.chosen.reason
        assert place.chosen.fit >= place.fit - 0.271
        assert place.chosen.chords[0][0] == place.tick
    assert all(parse_chord(symbol.label) for symbol in made.score.chords)
    again = reharmonise(score, options=ReharmoniseOptions(style=style, amount=0.6, seed=2))
    assert again.score.chords == made.score.chords


def test_only_the_kinds_that_are_wished():
    made = reharmonise(SHEET, options=ReharmoniseOptions(amount=1.0, kinds=("tritone substitution",)))
    assert {place.chosen.kind for place in made.places if place.chosen} == {"tritone substitution"}


def test_bad_wishes():
    with pytest.raises(InputError, match="harmonise it first"):
        reharmonise(read_abc("X:1\nK:C\nCDEF|"))
    for wish in ({"amount": 2.0}, {"style": "ska"}, {"kinds": ("pedal",)}):
        with pytest.raises(InputError):
            ReharmoniseOptions(**wish)
