"""Factorisation by known notes: what starts at zero, by hand as in the textbook; notes, single sounds and hands out of rendered music."""

import numpy as np
import pytest

from hexachord.dsp.frontend import FrontEnd
from hexachord.knowledge import Notes
from hexachord.metrics.separation import residual_db, sdr_db, si_sdri_db
from hexachord.score.model import Note, Part, Score, TempoMark
from hexachord.synthesis.mix import render_score
from hexachord.synthesis.plain import PlainBank
from hexachord.transcription.note_audio import hands_of_notes, note_masks, notes_of_score, separate_notes
from hexachord.transcription.score_informed import ScoreInformedOptions, explain_notes, note_regions, refine_notes

RATE_HZ = 22050
TEXTBOOK = ScoreInformedOptions(before_s=0.2, after_s=0.5, attack_before_s=0.3, attack_after_s=0.1)


def notes_at(*rows):
    """(onset_s, offset_s, pitch) of each."""
    onset_s, offset_s, pitch = (np.array(column, dtype=np.float64) for column in zip(*rows, strict=True))
    return Notes(onset_s=onset_s, offset_s=offset_s, pitch=pitch, velocity=np.full(len(rows), 0.5))


def regions(*rows, frames, hop_s, before_s, after_s):
    onset_s, offset_s, row = (np.array(column) for column in zip(*rows, strict=True))
    found = note_regions(onset_s, offset_s, row, rows=int(row.max()) + 1, frames=frames, hop_s=hop_s, before_s=before_s, after_s=after_s)
    return [found[:, column].tolist() for column in range(found.shape[1])]


def test_where_a_note_may_sound():
    """FMP's tolerances: from 0.2 s before the onset until 0.5 s after the end, in frames of 0.1 s."""
    found = regions((1.0, 1.5, 0), (0.1, 0.2, 1), frames=25, hop_s=0.1, before_s=0.2, after_s=0.5)
    assert found[0] == [-1] * 8 + [0] * 13 + [-1] * 4
    assert found[1] == [1] * 8 + [-1] * 17  # nothing before the beginning


def test_two_notes_of_a_pitch_share_what_lies_between():
    apart = regions((0.5, 0.7, 0), (1.5, 1.7, 0), frames=25, hop_s=0.1, before_s=0.2, after_s=0.5)[0]
    assert apart == [-1] * 3 + [0] * 10 + [1] * 10 + [-1] * 2
    held = regions((0.5, 1.4, 0), (1.5, 1.7, 0), frames=25, hop_s=0.1, before_s=0.2, after_s=0.5)[0]
    assert held.index(1) == 14  # not before the first one ends
    over = regions((0.5, 2.0, 0), (1.5, 1.7, 0), frames=25, hop_s=0.1, before_s=0.2, after_s=0.5)[0]
    assert over.index(1) == 15  # nor before it is struck itself
    same = regions((0.5, 0.7, 0), (0.5, 0.9, 0), frames=25, hop_s=0.1, before_s=0.2, after_s=0.5)[0]
    assert set(same) == {-1, 0, 1}


