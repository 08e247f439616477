from dataclasses import replace

import pytest

from hexachord.score.model import ChordSymbol, KeyMark, Lyric, MetreMark, Note, Part, Score, SectionMark, TempoMark
from hexachord.theory.chordpro import ChordProOptions, chordpro_text


def _song(**changes: object) -> Score:
    words = (("Hel", "begin"), ("lo", "end"), ("my", "single"), ("friend", "single"), ("Good", "single"), ("bye", "single"))
    notes = tuple(
        Note(480 * at, 480, 60, lyrics=(Lyric(text, syllabic), Lyric(f"la{at}", "single", verse=2)))
        for at, (text, syllabic) in zip((0, 1, 2, 3, 6, 7), words, strict=True)
    )
    song = Score(
        title="A {song}",
        composer="Nobody",
        ticks_per_quarter=480,
        keys=(KeyMark(0, -3, "major"),),
        metres=(MetreMark(0, 4, 4),),
        tempos=(TempoMark(0, 96.0),),
        chords=(ChordSymbol(0, "Eb:maj"), ChordSymbol(960, "Bb:7/3"), ChordSymbol(2400, "Ab:maj"), ChordSymbol(3360, "Eb:maj")),
        parts=(Part(notes=notes),),
    )
    return replace(song, **changes)


def test_words_with_chords() -> None:
    text = chordpro_text(_song())
    assert text.splitlines() == [
        "{title: A (song)}",
        "{composer: Nobody}",
        "{key: Eb}",
        "{time: 4/4}",
        "{tempo: 96}",
        "{start_of_verse: Verse 1}",
        "[Eb]Hello [Bb7/D]my friend",
        "[Ab]Good [Eb]bye",
        "{end_of_verse}",
        "{start_of_verse: Verse 2}",
        "[Eb]la0 la1 [Bb7/D]la2 la3",
        "[Ab]la6 [Eb]la7",
        "{end_of_verse}",
    ]


def test_a_capo_shows_shapes_and_says_how_it_sounds() -> None:
    lines = chordpro_text(_song(), ChordProOptions(capo=None)).splitlines()
    assert lines[2:7] == ["{key: D}", "{time: 4/4}", "{tempo: 96}", "{capo: 1}", "{comment: sounds in Eb major}"]
    assert "[D]Hello [A7/C#]my friend" in lines


def test_transposed() -> None:
    lines = chordpro_text(_song(), ChordProOptions(transpose=-1)).splitlines()
    assert "{key: D}" in lines
    assert "[D]Hello [A7/C#]my friend" in lines


def test_sections_without_words_are_bars() -> None:
    marks = (SectionMark(0, "Intro"), SectionMark(1920, "Chorus 1"))
    song = _song(parts=(Part(notes=(Note(0, 3840, 60),)),), sections=marks)
    lines = chordpro_text(song).splitlines()
    assert lines[5:] == [
        "{start_of_grid: Intro}",
        "| Eb . Bb7/D . |",
        "{end_of_grid}",
        "{start_of_chorus: Chorus 1}",
        "| [Bb7/D] [Ab] . [Eb] |",
        "{end_of_chorus}",
    ]


def test_without_chords_there_is_no_sheet() -> None:
    with pytest.raises(ValueError, match="chord symbols"):
        chordpro_text(_song(chords=(ChordSymbol(0, "N"),)))
