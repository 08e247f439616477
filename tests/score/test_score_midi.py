"""MIDI: ties and graces played, nested notes kept whole, lyrics, ticks, a million notes."""

import time

import numpy as np
import pytest

from hexachord.score.midi import OVERLAPS, read_midi, write_midi
from hexachord.score.model import Grace, Lyric, Note, NoteValue, Part, Score, TempoMark


def through(*notes: Note, ticks_per_quarter: int = 480) -> Score:
    return read_midi(write_midi(Score(parts=(Part(notes=notes, name="x"),), ticks_per_quarter=ticks_per_quarter)).data)


@pytest.mark.parametrize(
    "spans",
    [
        [(0, 10), (5, 10)],  # one after the other, overlapping
        [(0, 15), (5, 5)],  # one inside the other
        [(0, 15), (0, 5), (0, 9)],  # together
        [(0, 10), (10, 10)],  # touching
        [(0, 10), (10, 0), (10, 5)],  # one of no length between them
        [(0, 100), (10, 50), (20, 10), (25, 90)],
    ],
)
def test_notes_of_one_key_come_back_whole(spans: list[tuple[int, int]]) -> None:
    notes = tuple(Note(onset, duration, 60, 40 + index) for index, (onset, duration) in enumerate(spans))
    again = through(*notes)
    assert len(again.parts) == 1
    assert sorted(again.parts[0].notes) == sorted(notes)


def test_the_companion_track_is_only_there_when_needed() -> None:
    plain = write_midi(Score(parts=(Part(notes=(Note(0, 10, 60, 64), Note(20, 10, 60, 64)), name="x"),), ticks_per_quarter=480))
    assert OVERLAPS.encode() not in plain.data


def test_ties_sound_once_and_graces_come_early() -> None:
    tied = (Note(0, 480, 60, 70, tied_to_next=True), Note(480, 480, 60, 70, tied_to_previous=True))
    assert [note[:4] for note in through(*tied).parts[0].notes] == [(0, 960, 60, 70)]
    grace = (Note(480, 0, 62, 70, grace=Grace.ACCIACCATURA, value=NoteValue("eighth")), Note(480, 480, 60, 70))
    written = write_midi(Score(parts=(Part(notes=grace),), ticks_per_quarter=480))
    assert written.warnings == ("grace notes, played just before their notes: 1",)
    assert [note[:3] for note in read_midi(written.data).parts[0].notes] == [(420, 60, 62), (480, 480, 60)]


def test_lyrics_are_sung_on_their_notes() -> None:
    notes = tuple(
        Note(index * 480, 480, 60, 70, lyrics=(Lyric(text, kind),))
        for index, (text, kind) in enumerate([("Al", "begin"), ("le", "middle"), ("lu", "end"), ("ja", "single")])
    )
    assert [note.lyrics for note in through(*notes).parts[0].notes] == [note.lyrics for note in notes]


def test_ticks_beyond_midi_are_brought_within() -> None:
    again = through(Note(0, 80640, 60, 70), ticks_per_quarter=80640)
    assert (again.ticks_per_quarter, again.parts[0].notes[0].duration) == (10080, 10080)
    uneven = write_midi(Score(parts=(Part(notes=(Note(0, 1, 60, 70), Note(40_007, 40_000, 60, 70))),), ticks_per_quarter=40_009))
    assert "times rounded to 10080 ticks a quarter: 1" in uneven.warnings


def test_tempos_keep_their_microseconds() -> None:
    tempos = tuple(TempoMark(480 * index, 60_000_000 / micro) for index, micro in enumerate((500_000, 666_667, 123_457)))
    again = read_midi(write_midi(Score(tempos=tempos, ticks_per_quarter=480)).data)
    assert again.tempos == tempos


def test_events_a_score_does_not_keep_are_counted() -> None:
    def chunk(*events: bytes) -> bytes:
        body = b"".join(b"\0" + event for event in (*events, b"\xff\x2f\0"))
        return b"MTrk" + len(body).to_bytes(4, "big") + body

    note = (b"\x90\x3c\x40", b"\x80\x3c\0")
    data = b"MThd\0\0\0\6\0\0\0\1\1\xe0" + chunk(
        *note, b"\xa0\x3c\5", b"\xd0\5", b"\xff\1\3txt", b"\xf0\2\1\xf7", b"\xb5\7\x40", b"\x90\x3e\x40"
    )
    assert read_midi(data).warnings == (
        "aftertouch: 2",
        "controllers and bends on channels without notes: 1",
        "notes that never end: 1",
        "system exclusive messages: 1",
        "text events: 1",
    )


@pytest.mark.slow
def test_a_million_notes_load_in_a_few_seconds() -> None:
    rng = np.random.default_rng(0)
    lengths, velocities = rng.integers(5, 700, 1_000_000).tolist(), rng.integers(1, 128, 1_000_000).tolist()
    notes = tuple(Note(index * 10, lengths[index], 20 + index % 80, velocities[index]) for index in range(1_000_000))
    data = write_midi(Score(parts=(Part(notes=notes),))).data
    before = time.process_time()
    again = read_midi(data)
    assert time.process_time() - before < 8
    assert again.parts[0].notes == notes
