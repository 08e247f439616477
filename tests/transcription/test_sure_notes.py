"""What is too doubtful for a page."""

import numpy as np

from hexachord.knowledge import Notes
from hexachord.transcription.notation.sure_notes import sure_notes


def notes(*rows: tuple[float, int, float]) -> Notes:
    table = np.array(rows, dtype=float).reshape(-1, 3)
    onset = table[:, 0]
    return Notes(onset_s=onset, offset_s=onset + 1, pitch=table[:, 1], velocity=np.full(len(onset), 0.5), confidence=table[:, 2])


def test_partials_of_surer_notes_go() -> None:
    heard = notes(
        (0.0, 55, 0.95),
        (0.01, 67, 0.65),
        (0.5, 67, 0.65),
        (1.0, 55, 0.95),
        (1.0, 67, 0.9),
        (1.0, 60, 0.3),
        (2.0, 40, 0.72),
        (2.0, 59, 0.68),
    )
    kept = sure_notes(heard)
    assert list(zip(kept.onset_s.tolist(), kept.pitch.tolist(), strict=True)) == [
        (0.0, 55), (0.5, 67), (1.0, 55), (1.0, 67), (2.0, 40), (2.0, 59)
    ]  # fmt: skip


def test_unknown_confidence_is_not_doubt() -> None:
    heard = notes((0.0, 55, np.nan), (0.0, 67, np.nan))
    assert sure_notes(heard) is heard
    assert len(sure_notes(notes())) == 0


def test_shapes_of_notes_go_with_them() -> None:
    two = np.zeros(2)
    heard = Notes(
        onset_s=two, offset_s=two + 1, pitch=np.array([60, 62]), velocity=two, confidence=np.array([0.9, 0.2]),
        glide_semitones=two, glide_s=two, vibrato_hz=np.array([5.0, 6.0]), vibrato_semitones=two,
    )  # fmt: skip
    assert sure_notes(heard).vibrato_hz.tolist() == [5.0]
