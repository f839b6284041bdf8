"""Slices of signals become windows with the numbers and times of their schedule."""

from dataclasses import replace

import numpy as np
import pytest

from mpcl_core.interfaces.errors import PluginError
from mpcl_core.model.stream.live_plan import plan_live
from mpcl_core.model.stream.live_windows import make_windows
from mpcl_plugins.transforms.window import Window
from support.live_models import live_model


def test_slices_become_windows() -> None:
    model = live_model()
    plan, start = plan_live(model), np.array([4.0, 5.5])
    rng = np.random.default_rng(0)
    eeg = [rng.standard_normal((2, 128)).astype(np.float32) for _ in range(2)]
    slices = [
        {"eeg": eeg[0], "gsr": np.ones((1, 8), np.float32)},
        {"eeg": eeg[1], "gsr": np.full((1, 8), np.nan, np.float32)},
    ]
    windows = make_windows(slices, [8, 11], start, plan, model.description, ("s1", "t1"))
    np.testing.assert_array_equal(windows.X["eeg"], eeg)
    assert windows.present["gsr"].tolist() == [True, False]
    assert (windows.window.tolist(), windows.t_stop.tolist()) == ([8, 11], [6.0, 7.5])
    assert (windows.subject.tolist(), windows.trial.tolist()) == (["s1"] * 2, ["t1"] * 2)
    short = replace(plan, windowing=Window(length=1.0), window_transforms=())
    with pytest.raises(PluginError, match="'window' cut 2 windows of 1 stretches"):
        make_windows(slices[:1], [0], start[:1], short, model.description)
