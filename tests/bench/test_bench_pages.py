"""Three pages played, heard, and written down again."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hexachord.bench.played_pages import PAGES, compare_pages, hints_of, places, played, run
from hexachord.score.builtin import builtin_score
from hexachord.score.model import MetreMark
from hexachord.score.notes import note_array


@pytest.mark.parametrize("name", PAGES.values())
def test_people_play_every_note_a_little_beside_the_grid(name: str) -> None:
    page = builtin_score(name)
    written, rows = note_array(page), note_array(played(page))
    assert len(rows) == len(written)
    assert sorted(rows["pitch"].tolist()) == sorted(written["pitch"].tolist())
    stray = np.diff(np.unique(np.round(rows["onset_s"], 3)))
    assert stray.std() > 0.005
    assert played(page) == played(page)
    assert played(page) != played(page, seed=1)


def test_a_page_is_its_own_best_copy_wherever_silence_put_it() -> None:
    page = builtin_score("bumblebee")
    same = compare_pages(page, page)
    assert (same.notes, same.pitches, same.extra, same.metre, same.key) == (1.0, 1.0, 0.0, True, True)
    notes = page.parts[0].notes
    swapped = replace(page, parts=(replace(page.parts[0], notes=tuple(note._replace(staff=3 - note.staff) for note in notes)),))
    assert compare_pages(page, swapped).notes == 0.0
    assert compare_pages(page, swapped).pitches == 1.0
    fewer = replace(page, parts=(replace(page.parts[0], notes=notes[: len(notes) // 2]),))
    assert 0.3 < compare_pages(page, fewer).notes < 0.7
    assert not compare_pages(page, replace(page, metres=(MetreMark(0, 3, 4),))).metre


def test_what_a_user_would_say_of_a_page() -> None:
    hints = hints_of(builtin_score("bach-invention-4"))
    assert hints.beats_per_bar == 3
    assert hints.tempo_bpm is not None
    assert hints.tempo_bpm[0] < 132 < hints.tempo_bpm[1]
    assert len(places(builtin_score("scale"))) == builtin_score("scale").note_count


@pytest.mark.slow
def test_pages_come_back_from_their_sound(tmp_path: Path) -> None:
    metrics = run(tmp_path).metrics
    assert metrics["metre"] == metrics["key"] == 1.0
    assert metrics["scale_notes"] >= 0.95
    assert metrics["invention_notes"] >= 0.95
    assert metrics["bumblebee_notes"] >= 0.8
