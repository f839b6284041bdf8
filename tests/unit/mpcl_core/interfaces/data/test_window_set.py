"""Window sets: defaults of their columns, selections, and faults that name field and row."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from mpcl_core.interfaces.data import Modality, WindowSet, concatenate
from mpcl_core.interfaces.data.window_set import WINDOW_COLUMNS
from mpcl_core.interfaces.errors import DataError

X = np.arange(6, dtype=np.float32).reshape(3, 1, 2)
PRESENT = np.array([False, True, True])
D = np.array([[0.5, 0.5], [0.2, 0.8], [1.0, 0.0]])
WINDOWS = WindowSet(
    modalities=(Modality("gsr", n_chans=1, n_times=2),),
    X={"gsr": X * PRESENT[:, None, None]},
    present={"gsr": PRESENT},
    D=D,
    labels=("happy", "sad"),
    subject=np.array(["a", "a", "b"]),
)


def test_columns_that_are_left_out_have_defaults() -> None:
    assert (len(WINDOWS), WINDOWS.n_outputs) == (3, 2)
    assert WINDOWS.trial.tolist() == ["", "", ""]
    assert WINDOWS.weight.tolist() == [1.0, 1.0, 1.0]
    assert WINDOWS.window.tolist() == [0, 0, 0]
    assert np.isnan(WINDOWS.t_start).all()


def test_selected_windows_keep_the_order_of_the_indices_in_every_column() -> None:
    taken = WINDOWS.take(np.array([2, 0]))
    assert taken.subject.tolist() == ["b", "a"]
    assert np.array_equal(taken.D, D[[2, 0]])
    assert np.array_equal(taken.X["gsr"], WINDOWS.X["gsr"][[2, 0]])
    assert taken.present["gsr"].tolist() == [True, False]


def test_new_signals_are_zero_where_the_modality_is_absent() -> None:
    changed = WINDOWS.with_signals({"gsr": X + 1})
    assert changed.X["gsr"][:, 0].tolist() == [[0, 0], [3, 4], [5, 6]]
    assert np.array_equal(WINDOWS.X["gsr"][0], [[0, 0]])


def test_parts_are_concatenated_column_by_column() -> None:
    both = concatenate([WINDOWS, WINDOWS.take(np.array([2]))])
    assert both.subject.tolist() == ["a", "a", "b", "b"]
    assert all(len(getattr(both, name)) == 4 for name in WINDOW_COLUMNS)


FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "labels": ({"labels": ("happy",)}, "f, D: 1 labels for 2 columns"),
    "no values": ({"X": {}}, "f: modalities without values or presence mask: gsr"),
    "shape": ({"X": {"gsr": X[:, :, :1]}}, "f, gsr: shape (3, 1, 1), but (3, 1, 2) was declared"),
    "absent": ({"X": {"gsr": X}}, "f, gsr, row 0: absent, but not zero"),
    "column": ({"trial": np.array(["1"])}, "f, trial: 1 values for 3 windows"),
}


@pytest.mark.parametrize(("change", "message"), FAULTS.values(), ids=FAULTS)
def test_a_fault_names_the_field(change: dict[str, Any], message: str) -> None:
    assert WINDOWS.validate() is WINDOWS
    wrong = replace(WINDOWS)
    for name, value in change.items():
        setattr(wrong, name, value)
    with pytest.raises(DataError) as caught:
        wrong.validate("f")
    assert str(caught.value) == message


def test_an_empty_set_is_refused() -> None:
    with pytest.raises(DataError, match="there are no windows"):
        WINDOWS.take(np.array([], np.int64)).validate()
