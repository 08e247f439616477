"""What a part is played with: programs, names in four languages, drums."""

import pytest

from hexachord.score.model import Lyric, Note, Part, Score
from hexachord.score.model import Spelling as S
from hexachord.synthesis.interpretation.instrument_names import is_drum_name, program_of_name
from hexachord.synthesis.strokes import interpret

NOTES = (Note(0, 480, 60, 80),)


@pytest.mark.parametrize(
    ("name", "program"),
    [
        ("Violin I", 40), ("2. Violine", 40), ("Violini", 40), ("Violon 2", 40), ("Viola", 41), ("Bratschen", 41), ("Violoncello", 42),
        ("Vc.", 42), ("Kontrabass", 43), ("Contrebasse", 43), ("Klavier", 0), ("PIANO.", 0), ("Piano RH", 0), ("Cembalo", 6),
        ("Clarinet in B♭ 1", 71), ("Clarinette en si♭", 71), ("Klarinette in A", 71), ("Corno 1 in Mi♭", 60), ("Hörner in F", 60),
        ("Flöte", 73), ("2 Flauti", 73), ("Flûte traversière", 73), ("Englischhorn", 69), ("Fagotto I, II", 70), ("Tromba", 56),
        ("Posaunen", 57), ("Pauken", 47), ("Harfe", 46), ("Voice", 52), ("Singstimme\nVoice", 52), ("Chant", 52), ("Soprano II", 52),
        ("Gitarre", 24), ("E-Gitarre", 27), ("Alto Sax", 65), ("Glockenspiel", 9), ("Orgel", 19), ("Streicher", 48),
        ("The Man with the Horn", None), ("Melody", None), ("Andrew Signor", None), ("", None), ("Track 1", None), ("Harper Lee", None),
    ],
)  # fmt: skip
def test_names(name: str, program: int | None) -> None:
    assert program_of_name(name) == program


@pytest.mark.parametrize("name", ["Drums", "Drumset", "Schlagzeug", "Batteria", "Percussion 2", "Große Trommel", "Snare Drum"])
def test_drum_names(name: str) -> None:
    assert is_drum_name(name)
    assert program_of_name(name) is None


def test_a_bass_is_what_is_around_it() -> None:
    assert program_of_name("Bass") == 33
    assert program_of_name("Bass", is_sung=True) == 52
    assert program_of_name("Basso", others=[40, 40, 41]) == 43
    assert program_of_name("Bass", others=[52, 52]) == 52


def sound_of(part: Part, *others: Part) -> tuple[int, bool]:
    track = interpret(Score(parts=(part, *others))).tracks[0]
    return track.program, track.is_percussion


def test_a_program_in_the_file_counts_more_than_a_name() -> None:
    assert sound_of(Part(name="Violin", program=73, notes=NOTES)) == (73, False)
    assert sound_of(Part(name="Violin", notes=NOTES)) == (40, False)
    assert sound_of(Part(name="Nobody", notes=NOTES)) == (0, False)


def test_words_make_a_bass_sing() -> None:
    sung = (NOTES[0]._replace(lyrics=(Lyric("Lord"),)),)
    assert sound_of(Part(name="Bass", notes=sung)) == (52, False)
    assert sound_of(Part(name="Basso", notes=NOTES), Part(name="Violino I", notes=NOTES)) == (43, False)


def test_drums_on_a_melodic_sound_are_drums() -> None:
    found = interpret(Score(parts=(Part(name="Drums", notes=(Note(0, 480, 36, 80), Note(480, 480, 38, 80))),)))
    assert found.tracks[0].is_percussion
    assert found.warnings == ("parts called like drums on a melodic sound, played as drums (Drums): 1",)
    assert sound_of(Part(name="Drums", notes=(Note(0, 480, 100, 80),))) == (0, False)  # no drum has this key


def test_a_pitched_part_under_a_percussion_clef_keeps_its_pitches() -> None:
    pitched = tuple(Note(tick, 480, pitch, spelling=S(step, 0, 2)) for tick, pitch, step in ((0, 43, "G"), (480, 36, "C")))
    found = interpret(Score(parts=(Part(name="Timpani", notes=pitched, is_percussion=True),)))
    assert (found.tracks[0].program, found.tracks[0].is_percussion) == (47, False)
    assert found.warnings == ("pitched parts marked as percussion, played as what they are called (Timpani): 1",)


def test_a_drum_staff_stays_one() -> None:
    drums = (Note(0, 480, 38, spelling=S("C", 0, 5)), Note(480, 480, 36, spelling=S("F", 0, 4)))
    assert sound_of(Part(name="Piano", notes=drums, is_percussion=True)) == (0, True)
    assert sound_of(Part(name="", notes=drums, is_percussion=True)) == (0, True)
