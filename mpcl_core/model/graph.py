"""Join the fitted transforms and the network of a model in one module of torch, which can be exported."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Float64
from torch import Tensor, nn

from mpcl_core.interfaces.component_errors import describe_component
from mpcl_core.interfaces.components import TransformModule
from mpcl_core.interfaces.data import Modality
from mpcl_core.interfaces.errors import UsageError
from mpcl_core.model.model import Model
from mpcl_core.training.network import Network
from mpcl_core.training.trained_network import TrainedNetwork


class ModelGraph(nn.Module):
    """Predict from values and presence masks, as the model does from windows.

    NaN throughout a window counts as absent. NaN in a part of a window makes the prediction of that window NaN.

    Args:
        transforms: the transforms, in order.
        names: for each transform, the modalities that it takes.
        network: the network.
    """

    def __init__(self, transforms: Sequence[TransformModule], names: Sequence[Sequence[str]], network: Network) -> None:
        super().__init__()
        self.transforms, self.names, self.network = nn.ModuleList(transforms), names, network

    def forward(
        self, X: Mapping[str, Float[Tensor, "b _ _"]], present: Mapping[str, Bool[Tensor, "b"]]
    ) -> Float64[Tensor, "b k"]:
        """Compute the emotion distributions.

        Args:
            X: modality name -> (b c t) values.
            present: modality name -> (b) whether the window has it.

        Returns:
            D_pred (b k).
        """
        present = {name: present[name] & ~x.isnan().flatten(1).all(1) for name, x in X.items()}
        values = _without_absent(X, present)
        for transform, names in zip(self.transforms, self.names, strict=True):
            values |= _without_absent(transform({name: values[name] for name in names}, present), present)
        logits: Tensor = self.network(values, present).logits
        return logits.double().softmax(-1)


@dataclass(frozen=True)
class PreparedGraph:
    """Hold a model as one module, and what has to be known to call it.

    Args:
        graph: the module, in evaluation mode.
        inputs: the modalities that it takes: those of windows, and those that transforms add and the caller supplies.
        takes_one_person: a call takes all windows of one person.
        people: the subjects whose windows need the model itself, since its transforms hold something of them.
    """

    graph: ModelGraph
    inputs: tuple[Modality, ...]
    takes_one_person: bool
    people: frozenset[str]


def prepare_graph(model: Model) -> PreparedGraph:
    """Join the transforms and the network of a model.

    Args:
        model: the model.

    Returns:
        The joined module.

    Raises:
        UsageError: the model is an estimator, pools windows, or has a transform without a form in torch; the message
            names the component.
    """
    trained, name = model.trained, model.description.name
    if not isinstance(trained, TrainedNetwork):
        raise UsageError(f"'{name}' cannot be exported: {describe_component(trained)} is no network")
    if model.spec.pool is not None:
        raise UsageError(f"'{name}' cannot be exported: 'pool' averages the windows of a trial before the network")
    modalities = supplied = model.description.modalities
    modules, names = [], []
    for transform in model.transforms:
        module = transform.module(modalities)
        if module is None:
            found = describe_component(transform)
            raise UsageError(f"'{name}' cannot be exported: {found} has no form in torch with these parameters")
        modules.append(module)
        names.append([modality.name for modality in (*modalities, *module.inputs)])
        supplied += module.inputs
        modalities = transform.outputs(modalities)
    graph = ModelGraph(modules, names, trained.learner.network).eval()
    people = frozenset[str]().union(*(module.people for module in modules))
    return PreparedGraph(graph, supplied, any(module.takes_one_person for module in modules), people)


def _without_absent(X: Mapping[str, Tensor], present: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name: torch.where(present[name][:, None, None], x, 0.0) for name, x in X.items()}
