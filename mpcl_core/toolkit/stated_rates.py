"""Read the sampling rates that a user states for files without them."""

from math import isfinite


def parse_rate(text: str) -> tuple[str, float]:
    """Convert ``MODALITY=HZ`` to a modality and its sampling rate.

    Args:
        text: the text.

    Returns:
        The modality, and its rate in Hz.

    Raises:
        ValueError: the text is of another form.

    Example:
        >>> parse_rate("ppg=64")
        ('ppg', 64.0)
    """
    name, _, number = text.partition("=")
    try:
        value = float(number)
    except ValueError:
        value = 0.0
    if not name or not isfinite(value) or value <= 0:
        raise ValueError(f"expected a modality and its rate in Hz like ppg=64, got {text[:40]!r}")
    return name, value
