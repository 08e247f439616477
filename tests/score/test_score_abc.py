"""ABC: the constructs of the standard, one by one."""

from fractions import Fraction

import pytest

from hexachord.score.abc import read_abc
from hexachord.score.abc_fields import parse_key, parse_length, parse_meter, parse_tempo
from hexachord.score.model import Grace, Lyric, Score


def tune(music: str, *, key: str = "C", meter: str = "4/4", unit: str = "1/4", head: str = "") -> Score:
    return read_abc(f"X:1\nT:Test\nM:{meter}\nL:{unit}\n{head}K:{key}\n{music}\n")


def heard(score: Score, part: int = 0) -> list[str]:
    """Notes as ``name onset+duration`` in quarters."""
    quarter = score.ticks_per_quarter
    return [
        f"{note.spelling} {Fraction(note.onset, quarter)}+{Fraction(note.duration, quarter)}"
        for note in score.parts[part].notes
        if not note.grace
    ]


def test_pitches_lengths_and_rests() -> None:
    assert heard(tune("C c c' C, z2 c/ c// c3/2")) == ["C4 0+1", "C5 1+1", "C6 2+1", "C3 3+1", "C5 6+1/2", "C5 13/2+1/4", "C5 27/4+3/2"]


def test_accidentals_last_a_bar_and_cross_it_with_a_tie() -> None:
    assert [text.split()[0] for text in heard(tune("^F F f =F|F ^G- G2|G- |G4"))] == [
        "F#4", "F#4", "F#5", "F4", "F4", "G#4", "G#4", "G4", "G4",
    ]  # fmt: skip
    crossed = tune("z2 ^F2-|F2 F2")
    assert [text.split()[0] for text in heard(crossed)] == ["F#4", "F#4", "F4"]
    assert [(note.tied_to_next, note.tied_to_previous) for note in crossed.parts[0].notes] == [(True, False), (False, True), (False, False)]


@pytest.mark.parametrize(
    ("text", "fifths", "mode"),
    [("C", 0, "major"), ("Am", 0, "minor"), ("F#m", 3, "minor"), ("Bb", -2, "major"), ("Ador", 1, "dorian"), ("D Mix", 1, "mixolydian"),
     ("Ephr", 0, "phrygian"), ("Flyd", 0, "lydian"), ("Bloc", 0, "locrian"), ("Gmaj", 1, "major"), ("none", 0, ""),
     ("Eb minor", -6, "minor"),
     ("G clef=bass", 1, "major")],
)  # fmt: skip
def test_keys_and_modes(text: str, fifths: int, mode: str) -> None:
    assert parse_key(text)[:2] == (fifths, mode)


def test_keys_with_their_own_accidentals() -> None:
    assert parse_key("D =c ^g").alters == {"F": 1, "C": 0, "G": 1}
    assert parse_key("C exp _b").alters == {"B": -1}


def test_metres_lengths_and_tempos() -> None:
    assert parse_meter("C|") == (2, 2, (), "cut")
    assert parse_meter("2+3/8") == (5, 8, (2, 3), "")
    assert parse_meter("none") is None
    assert parse_length("1/16") == Fraction(1, 16)
    tempo = parse_tempo('"Slow" 3/8=50')
    assert tempo is not None
    assert (tempo.quarter_bpm, tempo.text, tempo.metronome) == (75.0, "Slow", "quarter. = 50")
    assert heard(read_abc("X:1\nM:2/4\nK:C\nc2"))[0] == "C5 0+1/2"  # below 3/4 the unit is a sixteenth


def test_broken_rhythm_both_ways() -> None:
    assert heard(tune("c>d e<f g>>a")) == ["C5 0+3/2", "D5 3/2+1/2", "E5 2+1/2", "F5 5/2+3/2", "G5 4+7/4", "A5 23/4+1/4"]


def test_tuplets_of_every_form() -> None:
    assert heard(tune("(3cde f")) == ["C5 0+2/3", "D5 2/3+2/3", "E5 4/3+2/3", "F5 2+1"]
    assert heard(tune("(3:2:2c2d e")) == ["C5 0+4/3", "D5 4/3+2/3", "E5 2+1"]
    assert heard(tune("(2cd e", meter="6/8", unit="1/8"))[-1] == "E5 3/2+1/2"
    marks = [note.marks for note in tune("(3c z e f").parts[0].notes]
    assert marks == [("tuplet-start",), ("tuplet-stop",), ()]


