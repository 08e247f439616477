"""Prompts kept note for note, and measures of composed pieces beside real ones."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from piano_files import TICKS, played, save_songs, song_score

from hexachord.composition.clips import empty_notes, make_bars
from hexachord.errors import InputError
from hexachord.journeys.recipes.piano_measures import Row, distance, measured_row, real_clips
from hexachord.journeys.recipes.piano_scores import continued_score, page_score, piece_score, read_prompt, save_page
from hexachord.learning.midi_folder import find_midi
from hexachord.learning.piano_songs import PIANO, ReadOptions, read_piano_song
from hexachord.learning.song_set import read_songs, words_of_clip
from hexachord.score.formats import load_score, save_score
from hexachord.score.model import TempoMark
from hexachord.theory.copying import copy_index


def with_more(clip, given: int):
    """A continuation: a note on every beat."""
    count = 4 * (len(clip.bars) - given)
    new = empty_notes(count)
    new["bar"], new["place"] = given + np.arange(count) // 4, np.arange(count) % 4 * 24
    new["pitch"], new["duration"], new["velocity"], new["role"] = 55, 24, 60, PIANO
    return replace(clip, notes=np.concatenate([clip.notes, new]))


@pytest.mark.parametrize("ticks", [480, 96, 110])
def test_every_note_of_a_prompt_stays_as_it_was(tmp_path: Path, ticks: int) -> None:
    score = song_score(3, bars=12)
    loose = [note._replace(onset=note.onset + (3 if index % 5 == 1 else 0)) for index, note in enumerate(score.parts[0].notes)]
    if ticks != TICKS:
        loose = [note._replace(onset=note.onset * ticks // TICKS, duration=max(1, note.duration * ticks // TICKS)) for note in loose]
    score = replace(score, parts=(replace(score.parts[0], notes=tuple(sorted(loose))),), ticks_per_quarter=ticks)
    save_score(score, tmp_path / "p.mid")
    prompt = read_prompt(tmp_path / "p.mid", options=ReadOptions(), given=8, bars=32)
    assert (prompt.given, len(prompt.clip.bars), prompt.note) == (8, 32, "")
    save_score(continued_score(prompt, with_more(prompt.clip, 8), title="x"), tmp_path / "made.mid")
    made = load_score(tmp_path / "made.mid")
    scale = made.ticks_per_quarter // ticks
    line = 8 * 4 * ticks
    before = {(note.onset * scale, note.duration * scale, note.pitch, note.velocity) for note in score.parts[0].notes if note.onset < line}
    kept = [note for note in made.parts[0].notes if note.onset < line * scale]
    assert {(note.onset, note.duration, note.pitch, note.velocity) for note in kept} == before
    new = [note.onset for note in made.parts[0].notes if note.onset >= line * scale]
    assert new == [line * scale + beat * made.ticks_per_quarter for beat in range(24 * 4)]


def test_tempo_maps_of_prompts_end_with_them(tmp_path: Path) -> None:
    score = song_score(3, bars=12)
    tempos = tuple(TempoMark(beat * TICKS, 90.0 + beat % 3) for beat in range(48))
    save_score(replace(score, tempos=tempos), tmp_path / "p.mid")
    prompt = read_prompt(tmp_path / "p.mid", options=ReadOptions(), given=8, bars=10)
    made = continued_score(prompt, with_more(prompt.clip, 8), title="x")
    assert made.tempos[-1].tick == prompt.line
    assert made.tempos[-1].quarter_bpm == pytest.approx(91, rel=0.03)
    assert len(made.tempos) == 33


def test_short_prompts_performances_and_bad_ones(tmp_path: Path) -> None:
    save_score(song_score(3, bars=5), tmp_path / "short.mid")
    prompt = read_prompt(tmp_path / "short.mid", options=ReadOptions(), given=8, bars=32)
    assert (prompt.given, prompt.note) == (5, "it has 5 bars, not 8")
    save_score(played(5), tmp_path / "played.mid")
    prompt = read_prompt(tmp_path / "played.mid", options=ReadOptions(), given=8, bars=32)
    assert prompt.score is None
    assert "performance" in prompt.note
    (tmp_path / "bad.mid").write_bytes(b"no midi")
    for name in ("bad", "missing"):
        with pytest.raises(InputError):
            read_prompt(tmp_path / f"{name}.mid", options=ReadOptions(), given=8, bars=32)


def test_pages_have_two_hands(tmp_path: Path) -> None:
    save_score(song_score(3), tmp_path / "p.mid")
    clip = read_piano_song(tmp_path / "p.mid", name="p").clip
    page = page_score(clip, title="Mine")
    assert [part.staves for part in page.parts] == [2]
    paths = save_page(clip, tmp_path / "p-page", title="Mine")
    assert [path.suffix for path in paths] == [".musicxml", ".pdf"]
    assert paths[1].read_bytes().startswith(b"%PDF")
    assert load_score(paths[0]).note_count > 0
    assert len(piece_score(clip, title="Mine").bars) == len(clip.bars)


def test_the_real_row_is_the_target(tmp_path: Path) -> None:
    songs, _, _ = read_songs(find_midi(save_songs(tmp_path / "songs", 8, bars=16)))
    clips = [song.clip for song in songs]
    index = copy_index([words_of_clip(clip) for clip in clips[:4]], ["a", "b", "c", "d"])
    real = measured_row("real", real_clips(clips[4:], bars=8), bars=8, index=index)
    like = measured_row("like", real_clips(clips[:4], bars=8), bars=8, index=index)
    stuck = []
    for clip in real_clips(clips[:4], bars=8):
        notes = clip.notes.copy()
        notes["pitch"] = 60 + np.arange(len(notes)) % 2
        stuck.append(replace(clip, notes=notes))
    far = measured_row("stuck", stuck, bars=8, index=index)
    assert real.pieces == 4
    assert real.means["h1"].low <= real.means["h1"].mean <= real.means["h1"].high
    assert distance(real, real) == 0
    assert distance(like, real) < distance(far, real)
    assert min(like.copied) > 40  # they are songs that were learnt from
    assert max(real.copied) < 40
    assert Row.from_json(like.to_json()) == like


def test_songs_shorter_than_asked_are_compared_whole() -> None:
    short = [replace(piece, notes=empty_notes()) for piece in (read_blank(4), read_blank(6))]
    assert [len(clip.bars) for clip in real_clips(short, bars=32)] == [4, 6]
    row = measured_row("empty", short, bars=32, index=None)
    assert row.means == {}
    assert distance(row, row) == float("inf")


def read_blank(bars: int):
    from hexachord.composition.clips import Clip, empty_chords

    return Clip(bars=make_bars(bars, 4, 4), notes=empty_notes(), chords=empty_chords())
