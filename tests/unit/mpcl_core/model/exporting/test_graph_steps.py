"""Presence masks and means over trials are computed for several modalities at once."""

import torch

from mpcl_core.model.exporting.graph_steps import pool_by_trial, without_absent, without_missing

NAN = float("nan")
X = {"gsr": torch.tensor([[[1.0, 2.0]], [[NAN, NAN]], [[3.0, NAN]]]), "face": torch.tensor([[[5.0]], [[7.0]], [[9.0]]])}
PRESENT = {"gsr": torch.ones(3, dtype=torch.bool), "face": torch.tensor([True, False, True])}


def test_window_of_nan_alone_is_absent() -> None:
    masks = without_missing(X, PRESENT)
    assert masks["gsr"].tolist() == [True, False, True]
    assert masks["face"].tolist() == [True, False, True]


def test_values_of_absent_modalities_are_zero() -> None:
    values = without_absent(X, without_missing(X, PRESENT))
    assert values["face"].flatten().tolist() == [5.0, 0.0, 9.0]
    assert values["gsr"][1].flatten().tolist() == [0.0, 0.0]
    assert values["gsr"][2].isnan().any()


def test_trial_is_the_mean_of_the_windows_that_have_the_modality() -> None:
    values = {"face": torch.tensor([[[5.0]], [[0.0]], [[9.0]]])}
    means, masks = pool_by_trial(values, {"face": PRESENT["face"]}, torch.tensor([0, 1, 0]))
    assert means["face"].flatten().tolist() == [7.0, 0.0, 7.0]
    assert masks["face"].tolist() == [True, False, True]
