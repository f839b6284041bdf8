"""Local time becomes UTC where the zone is stated."""

from datetime import UTC, timedelta, timezone

import pytest

from mpcl_plugins.sources._folder.time_zones import find_zone, to_utc
from mpcl_plugins.sources.formats.signal_file import Start

JULY, JANUARY = 1751328000.0, 1735689600.0  # 2025-07-01 and 2025-01-01, 00:00


@pytest.mark.parametrize(("text", "hours"), [("+02:00", 2), ("-0530", -5.5), ("Z", 0)])
def test_distance_from_utc_is_a_zone(text: str, hours: float) -> None:
    assert find_zone(text).utcoffset(None) == timedelta(hours=hours)


@pytest.mark.parametrize(("seconds", "hours"), [(JULY, 2), (JANUARY, 1)])
def test_named_zone_knows_summer_time(seconds: float, hours: int) -> None:
    assert to_utc(Start(seconds, "local"), find_zone("Europe/Berlin")) == Start(seconds - 3600 * hours, "utc")


def test_start_in_utc_is_not_shifted() -> None:
    start = Start(JULY, "utc")
    assert to_utc(start, timezone(timedelta(hours=5))) is start
    assert to_utc(Start(JULY, "local"), UTC).seconds == JULY


@pytest.mark.parametrize("text", ["Europe/Nowhere", "+25:00", "+2", "", "../etc/passwd"])
def test_unknown_zone_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        find_zone(text)
