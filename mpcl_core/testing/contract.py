"""List and run the checks of the contract that a component must pass.

    @pytest.mark.parametrize("check", checks(Moments), ids=str)
    def test_contract(check): check()

A failing check raises `ContractError`, whose message states what was found. Give ``checks`` the parameters that a
recipe would set, if they have no default or to check other values.
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
from mpcl_core.testing.cases import Case, build_cases
from mpcl_core.testing.common import parameters_are_documented, parameters_have_defaults
from mpcl_core.testing.estimator import ESTIMATOR
from mpcl_core.testing.exporting import any_number_of_windows
from mpcl_core.testing.failure import ContractError
from mpcl_core.testing.network import NETWORK
from mpcl_core.testing.protocol import PROTOCOL
from mpcl_core.testing.source import SOURCE
from mpcl_core.testing.stacking import stackable

__all__ = ["Check", "ContractError", "checks", "failures"]

Rule = Callable[[type[Any], Mapping[str, Any]], None]


@dataclass(frozen=True)
class Check:
    """Hold one check of the contract for one component; call it to run it.

    Args:
        component: the component's name.
        name: the check's name.
        what: what the contract requires, and why, in a line.
        run: raises an error if the component fails.
    """

    component: str
    name: str
    what: str
    run: Callable[[], None]

    def __str__(self) -> str:
        return f"{self.component}-{self.name}"

    def __call__(self) -> None:
        """Run the check with one thread and a fixed seed of torch, as in a job, and restore both afterwards.

        Raises:
            ContractError: the component does not keep the contract, or it raised an error, which is the cause.
        """
        before = random.getstate(), np.random.get_state(), torch.get_num_threads()  # noqa: NPY002
        torch.set_num_threads(1)
        try:
            with torch.random.fork_rng(devices=[]):
                torch.manual_seed(0)
                self.run()
        except ContractError as error:
            raise ContractError(f"{self}: {error}") from error.__cause__
        except Exception as error:
            raise ContractError(f"{self}: it raised {type(error).__name__}: {error} ({_locate(error)})") from error
        finally:
            random.setstate(before[0])
            np.random.set_state(before[1])  # noqa: NPY002
            torch.set_num_threads(before[2])


def checks(cls: type[Component], /, **parameters: Any) -> list[Check]:
    """List the checks of a component: those of its slot and those of every slot.

    Args:
        cls: a component class of any slot.
        parameters: the parameters that a recipe would set; a nested component is an instance.

    Returns:
        The checks, to be called one by one.

    Example:
        >>> from mpcl_plugins.transforms.zscore import ZScore
        >>> [check.name for check in checks(ZScore)][:3]
        ['parameters_are_documented', 'outputs_match', 'input_unchanged']
    """
    rules = {rule.__name__: rule for rule in _select_rules(cls)}
    return [Check(cls.name, name, describe_rule(rule), partial(rule, cls, parameters)) for name, rule in rules.items()]


def failures(cls: type[Component], /, **parameters: Any) -> dict[str, str]:
    """Run the checks of a component and collect those that fail.

    Args:
        cls: a component class of any slot.
        parameters: the parameters that a recipe would set; a nested component is an instance.

    Returns:
        Name of each failing check -> what was found.

    Example:
        >>> from mpcl_plugins.transforms.zscore import ZScore
        >>> failures(ZScore)
        {}
    """
    found = {}
    for check in checks(cls, **parameters):
        try:
            check()
        except ContractError as error:
            found[check.name] = str(error)
    return found


def _select_rules(cls: type[Component]) -> list[Rule]:
    if issubclass(cls, NetworkComponent):
        return [parameters_have_defaults, parameters_are_documented, *map(_over_cases, _select_network_rules(cls))]
    if issubclass(cls, Source):
        return [parameters_are_documented, *SOURCE]
    if issubclass(cls, Transform):
        return [parameters_are_documented, *transform.select_checks(cls)]
    return [
        parameters_have_defaults,
        parameters_are_documented,
        *(ESTIMATOR if issubclass(cls, Estimator) else PROTOCOL),
    ]


def _select_network_rules(cls: type[NetworkComponent]) -> list[Callable[[Case], None]]:
    own: dict[type[NetworkComponent], tuple[Callable[[Case], None], ...]] = {
        Fusion: (absence.absent_has_no_influence,),
        Retrieval: (absence.masked_has_no_influence,),
        Memory: memory.MEMORY,
        Objective: (objective.padding_has_no_influence, objective.unlabelled_needs_no_labels),
    }
    return [
        *NETWORK,
        stackable,
        any_number_of_windows,
        *(check for slot, found in own.items() if issubclass(cls, slot) for check in found),
    ]


def _over_cases(check: Callable[[Case], None]) -> Rule:
    """Turn a check of one case into a rule over all cases of the slot; errors name the case.

    Args:
        check: a check of one case.

    Returns:
        The rule, with the name and the docstring of the check.
    """

    def rule(cls: type[Any], parameters: Mapping[str, Any]) -> None:
        for case in build_cases(cls, parameters):
            try:
                check(case)
            except ContractError as error:
                raise ContractError(f"{error} ({case.about})" if case.about else str(error)) from error

    rule.__name__, rule.__doc__ = check.__name__, check.__doc__
    return rule


def describe_rule(rule: Callable[..., None]) -> str:
    """Return what a rule requires.

    Args:
        rule: a check of a component or a metric.

    Returns:
        Its docstring in one line.
    """
    return " ".join((inspect.getdoc(rule) or "").split())


def _locate(error: Exception) -> str:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{frame.filename}:{frame.lineno}"
