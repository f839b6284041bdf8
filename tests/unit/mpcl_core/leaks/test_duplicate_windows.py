"""Windows with the same values have the same number."""

import numpy as np

from mpcl_core.interfaces.data import Modality, WindowSet
from mpcl_core.leaks.duplicate_windows import number_by_values

MODALITIES = (Modality("eeg", 2, 5, 5.0), Modality("gsr", 1, 4, 4.0))


def windows(n: int = 6) -> WindowSet:
    rng = np.random.default_rng(0)
    shapes = {modality.name: (n, modality.n_chans, modality.n_times) for modality in MODALITIES}
    X = {name: rng.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}
    present = {name: np.ones(n, dtype=bool) for name in X}
    return WindowSet(MODALITIES, X, present, np.full((n, 2), 0.5), ("joy", "fear"))


def test_copies_of_all_modalities_have_one_number() -> None:
    some = windows()
    for values in some.X.values():
        values[4] = values[1]
    number = number_by_values(some)
    assert number[4] == number[1]
    assert len(np.unique(number)) == 5


def test_copies_of_one_modality_only_have_two_numbers() -> None:
    some = windows()
    some.X["gsr"][4] = some.X["gsr"][1]
    assert len(np.unique(number_by_values(some))) == 6


def test_constant_windows_have_numbers_of_their_own() -> None:
    some = windows()
    for values in some.X.values():
        values[2:5] = 0.0
    assert len(np.unique(number_by_values(some))) == 6
