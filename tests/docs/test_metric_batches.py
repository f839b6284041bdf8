"""The page of the Python interface averages a metric over batches, which gives that of all windows at once."""

from typing import Any

import pytest

from mpcl_core import metrics
from support.code_blocks import blocks


def test_metric_over_batches_is_that_of_all_windows() -> None:
    first, over_batches = (block for block in blocks("docs/reference/api.md", "python") if "D_pred" in block)
    names: dict[str, Any] = {}
    exec(first, names)
    *lines, average = over_batches.splitlines()
    exec("\n".join(lines), names)
    assert eval(average, names) == pytest.approx(metrics.kl_divergence(names["D"], names["D_pred"]))
