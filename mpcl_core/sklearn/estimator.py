"""A recipe as an estimator of scikit-learn, and the rows of a recipe as its arrays.

::

    X, y, groups, modalities = arrays("mpcl")
    model = MPCLEstimator("mpcl", modalities=modalities, random_state=0)
    cross_val_predict(model, X, y, groups=groups, cv=LeaveOneGroupOut(), params={"groups": groups})

A row of ``X`` holds the modalities one after the other, each as its channels times its values; one that is absent is
NaN throughout. A row of ``y`` is a distribution. ``groups`` are the subjects.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float64, Shaped
from sklearn.base import BaseEstimator
from sklearn.model_selection import GroupShuffleSplit
from sklearn.utils import Tags, check_array, check_random_state
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from mpcl_core import app
from mpcl_core.data.prepare import prepare
from mpcl_core.evaluation.metrics import micro_mean, window_scores
from mpcl_core.interfaces.components import Estimator, FittedTransform
from mpcl_core.interfaces.data import Modality, WindowSet
from mpcl_core.interfaces.errors import DataError
from mpcl_core.recipe.load import load
from mpcl_core.sklearn.table import from_array, to_array, width
from mpcl_core.spec.network import NetworkSpec
from mpcl_core.spec.variant import VariantSpec
from mpcl_core.training.randomness import RandomState, deterministic
from mpcl_core.training.trained_network import TrainedNetwork
from mpcl_core.training.trainer import Trainer
from mpcl_core.training.transforms import apply_transforms, fit_transforms

ArrayLike = Any
"""What scikit-learn can make an array of, or None."""

VALIDATION = 0.2
"""The part of the groups that chooses the number of epochs, as in the protocols."""

STRANGER = "a stranger"
"""The subject of rows that come without."""


class MPCLEstimator(BaseEstimator):  # type: ignore[misc]
    """Trains and predicts as a job of a recipe does: its transforms and its network or estimator.

    The rows, their folds and their reference rows are the caller's; what the recipe says of ``source``, ``prepare``,
    ``protocol`` and ``references`` is not used.

    Args:
        recipe: the file, the name of a shipped recipe, or a mapping of its keys and values.
        modalities: what the columns of ``X`` are, in their order. Without, ``X`` is one table of features, for the one
            modality that the recipe's network encodes (or, in a recipe of an estimator, for ``x``).
        variant: which of the recipe's; needed where there are several.
        sets: patches of the recipe, as ``("train.epochs=3",)``; a search may try some.
        device: where a network is trained.
        random_state: draws the validation rows and everything that is random in the training.

    Attributes:
        n_features_in_: columns of ``X``.
        n_outputs_: k.
        modalities_: what the columns were taken for.
        model_: the trained network or the fitted estimator; ``transforms_`` are its fitted transforms.
    """

    def __init__(
        self,
        recipe: str | Path | Mapping[str, Any],
        *,
        modalities: Sequence[Modality] | None = None,
        variant: str | None = None,
        sets: Sequence[str] = (),
        device: str = "cpu",
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.recipe, self.modalities, self.variant, self.sets = recipe, modalities, variant, sets
        self.device, self.random_state = device, random_state

    def fit(
        self, X: ArrayLike, y: ArrayLike, groups: ArrayLike = None, sample_weight: ArrayLike = None
    ) -> "MPCLEstimator":
        """Train on these rows.

        Args:
            X: (n, f) the columns of all modalities.
            y: (n, k) distributions.
            groups: (n,) subjects; whole ones are held out to choose the number of epochs. Without, or with one only,
                rows are, which flatters a choice among windows of one recording.
            sample_weight: (n,) what a row counts.

        Raises:
            ValueError: the arrays are not what they should be.
            RecipeError: the recipe cannot be used, or not for these modalities.
        """
        x, y = validate_data(self, X, y, multi_output=True, y_numeric=True, ensure_min_samples=2, **_READING)
        D = np.asarray(y, np.float64)
        if D.ndim != 2:
            raise ValueError(f"y has shape {D.shape}, but must be (n, k): a distribution for each row")
        spec = self._variant_spec()
        self.modalities_, self.n_outputs_ = self._columns(spec), D.shape[1]
        windows = from_array(x, D, self.modalities_, groups, _check_sample_weight(sample_weight, x, dtype=np.float64))
        seed = check_random_state(self.random_state).randint(2**31 - 1)
        model = spec.model
        if isinstance(model, NetworkSpec):
            trainer = Trainer(model, spec.transforms, (seed, 0), self.device, _unheard, _unheard)
            with deterministic(model.train.threads):
                self.model_: TrainedNetwork | Estimator = trainer.fit(windows, *_held_out(windows, seed))
            self.transforms_: Sequence[FittedTransform] = self.model_.transforms
        else:
            with RandomState(seed, 0):
                self.transforms_, fitting = fit_transforms(spec.transforms, windows)
                self.model_ = model.build().fit(fitting)
        return self

    def predict(self, X: ArrayLike, groups: ArrayLike = None) -> Float64[np.ndarray, "n k"]:
        """(n, k), a distribution for each row.

        Args:
            X: (n, f), as in `fit`.
            groups: (n,) subjects, for transforms by subject. Without, as in a cross-validation, all rows are one
                unknown person's, which is right where one person is held out.
        """
        check_is_fitted(self)
        x = validate_data(self, X, reset=False, **_READING)
        n = len(x)
        D = np.full((n, self.n_outputs_), 1.0 / self.n_outputs_)
        windows = from_array(x, D, self.modalities_, [STRANGER] * n if groups is None else groups, np.ones(n))
        if isinstance(self.model_, TrainedNetwork):
            with deterministic(1):
                return self.model_.predict(self.model_.prepare(windows))
        D_pred: Float64[np.ndarray, "n k"] = self.model_.predict(apply_transforms(windows, self.transforms_))
        return D_pred

    def score(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike = None, groups: ArrayLike = None) -> float:
        """Minus the mean KL(y ‖ prediction), in nats: higher is better, and 0 is the best. Arguments as `predict`."""
        D_pred = self.predict(X, groups)
        D = check_array(y, dtype=np.float64)
        weight = _check_sample_weight(sample_weight, D, dtype=np.float64)
        try:
            return -micro_mean(window_scores(D, D_pred).by_metric, weight)["kl_divergence"]
        except DataError as error:
            raise ValueError(str(error)) from None

    def _variant_spec(self) -> VariantSpec:
        variants = app.assembled(load(self.recipe, tuple(self.sets)))
        name = next(iter(variants)) if self.variant is None and len(variants) == 1 else self.variant
        if name not in variants:
            raise ValueError(f"variant is {self.variant!r}, but must be one of {', '.join(variants)}")
        return variants[name]

    def _columns(self, spec: VariantSpec) -> tuple[Modality, ...]:
        """What the columns are.

        Raises:
            ValueError: they are not told, or are not as many, or a modality that the network encodes is not there.
        """
        streams = spec.model.streams.values() if isinstance(spec.model, NetworkSpec) else ()
        encoded = tuple(dict.fromkeys(name for stream in streams for name in stream.encoders))
        if self.modalities is None:
            if len(encoded) > 1:
                raise ValueError(
                    f"the recipe encodes {', '.join(encoded)}; modalities must tell which columns are whose"
                )
            return (Modality(encoded[0] if encoded else "x", 1, self.n_features_in_),)
        modalities = tuple(self.modalities)
        if missing := [name for name in encoded if name not in [modality.name for modality in modalities]]:
            raise ValueError(f"the recipe encodes {', '.join(missing)}, which modalities lack")
        if (columns := sum(map(width, modalities))) != self.n_features_in_:
            raise ValueError(f"X has {self.n_features_in_} columns, but its modalities have {columns}")
        return modalities

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = tags.target_tags.multi_output = True
        tags.target_tags.single_output = False
        tags.non_deterministic = self.random_state is None
        return tags


_READING: dict[str, Any] = {"dtype": np.float32, "ensure_all_finite": "allow-nan"}


def arrays(
    recipe: str | Path | Mapping[str, Any], sets: Sequence[str] = ()
) -> tuple[np.ndarray, np.ndarray, np.ndarray, tuple[Modality, ...]]:
    """The rows of a recipe's first variant: X (n, f), y (n, k), groups (n,) and the modalities of X.

    Raises:
        RecipeError: the recipe cannot be used.
        DataError: the data are not what they should be.
    """
    spec = next(iter(app.assembled(load(recipe, tuple(sets))).values()))
    windows = prepare(spec.source.build(), [block.build() for block in spec.prepare])
    return to_array(windows), windows.D, windows.subject, windows.modalities


def _unheard(*_: object) -> None:
    """Nobody follows this training."""


def _held_out(windows: WindowSet, seed: int) -> tuple[Shaped[np.ndarray, "_"], Shaped[np.ndarray, "_"]]:
    """Which rows train and which validate: whole subjects if there are several."""
    groups = windows.subject if len(set(windows.subject)) > 1 else np.arange(len(windows))
    drawn = GroupShuffleSplit(1, test_size=VALIDATION, random_state=seed).split(groups, groups=groups)
    train, validation = next(drawn)
    return train, validation
