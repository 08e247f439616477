"""Classifiers learn, stop when it is enough, survive a kill, say the same without torch, and refuse what they cannot learn."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from class_tones import NAMES, saved, thirds, tracks  # noqa: E402

from hexachord.errors import InputError  # noqa: E402
from hexachord.learning.datasets.split import Fold  # noqa: E402
from hexachord.learning.deep.chunk_draws import FULL, Lesson, chunk_draw, class_shares, scaled  # noqa: E402
from hexachord.learning.deep.classifier_options import ClassifierOptions  # noqa: E402
from hexachord.learning.deep.classifying import build_net, classifier_loss, train_classifier  # noqa: E402
from hexachord.learning.deep.together import Crew  # noqa: E402
from hexachord.models.classifier import decide, open_classifier, score_steps, score_tracks  # noqa: E402

QUICK = ClassifierOptions(width=4, chunk_s=1.0, epochs=4, chunks=4, batch=8, rate=1e-2, dropout=0.1, augment=0.5, patience=9)


@pytest.fixture(scope="module")
def collection() -> tuple[list[np.ndarray], np.ndarray]:
    return tracks(8)


@pytest.mark.parametrize("architecture", ["short-chunk", "short-chunk-residual", "crnn"])
def test_registers_are_told_apart_on_tracks_it_has_not_heard(
    collection: tuple[list[np.ndarray], np.ndarray], tmp_path: Path, architecture: str
) -> None:
    mels, classes = collection
    said = list[str]()
    result = train_classifier(
        saved(mels, tmp_path / "mels"), classes, thirds(8), classes=NAMES, folder=tmp_path / "run",
        options=replace(QUICK, architecture=architecture, epochs=8 if architecture == "crnn" else 5),  # type: ignore[arg-type]
        progress=lambda part, line: said.append(line),
    )  # fmt: skip
    assert result.scores.shape == (6, 3)
    np.testing.assert_allclose(result.scores.sum(axis=1), 1.0, atol=1e-5)
    assert np.mean(result.scores.argmax(axis=1) == classes[result.rows]) >= 5 / 6
    assert [point.epoch for point in result.curve] == list(range(1, result.epochs + 1))
    assert result.curve[-1].loss < result.curve[0].loss
    assert max(point.valid_score for point in result.curve) == result.curve[result.best_epoch - 1].valid_score > 0.6
    assert len(said) == result.epochs
    assert "best" in said[-1]
    assert result.error < 1e-4
    model = open_classifier(result.path)
    assert model.classes == NAMES
    np.testing.assert_array_equal(decide(model, result.scores), result.scores.argmax(axis=1))


def test_the_file_says_what_the_network_says(collection: tuple[list[np.ndarray], np.ndarray], tmp_path: Path) -> None:
    mels, classes = collection
    result = train_classifier(mels, classes, thirds(8), classes=NAMES, folder=tmp_path, options=replace(QUICK, epochs=1))
    code = (
        "import sys, numpy as np; from hexachord.models.classifier import score_tracks, score_steps;"
        f"mels = [np.load(path) for path in {[str(path) for path in saved(mels[:2], tmp_path / 'mels')]}];"
        f"np.save({str(tmp_path / 'scores.npy')!r}, score_tracks({str(result.path)!r}, mels));"
        f"np.save({str(tmp_path / 'steps.npy')!r}, score_steps({str(result.path)!r}, mels[0]));"
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0  # without torch
    again = train_classifier(mels, classes, thirds(8), classes=NAMES, folder=tmp_path, options=replace(QUICK, epochs=1), rows=np.arange(2))
    np.testing.assert_array_equal(again.scores, np.load(tmp_path / "scores.npy"))  # and it was not trained again
    assert again.seconds == result.seconds
    steps = np.load(tmp_path / "steps.npy")
    model = open_classifier(result.path)
    assert steps.shape == (len(mels[0]) // 16, 3)
    assert model.step_s == pytest.approx(0.32)
    np.testing.assert_allclose(steps.sum(axis=1), 1.0, atol=1e-5)
    with pytest.raises(InputError, match="another training"):
        train_classifier(mels, classes, thirds(8), classes=NAMES, folder=tmp_path, options=replace(QUICK, epochs=2))


def test_the_same_seed_is_the_same_classifier_and_another_seed_is_not(
    collection: tuple[list[np.ndarray], np.ndarray], tmp_path: Path
) -> None:
    mels, classes = collection
    scores = [
        train_classifier(
            mels, classes, thirds(8), classes=NAMES, folder=tmp_path / name, options=replace(QUICK, epochs=2, seed=seed)
        ).scores
        for name, seed in (("a", 0), ("b", 0), ("c", 1))
    ]
    np.testing.assert_array_equal(scores[0], scores[1])
    assert np.abs(scores[0] - scores[2]).max() > 1e-3


PROGRAM = """
import sys
from pathlib import Path
import numpy as np, torch
torch.set_num_threads(1)
sys.path.insert(0, sys.argv[3])
from class_tones import NAMES, thirds
from hexachord.learning.deep.classifier_options import ClassifierOptions
from hexachord.learning.deep import classifying, loop
train = loop.train
classifying.train = lambda *args, **named: train(*args, **{**named, "save_s": 0.0})
mels = sorted(Path(sys.argv[1]).glob("*.npy"))
options = ClassifierOptions(width=4, chunk_s=1.0, epochs=6, chunks=4, batch=8, rate=1e-2, augment=0.5, patience=2)
result = classifying.train_classifier(mels, np.tile(np.arange(3), 8), thirds(8), classes=NAMES, folder=Path(sys.argv[2]), options=options,
                                      progress=lambda part, line: print(line, flush=True))
