"""A classifier's training as a folder, so that several processes or machines can be started on it.

    torchrun --nproc-per-node 2 -m hexachord.learning.deep.job FOLDER
    torchrun --nnodes 2 --node-rank 0 --master-addr HOST --nproc-per-node 1 -m hexachord.learning.deep.job FOLDER

`write_job` writes what `train_classifier` would have been called with; the folder lies where all machines see it. What comes of it lies in
the same folder, where `train_classifier`, called as for one process, finds it finished.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch

from hexachord.arrays import IntArray
from hexachord.dsp.features import LogMel
from hexachord.errors import InputError
from hexachord.files import read_text, write_text
from hexachord.learning.datasets.split import Fold
from hexachord.learning.deep.classifier_options import ClassifierOptions, ClassifierResult
from hexachord.learning.deep.classifying import train_classifier

_JOB = "job.json"
_WHAT = "a training (written by hexachord.learning.deep.job.write_job)"


def write_job(
    folder: Path, *, features: Sequence[Path], targets: IntArray, fold: Fold, classes: Sequence[str], options: ClassifierOptions
) -> None:
    """Write a training down: files of spectrograms, classes of tracks or of none (see `train_classifier`), and how it is to be done."""
    content = {
        "features": [str(path) for path in features], "targets": np.asarray(targets).tolist(), "classes": list(classes),
        "fold": {name: getattr(fold, name).tolist() for name in ("train", "test", "valid")}, "options": asdict(options),
    }  # fmt: skip
    write_text(folder / _JOB, json.dumps(content, ensure_ascii=False) + "\n")


def run_job(folder: Path) -> ClassifierResult:
    """Do a training that was written down, in as many processes as ``torchrun`` started; what comes back is alike in all of them.

    Raises
    ------
    InputError : if nothing was written there, or as `train_classifier`.
    """
    try:
        content = json.loads(read_text(folder / _JOB, what=_WHAT))
        options = ClassifierOptions(**{**content["options"], "feature": LogMel(**content["options"]["feature"])})
        fold = Fold(**{name: np.array(rows, dtype=np.int64) for name, rows in content["fold"].items()})
        features, targets, classes = [Path(path) for path in content["features"]], np.array(content["targets"]), content["classes"]
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(folder / _JOB, found=f"something else ({error})", expected=_WHAT) from error
    return train_classifier(
        features, targets, fold, classes=classes, options=options, folder=folder, progress=lambda part, line: print(line, flush=True)
    )


def main() -> None:
    """Do the training in a folder."""
    parser = argparse.ArgumentParser(prog="torchrun -m hexachord.learning.deep.job", description="Train a classifier together.")
    parser.add_argument("folder", type=Path, help="where write_job wrote it; all machines see it")
    parser.add_argument("--threads", type=int, default=1, help="of each process (1)")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    try:
        run_job(arguments.folder)
    except InputError as error:
        print(error, file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
