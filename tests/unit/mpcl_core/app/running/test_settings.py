"""The device and the number of processes are chosen for the machine."""

import pytest
import torch

from mpcl_core.app.running import settings
from mpcl_core.app.running.settings import RunSettings, choose_device
from mpcl_core.interfaces.errors import UsageError


@pytest.mark.parametrize(("cuda", "mps", "chosen"), [(True, True, "cuda"), (False, True, "mps"), (False, False, "cpu")])
def test_auto_prefers_cuda_then_mps_then_cpu(
    cuda: bool, mps: bool, chosen: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)
    assert choose_device("auto") == chosen
    assert choose_device("cpu") == "cpu"


def test_absent_device_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    with pytest.raises(UsageError, match=r"this machine has no device 'cuda'\. It has: cpu\."):
        choose_device("cuda")


def test_at_most_four_processes_share_an_accelerator_unless_stated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "available_cores", lambda: 16)
    assert RunSettings().jobs_on("cpu") == 16
    assert RunSettings().jobs_on("cuda") == 4
    assert RunSettings(jobs=8).jobs_on("cuda") == 8
