"""Corrections of the pages of a recording: transcribed once, corrected as often as one likes."""

import time
from dataclasses import replace

import pytest

from hexachord.audio_analysis.rhythm.rereading import RhythmEdit
from hexachord.errors import InputError
from hexachord.journeys.analyse import Analysis, analyse
from hexachord.journeys.correcting import correct
from hexachord.journeys.following import follow
from hexachord.journeys.page_corrections import astray_of, written_pages
from hexachord.journeys.proofs import proof_of
from hexachord.score.engraving import engrave
from hexachord.score.formats import load_score
from hexachord.score.model import Score
from hexachord.score.notes import merge_ties
from hexachord.song.corrections import load_corrections
from hexachord.theory.edit_grammar import parse_chord_edit, parse_key_edit, parse_new_note, parse_note_edit
from hexachord.theory.page_edits import PageEdit
from hexachord.theory.page_places import name_of, place_at, sounding


@pytest.fixture(scope="module")
def analysed(small_song_path, tmp_path_factory) -> tuple[Analysis, float]:
    began = time.process_time()
    done = analyse(small_song_path, out=tmp_path_factory.mktemp("pages") / "song", stems=False, pdf=False, page=False, threads=1)
    return done, time.process_time() - began


@pytest.fixture
def folder(analysed):
    """The folder of the song, uncorrected before and after."""
    yield analysed[0].song.folder
    correct(analysed[0].song.folder, reset=True)
    follow(analysed[0].song.folder)


def page(folder, sheet="piano") -> Score:
    return load_score(folder / f"{sheet}.musicxml")


