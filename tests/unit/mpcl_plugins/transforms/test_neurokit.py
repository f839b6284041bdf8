"""Measures of NeuroKit2: as the library computes them, and beside those of `hrv` and `eda` on real recordings."""

import sys
from pathlib import Path

import numpy as np
import pytest

from mpcl_core import testing
from mpcl_core.interfaces.data import Modality
from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.transforms.eda import EDA
from mpcl_plugins.transforms.hrv import HRV
from mpcl_plugins.transforms.neurokit import NeuroKit
from support.feature_study import study

pytestmark = pytest.mark.slow  # the import of the library alone takes seconds


def resting(data_dir: Path) -> np.ndarray:
    """Return ECG, pulse and breathing of the library's resting recording, five minutes at 100 Hz."""
    return np.loadtxt(data_dir / "neurokit" / "bio_resting_5min_100hz.csv", delimiter=",", skiprows=1).T


def measured(x: np.ndarray, name: str, kind: str, sfreq: float, *features: str) -> np.ndarray:
    made = NeuroKit(modality=name, kind=kind, features=features)  # type: ignore[arg-type]
    out = made.transform(study([x], sfreq, name)).validate()
    assert out.present[name].all()
    return out.X[name][0, 0]


def test_contract_is_kept() -> None:
    assert testing.failures(NeuroKit, modality="gsr", kind="eda", features=("SCR_Peaks_N",)) == {}


def test_measures_are_those_of_the_library(data_dir: Path) -> None:
    import neurokit2

    breathing = resting(data_dir)[2]
    signals, _ = neurokit2.rsp_process(breathing.astype(np.float32).astype(float), sampling_rate=100)
    theirs = neurokit2.rsp_intervalrelated(signals, sampling_rate=100)
    names = ("RSP_Rate_Mean", "RRV_RMSSD", "RSP_Phase_Duration_Ratio")
    expected = [float(np.ravel(theirs[name].iloc[0])[0]) for name in names]
    np.testing.assert_allclose(measured(breathing, "rsp", "rsp", 100.0, *names), expected, rtol=1e-6)


def test_hrv_finds_on_a_real_pulse_what_the_library_finds(data_dir: Path) -> None:
    pulse = resting(data_dir)[1]
    theirs = measured(pulse, "ppg", "ppg", 100.0, "HRV_MeanNN", "HRV_SDNN", "HRV_RMSSD")
    ours = HRV(features=("rate", "sdnn", "rmssd")).transform(study([pulse], 100.0, "ppg")).X["ppg"][0, 0]
    assert ours[0] == pytest.approx(60_000 / theirs[0], rel=2e-3)
    np.testing.assert_allclose(ours[1:], theirs[1:], rtol=0.02)


@pytest.mark.parametrize("n", [3, 5])
def test_eda_counts_the_responses_that_the_library_simulates_and_counts(n: int) -> None:
    import neurokit2

    x = neurokit2.eda_simulate(duration=60, sampling_rate=50, random_state=0, scr_number=n, noise=0.0)
    ours = EDA(features=("responses",)).transform(study([x], 50.0, "gsr")).X["gsr"][0, 0]
    assert measured(x, "gsr", "eda", 50.0, "SCR_Peaks_N").tolist() == ours.tolist() == [n]


def test_windows_that_cannot_be_measured_are_absent() -> None:
    flat = np.zeros(600)
    made = NeuroKit(modality="ppg", kind="ppg", features=("HRV_RMSSD",), output="heart")
    out = made.transform(study([flat], 20.0, "ppg")).validate()
    assert not out.present["heart"].any()
    assert out.present["ppg"].all()


@pytest.mark.parametrize(
    ("features", "message"),
    [
        (("HRV_RMSD",), "has no measure 'HRV_RMSD' of ppg. Did you mean 'HRV_RMSSD'"),
        (("HRV_RMSSD", "HRV_RMSSD"), "features is"),
    ],
)
def test_unknown_and_repeated_measures_are_refused(features: tuple[str, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        NeuroKit(modality="ppg", kind="ppg", features=features)


def test_rates_that_are_no_whole_number_are_refused() -> None:
    made = NeuroKit(modality="gsr", kind="eda", features=("SCR_Peaks_N",))
    with pytest.raises(DataError, match=r"31\.25 Hz; NeuroKit2 needs a whole number: resample first"):
        made.outputs((Modality("gsr", 1, 4000, 31.25),))


def test_tables_are_refused_and_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    made = NeuroKit(modality="face", kind="eda", features=("SCR_Peaks_N",))
    with pytest.raises(DataError, match="no windows of samples"):
        made.outputs(tuple(m for m in testing.study().modalities if m.name == "face"))
    from mpcl_plugins.transforms import neurokit

    neurokit._measures.cache_clear()
    monkeypatch.setitem(sys.modules, "neurokit2", None)
    with pytest.raises(ValueError, match=r"pip install 'mpcl\[neurokit\]'"):
        NeuroKit(modality="ppg", kind="ppg", features=("HRV_RMSSD",))
