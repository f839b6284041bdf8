"""One way to build and apply transforms of the four kinds."""

import numpy as np

from mpcl_core.interfaces.data import Recording, WindowSet
from mpcl_core.testing.transform_kinds import build_case, read_signals, relabel
from mpcl_plugins.transforms.notch import Notch
from mpcl_plugins.transforms.statistics import Statistics
from mpcl_plugins.transforms.window import Window
from mpcl_plugins.transforms.zscore import ZScore


def test_fitted_transform_is_fitted_on_other_windows_than_it_transforms() -> None:
    case = build_case(ZScore, {"scope": "train"})
    assert case.fitting is not None
    assert [len(windows) for windows in case.inputs if isinstance(windows, WindowSet)] == [len(case.fitting)] * 2
    result = case.apply(case.build(), case.inputs[0])
    assert read_signals(result).keys() == read_signals(case.inputs[0]).keys()


def test_recordings_become_recordings_or_windows() -> None:
    filtered = build_case(Notch, {"modality": "eeg"})
    assert isinstance(filtered.apply(filtered.build(), filtered.inputs[0]), Recording)
    cut = build_case(Window, {"length": 4.0})
    assert cut.fitting is None
    assert isinstance(cut.apply(cut.build(), cut.inputs[0]), WindowSet)


def test_window_transform_gets_windows_of_signals() -> None:
    case = build_case(Statistics, {})
    assert [len(windows) for windows in case.inputs if isinstance(windows, WindowSet)] == [3, 3]


def test_other_distributions_leave_the_signals() -> None:
    for data in (build_case(ZScore, {}).inputs[0], build_case(Window, {}).inputs[0]):
        other = relabel(data)
        assert np.array_equal(other.D, data.D[::-1])
        for name, values in read_signals(data).items():
            assert read_signals(other)[name] is values
