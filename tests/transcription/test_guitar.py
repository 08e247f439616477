"""From heard notes to a guitarist's page."""

import numpy as np
import pytest

from hexachord.errors import InputError
from hexachord.knowledge import Beats, Key, Metre, Notes
from hexachord.score.model import Part
from hexachord.score.tab_text import write_tab_text
from hexachord.score.tablature import misplaced, place_of
from hexachord.transcription.notation.guitar import guitar_tablature

BEATS = Beats(time_s=np.arange(9) * 0.5, position=np.array([1, 2, 3, 4, 1, 2, 3, 4, 1]))


def heard(rows: list[tuple[float, float, int]], *, jitter_s: float = 0.01) -> Notes:
    """Notes from (onset, end, pitch) in beats at 120, unsteadily played."""
    table = np.array(rows, dtype=float).reshape(-1, 3)
    stray = np.random.default_rng(0).normal(0, jitter_s, len(table)).clip(-0.02, 0.02)
    onset = np.maximum(0.0, table[:, 0] * 0.5 + stray)
    return Notes(onset_s=onset, offset_s=table[:, 1] * 0.5, pitch=table[:, 2], velocity=np.full(len(table), 0.6))


def travis() -> list[tuple[float, float, int]]:
    """Thumb on the beats, fingers between them, on a C chord; the basses ring."""
    rows: list[tuple[float, float, int]] = []
    for bar in (0, 4):
        rows += [(bar, bar + 2, 48), (bar + 2, bar + 4, 52)]
        rows += [(bar + at, bar + at + 0.5, pitch) for at, pitch in ((0.5, 60), (1.0, 55), (1.5, 64), (2.5, 60), (3.0, 55), (3.5, 64))]
    return rows


def part_of(rows: list[tuple[float, float, int]], **options: str | int | None) -> Part:
    tuning, capo = str(options.get("tuning", "standard")), options.get("capo", 0)
    assert capo is None or isinstance(capo, int)
    return guitar_tablature(heard(rows), beats=BEATS, metre=Metre(beats_per_bar=4), tuning=tuning, capo=capo).parts[0]


def test_thumb_and_fingers_are_two_voices_on_one_staff() -> None:
    part = part_of([*travis(), (0, 0.5, 64), (4, 4.5, 64)])
    assert [clef.sign for clef in part.clefs] == ["G", "TAB"]
    assert part.clefs[0].octave_change == -1
    assert {note.pitch for note in part.notes if note.voice == 2} == {48, 52}
    assert {note.staff for note in part.notes} == {1}
    places = {note.pitch: place_of(note) for note in part.notes}
    assert places == {48: (5, 3), 52: (4, 2), 55: (3, 0), 60: (2, 1), 64: (1, 0)}


def test_a_broken_chord_is_one_line_that_rings() -> None:
    part = part_of(travis())
    assert {note.voice for note in part.notes} == {1}
    assert {note.duration for note in part.notes} == {5040}
    assert [sign.value for sign in part.directions] == ["let ring"]


def test_a_strummed_chord_is_one_voice_in_its_shape() -> None:
    rows = [(at, at + 1.0, pitch) for at in range(8) for pitch in (43, 47, 50, 55, 59, 67)]
    part = part_of(rows)
    assert {note.voice for note in part.notes} == {1}
    assert sorted(place_of(note) or () for note in part.notes if note.onset == 0) == [(1, 3), (2, 0), (3, 0), (4, 0), (5, 2), (6, 3)]
    assert len(part.notes) == 48


@pytest.mark.parametrize(
    ("tuning", "capo"), [("standard", 0), ("dadgad", 0), ("drop-d", 2), ("ukulele", 0), ("bass", 0), ("standard", None)]
)
def test_every_place_sounds_as_its_note(tuning: str, capo: int | None) -> None:
    part = part_of(travis(), tuning=tuning, capo=capo)
    assert part.notes
    assert not misplaced(part.notes, tuning=part.tuning, capo=part.capo)


def test_the_romance_lies_where_everybody_plays_it() -> None:
    """Eight bars of the anonymous Romance in E minor: a tune on the first string, open strings inside, one bass a bar."""
    tune = ("71 71 71", "71 69 67", "67 66 64", "64 67 71", "76 76 76", "76 74 72", "72 71 69", "69 71 72")
    bars = [[int(pitch) for pitch in bar.split()] for bar in tune]
    rows: list[tuple[float, float, int]] = []
    for number, bar in enumerate(bars):
        inner = (59, 55) if number < 6 else (60, 57)
        rows.append((3 * number, 3 * number + 3, 40 if number < 6 else 45))
        for place, pitch in enumerate(bar):
            at = 3 * number + place
            rows += [(at, at + 1, pitch), (at + 1 / 3, at + 2 / 3, inner[0]), (at + 2 / 3, at + 1, inner[1])]
    beats = Beats(time_s=np.arange(25) * 0.5, position=np.arange(25) % 3 + 1)
    part = guitar_tablature(heard(rows), beats=beats, metre=Metre(beats_per_bar=3), key=Key(tonic="E", mode="minor")).parts[0]
    struck = [note for note in part.notes if not note.tied_to_previous]
    fingers = [place_of(note) for note in struck if note.pitch >= 64]
    assert fingers == [(1, pitch - 64) for bar in bars for pitch in bar]
    assert {place_of(note) for note in struck if note.pitch in (59, 55)} == {(2, 0), (3, 0)}
    assert {place_of(note) for note in struck if note.pitch in (60, 57)} == {(3, 5), (4, 7)}
    assert {note.pitch for note in struck if note.voice == 2} == {40, 45}
    assert len([note for note in struck if note.voice == 2]) == 8


def test_what_is_off_the_neck_is_said() -> None:
    rows = [(0, 1, 30), (1, 2, 100), *((2, 3, pitch) for pitch in (40, 43, 46, 49, 52, 55, 58, 61))]
    score = guitar_tablature(heard(rows), beats=BEATS, metre=Metre(beats_per_bar=4))
    assert len(score.warnings) == 1
    assert "moved by octaves" in score.warnings[0]
    assert "left out" in score.warnings[0]
    assert {note.pitch for note in score.parts[0].notes} >= {42, 76}


def test_instructions_and_key_are_on_the_page() -> None:
    score = guitar_tablature(
        heard(travis()),
        beats=BEATS,
        metre=Metre(beats_per_bar=4),
        key=Key(tonic="C", mode="major"),
        tuning="D A D G B E",
        capo=3,
        title="T",
    )
    assert [sign.value for sign in score.parts[0].directions] == ["Tuning D A D G B E, Capo fret 3", "let ring"]
    text = write_tab_text(score)
    assert text.startswith("T\nTuning: D A D G B E")
    assert "Capo:   fret 3" in text


def test_strings_that_only_ring_out_make_no_bars() -> None:
    score = guitar_tablature(heard([*travis(), (7.5, 11.0, 72)]), beats=BEATS, metre=Metre(beats_per_bar=4))
    assert len(score.bars) == 2 or max(note.end for note in score.parts[0].notes) > score.bars[1].end
    assert score.bars[-1].barline == "light-heavy"


def test_silence_gives_an_empty_page() -> None:
    score = guitar_tablature(heard([]), beats=BEATS, metre=Metre(beats_per_bar=4), capo=None)
    assert score.parts[0].notes == ()
    assert score.warnings == ()


def test_bad_tunings_are_refused() -> None:
    with pytest.raises(InputError):
        part_of(travis(), tuning="zither")
