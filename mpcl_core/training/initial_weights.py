"""Start the training of a network from the weights of a stored model (``train.from``), and freeze blocks of it.

A loaded block has every parameter and buffer of the model's. A frozen block is not trained, computes as in a
prediction (no dropout, no change of running statistics), and its memory is not updated.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from safetensors.torch import load
from torch import Tensor

from mpcl_core.interfaces.data import Modality
from mpcl_core.interfaces.errors import DataError
from mpcl_core.runs.layout import WEIGHTS
from mpcl_core.runs.model_files import FILES, read_model_file
from mpcl_core.runs.start_model import StartModel, read_start_model
from mpcl_core.spec.network import NetworkSpec, select_parts
from mpcl_core.training.network import Learner


@dataclass(frozen=True)
class InitialWeights:
    """Hold the weights that a training starts from.

    Args:
        spec: the network of the recipe.
        start: the model.
        weights: name -> tensor, as the network of the model names them.
        loaded: the keys of the blocks that are loaded.
        frozen: the keys of the blocks that are not trained.
    """

    spec: NetworkSpec
    start: StartModel
    weights: Mapping[str, Tensor]
    loaded: Sequence[str]
    frozen: Sequence[str]

    def check_data(self, modalities: Sequence[Modality], labels: Sequence[str]) -> None:
        """Refuse data whose channels or emotions are not those of the model, for the blocks that are loaded.

        Args:
            modalities: the modalities of the windows, before the fitted transforms.
            labels: the names of the emotions.

        Raises:
            DataError: the channels, the rate or the unit of a modality differ, or the emotions do.
        """
        theirs = {each["name"]: each for each in self.start.description["modalities"]}
        ours = {modality.name: modality for modality in modalities}
        for key in self.loaded:
            name = key.partition(".encoders.")[2]
            if name in ours and name in theirs:
                self._check_modality(key, ours[name], theirs[name])
        if "head" in self.loaded and (stated := self.start.description["labels"]) != list(labels):
            raise self._error("head", f"predicts {', '.join(stated)}", f"the study has {', '.join(labels)}")

    def _check_modality(self, key: str, ours: Modality, theirs: Mapping[str, Any]) -> None:
        facts = {
            "channels": (list(ours.ch_names), list(theirs.get("ch_names") or ())),
            "number of channels": (ours.n_chans, theirs["n_chans"]),
            "rate": (ours.sfreq, theirs["sfreq"]),
            "unit": (ours.unit, theirs["unit"]),
        }
        for what, (own, stated) in facts.items():
            is_optional = what in ("channels", "unit") and not (own and stated)
            if own != stated and not is_optional:
                raise self._error(key, f"has the {what} {_text(stated)}", f"the study has {_text(own)}")

    def load_into(self, learner: Learner) -> None:
        """Copy the weights into a network, and freeze the blocks that are not trained.

        Args:
            learner: the network with its objectives.

        Raises:
            DataError: the model lacks a block, or one is of another component or shape.
        """
        theirs = _components(self.start.description["recipe"])
        for key in self.loaded:
            if key not in theirs:
                raise self._error(key, "has no such block", "the recipe has one; name the others in train.from_parts")
            if theirs[key] != (own := self.spec.block(key).cls.name):
                raise self._error(key, f"is '{theirs[key]}'", f"in the recipe it is '{own}'")
            self._load(learner, key)
        learner.freeze(self.frozen)

    def _load(self, learner: Learner, key: str) -> None:
        module = learner.network.get_submodule(key)
        own = module.state_dict()
        theirs = {
            name.removeprefix(f"{key}."): value for name, value in self.weights.items() if name.startswith(f"{key}.")
        }
        for name in sorted({*own, *theirs}):
            shapes = [tuple(state[name].shape) if name in state else "missing" for state in (theirs, own)]
            if shapes[0] != shapes[1]:
                raise self._error(f"{key}.{name}", f"has the shape {shapes[0]}", f"in the recipe it is {shapes[1]}")
        module.load_state_dict(theirs)

    def _error(self, key: str, theirs: str, ours: str) -> DataError:
        return DataError(f"train.from: {key} of the model {theirs}, but {ours}", self.start.folder)


def read_initial_weights(spec: NetworkSpec) -> InitialWeights | None:
    """Read the weights that the training of a network starts from.

    Args:
        spec: the network and its settings.

    Returns:
        The weights; None where the recipe states no ``train.from``.

    Raises:
        UsageError: it is no model folder, no network, or an ensemble.
        DataError: a file of it is missing or changed.
    """
    if spec.train.from_model is None:
        return None
    start, parts = read_start_model(spec.train.from_model), spec.part_keys()
    content = read_model_file(start.folder, WEIGHTS, start.description[FILES])
    loaded, frozen = select_parts(parts, spec.train.from_parts), select_parts(parts, spec.train.freeze)
    return InitialWeights(spec, start, load(content), loaded, frozen)


def _components(recipe: Mapping[str, Any]) -> dict[str, str]:
    """Return the name of the component of each block of a network.

    Returns:
        Key of the block -> ``use``.
    """
    found = {"head": recipe["head"]["use"]}
    for name, stream in recipe["streams"].items():
        blocks = {f"encoders.{modality}": block for modality, block in stream["encoders"].items()}
        blocks |= {part: stream[part] for part in ("fusion", "memory") if stream.get(part)}
        found |= {f"streams.{name}.{key}": block["use"] for key, block in blocks.items()}
    return found


def _text(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
