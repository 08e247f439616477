"""Corrections in a song's folder: everything downstream follows, and what was heard comes back."""

from types import SimpleNamespace

import numpy as np
import pytest

from hexachord.audio_analysis.rhythm import RhythmHints
from hexachord.audio_analysis.rhythm.rereading import ReadingChoice, RhythmEdit, reread
from hexachord.errors import InputError
from hexachord.journeys.analyse import Analysis, analyse
from hexachord.journeys.correcting import correct, corrected_rhythm, is_corrected, readings_of
from hexachord.journeys.facts import check_sentence
from hexachord.knowledge import Beats, Knowledge, Metre, Tempo, TempoHypothesis, load_knowledge
from hexachord.song import Song
from hexachord.song.corrections import CORRECTIONS, load_corrections


def run(source, folder, **options) -> Analysis:
    return analyse(source, out=folder, stems=False, pdf=False, page=False, **options)


@pytest.fixture(scope="module")
def heard(small_song_path, tmp_path_factory) -> Analysis:
    return run(small_song_path, tmp_path_factory.mktemp("correcting") / "song")


def test_the_main_job_stores_groove_and_names_its_fields(heard):
    assert heard.failed == {}
    assert heard.knowledge.groove is not None
    assert len(heard.knowledge.groove.tempo_bpm) > 8
    kept = load_knowledge(heard.song.folder / "knowledge.json")
    assert kept.groove.stability == heard.knowledge.groove.stability
    assert len(kept.rhythm_readings) == len(heard.knowledge.rhythm_readings)


def test_a_correction_is_followed_and_taken_back(heard, small_song_path):
    folder, before = heard.song.folder, heard.knowledge
    first = readings_of(before)[0]
    edits = [RhythmEdit(tempo="half"), RhythmEdit(beats_per_bar=3)]
    correct(folder, *edits)
    after = run(small_song_path, folder)
    known = after.knowledge
    assert is_corrected(known)
    assert not is_corrected(before)
    assert known.beats.time_s.tolist() == reread([first], edits).beats.time_s.tolist()
    assert known.beats.confidence.tolist() == [1.0] * len(known.beats)
    assert known.tempo.bpm == pytest.approx(first.bpm / 2)
    assert (known.tempo.confidence, known.tempo.engine) == (1.0, "user")
    assert (known.metre.beats_per_bar, known.metre.confidence, known.metre.engine) == (3, 1.0, "user")
    assert {"decode", "beats", "key", "notes", "melody"} <= set(after.recalled)
    assert not {"correction", "chords", "sections", "lead-sheet", "piano"} & set(after.recalled)
    assert readings_of(known)[0].beats.time_s.tolist() == first.beats.time_s.tolist()
    assert set(known.chords.start_s) <= {0.0, *known.beats.time_s.tolist(), known.duration_s}
    for sentence in known.sentences:
        assert check_sentence(sentence, known) == ()

    assert correct(folder, undo=True).corrections.words() == ("half the tempo",)
    again = run(small_song_path, folder)
    assert again.knowledge.metre == before.metre  # nothing was said of it any more
    assert again.knowledge.tempo.bpm == pytest.approx(first.bpm / 2)

    correct(folder, reset=True)
    assert not (folder / CORRECTIONS).exists()
    back = run(small_song_path, folder)
    assert set(back.stage_s) - set(back.recalled) <= {"lead-sheet", "piano", "drum-staff"}  # whose files were written over
    assert back.knowledge.beats.time_s.tolist() == before.beats.time_s.tolist()
    assert back.knowledge.beats.engine == before.beats.engine


def test_hints_are_kept_and_change_the_key_of_the_beats_alone(heard, small_song_path):
    folder = heard.song.folder
    hinted = run(small_song_path, folder, hints=RhythmHints(tempo_bpm=(100.0, 140.0)))
    assert "key" in hinted.recalled
    assert "beats" not in hinted.recalled
    later = run(small_song_path, folder, hints=RhythmHints(beats_per_bar=4))
    assert load_corrections(folder).hints == RhythmHints(tempo_bpm=(100.0, 140.0), beats_per_bar=4)
    again = run(small_song_path, folder)
    assert set(again.recalled) == set(again.stage_s)
    assert later.knowledge.beats.time_s.tolist() == again.knowledge.beats.time_s.tolist()
    correct(folder, reset=True)


