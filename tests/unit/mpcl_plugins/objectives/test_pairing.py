"""Each window that counts is paired with the next one that counts."""

import pytest
import torch

from mpcl_plugins.objectives._pairing import next_counted


@pytest.mark.parametrize(
    ("counted", "expected"),
    [
        ([1, 1, 1], {0: 1, 1: 2, 2: 0}),
        ([1, 0, 1, 0, 1], {0: 2, 2: 4, 4: 0}),
        ([0, 1, 0], {1: 1}),
    ],
)
def test_pairs_run_round_the_windows_that_count(counted: list[int], expected: dict[int, int]) -> None:
    found = next_counted(torch.tensor(counted, dtype=torch.bool))
    assert {window: int(found[window]) for window in expected} == expected


def test_no_window_counts() -> None:
    assert next_counted(torch.zeros(3, dtype=torch.bool)).shape == (3,)
