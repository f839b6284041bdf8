"""Recognise channels that hold codes, counts or flags."""

import pytest

from mpcl_plugins.sources.formats.channel_roles import find_role


@pytest.mark.parametrize(
    ("name", "unit", "role"),
    [
        ("Status", "Boolean", "events"),
        ("Status", "uV", "events"),
        ("switch", "Boolean", "events"),
        ("STI 014", "", "events"),
        ("STI101", "", "events"),
        ("Trigger(255)", "", "events"),
        ("BDF Annotations", "", "events"),
        ("EventMarker", "", "events"),
        ("face_id", "", "numbering"),
        ("Sample Index", "", "numbering"),
        ("COUNTER", "", "numbering"),
        ("ECG_Quality", "", "numbering"),
        ("Fp1", "uV", "signal"),
        ("EDA", "uS", "signal"),
        ("EOGh", "", "signal"),
        ("AU12_r", "", "signal"),
        ("stimulation_current", "mA", "signal"),
        ("", "", "signal"),
    ],
)
def test_a_channel_is_taken_for_what_its_name_and_unit_show(name: str, unit: str, role: str) -> None:
    assert find_role(name, unit=unit) == role


def test_the_part_counts_where_a_channel_has_no_name() -> None:
    assert find_role("", "Trigger-Stream") == "events"
    assert find_role("Fz", "Trigger-Stream") == "signal"
