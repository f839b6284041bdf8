"""How numbers are written in a table."""

from math import isnan

ABSENT = "—"


def bare(value: float) -> str:
    """Four digits without the 0 before the point."""
    return f"{value:.4f}".replace("0.", ".", 1) if abs(value) < 1 else f"{value:.4f}"


def signed(value: float, digits: int = 4) -> str:
    """A number with its sign, which it keeps where its digits are all 0: a bound may lie just beside it."""
    return f"{value:+.{digits}f}".replace("-", "−") if value else f"{0:.{digits}f}"


def probability(p: float) -> str:
    """A p-value to three digits."""
    if isnan(p):
        return ABSENT
    return "< .001" if p < 0.001 else f"{p:.3f}".replace("0.", ".", 1)
