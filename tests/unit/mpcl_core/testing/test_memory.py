"""Weights of a memory are distributions, and its updates are returned instead of written."""

from typing import Any

import pytest

from mpcl_core.testing import memory
from mpcl_core.testing.cases import build_cases
from mpcl_core.testing.failure import ContractError
from mpcl_plugins.memories.ema_bank import EmaBank
from mpcl_plugins.memories.episodic_bank import EpisodicBank
from support import broken_network as broken


@pytest.mark.parametrize("cls", [EmaBank, EpisodicBank])
@pytest.mark.parametrize("rule", memory.MEMORY, ids=lambda rule: rule.__name__)
def test_correct_memory_keeps_every_rule(rule: Any, cls: type[Any]) -> None:
    for case in build_cases(cls, {}):
        rule(case)


@pytest.mark.parametrize(
    ("rule", "cls", "message"),
    [
        (memory.weights_are_distributions, broken.Overfull, "the weights of a window do not sum to 1"),
        (memory.updates_match_buffers, broken.Writing, r"updated\(\) writes to '\w+' itself"),
        (memory.padding_has_no_influence_on_updates, broken.Padded, "windows of weight 0 change"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_broken_memory_is_refused_with_what_was_found(rule: Any, cls: type[Any], message: str) -> None:
    with pytest.raises(ContractError, match=message):
        rule(next(iter(build_cases(cls, {}))))
