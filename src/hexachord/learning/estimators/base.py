"""What makes our own estimators acceptable to scikit-learn, without importing it: named settings that can be read, set and copied."""

from abc import abstractmethod
from inspect import signature
from typing import Any, TypeVar

import numpy as np

from hexachord.arrays import FloatArray

Self = TypeVar("Self", bound="Estimator")


class Estimator:
    """Base of our estimators: everything its ``__init__`` takes is kept under the same name, as scikit-learn's cloning expects."""

    estimator_kind = "classifier"

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Give its settings by name; `deep` is there because scikit-learn says it."""
        return {name: getattr(self, name) for name in self._setting_names()}

    def set_params(self: Self, **settings: Any) -> Self:  # scikit-learn's own signature
        """Change settings.

        Raises
        ------
        ValueError : for a name that it has not.
        """
        for name, value in settings.items():
            if name not in self._setting_names():
                raise ValueError(f"{type(self).__name__} has no setting {name!r}; it has {', '.join(self._setting_names())}")
            setattr(self, name, value)
        return self

    def __sklearn_tags__(self) -> Any:
        from sklearn.utils import ClassifierTags, InputTags, Tags, TargetTags

        return Tags(
            estimator_type=self.estimator_kind,
            target_tags=TargetTags(required=True),
            classifier_tags=ClassifierTags() if self.estimator_kind == "classifier" else None,
            transformer_tags=None,
            regressor_tags=None,
            input_tags=InputTags(allow_nan=True),
        )

    def __sklearn_is_fitted__(self) -> bool:
        return any(name.endswith("_") and not name.startswith("_") for name in vars(self))

    def _setting_names(self) -> tuple[str, ...]:
        return tuple(signature(type(self)).parameters)


class Classifier(Estimator):
    """Base of our classifiers: what says how often it is right."""

    @abstractmethod
    def predict(self, features: FloatArray) -> Any:
        """Give the class of each row, (n,)."""

    def score(self, features: FloatArray, targets: Any) -> float:
        """Give the share of rows, (n, d), whose class it finds."""
        return float((np.asarray(self.predict(features)) == np.asarray(targets)).mean())
