"""helo: an absent side, the transport plan, and what it refuses."""

from typing import Any

import pytest
import torch

from mpcl_plugins.fusions.helo import HeLo
from support.fusions import all_present, fusion_of, partly_present, tokens

SIDES: dict[str, Any] = {"primary": "eeg", "behavioural": ("face",)}


def test_an_absent_behavioural_side_is_replaced_by_the_mean_physiological_token() -> None:
    fusion, H = fusion_of(HeLo, **SIDES), tokens()
    present = all_present() | {"face": torch.zeros(4, dtype=torch.bool)}
    P = fusion.read(H, present)
    # z = W [P; mean of P in every place of B]
    expected = fusion.project(torch.cat([P, P.mean(1, keepdim=True).expand(-1, 4, -1)], 1).flatten(1))
    assert torch.allclose(fusion(H, present), expected, atol=1e-2)


def test_the_plan_sums_to_one() -> None:
    T = fusion_of(HeLo, **SIDES).diagnostics(tokens(), partly_present())["plan"]
    assert T.shape == (4, 3, 4)
    assert torch.allclose(T.sum((1, 2)), torch.ones(4), atol=1e-5)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"primary": "ecg"}, "'ecg' is no modality of the stream"),
        ({"behavioural": ()}, r"behavioural is \[\]"),
        ({"behavioural": ("eeg",)}, "not 'eeg'"),
        ({"epsilon": 0.0}, "epsilon is 0.0"),
    ],
)
def test_bad_parameters_are_refused(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        fusion_of(HeLo, **(SIDES | changed))
