"""A device and the precision of its products."""

import pytest
import torch

from mpcl_core.training.device import Device


def test_products_are_exact_by_default_and_bfloat16_where_asked() -> None:
    x = torch.ones(2, 2)
    with Device("cpu", "32").autocast():
        assert (x @ x).dtype == torch.float32
    with Device("cpu", "bf16").autocast():
        assert (x @ x).dtype == torch.bfloat16
    assert (x @ x).dtype == torch.float32


@pytest.mark.parametrize(("name", "kind", "index"), [("cpu", "cpu", None), ("cuda:1", "cuda", 1)])
def test_names_are_those_of_torch(name: str, kind: str, index: int | None) -> None:
    device = Device(name, "32").torch_device
    assert (device.type, device.index) == (kind, index)
