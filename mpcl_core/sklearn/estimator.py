"""Offer a recipe as an estimator of scikit-learn, and the windows of a recipe as arrays.

::

    X, y, groups, modalities = arrays("described")
    model = MPCLEstimator("described", modalities=modalities, random_state=0)
    cross_val_predict(model, X, y, groups=groups, cv=LeaveOneGroupOut(), params={"groups": groups})

A row of ``X`` is a window: its modalities one after the other, each as channels × values; an absent modality is NaN
throughout. A row of ``y`` is an emotion distribution. ``groups`` are the subjects.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float64, Shaped
from sklearn.base import BaseEstimator
from sklearn.model_selection import GroupShuffleSplit
from sklearn.utils import Tags, check_array, check_random_state
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from mpcl_core.app.checking import variant_specs
from mpcl_core.app.loading_models import load_model
from mpcl_core.app.pickling import PluginFiles, import_unchanged, imported_plugin_files
from mpcl_core.app.plugin_consent import PluginConsent
from mpcl_core.data.prepare import prepare
from mpcl_core.evaluation.metrics import micro_mean, window_scores
from mpcl_core.interfaces.components import Estimator, FittedTransform
from mpcl_core.interfaces.data import Modality, WindowSet
from mpcl_core.interfaces.errors import DataError
from mpcl_core.recipe.load import Recipe, load
from mpcl_core.sklearn.arguments import checked_device, checked_modalities, checked_sets, subjects_of
from mpcl_core.sklearn.model_folder import describe_training, save_estimator
from mpcl_core.sklearn.table import flatten_windows, from_array, to_array, width
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


class MPCLEstimator(BaseEstimator):  # type: ignore[misc]
    """Train and predict as a job of a recipe does, with its transforms and its network or estimator.

    The caller supplies windows, folds and baselines; the recipe's keys ``source``, ``prepare``, ``protocol`` and
    ``references`` are not used.

    Args:
        recipe: the file, the name of a shipped recipe, or a mapping of its keys and values.
        modalities: the modalities of the columns of ``X``, in their order. None: ``X`` is one table of features, of the
            one modality that the recipe's network encodes (or, with an estimator, of a modality ``x``).
        variant: the variant to train; needed where the recipe has several.
        sets: patches of the recipe, as ``("train.epochs=3",)``; a parameter search may vary them.
        device: where a network is trained: ``cpu``, ``cuda`` or ``mps``; ``auto`` for the best that is there.
        random_state: draws the validation windows and everything that is random in the training.

    Attributes:
        n_features_in_: the number of columns of ``X``.
        n_outputs_: the number of emotions, k.
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
        """Train on windows.

        Args:
            X: (n, f) the columns of all modalities; or (n, c, t) windows, or ``mne.Epochs``, of the one modality that
                the recipe encodes (set ``modalities`` to state the sampling rate of an array).
            y: (n, k) emotion distributions.
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
        x, y = validate_data(self, X, y, multi_output=True, y_numeric=True, ensure_min_samples=2, **_READING)
        D = np.asarray(y, np.float64)
        if D.ndim != 2:
            raise ValueError(f"y has shape {D.shape}, but must be (n, k): a distribution for each row")
        subject = subjects_of(groups, len(x))
        device, recipe = checked_device(self.device), load(self.recipe, checked_sets(self.sets))
        spec = self._variant_spec(recipe)
        self.plugins_ = imported_plugin_files(recipe)
        self.modalities_, self.n_outputs_ = self._columns(spec, modality), D.shape[1]
        windows = from_array(x, D, self.modalities_, subject, _check_sample_weight(sample_weight, x, dtype=np.float64))
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

    def predict(self, X: ArrayLike, groups: ArrayLike = None) -> Float64[np.ndarray, "n k"]:
        """Predict the emotion distribution of each window.

        Args:
            X: (n, f), as in `fit`.
            groups: (n,) subjects, for transforms fitted by subject. Without groups, as in a cross-validation, all
                windows count as one unknown subject's, which is right where one subject is held out.

        Returns:
            (n, k) distributions.

        Raises:
            ValueError: an array has a wrong shape or a forbidden value.
        """
        check_is_fitted(self)
        x = validate_data(self, flatten_windows(X)[0], reset=False, **_READING)
        n = len(x)
        D = np.full((n, self.n_outputs_), 1.0 / self.n_outputs_)
        subject = np.full(n, UNKNOWN_SUBJECT) if groups is None else subjects_of(groups, n)
        windows = from_array(x, D, self.modalities_, subject, np.ones(n))
        if isinstance(self.model_, TrainedNetwork):
            with deterministic(1):
                return self.model_.predict(self.model_.prepare(windows))
        D_pred: Float64[np.ndarray, "n k"] = self.model_.predict(apply_transforms(windows, self.transforms_))
        return D_pred

    def score(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike = None, groups: ArrayLike = None) -> float:
        """Compute minus the mean KL(y ‖ prediction), since scikit-learn maximises scores.

        Args:
            X: (n, f), as in `fit`.
            y: (n, k) emotion distributions.
            sample_weight: (n,) the weights of the windows.
            groups: (n,) subjects, as in `predict`.

        Returns:
            The score in nats, at most 0.

        Raises:
            ValueError: an array has a wrong shape or a forbidden value.
        """
        D_pred = self.predict(X, groups)
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
        spec = self._variant_spec(load(self.recipe, checked_sets(self.sets)))
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
        estimator.n_features_in_ = sum(map(width, modalities))
        return estimator

    def __reduce__(self) -> tuple[Any, ...]:
        """Return how the estimator is pickled: with the plugin files that loading it imports first.

        Returns:
            A function, its arguments, and the state.
        """
        return _restore, (type(self), getattr(self, "plugins_", ())), self.__getstate__()

    def _variant_spec(self, recipe: Recipe) -> VariantSpec:
        variants = variant_specs(recipe)
        name = next(iter(variants)) if self.variant is None and len(variants) == 1 else self.variant
        if name not in variants:
            raise ValueError(f"variant is {self.variant!r}, but must be one of {', '.join(variants)}")
        if variants[name].search is not None:
            raise ValueError(f"'{name}' has a search, which runs make; search with GridSearchCV or state the values")
        return variants[name]

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
        tags.non_deterministic = self.random_state is None
        return tags


_READING: dict[str, Any] = {"dtype": np.float32, "ensure_all_finite": "allow-nan"}


def arrays(
    recipe: str | Path | Mapping[str, Any], sets: Sequence[str] = ()
) -> tuple[np.ndarray, np.ndarray, np.ndarray, tuple[Modality, ...]]:
    """Return the prepared windows of a recipe's first variant as arrays.

    Args:
        recipe: the file, the name of a shipped recipe, or a mapping of its keys and values.
        sets: patches of the recipe, as ``("source.subjects=3",)``.

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
    spec = next(iter(variant_specs(load(recipe, checked_sets(sets))).values()))
    windows = prepare(spec.source.build(), [block.build() for block in spec.prepare])
    return to_array(windows), windows.D, windows.subject, windows.modalities


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
