"""Wrong arguments of the estimator are one clear error."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from mpcl_core.interfaces.data import Modality
from mpcl_core.sklearn.arguments import checked_device, checked_modalities, checked_sets, subjects_of

EEG = Modality("eeg", 1, 6)


@pytest.mark.parametrize(
    ("groups", "names"),
    [
        (None, ["", ""]),
        ([3, 4], ["3", "4"]),
        (np.array([["a"], ["b"]]), ["a", "b"]),
        (pd.Series(["a", "b"]), ["a", "b"]),
        ((1.0, 2.5), ["1.0", "2.5"]),
    ],
)
def test_subjects_become_text(groups: Any, names: list[str]) -> None:
    assert subjects_of(groups, 2).tolist() == names


@pytest.mark.parametrize(
    ("groups", "message"),
    [
        ([1], r"groups has shape \(1,\), but must be \(2,\)"),
        ([[1, 2], [3, 4]], "one subject for each row of X"),
        (["a", None], "groups, row 1: None names no subject"),
        ([np.nan, 1.0], "groups, row 0: nan names no subject"),
        (pd.array([1, None], dtype="Int64"), "groups, row 1: (<NA>|nan)"),
        (np.array(["2020-01-01", "NaT"], "datetime64[D]"), "groups, row 1: NaT"),
    ],
)
def test_missing_and_misshapen_subjects_are_refused(groups: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        subjects_of(groups, 2)


def test_patches_are_a_sequence_of_texts() -> None:
    assert checked_sets(["a=1", "b=2"]) == checked_sets(np.array(["a=1", "b=2"])) == ("a=1", "b=2")
    assert checked_sets(()) == ()
    with pytest.raises(ValueError, match=r"write \('a=1',\)"):
        checked_sets("a=1")
    with pytest.raises(ValueError, match="must be a sequence of texts"):
        checked_sets([1])
    with pytest.raises(ValueError, match="must be a sequence of texts"):
        checked_sets(None)


def test_modalities_have_distinct_names() -> None:
    assert checked_modalities([EEG]) == (EEG,)
    for wrong in (None, [], "eeg", ["eeg"], EEG):
        with pytest.raises(ValueError, match="must be a sequence of Modality objects"):
            checked_modalities(wrong)
    with pytest.raises(ValueError, match="modalities names 'eeg' twice"):
        checked_modalities([EEG, EEG])


def test_device_must_exist() -> None:
    assert checked_device("cpu") == "cpu"
    with pytest.raises(ValueError, match="device: "):
        checked_device("toaster")
