"""The composer's training: full lines of crops, nats as defined, and from songs to a model that writes music that decodes."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("onnx")
pytest.importorskip("safetensors")
sys.path.insert(0, str(Path(__file__).parents[2] / "training"))
sys.path.insert(0, str(Path(__file__).parents[1] / "composition"))

import composer
import torch
from composer_crops import CropOptions, Crops
from composer_songs import save_songs
from random_clips import random_clip

from hexachord.composition.clips import Clip
from hexachord.composition.grammar import Walk
from hexachord.composition.plan import Plan
from hexachord.composition.vocabulary import PITCH, Vocabulary
from hexachord.learning.deep.row_export import load_rows
from hexachord.learning.deep.row_net import RowNet, RowSize
from hexachord.models.row_sampling import Chance, write_rows
from hexachord.models.row_steps import RowSteps

WORDS = Vocabulary()
SMALL = ("--width", "32", "--layers", "1", "--heads", "2", "--head_width", "16", "--memories", "1", "--inner", "32", "--head", "16")


def songs(first: int) -> dict[str, Clip]:
    return {f"pop909/{seed}": random_clip(seed, most_notes=200) for seed in range(first, first + 8)}


def test_lines_are_full_of_crops() -> None:
    crops = Crops(songs(0), vocabulary=WORDS, options=CropOptions(rows=64))
    rows, wanted, counts = composer.packed(crops, np.random.default_rng(0), batch=3, rows=150)
    assert rows.shape == (3, 151, len(WORDS.field_sizes))
    assert wanted.shape == counts.shape == (3, 150, len(WORDS.field_sizes))
    assert (rows[..., 0] > 0).all()
    assert counts[:, 100:].any()
    assert (wanted[counts] > 0).all()
    again = composer.packed(crops, np.random.default_rng(0), batch=3, rows=150)
    np.testing.assert_array_equal(rows, again[0])


def test_nats_of_one_who_knows_nothing() -> None:
    net = RowNet(RowSize(field_sizes=WORDS.field_sizes, width=32, layers=1, heads=2, head_width=16, memories=1, inner=32, head=16)).eval()
    for tell in net.tellers():
        torch.nn.init.zeros_(tell.weight)
        torch.nn.init.zeros_(tell.bias)
    crops = composer.judged(songs(0), vocabulary=WORDS, count=5, rows=100)
    found = composer.nats(net, crops)
    notes = sum(int(counts[..., PITCH].sum()) for _, _, counts in crops["all"])
    kinds = sum(int(counts[..., 0].sum()) for _, _, counts in crops["all"])
    assert found["all pitch"] == pytest.approx(np.log(WORDS.field_sizes[PITCH]), abs=1e-3)
    assert found["all kind"] == pytest.approx(np.log(WORDS.field_sizes[0]) * kinds / notes, abs=1e-3)
    assert found["all nats a note"] == pytest.approx(
        sum(found[f"all {name}"] for name in ("kind", "beat", "place", "pitch", "duration", "velocity")), abs=1e-3
    )


def test_from_songs_to_music(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for side, first in (("train", 0), ("valid", 20)):
        save_songs(songs(first), tmp_path / f"composer-songs-{side}.npz", vocabulary=WORDS)
    out = tmp_path / "made" / "composer"
    command = ["composer", "--data", str(tmp_path), "--keep", str(tmp_path), "--work", str(tmp_path / "work"), "--out", str(out)]
    monkeypatch.setattr(sys, "argv", [*command, "--minutes", "0.02", "--threads", "1", "--rows", "64", "--valid", "2", *SMALL])
    composer.main()
    card = json.loads(out.with_suffix(".json").read_text())
    assert card["valid side, nats"][-1]["all nats a note"] > 0
    assert load_rows(out.with_suffix(".safetensors")).size.width == 32

    steps = RowSteps.open(out.with_suffix(".onnx"), candidates=2)
    assert Vocabulary.from_json(steps.vocabulary) == WORDS
    clip = random_clip(3)
    clip = replace(clip, notes=clip.notes[:0], chords=clip.chords[:0])
    fill = np.zeros((len(clip.bars), len(WORDS.roles)), dtype=bool)
    fill[:, WORDS.roles.index("melody")] = True
    walks = [Walk(Plan(clip=clip, fill=fill), vocabulary=WORDS) for _ in range(2)]
    nats = write_rows(steps, walks, chance=Chance(top_p=0.99), seed=0)
    assert (nats > 0).all()
    for walk in walks:
        assert walk.done
        assert len(walk.clip().bars) == len(clip.bars)
    assert any(len(walk.clip().notes) for walk in walks)
