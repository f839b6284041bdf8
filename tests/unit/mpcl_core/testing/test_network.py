"""Rules of network components accept a correct one in every setting, and state what a broken one did."""

from typing import Any

import pytest

from mpcl_core.testing import network
from mpcl_core.testing.cases import build_cases
from mpcl_core.testing.failure import ContractError
from mpcl_plugins.heads.linear import Linear
from support import broken_network as broken


@pytest.mark.parametrize("rule", network.NETWORK, ids=lambda rule: rule.__name__)
def test_correct_head_keeps_every_rule_with_and_without_valence_sets(rule: Any) -> None:
    for case in build_cases(Linear, {}):
        rule(case)


@pytest.mark.parametrize(
    ("rule", "cls", "message"),
    [
        (network.shapes, broken.Narrow, r"tokens has shape \(1, 4, 7\)"),
        (network.gradients, broken.Unused, "gradient"),
        (network.windows_do_not_mix, broken.Mixing, "window"),
        (network.state_dict, broken.Forgetful, "after saving and loading the weights"),
        (network.finite_at_extremes, broken.Infinite, "finite"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_broken_encoder_is_refused_with_what_was_found(rule: Any, cls: type[Any], message: str) -> None:
    with pytest.raises(ContractError, match=message):
        rule(next(iter(build_cases(cls, {}))))
