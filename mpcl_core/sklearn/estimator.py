"""Offer a recipe as an estimator of scikit-learn.

::

    X, y, groups, modalities = arrays("described")
    sklearn.set_config(enable_metadata_routing=True)
    model = MPCLEstimator("described", modalities=modalities, random_state=0)
    search = GridSearchCV(model, {"train__lr": [0.001, 0.01]}, cv=GroupKFold(3)).fit(X, y, groups=groups)

A row of ``X`` is a window: its modalities one after the other, each as channels × values; an absent modality is NaN
throughout. A row of ``y`` is an emotion distribution. ``groups`` are the subjects. With metadata routing scikit-learn
passes them to the folds and to `MPCLEstimator.fit`, `MPCLEstimator.predict` and `MPCLEstimator.score`.

What imports torch is imported by the methods that use it, so that the estimator costs little more than scikit-learn.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from jaxtyping import Float64
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils import Tags, check_array, check_random_state
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from mpcl_core.app.plugins.pickling import PluginFiles, import_unchanged, imported_plugin_files
from mpcl_core.evaluation.metrics import micro_mean, window_scores
from mpcl_core.interfaces.data import Modality
from mpcl_core.interfaces.errors import DataError, UserError
from mpcl_core.recipe.load import Recipe
from mpcl_core.sklearn.arguments import checked_device, subjects_of
from mpcl_core.sklearn.frames import as_frame, column_names, is_frame
from mpcl_core.sklearn.settings import checked_settings, list_settings, split_parameters
from mpcl_core.sklearn.table import default_labels, flatten_windows, from_array, width

ArrayLike = Any
"""Anything that scikit-learn converts to an array, or None."""

_READING: dict[str, Any] = {"dtype": np.float32, "ensure_all_finite": "allow-nan"}

UNKNOWN_SUBJECT = "unknown"
"""The subject of windows that are predicted without groups."""


class MPCLEstimator(RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """Train and predict as a job of a recipe does, with its transforms and its network or estimator.

    The caller supplies windows, folds and baselines; the recipe's keys ``source``, ``prepare``, ``protocol`` and
    ``references`` are not used.

    Args:
        recipe: the file, the name of a shipped recipe, or a mapping of its keys and values.
        modalities: the modalities of the columns of ``X``, in their order. None: ``X`` is one table of features, of the
            one modality that the recipe's network encodes (or, with an estimator, of a modality ``x``).
        variant: the variant to train; needed where the recipe has several.
        sets: patches of the recipe, as ``("train.epochs=3",)``; a variant still patches the result.
        settings: dotted key -> value, as ``{"train.lr": 0.01}``, which patch the variant last. Each is also a nested
            parameter: ``set_params(train__lr=0.01)``; a parameter search varies these.
        device: where a network is trained: ``cpu``, ``cuda`` or ``mps``; ``auto`` for the best that is there.
        random_state: draws the validation windows and everything that is random in the training.

    Attributes:
        n_features_in_: the number of columns of ``X``.
        n_outputs_: the number of emotions, k.
        labels_: the emotions: the columns of a DataFrame ``y``, else ``y0``, ``y1`` …
        modalities_: the modalities of the columns.
        model_: the trained network or the fitted estimator.
        transforms_: the fitted transforms, in order.
        plugins_: the plugin files that the recipe names, as (path, SHA-256); loading a pickled estimator imports them.

    Example:
        >>> import numpy as np
        >>> from mpcl_core.interfaces.data import Modality
        >>> rng = np.random.default_rng(0)
        >>> X, y, groups = rng.normal(size=(12, 6)), rng.dirichlet(np.ones(3), 12), np.repeat([0, 1, 2], 4)
        >>> recipe = {"extends": "described", "variants": {"mean": {"estimator": {"use": "mean"}}}}
        >>> model = MPCLEstimator(recipe, variant="mean", modalities=[Modality("eeg", 1, 6)]).fit(X, y, groups)
        >>> model.predict(X[:2]).shape
        (2, 3)
    """

    __metadata_request__fit: ClassVar[dict[str, bool]] = {"groups": True}
    __metadata_request__predict: ClassVar[dict[str, bool]] = {"groups": True}
    __metadata_request__score: ClassVar[dict[str, bool]] = {"groups": True}

    def __init__(
        self,
        recipe: str | Path | Mapping[str, Any],
        *,
        modalities: Sequence[Modality] | None = None,
        variant: str | None = None,
        sets: Sequence[str] = (),
        settings: Mapping[str, Any] | None = None,
        device: str = "cpu",
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.recipe, self.modalities, self.variant, self.sets = recipe, modalities, variant, sets
        self.settings, self.device, self.random_state = settings, device, random_state

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the parameters.

        Args:
            deep: include the settings of the variant as nested parameters, such as ``train__lr``; none where the recipe
                cannot be loaded.

        Returns:
            Parameter -> value.
        """
        parameters: dict[str, Any] = super().get_params(deep=False)
        if deep:
            with suppress(UserError, ValueError, TypeError):  # `fit` reports them
                (variant,) = self._chosen_variant().variants.values()
                parameters |= list_settings(variant.node)
        return parameters

    def set_params(self, **params: Any) -> "MPCLEstimator":
        """Set parameters.

        Args:
            params: parameter -> value; nested ones, such as ``train__lr``, patch the variant. A value or key that the
                variant cannot have is an error in `fit`.

        Returns:
            The estimator itself.

        Raises:
            ValueError: there is no such parameter.
        """
        plain, nested = split_parameters(params)
        known = self.get_params(deep=False)
        if unknown := [name for name in plain if name not in known]:
            raise ValueError(
                f"there is no parameter '{unknown[0]}'. Parameters: {', '.join(known)}, and keys of a recipe"
            )
        for name, value in plain.items():
            setattr(self, name, value)
        if nested:
            self.settings = {**checked_settings(self.settings), **nested}
        return self

    def fit(
        self, X: ArrayLike, y: ArrayLike, groups: ArrayLike = None, sample_weight: ArrayLike = None
    ) -> "MPCLEstimator":
        """Train on windows.

        Args:
            X: (n, f) the columns of all modalities; or (n, c, t) windows, or ``mne.Epochs``, of the one modality that
                the recipe encodes (set ``modalities`` to state the sampling rate of an array).
            y: (n, k) emotion distributions; the columns of a DataFrame name the emotions.
            groups: (n,) subjects; some subjects are held out to choose the number of epochs. Without groups, or with
                one subject only, windows are held out, which is too optimistic where they are of one recording.
            sample_weight: (n,) the weights of the windows, from 0 on. Windows of weight 0 choose nothing: neither they
                nor subjects that have no others are held out.

        Returns:
            The estimator itself.

        Raises:
            ValueError: an array has a wrong shape or a forbidden value, all weights are 0, the columns do not fit the
                modalities, or the device is missing.
            RecipeError: the recipe cannot be used, or not for these modalities.
        """
        from mpcl_core.sklearn.columns import modalities_of_columns
        from mpcl_core.sklearn.model_folder import describe_training
        from mpcl_core.sklearn.training import train_variant
        from mpcl_core.sklearn.variant import trainable_spec

        X, modality = flatten_windows(X)
        labels = column_names(y)
        x, y = validate_data(self, X, y, multi_output=True, y_numeric=True, ensure_min_samples=2, **_READING)
        D = np.asarray(y, np.float64)
        if D.ndim != 2:
            raise ValueError(f"y has shape {D.shape}, but must be (n, k): a distribution for each row")
        subject = subjects_of(groups, len(x))
        device, recipe = checked_device(self.device), self._chosen_variant()
        spec = trainable_spec(recipe)
        self.plugins_ = imported_plugin_files(recipe)
        self.modalities_ = modalities_of_columns(spec, self.modalities, x.shape[1], modality)
        self.n_outputs_ = D.shape[1]
        self.labels_ = labels or default_labels(self.n_outputs_)
        weight = _check_sample_weight(sample_weight, x, dtype=np.float64)
        windows = from_array(x, D, self.modalities_, subject, weight, self.labels_)
        seed = check_random_state(self.random_state).randint(2**31 - 1)
        self._fitted_on = describe_training(windows, seed)
        self.model_, self.transforms_ = train_variant(spec, windows, seed, device)
        return self

    def predict(self, X: ArrayLike, groups: ArrayLike = None) -> Any:
        """Predict the emotion distribution of each window.

        Args:
            X: (n, f), as in `fit`.
            groups: (n,) subjects, for transforms fitted by subject. Without groups, as in a cross-validation, all
                windows count as one unknown subject's, which is right where one subject is held out.

        Returns:
            (n, k) distributions; a DataFrame where ``X`` is one and the emotions have names.

        Raises:
            ValueError: an array has a wrong shape or a forbidden value.
        """
        check_is_fitted(self)
        D_pred = self._predict(X, groups)
        is_named = self.labels_ != default_labels(self.n_outputs_)
        return as_frame(D_pred, self.labels_, X.index) if is_named and is_frame(X) else D_pred

    def _predict(self, X: ArrayLike, groups: ArrayLike) -> Float64[np.ndarray, "n k"]:
        from mpcl_core.sklearn.training import predict_windows

        x = validate_data(self, flatten_windows(X)[0], reset=False, **_READING)
        n = len(x)
        D = np.full((n, self.n_outputs_), 1.0 / self.n_outputs_)
        subject = np.full(n, UNKNOWN_SUBJECT) if groups is None else subjects_of(groups, n)
        windows = from_array(x, D, self.modalities_, subject, np.ones(n), self.labels_)
        return predict_windows(self.model_, self.transforms_, windows)

    def score(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike = None, groups: ArrayLike = None) -> float:
        """Compute minus the mean KL(y ‖ prediction), since scikit-learn maximises scores.

        Args:
            X: (n, f), as in `fit`.
            y: (n, k) emotion distributions, with the columns of `fit`.
            sample_weight: (n,) the weights of the windows.
            groups: (n,) subjects, as in `predict`.

        Returns:
            The score in nats, at most 0.

        Raises:
            ValueError: an array has a wrong shape or a forbidden value, or ``y`` has other columns.
        """
        check_is_fitted(self)
        labels = column_names(y)
        if labels and self.labels_ not in (labels, default_labels(self.n_outputs_)):
            raise ValueError(f"y has the columns {', '.join(labels)}, but was fitted with {', '.join(self.labels_)}")
        D_pred = self._predict(X, groups)
        D = check_array(y, dtype=np.float64)
        weight = _check_sample_weight(sample_weight, D, dtype=np.float64)
        try:
            return -micro_mean(window_scores(D, D_pred).by_metric, weight)["kl_divergence"]
        except DataError as error:
            raise ValueError(str(error)) from None

    def save(self, folder: str | Path) -> None:
        """Store the fitted estimator as a model folder, which `load` and ``mpcl_core.load_model`` read.

        Args:
            folder: the folder to write.

        Raises:
            UsageError: it exists.
            PluginError: a component cannot be stored.
        """
        from mpcl_core.sklearn.model_folder import save_estimator
        from mpcl_core.sklearn.variant import trainable_spec

        check_is_fitted(self)
        spec = trainable_spec(self._chosen_variant())
        plugins = [Path(path) for path, _ in self.plugins_]
        save_estimator(Path(folder), spec, self._fitted_on, self.transforms_, self.model_, plugins)

    @classmethod
    def load(cls, folder: str | Path, *, trust: bool = False) -> "MPCLEstimator":
        """Load an estimator that was stored by `save`.

        Args:
            folder: the folder.
            trust: import the plugin files of the folder, which are programs: read them first.

        Returns:
            The fitted estimator, which predicts; fitting it again needs another one.

        Raises:
            UsageError: it is no model folder.
            PluginError: it needs plugin files, and ``trust`` is false.
        """
        from mpcl_core.app.model_folders.loading import load_model
        from mpcl_core.app.plugins.consent import PluginConsent

        model = load_model(Path(folder), (), PluginConsent(of_runs=trust))
        modalities = model.modalities
        estimator = cls(model.description.recipe, modalities=modalities, variant=model.description.name)
        estimator.model_, estimator.transforms_, estimator.plugins_ = model.trained, model.transforms, ()
        estimator.modalities_, estimator.n_outputs_ = modalities, len(model.labels)
        estimator.labels_ = tuple(model.labels)
        estimator.n_features_in_ = sum(map(width, modalities))
        return estimator

    def __reduce__(self) -> tuple[Any, ...]:
        """Return how the estimator is pickled: with the plugin files that loading it imports first.

        Returns:
            A function, its arguments, and the state.
        """
        return _restore, (type(self), getattr(self, "plugins_", ())), self.__getstate__()

    def _chosen_variant(self) -> Recipe:
        from mpcl_core.sklearn.variant import choose_variant

        return choose_variant(self.recipe, self.variant, self.sets, self.settings)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = tags.target_tags.multi_output = True
        tags.target_tags.single_output = False
        tags.regressor_tags.poor_score = True  # minus a divergence is never above 0
        tags.non_deterministic = self.random_state is None
        return tags


def _restore(cls: type[MPCLEstimator], files: PluginFiles) -> MPCLEstimator:
    import_unchanged(files)
    return cls.__new__(cls)
