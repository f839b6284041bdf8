"""Small models with the constructor of braindecode's, so that the mechanism is tested without the library."""

import sys
from types import ModuleType

import pytest
import torch
from torch import Tensor, nn


class Base(nn.Module):
    def __init__(self, n_chans: int, n_outputs: int, n_times: int, sfreq: float) -> None:
        super().__init__()
        if n_times < 32:
            raise ValueError(f"n_times is {n_times}, but the filters need 32")
        self.told = (n_chans, n_outputs, n_times, sfreq)


class EEGNet(Base):
    """A convolution and a BatchNorm, as almost all of them have."""

    def __init__(self, n_chans: int, n_outputs: int, n_times: int, sfreq: float, drop_prob: float = 0.25) -> None:
        super().__init__(n_chans, n_outputs, n_times, sfreq)
        self.filters = nn.Conv1d(n_chans, 6, 8, stride=8, bias=False)
        self.norm = nn.BatchNorm1d(6)
        self.drop = nn.Dropout(drop_prob)
        self.read = nn.Linear(6 * (n_times // 8), n_outputs)

    def forward(self, x: Tensor) -> Tensor:
        answer: Tensor = self.read(self.drop(torch.nn.functional.elu(self.norm(self.filters(x)))).flatten(1))
        return answer


class Dense(Base):
    """Answers at every time."""

    def forward(self, x: Tensor) -> Tensor:
        return x


class Reading(EEGNet):
    """Reads a value while it is made and when it is called, as some do."""

    def __init__(self, n_chans: int, n_outputs: int, n_times: int, sfreq: float) -> None:
        super().__init__(n_chans, n_outputs, n_times, sfreq)
        self.scale = torch.linspace(0, 1, 3)[-1].item()

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x * self.scale if x.sum().item() < 1e9 else x)


def install(patch: pytest.MonkeyPatch) -> None:
    """Have ``from braindecode import models`` find it."""
    package, models = ModuleType("braindecode"), ModuleType("braindecode.models")
    for cls in (EEGNet, Dense, Reading):
        setattr(models, cls.__name__, cls)
    vars(package)["models"] = models
    patch.setitem(sys.modules, "braindecode", package)
    patch.setitem(sys.modules, "braindecode.models", models)
