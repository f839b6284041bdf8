"""Try a network out on two windows of zeros, before any data are read.

The windows are really computed: torch's meta device would avoid that, but imports torch's compiler first, which takes
longer. Settings of the process are guarded meanwhile (``docs/concepts/unusual.md``, "Guarded process state").

The second window lacks every second modality. Masks are multiplied and added, which costs less in a training step than
filling values in, but carries a NaN at an absent place to the whole window; so a component that makes one is refused.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

import torch

from mpcl_core.interfaces.component_errors import describe_component
from mpcl_core.interfaces.components import NetworkComponent
from mpcl_core.interfaces.data import Batch, Modality, Valence
from mpcl_core.interfaces.errors import PluginError, UsageError
from mpcl_core.isolation.process_state import preserve_process_state
from mpcl_core.spec.network import NetworkSpec
from mpcl_core.training.initial_weights import InitialWeights
from mpcl_core.training.network import Learner, Network
from mpcl_core.training.randomness import RandomState


@dataclass(frozen=True)
class NetworkSize:
    """Hold how many parameters a network has.

    Args:
        parameters: in all.
        parts: by part: ``<stream>.encoders.<modality>``, ``<stream>.fusion`` …, ``head``, ``objectives.<name>``.
    """

    parameters: int
    parts: dict[str, int]


def check_network(
    spec: NetworkSpec,
    modalities: Sequence[Modality],
    labels: Sequence[str],
    valence: Valence | None,
    initial: InitialWeights | None = None,
) -> NetworkSize:
    """Build the network and its objectives and compute two windows with them.

    Args:
        spec: the network.
        modalities: the modalities of the windows, after all transforms.
        labels: the names of the emotions.
        valence: which emotions are pleasant and which unpleasant; None where the study does not state it.
        initial: the weights of a stored model to start from; None for random weights.

    Returns:
        The number of parameters.

    Raises:
        RecipeError: a component refused a value.
        PluginError: a component failed, returned a wrong shape, NaN or an infinite number, or changed a setting of the
            process.
        UsageError: two windows are too large for the memory of this machine, or every block is frozen.
        DataError: a block is not that of the model to start from.
    """
    with RandomState(0), torch.no_grad():
        network = Network(spec, modalities, labels, valence)
        learner = Learner(network, spec, len(labels))
        if initial is not None:
            initial.load_into(learner)
            if not any(parameter.requires_grad for parameter in network.parameters()):
                raise UsageError("train.freeze: every block of the network is frozen, so that nothing is left to train")
        try:
            batch = _batch(modalities, len(labels))
        except (RuntimeError, MemoryError):
            sizes = ", ".join(f"{m.name} {m.n_chans} × {m.n_times or 1}" for m in modalities)
            raise UsageError(f"two windows do not fit into memory: {sizes}") from None
        _guard_process_state(learner)
        _guard_numbers(network)
        with preserve_process_state("the network"):
            learner(batch)
    return _size(learner)


def _guard_process_state(learner: Learner) -> None:
    """Raise an error that names the component where a ``forward`` changes a setting of the process."""
    for component in learner.modules():
        if isinstance(component, NetworkComponent):
            _guard(component)


def _guard(component: NetworkComponent) -> None:
    entered: list[AbstractContextManager[None]] = []

    def enter(*_: object) -> None:
        entered.append(preserve_process_state(f"{describe_component(component)}: forward()"))
        entered[-1].__enter__()

    def leave(*_: object) -> None:
        entered.pop().__exit__(None, None, None)

    component.register_forward_pre_hook(enter)
    component.register_forward_hook(leave, always_call=True)


def _guard_numbers(network: Network) -> None:
    """Raise an error that names the component where a ``forward`` returns NaN or an infinite number."""
    for component in network.modules():
        if isinstance(component, NetworkComponent):
            component.register_forward_hook(_require_finite)


def _require_finite(component: torch.nn.Module, _: object, output: object) -> None:
    is_finite = all(bool(each.isfinite().all()) for each in _tensors(output))
    if isinstance(component, NetworkComponent) and not is_finite:
        raise PluginError(
            f"{describe_component(component)}: forward() returned NaN or an infinite number for windows of zeros, of "
            f"which one lacks modalities. Zeros stand where a modality is absent, and a NaN there spoils the window."
        )


def _tensors(output: object) -> Iterator[torch.Tensor]:
    if isinstance(output, torch.Tensor):
        yield output
    elif isinstance(output, Mapping | tuple | list):
        for each in output.values() if isinstance(output, Mapping) else output:
            yield from _tensors(each)


def _batch(modalities: Sequence[Modality], k: int) -> Batch:
    return Batch(
        {m.name: torch.zeros(2, m.n_chans, m.n_times or 1) for m in modalities},
        {m.name: torch.tensor([True, i % 2 == 0]) for i, m in enumerate(modalities)},
        torch.ones(2, k) / k,
        torch.ones(2),
    )


def _size(learner: Learner) -> NetworkSize:
    parts = {
        f"{name}.{part}": _count(module)
        for name, stream in learner.network.streams.items()
        for part, module in stream.named_children()
        if part != "encoders"
    }
    parts |= {
        f"{name}.encoders.{modality}": _count(encoder)
        for name, stream in learner.network.streams.items()
        for modality, encoder in stream.encoders.items()
    }
    parts |= {"head": _count(learner.network.head)}
    parts |= {f"objectives.{name}": _count(objective) for name, objective in learner.objectives.items()}
    return NetworkSize(_count(learner), parts)


def _count(module: torch.nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())
