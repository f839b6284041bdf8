"""Test that auxiliary channels of an EEG file are not taken for EEG."""

import pytest

from mpcl_core.scaffold.channel_kinds import find_kind


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Fp1", ""),
        ("TP9", ""),
        ("EEG Fpz-Cz", ""),
        ("HEOG", "eog"),
        ("EOG horizontal", "eog"),
        ("EMG-chin", "emg"),
        ("ECG1", "ecg"),
        ("EXG8", "external"),
        ("Plet", "ppg"),
        ("SaO2", "spo2"),
    ],
)
def test_names_of_recorders_show_the_kind(name: str, kind: str) -> None:
    assert find_kind(name) == kind
