"""The learners: names, what they are, sensible settings to try, and how they are made.

Estimators are scikit-learn's (F. Pedregosa and others, *Scikit-learn: Machine Learning in Python*, JMLR 12, 2011) or ours with its
interface. A grid is small: settings for standardised features that an inner cross-validation decides between in seconds, simplest first,
so that of equally good ones the simplest is taken.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from hexachord.errors import InputError, MissingExtraError

Value = bool | int | float | str | None | tuple[int, ...]
Settings = Mapping[str, Value]

_NO_SETTINGS: Settings = {}


@dataclass(frozen=True, kw_only=True)
class Size:
    """What a grid may depend on: rows and columns to learn from, and how many classes they have."""

    rows: int
    columns: int
    classes: int


@dataclass(frozen=True, kw_only=True)
class Learner:
    """A named way to learn.

    Attributes
    ----------
    name, about : as in tables and in ``--model``
    task : ``classes``, ``numbers`` (regression) or ``one class``
    defaults : every setting it knows
    build : makes an estimator of all settings and a seed
    candidates : what to try, by size
    """

    name: str
    about: str
    defaults: Settings
    build: Callable[[Settings, int], Any]
    candidates: Callable[[Size], tuple[Settings, ...]] = lambda size: ({},)
    task: str = "classes"

    def make(self, options: Settings = _NO_SETTINGS, *, seed: int = 0) -> Any:
        """Make an unfitted estimator: the same settings and seed give the same model.

        Raises
        ------
        InputError : for a setting that it does not know.
        MissingExtraError : without scikit-learn.
        """
        for name in options:
            if name not in self.defaults:
                raise InputError(
                    f"learner {self.name}",
                    found=f"the setting {name!r}",
                    expected=", ".join(sorted(self.defaults)) or "none",
                    next_step="check its spelling",
                )
        require_scikit_learn(f"learner {self.name}")
        return self.build({**self.defaults, **options}, seed)

    def grid(self, *, rows: int, columns: int, classes: int) -> tuple[Settings, ...]:
        """Give what an inner search should try, at least one."""
        return self.candidates(Size(rows=rows, columns=columns, classes=classes))


def require_scikit_learn(subject: str) -> None:
    """Say what to install where scikit-learn is absent.

    Raises
    ------
    MissingExtraError : if it is.
    """
    try:
        import sklearn  # noqa: F401
    except ImportError as error:
        raise MissingExtraError(subject, extra="learn", need="scikit-learn") from error


def learner(name: str) -> Learner:
    """Look a learner up by name; a string that begins with ``-`` is read as options of LIBSVM's ``svm-train``.

    Raises
    ------
    InputError : for an unknown name or a malformed option.

    Examples
    --------
    >>> learner("knn").about
    'k nearest neighbours'
    """
    if name.startswith("-"):
        from hexachord.learning.estimators.libsvm_options import libsvm_learner

        return libsvm_learner(name)
    if name not in LEARNERS:
        raise InputError(f"model {name!r}", found="no learner of that name", expected=", ".join(LEARNERS), next_step="choose one of them")
    return LEARNERS[name]


def settings_grid(values: Mapping[str, tuple[Value, ...]]) -> tuple[Settings, ...]:
    """Give every combination of these values, the last name's changing fastest.

    Examples
    --------
    >>> settings_grid({"C": (1, 10), "gamma": (0.1,)})
    ({'C': 1, 'gamma': 0.1}, {'C': 10, 'gamma': 0.1})
    """
    return tuple(dict(zip(values, choice, strict=True)) for choice in product(*values.values()))


def _knn(settings: Settings, seed: int) -> Any:
    from sklearn.neighbors import KNeighborsClassifier

    return KNeighborsClassifier(n_neighbors=settings["k"], weights=settings["weights"], metric=settings["metric"])


def _svm(settings: Settings, seed: int) -> Any:
    from sklearn.svm import SVC

    return SVC(
        kernel=settings["kernel"], C=settings["C"], gamma=settings["gamma"], class_weight=settings["class_weight"], random_state=seed
    )


def _forest(settings: Settings, seed: int) -> Any:
    from sklearn.ensemble import RandomForestClassifier

    return RandomForestClassifier(
        n_estimators=settings["trees"],
        max_depth=settings["max_depth"],
        min_samples_leaf=settings["min_leaf"],
        max_features=settings["max_features"],
        oob_score=settings["oob_score"],
        class_weight=settings["class_weight"],
        random_state=seed,
        n_jobs=1,
    )


def _tree(settings: Settings, seed: int) -> Any:
    from sklearn.tree import DecisionTreeClassifier

    return DecisionTreeClassifier(
        max_depth=settings["max_depth"], min_samples_leaf=settings["min_leaf"], class_weight=settings["class_weight"], random_state=seed
    )


def _j48(settings: Settings, seed: int) -> Any:
    from hexachord.learning.estimators.j48 import J48

    return J48().set_params(**settings)


def _logistic(settings: Settings, seed: int) -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=settings["C"], class_weight=settings["class_weight"], max_iter=5000, random_state=seed)


def _ridge(settings: Settings, seed: int) -> Any:
    from sklearn.linear_model import RidgeClassifier

    return RidgeClassifier(alpha=settings["alpha"], class_weight=settings["class_weight"], random_state=seed)


def _boosting(settings: Settings, seed: int) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier

    return HistGradientBoostingClassifier(
        learning_rate=settings["learning_rate"],
        max_iter=settings["rounds"],
        max_depth=settings["max_depth"],
        min_samples_leaf=settings["min_leaf"],
        class_weight=settings["class_weight"],
        early_stopping=False,
        random_state=seed,
    )


def _lda(settings: Settings, seed: int) -> Any:
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

    return LinearDiscriminantAnalysis(solver="lsqr", shrinkage=settings["shrinkage"])


def _shared_covariance(settings: Settings, seed: int) -> Any:
    from hexachord.learning.estimators.shared_covariance import SharedCovariance

    return SharedCovariance(shrinkage=float(settings["shrinkage"]), limit=float(settings["limit"]))  # type: ignore[arg-type]


def _balanced_logistic(settings: Settings, seed: int) -> Any:
    from hexachord.learning.estimators.balanced_logistic import BalancedLogistic

    return BalancedLogistic(random_state=seed)


def _gmm(settings: Settings, seed: int) -> Any:
    from hexachord.learning.estimators.gaussian_classes import GaussianClasses

    return GaussianClasses(random_state=seed).set_params(**settings)


def _mlp(settings: Settings, seed: int) -> Any:
    from sklearn.neural_network import MLPClassifier

    return MLPClassifier(hidden_layer_sizes=settings["hidden"], alpha=settings["alpha"], max_iter=settings["epochs"], random_state=seed)


def _one_class(settings: Settings, seed: int) -> Any:
    from sklearn.svm import OneClassSVM

    return OneClassSVM(kernel=settings["kernel"], nu=settings["nu"], gamma=settings["gamma"])


def _ridge_numbers(settings: Settings, seed: int) -> Any:
    from sklearn.linear_model import Ridge

    return Ridge(alpha=settings["alpha"], random_state=seed)


def _lasso(settings: Settings, seed: int) -> Any:
    from sklearn.linear_model import Lasso

    return Lasso(alpha=settings["alpha"], max_iter=20_000, random_state=seed)


def _svr(settings: Settings, seed: int) -> Any:
    from sklearn.svm import SVR

    return SVR(kernel=settings["kernel"], C=settings["C"], gamma=settings["gamma"], epsilon=settings["epsilon"])


def _forest_numbers(settings: Settings, seed: int) -> Any:
    from sklearn.ensemble import RandomForestRegressor

    return RandomForestRegressor(
        n_estimators=settings["trees"],
        min_samples_leaf=settings["min_leaf"],
        max_features=settings["max_features"],
        random_state=seed,
        n_jobs=1,
    )


def _neighbours(size: Size) -> tuple[Settings, ...]:
    return settings_grid({"k": tuple(k for k in (1, 3, 5, 9, 15) if k == 1 or 2 * k <= size.rows), "weights": ("distance",)})


def _rbf_grid(size: Size) -> tuple[Settings, ...]:
    own = 1.0 / max(size.columns, 1)  # LIBSVM's default; for standardised columns scikit-learn's "scale" as well
    return settings_grid({"C": (1.0, 10.0, 100.0), "gamma": (0.25 * own, own, 4.0 * own)})


LEARNERS: Mapping[str, Learner] = {
    found.name: found
    for found in (
        Learner(
            name="knn",
            about="k nearest neighbours",
            defaults={"k": 5, "weights": "uniform", "metric": "euclidean"},
            build=_knn,
            candidates=_neighbours,
        ),
        Learner(
            name="svm-rbf",
            about="support vector machine, RBF kernel",
            defaults={"kernel": "rbf", "C": 1.0, "gamma": "scale", "class_weight": "balanced"},
            build=_svm,
            candidates=_rbf_grid,
        ),
        Learner(
            name="svm-linear",
            about="support vector machine, linear",
            defaults={"kernel": "linear", "C": 1.0, "gamma": "scale", "class_weight": "balanced"},
            build=_svm,
            candidates=lambda size: settings_grid({"C": (0.001, 0.01, 0.1, 1.0)}),
        ),
        Learner(
            name="forest",
            about="random forest",
            defaults={
                "trees": 300,
                "max_depth": None,
                "min_leaf": 1,
                "max_features": "sqrt",
                "oob_score": False,
                "class_weight": "balanced",
            },
            build=_forest,
        ),
        Learner(
            name="tree",
            about="decision tree (CART)",
            defaults={"max_depth": None, "min_leaf": 1, "class_weight": "balanced"},
            build=_tree,
            candidates=lambda size: settings_grid({"max_depth": (3, 6, None), "min_leaf": (5, 2)}),
        ),
        Learner(name="j48", about="decision tree (C4.5)", defaults={"confidence": 0.25, "min_leaf": 2, "prune": True}, build=_j48),
        Learner(
            name="logistic",
            about="logistic regression",
            defaults={"C": 1.0, "class_weight": "balanced"},
            build=_logistic,
            candidates=lambda size: settings_grid({"C": (0.003, 0.03, 0.3, 3.0)}),
        ),
        Learner(
            name="ridge",
            about="ridge classifier",
            defaults={"alpha": 10.0, "class_weight": "balanced"},
            build=_ridge,
            candidates=lambda size: settings_grid({"alpha": (1000.0, 100.0, 10.0, 1.0)}),
        ),
        Learner(
            name="gradient-boosting",
            about="gradient-boosted trees",
            defaults={"learning_rate": 0.1, "rounds": 100, "max_depth": 3, "min_leaf": 5, "class_weight": "balanced"},
            build=_boosting,
        ),
        Learner(
            name="lda",
            about="linear discriminant analysis, shrunk",
            defaults={"shrinkage": "auto"},
            build=_lda,
            candidates=lambda size: settings_grid({"shrinkage": ("auto", 0.5)}),
        ),
        Learner(
            name="lda-shared",
            about="linear discriminant analysis, one shrunk covariance for all classes",
            defaults={"shrinkage": 0.3, "limit": 4.0},
            build=_shared_covariance,
        ),
        Learner(
            name="logistic-balanced",
            about="logistic regression of two classes, threshold set by unseen rows",
            defaults={},
            build=_balanced_logistic,
        ),
        Learner(
            name="gmm",
            about="a Gaussian mixture for each class",
            defaults={"components": 1, "covariance": "diag", "regularisation": 1e-2},
            build=_gmm,
            candidates=lambda size: settings_grid({"components": (1, 2, 4)}),
        ),
        Learner(
            name="mlp",
            about="perceptron with one hidden layer",
            defaults={"hidden": (64,), "alpha": 1e-3, "epochs": 300},
            build=_mlp,
            candidates=lambda size: settings_grid({"alpha": (1.0, 0.01)}),
        ),
        Learner(
            name="one-class",
            about="one-class support vector machine",
            defaults={"kernel": "rbf", "nu": 0.1, "gamma": "scale"},
            build=_one_class,
            task="one class",
        ),
        Learner(
            name="ridge-regression",
            about="ridge regression",
            defaults={"alpha": 10.0},
            build=_ridge_numbers,
            candidates=lambda size: settings_grid({"alpha": (1000.0, 100.0, 10.0, 1.0, 0.1)}),
            task="numbers",
        ),
        Learner(
            name="lasso",
            about="lasso",
            defaults={"alpha": 0.1},
            build=_lasso,
            candidates=lambda size: settings_grid({"alpha": (1.0, 0.3, 0.1, 0.03, 0.01)}),
            task="numbers",
        ),
        Learner(
            name="svr",
            about="support vector regression, RBF kernel",
            defaults={"kernel": "rbf", "C": 1.0, "gamma": "scale", "epsilon": 0.1},
            build=_svr,
            candidates=lambda size: settings_grid({"C": (1.0, 10.0, 100.0)}),
            task="numbers",
        ),
        Learner(
            name="forest-regression",
            about="random forest regression",
            defaults={"trees": 200, "min_leaf": 1, "max_features": 0.33},
            build=_forest_numbers,
            task="numbers",
        ),
    )
}
