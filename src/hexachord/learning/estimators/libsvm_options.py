"""LIBSVM's option strings, read as ``svm-train`` reads them: ``-s 0 -t 2 -c 10 -g 0.01``.

One trap is closed here: without ``-g`` the width is 1/num_features, as LIBSVM says, not scikit-learn's default.
C.-C. Chang, C.-J. Lin, *LIBSVM: A Library for Support Vector Machines*, ACM TIST 2(3), 2011.
"""

import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from hexachord.arrays import FloatArray, IntArray
from hexachord.errors import InputError
from hexachord.learning.estimators.kernels import KERNELS
from hexachord.learning.estimators.registry import Learner, Settings, require_scikit_learn

TYPES = ("c_svc", "nu_svc", "one_class", "epsilon_svr", "nu_svr")  # in the order of LIBSVM's -s
_SCIKIT_KERNELS = ("linear", "poly", "rbf", "sigmoid", "precomputed")
_ABOUT = ("C-SVC", "nu-SVC", "one-class SVM", "epsilon-SVR", "nu-SVR")


@dataclass(frozen=True, kw_only=True)
class LibsvmOptions:
    """What an option string says.

    Attributes
    ----------
    svm_type, kernel_type : numbers of ``-s`` (see `TYPES`) and ``-t`` (see `KERNELS`)
    degree, gamma, coef0 : ``-d -g -r``; gamma None for 1/num_features
    cost, nu, margin : ``-c -n -p``
    cache_mb, tolerance, shrinking, probability : ``-m -e -h -b``
    weights : ``-wi``: what the cost of class i is multiplied by
    folds : ``-v``; 0 for none
    quiet : ``-q``
    """

    svm_type: int = 0
    kernel_type: int = 2
    degree: int = 3
    gamma: float | None = None
    coef0: float = 0.0
    cost: float = 1.0
    nu: float = 0.5
    margin: float = 0.1
    cache_mb: float = 100.0
    tolerance: float = 0.001
    shrinking: bool = True
    probability: bool = False
    weights: Mapping[int, float] = field(default_factory=dict)
    folds: int = 0
    quiet: bool = False

    @property
    def classifies(self) -> bool:
        """Whether it is for classes (``-s 0`` and ``1``)."""
        return self.svm_type < 2


def parse_options(text: str) -> LibsvmOptions:
    """Read an option string.

    Raises
    ------
    InputError : for an unknown option, a value that is missing or no number, or one that LIBSVM would refuse.

    Examples
    --------
    >>> found = parse_options("-s 0 -t 2 -c 8 -w1 2.5")
    >>> found.cost, found.gamma, dict(found.weights)
    (8.0, None, {1: 2.5})
    """
    found: dict[str, Any] = {}
    weights: dict[int, float] = {}
    words = iter(shlex.split(text))
    for word in words:
        if word == "-q":
            found["quiet"] = True
            continue
        if not (len(word) >= 2 and word[0] == "-" and word[1].isalpha()):
            raise _wrong(word, "no option", "an option such as -c")
        known = word in _READERS or (word[:2] == "-w" and len(word) > 2)
        if not known:
            raise _wrong(word, "no option of svm-train", " ".join([*_READERS, "-wi", "-q"]))
        value = next(words, None)
        if value is None:
            raise _wrong(word, "no value after it", "a number")
        if word in _READERS:
            name, read = _READERS[word]
            found[name] = read(word, value)
        else:
            weights[_whole(f"the class of {word}", word[2:])] = _above_zero(word, value)
    return LibsvmOptions(**found, weights=weights)


def format_options(options: LibsvmOptions) -> str:
    """Write options as a string that reads back the same: those that are not LIBSVM's defaults."""
    plain = LibsvmOptions()
    parts = []
    for flag, (name, _) in _READERS.items():
        value = getattr(options, name)
        if value != getattr(plain, name):
            parts.append(f"{flag} {int(value) if isinstance(value, bool) else f'{value:.17g}' if isinstance(value, float) else value}")
    parts += [f"-w{label} {weight:.17g}" for label, weight in options.weights.items()]
    return " ".join([*parts, *(["-q"] if options.quiet else [])])


def make_machine(options: LibsvmOptions, *, seed: int = 0) -> Any:
    """Make scikit-learn's estimator of these options: SVC, NuSVC, OneClassSVM, SVR or NuSVR; all of them are LIBSVM inside.

    ``-b`` changes nothing here: `hexachord.learning.evaluation` turns decision values into probabilities itself.

    Raises
    ------
    MissingExtraError : without scikit-learn.
    """
    require_scikit_learn("LIBSVM options")
    from sklearn.svm import SVC, SVR, NuSVC, NuSVR, OneClassSVM

    shared: dict[str, Any] = {
        "kernel": _SCIKIT_KERNELS[options.kernel_type],
        "degree": options.degree,
        "gamma": "auto" if options.gamma is None else options.gamma,  # "auto" is 1/num_features
        "coef0": options.coef0,
        "cache_size": options.cache_mb,
        "tol": options.tolerance,
        "shrinking": options.shrinking,
    }
    weights = dict(options.weights) or None
    if options.svm_type == 0:
        return SVC(C=options.cost, class_weight=weights, random_state=seed, **shared)
    if options.svm_type == 1:
        return NuSVC(nu=options.nu, random_state=seed, **shared)
    if options.svm_type == 2:
        return OneClassSVM(nu=options.nu, **shared)
    if options.svm_type == 3:
        return SVR(C=options.cost, epsilon=options.margin, **shared)
    return NuSVR(C=options.cost, nu=options.nu, **shared)


