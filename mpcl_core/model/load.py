"""Build a model from its folder and its assembled recipe."""

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from safetensors.torch import load

from mpcl_core.data.prepare import output_modalities
from mpcl_core.interfaces.components import FittedTransform
from mpcl_core.interfaces.data import Modality
from mpcl_core.model.description import ModelDescription, parse_description
from mpcl_core.model.folder_graph import FolderGraph
from mpcl_core.model.member import Member
from mpcl_core.model.model import Model
from mpcl_core.model.onnx_model import OnnxModel
from mpcl_core.model.state_loading import load_fitted_state, naming_damaged_file
from mpcl_core.model.training_trials import TrainingTrials
from mpcl_core.runs.layout import GRAPH, MIXTURE, MODEL_DESCRIPTION, TRANSFORMS, TRIALS, WEIGHTS, member_file
from mpcl_core.runs.model_files import read_model_description, read_model_file
from mpcl_core.spec.network import NetworkSpec
from mpcl_core.spec.variant import VariantSpec
from mpcl_core.toolkit.state_file import decode_state
from mpcl_core.training.device import Device
from mpcl_core.training.mixture import load_mixture
from mpcl_core.training.network import Learner, Network
from mpcl_core.training.trained_network import TrainedNetwork


def read_description(folder: Path) -> ModelDescription:
    """Read what a model folder states of its model.

    Args:
        folder: the model folder.

    Returns:
        The description.

    Raises:
        UsageError: it is no model folder, or damaged.
    """
    return parse_description(read_model_description(folder), folder / MODEL_DESCRIPTION)


def build_model(folder: Path, description: ModelDescription, spec: VariantSpec) -> Model:
    """Build the components of a model and load what they learned.

    Args:
        folder: the model folder.
        description: what it states.
        spec: its recipe with the components.

    Returns:
        The model, on the CPU.

    Raises:
        DataError: a file is missing or changed, or does not fit the recipe.
    """
    first, *others = (_member(folder, number, description, spec) for number in range(description.members))
    graph = _graph(folder, description, first.transforms)
    return Model(description, spec, first.transforms, first.trained, graph, others, _trials(folder, description))


def _member(folder: Path, number: int, description: ModelDescription, spec: VariantSpec) -> Member:
    transforms: list[FittedTransform] = [block.build() for block in spec.transforms]
    modalities = output_modalities(description.modalities, transforms)
    if transforms:
        file = member_file(number, TRANSFORMS)
        content = read_model_file(folder, file, description.files)
        for place, transform in enumerate(transforms):
            load_fitted_state(transform, content, folder / file, prefix=f"{place}.")
    file = member_file(number, WEIGHTS)
    weights = read_model_file(folder, file, description.files)
    if isinstance(spec.model, NetworkSpec):
        trained = _network(spec, spec.model, description, modalities, transforms)
        with naming_damaged_file("the network of the recipe", folder / file):
            trained.learner.network.load_state_dict(load(weights))
        if spec.model.mix:
            file = member_file(number, MIXTURE)
            content = read_model_file(folder, file, description.files)
            with naming_damaged_file("the estimators of 'mix'", folder / file):
                trained.mixture = load_mixture(spec.model.mix, content)
        return Member(transforms, trained)
    estimator = spec.model.build()
    load_fitted_state(estimator, weights, folder / file)
    return Member(transforms, estimator)


def _graph(folder: Path, description: ModelDescription, transforms: Sequence[FittedTransform]) -> FolderGraph | None:
    """Read the graph of a model folder.

    Returns:
        The graph; None where there is none, or ONNX Runtime is not installed.
    """
    if GRAPH not in description.files or find_spec("onnxruntime") is None:
        return None
    onnx = OnnxModel(read_model_file(folder, GRAPH, description.files))
    modalities, people = description.modalities, frozenset[str]()
    for transform in transforms:
        module = transform.module(modalities)
        people |= module.people if module else frozenset()
        modalities = transform.outputs(modalities)
    return FolderGraph(onnx, people)


def _trials(folder: Path, description: ModelDescription) -> TrainingTrials | None:
    if TRIALS not in description.files:
        return None
    content = read_model_file(folder, TRIALS, description.files)
    with naming_damaged_file("the training trials", folder / TRIALS):
        return TrainingTrials.from_state(decode_state(content))


def _network(
    spec: VariantSpec,
    network_spec: NetworkSpec,
    description: ModelDescription,
    modalities: tuple[Modality, ...],
    transforms: Sequence[FittedTransform],
) -> TrainedNetwork:
    network = Network(network_spec, modalities, description.labels, description.valence)
    learner = Learner(network, network_spec, len(description.labels))
    device = Device("cpu", network_spec.train.precision)
    return TrainedNetwork(
        learner, transforms, device, network_spec.train.batch_size, description.epochs or 0, spec.pool
    )
