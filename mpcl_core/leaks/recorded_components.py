"""Record what components receive and return while a job runs.

A recorded block builds an instance of a subclass made for this purpose, which behaves as its parent and logs events.
There is one subclass for each class, so that state which a component keeps in its class stays there.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, partial, wraps
from typing import Any

import numpy as np
from jaxtyping import Int64
from torch import Tensor, nn

from mpcl_core.interfaces.components import Component, FittedTransform, NetworkComponent
from mpcl_core.interfaces.data import WindowSet
from mpcl_core.leaks.fingerprints import Fingerprints, fingerprint
from mpcl_core.leaks.variant_components import replace_blocks
from mpcl_core.leaks.window_marks import read_marks
from mpcl_core.spec.block import Block
from mpcl_core.spec.variant import VariantSpec

FITTING_METHODS = ("fit", "observe", "updated")
METHODS = (*FITTING_METHODS, "observe_situations", "transform", "predict", "forward")
_MAX_FORWARDS = 3  # forward passes of a component that are recorded; later ones follow from these
_RECORDER = "_audit_recorder"


@dataclass(frozen=True)
class Event:
    """Hold one recorded call of a component.

    Args:
        key, slot, name: the component, by its place in the recipe, its slot and its name.
        method: one of ``METHODS``, or ``built``.
        marks: the marks of the windows that it received or returned; empty where they are not known.
        values: the fingerprint of what it returned; for ``observe_situations``, which receives no weights and so no
            marks, of what it received.
    """

    key: str
    slot: str
    name: str
    method: str
    marks: Int64[np.ndarray, "_"]
    values: Fingerprints

    def __str__(self) -> str:
        return f"the {self.slot} '{self.name}' ({self.key})"


@dataclass
class EventLog:
    """Collect the events of one job in their order.

    Args:
        events: the events so far.
    """

    events: list[Event] = field(default_factory=list)
    _n_forwards: dict[str, int] = field(default_factory=dict)

    def add(self, block: Block, method: str, arguments: tuple[object, ...], result: object) -> None:
        """Add the event of a call; of a component's forward passes only the first few.

        Args:
            block: the component's block.
            method: the method that was called.
            arguments: what it received.
            result: what it returned.
        """
        if method == "forward":
            self._n_forwards[block.key] = self._n_forwards.get(block.key, 0) + 1
            if self._n_forwards[block.key] > _MAX_FORWARDS:
                return
        marks = read_marks(_weights(method, (result,) if isinstance(result, WindowSet) else arguments))
        if method == "observe_situations":
            result = arguments
        values = fingerprint(None if method in ("fit", "observe") else result)
        self.events.append(Event(block.key, block.cls.slot, block.cls.name, method, marks, values))


@dataclass(frozen=True)
class RecordedBlock(Block):
    """Build a component that records its calls in a log; ``cls`` is a recording class."""

    log: EventLog

    def build(self, **supplied: object) -> Any:
        """Build the component as `Block.build` does, and record it.

        Args:
            supplied: as for `Block.build`.

        Returns:
            The component.
        """
        component = super().build(**supplied)
        vars(component)[_RECORDER] = self
        if isinstance(component, nn.Module):
            self.log.add(self, "built", (), dict(component.state_dict()))
        return component


def record_components(spec: VariantSpec, log: EventLog) -> VariantSpec:
    """Replace every block of a variant's jobs by one that records.

    Args:
        spec: the variant.
        log: takes the events.

    Returns:
        The same variant with recorded blocks.
    """
    return replace_blocks(spec, partial(_record, log=log))


def _record(block: Block, log: EventLog) -> RecordedBlock:
    cls = _recording_class(block.cls)  # type: ignore[arg-type]
    return RecordedBlock(cls, block.parameters, block.place, block.key, log)


@cache
def _recording_class(cls: type[Component]) -> type[Component]:
    names = [name for name in METHODS if hasattr(cls, name) and not _observes_no_situations(cls, name)]
    methods = {name: _recording(getattr(cls, name), name) for name in names}
    if issubclass(cls, FittedTransform):
        methods["fit_transform"] = _recording_fit_transform(cls.fit_transform)
    metaclass: Any = type(cls)
    made: type[Component] = metaclass(cls.__name__, (cls,), {"__module__": cls.__module__, **methods})
    return made


def _observes_no_situations(cls: type[Component], name: str) -> bool:
    default = NetworkComponent.observe_situations
    return name == "observe_situations" and getattr(cls, name) is default


def _recording(method: Callable[..., Any], name: str) -> Callable[..., Any]:
    @wraps(method)
    def recording(self: Component, *arguments: Any, **keywords: Any) -> Any:
        block: RecordedBlock | None = vars(self).get(_RECORDER)
        if block is None:
            return method(self, *arguments, **keywords)
        result = method(self, *arguments, **keywords)
        block.log.add(block, name, (*arguments, *keywords.values()), result)
        return result

    return recording


def _recording_fit_transform(fit_transform: Callable[..., WindowSet]) -> Callable[..., WindowSet]:
    """Make a ``fit_transform`` that records a fit and a transform, whatever it calls for them.

    Args:
        fit_transform: the component's own.

    Returns:
        The recording method.
    """

    @wraps(fit_transform)
    def recording(self: FittedTransform, windows: WindowSet) -> WindowSet:
        block: RecordedBlock | None = vars(self).pop(_RECORDER, None)
        result = fit_transform(self, windows)
        if block is not None:
            vars(self)[_RECORDER] = block
            block.log.add(block, "fit", (windows,), None)
            block.log.add(block, "transform", (windows,), result)
        return result

    return recording


def _weights(method: str, arguments: tuple[object, ...]) -> np.ndarray:
    """Return the weights of the windows that a call received.

    Args:
        method: the method that was called; for `observe` and `updated` the weights are the last argument.
        arguments: its arguments.

    Returns:
        The weights; empty where the call received none.
    """
    for argument in arguments:
        if isinstance(argument, WindowSet):
            return argument.weight
    last = arguments[-1] if method in FITTING_METHODS and arguments else None
    return last.detach().cpu().numpy() if isinstance(last, Tensor) else np.zeros(0)
