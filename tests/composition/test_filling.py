"""What is locked stays as it stands on the page; the rest is new."""

import numpy as np

from hexachord.composition.clips import Clip, ClipPart, on_vocabulary
from hexachord.composition.decode import decode
from hexachord.composition.filling import filled_score
from hexachord.composition.grammar import random_rows
from hexachord.composition.lock_text import parse_lock
from hexachord.composition.locks import locked_plan
from hexachord.composition.scores import clip_of
from hexachord.composition.vocabulary import CHORD, Vocabulary
from hexachord.score.model import Bar, ChordSymbol, Direction, Grace, Lyric, MetreMark, Note, Part, Score, Spelling
from hexachord.score.musicxml_write import write_musicxml
from hexachord.score.notes import merge_ties

WORDS = Vocabulary()
TICKS = 480


def page() -> Score:
    """Eight quarters of a tune with words, slurs, a tie over the bar line, a grace note and a note off the grid; a left hand below."""
    tune = [
        Note(beat * TICKS, TICKS, 67 + beat, 90, spelling=Spelling("C", 0, 5) if beat == 5 else None, lyrics=(Lyric("la"),))
        for beat in range(8)
    ]
    tune[0] = tune[0]._replace(marks=("slur-start", "accent"))
    tune[1] = tune[1]._replace(marks=("slur-stop",))
    tune[2] = tune[2]._replace(onset=2 * TICKS + 3, marks=("slur-start",))
    tune[3] = tune[3]._replace(tied_to_next=True)
    tune[4] = tune[4]._replace(pitch=tune[3].pitch, tied_to_previous=True, marks=("slur-stop",))
    tune.insert(6, Note(6 * TICKS, 0, 80, grace=Grace.ACCIACCATURA))
    left = tuple(Note(beat * TICKS, 2 * TICKS, 48, None, 5, 2) for beat in (0, 2, 4, 6))
    right = tuple(Note(beat * TICKS, 2 * TICKS, 60, None, 1, 1) for beat in (0, 2, 4, 6))
    return Score(
        parts=(
            Part(notes=tuple(tune), name="Voice", id="P1", directions=(Direction(0, "dynamic", "mf"),)),
            Part(notes=right + left, name="Piano", staves=2),
        ),
        ticks_per_quarter=TICKS, metres=(MetreMark(0, 4, 4),), bars=(Bar(0, 4 * TICKS, "1"), Bar(4 * TICKS, 4 * TICKS, "2", repeat_end=2)),
        chords=(ChordSymbol(0, "C:maj", None, "C (no vamp)"), ChordSymbol(4 * TICKS, "G:7")),
    )  # fmt: skip


def composed(lock: str, *, roles: tuple[int, ...] | None = None, seed: int = 1) -> tuple[Score, Clip, np.ndarray]:
    clip = on_vocabulary(clip_of(page(), vocabulary=WORDS), WORDS)
    plan = locked_plan(clip, parse_lock(lock), vocabulary=WORDS, roles=roles)
    made, given, _ = decode(random_rows(plan, vocabulary=WORDS, seed=seed).rows(), vocabulary=WORDS, like=plan.clip)
    return filled_score(page(), made, given, plan.fill, vocabulary=WORDS), made, given


def test_what_is_locked_stays_to_the_letter() -> None:
    before = page()
    score, _, given = composed("part melody or part right or chords")
    assert score.parts[0] == before.parts[0]
    assert score.chords == before.chords
    assert score.bars == before.bars
    right = [note for note in score.parts[1].notes if note.staff == 1]
    assert right == [note for note in before.parts[1].notes if note.staff == 1]
    left = [note for note in score.parts[1].notes if note.staff == 2]
    assert len(left) == np.count_nonzero(~given)
    assert left != [note for note in before.parts[1].notes if note.staff == 2]
    assert {note.voice for note in left} == {5}
    assert "<score-partwise" in str(write_musicxml(score))


