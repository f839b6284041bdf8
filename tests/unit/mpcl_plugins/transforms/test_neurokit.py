"""Measures of NeuroKit2: the transform, and the library as the oracle of our own measures, where it is installed."""

import sys
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.transforms import neurokit
from mpcl_plugins.transforms.eda import EDA
from mpcl_plugins.transforms.hrv import HRV
from mpcl_plugins.transforms.neurokit import NeuroKit
from support.feature_study import beat_times, bumps, study

PULSES = [
    bumps(beat_times(rate, 60.0, 0.05, seed=seed), 64.0, 60.0, 0.08) for seed, rate in enumerate((60.0, 75.0, 95.0))
]


@pytest.fixture
def stub(monkeypatch: pytest.MonkeyPatch) -> None:
    """A library that measures the mean, and fails on a constant signal."""

    def measure(signal: np.ndarray, sampling_rate: float) -> dict[str, list[float]]:
        if not signal.std():
            raise ValueError("no response")
        return {"SCR_Mean": [signal.mean()], "SCR_Rate": [sampling_rate], "SCR_None": [-np.inf]}

    module = ModuleType("neurokit2")
    vars(module).update(eda_process=lambda x, sampling_rate: (x, {}), eda_intervalrelated=measure)
    monkeypatch.setitem(sys.modules, "neurokit2", module)
    monkeypatch.setattr(neurokit, "find_spec", lambda name: SimpleNamespace())


@pytest.mark.usefixtures("stub")
def test_measures_become_a_table_that_is_absent_where_one_cannot_be_computed(
    caplog: pytest.LogCaptureFixture,
) -> None:
    windows = study([np.arange(8.0), np.ones(8)], 4.0, "gsr")
    found = NeuroKit(modality="gsr", kind="eda", measures=("SCR_Rate", "SCR_Mean"), output="table").transform(windows)
    assert found.X["table"][0].tolist() == [[4.0, 3.5]]
    assert found.present["table"].tolist() == [True, False]
    assert "NeuroKit2 failed for 1 signals of 2 windows, first: ValueError: no response" in caplog.text
    none = NeuroKit(modality="gsr", kind="eda", measures=("SCR_None",)).transform(windows)
    assert not none.present["gsr"].any(), "an infinite value is none"


@pytest.mark.usefixtures("stub")
def test_unknown_measure_is_refused_with_the_nearest() -> None:
    transform = NeuroKit(modality="gsr", kind="eda", measures=("SCR_Maen",))
    with pytest.raises(DataError, match=r"no measure 'SCR_Maen' of kind 'eda'\. Did you mean 'SCR_Mean'"):
        transform.transform(study([np.arange(8.0)], 4.0, "gsr"))


@pytest.mark.usefixtures("stub")
def test_broken_rate_is_refused() -> None:
    transform = NeuroKit(modality="gsr", kind="eda", measures=("SCR_Rate",))
    with pytest.raises(DataError, match=r"51\.2 Hz; NeuroKit2 needs a whole number, so use 'resample' first"):
        transform.transform(study([np.arange(8.0)], 51.2, "gsr"))


def test_missing_library_is_named_with_what_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neurokit, "find_spec", lambda name: None)
    with pytest.raises(ValueError, match=r"NeuroKit2 is not installed: pip install 'mpcl\[neurokit\]'"):
        NeuroKit(modality="gsr", kind="eda", measures=("SCR_Peaks_N",))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # of the library
def test_hrv_agrees_with_the_library() -> None:
    pytest.importorskip("neurokit2")
    windows = study(PULSES, 64.0, "ppg")
    ours = HRV(features=("rate", "sdnn", "rmssd")).transform(windows).X["ppg"][:, 0]
    names = ("HRV_MeanNN", "HRV_SDNN", "HRV_RMSSD")
    theirs = NeuroKit(modality="ppg", kind="ppg", measures=names).transform(windows).X["ppg"][:, 0]
    np.testing.assert_allclose(ours[:, 0], 6e4 / theirs[:, 0], rtol=0.01)
    np.testing.assert_allclose(ours[:, 1:], theirs[:, 1:], rtol=0.1)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_eda_counts_the_responses_that_the_library_counts() -> None:
    nk = pytest.importorskip("neurokit2")
    signals = [nk.eda_simulate(duration=60, sampling_rate=16, scr_number=n, noise=0, random_state=n) for n in (2, 4, 6)]
    windows = study(signals, 16.0, "gsr", "uS")
    ours = EDA(features=("responses",)).transform(windows).X["gsr"][:, 0, 0]
    theirs = NeuroKit(modality="gsr", kind="eda", measures=("SCR_Peaks_N",)).transform(windows).X["gsr"][:, 0, 0]
    np.testing.assert_allclose(ours, theirs, atol=1)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("measure", ["HRV_HF", "HRV_SD1", "RSP_Rate_Mean"])
def test_measures_of_every_family_are_computed(measure: str) -> None:
    nk = pytest.importorskip("neurokit2")
    signal = PULSES[0]
    kind = "ppg"
    if measure.startswith("RSP"):
        signal, kind = nk.rsp_simulate(duration=60, sampling_rate=64, random_state=1), "rsp"
    transform = NeuroKit(modality="x", kind=kind, measures=(measure,))
    assert transform.transform(study([signal], 64.0, "x")).X["x"][0, 0, 0] > 0
