"""Join the fitted transforms and the network of a model in one module of torch, which can be exported."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Float64, Int64
from torch import Tensor, nn

from mpcl_core.interfaces.component_errors import describe_component
from mpcl_core.interfaces.components import TransformModule
from mpcl_core.interfaces.data import Modality
from mpcl_core.interfaces.errors import UsageError
from mpcl_core.model.exporting.graph_steps import pool_by_trial, without_absent, without_missing
from mpcl_core.model.member import Member
from mpcl_core.model.model import Model
from mpcl_core.training.network import Network
from mpcl_core.training.trained_network import TrainedNetwork


class MemberGraph(nn.Module):
    """Compute transforms and network of one training.

    Args:
        transforms: the transforms, in order.
        names: for each transform, the modalities that it takes.
        network: the network.
    """

    def __init__(self, transforms: Sequence[TransformModule], names: Sequence[Sequence[str]], network: Network) -> None:
        super().__init__()
        self.transforms, self.names, self.network = nn.ModuleList(transforms), names, network

    def forward(
        self,
        X: Mapping[str, Float[Tensor, "b _ _"]],
        present: Mapping[str, Bool[Tensor, "b"]],
        trial: Int64[Tensor, "b"] | None = None,
    ) -> Float64[Tensor, "b k"]:
        """Compute the emotion distributions.

        Args:
            X: modality name -> (b c t) values, 0 where the modality is absent.
            present: modality name -> (b) whether the window has it; with ``trial``, also the mask of the tables.
            trial: (b) the number of each window's trial, where the model averages the windows of a trial.

        Returns:
            D_pred (b k).
        """
        values = dict(X)
        for transform, names in zip(self.transforms, self.names, strict=True):
            values |= without_absent(transform({name: values[name] for name in names}, present), present)
        if trial is not None:
            values, present = pool_by_trial(values, present, trial)
        logits: Tensor = self.network(values, present).logits
        return logits.double().softmax(-1)


class ModelGraph(nn.Module):
    """Predict from values and presence masks, as the model does from windows: the mean over its members.

    NaN throughout a window counts as absent. NaN in a part of a window makes the prediction of that window NaN.

    Args:
        members: the trainings of the model.
    """

    def __init__(self, members: Sequence[MemberGraph]) -> None:
        super().__init__()
        self.members = nn.ModuleList(members)

    def forward(
        self,
        X: Mapping[str, Float[Tensor, "b _ _"]],
        present: Mapping[str, Bool[Tensor, "b"]],
        trial: Int64[Tensor, "b"] | None = None,
    ) -> Float64[Tensor, "b k"]:
        """Compute the emotion distributions.

        Args:
            X: modality name -> (b c t) values.
            present: modality name -> (b) whether the window has it.
            trial: (b) the number of each window's trial, where the model averages the windows of a trial.

        Returns:
            D_pred (b k).
        """
        present = without_missing(X, present)
        values = without_absent(X, present)
        predicted = [member(values, present, trial) for member in self.members]
        return predicted[0] if len(predicted) == 1 else torch.stack(predicted).mean(0)


@dataclass(frozen=True)
class PreparedGraph:
    """Hold a model as one module, and what has to be known to call it.

    Args:
        graph: the module, in evaluation mode.
        inputs: the modalities that it takes: those of windows, and those that transforms add and the caller supplies.
        takes_one_person: a call takes all windows of one person.
        people: the subjects whose windows need the model itself, since its transforms hold something of them.
        takes_trials: it averages the windows of each trial, and takes the number of each window's trial.
    """

    graph: ModelGraph
    inputs: tuple[Modality, ...]
    takes_one_person: bool
    people: frozenset[str]
    takes_trials: bool = False


def prepare_graph(model: Model) -> PreparedGraph:
    """Join the transforms and the network of a model.

    Args:
        model: the model.

    Returns:
        The joined module.

    Raises:
        UsageError: the model is an estimator, calibrated or a mixture, or has a transform without a form in torch; the
            message names the component.
    """
    name = model.description.name
    if model.description.calibration is not None:
        raise UsageError(
            f"'{name}' cannot be exported: it is calibrated to one person; export the model it was made of"
        )
    members: list[MemberGraph] = []
    for member in (Member(model.transforms, model.trained), *model.others):
        try:
            modules, names, added = _modules(member, model.modalities)
        except UsageError as error:
            raise UsageError(f"'{name}' cannot be exported: {error}") from None
        assert isinstance(member.trained, TrainedNetwork)
        if member.trained.mixture is not None:
            raise UsageError(f"'{name}' cannot be exported: its recipe mixes the network with estimators (mix)")
        members.append(MemberGraph(modules, names, member.trained.learner.network))
    transforms = [module for module in members[0].modules() if isinstance(module, TransformModule)]
    graph, people = ModelGraph(members).eval(), frozenset[str]().union(*(each.people for each in transforms))
    takes_one_person = any(each.takes_one_person for each in transforms)
    return PreparedGraph(graph, (*model.modalities, *added), takes_one_person, people, model.spec.pool is not None)


def _modules(
    member: Member, modalities: tuple[Modality, ...]
) -> tuple[list[TransformModule], list[list[str]], tuple[Modality, ...]]:
    """Return the transforms of a member as modules.

    Args:
        member: the member.
        modalities: those of windows.

    Returns:
        The modules, the names of the modalities that each takes, and the modalities that they add as inputs.

    Raises:
        UsageError: the member is an estimator, or a transform has no form in torch.
    """
    if not isinstance(member.trained, TrainedNetwork):
        raise UsageError(f"{describe_component(member.trained)} is no network")
    modules, names, added = list[TransformModule](), list[list[str]](), tuple[Modality, ...]()
    for transform in member.transforms:
        module = transform.module(modalities)
        if module is None:
            raise UsageError(f"{describe_component(transform)} has no form in torch with these parameters")
        modules.append(module)
        names.append([modality.name for modality in (*modalities, *module.inputs)])
        added += module.inputs
        modalities = transform.outputs(modalities)
    return modules, names, added
