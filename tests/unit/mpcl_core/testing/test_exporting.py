"""The contract asks network components to leave the number of windows open."""

import pytest
from jaxtyping import Float
from torch import Tensor

from mpcl_core.testing import ContractError, checks
from mpcl_plugins.encoders.linear_tokens import LinearTokens


class FixedLength(LinearTokens):
    name = "fixed_length"

    def forward(self, x: Float[Tensor, "b c t"]) -> Float[Tensor, "b n d"]:
        return super().forward(x).reshape(len(x), self.n_tokens, -1)


class FixedValue(LinearTokens):
    name = "fixed_value"

    def forward(self, x: Float[Tensor, "b c t"]) -> Float[Tensor, "b n d"]:
        return super().forward(x * 2 if x.abs().amax().item() > 1e9 else x)


def check(cls: type[LinearTokens]) -> None:
    next(each for each in checks(cls) if each.name == "any_number_of_windows")()


def test_open_number_of_windows_passes() -> None:
    check(LinearTokens)


@pytest.mark.parametrize(
    ("cls", "message"),
    [
        (FixedLength, r"use tensor\.shape\[0\] in place of len\(tensor\)"),
        (FixedValue, r"forward uses tensor\.item\(\)"),
    ],
)
def test_fixed_number_or_value_fails(cls: type[LinearTokens], message: str) -> None:
    with pytest.raises(ContractError, match=message):
        check(cls)
