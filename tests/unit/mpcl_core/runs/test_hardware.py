"""Describe the hardware."""

from pathlib import Path

import pytest

from mpcl_core.runs import hardware
from mpcl_core.runs.hardware import describe_hardware


@pytest.mark.parametrize(
    ("text", "expected"), [("flags: a\nmodel name\t: Fast 9\nmodel name\t: Fast 9\n", "Fast 9"), ("", "chip")]
)
def test_hardware_names_the_processor(
    text: str, expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cpuinfo").write_text(text)
    monkeypatch.setattr(hardware, "CPU_INFO", tmp_path / "cpuinfo")
    monkeypatch.setattr("platform.processor", lambda: "chip")
    hardware._processor.cache_clear()
    assert describe_hardware("cpu") == expected
    hardware._processor.cache_clear()


def test_hardware_names_the_gpu_of_the_device(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: True)
    monkeypatch.setattr("torch.cuda.get_device_name", lambda device: f"GPU of {device}")
    assert describe_hardware("cuda:1").endswith(", GPU of cuda:1")
    assert "GPU" not in describe_hardware("cpu")
