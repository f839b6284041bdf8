"""Digests of windows and recordings change with every value and with nothing else."""

from dataclasses import replace

import numpy as np
import pytest

from mpcl_core.interfaces.data import WindowSet
from mpcl_core.testing.failure import ContractError
from mpcl_core.testing.immutability import demand_unchanged, digest, digests
from mpcl_core.testing.sample_data import recordings, study


@pytest.fixture
def windows() -> WindowSet:
    return study(2, 2, 2)


def test_digest_of_equal_windows_is_equal_whatever_their_memory_layout(windows: WindowSet) -> None:
    other = replace(windows, D=np.asfortranarray(windows.D.copy()))
    assert digests(windows) == digests(other)
    assert digest(windows) == digest(other)


def test_one_changed_value_is_one_changed_digest(windows: WindowSet) -> None:
    before = digests(windows)
    windows.X["eeg"][0, 0, 0] += 1
    windows.subject[0] = "S99"
    after = digests(windows)
    assert {name for name in before if before[name] != after[name]} == {"X of 'eeg'", "subject"}


def test_digest_of_recordings_depends_on_start_and_number() -> None:
    two = recordings(2.0)[:2]
    digest_of_both = digest(iter(two))
    assert digest(iter(two)) == digest_of_both
    assert digest(iter(two[:1])) != digest_of_both
    later = replace(two[0], signals={n: replace(s, start=s.start + 1) for n, s in two[0].signals.items()})
    assert digest(iter([later, two[1]])) != digest_of_both


def test_block_that_changes_its_input_is_refused_with_the_part(windows: WindowSet) -> None:
    with demand_unchanged(windows, "fit()"):
        windows.D.sum()
    with (
        pytest.raises(ContractError, match=r"^fit\(\) changes its input: D, X of 'face'$"),
        demand_unchanged(windows, "fit()"),
    ):
        windows.D[0] = 0.2
        windows.X["face"] += 1
