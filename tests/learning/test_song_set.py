"""Sides drawn song by song: bad files apart, doubles left out, second versions on one side."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from piano_files import save_songs, song_score

from hexachord.errors import InputError
from hexachord.learning.midi_folder import find_midi
from hexachord.learning.piano_songs import PianoSong, read_piano_song
from hexachord.learning.song_set import load_song_set, note_hash, split_songs
from hexachord.score.edit import transposed
from hexachord.score.formats import save_score


def test_a_folder_with_all_kinds_of_trouble(tmp_path: Path) -> None:
    folder = save_songs(tmp_path / "songs", 6)
    (folder / "broken.mid").write_bytes(b"RIFF of something else")
    (folder / "nothing.mid").write_bytes(b"")
    (folder / "z-copy.mid").write_bytes((folder / "song-2.mid").read_bytes())
    save_score(replace(song_score(3), tempos=()), folder / "z-slower.mid")  # the same notes at another tempo
    heard: list[str] = []
    found = load_song_set(find_midi(folder), held_out=0.3, keep=tmp_path / "kept", heard=lambda name, done, total: heard.append(name))
    assert [each.name for each in found.refused] == ["broken", "nothing"]
    assert [each.name for each in found.doubles] == ["z-copy", "z-slower"]
    names = [song.name for song in (*found.train, *found.held_out)]
    assert sorted(names) == [f"song-{number}" for number in range(6)]
    assert len(found.held_out) == 2
    assert len(heard) == len(find_midi(folder).files) == len(found.hashes)
    again = load_song_set(find_midi(folder), held_out=0.3, keep=tmp_path / "kept")  # from what was kept
    assert again.identity == found.identity
    assert [song.beats for song in again.train] == [song.beats for song in found.train]
    assert load_song_set(find_midi(folder), held_out=0.3, seed=1).identity != found.identity


def test_a_torn_file_of_kept_songs_is_read_again(tmp_path: Path) -> None:
    folder = find_midi(save_songs(tmp_path / "songs", 2))
    first = load_song_set(folder, keep=tmp_path / "kept")
    for path in (tmp_path / "kept").iterdir():
        path.write_bytes(path.read_bytes()[:100])
    assert load_song_set(folder, keep=tmp_path / "kept").identity == first.identity


def test_a_second_version_in_another_key_is_on_one_side(tmp_path: Path) -> None:
    songs = []
    for number in range(12):
        score = song_score(number % 6, bars=16)
        save_score(transposed(score, semitones=5) if number >= 6 else score, tmp_path / f"{number}.mid")
        songs.append(read_piano_song(tmp_path / f"{number}.mid", name=str(number)))
    for seed in range(4):
        train, judged, doubles, alike = split_songs(songs, held_out=0.3, seed=seed)
        assert not doubles
        sides = {song.name: "train" for song in train} | {song.name: "judged" for song in judged}
        assert len(sides) == 12
        moved = {each.name for each in alike}
        for song in judged[1:] if len(judged) > 1 else ():
            twin = str((int(song.name) + 6) % 12)
            assert sides[twin] == "judged" or twin in moved


def test_fewer_than_two_songs(tmp_path: Path) -> None:
    folder = save_songs(tmp_path / "songs", 1)
    (folder / "again.mid").write_bytes((folder / "song-0.mid").read_bytes())
    with pytest.raises(InputError, match="1 song that"):
        load_song_set(find_midi(folder))
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "x.mid").write_bytes(b"no")
    with pytest.raises(InputError, match="no song that can be learnt from"):
        load_song_set(find_midi(tmp_path / "bad"))


def test_hashes_tell_notes_alone(tmp_path: Path) -> None:
    save_score(song_score(1), tmp_path / "a.mid")
    song = read_piano_song(tmp_path / "a.mid", name="a")
    louder = song.clip.notes.copy()
    louder["velocity"] = 100
    other = PianoSong(name="b", clip=replace(song.clip, notes=louder), beats="written")
    assert note_hash(other.clip) == note_hash(song.clip)
    higher = song.clip.notes.copy()
    higher["pitch"] += np.int16(1)
    assert note_hash(replace(song.clip, notes=higher)) != note_hash(song.clip)
