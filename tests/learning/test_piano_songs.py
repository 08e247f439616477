"""MIDI files as one piano on a grid: by their tempo map, by annotation, by the beats that are found in them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from piano_files import TICKS, played, save_analysed, song_score

from hexachord.errors import InputError
from hexachord.learning.piano_songs import PIANO, ReadOptions, on_grid, read_piano_song
from hexachord.score.formats import save_score
from hexachord.score.model import Note, Part, Score


def test_a_tempo_map_is_taken_at_its_word(tmp_path: Path) -> None:
    score = song_score(3)
    save_score(score, tmp_path / "song.mid")
    song = read_piano_song(tmp_path / "song.mid", name="song")
    assert (song.beats, len(song.clip.bars), set(song.clip.notes["role"].tolist())) == ("written", 12, {PIANO})
    struck = {(note.onset // (TICKS // 4), note.pitch) for note in score.parts[0].notes}
    assert {(int(at) // 6, int(pitch)) for at, pitch in zip(song.clip.onsets(), song.clip.notes["pitch"], strict=True)} == struck
    assert song.clip.bars["bpm"][0] == pytest.approx(90, rel=0.03)
    again = on_grid(song.clip, steps=4)
    assert np.array_equal(again.notes, song.clip.notes)
    assert np.array_equal(again.bars, song.clip.bars)


def test_bars_before_and_after_the_music_go(tmp_path: Path) -> None:
    score = song_score(3)
    late = tuple(note._replace(onset=note.onset + 3 * 4 * TICKS) for note in score.parts[0].notes)
    save_score(replace(score, parts=(replace(score.parts[0], notes=late),)), tmp_path / "late.mid")
    save_score(score, tmp_path / "song.mid")
    one, other = (read_piano_song(tmp_path / f"{name}.mid", name=name).clip for name in ("song", "late"))
    assert np.array_equal(one.notes, other.notes)


def test_pop1k7_s_melody_is_not_read_twice(tmp_path: Path) -> None:
    path = save_analysed(tmp_path, 5)
    save_score(song_score(5), tmp_path / "plain.mid")
    plain = read_piano_song(tmp_path / "plain.mid", name="plain").clip
    song = read_piano_song(path, name="x", layout="pop1k7", options=ReadOptions(chords=True)).clip
    assert np.array_equal(song.notes, plain.notes)
    assert song.chords["root"].tolist()[:8] == [0, 9, 5, -1, 0, 9, 5, -1]
    assert not len(read_piano_song(path, name="x", layout="pop1k7").clip.chords)


def test_a_performance_is_laid_on_its_beats(tmp_path: Path) -> None:
    save_score(played(4), tmp_path / "played.mid")
    song = read_piano_song(tmp_path / "played.mid", name="played")
    assert song.beats == "tracked"
    written = song_score(4, bars=24)
    step = {(note.onset // (TICKS // 4)) for note in written.parts[0].notes}
    found = set((song.clip.onsets() // 6).tolist())
    best = max(len({at + shift for at in found} & step) for shift in range(-16, 17)) / len(step)
    assert best > 0.9  # at most a beat or a bar is counted otherwise
    assert song.clip.bars["bpm"][0] == pytest.approx(84, rel=0.06)
    with pytest.raises(InputError, match="track-beats"):
        read_piano_song(tmp_path / "played.mid", name="played", options=ReadOptions(track_beats=False))


def test_what_is_no_song(tmp_path: Path) -> None:
    (tmp_path / "bad.mid").write_bytes(b"MThd nonsense")
    save_score(song_score(1, bars=3), tmp_path / "short.mid")
    drums = Part(notes=(Note(0, 10, 36),), is_percussion=True, name="Kit")
    save_score(Score(parts=(drums,), ticks_per_quarter=TICKS), tmp_path / "drums.mid")
    save_score(song_score(1), tmp_path / "song.mid")
    for name, options, said in (
        ("bad", ReadOptions(), "MIDI"),
        ("short", ReadOptions(), "3 bars"),
        ("drums", ReadOptions(), "Kit"),
        ("song", ReadOptions(track="violin"), "violin"),
    ):
        with pytest.raises(InputError, match=said):
            read_piano_song(tmp_path / f"{name}.mid", name=name, options=options)


@pytest.mark.data
def test_pop909_on_its_annotated_beats(data_dir: Path) -> None:
    path = data_dir / "train" / "pop909" / "001" / "001.mid"
    if not path.is_file():
        pytest.skip("no POP909 here")
    whole = read_piano_song(path, name="001", layout="pop909", options=ReadOptions(chords=True))
    piano = read_piano_song(path, name="001", layout="pop909", options=ReadOptions(track="piano"))
    assert whole.beats == "annotated"
    assert len(whole.clip.chords) > 50
    assert len(whole.clip.notes) > len(piano.clip.notes) > 300
    on_beat = piano.clip.notes["place"] % 12 == 0  # most of pop lies on eighths
    assert on_beat.mean() > 0.6
    with pytest.raises(InputError, match=r"(?i)melody"):
        read_piano_song(path, name="001", layout="pop909", options=ReadOptions(track="tuba"))
