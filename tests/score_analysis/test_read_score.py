"""Facts of a score."""

import numpy as np
import pytest

from hexachord.knowledge.checks import check_observation
from hexachord.score.builtin import BUILTIN_NAMES, builtin_score
from hexachord.score.model import Bar, KeyMark, MetreMark, Note, Part, Score, TempoMark
from hexachord.score_analysis.facts import read_score
from hexachord.theory.keys import local_keys

QUARTER = 10080


@pytest.mark.parametrize("name", BUILTIN_NAMES)
def test_facts_are_valid_observations(name: str) -> None:
    known = read_score(builtin_score(name))
    for observation in (known, known.beats, known.metre, known.notes, known.local_keys, known.chords, known.sections):
        if observation is not None:
            check_observation(observation)
    assert known.beats is not None
    assert known.descriptors["bars"].value == (known.beats.position == 1).sum()


def test_the_invention_and_its_keys() -> None:
    known = read_score(builtin_score("bach-invention-4"))
    assert known.key is not None
    assert known.key.name == "D minor"
    assert known.local_keys is not None
    assert known.local_keys.label[-1] == "D minor"
    assert known.beats is not None
    notes, downbeats_s = known.notes, known.beats.downbeats_s
    assert notes is not None
    eager = local_keys(notes.onset_s, notes.offset_s, notes.pitch, step_s=downbeats_s, change_cost=4.0)
    assert eager.label[-3:] == ("F major", "A minor", "D minor")
    assert known.tempo is not None
    assert known.tempo.bpm == pytest.approx(132.0)
    assert known.descriptors["voices_at_once"].value == pytest.approx(2, abs=0.15)


def test_the_song_and_its_chords() -> None:
    known = read_score(builtin_score("six-small-notes"))
    assert known.chords is not None
    assert known.sections is not None
    assert known.chords.label[0] == "E:min7"
    assert known.sections.label == ("intro", "verse", "chorus", "outro")
    assert known.sections.end_s[-1] == pytest.approx(known.duration_s)
    assert [tag.name for tag in known.tags] == ["voice", "keys", "bass", "drums"]
    assert known.notes is not None
    assert known.descriptors["note_count"].value > len(known.notes)  # drums have no pitch


def test_compound_metres_beat_in_dotted_quarters() -> None:
    notes = tuple(Note(k * QUARTER // 2, QUARTER // 2, 60) for k in range(12))
    known = read_score(Score(parts=(Part(notes=notes),), metres=(MetreMark(0, 6, 8),), tempos=(TempoMark(0, 90.0),)))
    assert known.tempo is not None
    assert known.tempo.bpm == pytest.approx(60.0)
    assert known.metre is not None
    assert (known.metre.beats_per_bar, known.metre.beat_type, known.metre.beat_division, known.metre.signature) == (2, 8, 3, "6/8")
    assert known.beats is not None
    assert known.beats.time_s.tolist() == pytest.approx([0.0, 1.0, 2.0, 3.0])
    assert known.beats.position.tolist() == [1, 2, 1, 2]


def test_a_pick_up_counts_from_its_end() -> None:
    notes = tuple(Note(k * QUARTER, QUARTER, 60 + k) for k in range(5))
    bars = (Bar(0, QUARTER, "0"), Bar(QUARTER, 4 * QUARTER, "1"))
    known = read_score(Score(parts=(Part(notes=notes),), metres=(MetreMark(0, 4, 4),), bars=bars))
    assert known.beats is not None
    assert known.beats.position.tolist() == [4, 1, 2, 3, 4]


def test_the_notes_decide_on_the_mode() -> None:
    pitch = [57, 60, 64, 68, 69, 71, 72, 76, 69, 68, 69, 64, 57]
    notes = tuple(Note(k * QUARTER, QUARTER, p) for k, p in enumerate(pitch))
    score = Score(parts=(Part(notes=notes),), keys=(KeyMark(0, 0),))
    assert read_score(score).key is not None
    assert read_score(score).key.name == "A minor"  # type: ignore[union-attr]


def test_an_empty_score_has_no_key() -> None:
    known = read_score(Score())
    assert known.key is None
    assert known.notes is None
    assert np.isfinite(known.duration_s)


@pytest.mark.parametrize(("eighths", "beats"), [(1, []), (3, [2]), (4, [2])])
def test_an_upbeat_of_compound_time_has_the_beats_that_fit_before_the_bar_line(eighths: int, beats: list[int]) -> None:
    notes = tuple(Note(k * QUARTER // 2, QUARTER // 2, 60) for k in range(eighths + 12))
    first = eighths * QUARTER // 2
    bars = (Bar(0, first, "0"), Bar(first, 3 * QUARTER, "1"), Bar(first + 3 * QUARTER, 3 * QUARTER, "2"))
    known = read_score(Score(parts=(Part(notes=notes),), metres=(MetreMark(0, 6, 8),), tempos=(TempoMark(0, 90.0),), bars=bars))
    assert known.beats is not None
    assert known.beats.position.tolist() == [*beats, 1, 2, 1, 2]
    assert known.beats.downbeats_s.tolist() == pytest.approx([eighths / 3, eighths / 3 + 2.0])
