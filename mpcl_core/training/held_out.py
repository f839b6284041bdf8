"""Predict held-out people of the training side, on whom the error bars of a model are calibrated."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float64, Int64

from mpcl_core.data.truth import frozen_part
from mpcl_core.evaluation.error_bars import ErrorBars, calibrate_error_bars
from mpcl_core.evaluation.statistics.person_quantiles import people_needed
from mpcl_core.interfaces.data import WindowSet
from mpcl_core.interfaces.data.selection import select_windows
from mpcl_core.spec.error_bars import ErrorBarSettings
from mpcl_core.toolkit.name_codes import number_names
from mpcl_core.toolkit.validation_draw import is_separated
from mpcl_core.training.estimator_fit import EstimatorFit
from mpcl_core.training.inner_folds import InnerSplit, inner_folds
from mpcl_core.training.people_held_out import lack_of_people

NO_PEOPLE = "the folds do not separate people, so that nothing can be stated of a new person"


@dataclass(frozen=True)
class HeldOut:
    """Hold predictions of windows by models that were trained without the people of these windows.

    Args:
        positions: (V,) positions among the fitting windows.
        D_pred: (V, k) predictions.
    """

    positions: Int64[np.ndarray, "V"]
    D_pred: Float64[np.ndarray, "V k"]

    def state_dict(self) -> dict[str, torch.Tensor]:
        """Return the predictions as tensors, for a checkpoint.

        Returns:
            ``positions`` and ``D_pred``.
        """
        return {"positions": torch.from_numpy(self.positions), "D_pred": torch.from_numpy(self.D_pred)}


def held_out_from(state: Mapping[str, torch.Tensor] | None) -> HeldOut | None:
    """Restore held-out predictions from a checkpoint.

    Args:
        state: as `HeldOut.state_dict` returned it; None for none.

    Returns:
        The predictions.
    """
    return None if state is None else HeldOut(state["positions"].numpy(), state["D_pred"].numpy())


def join_held_out(parts: Sequence[HeldOut]) -> HeldOut:
    """Join the predictions of several sides.

    Args:
        parts: at least one; no window is in two.

    Returns:
        All of them, sorted by position.
    """
    positions = np.concatenate([part.positions for part in parts])
    order = np.argsort(positions, kind="stable")
    return HeldOut(positions[order], np.concatenate([part.D_pred for part in parts]).take(order, axis=0))


def calibrated(
    fitting: WindowSet, held_out: HeldOut | None, settings: ErrorBarSettings, sides: InnerSplit
) -> ErrorBars:
    """Return the error bars that held-out predictions support.

    Args:
        fitting: the fitting windows.
        held_out: the predictions; None where there are none.
        settings: the recipe's ``error_bars``.
        sides: how the fitting windows were split.

    Returns:
        The error bars; with a reason in their place where they cannot be stated.
    """
    if held_out is None:
        return _without_error_bars(fitting, settings, sides)
    if not _has_people(fitting, held_out.positions):
        return ErrorBars(coverage=settings.coverage, reason=NO_PEOPLE)
    has_weight = fitting.weight[held_out.positions] > 0
    positions, D_pred = held_out.positions[has_weight], held_out.D_pred[has_weight]
    D, subject, trial = map(select_windows(positions), (fitting.D, fitting.subject, fitting.trial))
    return calibrate_error_bars(D, D_pred, subject, trial, settings.coverage)


def calibration_splits(
    fitting: WindowSet, sides: InnerSplit, settings: ErrorBarSettings, seed: Sequence[int]
) -> list[InnerSplit]:
    """Draw the sides that are held out in turn for the error bars.

    Args:
        fitting: the fitting windows.
        sides: how the protocol split them.
        settings: the recipe's ``error_bars``.
        seed: draws the parts.

    Returns:
        The splits; none where the people are too few or not separated, or where nobody is to be held out.
    """
    if lack_of_people(fitting.subject, sides, settings):
        return []
    return inner_folds(fitting, sides, settings.folds or 1, seed)


def predict_held_out(estimators: EstimatorFit, fitting: WindowSet, splits: Sequence[InnerSplit]) -> list[HeldOut]:
    """Fit estimators without the people of each side, and predict them.

    Args:
        estimators: how they are fitted; on each side, they share one fit of their transforms.
        fitting: the fitting windows.
        splits: the sides, as `calibration_splits` returns them; at least one.

    Returns:
        The predictions of each estimator.
    """
    by_side = [
        estimators.fit(frozen_part(fitting, split.train)).predict(frozen_part(fitting, split.validation))
        for split in splits
    ]
    return [
        join_held_out([HeldOut(split.validation, D_pred) for split, D_pred in zip(splits, predicted, strict=True)])
        for predicted in zip(*by_side, strict=True)
    ]


def _without_error_bars(fitting: WindowSet, settings: ErrorBarSettings, sides: InnerSplit) -> ErrorBars:
    if not is_separated(fitting.subject, sides.validation, sides.train):
        return ErrorBars(coverage=settings.coverage, reason=NO_PEOPLE)
    n, needed = len(set(fitting.subject.tolist()) - {""}), people_needed(settings.coverage)
    if n >= needed:
        return ErrorBars(coverage=settings.coverage)
    reason = f"the training windows are of {n} people, but a coverage of {settings.coverage:g} needs at least {needed}"
    return ErrorBars(coverage=settings.coverage, people=n, reason=reason)


def _has_people(fitting: WindowSet, positions: Int64[np.ndarray, "V"]) -> bool:
    people, person = number_names(fitting.subject)
    is_held_out = np.zeros(len(people), bool)
    is_held_out[person[positions]] = True
    are_all_held_out = bool(np.count_nonzero(is_held_out[person]) == len(positions))
    return are_all_held_out and "" not in people[is_held_out]
