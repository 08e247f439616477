"""What the user said is kept, whole, and never lost to a newer or a broken file."""

import json
import os
import random
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from hexachord.audio_analysis.rhythm import RhythmHints
from hexachord.audio_analysis.rhythm.rereading import ReadingChoice, RhythmEdit
from hexachord.errors import InputError
from hexachord.knowledge import Beats
from hexachord.song.corrections import (
    CORRECTIONS,
    Correction,
    Corrections,
    corrections_json,
    load_corrections,
    page_edits_from_parameters,
    save_corrections,
)
from hexachord.theory.page_edits import ChordEdit, KeyEdit, MetreEdit, NewNote, NoteAddress, NoteEdit, PageEdit, Place

HINTS = RhythmHints(tempo_bpm=(80.0, 120.0), beats_per_bar=3, tapped_s=(1.25, 1.8), downbeat_s=0.53)
LIST = Beats(time_s=np.array([0.1, 1 / 3, 2.0]), position=np.array([1, 2, 1]))
EDITS = (
    RhythmEdit(beats=LIST),
    RhythmEdit(tempo="double"),
    RhythmEdit(beats_per_bar=6, beat_type=8),
    RhythmEdit(downbeat_s=12.345),
    RhythmEdit(shift_beats=-0.5),
)


def listed(*edits):
    return tuple(Correction(rhythm=edit) for edit in edits)


def test_nothing_said_is_no_file(tmp_path):
    assert not load_corrections(tmp_path)
    assert save_corrections(Corrections(), tmp_path) is None
    assert list(tmp_path.iterdir()) == []
    assert Corrections().hint_parameters() == Corrections().rhythm_parameters() == {}


def test_everything_survives(tmp_path):
    said = Corrections(hints=HINTS, edits=listed(RhythmEdit(reading=ReadingChoice(bpm=60.2, beats_per_bar=4, downbeat_s=0.2)), *EDITS))
    save_corrections(said, tmp_path)
    back = load_corrections(tmp_path)
    assert back.hints == HINTS
    assert corrections_json(back) == corrections_json(said)
    assert back.rhythm_parameters() == said.rhythm_parameters()
    assert back.rhythm[1].beats is not None
    assert back.rhythm[1].beats.time_s.tobytes() == LIST.time_s.tobytes()
    assert back.words() == said.words()
    assert len(said.words()) == 4 + 6


def test_what_is_said_next_is_added_to_what_was_said():
    said = Corrections(hints=HINTS).with_edits(RhythmEdit(tempo="half")).with_edits(RhythmEdit(beats_per_bar=3))
    assert [edit.words() for edit in said.rhythm] == ["half the tempo", "bars of 3 beats"]
    assert said.with_hints(RhythmHints(beats_per_bar=4)).hints == RhythmHints(
        tempo_bpm=(80.0, 120.0), beats_per_bar=4, tapped_s=(1.25, 1.8), downbeat_s=0.53
    )
    assert said.without_last().words()[-1] == "half the tempo"
    assert not said.without_last().without_last().without_last()
    assert len(said.with_edits(RhythmEdit(beats=LIST)).rhythm) == 1


def test_the_keys_tell_corrections_apart():
    one, other = (Corrections(edits=listed(RhythmEdit(tempo=tempo))).rhythm_parameters() for tempo in ("half", "double"))
    assert one != other


def test_the_first_version_is_read(tmp_path):
    old = {"format": "hexachord-corrections", "schema_version": 1, "rhythm": [{"tempo": "half"}, {"shift_beats": 1.0}]}
    (tmp_path / CORRECTIONS).write_text(json.dumps(old))
    said = load_corrections(tmp_path)
    assert said.words() == ("half the tempo", "bars begin 1 beat later")
    assert json.loads(corrections_json(said))["schema_version"] == 2


def test_pages_and_rhythm_are_one_list():
    note = NoteAddress(at=Place(bar="12", beat=7 / 3, time_s=21.5), name="C4", staff=1)
    pages = (
        PageEdit(note=NoteEdit(note=note, deleted=True), sheets=("piano",)),
        PageEdit(key=KeyEdit(name="Bb major")),
        PageEdit(title=""),
    )
    said = Corrections().with_edits(pages[0], RhythmEdit(tempo="half"), pages[1], RhythmEdit(beats=LIST), pages[2])
    assert [edit.page is None for edit in said.edits] == [False, False, True, False]  # a list of beats takes the place of half a tempo
    assert said.without_last().pages == pages[:2]
    assert said.of_sheet("drums") == pages[1:]
    assert page_edits_from_parameters(said.page_parameters("piano")) == pages
    assert Corrections().with_edits(RhythmEdit(tempo="half")).page_parameters("piano") == {}