def test_chords_graces_slurs_and_decorations() -> None:
    score = tune("[CEG]2 {/g}c (.d Te) !mf!!fermata!c")
    assert heard(score)[:3] == ["C4 0+2", "E4 0+2", "G4 0+2"]
    grace = next(note for note in score.parts[0].notes if note.grace)
    assert (grace.grace, grace.onset) == (Grace.ACCIACCATURA, 2 * score.ticks_per_quarter)
    assert [note.marks for note in score.parts[0].notes[-3:]] == [("slur-start", "staccato"), ("slur-stop", "trill-mark"), ("fermata",)]
    assert [(sign.kind, sign.value) for sign in score.parts[0].directions] == [("dynamic", "mf")]


def test_chord_symbols_and_annotations() -> None:
    score = tune('"Am7"c "F#m/C#"d "^slow"e "huh?"f')
    assert [symbol.label for symbol in score.chords] == ["A:min7", "F#:min/5"]
    assert [(sign.value, sign.above) for sign in score.parts[0].directions] == [("slow", True), ("huh?", True)]


def test_bars_pickups_repeats_and_endings() -> None:
    score = tune("c|:cdef|1 gabc:|2 gfed||\nP:B\n|:c4::d4:|e4|]")
    assert [bar.number for bar in score.bars] == ["0", "1", "2", "3", "4", "5", "6"]
    assert [(bar.repeat_start, bar.repeat_end, bar.endings, bar.barline) for bar in score.bars] == [
        (False, 0, (), ""), (True, 0, (), ""), (False, 2, (1,), ""), (False, 0, (2,), "light-light"),
        (True, 2, (), ""), (True, 2, (), ""), (False, 0, (), "light-heavy"),
    ]  # fmt: skip


def test_lyrics_in_verses() -> None:
    score = tune("c d e f|g2 z2|\nw: Hal-le-lu-jah | sing_\nw: * two~words")
    lyrics = [note.lyrics for note in score.parts[0].notes]
    assert lyrics[0] == (Lyric("Hal", "begin"),)
    assert lyrics[1] == (Lyric("le", "middle"), Lyric("two words", "single", 2))
    assert lyrics[3] == (Lyric("jah", "end"),)
    assert lyrics[4] == (Lyric("sing", "single", 1, True),)


def test_voices_become_parts() -> None:
    score = tune("V:1\nc4|\nV:2\nC4|\n[V:1] d4|\n[V:2] D4|", head='V:1 name="Flute"\nV:2 clef=bass name="Cello"\n')
    assert [part.name for part in score.parts] == ["Flute", "Cello"]
    assert heard(score, 0) == ["C5 0+4", "D5 4+4"]
    assert heard(score, 1) == ["C4 0+4", "D4 4+4"]
    assert score.parts[1].clefs[0].sign == "F"


def test_fields_inside_the_music() -> None:
    score = tune("c4|[K:G] f4|[M:3/4][L:1/8] f6|")
    assert [text.split()[0] for text in heard(score)] == ["C5", "F#5", "F#5"]
    assert [(key.tick, key.fifths) for key in score.keys] == [(0, 0), (4 * score.ticks_per_quarter, 1)]
    assert score.bars[2].duration == 3 * score.ticks_per_quarter


def test_what_is_skipped_is_counted() -> None:
    score = read_abc("X:1\nK:C\nc & e !sparkle!d|\nX:2\nK:D\nd|\n")
    assert score.warnings == ("decorations sparkle: 1", "further tunes in the file: 1", "voice overlays (&): 1")


def test_comments_continuations_and_line_ends() -> None:
    assert heard(read_abc("%abc-2.1\r\nX:1\r\nL:1/4\r\nK:C % key\r\nc \\\r\nd % note\r\n%%score 1\r\ne|\r\n")) == [
        "C5 0+1",
        "D5 1+1",
        "E5 2+1",
    ]
