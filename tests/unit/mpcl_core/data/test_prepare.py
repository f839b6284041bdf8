"""Compare windows that are prepared a few recordings at a time with all of them at once."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mpcl_core.data import prepare as module
from mpcl_core.data.prepare import output_modalities, prepare, prepare_parts
from mpcl_core.interfaces.components import Source, Transform, Windowing, WindowTransform
from mpcl_core.interfaces.data import WindowSet, concatenate
from mpcl_core.interfaces.errors import DataError, PluginError
from mpcl_plugins.sources.emopair import EmoPair
from mpcl_plugins.sources.simulated import Simulated
from mpcl_plugins.transforms.eda import EDA
from mpcl_plugins.transforms.hrv import HRV
from mpcl_plugins.transforms.statistics import Statistics
from mpcl_plugins.transforms.window import Window
from support.cache_study import Ramps, Sloppy, assert_same, ramps


def prepare_at_once(source: Source, transforms: list[Transform]) -> WindowSet:
    """Cut every recording into windows, then apply each transform to all of them."""
    (window,) = (transform for transform in transforms if isinstance(transform, Windowing))
    modalities = output_modalities(source.modalities, [window])
    cut = [window.transform(recording, modalities, source.labels, source.valence) for recording in source.load()]
    windows = concatenate([part for part in cut if len(part)])
    for transform in transforms:
        if isinstance(transform, WindowTransform):
            windows = transform.transform(windows)
    return replace(windows, weight=windows.weight * (len(windows) / windows.weight.sum()))


FEATURES = [
    Window(length=25.0, hop=5.0),
    HRV(modality="ppg", output="beats"),
    EDA(modality="gsr", output="skin"),
    Statistics(modality="ppg", features=("mean", "sd", "slope", "min", "max", "median", "speed")),
]


@pytest.mark.slow
@pytest.mark.parametrize("chunk", [1, 2**18, 2**40])
@pytest.mark.parametrize("transforms", [[Window(length=4.0, hop=2.0)], FEATURES], ids=["windows", "features"])
def test_chunk_size_does_not_change_windows(
    chunk: int, transforms: list[Transform], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CHUNK_SIZE", chunk)
    source = Simulated(subjects=3, trials=5, missing=0.3)
    assert_same(prepare(source, transforms), prepare_at_once(source, transforms))


@pytest.mark.slow
def test_real_recordings_are_the_same_in_parts_and_at_once(data_dir: Path) -> None:
    source = EmoPair(path=data_dir / "emopaircompete")
    transforms = [Window(length=200.0), HRV(modality="ppg", output="beats"), EDA(modality="gsr", output="skin")]
    assert_same(prepare(source, transforms), prepare_at_once(source, transforms))


@pytest.mark.slow
def test_no_part_is_larger_than_a_chunk_and_a_recording(monkeypatch: pytest.MonkeyPatch) -> None:
    source, window = Simulated(subjects=3, trials=4, seconds=40.0, missing=0.0), Window(length=4.0)
    sizes = [sum(x.nbytes for x in part.X.values()) for part in prepare_parts(source, [window])]
    total = sum(sizes)
    recording = total // 12
    monkeypatch.setattr(module, "CHUNK_SIZE", 3 * recording - 1)
    shared = [sum(x.nbytes for x in part.X.values()) for part in prepare_parts(source, [window])]
    assert sizes == [total]
    assert shared == [3 * recording] * 4


def test_errors_count_windows_from_the_first_of_the_study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Breaks(WindowTransform):
        name = "breaks"

        def transform(self, windows: WindowSet) -> WindowSet:
            X = {name: values.copy() for name, values in windows.X.items()}
            X["ramp"][windows.subject == "c", :, 0] = np.where(windows.window == 4, np.nan, 0)[
                windows.subject == "c", None
            ]
            return windows.with_signals(X)

    source = Ramps(path=ramps(tmp_path, a=0.0, b=1.0, c=2.0))
    for chunk in (1, 2**40):
        monkeypatch.setattr(module, "CHUNK_SIZE", chunk)
        with pytest.raises(DataError, match=r"source 'ramps', ramp, row 22: holds NaN") as caught:
            prepare(source, [Window(length=2.0, hop=1.0), Breaks()])
        assert caught.value.row == 2 * 9 + 4


def test_parts_with_different_modalities_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Fickle(WindowTransform):
        name = "fickle"

        def transform(self, windows: WindowSet) -> WindowSet:
            first, *others = windows.modalities
            return replace(windows, modalities=(replace(first, unit=windows.subject[0]), *others))

    monkeypatch.setattr(module, "CHUNK_SIZE", 1)
    with pytest.raises(DataError, match=r"modalities, row 9: .*unit='b'.* in earlier windows"):
        prepare(Ramps(path=ramps(tmp_path, a=0.0, b=1.0)), [Window(length=2.0, hop=1.0), Fickle()])


def test_no_window_left_is_an_error(tmp_path: Path) -> None:
    class Nothing(WindowTransform):
        name = "nothing"

        def transform(self, windows: WindowSet) -> WindowSet:
            return windows.take(np.zeros(0, np.int64))

    source = Ramps(path=ramps(tmp_path, a=0.0, b=1.0))
    with pytest.raises(DataError, match="source 'ramps': no window in 2 recordings"):
        prepare(source, [Window(length=60.0)])
    with pytest.raises(PluginError, match=r"transform 'nothing' .* returned 0 windows for 10"):
        prepare(source, [Window(length=2.0), Nothing()])


def test_windows_have_the_types_of_the_contract_and_metadata_those_of_python(tmp_path: Path) -> None:
    windows = prepare(Sloppy(path=tmp_path), [])
    assert windows.X["x"].dtype == np.float32
    assert windows.subject.tolist() == ["a", "b", "3", "d"]
    assert windows.subject.dtype.kind == "U"
    assert windows.window.dtype == np.int64
    (modality,) = windows.modalities
    assert repr(modality) == "Modality(name='x', n_chans=1, n_times=3, sfreq=2.0, ch_names=(), unit='')"
