"""The modules of `zscore` and `robust` compute what the transforms compute."""

import numpy as np
import pytest
import torch

from mpcl_core.interfaces.data import Modality, WindowSet
from mpcl_core.plugin import FittedTransform
from mpcl_plugins.transforms.robust import Robust
from mpcl_plugins.transforms.zscore import ZScore


def signals() -> WindowSet:
    rng = np.random.default_rng(0)
    modalities = (Modality("eeg", 3, 20, 10.0), Modality("gsr", 1, 9, 3.0))
    X = {m.name: rng.normal(5, 3, (6, m.n_chans, m.n_times or 1)).astype(np.float32) for m in modalities}
    X["eeg"][:, 1] = 4.0
    present = {"eeg": np.ones(6, bool), "gsr": np.array([True, False, True, True, False, True])}
    D = np.full((6, 2), 0.5)
    windows = WindowSet(modalities, X, present, D, ("joy", "fear"), subject=np.full(6, "a"))
    return windows.with_signals(X)


@pytest.mark.parametrize(
    "transform",
    [ZScore(), ZScore(scope="sample"), ZScore(scope="subject"), Robust(), Robust(scope="sample")],
    ids=["zscore", "zscore-sample", "zscore-subject", "robust", "robust-sample"],
)
def test_signals_are_normalised_as_by_the_transform(transform: FittedTransform) -> None:
    windows = signals()
    transform.fit(windows)
    windows.subject = np.full(6, "b")
    windows.X["eeg"] = windows.X["eeg"] * 2
    expected = transform.transform(windows)
    module = transform.module(windows.modalities)
    assert module is not None
    present = {name: torch.from_numpy(mask) for name, mask in windows.present.items()}
    found = module({name: torch.from_numpy(values) for name, values in windows.X.items()}, present)
    for name, values in expected.X.items():
        difference = np.abs(found[name].numpy() * windows.present[name][:, None, None] - values).max()
        assert difference < 2e-6, name


def test_module_of_a_person_names_the_people_of_the_training() -> None:
    windows = signals()
    module = ZScore(scope="subject").fit(windows).module(windows.modalities)
    assert module.takes_one_person
    assert module.people == {"a"}


def test_quartiles_of_a_person_have_no_module() -> None:
    assert Robust(scope="subject").fit(signals()).module(signals().modalities) is None
