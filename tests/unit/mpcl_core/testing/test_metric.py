"""The contract of metrics: one finite score for each window alone, in the stated direction."""

from collections.abc import Callable

import numpy as np
import pytest

from mpcl_core.interfaces.errors import PluginError
from mpcl_core.interfaces.metric import Metric
from mpcl_core.testing.contract import ContractError
from mpcl_core.testing.metric import metric_checks


def failures(metric: Metric) -> dict[str, str]:
    found = {}
    for check in metric_checks(metric):
        try:
            check()
        except (ContractError, PluginError) as error:
            found[check.name] = str(error)
    return found


def far(D: np.ndarray, D_pred: np.ndarray) -> np.ndarray:
    scores: np.ndarray = np.abs(D - D_pred).sum(1)
    return scores


def test_sound_metrics_keep_the_contract() -> None:
    assert failures(Metric("far", far)) == {}
    assert failures(Metric("near", lambda D, D_pred: -far(D, D_pred), higher_is_better=True)) == {}


@pytest.mark.parametrize(
    ("function", "higher", "check", "message"),
    [
        (far, True, "truth_scores_best", "higher is stated to be better, but a wrong prediction scores better"),
        (lambda D, D_pred: D[:, 0] * 0, False, "truth_scores_best", "no wrong prediction scores worse"),
        (lambda D, D_pred: far(D, D_pred) / far(D, D_pred).max().clip(1e-9), False, "windows_do_not_mix", "depends on"),
        (lambda D, D_pred: far(D, D_pred) - np.log(D[:, 0]) * 0, False, "one_finite_score_a_window", "is nan"),
    ],
)
def test_broken_rule_is_named(function: Callable[..., np.ndarray], higher: bool, check: str, message: str) -> None:
    with np.errstate(all="ignore"):
        assert message in failures(Metric("mine", function, higher))[check]
