"""Two processes that share each batch learn what one learns from the whole of it."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from class_tones import NAMES, saved, thirds, tracks  # noqa: E402

from hexachord.errors import InputError  # noqa: E402
from hexachord.learning.deep.classifier_options import ClassifierOptions  # noqa: E402
from hexachord.learning.deep.job import run_job, write_job  # noqa: E402
from hexachord.learning.deep.together import BatchNorm, Crew, joined  # noqa: E402
from hexachord.models.classifier import score_tracks  # noqa: E402

ALONE = {**os.environ, "OMP_NUM_THREADS": "1"}
PROGRAM = """
import sys, numpy as np, torch
from pathlib import Path
from torch import nn
torch.set_num_threads(1)
from hexachord.learning.deep.loop import Recipe, train
from hexachord.learning.deep.short_chunk import ShortChunkNet, ShortChunkSize
from hexachord.learning.deep.together import Crew, joined

joined_alone = Crew()

def draw_for(crew):
    def draw(random):
        inputs = random.normal(0, 20, (8, 64, 128)).astype(np.float32) - 40
        targets = np.eye(3, dtype=np.float32)[random.integers(0, 3, 8)]
        known = random.uniform(0.5, 2, (8, 1)).astype(np.float32)
        mine = slice(crew.rank, None, crew.size)
        return inputs[mine], targets[mine], known[mine]
    return draw

def loss(logits, target, known):
    return (-(target * torch.log_softmax(logits, 1)).sum(1, keepdim=True) * known).mean()

with joined() as crew:
    torch.manual_seed(0)
    net = ShortChunkNet(ShortChunkSize(classes=3, width=4, dropout=0.0))
    first = {name: value.clone() for name, value in net.named_parameters()}
    # one step of plain steepest descent shows the gradient itself
    wrapped = crew.wrapped(net.train())
    inputs, targets, known = map(torch.from_numpy, draw_for(crew)(np.random.default_rng(0)))
    loss(wrapped(inputs), targets, known).backward()
    gradients = {"gradient/" + name: value.grad.numpy().copy() for name, value in net.named_parameters()}
    net.zero_grad()
    averaged, progress = train(net, draw_for(crew), loss, recipe=Recipe(rate=1e-3), steps=6, crew=crew)
    with torch.no_grad():  # not the weights: some have no gradient but noise, which Adam makes large, and do nothing
        logits = averaged(torch.from_numpy(draw_for(joined_alone)(np.random.default_rng(9))[0])).numpy()
    said = np.array([crew.mean(float(crew.rank)), crew.decided(float(crew.rank) + 5)])
    np.savez(Path(sys.argv[1]) / f"{crew.size}-{crew.rank}.npz", said=said, logits=logits, **gradients)
"""


def torchrun(*command: str) -> subprocess.CompletedProcess[str]:
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", *command]
    return subprocess.run(launch, check=True, capture_output=True, text=True, env=ALONE, timeout=300)


@pytest.mark.slow
def test_gradients_of_two_halves_are_those_of_the_whole(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    subprocess.run([sys.executable, str(program), str(tmp_path)], check=True, env=ALONE)
    torchrun(str(program), str(tmp_path))
    whole, first, second = (dict(np.load(tmp_path / f"{name}.npz")) for name in ("1-0", "2-0", "2-1"))
    np.testing.assert_array_equal(whole.pop("said"), [0.0, 5.0])
    np.testing.assert_array_equal(first.pop("said"), [0.5, 5.0])
    for name in whole:
        np.testing.assert_array_equal(first[name], second[name], err_msg=name)
        tolerance = (2e-5 if name.startswith("gradient") else 1e-3) * max(np.abs(whole[name]).max(), 1e-2)
        np.testing.assert_allclose(first[name], whole[name], atol=tolerance, err_msg=name)
    assert max(np.abs(whole[name]).max() for name in whole if name.startswith("gradient")) > 1e-3


@pytest.mark.slow
def test_a_training_written_down_is_done_by_two(tmp_path: Path) -> None:
    mels, classes = tracks(8)
    options = ClassifierOptions(width=4, chunk_s=1.0, epochs=4, chunks=4, batch=8, rate=1e-2, dropout=0.0, patience=9)
    for name in ("one", "two"):
        write_job(tmp_path / name, features=saved(mels, tmp_path / "mels"), targets=classes, fold=thirds(8), classes=NAMES, options=options)
    said = torchrun("-m", "hexachord.learning.deep.job", str(tmp_path / "two")).stdout
    assert said.count("epoch 4 of 4") == 1  # the leader speaks for all
    alone = run_job(tmp_path / "one")
    together = run_job(tmp_path / "two")  # finished: only read
    assert [point.epoch for point in together.curve] == [1, 2, 3, 4]
    assert together.curve[0].loss == pytest.approx(alone.curve[0].loss, rel=0.02)
    truth = classes[together.rows]
    assert np.mean(score_tracks(together.path, mels)[together.rows].argmax(axis=1) == truth) >= 5 / 6
    np.testing.assert_allclose(together.scores, alone.scores, atol=0.1)
    with pytest.raises(InputError, match="write_job"):
        run_job(tmp_path / "mels")


def test_alone_there_is_nobody_to_ask() -> None:
    with joined() as crew:
        assert crew == Crew()
        assert crew.leads
        assert (crew.mean(3.0), crew.decided(4.0)) == (3.0, 4.0)
        net = torch.nn.Linear(2, 2)
        assert crew.wrapped(net) is net
        crew.check_same(1, what="steps")


def test_batch_normalisation_is_torch_s() -> None:
    torch.manual_seed(0)
    own, theirs = BatchNorm(5), torch.nn.BatchNorm2d(5)
    for _ in range(3):
        heard = torch.randn(4, 5, 3, 7) * 3 + 1
        torch.testing.assert_close(own(heard), theirs(heard))
    torch.testing.assert_close(own.running_var, theirs.running_var)
    torch.testing.assert_close(own.eval()(heard), theirs.eval()(heard))
