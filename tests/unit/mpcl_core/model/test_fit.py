"""A model for use learns from all people, and its error bars rest on people whom a training left out."""

from dataclasses import replace

import numpy as np
import pytest

from mpcl_core.interfaces.errors import DataError, UsageError
from mpcl_core.model.fit import draw_people, fit_members
from mpcl_core.spec.error_bars import ErrorBarSettings
from mpcl_core.training.trained_network import TrainedNetwork
from mpcl_plugins.estimators.mean import Mean
from mpcl_plugins.protocols.loso import LOSO
from support.ridge_study import study
from support.specs import block, network, variant_spec
from support.trainers import Unused, learnable


def test_a_fifth_of_the_people_chooses_the_number_of_epochs() -> None:
    windows = study(10, 3)
    fold = draw_people(windows, 0)
    assert len(set(windows.subject[fold.validation])) == 2
    assert not set(windows.subject[fold.validation]) & set(windows.subject[fold.train])
    one_person = windows.take(np.flatnonzero(windows.subject == "s0"))
    assert len(draw_people(one_person, 0).validation) == 1  # one of three trials
    with pytest.raises(DataError, match="1 windows have a weight"):
        draw_people(windows.take(np.array([0])), 0)


def test_estimator_learns_from_all_windows_and_has_error_bars_of_all_people() -> None:
    windows = study(12, 3)
    spec = variant_spec("mean", block(Mean), block(Unused), block(LOSO), [])
    fitted = fit_members(spec, windows, [0], "cpu", lambda *_: None)
    D_pred = fitted.members[0].distributions(windows, None)
    assert np.allclose(D_pred[0], np.average(windows.D, axis=0, weights=windows.weight))
    assert (fitted.error_bars.people, fitted.error_bars.reason) == (12, "")
    few = fit_members(spec, windows.take(np.arange(9)), [0], "cpu", lambda *_: None)
    assert few.error_bars.reason == "the training windows are of 3 people, but a coverage of 0.9 needs at least 9"
    with pytest.raises(UsageError, match="an ensemble of it is useless"):
        fit_members(spec, windows, [0, 1], "cpu", lambda *_: None)


@pytest.mark.slow
def test_networks_of_an_ensemble_learn_with_seeds_of_their_own() -> None:
    windows, epochs = learnable(), []
    spec = variant_spec("net", network(epochs=1, choose="last"), block(Unused), block(LOSO), [])
    spec = replace(spec, error_bars=ErrorBarSettings(coverage=0.5, folds=2))
    fitted = fit_members(
        spec, windows, [0, 1], "cpu", lambda seed, epoch, metrics: epochs.append((seed, metrics["phase"]))
    )
    assert [member.trained.epochs for member in fitted.members if isinstance(member.trained, TrainedNetwork)] == [1, 1]
    first, second = (member.distributions(windows, None) for member in fitted.members)
    assert not np.allclose(first, second)
    assert epochs == [(seed, phase) for seed in (0, 1) for phase in ("error bars 1", "error bars 2", "refit")]
    assert fitted.error_bars.people == len(set(windows.subject))
