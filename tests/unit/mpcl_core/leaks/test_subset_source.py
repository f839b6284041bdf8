"""Take recordings and windows of both sides of a fold from a source."""

from pathlib import Path

import numpy as np

from mpcl_core.data.prepare import prepare
from mpcl_core.leaks.subset_source import N_RECORDINGS, N_WINDOWS, name_windows, take_subset
from mpcl_plugins.protocols.kfold import KFold
from mpcl_plugins.protocols.loso import LOSO
from mpcl_plugins.protocols.random_windows import RandomWindows
from mpcl_plugins.sources.dmer import DMER
from mpcl_plugins.sources.simulated import Simulated
from mpcl_plugins.transforms.window import Window
from support.audit_study import with_folds

SOURCE = Simulated(subjects=4, trials=12, seconds=12.0)
PREPARED = prepare(SOURCE, [Window(length=4.0)])


def test_recordings_of_both_sides_alternate() -> None:
    subset = take_subset(SOURCE, with_folds(PREPARED, list(LOSO().split(PREPARED))))
    assert subset.is_tested.tolist() == [False, True] * N_RECORDINGS
    assert {one.subject for one in subset.take(subset.is_tested).data} == {"s01"}
    labels = [one.D.tobytes() for one in subset.data]
    moved = [one.D.tobytes() for one in subset.exchange_labels().data]
    assert sorted(moved) == sorted(labels)
    assert np.mean([a != b for a, b in zip(labels, moved, strict=True)]) > 0.8


def test_every_second_recording_counts_as_tested_where_all_hold_test_windows() -> None:
    only = PREPARED.take(np.flatnonzero(PREPARED.subject == "s01"))
    subset = take_subset(Simulated(subjects=1), with_folds(only, list(RandomWindows(test=0.5).split(only))))
    assert 0 < subset.is_tested.sum() < len(subset.is_tested)


def test_windows_without_names_get_distinct_names(data_dir: Path) -> None:
    source = DMER(path=data_dir / "dmer-emotiondict" / "data_feature_sample.mat")
    windows = prepare(source, [])
    subset = take_subset(source, with_folds(windows, list(KFold().split(windows))))
    assert len(subset.is_tested) == N_WINDOWS
    assert subset.is_tested.sum() == N_WINDOWS // 2
    windows.trial[:], windows.window[:], windows.subject[:] = "", 0, ""

    class Nameless(DMER):
        def load(self):  # type: ignore[no-untyped-def]  # noqa: ANN202
            return windows

    subset = take_subset(Nameless(path=source.path), with_folds(windows, list(KFold().split(windows))))
    assert len(set(name_windows(subset.data))) == len(subset.is_tested)  # type: ignore[arg-type]
