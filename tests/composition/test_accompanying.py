"""A band for a lead sheet: what is there stays, everybody keeps to the bars and to the chords, in every style and metre."""

from dataclasses import replace
from itertools import pairwise

import pytest

from hexachord.composition.band.accompanying import AccompanyOptions, accompany_in_style
from hexachord.composition.band.bars import band_bars
from hexachord.composition.band.styles import CRASH, KICK, STYLES
from hexachord.composition.harmony.lead_sheets import chord_spans
from hexachord.errors import InputError
from hexachord.score.abc import read_abc
from hexachord.score.formats import load_score, save_score
from hexachord.score.model import Score, SectionMark
from hexachord.score.timing import bars_of

FOUR = read_abc(
    'X:1\nM:4/4\nL:1/4\nQ:1/4=110\nK:G\nD|"G"G B d2|"Em"e d B2|"C"c e "D7"d2|"G"B A G2|"G"G B d2|"Em"e d B2|"C"c e "D7"d2|"G"G3|]'
)
METRES = {
    "4/4": FOUR,
    "3/4": read_abc('X:1\nM:3/4\nL:1/4\nK:D\n"D"F A d|"G"B2 A|"A7"c B A|"D"d3|]'),
    "2/4": read_abc('X:1\nM:2/4\nL:1/8\nK:F\n"F"FACA|"Bb"B2d2|"C7"cBAG|"F"F4|]'),
    "2/2": read_abc('X:1\nM:2/2\nL:1/4\nK:F\n"F"F A c2|"Bb"B2 d2|"C7"c B A G|"F"F4|]'),
    "6/8": read_abc('X:1\nM:6/8\nL:1/8\nK:D\nA|"D"dfd "A"cec|"Bm"BdB "F#m"A2F|"G"GBd "D"fed|"Em"gfe "A"c2|]'),
    "9/8": read_abc('X:1\nM:9/8\nL:1/8\nK:D\n"D"dfd fdA "G"BdB|"A7"cec ABc d3|]'),
    "12/8": read_abc('X:1\nM:12/8\nL:1/8\nK:Am\n"Am"e3 c3 A3 e3|"F"f3 c3 "E"B3 ^G3|"Am"A6 A6|]'),
    "5/4": read_abc('X:1\nM:5/4\nL:1/4\nK:Em\n"Em"E G B e d|"Am"A c e "D"d2|"B7"B A ^F ^D F|"Em"E5|]'),
    "7/8": read_abc('X:1\nM:7/8\nL:1/8\nK:Em\n"Em"E2 G2 B3|"Am"e2 d2 B3|"C"A2 c2 "D"B3|"Em"G2 F2 E3|]'),
    "3/8": read_abc('X:1\nM:3/8\nL:1/8\nK:C\n"C"ceg|"F"fga|"G7"bgf|"C"e3|]'),
}


def check(made, score):
    """What holds of every accompaniment."""
    page = made.score
    assert page.parts[: len(score.parts)] == score.parts
    assert (page.bars, page.keys, page.metres) == (score.bars, score.keys, score.metres)
    lines = bars_of(page)
    for part in page.parts[len(score.parts) :]:
        assert part.notes
        for note in part.notes:
            bar = next(bar for bar in lines if bar.tick <= note.onset < bar.end)
            assert note.end <= bar.end
            assert note.duration > 0
            assert 21 <= note.pitch <= 96
    assert made.chord_tones >= 0.85
    assert len({part.id for part in page.parts}) == len(page.parts)


@pytest.mark.parametrize("style", STYLES)
def test_every_style_plays_every_metre(style):
    for score in METRES.values():
        check(accompany_in_style(score, options=AccompanyOptions(style=style)), score)


def test_a_pick_up_is_left_to_the_tune_and_the_end_is_held():
    made = accompany_in_style(FOUR, options=AccompanyOptions(style="pop", intensity=0.9))
    first, last = FOUR.bars[1].tick, FOUR.bars[-1]
    for part in made.score.parts[1:]:
        assert min(note.onset for note in part.notes) >= first
        ending = [note for note in part.notes if note.onset >= last.tick]
        assert {note.onset for note in ending} == {last.tick}
        if not part.is_percussion:
            assert {note.end for note in ending} == {last.end}
    drums = made.score.parts[-1]
    assert {note.pitch for note in drums.notes if note.onset == last.tick} == {KICK, CRASH}


