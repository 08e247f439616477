"""Beatmaps of real scores and of sound."""

import zipfile
from dataclasses import replace

import numpy as np
import pytest

from hexachord.composition.charts.beatmap import LEVELS, beatmap_faults
from hexachord.composition.charts.osu_file import load_beatmap, parse_beatmap
from hexachord.errors import InputError
from hexachord.journeys.charting import ChartOptions, chart, write_levels, write_osz
from hexachord.score.builtin import builtin_score
from hexachord.score.edit import shifted
from hexachord.score.formats import save_score
from hexachord.score.model import Score, TempoMark
from hexachord.score.notes import note_array


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("scores")
    for name in ("six-small-notes", "bach-invention-4", "bumblebee"):
        save_score(builtin_score(name), made / f"{name}.mid")
    return made


@pytest.mark.parametrize("name", ["six-small-notes", "bach-invention-4", "bumblebee"])
def test_notes_of_a_score_are_where_its_notes_are(folder, name):
    made = chart(folder / f"{name}.mid")
    rates = [beatmap.notes_per_s for beatmap in made.beatmaps]
    assert rates == sorted(rates)
    assert rates[0] < rates[-1]
    onset_ms = 1000 * note_array(made.score)["onset_s"]
    for beatmap, level in zip(made.beatmaps, LEVELS, strict=True):
        assert beatmap_faults(beatmap, level=level, is_compound=made.knowledge.metre.is_compound) == ()
        assert max(np.abs(onset_ms - hit.time_ms).min() for hit in beatmap.hits) <= 1.0
    assert made.snap_ms().max() <= 1.0


def test_tempo_changes_become_red_lines(tmp_path):
    song = builtin_score("six-small-notes")
    bar = 4 * song.ticks_per_quarter
    save_score(replace(song, tempos=(TempoMark(0, 100.0), TempoMark(8 * bar, 140.0))), tmp_path / "two.mid")
    made = chart(tmp_path / "two.mid", options=ChartOptions(levels=("oni",)))
    lines = made.beatmaps[0].lines
    assert [round(line.bpm, 3) for line in lines] == [100.0, 140.0]
    assert lines[1].time_ms == 8 * 4 * 600
    assert made.snap_ms().max() <= 1.0


def test_notes_beside_the_click_are_followed(tmp_path):
    song = builtin_score("six-small-notes")
    save_score(shifted(song, round(0.11 * song.ticks_per_quarter)), tmp_path / "late.mid")
    made = chart(tmp_path / "late.mid")
    onset_ms = 1000 * note_array(made.score)["onset_s"]
    off = np.array([np.abs(onset_ms - hit.time_ms).min() for hit in made.beatmaps[-1].hits])
    assert len(off) > 0.5 * len(np.unique(onset_ms))
    assert np.median(off) < 12


def test_files_of_levels(folder, tmp_path):
    made = chart(folder / "bumblebee.mid", options=ChartOptions(levels=("Oni", "kantan"), title="Flight", artist="R-K"))
    paths = write_levels(made.beatmaps, tmp_path / "a.osu")
    assert [path.name for path in paths] == ["a-Kantan.osu", "a-Oni.osu"]
    assert load_beatmap(paths[1]) == made.beatmaps[1]


@pytest.mark.slow
def test_a_recording_is_charted_where_it_sounds(folder, tmp_path):
    from hexachord.journeys.perform import perform_file

    source = folder / "six-small-notes.mid"
    sound = perform_file(source, tmp_path / "Band - Six small notes.wav", soundfont="plain").path
    made = chart(sound, options=ChartOptions(kiai=False))
    path = write_osz(made, sound, tmp_path / "song.osz")
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert names[0] == "audio.ogg"
        assert names[1:] == [f"Band - Six small notes (hexachord) [{level.name}].osu" for level in LEVELS]
        read = [parse_beatmap(archive.read(name).decode()) for name in names[1:]]
    assert tuple(read) == made.beatmaps
    truth_ms = 1000 * np.unique(note_array(builtin_score("six-small-notes"))["onset_s"])
    off = np.array([np.abs(truth_ms - hit.time_ms).min() for hit in read[-1].hits])
    assert np.median(off) <= 8
    assert (off <= 25).mean() >= 0.95
    again = write_osz(made, sound, tmp_path / "again.osz")
    assert again.stat().st_size == path.stat().st_size


@pytest.mark.parametrize(("options", "words"), [(ChartOptions(levels=("Ura",)), "no such level"), (ChartOptions(), "without notes")])
def test_bad_wishes_are_put_into_words(tmp_path, options, words):
    save_score(Score(), tmp_path / "empty.musicxml")
    with pytest.raises(InputError, match=words):
        chart(tmp_path / "empty.musicxml", options=options)
