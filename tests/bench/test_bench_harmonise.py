"""The bench of harmonising: agreement, the rules beside it, chorales."""

import numpy as np
import pytest

from hexachord.bench import harmonise
from hexachord.rendering.music import BarLine, Line, Piece, Span


def song(*, key: str = "C major") -> Piece:
    """I IV V I, a chord a bar, its root, third, fifth and octave sung."""
    steps = {"C:maj": (60, 64, 67, 72), "F:maj": (65, 69, 72, 77), "G:maj": (67, 71, 74, 67)}
    names = ["C:maj", "F:maj", "G:maj", "C:maj"] * 2
    rows = [(4.0 * bar + at, 1.0, float(pitch), 80.0) for bar, name in enumerate(names) for at, pitch in enumerate(steps[name])]
    return Piece(
        origins=("made/1",),
        lines=(Line(role="sung", name="melody", notes=np.array(rows)),),
        bars=tuple(BarLine(4.0 * bar, 4.0, 4, 4) for bar in range(8)),
        quarter_bpm=120.0,
        chords=tuple(Span(4.0 * bar, 4.0 * bar + 4.0, name) for bar, name in enumerate(names)),
        keys=(Span(-64.0, 999.0, key),),
    )


def test_a_plain_song_is_found_by_all_but_the_tonic() -> None:
    tune = harmonise.song_of(song(), "made/1", flavour="pop")
    assert tune is not None
    assert tune.positions.tolist() == [0, 2, 1, 2] * 8
    told = harmonise.score(tune, harmonise.estimate(tune))
    assert told["three_root"] == told["three_majmin"] == 1.0
    assert told["tonic_root"] == 0.5
    assert told["root"] > 0.9


def test_what_is_wrong_is_counted() -> None:
    tune = harmonise.song_of(song(), "made/1", flavour="pop")
    assert tune is not None
    minor = tune.chords + 12  # the same roots, minor thirds
    assert harmonise.agreement(tune, minor) == (1.0, 0.0)
    assert harmonise.agreement(tune, tune.chords + 1) == (0.0, 0.0)


def test_a_song_without_a_key_or_chords_is_none() -> None:
    assert harmonise.song_of(Piece(origins=("x",), lines=(), bars=(), quarter_bpm=90.0), "x", flavour="pop") is None


def test_chorales_have_four_voices_beside_bachs() -> None:
    rows = [[(72, 67, 64, 48), (72, 69, 65, 53), (71, 67, 62, 55), (72, 67, 64, 48)][beat % 4] for beat in range(16)]
    lines = [
        Line(role=role, name=name, notes=np.array([(float(beat), 1.0, float(row[voice]), 76.0) for beat, row in enumerate(rows)]))
        for voice, (name, role) in enumerate((("soprano", "sung"), ("alto", "counter"), ("tenor", "counter"), ("bass", "bass")))
    ]
    piece = Piece(origins=("jsb",), lines=tuple(lines), bars=None, pulse=1.0, quarter_bpm=72.0)
    tune = harmonise.chorale_of(piece, "jsb")
    assert tune is not None
    assert tune.voices is not None
    assert tune.voices.tolist() == [list(row) for row in rows]
    assert (tune.chords % 12).tolist() == [0, 5, 7, 0] * 4
    told = harmonise.score(tune, harmonise.estimate(tune))
    assert told["parallels"] == 0.0
    assert told["chorale_three_root"] <= 1.0


@pytest.mark.slow
def test_the_bench_runs(data_dir) -> None:
    result = harmonise.run(data_dir / "bench")
    assert result.metrics["majmin"] > result.metrics["three_majmin"] + 0.08
    assert result.metrics["chorale_majmin"] > result.metrics["chorale_three_majmin"] + 0.15
    assert result.metrics["parallels"] <= result.metrics["parallels_bach"]
