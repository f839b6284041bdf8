"""Compare labels of channels that devices spell in different ways."""

import pytest

from mpcl_core.toolkit.channel_labels import find_label, plain_label


@pytest.mark.parametrize(
    "label", ["Fp1", "FP1", " fp1 ", "Fp1.", "Fp1..", "EEG Fp1", "EEG FP1-LE", "EEG Fp1-Ref", "POL Fp1", "Fp1-A2"]
)
def test_spellings_of_one_electrode_are_equal(label: str) -> None:
    assert plain_label(label) == "fp1"


@pytest.mark.parametrize(
    ("label", "plain"), [("EEG Fpz-Cz", "fpz-cz"), ("A1", "a1"), ("ECG", "ecg"), ("EEG", "eeg"), ("T3", "t7")]
)
def test_derivations_and_bare_kinds_keep_their_names(label: str, plain: str) -> None:
    assert plain_label(label) == plain


def test_exact_label_is_preferred() -> None:
    assert find_label("Fp1", ["FP1", "Fp1"]) == ["Fp1"]


def test_unclear_and_unknown_labels_are_not_chosen() -> None:
    assert find_label("Fp1", ["EEG Fp1-A1", "EEG Fp1-A2", "Cz"]) == ["EEG Fp1-A1", "EEG Fp1-A2"]
    assert find_label("Fpz", ["EEG Fpz-Cz", "Fp1", ""]) == []


@pytest.mark.parametrize(
    ("wanted", "label"), [("EEG 1", "EMG 1"), ("ECG chest", "EMG chest"), ("Fp1", "EOG Fp1"), ("C3-M2", "C3-M1")]
)
def test_other_kinds_and_references_are_other_channels(wanted: str, label: str) -> None:
    assert find_label(wanted, [label]) == []
    assert find_label(wanted, [label, wanted.upper()]) == [wanted.upper()]
