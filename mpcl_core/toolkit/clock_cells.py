"""Format the offset, drift and gaps of a signal as the cells of a table, for ``check`` and the report."""

from mpcl_core.interfaces.data import SignalClock

CLOCK_COLUMNS = ("file", "modality", "offset (s)", "drift (ppm)", "resampled", "gaps", "lost (s)")
"""The headings of the table."""


def format_clock(clock: SignalClock) -> list[str]:
    """Format a clock as the cells of a row.

    Args:
        clock: the clock of a signal.

    Returns:
        A cell for each of ``CLOCK_COLUMNS``.

    Example:
        >>> format_clock(SignalClock("watch.csv", "ppg", offset=12.0, drift=200.4, is_resampled=True))
        ['watch.csv', 'ppg', '12', '+200', 'yes', '0', '0']
    """
    drift = f"{clock.drift:+.0f}" if round(clock.drift) else "0"
    resampled = "yes" if clock.is_resampled else "no"
    numbers = (f"{clock.offset:.6g}", drift, resampled, str(clock.gaps), f"{clock.lost:.6g}")
    return [clock.file, clock.modality, *numbers]
