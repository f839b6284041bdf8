"""The contract that every component keeps, as named checks.

    @pytest.mark.parametrize("check", checks(Moments), ids=str)
    def test_contract(check): check()

A check raises `ContractError`, which says what was seen. ``checks`` takes what a recipe would give the component, for
one whose parameters have no default, or to try other values.
"""

import inspect
import random
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch

from mpcl_core.interfaces.components import (
    Component,
    Estimator,
    Fusion,
    Memory,
    NetworkComponent,
    Objective,
    Retrieval,
    Source,
    Transform,
)
from mpcl_core.testing import absence, memory, objective, transform
from mpcl_core.testing.cases import Case, cases
from mpcl_core.testing.common import defaults_suffice, documented
from mpcl_core.testing.estimator import ESTIMATOR
from mpcl_core.testing.failure import ContractError
from mpcl_core.testing.network import NETWORK
from mpcl_core.testing.protocol import PROTOCOL
from mpcl_core.testing.source import SOURCE
from mpcl_core.testing.stacking import stackable

__all__ = ["Check", "ContractError", "checks", "failures"]

Rule = Callable[[type[Any], Mapping[str, Any]], None]


@dataclass(frozen=True)
class Check:
    """One demand of the contract on one component; call it.

    Args:
        component: the component's name.
        name: the check's.
        what: what it demands, and why, in a line.
        run: raises where the component fails.
    """

    component: str
    name: str
    what: str
    run: Callable[[], None]

    def __str__(self) -> str:
        return f"{self.component}-{self.name}"

    def __call__(self) -> None:
        """Do nothing where the component keeps the contract. As in a job, torch has one thread and a known seed; both
        are afterwards as they were.

        Raises:
            ContractError: it does not, or it raised; the cause is kept.
        """
        kept = random.getstate(), np.random.get_state(), torch.get_num_threads()  # noqa: NPY002
        torch.set_num_threads(1)
        try:
            with torch.random.fork_rng(devices=[]):
                torch.manual_seed(0)
                self.run()
        except ContractError as error:
            raise ContractError(f"{self}: {error}") from error.__cause__
        except Exception as error:
            raise ContractError(f"{self}: it raised {type(error).__name__}: {error} ({_place(error)})") from error
        finally:
            random.setstate(kept[0])
            np.random.set_state(kept[1])  # noqa: NPY002
            torch.set_num_threads(kept[2])


def checks(cls: type[Component], /, **parameters: Any) -> list[Check]:
    """The checks of a component, of its slot and of every slot.

    Args:
        cls: a component class of any slot.
        parameters: what a recipe would give it; a nested component is an instance.
    """
    rules = {rule.__name__: rule for rule in _rules(cls)}
    return [Check(cls.name, name, _what(rule), partial(rule, cls, parameters)) for name, rule in rules.items()]


def failures(cls: type[Component], /, **parameters: Any) -> dict[str, str]:
    """Check name -> what was seen, for the checks that fail. The arguments are those of `checks`."""
    found = {}
    for check in checks(cls, **parameters):
        try:
            check()
        except ContractError as error:
            found[check.name] = str(error)
    return found


def _rules(cls: type[Component]) -> list[Rule]:
    if issubclass(cls, NetworkComponent):
        return [defaults_suffice, documented, *map(_over_cases, _of_network(cls))]
    if issubclass(cls, Source):
        return [documented, *SOURCE]
    if issubclass(cls, Transform):
        return [documented, *transform.of_kind(cls)]
    return [defaults_suffice, documented, *(ESTIMATOR if issubclass(cls, Estimator) else PROTOCOL)]


def _of_network(cls: type[NetworkComponent]) -> list[Callable[[Case], None]]:
    own: dict[type[NetworkComponent], tuple[Callable[[Case], None], ...]] = {
        Fusion: (absence.absent_has_no_influence,),
        Retrieval: (absence.masked_has_no_influence,),
        Memory: (memory.recalls_shares, memory.updates_fit, memory.padding_leaves_no_trace),
        Objective: (objective.padding_has_no_influence,),
    }
    return [*NETWORK, stackable, *(check for slot, found in own.items() if issubclass(cls, slot) for check in found)]


def _over_cases(check: Callable[[Case], None]) -> Rule:
    """The check in every setting of the slot; the setting is named where it fails."""

    def rule(cls: type[Any], parameters: Mapping[str, Any]) -> None:
        for case in cases(cls, parameters):
            try:
                check(case)
            except ContractError as error:
                raise ContractError(f"{error} ({case.about})" if case.about else str(error)) from error

    rule.__name__, rule.__doc__ = check.__name__, check.__doc__
    return rule


def _what(rule: Rule) -> str:
    return " ".join((inspect.getdoc(rule) or "").split())


def _place(error: Exception) -> str:
    """Where it was raised: file and line."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{frame.filename}:{frame.lineno}"
