"""What chords are taken for: every kind of mistake by its name, in every key alike, and seconds that add up."""

import numpy as np
import pytest

from hexachord.metrics.chord_confusions import MISTAKES, mistake_shares, mistaken_s, mistakes

CASES = [
    ("C:maj", "C:maj7", "right"), ("C:maj", "C:min", "mode"), ("C:sus4", "C:maj", "mode"), ("C:maj/3", "E:min", "inversion"),
    ("A:min/b3", "C:maj", "inversion"), ("C:maj", "A:min7", "relative"), ("A:min", "C:maj", "relative"), ("C:maj", "E:min", "mediant"),
    ("E:min", "C:maj", "mediant"), ("C:maj", "F:maj", "fifth"), ("C:maj", "G:min", "fifth"), ("C:maj", "D:maj", "step"),
    ("C:maj", "A:maj", "other"), ("C:maj", "F#:maj", "other"), ("N", "N", "right"), ("N", "C:maj", "noise"), ("C:maj", "N", "none"),
]  # fmt: skip


@pytest.mark.parametrize(("reference", "estimated", "name"), CASES)
def test_a_mistake_has_a_name(reference: str, estimated: str, name: str) -> None:
    assert MISTAKES[mistakes([reference], [estimated])[0]] == name


def test_what_is_unknown_is_no_mistake() -> None:
    assert mistakes(["X"], ["C:maj"]).tolist() == [-1]


def test_seconds_add_up_over_songs() -> None:
    spans = np.array([[0.0, 2.0], [2.0, 3.0], [3.0, 6.0]])
    song = mistaken_s(spans, ("C:maj", "X", "G:7"), np.array([[0.0, 4.0]]), ("C:maj",))
    assert song["right"] == pytest.approx(2.0)
    assert song["fifth"] == pytest.approx(1.0)
    assert song["none"] == pytest.approx(2.0)  # it ended early
    assert sum(song.values()) == pytest.approx(5.0)
    shares = mistake_shares([song, song])
    assert shares["wrong_none"] == pytest.approx(0.4)
    assert "wrong_right" not in shares
    assert mistake_shares([]) == {}


def test_lengths_must_agree() -> None:
    with pytest.raises(ValueError, match="2 reference chords but 1"):
        mistakes(["C:maj", "D:maj"], ["C:maj"])
