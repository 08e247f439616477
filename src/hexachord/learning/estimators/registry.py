"""The learners: names, what they are, sensible settings to try, and how they are made.

Estimators are scikit-learn's (F. Pedregosa and others, *Scikit-learn: Machine Learning in Python*, JMLR 12, 2011) or ours with its
interface. A grid is small: settings for standardised features that an inner cross-validation decides between in seconds, simplest first,
so that of equally good ones the simplest is taken.
"""

from collections.abc import Mapping

from hexachord.errors import InputError
from hexachord.learning.estimators import makers
from hexachord.learning.estimators.learner import Learner, Settings, Size, Value, require_scikit_learn, settings_grid

__all__ = ["LEARNERS", "Learner", "Settings", "Size", "Value", "learner", "require_scikit_learn", "settings_grid"]


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
            build=makers.make_knn,
            candidates=_neighbours,
        ),
        Learner(
            name="svm-rbf",
            about="support vector machine, RBF kernel",
            defaults={"kernel": "rbf", "C": 1.0, "gamma": "scale", "class_weight": "balanced"},
            build=makers.make_svm,
            candidates=_rbf_grid,
        ),
        Learner(
            name="svm-linear",
            about="support vector machine, linear",
            defaults={"kernel": "linear", "C": 1.0, "gamma": "scale", "class_weight": "balanced"},
            build=makers.make_svm,
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
            build=makers.make_forest,
        ),
        Learner(
            name="tree",
            about="decision tree (CART)",
            defaults={"max_depth": None, "min_leaf": 1, "class_weight": "balanced"},
            build=makers.make_tree,
            candidates=lambda size: settings_grid({"max_depth": (3, 6, None), "min_leaf": (5, 2)}),
        ),
        Learner(
            name="j48",
            about="decision tree (C4.5)",
            defaults={"confidence": 0.25, "min_leaf": 2, "prune": True, "nominal": ()},
            build=makers.make_j48,
        ),
        Learner(
            name="logistic",
            about="logistic regression",
            defaults={"C": 1.0, "class_weight": "balanced"},
            build=makers.make_logistic,
            candidates=lambda size: settings_grid({"C": (0.003, 0.03, 0.3, 3.0)}),
        ),
        Learner(
            name="ridge",
            about="ridge classifier",
            defaults={"alpha": 10.0, "class_weight": "balanced"},
            build=makers.make_ridge,
            candidates=lambda size: settings_grid({"alpha": (1000.0, 100.0, 10.0, 1.0)}),
        ),
        Learner(
            name="gradient-boosting",
            about="gradient-boosted trees",
            defaults={"learning_rate": 0.1, "rounds": 100, "max_depth": 3, "min_leaf": 5, "class_weight": "balanced"},
            build=makers.make_boosting,
        ),
        Learner(
            name="lda",
            about="linear discriminant analysis, shrunk",
            defaults={"shrinkage": "auto"},
            build=makers.make_lda,
            candidates=lambda size: settings_grid({"shrinkage": ("auto", 0.5)}),
        ),
        Learner(
            name="lda-shared",
            about="linear discriminant analysis, one shrunk covariance for all classes",
            defaults={"shrinkage": 0.3, "limit": 4.0},
            build=makers.make_shared_covariance,
        ),
        Learner(
            name="logistic-balanced",
            about="logistic regression of two classes, threshold set by unseen rows",
            defaults={},
            build=makers.make_balanced_logistic,
        ),
        Learner(
            name="gmm",
            about="a Gaussian mixture for each class",
            defaults={"components": 1, "covariance": "diag", "regularisation": 1e-2},
            build=makers.make_gmm,
            candidates=lambda size: settings_grid({"components": (1, 2, 4)}),
        ),
        Learner(
            name="mlp",
            about="perceptron with one hidden layer",
            defaults={"hidden": (64,), "alpha": 1e-3, "epochs": 300},
            build=makers.make_mlp,
            candidates=lambda size: settings_grid({"alpha": (1.0, 0.01)}),
        ),
        Learner(
            name="one-class",
            about="one-class support vector machine",
            defaults={"kernel": "rbf", "nu": 0.1, "gamma": "scale"},
            build=makers.make_one_class,
            task="one class",
        ),
        Learner(
            name="ridge-regression",
            about="ridge regression",
            defaults={"alpha": 10.0},
            build=makers.make_ridge_numbers,
            candidates=lambda size: settings_grid({"alpha": (1000.0, 100.0, 10.0, 1.0, 0.1)}),
            task="numbers",
        ),
        Learner(
            name="lasso",
            about="lasso",
            defaults={"alpha": 0.1},
            build=makers.make_lasso,
            candidates=lambda size: settings_grid({"alpha": (1.0, 0.3, 0.1, 0.03, 0.01)}),
            task="numbers",
        ),
        Learner(
            name="svr",
            about="support vector regression, RBF kernel",
            defaults={"kernel": "rbf", "C": 1.0, "gamma": "scale", "epsilon": 0.1},
            build=makers.make_svr,
            candidates=lambda size: settings_grid({"C": (1.0, 10.0, 100.0)}),
            task="numbers",
        ),
        Learner(
            name="forest-regression",
            about="random forest regression",
            defaults={"trees": 200, "min_leaf": 1, "max_features": 0.33},
            build=makers.make_forest_numbers,
            task="numbers",
        ),
    )
}
