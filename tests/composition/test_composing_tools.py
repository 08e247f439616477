"""Every tool keeps what it must keep, whoever writes: here chance does, under the grammar alone."""

from dataclasses import replace
from itertools import pairwise

import pytest

from hexachord.composition.composing import Composed, Request, compose
from hexachord.composition.hands import on_two_staves, with_readable_lengths
from hexachord.composition.harmonising import accompany, arrange_for_piano, harmonise, next_chords
from hexachord.composition.lock_text import parse_lock
from hexachord.composition.tools import continue_score, generate, infill, vary
from hexachord.composition.writing import Draw
from hexachord.errors import InputError
from hexachord.models.row_sampling import Chance
from hexachord.score.abc import read_abc
from hexachord.score.model import Note, Part, Score
from hexachord.score.timing import bars_of

CHANCE = Draw(candidates=3, seed=4, engine="chance")
SONG = read_abc("""X:1
T:A tune with a left hand
M:3/4
L:1/4
Q:1/4=96
V:1 name=Melody
V:2 name=Piano
K:G
V:1
"G"B2 d | "C"e2 c | "D7"A2 c | "G"B3 | "G"d2 B | "C"e2 g | "D7"f2 A | "G"G3 |]
V:2
G,2 D | C2 E | D,2 A, | G,3 | B,2 D | C2 E | D,2 F, | G,3 |]
""")
TUNE = read_abc("X:1\nM:7/8\nL:1/8\nQ:1/4=80\nK:Em\nE2 G2 B3 | e2 d2 B3 | A2 c2 B3 | G2 F2 E3 |]")


