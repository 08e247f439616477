"""What the melody network is taught: targets beside the truth, crops that move both, singers on the pitch they were given."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
sys.path.insert(0, str(Path(__file__).parents[2] / "training"))

from melody_clips import FRAMES, PITCHES, MelodyClip, clip_of, crop, targets
from singing import RATE_HZ, sing_along

from hexachord.audio_analysis.melody import track_melody
from hexachord.dsp.frontend import FrontEnd
from hexachord.dsp.pitch_spectrum import BINS
from hexachord.knowledge import F0, Notes


def test_targets() -> None:
    target = targets(np.array([50.0, 50.5, np.nan, 300.0]))
    assert target[:3].sum(axis=1) == pytest.approx(1.0)
    assert target[0].argmax() == 50
    assert target[1, 50] == pytest.approx(target[1, 51])
    assert target[2, PITCHES] == 1.0
    assert target[3].sum() == 0.0  # out of reach: nothing is known


def test_a_crop_moves_sound_and_truth_together() -> None:
    levels = np.zeros((400, 2, BINS), dtype=np.uint8)
    levels[:, :, 90] = 200
    clip = MelodyClip(kind="band", levels=levels, place=np.full(400, 90.0, dtype=np.float32))
    seen = set()
    for seed in range(8):
        inputs, target, known = crop(clip, np.random.default_rng(seed))
        assert inputs.shape == (FRAMES, 2 * BINS)
        assert known.all()
        strongest = inputs.reshape(FRAMES, 2, BINS)[:, 0].mean(axis=0).argmax()
        assert strongest == target[0].argmax()
        seen.add(int(strongest))
    assert len(seen) > 3


def test_a_clip_knows_the_melody_of_each_frame() -> None:
    time_s = np.arange(200) * 0.01
    f0_hz = np.where(time_s < 1.0, 110.0, 0.0)
    clip = clip_of(np.zeros(2 * RATE_HZ, dtype=np.float32), time_s, f0_hz, kind="solo")
    assert clip.place[10] == pytest.approx(36.0)
    assert np.isnan(clip.place[60:]).all()


def test_a_singer_sings_the_pitch_given() -> None:
    time_s = np.arange(300) * 0.01
    f0_hz = np.where((time_s > 0.2) & (time_s < 2.6), 220.0 * 2 ** (0.5 * np.sin(2 * np.pi * 0.5 * time_s) / 12), 0.0)
    tune = F0(time_s=time_s, f0_hz=f0_hz, voicing=(f0_hz > 0) * 1.0)
    empty = np.array([0.2, 1.2])
    notes = Notes(onset_s=empty, offset_s=np.array([1.2, 2.6]), pitch=np.full(2, 57.0), velocity=np.full(2, 0.7))
    voice = sing_along(replace(tune), notes, np.random.default_rng(4), samples=3 * RATE_HZ)
    heard = track_melody(FrontEnd(voice), engine="pyin")
    at = np.interp(heard.time_s, time_s, f0_hz)
    sung = (heard.f0_hz > 0) & (at > 100)
    assert sung.sum() > 120
    assert np.mean(np.abs(12 * np.log2(heard.f0_hz[sung] / at[sung])) < 0.5) > 0.9
