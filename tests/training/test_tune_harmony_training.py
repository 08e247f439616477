"""What is counted for harmonising: chances that add up and say what was counted, and crops that the network learns from."""

import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
sys.path.insert(0, str(Path(__file__).parents[2] / "training"))

import torch
import tune_chords
import tune_harmony

from hexachord.bench.harmonise import TuneSong
from hexachord.composition.harmony.tune_harmony import CUES, STATES, Sung


def made_song(*, tonic: int = 2) -> TuneSong:
    """I IV V I in some key, the root sung on every beat."""
    roots = np.repeat([0, 5, 7, 0], 4)
    sung = np.eye(12)[(roots + tonic) % 12]
    return TuneSong(
        name="pop909/x", flavour="pop", sung=Sung(sung, 0.0 * sung), chords=(roots + tonic) % 12, keys=np.full(16, tonic),
        positions=np.tile([0, 2, 1, 2], 4),
    )  # fmt: skip


def test_counts_are_chances_that_say_what_was_there() -> None:
    told = tune_harmony.counted([made_song(tonic=tonic) for tonic in range(12)])
    for name in ("accented", "passing", "following"):
        assert np.allclose(told[name].sum(axis=2), 1.0, atol=1e-6)
    assert np.allclose(told["first"].sum(axis=1), 1.0)
    major = told["following"][0]
    assert major[7].argmax() == 0  # V goes to I
    assert major[0].argmax() == 5
    assert told["accented"][0, 5].argmax() == 5  # its root over IV
    assert told["last"][0].argmax() == 0
    assert told["changing"][0] > 3 * told["changing"][2]


def test_crops_are_in_the_key_and_know_where_there_is_a_chord() -> None:
    random = np.random.default_rng(0)
    one, other = (tune_chords.crop(made_song(tonic=tonic), np.random.default_rng(1)) for tonic in (0, 9))
    assert all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))
    cues, target, known = tune_chords.crop(made_song(), random)
    assert (cues.shape, target.shape) == ((tune_chords.STEPS, CUES), (tune_chords.STEPS, STATES))
    assert known[:16].all()
    assert not known[16:].any()
    assert target[:16].argmax(axis=1).tolist() == np.repeat([0, 5, 7, 0], 4).tolist()
    said = torch.from_numpy(target)[None] * 9.0
    right = tune_chords.wrong(said, torch.from_numpy(target)[None], torch.from_numpy(known)[None])
    assert right < tune_chords.wrong(-said, torch.from_numpy(target)[None], torch.from_numpy(known)[None])