def cross_validate(features: FloatArray, targets: FloatArray | IntArray, options: LibsvmOptions, *, seed: int = 0) -> dict[str, float]:
    """Do what ``-v n`` does: predict every row by a machine of the other folds.

    Returns
    -------
    ``accuracy`` of classes; ``mse`` and ``squared_correlation`` of numbers

    Raises
    ------
    InputError : without ``-v``, for one-class machines, or with more folds than rows.
    """
    if options.folds < 2 or options.svm_type == 2:
        raise InputError("-v", found="no folds" if options.folds < 2 else "a one-class machine", expected="-v n with n of 2 or more")
    if options.folds > len(features):
        raise InputError("-v", found=f"{options.folds} folds for {len(features)} rows", expected="no more folds than rows")
    predicted = np.zeros(len(targets))
    part = fold_numbers(targets if options.classifies else None, len(targets), options.folds, seed=seed)
    for one in range(options.folds):
        machine = make_machine(options, seed=seed).fit(features[part != one], targets[part != one])
        predicted[part == one] = machine.predict(features[part == one])
    if options.classifies:
        return {"accuracy": float((predicted == targets).mean())}
    correlation = np.corrcoef(predicted, targets)[0, 1]
    return {"mse": float(np.mean((predicted - targets) ** 2)), "squared_correlation": float(correlation**2)}


def fold_numbers(targets: FloatArray | IntArray | None, count: int, folds: int, *, seed: int = 0) -> IntArray:
    """Deal rows to folds, (count,): each class in turn where there are classes, so that every fold has its share."""
    random = np.random.default_rng(seed)
    order = random.permutation(count)
    if targets is not None:
        order = order[np.argsort(np.asarray(targets)[order], kind="stable")]
    part = np.empty(count, dtype=np.int64)
    part[order] = np.arange(count) % folds
    return part


def libsvm_learner(text: str) -> Learner:
    """Make a learner of an option string, for `hexachord.learning.evaluation`; with ``-c`` and ``-g`` said, nothing is tuned.

    Raises
    ------
    InputError : as `parse_options`, and for a precomputed kernel.
    """
    options = parse_options(text)
    if options.kernel_type == 4:
        raise _wrong("-t", "a precomputed kernel", "-t 0 to 3: features are compared inside")

    def build(settings: Settings, seed: int) -> Any:
        return make_machine(options, seed=seed)

    task = "classes" if options.classifies else "one class" if options.svm_type == 2 else "numbers"
    about = f"{_ABOUT[options.svm_type]}, {KERNELS[options.kernel_type]} kernel (LIBSVM {text})"
    return Learner(name=text, about=about, defaults={}, build=build, task=task)


def _wrong(option: str, found: str, expected: str) -> InputError:
    return InputError(f"LIBSVM option {option}", found=found, expected=expected, next_step="see svm-train's usage")


def _number(option: str, value: str) -> float:
    try:
        number = float(value)
    except ValueError:
        number = float("nan")
    if not np.isfinite(number):
        raise _wrong(option, repr(value), "a number")
    return number


def _whole(option: str, value: str) -> int:
    try:
        return int(value)
    except ValueError:
        raise _wrong(option, repr(value), "a whole number") from None


def _above_zero(option: str, value: str) -> float:
    number = _number(option, value)
    if number <= 0:
        raise _wrong(option, value, "more than 0")
    return number


def _not_below_zero(option: str, value: str) -> float:
    number = _number(option, value)
    if number < 0:
        raise _wrong(option, value, "0 or more")
    return number


def _share(option: str, value: str) -> float:
    number = _number(option, value)
    if not 0 < number <= 1:
        raise _wrong(option, value, "more than 0, at most 1")
    return number


def _switch(option: str, value: str) -> bool:
    if value not in ("0", "1"):
        raise _wrong(option, value, "0 or 1")
    return value == "1"


def _up_to_4(option: str, value: str) -> int:
    number = _whole(option, value)
    if not 0 <= number <= 4:
        raise _wrong(option, value, "0 to 4")
    return number


def _degree(option: str, value: str) -> int:
    number = _whole(option, value)
    if number < 0:
        raise _wrong(option, value, "0 or more")
    return number


def _folds(option: str, value: str) -> int:
    number = _whole(option, value)
    if number < 2:
        raise _wrong(option, value, "2 folds or more")
    return number


def _gamma(option: str, value: str) -> float | None:
    return _not_below_zero(option, value) or None  # LIBSVM reads 0 as 1/num_features


_READERS: Mapping[str, tuple[str, Callable[[str, str], Any]]] = {
    "-s": ("svm_type", _up_to_4),
    "-t": ("kernel_type", _up_to_4),
    "-d": ("degree", _degree),
    "-g": ("gamma", _gamma),
    "-r": ("coef0", _number),
    "-c": ("cost", _above_zero),
    "-n": ("nu", _share),
    "-p": ("margin", _not_below_zero),
    "-m": ("cache_mb", _above_zero),
    "-e": ("tolerance", _above_zero),
    "-h": ("shrinking", _switch),
    "-b": ("probability", _switch),
    "-v": ("folds", _folds),
}
