"""`hexachord compose personal`, `personalise` and `--like`: what they say."""

import json

import numpy as np
import pytest

from hexachord.models.row_adapter import RowAdapter, save_adapter

FACTS = {
    "learnt": ["a.mid", "b.mid"], "held_out": ["c.mid"], "held_out_nats": [4.0, 3.0], "reminder_nats": [None, None], "seconds": 90.0,
    "steps": 40, "best_step": 20, "numbers": 12,
}  # fmt: skip
FACTORS = {"layers.0.ask": (np.zeros((1, 2), dtype=np.float32), np.zeros((3, 1), dtype=np.float32))}


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("HEXACHORD_PERSONAL", str(tmp_path / "mine"))
    (tmp_path / "mine").mkdir()
    save_adapter(RowAdapter(base="of another", factors=FACTORS, facts=FACTS), tmp_path / "mine/waltzes.safetensors")
    return tmp_path / "mine"


def test_listed_shown_and_forgotten(cli, home):
    assert cli("compose", "personal", "list").out.split() == ["waltzes"]
    assert json.loads(cli("compose", "personal", "list", "--json").out) == {"names": ["waltzes"]}
    shown = cli("compose", "personal", "show", "waltzes")
    assert "held-out songs  4.000 -> 3.000 nats a note (-25.0 %)" in shown.out
    assert json.loads(cli("compose", "personal", "show", "waltzes", "--json").out) == FACTS
    assert cli("compose", "personal", "forget", "waltzes").code == 0
    assert not list(home.iterdir())
    again = cli("compose", "personal", "forget", "waltzes")
    assert again.code == 2
    assert "nothing of this name" in again.err


def test_like_refuses_names_and_bases_in_words(cli, home):
    ran = cli("compose", "generate", "--bars", "2", "--like", "marches", "--quiet")
    assert ran.code == 2
    assert "one of waltzes" in ran.err
    ran = cli("compose", "generate", "--bars", "2", "--like", "waltzes", "--quiet")
    assert ran.code == 2
    assert "an adapter of another model" in ran.err
    assert "personalise anew" in ran.err


def test_too_few_files_are_refused_in_words(cli, home, tmp_path):
    pytest.importorskip("torch")
    (tmp_path / "broken.mid").write_bytes(b"MThd")
    ran = cli("compose", "personalise", tmp_path / "broken.mid", "--name", "mine", "--quiet")
    assert ran.code == 2
    assert "too few to learn from" in ran.err
    assert "broken.mid" in ran.err
    ran = cli("compose", "personalise", tmp_path / "broken.mid", "--name", "../mine", "--quiet")
    assert ran.code == 2
    assert "no name for a file" in ran.err
    ran = cli("compose", "personalise", tmp_path / "broken.mid", "--name", "waltzes", "--quiet")
    assert ran.code == 2
    assert "a name that is taken" in ran.err
