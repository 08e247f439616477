"""The speed of the composer's model is measured over what it writes, all candidates counted."""

from pathlib import Path

import pytest

pytest.importorskip("torch")
pytest.importorskip("onnx")

from hexachord.bench import row_speed as bench
from hexachord.bench.harness import NOT_INSTALLED
from hexachord.learning.deep.row_export import export_rows
from hexachord.learning.deep.row_net import RowNet, RowSize
from hexachord.models.row_steps import RowSteps


def test_rows_of_all_candidates_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    size = RowSize(field_sizes=(5, 9), width=32, layers=1, heads=2, head_width=16, memories=1, inner=32, head=16)
    export_rows(RowNet(size), tmp_path / "net.onnx", context=256)
    steps = RowSteps.open(tmp_path / "net.onnx", candidates=3)
    monkeypatch.setattr(bench, "_ours_s", lambda steps, context: 0.5)
    metrics, peer = bench.row_speed(steps, parameters=1000, context=256, repeats=1, peer=False)
    assert metrics == {"rows_per_s": 3 * 128 / 0.5}
    assert peer is NOT_INSTALLED
    monkeypatch.undo()
    assert 0 < bench.row_speed(steps, parameters=1000, context=256, repeats=1, peer=False)[0]["rows_per_s"] < 1e6
    assert steps.lengths.tolist() == [256] * 3  # the context is full in the end


def test_the_peer_is_as_large(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("transformers")
    model = bench._gpt2(3_600_000, 1024)
    assert abs(model.num_parameters() - 3_600_000) < 500_000