def test_what_starts_at_zero_ends_at_zero():
    """C4 from 0.5 to 0.8 s and A4 from 1.0 to 1.2 s, in frames of 0.1 s and bins of 50 Hz, with the textbook's tolerances."""
    sound = np.random.default_rng(0).random((25, 40)) + 0.1
    found = explain_notes(sound, np.arange(40) * 50.0, notes_at((0.5, 0.8, 60), (1.0, 1.2, 69)), hop_s=0.1, options=TEXTBOOK)
    assert found.pitches.tolist() == [60.0, 69.0]
    assert found.templates.shape == (4, 40)
    tone = [
        bin_
        for low, high in ((248.5, 274.7), (497.1, 549.4), (745.6, 824.1), (994.2, 1098.8))
        for bin_ in np.arange(low // 50, high // 50 + 1)
    ]
    tone += [
        *range(1242 // 50, 1373 // 50 + 1),
        *range(1491 // 50, 1648 // 50 + 1),
        *range(1739 // 50, 1923 // 50 + 1),
        *range(1988 // 50, 40),
    ]
    assert np.flatnonzero(found.templates[1]).tolist() == sorted({int(bin_) for bin_ in tone})
    assert (found.templates[0] > 0).all()  # an attack may be anything
    active = [np.flatnonzero(column).tolist() for column in found.activations.T]
    assert active == [list(range(2, 7)), list(range(3, 14)), list(range(7, 12)), list(range(8, 18))]
    np.testing.assert_allclose(found.templates.sum(axis=1), 1.0, rtol=1e-5)


def test_masks_share_out_what_is_explained():
    sound = np.random.default_rng(1).random((25, 40)) + 0.1
    found = explain_notes(
        sound, np.arange(40) * 50.0, notes_at((0.5, 0.8, 60), (1.0, 1.2, 69), (1.6, 1.8, 60)), hop_s=0.1, options=TEXTBOOK
    )
    masks = note_masks(found, np.array([1, 2, 3]), np.array([1, 2, 3]))
    total = sum(masks)
    np.testing.assert_allclose(total[total > 0], 1.0, atol=1e-5)
    assert (total[:2] == 0).all()
    assert (masks[0][13:] == 0).all()
    assert (masks[2][:13] == 0).all()
    assert masks[1][12].max() > 0.5


def part(rows, name):
    return Part(id=name, notes=tuple(Note(round(on * 960), round((off - on) * 960), pitch, velocity=v) for on, off, pitch, v in rows))


@pytest.fixture(scope="module")
def piano():
    """Six seconds for two hands, each rendered alone: what sounds in all, (2, n) hands, and the score."""
    right = [
        (0.25 * i, 0.25 * i + 0.23, pitch, 60 + 8 * (i % 6))
        for i, pitch in enumerate([72, 76, 79, 84, 83, 79, 76, 74, 72, 74, 76, 77, 79, 81, 83, 84])
    ]
    left = [(0.5 * i, 0.5 * i + 0.45, pitch + up, 70) for i, pitch in enumerate([48, 43, 45, 41, 48, 43, 41, 36]) for up in (0, 7)]
    score = Score(ticks_per_quarter=480, tempos=(TempoMark(tick=0, quarter_bpm=120.0),), parts=(part(right, "R"), part(left, "L")))
    sound = np.concatenate(list(render_score(score, PlainBank(), rate_hz=RATE_HZ, groups=[[0], [1]], reverb=None)), axis=2)
    return sound.sum(axis=(0, 1)), sound.sum(axis=1), score


def test_hands_come_apart_and_sum_to_the_recording(piano):
    mix, hands, score = piano
    notes, staff = notes_of_score(score)
    assert sorted(set(staff.tolist())) == [1, 2]
    assert (hands_of_notes(notes) == staff).all()
    found = separate_notes(mix, RATE_HZ, notes, staff)
    assert found.groups.tolist() == [1, 2]
    assert found.parts.shape == (2, 1, len(mix))
    assert si_sdri_db(hands[0], found.parts[0, 0], mix) > 9
    assert si_sdri_db(hands[1], found.parts[1, 0], mix) > 9
    parts = {"right": found.parts[0, 0], "left": found.parts[1, 0], "rest": found.rest[0]}
    assert residual_db(mix, parts) < -100
    assert np.square(found.rest).sum() < 0.01 * np.square(mix).sum()


def test_channels_keep_their_places(piano):
    mix, _, score = piano
    notes, staff = notes_of_score(score)
    found = separate_notes(np.stack([mix, 0.25 * mix]), RATE_HZ, notes, staff)
    np.testing.assert_allclose(found.parts[:, 1], 0.25 * found.parts[:, 0], atol=1e-5)


def test_a_single_note_is_taken_out():
    time_s = np.arange(3 * RATE_HZ) / RATE_HZ
    tone = {p: sum(np.sin(2 * np.pi * 440 * 2 ** ((p - 69) / 12) * m * time_s) / m for m in range(1, 6)) for p in (57, 64)}
    wanted = np.where((time_s > 1) & (time_s < 2), tone[64], 0.0)
    mix = (tone[57] + wanted).astype(np.float32)
    found = separate_notes(mix, RATE_HZ, notes_at((0, 3, 57), (1, 2, 64)), np.array([0, 1]))
    assert sdr_db(wanted.astype(np.float32), found.parts[1, 0]) > 10
    assert np.abs(found.parts[1, 0, : round(0.7 * RATE_HZ)]).max() < 1e-3


def test_long_recordings_are_cut_without_a_seam(monkeypatch):
    time_s = np.arange(8 * RATE_HZ) / RATE_HZ
    low, high = np.sin(2 * np.pi * 220 * time_s), np.sin(2 * np.pi * 700 * time_s)
    monkeypatch.setattr("hexachord.transcription.note_audio._SEGMENT_S", 3.0)
    monkeypatch.setattr("hexachord.transcription.note_audio._FADE_S", 1.0)
    found = separate_notes((low + high).astype(np.float32), RATE_HZ, notes_at((0, 8, 57), (0, 8, 77)), np.array([1, 2]))
    assert sdr_db(low, found.parts[0, 0].astype(np.float64)) > 25
    np.testing.assert_allclose(found.parts.sum(axis=0)[0] + found.rest[0], low + high, atol=1e-5)


def test_rough_notes_are_refined(piano):
    """Notes that are up to 40 ms early or late, all as loud, come out near where and as loud as they were played."""
    mix, _, score = piano
    true, _ = notes_of_score(score)
    random = np.random.default_rng(3)
    moved = np.maximum(true.onset_s + random.uniform(-0.04, 0.04, len(true)), 0.0)
    rough = Notes(onset_s=moved, offset_s=np.maximum(true.offset_s, moved + 0.05), pitch=true.pitch, velocity=np.full(len(true), 0.5))
    heard = refine_notes(FrontEnd(mix), rough)
    assert len(heard) == len(true)
    assert (np.diff(heard.onset_s) >= 0).all()
    order, given = np.lexsort((heard.onset_s, heard.pitch)), np.lexsort((true.onset_s, true.pitch))
    np.testing.assert_array_equal(heard.pitch[order], true.pitch[given])
    error = np.abs(heard.onset_s[order] - true.onset_s[given])
    assert np.median(error) < 0.015 < np.median(np.abs(moved - true.onset_s))
    tune = true.pitch[given] > 70
    assert np.corrcoef(heard.velocity[order][tune], true.velocity[given][tune])[0, 1] > 0.8
    assert np.median(heard.confidence) > 0.9


def test_a_note_that_is_not_played_is_doubted(piano):
    """While the last notes ring."""
    mix, _, score = piano
    true, _ = notes_of_score(score)
    extra = Notes(
        onset_s=np.append(true.onset_s, 4.1),
        offset_s=np.append(true.offset_s, 4.4),
        pitch=np.append(true.pitch, 97),
        velocity=np.append(true.velocity, 0.5),
    )
    heard = refine_notes(FrontEnd(mix), extra)
    assert heard.confidence[heard.pitch == 97][0] < 0.3


def test_silence_and_nothing():
    silent = np.zeros(RATE_HZ, dtype=np.float32)
    one = notes_at((0.2, 0.5, 60))
    kept = refine_notes(FrontEnd(silent), one)
    assert (kept.onset_s.tolist(), kept.offset_s.tolist()) == ([0.2], [0.5])
    assert kept.confidence[0] < 0.01
    found = separate_notes(silent, RATE_HZ, one, np.array([1]))
    assert not found.parts.any()
    nothing = Notes(onset_s=np.zeros(0), offset_s=np.zeros(0), pitch=np.zeros(0), velocity=np.zeros(0))
    assert len(refine_notes(FrontEnd(silent + 0.1), nothing)) == 0
    empty = separate_notes(silent + 0.1, RATE_HZ, nothing, np.zeros(0, dtype=np.int64))
    assert empty.parts.shape == (0, 1, RATE_HZ)
    np.testing.assert_array_equal(empty.rest[0], silent + np.float32(0.1))
    with pytest.raises(ValueError, match="1 notes, but groups"):
        separate_notes(silent, RATE_HZ, one, np.array([1, 2]))
