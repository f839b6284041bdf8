"""Mark names of the public API that will be removed.

A deprecated name keeps working, and warns, for at least two minor versions before it is removed.
"""

import functools
import warnings
from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


class MPCLDeprecationWarning(FutureWarning):
    """Warn that a name of the public API will be removed; shown to users by default."""


def deprecated(*, since: str, removed_in: str, instead: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Return a decorator that warns at each call of a function or class that will be removed.

    Args:
        since: the version whose release announced the removal, such as ``"0.3"``.
        removed_in: the version that will lack the name, at least two minor versions later.
        instead: what to use instead.

    Returns:
        The decorator. It adds a note to the docstring.

    Raises:
        ValueError: ``removed_in`` comes less than two minor versions after ``since``.

    Example:
        >>> @deprecated(since="0.3", removed_in="0.5", instead="mpcl_core.run")
        ... def execute() -> int:
        ...     return 1
        >>> print(execute.__doc__)
        Deprecated since 0.3, removed in 0.5: use mpcl_core.run instead.
    """
    (major, minor), (last_major, last_minor) = _version(since), _version(removed_in)
    if last_major < major or (last_major == major and last_minor < minor + 2):
        raise ValueError(
            f"deprecated in {since}, a name may not be removed before {major}.{minor + 2}, not {removed_in}"
        )
    note = f"Deprecated since {since}, removed in {removed_in}: use {instead} instead."

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(function)
        def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
            message = f"{function.__qualname__} is deprecated since {since} and will be removed in {removed_in}: "
            warnings.warn(f"{message}use {instead} instead.", MPCLDeprecationWarning, stacklevel=2)
            return function(*args, **kwargs)

        wrapper.__doc__ = f"{function.__doc__.rstrip()}\n\n{note}" if function.__doc__ else note
        return wrapper

    return decorate


def _version(text: str) -> tuple[int, int]:
    major, minor = text.split(".")[:2]
    return int(major), int(minor)
