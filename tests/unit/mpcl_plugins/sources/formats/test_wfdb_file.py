"""Test records of PhysioNet, written by the library."""

import warnings
from pathlib import Path

import numpy as np
import pytest

from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.sources.formats.open_file import list_contents, open_file
from support.signal_reading import declare, read

wfdb = pytest.importorskip("wfdb")
VALUES = np.stack([np.sin(np.arange(1000) / 9), np.linspace(-1, 1, 1000)], axis=1)


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wfdb")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the library, about pandas
        wfdb.wrsamp("r1", 250, ["mV", "NU"], ["II", "resp"], VALUES, fmt=["16", "16"], write_dir=str(folder))
    return folder / "r1.hea"


def test_signals_have_rate_and_unit_of_the_header(record: Path) -> None:
    assert [(c.name, c.sfreq, c.unit) for c in open_file(record).channels] == [("II", 250.0, "mV"), ("resp", 250.0, "")]
    signal = read(record, declare("resp", "II", sfreq=250.0), 1.0, 3.0)
    np.testing.assert_allclose(signal.values, VALUES[250:750, ::-1].T, atol=1e-4)
    volts = read(record, declare("II", sfreq=250.0, unit="uV"))
    np.testing.assert_allclose(volts.values[0], 1000 * VALUES[:, 0], atol=0.1)


def test_record_is_header_and_signals(record: Path) -> None:
    assert [path.name for path in list_contents(record)] == ["r1.dat", "r1.hea"]


def test_damaged_header_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.hea").write_text("nonsense")
    with pytest.raises(DataError, match=r"x\.hea: wfdb cannot read it"):
        _ = open_file(tmp_path / "x.hea").channels