def heard(score: Score) -> list[tuple[int, int]]:
    """Onsets in sixtieths of a quarter, and pitches."""
    return sorted((60 * note.onset // score.ticks_per_quarter, note.pitch) for note in merge_ties(score.parts[0].notes))


def a_note(folder, number: int = 5, sheet: str = "piano") -> str:
    score = written_pages(analysed_song(folder))[sheet]
    found = sounding(score.parts[0], 0)[number]
    return f"{place_at(score, found.note.onset).words()} staff {found.note.staff} {name_of(score, found)}"


def analysed_song(folder):
    from hexachord.song import Song

    return Song.open(folder)


def test_a_note_is_corrected_and_nothing_is_transcribed_again(folder):
    before, midi = page(folder), (folder / "piano.mid").read_bytes()
    correct(folder, parse_note_edit(f"{a_note(folder)} delete"), PageEdit(title="Waltz"))
    done = follow(folder)
    assert set(done.redone) == {"lead-sheet", "piano", "drum-staff"}
    assert done.failed == {}
    after = page(folder)
    assert len(heard(after)) == len(heard(before)) - 1
    assert after.title == page(folder, "lead-sheet").title == page(folder, "drums").title == "Waltz"
    assert (folder / "piano.mid").read_bytes() != midi
    assert set(follow(folder).redone) == set()
    correct(folder, undo=True)
    correct(folder, undo=True)
    follow(folder)
    assert heard(page(folder)) == heard(before)
    assert (folder / "piano.mid").read_bytes() == midi


def test_the_page_that_was_written_down_is_kept(folder, monkeypatch):
    from hexachord.journeys import audio_steps

    def never(*arguments, **options):
        raise AssertionError("it was written down again")

    monkeypatch.setattr(audio_steps, "write_sheet", never)
    correct(folder, parse_key_edit("Bb major"))
    assert follow(folder).failed == {}
    assert page(folder).keys[0].fifths == -2
    assert [mark.fifths for mark in page(folder, "drums").keys] in ([], [0])


def test_a_key_that_is_said_is_what_is_known(folder, analysed):
    before = analysed[0].knowledge
    correct(folder, parse_key_edit("Eb minor"), parse_key_edit("C", bar="2"))
    done = follow(folder)
    known = done.knowledge
    assert set(done.redone) == {"key-correction", "harmony", "lead-sheet", "piano", "drum-staff"} - ({"drum-staff"} & set(done.recalled))
    assert (known.key.name, known.key.confidence, known.key.engine) == ("Eb minor", 1.0, "user")
    assert known.chords.start_s.tolist() == before.chords.start_s.tolist()
    assert not any("#" in label for label in known.chords.label)
    if len(set(before.local_keys.label)) == 1:
        assert set(known.local_keys.label) == {"Eb minor"}
        assert set(known.harmony.key) == {"Eb minor"}
    assert done.song.knowledge().key == known.key
    assert correct(folder).is_followed
    correct(folder, reset=True)
    assert follow(folder).knowledge.key == before.key
    assert correct(folder).is_followed


def test_a_place_knows_its_pages_and_its_moment(folder):
    said = correct(folder, parse_note_edit(f"{a_note(folder, 0)} -> Ab1"), parse_new_note("bar 2 beat 1 B6 duration 0.5")).corrections.pages
    assert "piano" in said[0].sheets
    assert said[1].sheets == ("piano",)
    assert said[0].note.note.at.time_s == pytest.approx(0.0, abs=0.3)
    assert load_corrections(folder).pages == said
    chord = correct(folder, parse_chord_edit("bar 2 beat 2 Dm7")).corrections.pages[-1]
    assert chord.sheets == ("piano", "lead-sheet")
    only = correct(folder, PageEdit(composer="Anna", sheets=("lead-sheet",)))
    follow(folder)
    assert only.corrections.of_sheet("piano") == (*said, chord)
    assert (page(folder).composer, page(folder, "lead-sheet").composer) == ("", "Anna")


def test_when_bars_are_counted_anew_notes_are_found_by_the_clock(folder):
    old = page(folder)
    correct(folder, parse_note_edit(f"{a_note(folder, 20)} -> B7"))
    follow(folder)
    high = next(note for note in heard(page(folder)) if note[1] == 107)
    correct(folder, RhythmEdit(shift_beats=1.0))
    done = follow(folder)
    assert "piano" in done.redone
    assert page(folder).bars[0].duration != old.bars[0].duration
    assert astray_of(done.song) == ()
    assert high in heard(page(folder))


def test_one_whose_note_is_gone_is_told_and_costs_nothing_else(folder):
    correct(folder, PageEdit(title="Waltz"), parse_note_edit(f"{a_note(folder, 12)} -> B7"))
    text = (folder / "corrections.json").read_text()
    (folder / "corrections.json").write_text(text.replace('"name": "B7"', '"name": "C8"').replace('"time_s": ', '"time_s": 7'))
    done = follow(folder)
    assert done.failed == {}
    assert page(folder).title == "Waltz"
    told = correct(folder).astray
    assert len(told) == 1
    assert "C8" in told[0]
    assert "no " in told[0]


def test_what_is_said_is_checked_against_all_that_was_said_before(folder):
    where = a_note(folder, 3)
    correct(folder, parse_note_edit(f"{where} delete"))  # and nothing follows yet
    with pytest.raises(InputError, match="found no"):
        correct(folder, replace(parse_note_edit(f"{where} delete"), sheets=("piano",)))
    assert len(load_corrections(folder).pages) == 1


def test_a_proof_is_a_page_of_the_book(folder):
    correct(folder, parse_note_edit(f"{a_note(folder, 9)} -> B6"))
    proof = proof_of(analysed_song(folder))
    assert proof.engraving.svg_pages[0] == engrave(proof.score).svg_pages[proof.number - 1]
    assert 95 in {pitch for _, pitch in heard(proof.score)}


@pytest.mark.slow
def test_to_correct_a_page_costs_little_of_what_it_took_to_hear_it(folder, analysed):
    correct(folder, PageEdit(title="Waltz"))
    follow(folder)  # what is imported once
    began = time.process_time()
    correct(folder, parse_note_edit(f"{a_note(folder, 9)} -> B6"))
    proof_of(analysed_song(folder))
    follow(folder, threads=1)
    assert time.process_time() - began < 0.1 * analysed[1]
