"""What the note network is taught: targets beside the truth, crops that move both, one note where two instruments strike the same pitch."""

import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
sys.path.insert(0, str(Path(__file__).parents[2] / "training"))

from note_clips import FRAMES, PITCHES, NoteClip, crop, sampler, targets, together, weighted

from hexachord.dsp.pitch_spectrum import HOP, NOTES, RATE_HZ
from hexachord.learning.deep.notes import HEADS
from hexachord.transcription.note_paths import follow_notes

HOP_S = HOP / RATE_HZ


def clip(folder: Path, notes: np.ndarray, *, is_piano: bool = False, frames: int = 400) -> NoteClip:
    levels = np.zeros((frames, NOTES.views, NOTES.bins), dtype=np.uint8)
    for onset, offset, pitch, _ in notes:
        levels[round(onset / HOP_S) : round(offset / HOP_S), :, 3 * (round(pitch) - 21)] = 200
    path = folder / "one.npy"
    np.save(path, levels)
    return NoteClip(kind="piano", path=path, loudest=200.0, notes=notes, cents=0.0, is_piano=is_piano)


def test_a_beginning_sums_to_two_wherever_it_lies() -> None:
    for part in (0.0, 0.2, 0.5, 0.9):
        notes = np.array([[(10 + part) * HOP_S, (40 + part) * HOP_S, 60.0, 0.7]])
        target, known = targets(notes, 0)
        assert target[:, 0, 39].sum() == pytest.approx(2.0, abs=1e-5)
        assert target[:, 0].sum() == pytest.approx(2.0, abs=1e-5)
        there = known[:, 4, 39] > 0
        assert np.arange(FRAMES)[there] + target[there, 4, 39] == pytest.approx(10 + part, abs=1e-4)
        assert target[there, 3, 39] == pytest.approx(0.7)


def test_what_is_struck_again_has_not_ended() -> None:
    notes = np.array([[10.0, 40.0, 60.0, 0.7], [40.0, 80.0, 60.0, 0.5]]) * [[HOP_S, HOP_S, 1, 1]]
    target, _ = targets(notes, 0)
    assert target[30:50, 2, 39].max() < 0.3
    assert target[76:84, 2, 39].max() > 0.9
    assert target[15:78, 1, 39].min() == 1.0


def test_the_truth_followed_is_the_truth() -> None:
    notes = np.array([[10.3, 40.0, 60.0, 0.7], [10.3, 30.6, 67.0, 0.4], [40.0, 80.0, 60.0, 0.5], [100.0, 106.0, 40.0, 0.9]])
    target, _ = targets(notes * [[HOP_S, HOP_S, 1, 1]], 0)
    said = np.where(target > 0, np.log(np.clip(target, 1e-3, 0.999) / (1 - np.clip(target, 1e-3, 0.999))), -7.0)
    said[:, 4] = target[:, 4]
    found = follow_notes(said.reshape(FRAMES, -1).astype(np.float32))
    assert found.onset == pytest.approx([10.3, 10.3, 40.0, 100.0], abs=0.05)
    assert found.pitch.tolist() == [39, 46, 39, 19]
    assert found.end == pytest.approx([40.0, 30.6, 80.0, 106.0], abs=0.7)
    assert found.velocity == pytest.approx([0.7, 0.4, 0.5, 0.9], abs=0.02)


def test_a_crop_moves_sound_and_truth_together(tmp_path: Path) -> None:
    song = clip(tmp_path, np.array([[0.0, 400 * HOP_S, 60.0, 0.7]]))
    seen = set()
    for seed in range(8):
        inputs, target, known = crop(song, np.random.default_rng(seed))
        assert inputs.shape == (FRAMES, NOTES.views * NOTES.bins)
        assert target.shape == known.shape == (FRAMES, len(HEADS) * PITCHES)
        strongest = int(inputs.reshape(FRAMES, NOTES.views, -1)[:, 0].mean(axis=0).argmax())
        said = int(target.reshape(FRAMES, len(HEADS), -1)[100, 1].argmax())
        assert abs(strongest - 3 * said) <= 1
        seen.add(said)
    assert len(seen) > 3


def test_outside_a_short_song_nothing_is_known(tmp_path: Path) -> None:
    song = clip(tmp_path, np.array([[0.0, 1.0, 60.0, 0.7]]), frames=100)
    _, _, known = crop(song, np.random.default_rng(0))
    assert known.reshape(FRAMES, len(HEADS), -1)[:, 0, 0].sum() == 100


def test_one_note_where_two_strike() -> None:
    notes = np.array([[1.0, 1.5, 60.0, 0.3], [1.02, 2.0, 60.0, 0.6], [1.1, 1.3, 60.0, 0.5], [1.0, 1.2, 61.0, 0.2]])
    kept = together(notes)
    assert kept.shape == (3, 4)
    assert kept[(kept[:, 2] == 60)][0].tolist() == [1.0, 2.0, 60.0, 0.6]
    assert notes[0, 1] == 1.5


def test_pianos_have_their_share(tmp_path: Path) -> None:
    notes = np.array([[0.0, 1.0, 60.0, 0.7]])
    clips = weighted([clip(tmp_path, notes, is_piano=index == 0) for index in range(10)], piano=0.5)
    assert clips[0].weight / sum(one.weight for one in clips) == pytest.approx(0.5)
    inputs, _, _ = sampler(clips, batch=3)(np.random.default_rng(0))
    assert inputs.shape[0] == 3
