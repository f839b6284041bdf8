"""The benchmarks that need more than a timer: what they count, and what they say where they cannot compare."""

from pathlib import Path

import pytest
import torch

import hopfield_layers
import matmul_share


def test_a_missing_library_is_said_clearly(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="holds no folder 'hflayers': clone github"):
        hopfield_layers.library(tmp_path)


@pytest.mark.slow
def test_the_operations_of_a_step_include_every_linear_map(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matmul_share, "BATCH", 8)
    monkeypatch.setattr(matmul_share, "STEPS", 2)
    run = matmul_share.phase(16, matmul_share.SAMPLE)
    linear = [m for m in run.learner.modules() if isinstance(m, torch.nn.Linear)]
    forward = sum(2 * 8 * m.in_features * m.out_features for m in linear)
    assert matmul_share.operations(run) / 2 > 2 * forward  # forward, and at least the gradient of the weights