def test_half_a_part_is_new() -> None:
    before = page()
    score, _, _ = composed("bar 1 or part right or part left or chords")
    first = [note for note in score.parts[0].notes if note.onset < 4 * TICKS]
    assert [note.lyrics for note in first] == [note.lyrics for note in before.parts[0].notes[:4]]
    assert first[2].onset == 2 * TICKS + 3  # off the grid, and still there
    assert score.parts[0].notes.index(first[3]) == 3
    tied = merge_ties(score.parts[0].notes)[3]
    assert tied.duration == 2 * TICKS  # a locked note keeps both its heads
    assert not any(note.grace for note in score.parts[0].notes)  # what it led to is gone
    assert "slur-stop" in score.parts[0].notes[1].marks
    assert score.parts[1] == before.parts[1]


def test_slurs_that_lost_an_end_go() -> None:
    clip = on_vocabulary(clip_of(page(), vocabulary=WORDS), WORDS)
    kept = clip.notes[(clip.notes["role"] != 1) | (clip.notes["pitch"] != 68)]  # without the end of the first slur
    fill = np.zeros((2, len(WORDS.roles)), dtype=bool)
    fill[:, 1] = True
    made = Clip(bars=clip.bars, notes=kept, chords=clip.chords, parts=clip.parts)
    score = filled_score(page(), made, np.ones(len(kept), dtype=bool), fill, vocabulary=WORDS)
    assert score.parts[0].notes[0].marks == ("accent",)
    assert sum(mark.startswith("slur") for note in score.parts[0].notes for mark in note.marks) == 2
    assert any(note.grace for note in score.parts[0].notes)


def test_a_new_part_stands_below() -> None:
    clip = on_vocabulary(clip_of(page(), vocabulary=WORDS), WORDS)
    bass = WORDS.roles.index("bass")
    plan = locked_plan(clip, parse_lock("chords"), vocabulary=WORDS, roles=(bass,))
    named = Clip(
        bars=plan.clip.bars,
        notes=plan.clip.notes,
        chords=plan.clip.chords,
        parts=(*clip.parts, ClipPart(role=bass, name="Bass", program=33)),
    )
    made, given, _ = decode(random_rows(plan, vocabulary=WORDS, seed=3).rows(), vocabulary=WORDS, like=named)
    score = filled_score(page(), made, given, plan.fill, vocabulary=WORDS)
    assert [part.name for part in score.parts] == ["Voice", "Piano", "Bass"]
    assert score.parts[:2] == page().parts
    assert score.parts[2].program == 33
    assert len(score.parts[2].notes) == np.count_nonzero(~given)
    assert max(note.end for note in score.parts[2].notes) <= 8 * TICKS


def test_chords_that_stay_keep_their_text() -> None:
    score, made, _ = composed("notes or bar 1")
    assert score.chords[0] == ChordSymbol(0, "C:maj", None, "C (no vamp)")
    assert len(score.chords) >= 2
    assert score.parts == page().parts
    assert len(made.chords[made.chords["bar"] == 1])
    assert CHORD == 0


def test_ticks_that_the_grid_does_not_divide() -> None:
    score = Score(
        parts=(Part(notes=(Note(0, 10, 60), Note(10, 10, 62)), name="Voice"),), ticks_per_quarter=10, metres=(MetreMark(0, 2, 4),)
    )
    clip = on_vocabulary(clip_of(score, vocabulary=WORDS), WORDS)
    plan = locked_plan(clip, parse_lock("beat 1"), vocabulary=WORDS)
    made, given, _ = decode(random_rows(plan, vocabulary=WORDS, seed=1).rows(), vocabulary=WORDS, like=plan.clip)
    found = filled_score(score, made, given, plan.fill, vocabulary=WORDS)
    assert found.ticks_per_quarter == 120
    assert found.parts[0].notes[0] == Note(0, 120, 60)
    assert len(found.parts[0].notes) == len(made.notes)
