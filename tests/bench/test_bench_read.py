"""The bench of reading: numerals, the real row, chorales."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hexachord.bench import read, real_row
from hexachord.bench.datasets import Loaded
from hexachord.knowledge import Segments
from hexachord.metrics.bootstrap import mean_interval
from hexachord.rendering.music import BarLine, Line, Piece, Span
from hexachord.score_analysis.measures import first_bars, measure_notes


def song(*, bars: int = 8, key: str = "C major") -> Piece:
    """I IV V I, a chord a bar."""
    roots = [48, 53, 55, 48] * (bars // 4)
    rows = [(4.0 * bar, 4.0, root + step, 80.0) for bar, root in enumerate(roots) for step in (0, 4 + 12, 7 + 12)]
    names = ["C:maj", "F:maj", "G:maj", "C:maj"] * (bars // 4)
    return Piece(
        origins=("made/1",),
        lines=(Line(role="piano", name="piano", notes=np.array(rows, dtype=np.float64)),),
        bars=tuple(BarLine(4.0 * bar, 4.0, 4, 4) for bar in range(bars)),
        quarter_bpm=120.0,
        chords=tuple(Span(4.0 * bar, 4.0 * bar + 4.0, name) for bar, name in enumerate(names)),
        keys=(Span(-64.0, 999.0, key),),
    )


def test_a_plain_song_is_read_right() -> None:
    assert read.score_harmony(song()) == {"majmin": 1.0, "key_acc": 1.0, "rn_acc": 1.0, "rn_in_key": 1.0}


def test_the_wrong_key_makes_wrong_numerals() -> None:
    told = read.score_harmony(song(key="A minor"))
    assert (told["key_acc"], told["rn_acc"], told["rn_in_key"], told["majmin"]) == (0.0, 0.0, 1.0, 1.0)


def test_numerals_count_by_time() -> None:
    piece = song(bars=4)
    found = Segments(start_s=np.array([0.0, 4.0]), end_s=np.array([4.0, 16.0]), label=("C:maj7", "F:maj"))
    assert read.numeral_accuracy(piece, found, true="C major", found="C major") == pytest.approx(0.5)
    sus = replace(piece, chords=(Span(0.0, 4.0, "C:sus4"), Span(4.0, 8.0, "F:maj")))
    assert read.numeral_accuracy(sus, found, true="C major", found="C major") == 1.0  # what is no triad does not count


def test_clips_have_the_bars_that_were_asked_for() -> None:
    laid = real_row.lay_piece(song(bars=12))
    clip = first_bars(laid, 4)
    assert len(clip.bar_lines) == 5
    assert len(clip.onset) == 12
    assert clip.end.max() <= 16.0
    assert clip.end_s.max() <= 8.0 + 1e-9
    assert measure_notes(clip, structure=False)["notes_per_bar"] == pytest.approx(3.0)
    late = replace(song(bars=12), lines=(Line(role="piano", name="piano", notes=np.array([[9.0, 1.0, 60.0, 80.0]])),))
    assert first_bars(real_row.lay_piece(late), 2).bar_lines.tolist() == [8.0, 12.0, 16.0]


def test_seconds_follow_the_clock() -> None:
    piece = replace(song(), clock=(np.array([0.0, 4.0, 8.0]), np.array([1.0, 3.0, 7.0])))
    assert real_row.seconds_of(piece, np.array([-2.0, 0.0, 6.0, 10.0])).tolist() == [0.0, 1.0, 5.0, 8.0]


def test_intervals_are_around_the_mean_and_shrink() -> None:
    rng = np.random.default_rng(0)
    few, many = (mean_interval(rng.normal(size=count)) for count in (10, 1000))
    assert many[1] - many[0] < 0.3 * (few[1] - few[0])
    assert many[0] < 0 < many[1] or abs(sum(many) / 2) < 0.1
    assert np.isnan(mean_interval(np.zeros(0))[0])


def test_the_real_row_tells_its_intervals() -> None:
    row = real_row.row_of([{"h1": 1.0, "gs16": 0.5}, {"h1": 3.0}], prefix="clip_")
    assert row["clip_h1"] == 2.0
    assert row["clip_h1_low"] < 2.0 < row["clip_h1_high"]
    assert "clip_si_long" not in row


def test_missing_data_is_named(tmp_path: Path) -> None:
    found = read.run(tmp_path)
    assert {line.partition(":")[0] for line in found.skipped} == {"pop909", "jsb_chorales/jsb16th_separated.json", "vgmidi/labels.csv"}
    assert found.metrics == {}


def test_songs_of_the_bench(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    songs = real_row.load_pop_songs(data_dir, most=2).items
    monkeypatch.setattr(read, "load_pop_songs", lambda data: Loaded(songs, ()))
    monkeypatch.setattr(read, "training_index", lambda data, roles: None)
    monkeypatch.setattr(read, "feeling", lambda data: ({}, []))
    monkeypatch.setattr(read, "measure_notes", lambda laid: measure_notes(laid, structure=False))
    metrics = read.run(data_dir).metrics
    assert 1.2 < metrics["h1"] < 2.4 < metrics["h4"] < 3.0
    assert 0.6 < metrics["gs16"] < 0.9
    assert metrics["rn_in_key"] > 0.8
    assert metrics["chorale_parallel_fifths"] < 1.0
