"""Check what every slot requires: documented parameters with defaults, and an unchanged process state."""

import inspect
import random
import re
import typing
from collections.abc import Callable, Mapping
from pathlib import Path
from types import UnionType
from typing import Any

import numpy as np
import torch

from mpcl_core.interfaces.components import SLOTS, Component
from mpcl_core.interfaces.errors import PluginError
from mpcl_core.isolation.process_state import preserve_process_state
from mpcl_core.testing.failure import ContractError, demand

REASON = "only the engine may do so, so that seeds differ and jobs are repeatable"


def own_parameters(cls: type[Component]) -> dict[str, inspect.Parameter]:
    """Return the constructor's parameters that the recipe supplies.

    Args:
        cls: a component class.

    Returns:
        Name -> parameter, without those that the engine supplies.
    """
    supplied = inspect.signature(SLOTS[cls.slot]).parameters
    parameters = inspect.signature(cls, eval_str=True).parameters
    return {name: parameter for name, parameter in parameters.items() if name not in supplied}


def parameters_are_documented(cls: type[Component], parameters: Mapping[str, Any]) -> None:
    """Require that ``Args`` in the class docstring describes every parameter of a recipe.

    `mpcl show` prints this docstring.
    """
    text = inspect.getdoc(cls) if cls.__doc__ else ""
    demand(text, f"{cls.__name__} has no docstring")
    described = set(
        re.findall(r"\w+", " ".join(re.findall(r"^ +([\w, ]+):", (text or "").partition("Args:")[2], re.M)))
    )
    missing = [name for name in own_parameters(cls) if name not in described]
    demand(not missing, f"the Args section of {cls.__name__} does not describe {', '.join(missing)}")


def parameters_have_defaults(cls: type[Component], parameters: Mapping[str, Any]) -> None:
    """Require a default for every parameter except nested components, files and names.

    A recipe should not have to set any number.
    """
    required = {n: p.annotation for n, p in own_parameters(cls).items() if p.default is p.empty}
    lacking = [name for name, annotation in required.items() if not _may_be_required(annotation)]
    demand(
        not lacking,
        f"{cls.__name__} has no default for {', '.join(lacking)}. Give it one that works on most data; only nested "
        "components, files and names may be required",
    )


def _may_be_required(annotation: Any) -> bool:
    if hasattr(annotation, "__metadata__"):
        return _may_be_required(annotation.__origin__)
    if typing.get_origin(annotation) in (tuple, list, typing.Union, UnionType):
        return all(_may_be_required(part) for part in typing.get_args(annotation) if part not in (..., type(None)))
    return isinstance(annotation, type) and issubclass(annotation, str | Path | Component)


def demand_process_state_unchanged(use: Callable[[], object]) -> None:
    """Require that using a component changes no setting of the process and seeds no random generator.

    Args:
        use: builds and calls the component.

    Raises:
        ContractError: with the setting or the generator.
    """
    try:
        with preserve_process_state("using it"):
            use()
    except PluginError as error:
        raise ContractError(f"{error}; {REASON}") from None
    for name, (first, second) in _record_states(use).items():
        demand(first != second, f"using it seeds {name}; {REASON}")


def _record_states(use: Callable[[], object]) -> dict[str, tuple[object, object]]:
    """Record the states of the random generators after two uses that began with different seeds.

    Args:
        use: builds and calls the component.

    Returns:
        Name of each generator -> its states after the two uses; equal states mean that the use seeds it.
    """
    found: dict[str, list[object]] = {}
    for salt in (1, 2):
        random.seed(salt)
        np.random.seed(salt)  # noqa: NPY002
        torch.manual_seed(salt)
        use()
        found.setdefault("Python's random numbers", []).append(random.getstate())
        found.setdefault("numpy's random numbers", []).append(np.random.get_state()[1].tobytes())  # type: ignore[index]  # noqa: NPY002
        found.setdefault("torch's random numbers", []).append(torch.get_rng_state().numpy().tobytes())
    return {name: (first, second) for name, (first, second) in found.items()}
