"""What the engine scores and stores shares no memory with what components are handed."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mpcl_core import testing
from mpcl_core.data.prepare import prepare
from mpcl_core.data.truth import frozen_part, read_only, read_only_fold, with_columns_of_recording, without_labels
from mpcl_core.interfaces.components import RecordingTransform, WindowTransform
from mpcl_core.interfaces.data import WINDOW_COLUMNS, Fold, Recording, WindowSet
from mpcl_core.interfaces.errors import PluginError
from mpcl_plugins.transforms.window import Window
from support.cache_study import Ramps, ramps


def test_read_only_windows_share_no_column_and_cannot_be_written() -> None:
    windows = testing.study()
    frozen = read_only(windows)
    for name in WINDOW_COLUMNS:
        assert not np.shares_memory(getattr(frozen, name), getattr(windows, name))
        with pytest.raises(ValueError, match="read-only"):
            getattr(frozen, name)[:] = getattr(windows, name)[0]
    for values in (*frozen.X.values(), *frozen.present.values()):
        assert not values.flags.writeable


def test_windows_without_labels_keep_everything_else() -> None:
    windows = testing.study()
    hidden = without_labels(windows)
    assert np.isnan(hidden.D).all()
    assert np.isfinite(windows.D).all()
    for name in WINDOW_COLUMNS[1:]:
        np.testing.assert_array_equal(getattr(hidden, name), getattr(windows, name))


@pytest.mark.parametrize(("positions", "is_view"), [([2, 3, 4], True), ([2, 4], False), ([], False)])
def test_consecutive_windows_are_read_only_views(positions: list[int], is_view: bool) -> None:
    windows, chosen = testing.study(), np.array(positions, np.int64)
    part, expected = frozen_part(windows, chosen), windows.take(chosen)
    for name in WINDOW_COLUMNS:
        np.testing.assert_array_equal(getattr(part, name), getattr(expected, name))
    for name, values in part.X.items():
        np.testing.assert_array_equal(values, expected.X[name])
        assert np.shares_memory(values, windows.X[name]) == is_view
        assert not values.flags.writeable
        assert windows.X[name].flags.writeable


def test_a_fold_has_indices_of_its_own() -> None:
    test = np.array([2])
    fold = read_only_fold(Fold(np.array([0]), np.array([1]), test, "f"))
    test[0] = 0
    assert fold.test.tolist() == [2]


def test_windows_of_a_recording_get_its_columns() -> None:
    recording = Recording({}, np.array([0.25, 0.75]), "s1", "t1", weight=3.0)
    empty = WindowSet((), {}, {}, np.full((2, 2), np.nan), ("a", "b"), subject=np.array(["x", "y"]))
    windows = with_columns_of_recording(empty, recording, len(empty))
    assert windows.D.tolist() == [[0.25, 0.75]] * 2
    assert windows.subject.tolist() == ["s1", "s1"]
    assert windows.weight.tolist() == [1.5, 1.5]


class _RelabelsRecordings(RecordingTransform):
    name = "relabels_recordings"

    def transform(self, recording: Recording) -> Recording:
        assert np.isnan(recording.D).all()
        return replace(recording, D=np.array([1.0, 0.0]), subject="nobody", weight=9.0)


class _RelabelsWindows(WindowTransform):
    name = "relabels_windows"

    def transform(self, windows: WindowSet) -> WindowSet:
        assert np.isnan(windows.D).all()
        return replace(windows, D=np.ones_like(windows.D), weight=windows.weight * 2, trial=windows.subject)


def test_preparation_sees_no_labels_and_changes_no_column(tmp_path: Path) -> None:
    source = Ramps(path=ramps(tmp_path, a=0.0, b=1.0))
    plain = prepare(source, [Window(length=2.0)])
    for steps in ([_RelabelsRecordings(), Window(length=2.0)], [Window(length=2.0), _RelabelsWindows()]):
        windows = prepare(source, steps)
        assert all(np.array_equal(getattr(windows, name), getattr(plain, name)) for name in WINDOW_COLUMNS[:-2])


class _WritesWindows(WindowTransform):
    name = "writes_windows"

    def transform(self, windows: WindowSet) -> WindowSet:
        next(iter(windows.X.values()))[:] = 0
        return windows


def test_a_transform_that_writes_into_its_windows_is_named(tmp_path: Path) -> None:
    source = Ramps(path=ramps(tmp_path, a=0.0))
    with pytest.raises(PluginError, match=r"transform 'writes_windows' .*It writes into an array that it was given"):
        prepare(source, [Window(length=2.0), _WritesWindows()])