def test_sections_say_how_loud_it_is():
    tick = FOUR.bars[5].tick
    song = replace(FOUR, sections=(SectionMark(0, "intro"), SectionMark(tick, "chorus")))
    bars = band_bars(song)
    assert (bars[1].intensity, bars[5].intensity) == (0.45, 0.95)
    assert [bar.opens for bar in bars].count(True) == 2
    drums = accompany_in_style(song, options=AccompanyOptions(style="rock")).score.parts[-1]
    assert any(note.onset == tick and note.pitch == CRASH for note in drums.notes)
    quiet = accompany_in_style(FOUR, options=AccompanyOptions(style="rock", intensity=0.3))
    loud = accompany_in_style(FOUR, options=AccompanyOptions(style="rock", intensity=1.0))
    assert sum(len(part.notes) for part in quiet.score.parts) < sum(len(part.notes) for part in loud.score.parts)


def test_a_bass_has_the_root_where_the_chord_begins():
    for style in ("pop", "rock", "waltz", "disco", "swing"):
        made = accompany_in_style(FOUR, options=AccompanyOptions(style=style, roles=("bass",)))
        notes = {note.onset: note.pitch for note in made.score.parts[-1].notes}
        spans = chord_spans(FOUR)
        roots = {"G": 7, "E": 4, "C": 0, "D": 2}
        for span in spans:
            assert notes[span.start] % 12 == roots[span.label[0]]


def test_a_walking_bass_goes_by_small_steps():
    made = accompany_in_style(FOUR, options=AccompanyOptions(style="swing", roles=("bass",), seed=2))
    pitches = [note.pitch for note in made.score.parts[-1].notes]
    assert len(pitches) > 20
    assert max(abs(a - b) for a, b in pairwise(pitches)) <= 12
    other = accompany_in_style(FOUR, options=AccompanyOptions(style="swing", roles=("bass",), seed=3))
    assert other.score.parts != made.score.parts


def test_chords_are_found_where_there_are_none():
    bare = replace(FOUR, chords=())
    made = accompany_in_style(bare)
    assert made.found_chords
    assert made.score.chords
    check(made, bare)


def test_roles_are_who_was_asked():
    made = accompany_in_style(FOUR, options=AccompanyOptions(style="bossa", roles=("piano", "strings", "drums")))
    assert set(made.parts) == {"Piano", "Strings", "Drums"}
    piano = next(part for part in made.score.parts if part.name == "Piano")
    assert piano.staves == 2
    assert {note.staff for note in piano.notes} == {1, 2}


@pytest.mark.parametrize("style", ["swing", "pop ballad", "latin"])
def test_a_real_lead_sheet_is_kept_and_can_be_written(style, data_dir, tmp_path):
    score = load_score(data_dir / "train" / "openewld" / "A_Hundred_Years_from_Today.mxl")
    made = accompany_in_style(score, options=AccompanyOptions(style=style))
    check(made, score)
    assert made.score.chords == score.chords
    save_score(made.score, tmp_path / "band.musicxml")
    again = load_score(tmp_path / "band.musicxml")
    assert [part.name for part in again.parts] == [part.name for part in made.score.parts]
    for kept, new in zip(again.parts, made.score.parts, strict=True):
        if not new.is_percussion:
            ticks = again.ticks_per_quarter / made.score.ticks_per_quarter
            assert sorted((note.onset, note.pitch) for note in kept.notes if not note.grace) == sorted(
                (round(note.onset * ticks), note.pitch) for note in new.notes if not note.grace
            )


def test_drums_may_breathe():
    straight, human = (accompany_in_style(FOUR, options=AccompanyOptions(style="funk", human=human)).score.parts for human in (0.0, 1.0))
    assert straight[:-1] == human[:-1]
    assert [note.onset for note in straight[-1].notes] != [note.onset for note in human[-1].notes]


def test_bad_wishes():
    for wish in ({"style": "polka dots"}, {"roles": ("kazoo",)}, {"intensity": 2.0}):
        with pytest.raises(InputError):
            AccompanyOptions(**wish)
    with pytest.raises(InputError, match="no pitched notes"):
        accompany_in_style(Score())
    with pytest.raises(InputError, match="nobody"):
        accompany_in_style(FOUR, options=AccompanyOptions(style="folk", roles=("drums",)))
