"""The bench of the genie: its scores, the rules it is set beside, and what is missing is named."""

from pathlib import Path

import numpy as np
import pytest

from hexachord.bench.genie import LINES, Rules, Told, load_lines, play_line, run, scale_chances, score, summary
from hexachord.bench.harness import BenchItem, benches
from hexachord.composition.genie.cues import KEYS, LOWEST, scale_of
from hexachord.rendering.genie_lines import GenieLine, line_of, lines_of
from hexachord.rendering.music import Line, Piece, Span, notes_of

TUNE = np.array([60, 62, 64, 65, 67, 67, 65, 64, 62, 60])


def line(name: str = "pop909/761/melody", pitch: np.ndarray = TUNE) -> GenieLine:
    return GenieLine(
        id=name, kind="melody", moment_s=np.arange(len(pitch)) * 0.5, pitch=pitch, scale=scale_of("C major"),
        chords=np.zeros((len(pitch), 12), dtype=np.float32),
    )  # fmt: skip


def test_lines_of_a_piece_are_what_is_pressed() -> None:
    tune = notes_of([(0.0, 1.0, 72, 90), (1.0, 1.0, 74, 90), (2.0, 2.0, 76, 90)])
    piano = notes_of([(0.0, 2.0, 48, 70), (0.0, 2.0, 55, 70), (0.0, 2.0, 72, 70), (2.0, 2.0, 50, 70), (2.0, 2.0, 5, 70)])
    piece = Piece(
        origins=("pop909/001",), lines=(Line(role="sung", notes=tune, name="melody"), Line(role="piano", notes=piano, name="piano")),
        bars=None, quarter_bpm=120.0, chords=(Span(0.0, 2.0, "C:maj"), Span(2.0, 4.0, "N")), keys=(Span(0.0, 4.0, "C major"),),
    )  # fmt: skip
    found = {each.id.rpartition("/")[2]: each for each in lines_of(piece)}
    assert set(found) == {"melody", "piano", "top", "both"}
    assert found["top"].pitch.tolist() == [72, 50]
    assert found["both"].pitch.tolist() == [48, 55, 72, 74, 50, 76]  # the tune's first note is the piano's; 5 is no key
    assert found["both"].moment_s.tolist() == [0.0, 0.0, 0.0, 0.5, 1.0, 1.0]
    assert np.flatnonzero(found["melody"].chords[0]).tolist() == [0, 4, 7]
    assert not found["melody"].chords[2].any()
    assert (found["both"].source, found["both"].kind, found["top"].kind) == ("pop909/both", "piano", "melody")
    assert line_of(piece, "empty", tune[:0]).pitch.shape == (0,)


def test_rules_are_chances_and_know_the_contour() -> None:
    rules = Rules.of([line()] * 3)
    buttons = np.array([1, 2, 3, 4, 5, 5, 4, 3, 2, 1])
    for chances in (*rules.chances(line(), buttons).values(), scale_chances(line(), buttons)):
        np.testing.assert_allclose(chances.sum(axis=1), 1.0)
        assert chances.min() > 0
    scale = scale_chances(line(), buttons)
    assert scale[1, 62 - LOWEST] > 10 * scale[1, 61 - LOWEST]
    assert scale[1, 62 - LOWEST] > 10 * scale[1, 59 - LOWEST]
    assert scale[5].argmax() == 67 - LOWEST
    assert rules.chances(line(), buttons)["unigram_"].shape == (len(TUNE), KEYS)


def test_a_line_is_played_and_scored() -> None:
    played = play_line(line(), Rules.of([line()]))
    found = score(line(), played)
    assert found["contour"] == 1.0
    assert found["notes"] == len(TUNE)
    assert found["true_in_key"] == 1.0
    assert {"nats", "plain_nats", "table_nats", "scale_nats", "unigram_nats", "keyed_in_key", "one_scale", "walk_contour"} <= set(found)
    assert (played.step_ms > 0).all()
    assert set(played.told) == {"", "plain_", "keyed_", "scale_", "unigram_", "table_"}
    assert isinstance(played.told[""], Told)


def test_long_lines_count_more_and_perplexity_is_of_the_mean() -> None:
    rows = [
        BenchItem(id=f"{n}/{kind}", metrics={"notes": n, "nats": value, "contour": 1.0})
        for n, kind, value in ((1.0, LINES[0], 0.0), (3.0, LINES[1], 2.0))
    ]
    found = summary(rows, [np.array([[1.0, 0.5], [1.0, 0.5], [4.0, 0.5]])])
    assert found["pitch_ppl"] == pytest.approx(np.exp(1.5))
    assert found["melody_pitch_ppl"] == pytest.approx(1.0)
    assert (found["step_ms"], found["step_cpu_ms"], found["steps_in_10_ms"]) == (1.0, 0.5, 10.0)
    assert summary([]) == {}


def test_missing_data_is_named(tmp_path: Path) -> None:
    assert load_lines(tmp_path) == ((), ("pop909: no such folder",))
    result = run(tmp_path)
    assert result.metrics == {}
    assert result.skipped == ("pop909: no such folder",)
    assert "genie" in {entry.name for entry in benches()}


@pytest.mark.data
@pytest.mark.slow
def test_two_held_out_songs(data_dir: Path, tmp_path: Path) -> None:
    (tmp_path / "pop909").mkdir()
    for name in ("761", "770"):
        (tmp_path / "pop909" / name).symlink_to(data_dir / "bench" / "pop909" / name)
    found = run(tmp_path)
    assert found.metrics["contour"] >= 0.99
    assert found.metrics["pitch_ppl"] < found.metrics["plain_pitch_ppl"]
    assert found.metrics["step_ms"] < 20.0  # a crowded machine
    assert any("training side" in text for text in found.skipped)
