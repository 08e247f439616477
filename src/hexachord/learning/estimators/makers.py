"""How estimators are made of a learner's settings and a seed; scikit-learn is imported when one is."""

from typing import Any

from hexachord.learning.estimators.learner import Settings


def make_knn(settings: Settings, seed: int) -> Any:
    """Make k nearest neighbours."""
    from sklearn.neighbors import KNeighborsClassifier

    return KNeighborsClassifier(n_neighbors=settings["k"], weights=settings["weights"], metric=settings["metric"])


def make_svm(settings: Settings, seed: int) -> Any:
    """Make a support vector machine."""
    from sklearn.svm import SVC

    return SVC(
        kernel=settings["kernel"], C=settings["C"], gamma=settings["gamma"], class_weight=settings["class_weight"], random_state=seed
    )


def make_forest(settings: Settings, seed: int) -> Any:
    """Make a random forest."""
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


def make_tree(settings: Settings, seed: int) -> Any:
    """Make a CART tree."""
    from sklearn.tree import DecisionTreeClassifier

    return DecisionTreeClassifier(
        max_depth=settings["max_depth"], min_samples_leaf=settings["min_leaf"], class_weight=settings["class_weight"], random_state=seed
    )


def make_j48(settings: Settings, seed: int) -> Any:
    """Make a C4.5 tree."""
    from hexachord.learning.estimators.j48 import J48

    return J48().set_params(**settings)


def make_logistic(settings: Settings, seed: int) -> Any:
    """Make logistic regression."""
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=settings["C"], class_weight=settings["class_weight"], max_iter=5000, random_state=seed)


def make_ridge(settings: Settings, seed: int) -> Any:
    """Make a ridge classifier."""
    from sklearn.linear_model import RidgeClassifier

    return RidgeClassifier(alpha=settings["alpha"], class_weight=settings["class_weight"], random_state=seed)


def make_boosting(settings: Settings, seed: int) -> Any:
    """Make gradient-boosted trees."""
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


def make_lda(settings: Settings, seed: int) -> Any:
    """Make linear discriminant analysis."""
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

    return LinearDiscriminantAnalysis(solver="lsqr", shrinkage=settings["shrinkage"])


def make_shared_covariance(settings: Settings, seed: int) -> Any:
    """Make discriminants that share one covariance."""
    from hexachord.learning.estimators.shared_covariance import SharedCovariance

    return SharedCovariance(shrinkage=float(settings["shrinkage"]), limit=float(settings["limit"]))  # type: ignore[arg-type]


def make_balanced_logistic(settings: Settings, seed: int) -> Any:
    """Make a balanced logistic regression of two classes."""
    from hexachord.learning.estimators.balanced_logistic import BalancedLogistic

    return BalancedLogistic(random_state=seed)


def make_gmm(settings: Settings, seed: int) -> Any:
    """Make a mixture of Gaussians for each class."""
    from hexachord.learning.estimators.gaussian_classes import GaussianClasses

    return GaussianClasses(random_state=seed).set_params(**settings)


def make_mlp(settings: Settings, seed: int) -> Any:
    """Make a perceptron."""
    from sklearn.neural_network import MLPClassifier

    return MLPClassifier(hidden_layer_sizes=settings["hidden"], alpha=settings["alpha"], max_iter=settings["epochs"], random_state=seed)


def make_one_class(settings: Settings, seed: int) -> Any:
    """Make a one-class support vector machine."""
    from sklearn.svm import OneClassSVM

    return OneClassSVM(kernel=settings["kernel"], nu=settings["nu"], gamma=settings["gamma"])


def make_ridge_numbers(settings: Settings, seed: int) -> Any:
    """Make ridge regression."""
    from sklearn.linear_model import Ridge

    return Ridge(alpha=settings["alpha"], random_state=seed)


def make_lasso(settings: Settings, seed: int) -> Any:
    """Make the lasso."""
    from sklearn.linear_model import Lasso

    return Lasso(alpha=settings["alpha"], max_iter=20_000, random_state=seed)


def make_svr(settings: Settings, seed: int) -> Any:
    """Make support vector regression."""
    from sklearn.svm import SVR

    return SVR(kernel=settings["kernel"], C=settings["C"], gamma=settings["gamma"], epsilon=settings["epsilon"])


def make_forest_numbers(settings: Settings, seed: int) -> Any:
    """Make random forest regression."""
    from sklearn.ensemble import RandomForestRegressor

    return RandomForestRegressor(
        n_estimators=settings["trees"],
        min_samples_leaf=settings["min_leaf"],
        max_features=settings["max_features"],
        random_state=seed,
        n_jobs=1,
    )