def test_pages_survive(tmp_path):
    note = NoteAddress(at=Place(bar="12", beat=7 / 3, time_s=21.5), name="C4", staff=1)
    every = (
        *(PageEdit(note=NoteEdit(note=note, **said)) for said in ({"name": "Eb4"}, {"to": Place(bar="13")}, {"beats": 1.5}, {"staff": 2})),
        PageEdit(added=NewNote(at=Place(bar="2", beat=1.5), name="snare", beats=0.5), sheets=("drums",)),
        PageEdit(chord=ChordEdit(at=Place(bar="2"), label="Bb:min7/b3")),
        PageEdit(metre=MetreEdit(signature="6/8", at=Place(bar="9", time_s=3.25))),
        PageEdit(composer="Anna Magdalena"),
    )
    said = Corrections().with_edits(*every)
    save_corrections(said, tmp_path)
    assert load_corrections(tmp_path).pages == every


def edited(tmp_path, **changes):
    document = json.loads(corrections_json(Corrections(hints=HINTS, edits=listed(*EDITS))))
    (tmp_path / CORRECTIONS).write_text(json.dumps({**document, **changes}))
    return tmp_path


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"schema_version": 3}, ["schema version 3", "newer hexachord"]),
        ({"schema_version": "1"}, ["schema_version"]),
        ({"format": "hexachord-song"}, ["another kind", "--reset"]),
        ({"edits": [{"rhythm": {"tempo": "faster"}}]}, ["edits[0].rhythm", "faster"]),
        ({"edits": [{"rhythm": {}}]}, ["edits[0].rhythm", "one thing"]),
        ({"edits": [{"rhythm": {"mood": "sad"}}]}, ["edits[0].rhythm.mood", "unknown field"]),
        ({"edits": [{"rhythm": {"beats": {"time_s": [2.0, 1.0], "position": [1, 2]}}}]}, ["edits[0].rhythm.beats", "ascend"]),
        ({"edits": [{}]}, ["edits[0]", "of the rhythm or of a page"]),
        ({"edits": [{"page": {"title": "A", "composer": "B"}}]}, ["edits[0].page", "one thing"]),
        ({"edits": [{"page": {"key": {"name": "H major"}}}]}, ["edits[0].page.key", "H"]),
        ({"edits": [{"page": {"chord": {"at": {"bar": "1", "beat": 0.5}}}}]}, ["edits[0].page.chord.at", "beats count from 1"]),
        ({"hints": {"tempo_bpm": [120, 80]}}, ["hints.tempo_bpm"]),
        ({"colour": "red"}, ["colour", "unknown field"]),
    ],
)
def test_what_is_not_understood_is_refused_by_name_and_left_alone(tmp_path, changes, words):
    folder = edited(tmp_path, **changes)
    before = (folder / CORRECTIONS).read_bytes()
    with pytest.raises(InputError) as caught:
        load_corrections(folder)
    for word in (CORRECTIONS, *words):
        assert word in str(caught.value)
    assert (folder / CORRECTIONS).read_bytes() == before


@pytest.mark.parametrize("text", ["", "[", "[]", "null"])
def test_a_torn_file_says_how_to_go_on(tmp_path, text):
    (tmp_path / CORRECTIONS).write_text(text)
    with pytest.raises(InputError, match="--reset"):
        load_corrections(tmp_path)


_WRITER = """
import sys
from hexachord.audio_analysis.rhythm.rereading import RhythmEdit
from hexachord.song.corrections import Correction, Corrections, save_corrections
print("go", flush=True)
n = 0
while True:
    n += 1
    edits = tuple(Correction(rhythm=RhythmEdit(shift_beats=float(k))) for k in range(1 + n % 400))
    save_corrections(Corrections(edits=edits), sys.argv[1])
"""


def test_killed_at_any_moment_the_file_is_whole(tmp_path):
    pause = random.Random(5)
    for _ in range(2):
        process = subprocess.Popen([sys.executable, "-c", _WRITER, str(tmp_path)], stdout=subprocess.PIPE)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(pause.uniform(0.01, 0.2))
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
        said = load_corrections(tmp_path)
        assert [edit.shift_beats for edit in said.rhythm] == [float(k) for k in range(len(said.rhythm))]
