"""Windows that worker processes map instead of copying."""

import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np

from mpcl_core import testing
from mpcl_core.interfaces.data import WINDOW_COLUMNS
from mpcl_core.jobs.shared_windows import SharedWindows, shared_windows


def test_windows_arrive_equal_and_read_only_and_leave_no_file() -> None:
    windows = testing.study()
    with shared_windows([windows]) as (shared,):
        opened = pickle.loads(pickle.dumps(shared)).load()
        for name, values in windows.X.items():
            assert np.array_equal(opened.X[name], values)
            assert not opened.X[name].flags.writeable
        for name in WINDOW_COLUMNS:
            assert np.array_equal(getattr(opened, name), getattr(windows, name), equal_nan=name.startswith("t_"))
        assert SharedWindows(shared.file).load() is opened
        folder = shared.file.parents[1]
    assert not folder.exists()


def test_signals_that_lie_in_a_file_are_not_written_again(tmp_path: Path) -> None:
    windows = testing.study()
    for name, values in windows.X.items():
        np.save(tmp_path / name, values)
    mapped = replace(windows, X={name: np.load(tmp_path / f"{name}.npy", mmap_mode="r") for name in windows.X})
    part = replace(mapped, X={name: values[:, :, :1] for name, values in mapped.X.items()})
    with shared_windows([mapped, part]) as (shared, shared_part):
        assert [path.name for path in shared.file.parent.iterdir()] == ["windows.pickle"]
        for name, values in windows.X.items():
            assert np.array_equal(shared.load().X[name], values)
            assert np.array_equal(shared_part.load().X[name], values[:, :, :1])