def test_a_reading_that_is_not_heard_any_more_costs_nothing_else(heard, small_song_path):
    folder = heard.song.folder
    correct(folder, RhythmEdit(reading=ReadingChoice(bpm=17.0, beats_per_bar=7)))
    known = run(small_song_path, folder).knowledge
    assert "17.0" in known.skipped["correction"]
    assert known.beats.time_s.tolist() == heard.knowledge.beats.time_s.tolist()
    assert known.chords is not None
    correct(folder, reset=True)


def test_what_cannot_be_corrected_is_said(heard, tmp_path):
    with pytest.raises(InputError, match="no song folder"):
        correct(tmp_path, RhythmEdit(tempo="half"))
    with pytest.raises(InputError, match="--reading 99"):
        correct(heard.song.folder, reading=99)
    with pytest.raises(InputError, match="one to take back"):
        correct(heard.song.folder, undo=True)
    assert not (heard.song.folder / CORRECTIONS).exists()


def test_a_damaged_file_stops_the_run_and_reset_mends_it(heard, small_song_path):
    folder = heard.song.folder
    (folder / CORRECTIONS).write_text('{"format": "hexachord-corrections", "schema_version": 99}')
    with pytest.raises(InputError, match="newer hexachord"):
        run(small_song_path, folder)
    with pytest.raises(InputError, match="newer hexachord"):
        correct(folder, RhythmEdit(tempo="half"))
    assert (folder / "knowledge.json").exists()
    correct(folder, reset=True)
    assert run(small_song_path, folder).failed == {}


def test_a_choice_is_kept_by_what_it_says(heard):
    folder = heard.song.folder
    first = readings_of(Song.open(folder).knowledge())[0]
    said = correct(folder, reading=1).corrections.rhythm[0].reading
    assert said.bpm == first.bpm
    assert said.beats_per_bar == first.beats_per_bar
    correct(folder, reset=True)


def test_a_performance_that_came_as_midi_is_corrected_too(data_dir, tmp_path):
    source = next((data_dir / "bench" / "asap").rglob("*.mid"))
    first = run(source, tmp_path / "played", sound=False).knowledge
    assert len(first.rhythm_readings) > 1
    correct(tmp_path / "played", reading=2)
    second = run(source, tmp_path / "played", sound=False).knowledge
    assert is_corrected(second)
    assert second.beats.time_s.tolist() == first.rhythm_readings[1].beats.time_s.tolist()
    assert second.metre.beats_per_bar == first.rhythm_readings[1].beats_per_bar


def test_without_beats_there_are_no_readings():
    assert readings_of(Knowledge(duration_s=1.0)) == ()


def test_a_correction_changes_how_beats_divide():
    """Eighths that were taken for beats: a third of their tempo is compound time; a signature that is said is the user's."""
    tracked = Beats(time_s=np.arange(12) * 0.25, position=np.arange(12) % 2 + 1)
    tempo = Tempo(hypotheses=(TempoHypothesis(bpm=240.0, confidence=0.5),))
    known = Knowledge(duration_s=3.0, beats=tracked, tempo=tempo, metre=Metre(beats_per_bar=2, confidence=0.7))
    work = SimpleNamespace(knowledge=known, has=lambda stage: False)
    slower = corrected_rhythm(work, edits=[RhythmEdit(tempo="third")]).observations["metre"]
    assert (slower.signature, slower.beat_division, slower.confidence, slower.engine) == ("6/8", 3, 0.7, "")
    said = corrected_rhythm(work, edits=[RhythmEdit(beats_per_bar=3, beat_type=4, beat_division=2)]).observations["metre"]
    assert (said.signature, said.signature_confidence, said.engine) == ("3/4", 1.0, "user")
    assert "metre" not in corrected_rhythm(work, edits=[RhythmEdit(tempo="half")]).observations
