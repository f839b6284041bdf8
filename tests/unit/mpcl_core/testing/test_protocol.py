"""Rules of protocols accept a correct one, and state what a broken one did."""

from typing import Any

import pytest

from mpcl_core.testing.failure import ContractError
from mpcl_core.testing.protocol import PROTOCOL
from mpcl_plugins.protocols.kfold import KFold
from support import broken_data as broken

RULES = {rule.__name__: rule for rule in PROTOCOL if rule.__name__ != "hash_independent"}
"""Without the one that starts a process, which ``test_contract.py`` runs."""


@pytest.mark.parametrize("name", RULES)
def test_correct_protocol_keeps_every_rule(name: str) -> None:
    RULES[name](KFold, {"folds": 3})


@pytest.mark.parametrize(
    ("name", "cls"),
    [
        ("sides_disjoint", broken.Overlapping),
        ("labels_unique", broken.Nameless),
        ("order_independent", broken.Positional),
        ("labels_not_used", broken.Informed),
        ("input_unchanged", broken.Wiping),
        ("process_state_unchanged", broken.SeedingProtocol),
    ],
)
def test_broken_protocol_is_refused(name: str, cls: type[Any]) -> None:
    with pytest.raises(ContractError):
        RULES[name](cls, {})
