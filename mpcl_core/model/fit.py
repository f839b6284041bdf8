"""Train a model on all windows of a study: for use, not to be scored.

A fifth of the people is held out to choose the number of epochs (``train.choose``); the network then learns anew from
all people. The error bars rest on people whom a training left out: on those of the search where they are 20 or more,
else on five further trainings that leave out a fifth of all people each.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from mpcl_core.evaluation.error_bars import ErrorBars
from mpcl_core.interfaces.data import WindowSet
from mpcl_core.interfaces.errors import DataError, UsageError
from mpcl_core.model.calibrated_error_bars import add_calibrated
from mpcl_core.model.member import Member
from mpcl_core.spec.error_bars import ErrorBarSettings
from mpcl_core.spec.network import NetworkSpec
from mpcl_core.spec.variant import VariantSpec
from mpcl_core.toolkit.validation_draw import VALIDATION_SHARE
from mpcl_core.training.estimator_fit import estimator_fit
from mpcl_core.training.held_out import HeldOut, calibrated, calibration_splits, predict_held_out
from mpcl_core.training.inner_folds import InnerSplit
from mpcl_core.training.randomness import deterministic
from mpcl_core.training.trainer import Trainer

ENOUGH = 20
"""With so many validation people, error bars need no further folds."""

FOLDS = 5
"""The folds over all people where the validation people are fewer."""

OnEpoch = Callable[[int, int, Mapping[str, int | float | str]], None]
"""Called with the seed, the number of the epoch and its metrics."""


@dataclass(frozen=True)
class Fitted:
    """Hold the members of a fitted model and its error bars.

    Args:
        members: one for each seed.
        error_bars: of the average of the members.
    """

    members: Sequence[Member]
    error_bars: ErrorBars


def fit_members(spec: VariantSpec, windows: WindowSet, seeds: Sequence[int], device: str, on_epoch: OnEpoch) -> Fitted:
    """Train a variant on all windows, once for each seed.

    Args:
        spec: the variant.
        windows: all windows of the study.
        seeds: the seeds of the members.
        device: where networks are trained.
        on_epoch: called after each epoch.

    Returns:
        The members and their error bars.

    Raises:
        UsageError: an estimator, which draws nothing at random, is to have several members; or the variant has a
            search, which needs folds.
        DataError: there are no two windows with a weight.
    """
    if spec.search is not None:
        raise UsageError(f"'{spec.name}' has a search, which a run makes in each fold; state the chosen values instead")
    sides = draw_people(windows, seeds[0])
    unrated = windows.take(np.zeros(0, np.int64))
    if isinstance(spec.model, NetworkSpec):
        return _fit_networks(spec, spec.model, windows, sides, seeds, device, on_epoch)
    if len(seeds) > 1:
        raise UsageError(f"'{spec.name}' is an estimator, which draws nothing at random: an ensemble of it is useless")
    with deterministic(1):
        estimators = estimator_fit(spec, unrated)
        fitted = estimators.fit(windows)
        settings = _with_folds(spec.error_bars, windows, sides)
        splits = calibration_splits(windows, sides, settings, (seeds[0], 0))
        held_out = predict_held_out(estimators, windows, splits)[0] if splits else None
    return Fitted([Member(fitted.transforms, fitted.estimators[0])], _error_bars(windows, held_out, spec, sides))


def draw_people(windows: WindowSet, seed: int) -> InnerSplit:
    """Draw a fifth of the people for validation; of the trials where there is one person.

    Args:
        windows: the windows.
        seed: draws them.

    Returns:
        The positions of training and validation windows.

    Raises:
        DataError: there are no two windows with a weight.
    """
    has_weight = windows.weight > 0
    for group in (windows.subject, windows.trial, np.arange(len(windows))):
        names = np.unique(group[has_weight])
        if len(names) > 1:
            n = max(1, round(VALIDATION_SHARE * len(names)))
            drawn = np.isin(group, np.random.default_rng(seed).permutation(names)[:n])
            return InnerSplit(np.flatnonzero(~drawn), np.flatnonzero(drawn))
    raise DataError(f"{has_weight.sum()} windows have a weight, but training and validation need one each")


def _fit_networks(
    spec: VariantSpec,
    network: NetworkSpec,
    windows: WindowSet,
    sides: InnerSplit,
    seeds: Sequence[int],
    device: str,
    on_epoch: OnEpoch,
) -> Fitted:
    network = replace(network, train=network.train.model_copy(update={"refit": True}))
    is_searched, settings = network.train.choose != "last", spec.error_bars
    if not (is_searched and network.train.inner_folds > 1):
        settings = _with_folds(settings, windows, sides, ENOUGH if is_searched else None)
    members, held_out = [], []
    for seed in seeds:
        trainer = Trainer(
            network,
            spec.transforms,
            (seed, 0),
            device,
            on_epoch_ended=partial(on_epoch, seed),
            pool=spec.pool,
            error_bars=settings,
        )
        with deterministic(network.train.threads):
            trained = trainer.fit(windows, *sides)
        members.append(Member(trained.transforms, trained))
        held_out.append(trained.held_out)
    return Fitted(members, _ensemble_error_bars(windows, held_out, spec, sides))


def _with_folds(
    settings: ErrorBarSettings, windows: WindowSet, sides: InnerSplit, enough: int | None = ENOUGH
) -> ErrorBarSettings:
    """Hold all people out in turn where the recipe leaves it open and validation people are few.

    Returns:
        The settings.
    """
    n_validation = len(np.unique(windows.subject[sides.validation]))
    if settings.folds is not None or (enough is not None and n_validation >= enough):
        return settings
    return settings.model_copy(update={"folds": FOLDS})


def _ensemble_error_bars(
    windows: WindowSet, held_out: Sequence[HeldOut | None], spec: VariantSpec, sides: InnerSplit
) -> ErrorBars:
    parts = [part for part in held_out if part is not None]
    if not parts:
        return _error_bars(windows, None, spec, sides)
    mean = np.mean([part.D_pred for part in parts], axis=0)
    return _error_bars(windows, HeldOut(parts[0].positions, mean), spec, sides)


def _error_bars(windows: WindowSet, held_out: HeldOut | None, spec: VariantSpec, sides: InnerSplit) -> ErrorBars:
    """Return the error bars of the model, and those of the model after a calibration to a person.

    Returns:
        Both, as far as held-out predictions support them.
    """
    bars = calibrated(windows, held_out, spec.error_bars, sides)
    if held_out is None:
        return bars
    has_weight = windows.weight[held_out.positions] > 0
    positions, D_pred = held_out.positions[has_weight], held_out.D_pred[has_weight]
    return add_calibrated(bars, windows.D[positions], D_pred, windows.subject[positions], windows.trial[positions])
