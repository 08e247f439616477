"""Pages full of every mark in impossible combinations: whatever they say, hands can play it."""

import math
from dataclasses import replace

import numpy as np
import pytest

from hexachord.score.edit import with_bars, with_sorted_notes
from hexachord.score.model import Direction, Grace, KeyMark, MetreMark, Note, NoteValue, Part, Score, TempoMark
from hexachord.score.musicxml_marks import ARTICULATIONS, ORNAMENTS
from hexachord.score.timing import tempo_map_of
from hexachord.synthesis.strokes import interpret

QUARTER = 48
MARKS = (
    *ARTICULATIONS, *ORNAMENTS, "fermata", "arpeggiate", "arpeggiate-down", "tremolo-1", "tremolo-3", "tremolo-start-2", "tremolo-stop-2",
    "wavy-line-start", "wavy-line-stop", "slur-start", "slur-stop", "slur-start-2", "let-ring", "cue", "hidden", "grace-after",
    "grace-chord", "accidental-mark-flat", "glissando-start", "notehead-x", "nonsense",
)  # fmt: skip
SIGNS = (
    ("dynamic", "pp"), ("dynamic", "f"), ("dynamic", "sfz"), ("dynamic", "fp"), ("dynamic", "più f"), ("dynamic", "?"),
    ("wedge", "crescendo"), ("wedge", "diminuendo niente"), ("words", "cresc."), ("pedal", ""),
    ("pedal", "line"), ("words", "D.C."), ("segno", ""), ("fermata", ""),
)  # fmt: skip


def random_part(rng: np.random.Generator, index: int) -> Part:
    staves = int(rng.integers(1, 3))
    notes = []
    for _ in range(int(rng.integers(0, 60))):
        kind = Grace(int(rng.choice([0, 0, 0, 0, 1, 2])))
        onset = int(rng.integers(0, 16 * QUARTER // 6)) * 6
        duration = 0 if kind else int(rng.choice([1, 6, 12, 24, 48, 96, 192, 500]))
        marks = tuple(str(mark) for mark in rng.choice(MARKS, int(rng.integers(0, 4)), replace=False))
        velocity = None if rng.random() < 0.8 else int(rng.integers(0, 128))
        ties = rng.random(2) < 0.15
        notes.append(
            Note(
                onset, duration, int(rng.integers(0, 128)), velocity, int(rng.integers(1, 4)), int(rng.integers(1, staves + 1)), None,
                bool(ties[0]), bool(ties[1]), kind, NoteValue("16th") if kind else None, marks,
            )
        )  # fmt: skip
    signs = []
    for _ in range(int(rng.integers(0, 12))):
        sign, value = SIGNS[int(rng.integers(len(SIGNS)))]
        tick = int(rng.integers(0, 17)) * QUARTER
        end = None if rng.random() < 0.3 else tick + int(rng.integers(0, 8)) * 24
        signs.append(Direction(tick, sign, value, end, int(rng.integers(1, staves + 1)), [None, True, False][int(rng.integers(3))]))
    return Part(
        notes=tuple(notes), id=f"P{index}", staves=staves, is_percussion=bool(rng.random() < 0.2),
        directions=tuple(sorted(signs, key=lambda sign: sign.tick)), program=int(rng.integers(0, 128)),
    )  # fmt: skip


def random_page(seed: int) -> Score:
    rng = np.random.default_rng(seed)
    score = Score(
        parts=tuple(random_part(rng, index) for index in range(int(rng.integers(1, 4)))),
        ticks_per_quarter=QUARTER,
        tempos=(TempoMark(0, float(rng.uniform(20, 300))), TempoMark(5 * QUARTER, float(rng.uniform(20, 300)))),
        metres=(MetreMark(0, int(rng.integers(1, 9)), int(rng.choice([2, 4, 8]))),),
        keys=(KeyMark(0, int(rng.integers(-7, 8))), KeyMark(4 * QUARTER, int(rng.integers(-7, 8)))),
    )
    score = with_sorted_notes(with_bars(score))
    bars = tuple(bar._replace(repeat_end=2 if rng.random() < 0.2 else 0, repeat_start=bool(rng.random() < 0.1)) for bar in score.bars)
    return replace(score, bars=bars)


@pytest.mark.parametrize("seeds", [range(start, start + 25) for start in range(0, 100, 25)], ids=str)
def test_whatever_a_page_says_hands_can_play_it(seeds: range) -> None:
    for seed in seeds:
        score = random_page(seed)
        found = interpret(score)
        end_s = float(tempo_map_of(found.unfolded.score).seconds(found.unfolded.score.end_tick))
        for track in found.tracks:
            down: dict[int, float] = {}
            before = 0.0
            for stroke in track.strokes:
                assert math.isfinite(stroke.release_s), seed
                assert before <= stroke.onset_s <= end_s, seed
                assert stroke.release_s >= stroke.onset_s, seed
                assert 0 <= stroke.key <= 127, seed
                assert 1 <= stroke.velocity <= 127, seed
                assert down.get(stroke.key, -1.0) <= stroke.onset_s + 1e-9, seed  # let go before it is struck again
                down[stroke.key] = stroke.release_s
                before = stroke.onset_s
        again = interpret(score)
        assert [track.strokes for track in again.tracks] == [track.strokes for track in found.tracks], seed


def test_nothing_of_a_page_is_lost() -> None:
    """Every note that is heard on the page begins, give or take graces and rolls, at some stroke of its key."""
    for seed in range(40):
        score = random_page(seed)
        found = interpret(score)
        clock = tempo_map_of(found.unfolded.score)
        for track, part in zip(found.tracks, found.unfolded.score.parts, strict=True):
            keys = {stroke.key for stroke in track.strokes}
            shown = [note for note in part.notes if "cue" not in note.marks]
            assert {note.pitch for note in shown} <= keys, seed
            if track.strokes:
                assert track.strokes[0].onset_s <= float(clock.seconds(min(note.onset for note in shown))) + 1e-9, seed
