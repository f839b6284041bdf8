"""Components that note what they are given and what they answer.

A watched block builds an instance of a subclass made for this purpose, which behaves as its parent and writes events.
There is one subclass for each class, so that state which a component keeps in its class stays there.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache, partial, wraps
from typing import Any

import numpy as np
from jaxtyping import Int64
from torch import Tensor, nn

from mpcl_core.audit.fingerprints import Sums, condensed
from mpcl_core.audit.variant_components import with_blocks
from mpcl_core.audit.window_groups import unmarked
from mpcl_core.interfaces.components import Component, FittedTransform
from mpcl_core.interfaces.data import WindowSet
from mpcl_core.spec.block import Block
from mpcl_core.spec.variant import VariantSpec

LEARNING = ("fit", "observe", "updated")
METHODS = (*LEARNING, "transform", "predict", "forward")
_CALLS = 3  # forward passes of a component that are noted; later ones follow from these
_LOG = "_audit_log"


@dataclass(frozen=True)
class Event:
    """Something that a component did.

    Args:
        key, slot, name: which component, by its place in the recipe.
        method: one of ``METHODS``, or ``built``.
        rows: the marks of the rows that it was given, or answered with; none where that is not known.
        values: what it answered, condensed.
    """

    key: str
    slot: str
    name: str
    method: str
    rows: Int64[np.ndarray, "_"]
    values: Sums

    def __str__(self) -> str:
        return f"the {self.slot} '{self.name}' ({self.key})"


@dataclass
class Log:
    """The events of one job, in their order.

    Args:
        blind: marks of rows whose labels are hidden (NaN) where they are transformed or predicted.
    """

    blind: frozenset[int] = frozenset()
    events: list[Event] = field(default_factory=list)
    _forwards: dict[str, int] = field(default_factory=dict)

    def hidden(self, given: tuple[Any, ...]) -> tuple[Any, ...]:
        """The arguments of a call, without labels where they are those of blind rows alone."""
        return tuple(
            replace(one, D=np.full_like(one.D, np.nan))
            if isinstance(one, WindowSet) and self.blind.issuperset(unmarked(one.weight).tolist())
            else one
            for one in given
        )

    def add(self, block: Block, method: str, given: tuple[object, ...], answer: object) -> None:
        """Note a call."""
        if method == "forward":
            self._forwards[block.key] = self._forwards.get(block.key, 0) + 1
            if self._forwards[block.key] > _CALLS:
                return
        rows = unmarked(_weight(method, (answer,) if isinstance(answer, WindowSet) else given))
        values = condensed(None if method in ("fit", "observe") else answer)
        self.events.append(Event(block.key, block.cls.slot, block.cls.name, method, rows, values))


@dataclass(frozen=True)
class Watched(Block):
    """A block whose component writes to a log. ``cls`` is a watching class."""

    log: Log

    def build(self, **supplied: object) -> Any:
        """The component, as `Block.build` makes it."""
        component = super().build(**supplied)
        vars(component)[_LOG] = self
        if isinstance(component, nn.Module):
            self.log.add(self, "built", (), dict(component.state_dict()))
        return component


def watched(spec: VariantSpec, log: Log) -> VariantSpec:
    """The same variant, every component of its jobs watched."""
    return with_blocks(spec, partial(_watched, log=log))


def _watched(block: Block, log: Log) -> Watched:
    cls = _watching(block.cls)  # type: ignore[arg-type]
    return Watched(cls, block.parameters, block.place, block.key, log)


@cache
def _watching(cls: type[Component]) -> type[Component]:
    methods = {name: _noting(getattr(cls, name), name) for name in METHODS if hasattr(cls, name)}
    if issubclass(cls, FittedTransform):
        methods["fit_transform"] = _noting_both(cls.fit_transform)
    metaclass: Any = type(cls)
    made: type[Component] = metaclass(cls.__name__, (cls,), {"__module__": cls.__module__, **methods})
    return made


def _noting(method: Callable[..., Any], name: str) -> Callable[..., Any]:
    @wraps(method)
    def noting(self: Component, *given: Any, **named: Any) -> Any:
        block: Watched | None = vars(self).get(_LOG)
        if block is None:
            return method(self, *given, **named)
        answer = method(self, *(block.log.hidden(given) if name not in LEARNING else given), **named)
        block.log.add(block, name, (*given, *named.values()), answer)
        return answer

    return noting


def _noting_both(fit_transform: Callable[..., WindowSet]) -> Callable[..., WindowSet]:
    """Note a fit and a transform, whatever the component does for them."""

    @wraps(fit_transform)
    def noting(self: FittedTransform, windows: WindowSet) -> WindowSet:
        block: Watched | None = vars(self).pop(_LOG, None)
        answer = fit_transform(self, windows)
        if block is not None:
            vars(self)[_LOG] = block
            block.log.add(block, "fit", (windows,), None)
            block.log.add(block, "transform", (windows,), answer)
        return answer

    return noting


def _weight(method: str, given: tuple[object, ...]) -> np.ndarray:
    """The weights of the rows that a call was given; those of `observe` and `updated` are its last argument."""
    for argument in given:
        if isinstance(argument, WindowSet):
            return argument.weight
    last = given[-1] if method in LEARNING and given else None
    return last.detach().cpu().numpy() if isinstance(last, Tensor) else np.zeros(0)
