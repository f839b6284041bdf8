"""Transforms and network as one module predict what the model predicts."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from mpcl_core import testing
from mpcl_core.data.pooling import number_trials
from mpcl_core.interfaces.components import FittedTransform
from mpcl_core.interfaces.errors import UsageError
from mpcl_core.model.exporting.graph import prepare_graph
from mpcl_core.model.member import Member
from mpcl_core.spec.pool import PoolSettings
from mpcl_plugins.estimators.mean import Mean
from mpcl_plugins.transforms.robust import Robust
from mpcl_plugins.transforms.subject_prior import SubjectPrior
from mpcl_plugins.transforms.zscore import ZScore
from support.small_models import new_person, small_model


@pytest.mark.parametrize(
    "transforms",
    [[], [ZScore()], [ZScore(scope="subject")], [Robust(), SubjectPrior(emotions=5), ZScore()]],
    ids=["none", "zscore", "by-person", "three"],
)
def test_graph_predicts_what_the_model_predicts(transforms: list[FittedTransform]) -> None:
    model, windows = small_model(transforms), new_person()
    prepared = prepare_graph(model)
    X = {name: torch.from_numpy(values) for name, values in windows.X.items()}
    present = {name: torch.from_numpy(mask) for name, mask in windows.present.items()}
    for added in prepared.inputs[3:]:
        X[added.name], present[added.name] = torch.zeros(12, 1, 5), torch.zeros(12, dtype=torch.bool)
    with torch.no_grad():
        D_pred = prepared.graph(X, present).numpy()
    assert np.abs(D_pred - model.distributions(windows)).max() < 1e-6


def test_graph_of_an_ensemble_averages_its_members() -> None:
    first, second, windows = small_model([ZScore()]), small_model([Robust()]), new_person()
    with torch.no_grad():
        for parameter in second.network.parameters():
            parameter.add_(0.1)
    ensemble = replace(first, others=[Member(second.transforms, second.trained)])
    X = {name: torch.from_numpy(values) for name, values in windows.X.items()}
    present = {name: torch.from_numpy(mask) for name, mask in windows.present.items()}
    with torch.no_grad():
        D_pred = prepare_graph(ensemble).graph(X, present).numpy()
    expected = ensemble.distributions(windows)
    assert np.abs(D_pred - expected).max() < 1e-6 < np.abs(expected - first.distributions(windows)).max()


def test_nan_throughout_a_window_counts_as_absent() -> None:
    prepared, windows = prepare_graph(small_model()), new_person()
    X = {name: torch.from_numpy(values) for name, values in windows.X.items()}
    everything = {name: torch.ones(12, dtype=torch.bool) for name in X}
    present = {name: torch.from_numpy(mask) for name, mask in windows.present.items()}
    as_nan = {name: torch.where(present[name][:, None, None], x, torch.nan) for name, x in X.items()}
    with torch.no_grad():
        assert torch.equal(prepared.graph(as_nan, everything), prepared.graph(X, present))


def test_table_of_earlier_ratings_is_an_input() -> None:
    prepared = prepare_graph(small_model([SubjectPrior(emotions=5)]))
    assert [modality.name for modality in prepared.inputs] == ["eeg", "gsr", "face", "said_before"]
    assert "S00" in prepared.people


def test_what_cannot_be_exported_is_named() -> None:
    model = small_model([Robust(scope="subject")])
    with pytest.raises(UsageError, match=r"transform 'robust' \(.*robust\.py\) has no form in torch"):
        prepare_graph(model)
    with pytest.raises(UsageError, match=r"estimator 'mean' .* is no network"):
        prepare_graph(replace(model, trained=Mean()))


def test_windows_of_a_trial_are_averaged_where_the_recipe_pools_them() -> None:
    windows = testing.study().take(np.arange(12))
    X = {name: torch.from_numpy(values) for name, values in windows.X.items()}
    present = {name: torch.from_numpy(mask) for name, mask in windows.present.items()}
    tables = tuple(replace(modality, sfreq=None) for modality in windows.modalities)
    windows = replace(windows, modalities=tables, subject=np.full(12, "somebody new"))
    model = small_model([ZScore()])
    pool = PoolSettings(unit="trial")
    model.trained.pool = pool  # type: ignore[union-attr]
    prepared = prepare_graph(replace(model, spec=replace(model.spec, pool=pool)))
    assert prepared.takes_trials
    with torch.no_grad():
        D_pred = prepared.graph(X, present, torch.from_numpy(number_trials(windows)[0])).numpy()
    assert np.abs(D_pred - model.distributions(windows)).max() < 1e-6
