"""Test what a BIDS folder states beside a recording."""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.sources._folder.declared import match_channels
from mpcl_plugins.sources.folder import Folder
from mpcl_plugins.sources.formats.open_file import open_file
from support.folder_study import edf
from support.signal_reading import declare, read


def physio(folder: Path, **stated: object) -> Path:
    path = folder / "sub-01_task-film_physio.tsv.gz"
    with gzip.open(path, "wt") as file:
        file.write("1\t2\n3\tn/a\n" * 50)
    about = {"SamplingFrequency": 50, "StartTime": -2, "Columns": ["cardiac", "trigger"], **stated}
    (folder / "sub-01_task-film_physio.json").write_text(json.dumps(about))
    return path


def test_types_and_units_of_channels_come_from_the_table(tmp_path: Path) -> None:
    names = ("Fz", "A1", "H1", "T")
    signals = {name: np.zeros(128) for name in names}
    edf(tmp_path / "sub-01_task-film_eeg.edf", signals, dict.fromkeys(names, 128), dict.fromkeys(names, ""))
    rows = [
        "name\ttype\tunits\tstatus",
        "Fz\tEEG\tµV\tbad",
        "A1\tMISC\tn/a\tn/a",
        "H1\tECG\tmV\tgood",
        "T\tTRIG\tn/a\tgood",
    ]
    (tmp_path / "sub-01_task-film_channels.tsv").write_text("\n".join(rows), encoding="utf-8")
    path = tmp_path / "sub-01_task-film_eeg.edf"
    assert [c.name for c in Folder.channels(path) if c.is_bad] == ["Fz"]
    converted = match_channels(open_file(path).channels, declare("H1", sfreq=128.0, unit="uV"), path)
    assert [(c.name, c.scale) for c in converted] == [("H1", 1000.0)]
    found = [(c.name, c.role, c.kind, c.unit) for c in Folder.channels(path)]
    assert found == [
        ("Fz", "signal", "eeg", "uV"),
        ("A1", "numbering", "", ""),
        ("H1", "signal", "ecg", "mV"),
        ("T", "events", "", ""),
    ]


def test_physiology_starts_where_its_file_states(tmp_path: Path) -> None:
    path = physio(tmp_path)
    file = open_file(path)
    assert [(c.name, c.kind, c.sfreq, c.role) for c in Folder.channels(path)] == [
        ("cardiac", "ppg", 50.0, "signal"),
        ("trigger", "", 50.0, "events"),
    ]
    assert file.relative_start == -2.0
    np.testing.assert_allclose(read(path, declare("cardiac", sfreq=50.0), 1.0).values[0], [1, 3] * 25)


def test_physiology_without_rate_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"physio\.json: must state 'SamplingFrequency' above 0 and 'Columns'"):
        open_file(physio(tmp_path, SamplingFrequency="50"))
    (tmp_path / "other.gz").write_bytes(b"")
    with pytest.raises(DataError, match=r"read only as \.\.\._physio\.tsv\.gz"):
        open_file(tmp_path / "other.gz")
