"""Compare files in local time with files in UTC, where the manifest states the time zone."""

from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

from mpcl_plugins.sources.formats.signal_file import Start


def find_zone(text: str) -> tzinfo:
    """Return a time zone.

    Args:
        text: its name, such as ``Europe/Berlin``, or its distance from UTC, such as ``+02:00``.

    Returns:
        The zone.

    Raises:
        ValueError: there is no such zone.

    Example:
        >>> find_zone("+02:00")
        datetime.timezone(datetime.timedelta(seconds=7200))
    """
    if text[:1] in "+-" or text == "Z":
        zone = datetime.strptime(text, "%z").tzinfo
        if zone is not None:
            return zone
    try:
        return ZoneInfo(text)
    except (KeyError, OSError) as error:
        raise ValueError(f"there is no time zone '{text}'") from error


def to_utc(start: Start, zone: tzinfo) -> Start:
    """Return a start in UTC; one that is in UTC already is returned as it is.

    Args:
        start: when a file begins.
        zone: the zone of local time.

    Returns:
        The start.
    """
    if start.clock == "utc":
        return start
    local = datetime.fromtimestamp(start.seconds, UTC).replace(tzinfo=zone)
    return Start(local.timestamp(), "utc")
