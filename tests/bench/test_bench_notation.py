"""Pages of performances: a made-up piece of ASAP, played exactly, played on another clock, and written down."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hexachord.bench.asap import read_index, read_marks
from hexachord.bench.notated import beats_of, page_of, signature_key, true_page, within
from hexachord.bench.notation import fixed_page, run
from hexachord.bench.notation_audio import hear_pages, shortest
from hexachord.bench.pages import load_pages, opening
from hexachord.errors import InputError
from hexachord.metrics import mv2h
from hexachord.score.formats import save_score
from hexachord.score.model import Bar, KeyMark, MetreMark, Note, Part, Score, TempoMark

QUARTER = 480
BARS = 16
_COLUMNS = "composer,title,folder,midi_score,midi_performance,performance_annotations,midi_score_annotations"


def _written() -> Score:
    """A waltz: quarters and eighths over bass and chords, in G, one note a tick short as MuseScore has them, and a crumb of a note."""
    right, left = list[Note](), list[Note]()
    for bar in range(BARS):
        at = bar * 3 * QUARTER
        root = (43, 48, 50, 43)[bar % 4]
        right += [Note(at, QUARTER - 1, 71 + bar % 3), Note(at + QUARTER, QUARTER // 2 - 1, 74), Note(at + 720, QUARTER // 2 - 1, 76)]
        right += [Note(at + 2 * QUARTER, QUARTER - 1, 79)]
        left += [Note(at, 3 * QUARTER - 1, root)]
        left += [Note(at + beat * QUARTER, QUARTER - 1, root + third) for beat in (1, 2) for third in (12, 16)]
    right.append(Note(719, 1, 74))
    parts = (Part(notes=tuple(sorted(right)), name="R"), Part(notes=tuple(left), name="L", channel=1))
    return Score(
        parts=parts, ticks_per_quarter=QUARTER, tempos=(TempoMark(0, 120.0),), metres=(MetreMark(0, 3, 4),), keys=(KeyMark(0, 1, "major"),)
    )


def _played_s(beat: np.ndarray) -> np.ndarray:
    """A tempo that breathes around 100 beats a minute, away from any simple part of a second."""
    beat = np.asarray(beat, dtype=float)
    return 0.713 + 0.6137 * beat + 0.9 * np.sin(beat / 7.0)


def _performed(score: Score) -> Score:
    ticks_s = 960.0  # at 120 a minute
    notes = []
    for note in (note for part in score.parts for note in part.notes if note.duration > 1):
        begin, end = _played_s(np.array([note.onset, note.end]) / QUARTER) * ticks_s
        notes.append(Note(round(begin), round(0.8 * (end - begin)), note.pitch, velocity=70))
    return Score(parts=(Part(notes=tuple(sorted(notes)), name="Piano"),), ticks_per_quarter=QUARTER, tempos=(TempoMark(0, 120.0),))


def _marks(path: Path, times: np.ndarray) -> None:
    lines = [
        f"{time:.6f}\t{time:.6f}\t{'db' if index % 3 == 0 else 'b'}{',3/4,1' if index == 0 else ''}" for index, time in enumerate(times)
    ]
    path.write_text("\n".join(lines) + "\n")


@pytest.fixture
def asap(tmp_path: Path) -> Path:
    """One piece, one performance, and one whose beats do not pair."""
    folder = tmp_path / "bench" / "asap" / "Somebody" / "Waltz"
    folder.mkdir(parents=True)
    beat = np.arange(BARS * 3 + 1)
    save_score(_written(), folder / "midi_score.mid")
    save_score(_performed(_written()), folder / "Anna.mid")
    save_score(_performed(_written()), folder / "Aaron.mid")
    _marks(folder / "midi_score_annotations.txt", beat * 0.5)
    _marks(folder / "Anna_annotations.txt", _played_s(beat))
    _marks(folder / "Aaron_annotations.txt", _played_s(beat[:-2]))
    rows = [
        ",".join(["Somebody", "Waltz", "Somebody/Waltz", *(f"Somebody/Waltz/{name}" for name in names)])
        for names in (
            ("midi_score.mid", "Aaron.mid", "Aaron_annotations.txt", "midi_score_annotations.txt"),
            ("midi_score.mid", "Anna.mid", "Anna_annotations.txt", "midi_score_annotations.txt"),
        )
    ]
    (tmp_path / "bench" / "asap" / "metadata.csv").write_text("\n".join([_COLUMNS, *rows]) + "\n")
    return tmp_path / "bench"


def test_marks_and_index_are_read(asap: Path) -> None:
    marks = read_marks(asap / "asap/Somebody/Waltz/midi_score_annotations.txt")
    assert marks[0] == (0.0, True, (3, 4), 1)
    assert marks[1] == (0.5, False, None, None)
    rows = read_index(asap / "asap")
    assert rows is not None
    assert [row["title"] for row in rows] == ["Waltz", "Waltz"]
    assert read_index(asap) is None


def test_the_first_performance_whose_beats_pair_is_taken(asap: Path) -> None:
    loaded = load_pages(asap)
    assert [item.id for item in loaded.items] == ["Somebody/Waltz/Anna"]
    assert loaded.skipped == ()
    (asap / "asap/Somebody/Waltz/Anna.mid").unlink()
    loaded = load_pages(asap)
    assert loaded.items == ()
    assert "no performance with the beats" in loaded.skipped[0]
    assert load_pages(asap / "nowhere").skipped == ("asap/metadata.csv: no such file",)


def test_the_true_page_is_on_the_clock_of_the_performance(asap: Path) -> None:
    item = load_pages(asap).items[0]
    truth = true_page(item.score, item.score_marks, item.marks, until_s=12.0)
    beat = np.arange(BARS * 3 + 1)
    inside = _played_s(beat) <= 12.0
    np.testing.assert_allclose(truth.beats.time_s, _played_s(beat)[inside], atol=1e-5)
    assert truth.metre.signature == "3/4"
    assert truth.page.key_labels == ("G major",)
    page = truth.page
    assert page.onset_s.max() < 12.0
    first = page.onset_s < _played_s(np.array([2.9]))[0]
    assert page.pitch[first].tolist().count(74) == 1  # the crumb is gone
    chord = np.flatnonzero(np.isclose(page.onset_s, _played_s(np.array([1.0]))[0], atol=1e-4) & (page.hand == 2))
    assert len(chord) == 2
    np.testing.assert_allclose(page.offset_s[chord], _played_s(np.array([2.0]))[0], atol=1e-4)  # a tick was added
    bars = page.groupings_s[page.groupings_s[:, 1] - page.groupings_s[:, 0] > 1.2]
    assert len(bars) == (np.count_nonzero(inside) - 1) // 3
    assert len(page.groupings_s) == len(bars) + 3 * (np.count_nonzero(inside) - 1)  # as many beats, twice as many halves


def test_a_repeat_that_was_not_played_is_no_part_of_the_page(asap: Path) -> None:
    folder = asap / "asap/Somebody/Waltz"
    beat = np.arange(BARS * 3 + 1)
    # bars 3 to 5 are passed over: their beats have no length
    skipped = np.where(beat < 9, beat, np.where(beat < 18, 9 + (beat - 9) * 0.005, beat - 9 + 9 * 0.005))
    _marks(folder / "Anna_annotations.txt", _played_s(skipped))
    truth, whole = (
        true_page(folder / "midi_score.mid", folder / "midi_score_annotations.txt", marks, until_s=99.0)
        for marks in (folder / "Anna_annotations.txt", folder / "midi_score_annotations.txt")
    )
    assert len(truth.beats) == len(whole.beats) - 9
    assert len(truth.page.onset_s) == len(whole.page.onset_s) - 3 * 9  # nine notes a bar
    assert np.diff(truth.beats.time_s).min() > 0.3


def test_beats_that_do_not_pair_are_refused(asap: Path) -> None:
    folder = asap / "asap/Somebody/Waltz"
    with pytest.raises(InputError, match="47 beats"):
        true_page(folder / "midi_score.mid", folder / "midi_score_annotations.txt", folder / "Aaron_annotations.txt", until_s=12.0)


def test_a_page_knows_its_beats_and_hands() -> None:
    upper = [Note(at * QUARTER, QUARTER, 72) for at in range(7)]
    lower = [Note(at * QUARTER, QUARTER, 48, staff=2, voice=5) for at in range(7)]
    part = Part(notes=tuple(sorted([*upper, *lower])), staves=2)
    bars = (Bar(0, QUARTER, "0"), Bar(QUARTER, 3 * QUARTER, "1"), Bar(4 * QUARTER, 3 * QUARTER, "2"))
    score = Score(parts=(part,), ticks_per_quarter=QUARTER, metres=(MetreMark(0, 3, 4),), bars=bars, keys=(KeyMark(0, 2),))
    ticks, place, parts = beats_of(score)
    assert (ticks / QUARTER).tolist() == [0, 1, 2, 3, 4, 5, 6, 7]
    assert place.tolist() == [0, 1, 2, 3, 1, 2, 3, 1]
    assert set(parts.tolist()) == {2}
    page = page_of(score)
    assert len(page.groupings_s) == 2 + 7 + 14
    assert page.hand[page.pitch == 48].tolist() == [2] * 7
    assert page.key_labels == ("D major",)
    assert mv2h.evaluate(page, page_of(score, clock=lambda ticks: np.asarray(ticks) / 960.0)).mv2h == 1.0
    assert set(page_of(score, by_voice=True).voice) == {101, 205}
    compound = replace(score, metres=(MetreMark(0, 6, 4),), bars=(Bar(0, 6 * QUARTER, "1"),))
    assert (beats_of(compound)[0] / QUARTER).tolist() == [0, 3, 6]
    assert beats_of(compound)[2][0] == 3


def test_dotted_notes_are_as_long_as_musescore_plays_them() -> None:
    chord = [Note(0, QUARTER, 72, marks=("staccato",)), Note(0, QUARTER, 76), Note(0, QUARTER, 48, staff=2, voice=5)]
    part = Part(notes=(*chord, Note(QUARTER, 3 * QUARTER, 74, marks=("staccatissimo",))), staves=2)
    page = page_of(Score(parts=(part,), ticks_per_quarter=QUARTER, metres=(MetreMark(0, 4, 4),)))
    lengths = dict(zip(page.pitch.tolist(), (page.offset_s - page.onset_s).tolist(), strict=True))
    assert lengths == pytest.approx({48: 0.5, 72: 0.25, 76: 0.25, 74: 0.5})


def test_signatures_have_no_mode() -> None:
    assert [signature_key(fifths) for fifths in (0, 6, -6, -7)] == ["C major", "F# major", "F# major", "B major"]


def test_a_page_without_truth_beyond_is_not_judged_there() -> None:
    page = page_of(_written())
    assert len(within(page, 0.0, 3.0).groupings_s) < len(page.groupings_s)
    assert within(page, 0.0, 3.0).groupings_s.max() <= 3.05


def test_the_constant_tempo_is_found_where_there_is_one() -> None:
    page = fixed_page(_written())
    true = page_of(_written())
    assert mv2h.multi_pitch(true, page).recall > 0.99
    assert 0.7 < mv2h.hands(true, page) < 0.85  # chords of the left hand reach above middle C
    found = mv2h.metre(true, page)
    assert found.recall > 0.5  # beats are right, bars of four are not


def test_a_performance_is_cut_at_a_moment() -> None:
    cut = opening(_performed(_written()), 5.0)
    assert 0 < cut.note_count < _performed(_written()).note_count
    assert max(note.onset for note in cut.parts[0].notes) < 5.0 * 960


def test_the_bench_runs_and_true_beats_help(asap: Path) -> None:
    result = run(asap, instruments=None)
    assert [item.id for item in result.items if not item.id.startswith("audio/")] == ["Somebody/Waltz/Anna"]
    metrics = result.metrics
    for name in ("mv2h", "multi_pitch", "voice", "metre", "value", "key", "hands"):
        for row in ("", "given_beats_", "fixed_"):
            assert 0.0 <= metrics[row + name] <= 1.0
    assert metrics["given_beats_metre"] > 0.95
    assert metrics["given_beats_multi_pitch"] > 0.95
    assert metrics["given_beats_hands"] > 0.9
    assert metrics["given_beats_mv2h"] > metrics["fixed_mv2h"]
    assert metrics["mv2h_somebody"] == metrics["mv2h"]


def test_without_a_piano_nothing_is_heard_and_that_is_said(asap: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hexachord.bench.notation_audio.held_out_piano", lambda *_: None)
    items = load_pages(asap).items
    ear = hear_pages(items, asap)
    assert ear.items == ()
    assert "held_out" in ear.skipped[0]
    assert shortest(items) == list(items)
