"""The contract of the slot, and what the encoder is for."""

from math import pi
from pathlib import Path

import pytest
import torch
from respiration import Respiration

from mpcl_core.cli.main import main
from mpcl_core.plugin import Modality
from mpcl_core.testing.contract import Check, checks


@pytest.mark.parametrize("check", checks(Respiration), ids=str)
def test_contract(check: Check) -> None:
    check()


def test_the_recipe_has_no_fault() -> None:
    small = ["--set", "source.source.subjects=3", "--set", "source.source.seconds=12"]
    assert main(["check", str(Path(__file__).with_name("respiration.yaml")), *small]) == 0


def test_a_sine_has_its_depth_and_rate() -> None:
    encoder = Respiration(modality=Modality("respiration", 1, 1000, 50.0), dim=8)
    x = 3 * torch.sin(2 * pi * 0.25 * torch.arange(1000) / 50).view(1, 1, -1)
    depth, rate = encoder.breathing(x)[0]
    assert depth == pytest.approx(3 / 2**0.5, rel=0.01)
    assert rate == pytest.approx(0.25, rel=0.01)