"""


@pytest.mark.slow
def test_killed_and_begun_again_it_ends_the_same(collection: tuple[list[np.ndarray], np.ndarray], tmp_path: Path) -> None:
    saved(collection[0], tmp_path / "mels")

    def command(folder: str) -> list[str]:
        return [sys.executable, "-c", PROGRAM, str(tmp_path / "mels"), str(tmp_path / folder), str(Path(__file__).parent)]

    alone = {**os.environ, "OMP_NUM_THREADS": "1"}
    whole = subprocess.run(command("whole"), check=True, capture_output=True, text=True, env=alone).stdout.splitlines()
    with subprocess.Popen(command("killed"), stdout=subprocess.PIPE, text=True, env=alone) as process:
        assert process.stdout is not None
        before = [process.stdout.readline(), process.stdout.readline()]
        time.sleep(0.15)  # somewhere in the third epoch
        process.send_signal(signal.SIGKILL)
    assert (tmp_path / "killed" / "classifier.checkpoint").is_file()
    after = subprocess.run(command("killed"), check=True, capture_output=True, text=True, env=alone).stdout.splitlines()
    assert len(after) < len(whole)  # it did not begin anew
    assert [*map(str.strip, before), *after][-len(after) :] == whole[-len(after) :]
    one, other = (json.loads((tmp_path / name / "classifier.json").read_text()) for name in ("whole", "killed"))
    assert {**one, "seconds": 0} == {**other, "seconds": 0}
    scores = [score_tracks(tmp_path / name / "classifier.onnx", collection[0][-6:]) for name in ("whole", "killed")]
    np.testing.assert_array_equal(scores[0], scores[1])
    assert not (tmp_path / "killed" / "classifier.checkpoint").exists()


def test_it_stops_when_no_epoch_is_better(collection: tuple[list[np.ndarray], np.ndarray], tmp_path: Path) -> None:
    mels, classes = collection
    shuffled = np.random.default_rng(3).permutation(classes)  # nothing to learn
    result = train_classifier(
        mels, shuffled, thirds(8), classes=NAMES, folder=tmp_path, options=replace(QUICK, epochs=40, patience=2, rate=1e-4)
    )
    assert result.epochs < 40
    assert result.epochs == result.best_epoch + 2


def test_several_labels_at_once(collection: tuple[list[np.ndarray], np.ndarray], tmp_path: Path) -> None:
    mels, classes = collection
    power = [10.0 ** (mel[:300].astype(float) / 25.0) for mel in mels]
    mixed, labels = list[np.ndarray](), list[np.ndarray]()
    for row in range(24):
        other = (row * 5 + 1) % 24
        both = power[row] + power[other] if row % 2 else power[row]
        mixed.append(np.clip(25.0 * np.log10(both), 0, 255).astype(np.uint8))
        labels.append(np.eye(3, dtype=np.int64)[[classes[row], classes[other] if row % 2 else classes[row]]].max(axis=0))
    truth = np.stack(labels)
    assert truth.sum(axis=1).max() == 2
    result = train_classifier(
        mixed, truth, thirds(8), classes=NAMES, folder=tmp_path, options=replace(QUICK, epochs=8, balance="weights", mixup=0.0)
    )
    model = open_classifier(result.path)
    assert model.multi_label
    np.testing.assert_allclose(model.thresholds, result.thresholds)
    assert np.any(result.thresholds != 0.5)
    said = decide(model, result.scores)
    assert np.mean(said == truth[result.rows]) > 0.75
    assert np.mean(said == truth[result.rows]) > max(np.mean(truth), 1 - np.mean(truth))


def test_steps_are_taught_where_labels_change(collection: tuple[list[np.ndarray], np.ndarray], tmp_path: Path) -> None:
    mels, classes = collection
    changing, labels = list[np.ndarray](), list[np.ndarray]()
    for row in range(24):
        other = (row + 1) % 24
        changing.append(np.concatenate([mels[row][:144], mels[other][:144]]))
        labels.append(np.repeat(np.eye(3, dtype=np.uint8)[[classes[row], classes[other]]], 144, axis=0))
    result = train_classifier(
        changing, labels, thirds(8), classes=NAMES, folder=tmp_path, options=replace(QUICK, epochs=8, level="frame", mixup=0.0)
    )
    right = 0
    for row in result.rows.tolist():
        steps = score_steps(result.path, changing[row])
        assert steps.shape == (18, 3)
        right += int(steps[:8].mean(axis=0).argmax() == classes[row]) + int(steps[10:].mean(axis=0).argmax() == classes[(row + 1) % 24])
    assert right >= 10  # of 12 halves


def test_rows_of_a_batch_do_not_depend_on_who_draws_them() -> None:
    random = np.random.default_rng(0)
    lessons = [
        Lesson(mel=random.integers(0, 255, (frames, 128), dtype=np.uint8), target=np.eye(2, dtype=np.float32)[frames % 2], share=share)
        for frames, share in ((300, 1.0), (41, 3.0))
    ]
    feature = QUICK.feature
    whole = chunk_draw(lessons, feature=feature, chunk=50, batch=8, mixup=0.3)(np.random.default_rng(5))
    parts = [
        chunk_draw(lessons, feature=feature, chunk=50, batch=8, mixup=0.3, crew=Crew(rank=rank, size=2))(np.random.default_rng(5))
        for rank in range(2)
    ]
    for place in range(3):
        np.testing.assert_array_equal(whole[place][0::2], parts[0][place])
        np.testing.assert_array_equal(whole[place][1::2], parts[1][place])
    still = chunk_draw(lessons, feature=feature, chunk=50, batch=4000, variation=None)(np.random.default_rng(1))
    assert still[1][:, 1].mean() == pytest.approx(0.75, abs=0.03)  # the odd one, which is drawn three times as often
    np.testing.assert_allclose(class_shares(np.array([[1, 1], [1, 0]])), [0.75, 0.5])
    assert scaled(FULL, 0.0).floor_chance == 0.0
    with pytest.raises(ValueError, match="processes"):
        chunk_draw(lessons, feature=feature, chunk=50, batch=9, crew=Crew(rank=0, size=2))


def test_the_loss_is_what_the_books_say() -> None:
    logits = torch.tensor([[2.0, -1.0, 0.5], [0.0, 0.0, 3.0]])
    target = torch.eye(3)[[0, 2]]
    ones = torch.ones(2, 1)
    plain = classifier_loss(logits, target, ones, multi_label=False, smoothing=0.0, heavier=None)
    torch.testing.assert_close(plain, torch.nn.functional.cross_entropy(logits, torch.tensor([0, 2])))
    smooth = classifier_loss(logits, target, ones, multi_label=False, smoothing=0.1, heavier=None)
    torch.testing.assert_close(smooth, torch.nn.functional.cross_entropy(logits, torch.tensor([0, 2]), label_smoothing=0.1))
    heavier = torch.tensor([1.0, 2.0, 3.0])
    several = classifier_loss(logits, target, ones, multi_label=True, smoothing=0.0, heavier=heavier)
    torch.testing.assert_close(several, torch.nn.functional.binary_cross_entropy_with_logits(logits, target, pos_weight=heavier))


def test_sizes_and_what_cannot_be_learnt(collection: tuple[list[np.ndarray], np.ndarray], tmp_path: Path) -> None:
    mels, classes = collection
    sizes = {name: sum(value.numel() for value in build_net(ClassifierOptions(architecture=name), 20).parameters())  # type: ignore[arg-type]
             for name in ("short-chunk", "short-chunk-residual", "crnn")}  # fmt: skip
    assert 20_000 < sizes["crnn"] < sizes["short-chunk"] < sizes["short-chunk-residual"] < 250_000
    fold = thirds(8)
    with pytest.raises(InputError, match="two to tell apart"):
        train_classifier(mels, np.zeros(24, dtype=int), fold, classes=NAMES, folder=tmp_path, options=QUICK)
    with pytest.raises(InputError, match="beyond the names"):
        train_classifier(mels, classes + 1, fold, classes=NAMES, folder=tmp_path, options=QUICK)
    with pytest.raises(InputError, match=r"float32 of shape"):
        train_classifier([mels[0].astype(np.float32), *mels[1:]], classes, fold, classes=NAMES, folder=tmp_path, options=QUICK)
    (tmp_path / "bad.npy").write_bytes(b"")
    with pytest.raises(InputError, match=r"no array"):
        train_classifier([tmp_path / "bad.npy", *mels[1:]], classes, fold, classes=NAMES, folder=tmp_path, options=QUICK)
    with pytest.raises(InputError, match="short-chunk"):
        ClassifierOptions(architecture="vgg")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="batches"):
        ClassifierOptions(batch=1)
    assert not (tmp_path / "classifier.onnx").exists()


def test_tracks_without_a_label_are_left_out_and_all_epochs_are_made_without_validation(
    collection: tuple[list[np.ndarray], np.ndarray], tmp_path: Path
) -> None:
    mels, classes = collection
    some = classes.copy()
    some[:3] = -1
    fold = Fold(train=np.arange(18), test=np.arange(18, 24))
    result = train_classifier(mels, some, fold, classes=NAMES, folder=tmp_path, options=replace(QUICK, epochs=2))
    assert result.epochs == result.best_epoch == 2
    assert np.isnan(result.curve[0].valid_loss)
    assert len(result.scores) == 6
