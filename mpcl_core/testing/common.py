"""Checks of every slot: what the constructor says of itself, and what it leaves alone."""

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
from mpcl_core.interfaces.process_state import preserve_process_state
from mpcl_core.testing.failure import ContractError, demand


def own_parameters(cls: type[Component]) -> dict[str, inspect.Parameter]:
    """What the recipe supplies."""
    supplied = inspect.signature(SLOTS[cls.slot]).parameters
    parameters = inspect.signature(cls, eval_str=True).parameters
    return {name: parameter for name, parameter in parameters.items() if name not in supplied}


def documented(cls: type[Component], parameters: Mapping[str, Any]) -> None:
    """Every parameter of a recipe stands under ``Args`` in the docstring of the class, which `mpcl show` prints."""
    text = inspect.getdoc(cls) if cls.__doc__ else ""
    demand(text, f"{cls.__name__} has no docstring")
    stated = set(re.findall(r"\w+", " ".join(re.findall(r"^ +([\w, ]+):", (text or "").partition("Args:")[2], re.M))))
    missing = [name for name in own_parameters(cls) if name not in stated]
    demand(not missing, f"the Args of {cls.__name__} do not say what {', '.join(missing)} means")


def defaults_suffice(cls: type[Component], parameters: Mapping[str, Any]) -> None:
    """A recipe need not set a number: only a nested component, a file or names (of modalities, say) lack a default."""
    required = {n: p.annotation for n, p in own_parameters(cls).items() if p.default is p.empty}
    lacking = [name for name, annotation in required.items() if not _may_be_required(annotation)]
    demand(
        not lacking,
        f"{', '.join(lacking)} of {cls.__name__} has no default. Give it one that works on most data; only nested "
        "components, files and names may lack one",
    )


def _may_be_required(annotation: Any) -> bool:
    if hasattr(annotation, "__metadata__"):
        return _may_be_required(annotation.__origin__)
    if typing.get_origin(annotation) in (tuple, list, typing.Union, UnionType):
        return all(_may_be_required(part) for part in typing.get_args(annotation) if part not in (..., type(None)))
    return isinstance(annotation, type) and issubclass(annotation, str | Path | Component)


def leaves_alone(use: Callable[[], object]) -> None:
    """See that a use of a component changes no setting of the process and seeds no generator.

    Raises:
        ContractError: naming the setting or the generator.
    """
    try:
        with preserve_process_state("using it"):
            use()
    except PluginError as error:
        raise ContractError(f"{error}; only the engine sets and seeds, so that jobs differ and repeat") from None
    for name, (first, second) in _states(use).items():
        demand(first != second, f"using it seeds {name}; only the engine seeds, so that jobs differ and repeat")


def _states(use: Callable[[], object]) -> dict[str, tuple[object, object]]:
    """The states of the generators after two uses that began with other seeds."""
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
