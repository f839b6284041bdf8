"""Deprecated names work, warn at each call, and are announced two minor versions ahead."""

import pytest

from mpcl_core.interfaces.deprecation import MPCLDeprecationWarning, deprecated


@deprecated(since="0.3", removed_in="0.5", instead="other()")
def double(value: int) -> int:
    """Return twice the value."""
    return 2 * value


def test_deprecated_function_works_and_warns() -> None:
    message = r"^double is deprecated since 0\.3 and will be removed in 0\.5: use other\(\) instead\.$"
    for _ in range(2):
        with pytest.warns(MPCLDeprecationWarning, match=message):
            assert double(2) == 4
    assert double.__name__ == "double"
    assert double.__doc__ == "Return twice the value.\n\nDeprecated since 0.3, removed in 0.5: use other() instead."


@pytest.mark.parametrize(("since", "removed_in"), [("0.3", "0.4"), ("1.2", "1.3"), ("1.2", "0.9")])
def test_removal_before_two_minor_versions_is_refused(since: str, removed_in: str) -> None:
    with pytest.raises(ValueError, match="may not be removed before"):
        deprecated(since=since, removed_in=removed_in, instead="other()")


def test_removal_in_a_later_major_version_is_allowed() -> None:
    deprecated(since="1.9", removed_in="2.0", instead="other()")
