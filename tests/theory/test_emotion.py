"""The rule of valence and arousal: each cue pulls its way, and on annotated music the directions are right."""

import csv
from pathlib import Path

import numpy as np
import pytest

from hexachord.score.formats import load_score
from hexachord.score.notes import note_array
from hexachord.theory.emotion import Emotion, emotion_of

TUNE = np.array([60, 62, 64, 65, 67, 64, 60, 67, 69, 67, 65, 64, 62, 60, 71, 72])


def of(*, gap_s: float = 0.4, shift: int = 0, minor: bool = False, loud: float = 80.0) -> Emotion:
    pitch = TUNE + shift - np.where(minor & np.isin(TUNE % 12, (4, 9)), 1, 0)
    start = np.arange(len(pitch)) * gap_s
    found = emotion_of(start, np.full(len(pitch), gap_s), pitch, loud + np.linspace(-5, 5, len(pitch)))
    assert found is not None
    return found


def test_each_cue_pulls_its_way() -> None:
    usual = of()
    assert of(minor=True).valence < usual.valence - 0.1
    assert of(minor=True).arousal == pytest.approx(usual.arousal)
    assert of(shift=12).valence > usual.valence
    assert of(gap_s=0.2).valence > usual.valence
    assert of(gap_s=0.2).arousal > usual.arousal
    assert of(loud=110).arousal > usual.arousal
    assert of(loud=110).valence == pytest.approx(usual.valence)


def test_a_page_without_dynamics_is_as_loud_as_usual() -> None:
    start = np.arange(16) * 0.4
    flat = emotion_of(start, np.full(16, 0.4), TUNE, np.full(16, 127))
    unknown = emotion_of(start, np.full(16, 0.4), TUNE)
    assert flat == unknown
    assert flat is not None
    assert flat.cues["loudness"] == 0.0


def test_transposing_by_an_octave_keeps_the_mode() -> None:
    assert of().cues["mode"] == pytest.approx(of(shift=12).cues["mode"])


def test_nothing_feels_nothing() -> None:
    none = np.zeros(0)
    assert emotion_of(none, none, none) is None
    one = emotion_of(np.array([0.0]), np.array([0.0]), np.array([60]))
    assert one is not None
    assert np.isfinite([one.valence, one.arousal]).all()


def test_the_directions_are_right_on_annotated_music(data_dir: Path) -> None:
    folder = data_dir / "bench" / "vgmidi"
    rows = list(csv.DictReader((folder / "labels.csv").open(encoding="utf-8")))
    found = []
    for row in rows:
        notes = note_array(load_score(folder / row["midi"]), percussion=False)
        emotion = emotion_of(notes["onset_s"], notes["duration_s"], notes["pitch"], notes["velocity"])
        assert emotion is not None
        found.append((emotion.valence, emotion.arousal))
    for column, name, least in ((0, "valence", 0.6), (1, "arousal", 0.75)):
        value = np.array([pair[column] for pair in found])
        high = np.array([row[name] == "1" for row in rows])
        assert (value[high][:, None] > value[~high]).mean() > least
