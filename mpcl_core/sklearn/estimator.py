"""Offer a recipe as an estimator of scikit-learn, and the windows of a recipe as arrays.

::

    X, y, groups, modalities = arrays("described")
    sklearn.set_config(enable_metadata_routing=True)
    model = MPCLEstimator("described", modalities=modalities, random_state=0)
    search = GridSearchCV(model, {"train__lr": [0.001, 0.01]}, cv=GroupKFold(3)).fit(X, y, groups=groups)

A row of ``X`` is a window: its modalities one after the other, each as channels × values; an absent modality is NaN
throughout. A row of ``y`` is an emotion distribution. ``groups`` are the subjects. With metadata routing scikit-learn
passes them to the folds and to `MPCLEstimator.fit`, `MPCLEstimator.predict` and `MPCLEstimator.score`.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from jaxtyping import Float64, Shaped
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.model_selection import GroupShuffleSplit
from sklearn.utils import Tags, check_array, check_random_state
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from mpcl_core.app.checking import select_variants, variant_specs
from mpcl_core.app.loading_models import load_model
from mpcl_core.app.pickling import PluginFiles, import_unchanged, imported_plugin_files
from mpcl_core.app.plugin_consent import PluginConsent
from mpcl_core.evaluation.metrics import micro_mean, window_scores
from mpcl_core.interfaces.components import Estimator, FittedTransform
from mpcl_core.interfaces.data import Modality, WindowSet
from mpcl_core.interfaces.errors import DataError, UserError
from mpcl_core.recipe.load import Recipe, load
from mpcl_core.sklearn.arguments import checked_device, checked_modalities, checked_sets, subjects_of
from mpcl_core.sklearn.frames import as_frame, column_names, is_frame
from mpcl_core.sklearn.model_folder import describe_training, save_estimator
from mpcl_core.sklearn.prepared import cached_windows
from mpcl_core.sklearn.settings import NESTING, apply_settings, checked_settings, is_setting, list_settings
from mpcl_core.sklearn.table import default_labels, flatten_windows, from_array, to_array, value_names, width
from mpcl_core.spec.network import NetworkSpec
from mpcl_core.spec.variant import VariantSpec
from mpcl_core.training.randomness import RandomState, deterministic
from mpcl_core.training.trained_network import TrainedNetwork
from mpcl_core.training.trainer import Trainer
from mpcl_core.training.transforms import apply_transforms, fit_transforms

ArrayLike = Any
"""Anything that scikit-learn converts to an array, or None."""

VALIDATION = 0.2
"""The share of the groups that is held out to choose the number of epochs, as in the protocols."""

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
        nested = {name.replace(NESTING, "."): value for name, value in params.items() if is_setting(name)}
        plain = {name: value for name, value in params.items() if not is_setting(name)}
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
        X, modality = flatten_windows(X)
        labels = column_names(y)
        x, y = validate_data(self, X, y, multi_output=True, y_numeric=True, ensure_min_samples=2, **_READING)
        D = np.asarray(y, np.float64)
        if D.ndim != 2:
            raise ValueError(f"y has shape {D.shape}, but must be (n, k): a distribution for each row")
        subject = subjects_of(groups, len(x))
        device, recipe = checked_device(self.device), self._chosen_variant()
        spec = _trainable_spec(recipe)
        self.plugins_ = imported_plugin_files(recipe)
        self.modalities_, self.n_outputs_ = self._columns(spec, modality), D.shape[1]
        self.labels_ = labels or default_labels(self.n_outputs_)
        weight = _check_sample_weight(sample_weight, x, dtype=np.float64)
        windows = from_array(x, D, self.modalities_, subject, weight, self.labels_)
        seed = check_random_state(self.random_state).randint(2**31 - 1)
        self._fitted_on = describe_training(windows, seed)
        model = spec.model
        if isinstance(model, NetworkSpec):
            trainer = Trainer(model, spec.transforms, (seed, 0), device, _ignore, _ignore)
            with deterministic(model.train.threads):
                self.model_: TrainedNetwork | Estimator = trainer.fit(windows, *_draw_validation(windows, seed))
            self.transforms_: Sequence[FittedTransform] = self.model_.transforms
        else:
            with RandomState(seed, 0):
                self.transforms_, fitting = fit_transforms(spec.transforms, windows)
                self.model_ = model.build().fit(fitting)
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
        x = validate_data(self, flatten_windows(X)[0], reset=False, **_READING)
        n = len(x)
        D = np.full((n, self.n_outputs_), 1.0 / self.n_outputs_)
        subject = np.full(n, UNKNOWN_SUBJECT) if groups is None else subjects_of(groups, n)
        windows = from_array(x, D, self.modalities_, subject, np.ones(n), self.labels_)
        if isinstance(self.model_, TrainedNetwork):
            with deterministic(1):
                return self.model_.predict(self.model_.prepare(windows))
        D_pred: Float64[np.ndarray, "n k"] = self.model_.predict(apply_transforms(windows, self.transforms_))
        return D_pred

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
        check_is_fitted(self)
        spec = _trainable_spec(self._chosen_variant())
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
        """Load the recipe with the settings.

        Returns:
            The recipe with its chosen variant only.

        Raises:
            ValueError: a parameter is wrong, or names no variant.
        """
        recipe = load(self.recipe, checked_sets(self.sets))
        name = next(iter(recipe.variants)) if self.variant is None and len(recipe.variants) == 1 else self.variant
        if name is None or name not in recipe.variants:
            raise ValueError(f"variant is {self.variant!r}, but must be one of {', '.join(recipe.variants)}")
        return apply_settings(select_variants(recipe, [name]), checked_settings(self.settings))

    def _columns(self, spec: VariantSpec, of_windows: Modality | None) -> tuple[Modality, ...]:
        """Determine the modalities of the columns.

        Returns:
            The modalities, in the order of their columns.

        Raises:
            ValueError: ``modalities`` is missing though the network encodes several, lacks one that it encodes, or has
                another number of columns than ``X``.
        """
        streams = spec.model.streams.values() if isinstance(spec.model, NetworkSpec) else ()
        encoded = tuple(dict.fromkeys(name for stream in streams for name in stream.encoders))
        if self.modalities is None:
            if len(encoded) > 1:
                raise ValueError(
                    f"the recipe encodes {', '.join(encoded)}; set modalities, so that each has its columns of X"
                )
            modality = of_windows or Modality("x", 1, self.n_features_in_)
            return (replace(modality, name=encoded[0] if encoded else "x"),)
        modalities = checked_modalities(self.modalities)
        if missing := [name for name in encoded if name not in [modality.name for modality in modalities]]:
            raise ValueError(f"the recipe encodes {', '.join(missing)}, which are missing in modalities")
        if (columns := sum(map(width, modalities))) != self.n_features_in_:
            raise ValueError(f"X has {self.n_features_in_} columns, but its modalities have {columns}")
        return modalities

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = tags.target_tags.multi_output = True
        tags.target_tags.single_output = False
        tags.regressor_tags.poor_score = True  # minus a divergence is never above 0
        tags.non_deterministic = self.random_state is None
        return tags


_READING: dict[str, Any] = {"dtype": np.float32, "ensure_all_finite": "allow-nan"}


def arrays(
    recipe: str | Path | Mapping[str, Any], sets: Sequence[str] = (), *, frames: bool = False
) -> tuple[Any, Any, Any, tuple[Modality, ...]]:
    """Return the prepared windows of a recipe's first variant as arrays, from the cache if possible.

    Args:
        recipe: the file, the name of a shipped recipe, or a mapping of its keys and values.
        sets: patches of the recipe, as ``("source.subjects=3",)``.
        frames: return DataFrames of pandas, whose columns name the values of ``X`` and the emotions of ``y``.

    Returns:
        ``X`` (n, f) the columns of all modalities, ``y`` (n, k) the emotion distributions, ``groups`` (n,) the
        subjects, and the modalities of the columns.

    Raises:
        ValueError: ``sets`` is no sequence of texts.
        RecipeError: the recipe cannot be used.
        DataError: the source's data are missing or invalid.

    Example:
        >>> X, y, groups, modalities = arrays("described", ("source.subjects=2", "source.trials=2", "source.seconds=8"))
        >>> [modality.name for modality in modalities]
        ['eeg', 'ppg', 'gsr', 'face']
    """
    loaded = load(recipe, checked_sets(sets))
    windows = cached_windows(loaded.name, next(iter(variant_specs(loaded).values())))
    X, y = to_array(windows), windows.D
    if frames:
        names = [name for modality in windows.modalities for name in value_names(modality)]
        X, y = as_frame(X, names), as_frame(y, windows.labels)
    return X, y, windows.subject, windows.modalities


def _trainable_spec(recipe: Recipe) -> VariantSpec:
    """Assemble the only variant of a recipe.

    Returns:
        Its spec.

    Raises:
        ValueError: it has a search.
    """
    (spec,) = variant_specs(recipe).values()
    if spec.search is not None:
        raise ValueError(f"'{spec.name}' has a search, which runs make; search with GridSearchCV or state the values")
    return spec


def _restore(cls: type[MPCLEstimator], files: PluginFiles) -> MPCLEstimator:
    import_unchanged(files)
    return cls.__new__(cls)


def _ignore(*_: object) -> None: ...


def _draw_validation(windows: WindowSet, seed: int) -> tuple[Shaped[np.ndarray, "_"], Shaped[np.ndarray, "_"]]:
    """Draw the windows that choose the number of epochs: all windows of some subjects, if possible.

    Subjects whose windows all have weight 0 are not drawn.

    Returns:
        The positions of the training and of the validation windows; each side has windows with a weight.

    Raises:
        ValueError: only one window has a weight.
    """
    weighted = np.flatnonzero(windows.weight)
    if len(weighted) < 2:
        raise ValueError("only one window has a weight, but training and validation need one each")
    groups = windows.subject if len(set(windows.subject[weighted])) > 1 else np.arange(len(windows))
    splitter = GroupShuffleSplit(1, test_size=VALIDATION, random_state=seed)
    _, drawn = next(splitter.split(weighted, groups=groups[weighted]))
    is_drawn = np.isin(groups, groups[weighted][drawn])
    return np.flatnonzero(~is_drawn), np.flatnonzero(is_drawn)
