"""Format numbers for tables, captions and sentences."""

from math import isnan

ABSENT = "—"


def format_score(value: float) -> str:
    """Format a number with four decimals, without the zero before the point.

    Args:
        value: the number.

    Returns:
        For example ``.0123``.
    """
    return f"{value:z.4f}".replace("0.", ".", 1) if abs(value) < 1 else f"{value:z.4f}"


def format_signed(value: float, digits: int = 4) -> str:
    """Format a number with its sign, also where all digits are 0: a bound may lie just beside zero.

    Args:
        value: the number.
        digits: decimals.

    Returns:
        For example ``+0.0123`` or ``−0.0000``; no sign for exactly zero.
    """
    return f"{value:+.{digits}f}".replace("-", "−") if value else f"{0:.{digits}f}"


def format_p(p: float) -> str:
    """Format a p-value with three decimals.

    Args:
        p: the p-value; NaN where there is none.

    Returns:
        For example ``.012``, ``< .001``, or a dash.
    """
    if isnan(p):
        return ABSENT
    return "< .001" if p < 0.001 else f"{p:.3f}".replace("0.", ".", 1)


def state_p(p: float) -> str:
    """Format a p-value for a sentence.

    Args:
        p: the p-value.

    Returns:
        For example ``p = 0.012`` or ``p < .001``.
    """
    return "p < .001" if p < 0.001 else f"p = {p:.3f}"


def format_count(number: int, noun: str) -> str:
    """Format a count with its noun in the singular or plural.

    Args:
        number: the count.
        noun: the singular.

    Returns:
        For example ``1 fold`` or ``2 folds``.
    """
    return f"{number} {noun}{'' if number == 1 else 's'}"
