"""Situations that are recognised from signals, and what is rated in them."""

from dataclasses import replace

import numpy as np
import pytest

from mpcl_core.evaluation.metrics import window_scores
from mpcl_core.interfaces.data import Modality, WindowSet
from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.estimators.condition_mean import ConditionMean
from mpcl_plugins.estimators.mean import Mean
from mpcl_plugins.estimators.situation_posterior import SituationPosterior


def study(clear: float = 3.0, seed: int = 0) -> WindowSet:
    """Return trials of three conditions that signals tell apart, and that explain all of what is rated."""
    rng = np.random.default_rng(seed)
    condition = np.tile([0, 1, 2], 40)
    x = clear * np.eye(3)[condition] + rng.standard_normal((120, 3))
    D = np.array([[0.6, 0.3, 0.1], [0.1, 0.3, 0.6], [0.3, 0.4, 0.3]])[condition]
    return WindowSet(
        (Modality("gsr", 1, 3),),
        {"gsr": x[:, None].astype(np.float32)},
        {"gsr": np.ones(120, bool)},
        D,
        ("x", "y", "z"),
        subject=np.array([f"s{i}" for i in range(8)]).repeat(15),
        trial=np.array([f"t{i}" for i in range(120)]),
        condition=np.array(["rest", "stress", "fun"])[condition],
    )


def kl(model: SituationPosterior | ConditionMean | Mean, test: WindowSet) -> float:
    return float(window_scores(test.D, model.predict(test)).by_metric["kl_divergence"].mean())


def test_recognised_situations_lie_between_the_mean_and_the_oracle() -> None:
    fitting, test = study(), study(seed=1)
    mean, found, oracle = (
        kl(model.fit(fitting), test)  # type: ignore[attr-defined]
        for model in (Mean(), SituationPosterior(), ConditionMean())
    )
    assert oracle <= found < 0.5 * mean


def test_situation_of_the_predicted_windows_is_not_used() -> None:
    model, test = SituationPosterior(alphas=(0.1,)).fit(study()), study(seed=1)
    unknown = replace(test, condition=np.full(len(test), ""))
    assert np.array_equal(model.predict(test), model.predict(unknown))


def test_signals_that_tell_nothing_give_the_mean() -> None:
    fitting, test = study(clear=0.0), study(clear=0.0, seed=1)
    assert kl(SituationPosterior().fit(fitting), test) == pytest.approx(kl(Mean().fit(fitting), test), rel=0.05)


def test_shrinkage_draws_situations_towards_the_mean() -> None:
    fitting = study()
    near, far = (SituationPosterior(alphas=(0.1,), shrinkage=s).fit(fitting).predict(fitting) for s in (1e6, 0.0))
    assert near == pytest.approx(np.tile(fitting.D.mean(0), (120, 1)), abs=1e-3)
    assert far.std(0).max() > 0.1


def test_windows_without_a_situation_are_refused() -> None:
    with pytest.raises(DataError, match="needs a stimulus in every window"):
        SituationPosterior(situation="stimulus").fit(study())