def heads(score: Score, first: int = 0, last: int = 1000, part: int | None = None) -> list[list[tuple[int, int, int]]]:
    """Notes of each part in some bars: onset and duration in 24ths of a quarter, pitch."""
    lines = bars_of(score)
    begin, end = lines[first].tick, lines[min(last, len(lines)) - 1].end
    unit = score.ticks_per_quarter // 24
    found = [
        sorted((note.onset // unit, note.duration // unit, note.pitch) for note in each.notes if begin <= note.onset < end)
        for each in score.parts
    ]
    return found if part is None else [found[part]]


def check_frame(made: Composed, like: Score, bars: int) -> None:
    """Metres, keys and tempi are those of the score; there are exactly so many bars, and nothing lies outside."""
    for candidate in made.candidates:
        score = candidate.score
        lines = bars_of(score)
        assert len(lines) == bars == made.bars
        assert [(mark.beats, mark.beat_type) for mark in score.metres] == [(mark.beats, mark.beat_type) for mark in like.metres]
        assert [(mark.fifths, mark.mode) for mark in score.keys] == [(mark.fifths, mark.mode) for mark in like.keys]
        assert [mark.quarter_bpm for mark in score.tempos] == [mark.quarter_bpm for mark in like.tempos]
        assert max(note.end for part in score.parts for note in part.notes) <= lines[-1].end


@pytest.mark.parametrize("score", [SONG, TUNE])
def test_continue_keeps_all_and_adds_exactly_its_bars(score: Score) -> None:
    made = continue_score(score, bars=5, draw=CHANCE)
    old = len(bars_of(score))
    check_frame(made, score, old + 5)
    for candidate in made.candidates:
        assert heads(candidate.score, 0, old) == heads(score)
        assert all(any(note.onset >= bar.tick for part in candidate.score.parts for note in part.notes) for bar in bars_of(score)[-1:])
    assert made.candidates[0].score.bars[-1].barline == bars_of(score)[-1].barline
    assert made.kept == score.note_count


def test_candidates_differ_and_seeds_repeat() -> None:
    made, again = (continue_score(SONG, bars=2, draw=CHANCE) for _ in range(2))
    assert [each.score for each in made.candidates] == [each.score for each in again.candidates]
    assert len({str(heads(each.score)) for each in made.candidates}) == 3
    other = continue_score(SONG, bars=2, draw=replace(CHANCE, seed=5))
    assert heads(other.score) != heads(made.score)


def test_infill_changes_its_bars_alone() -> None:
    made = infill(SONG, 3, 4, draw=CHANCE)
    check_frame(made, SONG, 8)
    for candidate in made.candidates:
        assert heads(candidate.score, 0, 2) == heads(SONG, 0, 2)
        assert heads(candidate.score, 4, 8) == heads(SONG, 4, 8)
        assert heads(candidate.score, 2, 4) != heads(SONG, 2, 4)
        assert candidate.score.chords == SONG.chords


def test_infill_of_one_part_leaves_the_others() -> None:
    made = infill(SONG, 2, 3, roles=["melody"], draw=CHANCE)
    assert heads(made.score, part=1) == heads(SONG, part=1)
    assert heads(made.score, part=0) != heads(SONG, part=0)


def test_vary_keeps_a_share() -> None:
    made = vary(SONG, amount=0.25, draw=CHANCE)
    check_frame(made, SONG, 8)
    before = {(part, *head) for part, found in enumerate(heads(SONG)) for head in found}
    after = {(part, *head) for part, found in enumerate(heads(made.score)) for head in found}
    assert len(before & after) >= 0.75 * len(before)
    assert before != after
    assert made.kept == round(0.75 * len(before))
    assert len(after) <= len(before) + 8 + 0.25 * 0.25 * len(before) + 1


def test_generate_obeys_its_words() -> None:
    made = generate(
        12, metre="6/8", key="A minor", quarter_bpm=99, roles=["melody", "bass"], sections="A4 B4 A4", chords="Am | Dm E7",
        request=Request(scale=True, ranges={"melody": (60, 72)}), draw=CHANCE,
    )  # fmt: skip
    score = made.score
    assert [bar.duration * 8 // score.ticks_per_quarter // 4 for bar in score.bars] == [6] * 12
    assert (score.keys[0].fifths, score.keys[0].mode) == (0, "minor")
    assert score.tempos[0].quarter_bpm == 99
    assert [mark.label for mark in score.sections] == ["A", "B", "A"]
    assert [chord.label for chord in score.chords[:3]] == ["A:min", "D:min", "E:7"]
    for part in score.parts:
        assert {note.pitch % 12 for note in part.notes} <= {9, 11, 0, 2, 4, 5, 6, 7, 8}
    tune = next(part for part in score.parts if part.name == "Melody")
    assert all(60 <= note.pitch <= 72 for note in tune.notes)
    ends = sorted((note.onset, note.end) for note in tune.notes)
    assert all(end <= begin for (_, end), (begin, _) in pairwise(ends))  # one voice


def test_a_part_may_be_silent() -> None:
    assert with_readable_lengths(on_two_staves(Score(parts=(Part(name="Melody"), Part(name="Piano"))))).note_count == 0


def test_harmonise_writes_chords_on_beats_and_no_note() -> None:
    made = harmonise(TUNE, draw=CHANCE)
    check_frame(made, TUNE, 4)
    assert heads(made.score) == heads(TUNE)
    assert made.score.chords
    assert made.score.chords[0].tick == 0


def test_harmonise_in_four_voices() -> None:
    made = harmonise(SONG, voices=True, draw=replace(CHANCE, candidates=1))
    assert heads(made.score, part=0) == heads(SONG, part=0)
    names = [part.name for part in made.score.parts]
    assert names[-3:] == ["Alto", "Tenor", "Bass"]


def test_accompany_adds_a_piano_on_two_staves() -> None:
    lead = replace(SONG, parts=SONG.parts[:1])
    made = accompany(lead, draw=CHANCE)
    check_frame(made, SONG, 8)
    assert heads(made.score, part=0) == heads(lead)
    assert [(part.name, part.staves) for part in made.score.parts[1:]] == [("Piano", 2)]
    assert [chord.label for chord in made.score.chords] == [chord.label for chord in lead.chords]


def test_accompany_finds_chords_first() -> None:
    made = accompany(TUNE, roles=["bass"], draw=CHANCE)
    assert heads(made.score, part=0) == heads(TUNE)
    assert made.score.chords
    assert [part.name for part in made.score.parts][1:] == ["Bass"]


def test_arrange_keeps_tune_and_bass_on_one_piano() -> None:
    made = arrange_for_piano(SONG, draw=CHANCE)
    check_frame(made, SONG, 8)
    (piano,) = made.score.parts
    assert piano.staves == 2
    upper = {
        head[::2] for head in heads(replace(made.score, parts=(replace(piano, notes=tuple(n for n in piano.notes if n.staff == 1)),)))[0]
    }
    assert {head[::2] for head in heads(SONG)[0]} <= upper


def test_next_chords_go_on() -> None:
    made = next_chords(SONG, bars=3, draw=CHANCE)
    assert made.bars == 11
    assert made.score.chords[: len(SONG.chords)] == SONG.chords
    assert heads(made.score) == heads(SONG)
    assert all(chord.tick >= bars_of(made.score)[8].tick for chord in made.score.chords[len(SONG.chords) :])


def test_a_pickup_is_completed() -> None:
    tune = read_abc("X:1\nM:4/4\nL:1/4\nK:C\nG | c d e f | g e c |]")
    made = continue_score(tune, bars=2, draw=CHANCE)
    assert [bar.duration // made.score.ticks_per_quarter for bar in made.score.bars] == [1, 4, 4, 4, 4]


def test_the_trail_says_how() -> None:
    trail = infill(SONG, 1, 2, draw=replace(CHANCE, chance=Chance(temperature=0.5))).score.provenance
    assert trail.engine == "compose/chance"
    assert trail.parameters["seed"] == 4
    assert trail.parameters["tool"] == "infill"
    assert trail.parameters["temperature"] == 0.5


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        (lambda: continue_score(Score(), draw=CHANCE), "no notes"),
        (lambda: harmonise(Score(), draw=CHANCE), "no notes"),
        (lambda: continue_score(SONG, bars=0, draw=CHANCE), "0 bars"),
        (lambda: infill(SONG, 7, 12, draw=CHANCE), "a piece of 8 bars"),
        (lambda: compose(SONG, parse_lock("all"), draw=CHANCE), "everything locked"),
        (lambda: generate(4, metre="17/2", draw=CHANCE), "8 at most"),
        (lambda: generate(4, key="H sharp", draw=CHANCE), "no key"),
        (lambda: generate(4, chords="C | Xyz", draw=CHANCE), "chord 'Xyz'"),
        (lambda: generate(7, sections="AABA", draw=CHANCE), "7 bars"),
        (lambda: generate(4, style="polka", draw=CHANCE), "no such style"),
        (lambda: generate(4, roles=["kazoo"], draw=CHANCE), "no such part"),
        (lambda: next_chords(TUNE, draw=CHANCE), "no chord symbols"),
        (lambda: vary(SONG, amount=0.0, draw=CHANCE), "no share"),
        (lambda: infill(SONG, 1, 2, draw=Draw(engine="magic")), "no such engine"),
        (
            lambda: generate(
                4, key="C major", roles=["melody"], request=Request(scale=True, ranges={"melody": (61, 61)}), draw=CHANCE
            ),
            "no note that melody may play",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_is_explained(wish, words: str) -> None:
    with pytest.raises(InputError) as refused:
        wish()
    assert words in str(refused.value)


def test_forty_parts_keep_what_they_have_and_say_so() -> None:
    parts = tuple(Part(name=f"Flute {n}", program=73, notes=tuple(Note(480 * i, 480, 60 + n % 12) for i in range(8))) for n in range(40))
    made = continue_score(Score(parts=parts, ticks_per_quarter=480), bars=2, draw=replace(CHANCE, candidates=1))
    assert made.bars == 4
    assert "share the role" in made.warnings[0]
    assert heads(made.score, 0, 2) == heads(Score(parts=parts, ticks_per_quarter=480))
